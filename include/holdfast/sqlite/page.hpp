// SPDX-License-Identifier: MIT
/// @file
/// The pages of a database file as bytes: the checksum at the end of each, and what the first one says of the file.
///
///     page:  content | 8 bytes: its checksum          header byte 20, on page 1: 8, the bytes reserved on every page
///
/// The checksum is the one that SQLite documents for its "checksum VFS shim" (https://www.sqlite.org/cksumvfs.html), so
/// that other programs can verify it.
#pragma once

#include <holdfast/core/bytes.hpp>

#include <optional>

namespace holdfast::sqlite {

/// What is reserved for it at the end of every page.
inline constexpr std::size_t page_checksum_bytes = 8;

/// The checksum of a page without its last 8 bytes: two running sums of its words, each added to the other. It sees every
/// change of one bit; not that a page is another page's, or old, or nothing but zeros.
/// Cost: some 5 GB/s.
[[nodiscard]] inline std::uint64_t page_checksum(bytes_view page) noexcept {
    std::uint32_t even = 0, odd = 0;
    const std::byte* const end = page.data() + page.size() - page_checksum_bytes;
    for (const std::byte* at = page.data(); at < end; at += 8) {
        even += bytes::get<std::uint32_t>(at) + odd;
        odd += bytes::get<std::uint32_t>(at + 4) + even;
    }
    return even | std::uint64_t{odd} << 32;
}
/// What the page says that it is.
[[nodiscard]] inline std::uint64_t stored_checksum(bytes_view page) noexcept {
    return bytes::get<std::uint64_t>(page.data() + page.size() - page_checksum_bytes);
}

/// What SQLite writes at the start of page 1, as far as we ask.
struct file_header {
    static constexpr std::size_t bytes = 100;

    std::uint32_t page_bytes = 0; ///< 0: no size that there is.
    std::uint32_t reserved_bytes = 0;
    std::uint32_t changes = 0;         ///< Goes up with every transaction that is not written to a WAL.
    std::uint32_t changes_as_well = 0; ///< The same number, by any SQLite since 3.7.0.
    std::uint32_t application = 0;     ///< `PRAGMA application_id`.

    /// @param start  The first 100 bytes of a file; nothing is found when they are no database's.
    [[nodiscard]] static std::optional<file_header> read(const std::byte* start) noexcept {
        if (std::memcmp(start, "SQLite format 3", 16) != 0) return {};
        const auto number = [&](std::size_t at, std::size_t count) { // big-endian
            std::uint32_t is = 0;
            for (std::size_t i = at; i < at + count; ++i) is = is << 8 | static_cast<std::uint32_t>(start[i]);
            return is;
        };
        const std::uint32_t size = number(16, 2) == 1 ? 65'536 : number(16, 2);
        return file_header{size >= 512 && std::has_single_bit(size) ? size : 0, number(20, 1), number(24, 4),
                           number(92, 4), number(68, 4)};
    }
    [[nodiscard]] bool has_checksums() const noexcept {
        return page_bytes != 0 && reserved_bytes == page_checksum_bytes;
    }
};

} // namespace holdfast::sqlite
