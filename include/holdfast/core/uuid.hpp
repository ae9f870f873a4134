// SPDX-License-Identifier: MIT
/// @file
/// A 128-bit identifier (RFC 9562), kept as 16 bytes in network order.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace holdfast {

/// Sixteen bytes; all zero is the nil uuid. Stored as a BLOB of 16 bytes.
struct uuid {
    /// In network order: as they are written.
    std::array<std::byte, 16> bytes{};

    friend bool operator==(const uuid&, const uuid&) = default;
    /// Byte by byte; libc++ before 17 has no such comparison of arrays.
    friend constexpr std::strong_ordering operator<=>(const uuid& a, const uuid& b) noexcept {
        std::size_t i = 0;
        while (i != 15 && a.bytes[i] == b.bytes[i]) ++i;
        return a.bytes[i] <=> b.bytes[i];
    }

    /// Whether it is all zero.
    [[nodiscard]] bool is_nil() const noexcept { return *this == uuid{}; }

    /// "123e4567-e89b-12d3-a456-426614174000"
    [[nodiscard]] std::string to_string() const {
        static constexpr char digits[] = "0123456789abcdef";
        std::string text;
        text.reserve(36);
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            if (i == 4 || i == 6 || i == 8 || i == 10) text.push_back('-');
            const auto byte = std::to_integer<unsigned>(bytes[i]);
            text.push_back(digits[byte >> 4]);
            text.push_back(digits[byte & 15]);
        }
        return text;
    }

    /// Reads the 36-character form, in either case; nothing when the text is anything else.
    [[nodiscard]] static std::optional<uuid> parse(std::string_view text) noexcept {
        if (text.size() != 36) return std::nullopt;
        uuid id;
        std::size_t at = 0;
        for (std::size_t i = 0; i < id.bytes.size(); ++i) {
            if ((i == 4 || i == 6 || i == 8 || i == 10) && text[at++] != '-') return std::nullopt;
            const int high = digit(text[at]);
            const int low = digit(text[at + 1]);
            if (high < 0 || low < 0) return std::nullopt;
            id.bytes[i] = static_cast<std::byte>(high * 16 + low);
            at += 2;
        }
        return id;
    }

private:
    static constexpr int digit(char c) noexcept {
        if (c >= '0' && c <= '9') return c - '0';
        if (c >= 'a' && c <= 'f') return c - 'a' + 10;
        if (c >= 'A' && c <= 'F') return c - 'A' + 10;
        return -1;
    }
};

} // namespace holdfast

/// @cond
template <> struct std::hash<holdfast::uuid> {
    std::size_t operator()(const holdfast::uuid& of) const noexcept {
        return std::hash<std::string_view>{}({reinterpret_cast<const char*>(of.bytes.data()), of.bytes.size()});
    }
};
/// @endcond
