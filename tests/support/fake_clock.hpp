// SPDX-License-Identifier: MIT
/// @file
/// A clock that stands still until a test moves it.
#pragma once

#include <holdfast/io/clock.hpp>

#include <atomic>
#include <chrono>

namespace holdfast::test {

/// Threads: any.
class fake_clock final : public clock {
public:
    [[nodiscard]] std::int64_t wall_us() const noexcept override { return wall_us_; }
    [[nodiscard]] std::int64_t steady_ns() const noexcept override { return steady_ns_; }

    /// Both times go on.
    void advance(std::chrono::nanoseconds by) noexcept {
        steady_ns_ += by.count();
        wall_us_ += by.count() / 1'000;
    }
    /// Somebody sets the machine's clock.
    void set_wall_us(std::int64_t to) noexcept { wall_us_ = to; }

private:
    std::atomic<std::int64_t> wall_us_{1'700'000'000'000'000};
    std::atomic<std::int64_t> steady_ns_{1'000'000'000'000};
};

} // namespace holdfast::test
