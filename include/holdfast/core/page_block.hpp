// SPDX-License-Identifier: MIT
/// @file
/// A block of memory that asks for huge pages when it can fill them: a table of many megabytes that is read
/// at random spends up to a third of its time on looking up pages of 4 KiB.
#pragma once

#include <cstddef>
#include <new>

#include <sys/mman.h>

namespace holdfast {

inline constexpr std::size_t huge_page_bytes = std::size_t{2} << 20;

/// Owns `bytes` bytes of untouched memory, aligned to a cache line, or to a huge page when it has the size
/// of one or more. Throws std::bad_alloc. Whether huge pages are given is the system's choice
/// (/sys/kernel/mm/transparent_hugepage/enabled: `always` or `madvise`); nothing depends on it but speed.
class page_block {
public:
    explicit page_block(std::size_t bytes)
        : align_(bytes % huge_page_bytes == 0 ? huge_page_bytes : 64),
          data_(static_cast<std::byte*>(::operator new(bytes, std::align_val_t(align_)))) {
        if (align_ == huge_page_bytes) (void)::madvise(data_, bytes, MADV_HUGEPAGE); // a hint: refusal costs speed only
    }
    page_block(page_block&& from) noexcept : align_(from.align_), data_(from.data_) { from.data_ = nullptr; }
    page_block& operator=(page_block&&) = delete;
    ~page_block() {
        if (data_ != nullptr) ::operator delete(data_, std::align_val_t(align_));
    }

    [[nodiscard]] std::byte* data() const noexcept { return data_; }

private:
    std::size_t align_;
    std::byte* data_;
};

} // namespace holdfast
