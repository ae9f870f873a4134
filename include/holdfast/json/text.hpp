// SPDX-License-Identifier: MIT
/// @file
/// Text as bytes: what is UTF-8, hexadecimal digits, and a few words of a long text for a message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace holdfast::as_json::detail {

/// The length of the UTF-8 sequence at the start of `text`, which is not empty; 0 when there is none. As Unicode's
/// table 3-7 has it: no overlong forms, no surrogates, nothing beyond U+10FFFF.
[[nodiscard]] inline std::size_t sequence_bytes(std::string_view text) noexcept {
    const auto byte = [&](std::size_t at) { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U; };
    const auto follows = [&](std::size_t at) { return (byte(at) & 0xC0U) == 0x80U; };
    const unsigned first = byte(0);
    const unsigned second = byte(1);
    if (first < 0x80) return 1;
    if (first < 0xC2 || first > 0xF4 || !follows(1)) return 0;
    if (first < 0xE0) return 2;
    if (first < 0xF0) {
        const bool wrong = (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F);
        return !wrong && follows(2) ? 3 : 0;
    }
    const bool wrong = (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F);
    return !wrong && follows(2) && follows(3) ? 4 : 0;
}

[[nodiscard]] inline bool is_utf8(std::string_view text) noexcept {
    while (!text.empty()) {
        std::uint64_t eight = 0;
        if (text.size() >= sizeof eight) {
            std::memcpy(&eight, text.data(), sizeof eight);
            if ((eight & 0x8080808080808080U) == 0) {
                text.remove_prefix(sizeof eight);
                continue;
            }
        }
        const std::size_t length = sequence_bytes(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

inline constexpr char hex_digits[] = "0123456789abcdef";

/// The value of a hexadecimal digit of either case, or -1.
[[nodiscard]] constexpr int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// Decodes pairs of hexadecimal digits to `to`, where half as many bytes are free; false when they are not.
[[nodiscard]] inline bool decode_hex(unsigned char* to, std::string_view digits) noexcept {
    if (digits.size() % 2 != 0) return false;
    for (std::size_t at = 0; at < digits.size(); at += 2) {
        const int high = hex_value(digits[at]);
        const int low = hex_value(digits[at + 1]);
        if (high < 0 || low < 0) return false;
        *to++ = static_cast<unsigned char>(high * 16 + low);
    }
    return true;
}

/// The start of a text that is UTF-8, fit for a message: one line, at most about forty bytes.
[[nodiscard]] inline std::string shortened(std::string_view text) {
    constexpr std::size_t most = 40;
    std::size_t length = text.size();
    if (length > most) {
        length = most;
        while ((static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U) --length;
    }
    std::string words(text.substr(0, length));
    for (char& c : words)
        if (static_cast<unsigned char>(c) < 0x20) c = '?';
    if (length < text.size()) words += "...";
    return words;
}

} // namespace holdfast::as_json::detail
