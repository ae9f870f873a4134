// SPDX-License-Identifier: MIT
/// @file
/// Memory that runs out on request: the global operator new of every test program counts, and fails when it is told to.
#pragma once

#include <cstddef>

namespace holdfast::test {

/// How many allocations this thread has made.
[[nodiscard]] std::size_t allocations() noexcept;

/// The size of this thread's largest allocation since it asked last, in bytes.
[[nodiscard]] std::size_t largest_allocation() noexcept;

/// The allocation number `nth` (the first is 1) of this thread, counted from here on, throws std::bad_alloc, once.
class fail_allocation {
public:
    explicit fail_allocation(std::size_t nth) noexcept;
    fail_allocation(const fail_allocation&) = delete;
    fail_allocation& operator=(const fail_allocation&) = delete;
    ~fail_allocation();

    /// Whether it came to that.
    [[nodiscard]] bool failed() const noexcept;
};

/// While one lives, every allocation of every other thread throws std::bad_alloc.
class no_memory_elsewhere {
public:
    no_memory_elsewhere() noexcept;
    no_memory_elsewhere(const no_memory_elsewhere&) = delete;
    no_memory_elsewhere& operator=(const no_memory_elsewhere&) = delete;
    ~no_memory_elsewhere();
};

/// The program ends with a sentence when this thread allocates while one lives.
class no_allocation {
public:
    no_allocation() noexcept;
    no_allocation(const no_allocation&) = delete;
    no_allocation& operator=(const no_allocation&) = delete;
    ~no_allocation();
};

} // namespace holdfast::test
