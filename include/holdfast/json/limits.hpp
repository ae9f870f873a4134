// SPDX-License-Identifier: MIT
/// @file
/// How much JSON is too much.
#pragma once

#include <cstddef>

namespace holdfast::as_json {

/// What a text may cost. What goes beyond is refused, by the writer and by the reader.
struct limits {
    /// Arrays and objects inside each other. Each level takes up to about 1 KiB of stack (4 KiB with sanitizers):
    /// more than a few thousand may overflow the stack of a thread.
    std::size_t depth = 64;
    /// Length of the text in bytes. Reading takes up to about 15 times as much memory besides the value itself,
    /// and a short `{}` may stand for a large struct.
    std::size_t bytes = std::size_t{64} << 20;
};

} // namespace holdfast::as_json
