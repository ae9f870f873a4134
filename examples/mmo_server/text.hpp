// SPDX-License-Identifier: MIT
/// @file
/// Numbers as people read them.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>

namespace mmo {

/// 698312 as "698,312".
inline std::string grouped(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, 1, ',');
    return text;
}

/// With so many digits after the point.
inline std::string fixed(double number, int digits) {
    char text[64];
    std::snprintf(text, sizeof(text), "%.*f", digits, number);
    return text;
}

template <class Duration> double in_seconds(Duration time) { return std::chrono::duration<double>(time).count(); }
template <class Duration> double in_ms(Duration time) { return in_seconds(time) * 1e3; }
template <class Duration> double in_us(Duration time) { return in_seconds(time) * 1e6; }

} // namespace mmo
