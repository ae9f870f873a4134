// SPDX-License-Identifier: MIT
/// @file
/// A file that was cut, and that its WAL makes as long again when it is written back: what neither has would be zeros, whose
/// checksum is right, and which may be the end of a long value. So this is looked at before.
///
/// Sources: "The WAL File Format" and "The Freelist", sqlite.org/fileformat2.html, sections 4.1 and 1.5.
#pragma once

#include <holdfast/io/file.hpp>
#include <holdfast/sqlite/whole_file.hpp>

#include <algorithm>
#include <cstring>
#include <span>
#include <vector>

namespace holdfast::sqlite {

namespace detail {

/// SQLite's numbers have the first byte first.
[[nodiscard, gnu::cold]] inline std::uint32_t read_u32(const std::byte* at) noexcept {
    std::uint32_t made = 0;
    for (int i = 0; i < 4; ++i) made = made << 8 | static_cast<std::uint32_t>(at[i]);
    return made;
}

} // namespace detail

/// The frames of a WAL up to its last commit.
struct wal_frames {
    static constexpr std::size_t header_bytes = 32, frame_header_bytes = 24;

    std::vector<std::uint32_t> pages{}; ///< Which page each of them has.
    std::uint32_t page_bytes = 0;
    std::uint32_t in_database = 0; ///< How many pages the database has by it; 0: there is no commit.

    /// Where the newest copy of a page is; 0: it has none.
    [[nodiscard, gnu::cold]] std::uint64_t find(std::uint32_t page) const noexcept {
        std::size_t i = pages.size();
        while (i != 0 && pages[i - 1] != page) --i;
        return i == 0 ? 0 : header_bytes + (i - 1) * (frame_header_bytes + page_bytes) + frame_header_bytes;
    }
};
/// As SQLite's recovery: up to the first frame whose checksum does not follow from those before it. Behind it there may be
/// frames of a transaction that was never committed, with the same salts. Errors: `io`. Cost: a read of it.
[[nodiscard, gnu::cold]] inline result<wal_frames> read_wal(const file& wal) {
    constexpr std::size_t salt_bytes = 8;
    constexpr std::uint32_t of_this_byte_order = 0x377f0682;
    wal_frames found;
    std::byte header[wal_frames::header_bytes];
    auto got = wal.read_at(0, header);
    if (!got) return got.why();
    found.page_bytes = detail::read_u32(header + 8);
    if (*got < sizeof(header) || detail::read_u32(header) != of_this_byte_order || found.page_bytes < 512 ||
        found.page_bytes > 65'536 || found.page_bytes % 8 != 0)
        return found;
    detail::page_sums sums;
    const auto add_up = [&](const std::byte* from, std::size_t count) {
        for (std::size_t i = 0; i < count; i += 8) sums.add(from + i);
    };
    const auto is_sum = [&](const std::byte* at) {
        return detail::read_u32(at) == sums.even && detail::read_u32(at + 4) == sums.odd;
    };
    add_up(header, 24);
    if (!is_sum(header + 24)) return found;
    std::size_t committed = 0;
    std::vector<std::byte> frame(wal_frames::frame_header_bytes + found.page_bytes);
    for (std::uint64_t at = sizeof(header);; at += frame.size()) {
        if (got = wal.read_at(at, frame); !got) return got.why();
        const std::byte* const is = frame.data();
        if (*got < frame.size() || std::memcmp(is + 8, header + 16, salt_bytes) != 0) break;
        add_up(is, 8);
        add_up(is + wal_frames::frame_header_bytes, found.page_bytes);
        if (!is_sum(is + 16)) break;
        found.pages.push_back(detail::read_u32(is));
        if (detail::read_u32(is + 4) == 0) continue;
        found.in_database = detail::read_u32(is + 4);
        committed = found.pages.size();
    }
    found.pages.resize(committed);
    return found;
}

/// A database that is still in two files.
struct database_and_wal {
    const checked_file& database;
    const file& wal;
    const wal_frames& frames;
    std::uint32_t whole_pages; ///< Of the database's file.

    /// Whether one of them has all of the page.
    [[nodiscard, gnu::cold]] bool read(std::uint32_t page, std::span<std::byte> to) const {
        if (const std::uint64_t at = frames.find(page); at != 0) {
            const auto got = wal.read_at(at, to);
            return got && *got == to.size();
        }
        return page != 0 && page <= whole_pages &&
               database.real->pMethods->xRead(database.real, to.data(), static_cast<int>(to.size()),
                                              sqlite3_int64{page - 1} * database.page_bytes) == SQLITE_OK;
    }
    [[gnu::cold]] void mark(std::vector<std::byte>& pages, std::uint32_t page) const noexcept {
        if (page > whole_pages && page - whole_pages <= pages.size()) pages[page - whole_pages - 1] = std::byte{1};
    }
    /// Marks the leaves of the list of free pages: SQLite need not write those. What the list cannot be followed to is not
    /// marked.
    /// @param pages  One for each page behind those of the file.
    [[gnu::cold]] void mark_free(std::vector<std::byte>& pages) const {
        std::vector<std::byte> page(database.page_bytes);
        if (!read(1, std::span(page).first(40))) return;
        std::uint32_t next = detail::read_u32(page.data() + 32);
        for (std::uint32_t left = detail::read_u32(page.data() + 36); next != 0 && left != 0; --left) {
            if (!read(next, page)) return;
            const std::uint32_t most = std::min(left - 1, database.page_bytes / 4 - 2);
            const std::uint32_t count = std::min(detail::read_u32(page.data() + 4), most);
            for (std::uint32_t i = 0; i < count; ++i) mark(pages, detail::read_u32(page.data() + 8 + i * 4));
            left -= count;
            next = detail::read_u32(page.data());
        }
    }
};

/// Whether every page that the database has by its WAL is in the WAL or in the file, or free. Before SQLite writes back.
/// Errors: `corrupt`: the first one that is missing; `io`.
[[nodiscard, gnu::cold]] inline result<void> check_for_cut(const checked_file& database) {
    auto wal = file::open_to_read(words({database.path, "-wal"}));
    if (!wal && wal.why().code == errc::not_found) return {};
    if (!wal) return wal.why();
    const auto frames = read_wal(*wal);
    if (!frames) return frames.why();
    sqlite3_int64 end = 0;
    if (const int code = database.real->pMethods->xFileSize(database.real, &end); code != SQLITE_OK)
        return sqlite_error(nullptr, code, words({"cannot read ", database.path}));
    if (database.page_bytes == 0) { // it has no whole header
        if (end == 0 || end >= 100 || frames->in_database == 0) return {};
        return error{errc::corrupt, words({database.path, " has only ", end, " bytes, and a WAL: the file was cut"})};
    }
    const auto whole = static_cast<std::uint32_t>(static_cast<std::uint64_t>(end) / database.page_bytes);
    if (frames->in_database <= whole) return {};
    const database_and_wal both{database, *wal, *frames, whole};
    std::vector<std::byte> there(frames->in_database - whole);
    both.mark_free(there);
    for (const std::uint32_t page : frames->pages) both.mark(there, page);
    both.mark(there, (std::uint32_t{1} << 30) / database.page_bytes + 1); // which SQLite never writes
    const auto missing = std::find(there.begin(), there.end(), std::byte{0});
    if (missing != there.end())
        return error{errc::corrupt, words({"page ", whole + 1 + static_cast<std::uint64_t>(missing - there.begin()),
                                           " of ", database.path, " is missing: the file was cut"})};
    return {};
}

} // namespace holdfast::sqlite
