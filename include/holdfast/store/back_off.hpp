// SPDX-License-Identifier: MIT
/// @file
/// When to try again what has failed: later and later, unless somebody asks for it.
#pragma once

#include <holdfast/io/clock.hpp>
#include <holdfast/io/random_bytes.hpp>

#include <algorithm>
#include <chrono>

namespace holdfast {

/// As nanoseconds; more than a year, which would overflow, is a year.
[[nodiscard]] inline std::chrono::nanoseconds nanoseconds_in(std::chrono::milliseconds time) noexcept {
    constexpr std::chrono::milliseconds year = std::chrono::hours(24 * 365);
    return std::min(time, year);
}

/// See the file's sentence. By the machine's clock. Threads: one at a time.
class back_off {
public:
    /// @param asked  How often anybody has asked for it so far: who asks again has a reason to hope.
    void failed(std::uint64_t asked) noexcept {
        // Between one half and all of the wait, so that many stores on one disk do not knock together.
        const auto pause = wait_ / 2 + wait_ * (random_number<std::uint32_t>() % 1'000) / 2'000;
        wait_ = std::min(wait_ * 2, longest);
        until_ns_ = machine_clock().steady_ns() + std::chrono::nanoseconds(pause).count();
        asked_ = asked;
    }
    void worked() noexcept {
        wait_ = first;
        until_ns_ = 0;
    }
    /// Whether it is too early to try again.
    [[nodiscard]] bool resting(std::uint64_t asked) const noexcept {
        return until_ns_ != 0 && asked == asked_ && machine_clock().steady_ns() < until_ns_;
    }

private:
    static constexpr std::chrono::milliseconds first{50};
    static constexpr std::chrono::milliseconds longest{5'000};

    std::chrono::milliseconds wait_ = first;
    std::int64_t until_ns_ = 0;
    std::uint64_t asked_ = 0;
};

} // namespace holdfast
