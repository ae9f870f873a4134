// SPDX-License-Identifier: MIT
/// @file
/// Cells in words, for messages.
#pragma once

#include <holdfast/core/cell.hpp>
#include <holdfast/core/words.hpp>

namespace holdfast {

/// A cell as a person reads it: 7, 1.5, 'Bob', x'00ff', none.
[[nodiscard, gnu::cold]] inline std::string describe_cell(const cell& c) {
    if (c.is_integer()) return words({c.integer});
    if (c.is_real()) return std::to_string(c.real);
    if (c.kind == cell_kind::text) return words({"'", c.view().substr(0, 64), c.bytes.size > 64 ? "...'" : "'"});
    if (c.kind == cell_kind::null) return "none";
    static constexpr char digits[] = "0123456789abcdef";
    std::string text = "x'";
    for (const char byte : c.view().substr(0, 16)) {
        text += digits[static_cast<unsigned char>(byte) >> 4];
        text += digits[static_cast<unsigned char>(byte) & 15];
    }
    return words({text, c.bytes.size > 16 ? "...'" : "'"});
}

} // namespace holdfast
