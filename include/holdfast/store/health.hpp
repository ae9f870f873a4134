// SPDX-License-Identifier: MIT
/// @file
/// What a store says of itself: how it is, what was saved, what was not.
#pragma once

#include <holdfast/core/error.hpp>

#include <chrono>
#include <cstdint>
#include <optional>

namespace holdfast {

/// The number of a commit: 1 for the first of a database, then one more each.
using tick = std::uint64_t;

/// How a store is, at one moment.
struct health_report {
    /// How saving goes.
    enum class state : unsigned char {
        good,    ///< Ticks are written as they come.
        failing, ///< The last try to write failed and is repeated; memory and queue have everything.
        failed,  ///< Writing fails, and is tried again, but will hardly work without you: see `last_error`. Not tried
                 ///< again when the database's file is gone. Memory goes on.
        closed,
        incomplete, ///< Ticks are written as they come, but SQLite refuses rows: see `dead_rows`.
    };
    /// See `state`.
    state is = state::good;
    /// Of the last failed write, until one succeeds. Of a store that is `incomplete`: a row that SQLite refuses, and why.
    std::optional<error> last_error{};

    tick committed = 0; ///< The last tick that `commit` sealed.
    /// The last tick that survives the death of the process: `committed`. While the ring is full, without its file (no
    /// /proc, or somebody removed it), and while ticks are dropped: `durable`. Of ":memory:", of which nothing survives anything: `saved`.
    tick safe = 0;
    tick durable = 0; ///< The last tick in the log, synced: survives the death of the machine.
    tick saved = 0;   ///< The last tick in SQLite.

    /// Every row is being written anew, a little with each commit, because SQLite or the log does not have what memory
    /// has. Until that is done `saved` stands still.
    bool resyncing = false;
    /// From this tick on ticks were dropped, since they could not be written and took more than `options::hold_bytes`: they
    /// are in memory alone. `safe` and `durable` stay before it until the resync is in the log, synced. 0: none is.
    tick dropped_from = 0;

    std::size_t queue_bytes = 0;                ///< Of ticks that are not in SQLite yet, in memory.
    std::size_t overflow_bytes = 0;             ///< On the heap because the ring was full.
    std::size_t open_bytes = 0;                 ///< Of the frame that the next commit will seal.
    std::chrono::nanoseconds oldest_unsaved{0}; ///< How long the oldest tick has waited for SQLite.

    /// The disk was full, and the space that was kept for that (`options::reserve_bytes`) is used up; or there was none
    /// for it when the store was opened. It is kept again when the disk has room for twice as much. Until then make room.
    bool reserve_used = false;
    /// How old, at most, what ticks have of fields that are `saved_every` is; 0 in a world without any.
    std::chrono::nanoseconds oldest_interval{0};

    std::uint64_t batches = 0;      ///< Transactions written.
    std::uint64_t rows_written = 0; ///< Rows written in them.
    /// Values written that the file has in another form: NaN as NULL, -0.0 and text that is not UTF-8 as a BLOB, an
    /// unsigned number above INT64_MAX as a negative one. They come back as they were; other readers of the file see this.
    std::uint64_t other_forms = 0;
    std::uint64_t failures = 0; ///< Tries that failed.
    /// Rows of memory that SQLite refuses (a CHECK, a trigger or an index of somebody else's), so that they lie beside their
    /// tables, in `holdfast_dead_<table>`. Nothing is lost: the next open loads them from there, and puts back what SQLite
    /// accepts by then. Rows that refer to them are among them.
    std::size_t dead_rows = 0;
    tick backed_up = 0;                                  ///< The tick that the newest backup has; 0: there is none.
    std::chrono::system_clock::time_point last_backup{}; ///< When it was made; 1970: there is none.
    std::optional<error> backup_error{};                 ///< Why the last backup was not made, until one is.
    std::uint64_t archive_bytes = 0; ///< Of the log that is kept for a restore, as of the last try to make a backup.
    /// How long the last transaction took,
    std::chrono::nanoseconds last_batch{0};
    /// and the longest.
    std::chrono::nanoseconds longest_batch{0};
    std::chrono::nanoseconds saver_cpu{0}; ///< Processor time of the log thread and the writing one.
};

/// What `save_all` and `close` did.
struct save_report {
    tick committed = 0; ///< The last tick that there was.
    tick saved = 0;     ///< The last tick in SQLite; less than `committed` when the time ran out.
    /// Rows that were written to SQLite meanwhile.
    std::uint64_t rows_written = 0;
    /// How long it took.
    std::chrono::nanoseconds took{0};
    bool open_frame_dropped = false; ///< close: there were changes that nobody had committed.

    /// Of `close`: nothing was lost: every change was committed, and every commit is in SQLite. A report of `save_all`
    /// says nothing about changes that are not committed.
    [[nodiscard]] bool complete() const noexcept { return saved == committed && !open_frame_dropped; }
};

} // namespace holdfast
