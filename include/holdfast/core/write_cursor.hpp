// SPDX-License-Identifier: MIT
/// @file
/// Where edits append: a position, an end, and whom to ask for more. Not virtual, so that an edit that
/// fits costs a comparison and the copy of its bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace holdfast {

/// A place in the open frame to which a rollback cuts back. What it means only the cursor's owner knows.
struct log_position {
    std::array<std::uintptr_t, 7> words{};
};

/// The place in the open frame where the next op goes. Supplied by the queue, used by the tables.
///
/// Threads: one; each thread that edits has a cursor of its own (a lane).
struct write_cursor {
    std::byte* at = nullptr;
    std::byte* end = nullptr;
    /// Moves on to a place with at least `bytes` free. May throw std::bad_alloc and has then changed nothing.
    void (*refill)(write_cursor& cursor, std::size_t bytes) = nullptr;
    /// Where the open frame ends now, and how it is cut back to there. Null: nothing is remembered.
    log_position (*mark)(const write_cursor& cursor) = nullptr;
    void (*cut)(write_cursor& cursor, const log_position& to) = nullptr;
    void* owner = nullptr;

    /// Makes sure that `bytes` are free at `at`; an op is never split.
    void reserve(std::size_t bytes) {
        if (static_cast<std::size_t>(end - at) < bytes) [[unlikely]]
            refill(*this, bytes);
    }
};

} // namespace holdfast
