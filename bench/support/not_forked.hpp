// SPDX-License-Identifier: MIT
/// @file
/// Memory that a forked child does not get: what only the benchmark needs would cost a fork page tables that it would not
/// have in a game.
#pragma once

#include <cstddef>
#include <cstdint>

#include <sys/mman.h>

namespace bench {

/// The whole pages of some memory, as long as this lives, which must end first.
class not_forked {
public:
    not_forked(const void* begin, std::size_t bytes) {
        const auto first = (reinterpret_cast<std::uintptr_t>(begin) + page - 1) / page * page;
        const auto end = (reinterpret_cast<std::uintptr_t>(begin) + bytes) / page * page;
        if (first >= end) return;
        begin_ = reinterpret_cast<void*>(first);
        bytes_ = end - first;
        ::madvise(begin_, bytes_, MADV_DONTFORK);
    }
    not_forked(const not_forked&) = delete;
    not_forked& operator=(const not_forked&) = delete;
    ~not_forked() {
        if (begin_ != nullptr) ::madvise(begin_, bytes_, MADV_DOFORK); // whoever has the memory next may need it
    }

private:
    static constexpr std::uintptr_t page = 4'096;

    void* begin_ = nullptr;
    std::size_t bytes_ = 0;
};

} // namespace bench
