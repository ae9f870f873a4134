// SPDX-License-Identifier: MIT
/// @file
/// A phase in which several threads edit, each through a lane of its own.
#pragma once

#include <holdfast/table/lane.hpp>

#include <utility>

namespace holdfast {

/// The lanes of a store. Threads: the one that commits.
class lane_set {
public:
    /// Opens the first `count`; until `join` the tables take no other change.
    /// Errors: throws std::bad_alloc, and nothing is open then.
    void open(edit_session& tables, std::size_t count) {
        while (lanes_.size() < count) lanes_.push_back(std::make_unique<lane>());
        for (std::size_t i = 0; i < count; ++i) lanes_[i]->open(tables);
        log_ = std::exchange(tables.log, refusing());
        open_ = true;
    }
    /// What the lanes have becomes part of the open frame. False when memory runs out: the rest is `owed`, and until it is
    /// there the tables take no other change, which would come to the log before it.
    [[nodiscard]] bool join(edit_session& tables) noexcept {
        open_ = false;
        owed_ = true;
        BOOST_TRY {
            for (const auto& one : lanes_) one->join_into(log_);
        }
        BOOST_CATCH(const std::bad_alloc&) { return false; }
        BOOST_CATCH_END
        owed_ = false;
        tables.log = log_;
        return true;
    }
    /// The tables take changes again, without what was owed. Whether there was any.
    bool give_up(edit_session& tables) noexcept {
        if (!owed_) return false;
        owed_ = false;
        tables.log = log_;
        return true;
    }
    /// Forgets what they have: this process is a child of the one whose ring it is.
    void drop() noexcept { open_ = owed_ = false; }
    [[nodiscard]] lane& operator[](std::size_t i) noexcept { return *lanes_[i]; }
    [[nodiscard]] bool is_open() const noexcept { return open_; }
    /// Whether the open frame lacks changes that were made: it must not be sealed.
    [[nodiscard]] bool owed() const noexcept { return owed_; }

private:
    [[nodiscard]] static write_cursor refusing() noexcept {
        write_cursor none;
        none.refill = [](write_cursor&, std::size_t) {
            HOLDFAST_REQUIRE(false,
                             "a change while lanes are open, or memory was too short to join them: make it through "
                             "a lane, or join them and commit first");
        };
        return none;
    }

    std::vector<std::unique_ptr<lane>> lanes_;
    write_cursor log_{}; ///< That of the open frame.
    bool open_ = false;
    bool owed_ = false;
};

/// See the file's sentence. Ends with `join`, or with its life. Threads: made and joined by the one that commits.
class lanes {
public:
    /// What `store::lanes` gives.
    lanes(lane_set& of, edit_session& tables, std::size_t count) : set_(of), tables_(tables), count_(count) {
        set_.open(tables, count);
    }
    lanes(const lanes&) = delete;
    lanes& operator=(const lanes&) = delete;
    ~lanes() { join(); }

    /// How many there are.
    [[nodiscard]] std::size_t size() const noexcept { return count_; }
    /// One for each thread: `zones[i]`.
    [[nodiscard]] lane& operator[](std::size_t i) noexcept {
        HOLDFAST_REQUIRE(i < count_, "there are fewer lanes than this one's number");
        return set_[i];
    }
    /// Ends the phase: everything belongs to the tick that is open. The threads must be done. Cost: a copy of the ops.
    void join() noexcept {
        if (set_.is_open()) (void)set_.join(tables_); // what memory was too short for: with the next commit
    }

private:
    lane_set& set_;
    edit_session& tables_;
    std::size_t count_;
};

} // namespace holdfast
