// SPDX-License-Identifier: MIT
/// @file
/// What the tables of one world share while they are edited: where ops go, what can be undone, which tick
/// it is.
#pragma once

#include <holdfast/core/write_cursor.hpp>
#include <holdfast/track/undo.hpp>

namespace holdfast {

/// Shared by all tables of a world; owned by the store. Threads: the one that edits.
struct edit_session {
    write_cursor log{};
    undo_log undo{};
    std::uint32_t transactions = 0; ///< How many are open, one inside the other.
    std::uint64_t tick = 1;         ///< The tick that the next commit seals.
    bool leases_owed = false;       ///< A lease of ids was taken back with its transaction; the ids stay used.
};

} // namespace holdfast
