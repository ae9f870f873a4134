// SPDX-License-Identifier: MIT
/// @file
/// Messages and SQL put together from their parts. One function does it for all, because chains of `+`
/// become kilobytes of machine code wherever they stand.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace holdfast {

/// A part of a text: text as it is, text in quotes, or a whole number.
/// Lifetime: a view of the text, for the call that it is given to.
class word {
public:
    // Not inlined: there are so many of them that it would cost the compiler more than all else.
    [[gnu::cold, gnu::noinline]] word(const char* text) noexcept : word(std::string_view(text)) {}
    [[gnu::cold, gnu::noinline]] word(const std::string& text) noexcept : word(std::string_view(text)) {}
    [[gnu::cold, gnu::noinline]] word(std::string_view text, char quote = '\0') noexcept : text_(text), quote_(quote) {}
    template <std::integral Number>
        requires(sizeof(Number) > 1)
    word(Number number) noexcept
        : number_(static_cast<std::uint64_t>(number)), is_(number < Number{} ? kind::negative : kind::number) {}

    /// Appends the part: in its quotes, and each quote inside twice, when it has any.
    [[gnu::cold, gnu::noinline]] void append_to(std::string& text) const {
        if (is_ != kind::text) return append_number(text);
        if (quote_ == '\0') {
            text.append(text_);
            return;
        }
        text.append(1, quote_);
        for (const char c : text_) text.append(c == quote_ ? 2 : 1, c);
        text.append(1, quote_);
    }

private:
    enum class kind : unsigned char { text, number, negative };

    void append_number(std::string& text) const {
        char digits[24];
        char* const end = digits + sizeof(digits);
        char* at = end;
        std::uint64_t left = is_ == kind::negative ? 0 - number_ : number_;
        do *--at = static_cast<char>('0' + left % 10);
        while ((left /= 10) != 0);
        if (is_ == kind::negative) *--at = '-';
        text.append(at, static_cast<std::size_t>(end - at));
    }

    union {
        std::string_view text_;
        std::uint64_t number_;
    };
    kind is_ = kind::text;
    char quote_ = '\0';
};

/// The parts, one after the other: `words({"tick ", 7, " of ", path})`.
[[nodiscard, gnu::cold, gnu::noinline]] inline std::string words(std::initializer_list<word> parts) {
    std::string text;
    for (const word& part : parts) part.append_to(text);
    return text;
}

} // namespace holdfast
