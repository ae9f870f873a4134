// SPDX-License-Identifier: MIT
/// @file
/// The tortured world without the library: plain maps, with a digest that is kept up to date, and what must always be
/// true of it.
#pragma once

#include "dice.hpp"
#include "world.hpp"

#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace torture {

inline void append_text(std::string& to, std::int64_t value) { to += std::to_string(value); }
inline void append_text(std::string& to, std::int32_t value) { to += std::to_string(value); }
inline void append_text(std::string& to, double value) { to += std::to_string(value); }
inline void append_text(std::string& to, const std::string& value) { to.append("'").append(value).append("'"); }
inline void append_text(std::string& to, const std::optional<std::int64_t>& value) {
    to += value ? std::to_string(*value) : "none";
}

/// "id=1 name='Aria' ...", to be hashed and to be read.
template <class Row> [[nodiscard]] std::string text_of(const Row& row) {
    std::string text;
    each_field(row, [&](const char* name, const auto& value) {
        text.append(text.empty() ? "" : " ").append(name).append("=");
        append_text(text, value);
    });
    return text;
}

[[nodiscard]] inline std::uint64_t hash_of(std::string_view text) noexcept {
    std::uint64_t hash = text.size();
    while (!text.empty()) {
        std::uint64_t bits = 0;
        const std::size_t some = text.size() < 8 ? text.size() : 8;
        __builtin_memcpy(&bits, text.data(), some);
        hash = mixed(hash ^ bits) + 0x9e37'79b9'7f4a'7c15;
        text.remove_prefix(some);
    }
    return mixed(hash);
}

/// The rows of one table by id.
template <class Row> class shelf {
public:
    /// A new row. Throws when its id is there.
    void put(const Row& row) {
        if (!rows_.emplace(row.id, row).second)
            throw std::runtime_error(std::string(table_name<Row>) + " has id " + std::to_string(row.id) + " twice");
        digest_ += hash(row);
    }
    void erase(std::int64_t id) {
        digest_ -= hash(rows_.at(id));
        rows_.erase(id);
    }
    template <class Function> void change(std::int64_t id, Function fn) {
        Row& row = rows_.at(id);
        digest_ -= hash(row);
        fn(row);
        digest_ += hash(row);
    }
    /// Erases the rows that `condition(row)` is true of.
    template <class Function> void erase_where(Function condition) {
        for (auto at = rows_.begin(); at != rows_.end();)
            if (condition(at->second)) {
                digest_ -= hash(at->second);
                at = rows_.erase(at);
            } else {
                ++at;
            }
    }
    template <class Condition, class Function> void change_where(Condition condition, Function fn) {
        for (auto& [id, row] : rows_)
            if (condition(row)) change(id, fn);
    }

    [[nodiscard]] const std::map<std::int64_t, Row>& rows() const noexcept { return rows_; }
    [[nodiscard]] const Row& at(std::int64_t id) const { return rows_.at(id); }
    [[nodiscard]] bool has(std::int64_t id) const { return rows_.contains(id); }
    [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }
    /// The `number`th by id.
    [[nodiscard]] const Row& nth(std::size_t number) const {
        return std::next(rows_.begin(), static_cast<std::ptrdiff_t>(number))->second;
    }
    [[nodiscard]] std::uint64_t digest() const noexcept { return digest_; }

private:
    [[nodiscard]] static std::uint64_t hash(const Row& row) { return hash_of(table_name<Row> + text_of(row)); }

    std::map<std::int64_t, Row> rows_;
    std::uint64_t digest_ = 0;
};

/// See the file's sentence.
struct model {
    static constexpr std::int64_t all_gold = 1'000'000;

    shelf<guild> guilds;
    shelf<player> players;
    shelf<mail> mails;
    shelf<item> items;
    std::uint64_t events = 0;       ///< How many,
    std::uint64_t event_digest = 0; ///< and which.

    void add_event(const event& one) {
        ++events;
        event_digest += mixed(mixed(static_cast<std::uint64_t>(one.tick)) ^ static_cast<std::uint64_t>(one.actions));
    }

    /// Of the tables that are in memory; and with the events, which are only in the file.
    [[nodiscard]] std::uint64_t digest() const noexcept {
        return guilds.digest() + players.digest() + mails.digest() + items.digest();
    }
    [[nodiscard]] std::uint64_t file_digest() const noexcept { return digest() + mixed(events) + event_digest; }

    /// Calls `fn(shelf)` for each table.
    template <class Self, class Function> static void each_shelf(Self& self, Function fn) {
        fn(self.guilds);
        fn(self.players);
        fn(self.mails);
        fn(self.items);
    }
};

/// What is not true of a world and must be; empty: nothing.
[[nodiscard]] std::vector<std::string> broken_invariants(const model& of);

/// The rows in which two worlds differ, the first few of them.
[[nodiscard]] std::string differences(const model& expected, const model& found);

} // namespace torture
