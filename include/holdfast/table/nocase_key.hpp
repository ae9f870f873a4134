// SPDX-License-Identifier: MIT
/// @file
/// Keys of text that are compared without regard to the case of ASCII letters, exactly as SQLite's NOCASE does.
#pragma once

#include <holdfast/core/utf8.hpp>
#include <holdfast/table/key.hpp>

#include <algorithm>
#include <compare>

namespace holdfast {
namespace detail {

/// A text seen without case. SQLite compares up to the first NUL, then by length (sqlite3_strnicmp in its function
/// `nocaseCollatingFunc`), and what is not UTF-8 is stored as a blob, which has no case.
struct nocase_view {
    std::string_view text;

    static constexpr char fold(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

    friend bool operator==(const nocase_view& a, const nocase_view& b) noexcept {
        return a.text.size() == b.text.size() && (a <=> b) == 0;
    }
    friend std::strong_ordering operator<=>(const nocase_view& a, const nocase_view& b) noexcept {
        const std::size_t common = std::min(a.text.size(), b.text.size());
        for (std::size_t i = 0; i < common; ++i) {
            const auto x = static_cast<unsigned char>(fold(a.text[i]));
            const auto y = static_cast<unsigned char>(fold(b.text[i]));
            if (x != y) return x <=> y;
            if (x == 0) break;
        }
        if (a.text.size() != b.text.size()) return a.text.size() <=> b.text.size();
        if (a.text == b.text) return std::strong_ordering::equal;
        const bool blob = !is_utf8(a.text);
        if (const bool other = !is_utf8(b.text); blob != other) return blob <=> other;
        return blob ? a.text <=> b.text : std::strong_ordering::equal;
    }
    [[nodiscard]] std::uint64_t hash() const noexcept {
        std::uint64_t hash = text.size(); // FNV-1a over the folded text
        for (std::size_t i = 0; i < text.size() && text[i] != '\0'; ++i)
            hash = (hash ^ static_cast<unsigned char>(fold(text[i]))) * 0x100000001b3u;
        return mix(hash);
    }
};

/// The type of a key's part whose column is `nocase`.
template <class Field> struct nocase_key {};

/// A view without case of a view with it.
[[nodiscard]] inline nocase_view without_case(std::string_view text) noexcept { return {text}; }
[[nodiscard]] inline std::optional<nocase_view> without_case(const std::optional<std::string_view>& text) noexcept {
    return text ? std::optional<nocase_view>(nocase_view{*text}) : std::nullopt;
}

} // namespace detail

template <class Field> struct key_part<detail::nocase_key<Field>> {
    using with_case = key_part<Field>;
    using field = Field;
    using view = decltype(detail::without_case(typename with_case::view()));
    static view of(const Field& field) noexcept { return detail::without_case(with_case::of(field)); }
    static view of_inner(const void* inner) noexcept { return detail::without_case(with_case::of_inner(inner)); }
    static std::uint64_t hash(const view& key) noexcept {
        if constexpr (std::is_same_v<view, detail::nocase_view>)
            return key.hash();
        else
            return key ? key->hash() : 0;
    }
    static bool is_none(const view& key) noexcept {
        if constexpr (std::is_same_v<view, detail::nocase_view>)
            return false;
        else
            return !key;
    }
};

} // namespace holdfast
