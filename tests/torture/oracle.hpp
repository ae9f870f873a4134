// SPDX-License-Identifier: MIT
/// @file
/// What a store must be after each tick, from what its servers have said; and what is wrong with one that is not so.
#pragma once

#include "messages.hpp"
#include "workload.hpp"

#include <unordered_set>

namespace torture {

/// Something that must not be. `what()` tells it.
class finding : public std::runtime_error {
public:
    enum class kind : unsigned char {
        loss,    ///< A tick that was safe is not there.
        broken,  ///< A world that never was, or one that must not be.
        failure, ///< A store that does not open, or refuses what it must do.
    };
    finding(kind is, const std::string& what) : std::runtime_error(what), is_(is) {}
    [[nodiscard]] kind is() const noexcept { return is_; }

private:
    kind is_;
};

/// What a server says when it has opened the store.
struct opened_world {
    std::uint64_t committed = 0;
    std::uint64_t recovered_from = 0; ///< What SQLite's file had.
    std::uint64_t from_ring = 0;
    std::uint64_t lost_from = 0;
    model memory{};
};
/// Throws a `finding` when its rows cannot be those of a world.
[[nodiscard]] opened_world read_opened(message_reader message);

/// What was counted.
struct figures {
    std::uint64_t ticks_reported = 0; ///< Commits that returned before the kill.
    std::uint64_t ticks_checked = 0;  ///< Those, and the ones that were not reported any more, found again.
    std::uint64_t from_ring = 0;      ///< Of those: were in no synced file when the process died.
    std::uint64_t held_lost = 0;      ///< Ticks that `health().safe` said to be in no file, and were not.
    std::uint64_t opens = 0;          ///< Recovered worlds compared, row by row.
    std::uint64_t files = 0;          ///< SQLite files compared, row by row.
    std::uint64_t kept_ahead = 0;     ///< Times that the last tick was there before it was reported.
};

/// See the file's sentence.
class oracle {
public:
    explicit oracle(const workload& from, figures& counted) : from_(from), counted_(counted) {}

    /// Another server is started on the store.
    void next_server() noexcept { closed_ = false; }
    /// What a server has said until it was killed. Throws a `finding`.
    void hear(std::string_view said);
    /// What SQLite alone has in its file, as of its own marker.
    void check_file(std::uint64_t applied, bool clean, const model& found);

    /// The last tick whose commit was reported, or found in a store.
    [[nodiscard]] std::uint64_t reported() const noexcept { return reported_; }
    [[nodiscard]] bool was_opened() const noexcept { return was_opened_; }

private:
    struct tick_entry {
        std::vector<std::int64_t> ids;
        std::vector<std::string_view> tables;
        std::uint64_t file_digest = 0;
    };

    void hear_opened(const opened_world& found);
    void advance();
    void rewind(std::uint64_t to);
    void settle();
    [[nodiscard]] std::uint64_t last() const noexcept { return base_tick_ + ticks_.size(); }

    workload from_;
    figures& counted_;
    model base_; ///< At the last open, when everything before it was in the file.
    std::uint64_t base_tick_ = 0;
    std::vector<tick_entry> ticks_; ///< Since then.
    model now_;
    std::uint64_t reported_ = 0;
    std::uint64_t safe_ = 0; ///< Of those that were reported: must survive.
    bool was_opened_ = false;
    bool closed_ = false; ///< Everything was said to be in the file, and nothing came after it.
    std::optional<std::vector<std::int64_t>> pending_; ///< The ids of the tick that may have been committed.
    std::map<std::string_view, std::unordered_set<std::int64_t>> used_ids_;
};

} // namespace torture
