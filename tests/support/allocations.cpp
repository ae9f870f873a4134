// SPDX-License-Identifier: MIT
#include "support/allocations.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <utility>

namespace {

struct counters {
    std::size_t made = 0;
    std::size_t largest = 0;
    std::size_t left = SIZE_MAX; ///< How many may still be made.
    bool failed = false;
    int forbidden = 0;
};
thread_local counters mine;
std::atomic<const counters*> spared{nullptr}; ///< Of the one thread that has memory; null: all have.

void* allocate(std::size_t size, std::size_t alignment) {
    ++mine.made;
    mine.largest = std::max(mine.largest, size);
    if (const counters* only = spared.load(); only != nullptr && only != &mine) throw std::bad_alloc();
    if (mine.forbidden != 0) {
        mine.forbidden = 0;
        std::fputs("an allocation where there must be none\n", stderr);
        std::abort();
    }
    if (mine.left != SIZE_MAX && --mine.left == 0) {
        mine.left = SIZE_MAX;
        mine.failed = true;
        throw std::bad_alloc();
    }
    void* memory = alignment <= alignof(std::max_align_t)
                       ? std::malloc(size != 0 ? size : 1)
                       : std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}

} // namespace

void* operator new(std::size_t size) { return allocate(size, 0); }
void* operator new[](std::size_t size) { return allocate(size, 0); }
void* operator new(std::size_t size, std::align_val_t alignment) {
    return allocate(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
    return allocate(size, static_cast<std::size_t>(alignment));
}
// The sanitizers' own nothrow forms would not go with the delete below.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept try {
    return allocate(size, 0);
} catch (const std::bad_alloc&) {
    return nullptr;
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept try {
    return allocate(size, 0);
} catch (const std::bad_alloc&) {
    return nullptr;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace holdfast::test {

std::size_t allocations() noexcept { return mine.made; }
std::size_t largest_allocation() noexcept { return std::exchange(mine.largest, 0); }

fail_allocation::fail_allocation(std::size_t nth) noexcept {
    mine.left = nth;
    mine.failed = false;
}
fail_allocation::~fail_allocation() { mine.left = SIZE_MAX; }
bool fail_allocation::failed() const noexcept { return mine.failed; }

no_memory_elsewhere::no_memory_elsewhere() noexcept { spared = &mine; }
no_memory_elsewhere::~no_memory_elsewhere() { spared = nullptr; }

no_allocation::no_allocation() noexcept { ++mine.forbidden; }
no_allocation::~no_allocation() { --mine.forbidden; }

} // namespace holdfast::test
