// SPDX-License-Identifier: MIT
/// @file
/// What the server process tells the one that will kill it: messages through a pipe, and where it is in memory that
/// both see.
#pragma once

#include "model.hpp"

#include <atomic>
#include <cstring>

namespace torture {

/// Where the server's thread that plays is. What its other threads do is seen in `whereabouts`.
enum class phase : std::uint32_t { starting, opening, playing, committing, syncing, saving, closing, done };

/// In memory that both processes map.
struct whereabouts {
    std::atomic<phase> now{phase::starting};
    std::atomic<std::uint32_t> wal_writes{0};    ///< Of SQLite, since the process began.
    std::atomic<std::uint32_t> checkpointing{0}; ///< SQLite writes pages into the database.
    std::atomic<std::uint32_t> writing{0};       ///< SQLite writes or syncs its WAL.
};
static_assert(std::atomic<phase>::is_always_lock_free && std::atomic<std::uint32_t>::is_always_lock_free);

/// What is said.
enum class told : std::uint32_t {
    opened,    ///< What `open` found, and the world as it is then.
    will,      ///< A tick that is about to be committed, and the ids that it gave out.
    committed, ///< A tick whose commit has returned, and the last one that is safe.
    closed,    ///< `close` has returned, with everything saved.
    failed,    ///< Something that must work did not: why.
};

/// Appends values to a message.
class message_writer {
public:
    explicit message_writer(told what) {
        add(static_cast<std::uint64_t>(what));
        add(0); // the length, filled in at the end
    }
    void add(std::uint64_t value) { bytes_.append(reinterpret_cast<const char*>(&value), sizeof(value)); }
    void add(std::int64_t value) { add(static_cast<std::uint64_t>(value)); }
    void add(std::int32_t value) { add(static_cast<std::int64_t>(value)); }
    void add(double value) {
        std::uint64_t bits = 0;
        std::memcpy(&bits, &value, sizeof(bits));
        add(bits);
    }
    void add(const std::string& text) {
        add(static_cast<std::uint64_t>(text.size()));
        bytes_ += text;
    }
    void add(const std::optional<std::int64_t>& value) {
        add(std::uint64_t{value.has_value()});
        add(value.value_or(0));
    }
    template <class Row> void add(const shelf<Row>& of) {
        add(static_cast<std::uint64_t>(of.size()));
        for (const auto& [id, row] : of.rows()) each_field(row, [&](const char*, const auto& field) { add(field); });
    }

    [[nodiscard]] const std::string& done() {
        const std::uint64_t length = bytes_.size();
        std::memcpy(bytes_.data() + 8, &length, sizeof(length));
        return bytes_;
    }

private:
    std::string bytes_;
};

/// Takes values from a message. One that ends too early throws.
class message_reader {
public:
    explicit message_reader(std::string_view bytes) noexcept : left_(bytes) {}

    void get(std::uint64_t& value) { std::memcpy(&value, some(sizeof(value)).data(), sizeof(value)); }
    void get(std::int64_t& value) { get(reinterpret_cast<std::uint64_t&>(value)); }
    void get(std::int32_t& value) { value = static_cast<std::int32_t>(number()); }
    void get(double& value) {
        const std::uint64_t bits = number();
        std::memcpy(&value, &bits, sizeof(value));
    }
    void get(std::string& text) { text = some(static_cast<std::size_t>(number())); }
    void get(std::optional<std::int64_t>& value) {
        const bool there = number() != 0;
        const auto inside = static_cast<std::int64_t>(number());
        value.reset();
        if (there) value = inside;
    }
    template <class Row> void get(shelf<Row>& into) {
        for (std::uint64_t left = number(); left != 0; --left) {
            Row row;
            each_field(row, [&](const char*, auto& field) { get(field); });
            into.put(row);
        }
    }
    [[nodiscard]] std::uint64_t number() {
        std::uint64_t value = 0;
        get(value);
        return value;
    }
    [[nodiscard]] bool empty() const noexcept { return left_.empty(); }

    /// The next message in `stream`, cut from it; empty when there is no whole one.
    [[nodiscard]] static std::string_view cut_message(std::string_view& stream) {
        std::uint64_t length = 0;
        if (stream.size() < 16) return {};
        std::memcpy(&length, stream.data() + 8, sizeof(length));
        if (length < 16) throw std::runtime_error("a message of no length");
        if (stream.size() < length) return {};
        const std::string_view found = stream.substr(0, static_cast<std::size_t>(length));
        stream.remove_prefix(static_cast<std::size_t>(length));
        return found;
    }

private:
    std::string_view some(std::size_t bytes) {
        if (left_.size() < bytes) throw std::runtime_error("a message that ends too early");
        const std::string_view taken = left_.substr(0, bytes);
        left_.remove_prefix(bytes);
        return taken;
    }
    std::string_view left_;
};

} // namespace torture
