// SPDX-License-Identifier: MIT
/// @file
/// Text as a template argument: `references<..., "characters">`.
#pragma once

#include <cstddef>
#include <string_view>

namespace holdfast {

template <std::size_t N> struct fixed_string {
    char text[N]{};

    constexpr fixed_string(const char (&literal)[N]) noexcept {
        for (std::size_t i = 0; i < N; ++i) text[i] = literal[i];
    }
    [[nodiscard]] constexpr std::string_view view() const noexcept { return {text, N - 1}; }
};

} // namespace holdfast
