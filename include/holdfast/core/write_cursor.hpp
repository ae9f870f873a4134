// SPDX-License-Identifier: MIT
/// @file
/// Where edits append: a position, an end, and whom to ask for more. Not virtual, so that an edit that
/// fits costs a comparison and the copy of its bytes.
#pragma once

#include <cstddef>

namespace holdfast {

/// The place in the open frame where the next op goes. Supplied by the queue, used by the tables.
///
/// Threads: one; each thread that edits has a cursor of its own (a lane).
struct write_cursor {
    std::byte* at = nullptr;
    std::byte* end = nullptr;
    /// Moves on to a place with at least `bytes` free. May throw std::bad_alloc and has then changed nothing.
    void (*refill)(write_cursor& cursor, std::size_t bytes) = nullptr;
    void* owner = nullptr;

    /// Makes sure that `bytes` are free at `at`; an op is never split.
    void reserve(std::size_t bytes) {
        if (static_cast<std::size_t>(end - at) < bytes) [[unlikely]]
            refill(*this, bytes);
    }
};

} // namespace holdfast
