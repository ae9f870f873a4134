// SPDX-License-Identifier: MIT
/// @file
/// Huge pages for containers by hand: a store asks for them when it loads a large table, so the other side has them, too.
#pragma once

#include <holdfast/core/page_block.hpp>

#include <cstddef>
#include <new>
#include <vector>

#include <sys/mman.h>

namespace bench {

/// As `std::allocator`, but asks for huge pages for what is as large as a table for which a store does.
template <class T> struct huge_pages {
    using value_type = T;

    huge_pages() = default;
    template <class Other> huge_pages(const huge_pages<Other>&) noexcept {}

    [[nodiscard]] T* allocate(std::size_t count) {
        const std::size_t bytes = count * sizeof(T);
        void* const at = ::operator new(bytes, alignment(bytes));
        if (is_large(bytes)) (void)::madvise(at, bytes, MADV_HUGEPAGE);
        return static_cast<T*>(at);
    }
    void deallocate(T* at, std::size_t count) noexcept { ::operator delete(at, alignment(count * sizeof(T))); }

    friend bool operator==(const huge_pages&, const huge_pages&) = default;

private:
    [[nodiscard]] static bool is_large(std::size_t bytes) noexcept { return bytes >= 8 * holdfast::huge_page_bytes; }
    [[nodiscard]] static std::align_val_t alignment(std::size_t bytes) noexcept {
        return std::align_val_t(is_large(bytes) ? holdfast::huge_page_bytes : alignof(T));
    }
};

template <class T> using huge_vector = std::vector<T, huge_pages<T>>;

} // namespace bench
