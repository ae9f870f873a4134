// SPDX-License-Identifier: MIT
/// @file
/// A word in memory that is not ours to declare atomic, as of a mapped file: `std::atomic_ref`, which libc++ has from
/// version 19 on only.
#pragma once

#include <atomic>
#include <cstdint>

namespace holdfast {

/// Lifetime: that of the word. Threads: any.
class shared_word {
public:
    explicit shared_word(std::uint64_t& at) noexcept : at_(&at) {}

    void store(std::uint64_t value, std::memory_order order) noexcept {
        __atomic_store_n(at_, value, static_cast<int>(order));
    }
    [[nodiscard]] std::uint64_t load(std::memory_order order) const noexcept {
        return __atomic_load_n(at_, static_cast<int>(order));
    }

private:
    std::uint64_t* at_;
};

static_assert(static_cast<int>(std::memory_order_release) == __ATOMIC_RELEASE &&
              static_cast<int>(std::memory_order_acquire) == __ATOMIC_ACQUIRE &&
              static_cast<int>(std::memory_order_relaxed) == __ATOMIC_RELAXED);

} // namespace holdfast
