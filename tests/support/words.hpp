// SPDX-License-Identifier: MIT
/// @file
/// Whether a message says what it must.
#pragma once

#include <string>
#include <string_view>

namespace holdfast::test {

[[nodiscard]] inline bool mentions(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}
/// Whether `text` says every part.
template <class... Parts> [[nodiscard]] bool mentions_all(std::string_view text, const Parts&... parts) {
    return (mentions(text, parts) && ...);
}

} // namespace holdfast::test
