// SPDX-License-Identifier: MIT
/// @file
/// Time as the store sees it; tests put their own in its place.
#pragma once

#include <holdfast/core/never_destroyed.hpp>

#include <cstdint>
#include <ctime>

namespace holdfast {

/// Where a store takes time from. Threads: any; both functions are called by several at once.
class clock {
public:
    virtual ~clock() = default;
    /// UTC in microseconds since 1970. May jump; orders nothing.
    [[nodiscard]] virtual std::int64_t wall_us() const noexcept = 0;
    /// Nanoseconds since some moment; never goes back.
    [[nodiscard]] virtual std::int64_t steady_ns() const noexcept = 0;
};

namespace detail {

[[nodiscard]] inline std::int64_t read_clock_ns(clockid_t which) noexcept {
    timespec now{};
    ::clock_gettime(which, &now);
    return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

class system_clock final : public clock {
public:
    [[nodiscard]] std::int64_t wall_us() const noexcept override { return read_clock_ns(CLOCK_REALTIME) / 1'000; }
    [[nodiscard]] std::int64_t steady_ns() const noexcept override { return read_clock_ns(CLOCK_MONOTONIC); }
};

} // namespace detail

/// The machine's clock. Cost: 25 ns a reading and no system call, on Linux.
[[nodiscard]] inline const clock& machine_clock() noexcept { return detail::never_destroyed<detail::system_clock>(); }

/// The processor time that the calling thread has used so far, in nanoseconds.
[[nodiscard]] inline std::int64_t thread_cpu_ns() noexcept { return detail::read_clock_ns(CLOCK_THREAD_CPUTIME_ID); }

} // namespace holdfast
