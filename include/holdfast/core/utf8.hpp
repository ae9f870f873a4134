// SPDX-License-Identifier: MIT
/// @file
/// Whether bytes are UTF-8 (RFC 3629).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace holdfast {
namespace detail {

/// How many bytes the character at the front of `text` takes; 0 when it is none. Surrogates, values beyond U+10FFFF and
/// forms longer than needed are none.
[[nodiscard]] inline std::size_t utf8_length(std::string_view text) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte(i) & 0xc0) != 0x80) return 0;
    const unsigned second = byte(1);
    const bool allowed = first == 0xe0   ? second >= 0xa0
                         : first == 0xed ? second < 0xa0
                         : first == 0xf0 ? second >= 0x90
                         : first == 0xf4 ? second < 0x90
                                         : true;
    return allowed ? length : 0;
}

} // namespace detail

/// Whether the bytes are valid UTF-8. Cost: eight bytes at a time while they are ASCII.
[[nodiscard]] inline bool is_utf8(std::string_view text) noexcept {
    while (!text.empty()) {
        while (text.size() >= 8) {
            std::uint64_t eight;
            std::memcpy(&eight, text.data(), sizeof(eight));
            if ((eight & 0x8080808080808080u) != 0) break;
            text.remove_prefix(8);
        }
        if (text.empty()) return true;
        const std::size_t length = detail::utf8_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

} // namespace holdfast
