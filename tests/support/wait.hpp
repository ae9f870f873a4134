// SPDX-License-Identifier: MIT
/// @file
/// Waiting for what another thread or process does.
#pragma once

#include <chrono>
#include <thread>

namespace holdfast::test {

/// Whether `condition()` became true within a time that only a broken program needs.
template <class Condition>
[[nodiscard]] bool eventually(Condition condition, std::chrono::seconds within = std::chrono::seconds(30)) {
    const auto end = std::chrono::steady_clock::now() + within;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) return condition();
        std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    return true;
}

} // namespace holdfast::test
