// SPDX-License-Identifier: MIT
/// @file
/// What the tables of one world share while they are edited: where ops go, what can be undone, which tick
/// it is.
#pragma once

#include <holdfast/core/write_cursor.hpp>
#include <holdfast/track/undo.hpp>

#include <ctime>

namespace holdfast {

/// The time in nanoseconds since 1970, as the C library has it.
[[nodiscard]] inline std::int64_t c_wall_ns() noexcept {
    std::timespec now{};
    return std::timespec_get(&now, TIME_UTC) == 0 ? 0 : std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

/// Shared by all tables of a world; owned by the store. Threads: the one that edits.
struct edit_session {
    write_cursor log{};
    undo_log undo{};
    std::vector<undo_log::later_check> later{}; ///< What the end of the outermost transaction looks at again.
    std::uint32_t transactions = 0;             ///< How many are open, one inside the other.
    std::uint64_t transaction = 0;              ///< The number of the outermost one; none has 0.
    std::uint64_t tick = 1;                     ///< The tick that the next commit seals.
    bool leases_owed = false; ///< A lease of ids was taken back with its transaction; the ids stay used.

    std::int64_t (*wall_ns)(const void* clock) = [](const void*) { return c_wall_ns(); };
    const void* clock = nullptr;

    /// Room for `count` more checks at the end of the transaction.
    void reserve_later(std::size_t count) {
        if (later.capacity() - later.size() < count) later.reserve(2 * later.capacity() + count);
    }
    /// One begins, perhaps inside another; one ends. See `scope`.
    void begin_transaction() noexcept {
        if (transactions++ == 0) ++transaction;
    }
    void end_transaction() noexcept { --transactions; }
    /// The number of the transaction that is open; 0: none is.
    [[nodiscard]] std::uint64_t open_transaction() const noexcept { return transactions != 0 ? transaction : 0; }
};

} // namespace holdfast
