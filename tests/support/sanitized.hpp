// SPDX-License-Identifier: MIT
/// @file
/// How much of a long test there is under a sanitizer, which sees the same code each time, and takes its time.
#pragma once

namespace holdfast::test {

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
inline constexpr bool is_sanitized = true;
#else
inline constexpr bool is_sanitized = false;
#endif

/// `sanitized` under a sanitizer, `plain` else.
template <class T> [[nodiscard]] constexpr T plain_or_sanitized(T plain, T sanitized) noexcept {
    return is_sanitized ? sanitized : plain;
}

} // namespace holdfast::test
