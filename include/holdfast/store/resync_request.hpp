// SPDX-License-Identifier: MIT
/// @file
/// How the threads that save ask the thread that edits for a resync.
#pragma once

#include <atomic>
#include <cstdint>

namespace holdfast {

/// Resyncs are numbered; the newest one that was asked for is the one that counts. Threads: any.
class resync_request {
public:
    /// Asks for another one. Its number.
    std::uint32_t ask() noexcept { return asked_.fetch_add(1, std::memory_order_acq_rel) + 1; }
    /// The number of the newest; 0: none was asked for.
    [[nodiscard]] std::uint32_t asked() const noexcept { return asked_.load(std::memory_order_acquire); }

private:
    alignas(64) std::atomic<std::uint32_t> asked_{0}; ///< Every commit looks at it.
};

} // namespace holdfast
