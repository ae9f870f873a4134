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
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
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

/// What a WAL has, up to its last commit.
struct wal_pages {
    std::map<std::uint32_t, std::uint64_t> at{}; ///< Where the newest copy of a page is in it.
    std::uint32_t in_database = 0;               ///< How many pages the database has by it; 0: it has no commit.
};
/// As SQLite's recovery: up to the first frame whose checksum does not follow from those before it. Behind it there may be
/// frames of a transaction that was never committed, with the same salts. Errors: `io`. Cost: a read of it.
[[nodiscard, gnu::cold]] inline result<wal_pages> pages_in_wal(const file& wal) {
    constexpr std::size_t header_bytes = 32, frame_header_bytes = 24, salt_bytes = 8;
    constexpr std::uint32_t of_this_byte_order = 0x377f0682;
    wal_pages found, open;
    std::byte header[header_bytes];
    auto got = wal.read_at(0, header);
    if (!got) return got.why();
    const std::uint32_t page_bytes = detail::read_u32(header + 8);
    if (*got < header_bytes || detail::read_u32(header) != of_this_byte_order || page_bytes < 512 ||
        page_bytes > 65'536 || page_bytes % 8 != 0)
        return found;
    detail::page_sums sums;
    const auto sum = [&](const std::byte* from, std::size_t count) {
        for (std::size_t i = 0; i < count; i += 8) sums.add(from + i);
    };
    const auto is_sum = [&](const std::byte* at) {
        return detail::read_u32(at) == sums.even && detail::read_u32(at + 4) == sums.odd;
    };
    sum(header, 24);
    if (!is_sum(header + 24)) return found;
    std::vector<std::byte> frame(frame_header_bytes + page_bytes);
    for (std::uint64_t at = header_bytes;; at += frame.size()) {
        if (got = wal.read_at(at, frame); !got) return got.why();
        const std::byte* const is = frame.data();
        if (*got < frame.size() || !std::equal(is + 8, is + 8 + salt_bytes, header + 16)) return found;
        sum(is, 8);
        sum(is + frame_header_bytes, page_bytes);
        if (!is_sum(is + 16)) return found;
        open.at[detail::read_u32(is)] = at + frame_header_bytes;
        open.in_database = detail::read_u32(is + 4);
        if (open.in_database == 0) continue;
        for (const auto& [page, where] : std::exchange(open.at, {})) found.at[page] = where;
        found.in_database = open.in_database;
    }
}

/// The leaves of the list of free pages: SQLite need not write those. What the list cannot be followed to is not among them.
/// @param read  Reads so many bytes of a page, from the WAL or the file: whether both have it.
template <class Read>
[[nodiscard, gnu::cold]] std::set<std::uint32_t> free_leaves(std::uint32_t page_bytes, Read&& read) {
    std::set<std::uint32_t> leaves;
    std::vector<std::byte> page(page_bytes);
    if (!read(1, std::span(page).first(40))) return leaves;
    std::uint32_t next = detail::read_u32(page.data() + 32);
    for (std::uint32_t left = detail::read_u32(page.data() + 36); next != 0 && left != 0; --left) {
        if (!read(next, std::span(page))) return leaves;
        const std::uint32_t most = std::min(left - 1, page_bytes / 4 - 2);
        const std::uint32_t count = std::min(detail::read_u32(page.data() + 4), most);
        for (std::uint32_t i = 0; i < count; ++i) leaves.insert(detail::read_u32(page.data() + 8 + i * 4));
        left -= count;
        next = detail::read_u32(page.data());
    }
    return leaves;
}

/// Whether every page that the database has by its WAL is in the WAL or in the file, or free. Before SQLite writes back.
/// Errors: `corrupt`: the first one that is missing; `io`.
[[nodiscard, gnu::cold]] inline result<void> check_for_cut(const checked_file& database) {
    if (database.page_bytes == 0) return {};
    auto wal = file::open_to_read(words({database.path, "-wal"}));
    if (!wal && wal.why().code == errc::not_found) return {};
    if (!wal) return wal.why();
    auto pages = pages_in_wal(*wal);
    if (!pages) return pages.why();
    const sqlite3_io_methods& methods = *database.real->pMethods;
    sqlite3_int64 end = 0;
    if (const int code = methods.xFileSize(database.real, &end); code != SQLITE_OK)
        return sqlite_error(nullptr, code, words({"cannot read ", database.path}));
    const auto whole = static_cast<std::uint32_t>(static_cast<std::uint64_t>(end) / database.page_bytes);
    if (pages->in_database <= whole) return {};
    const auto read = [&](std::uint32_t page, std::span<std::byte> to) {
        if (const auto in = pages->at.find(page); in != pages->at.end()) {
            const auto got = wal->read_at(in->second, to);
            return got && *got == to.size();
        }
        return page != 0 && page <= whole &&
               methods.xRead(database.real, to.data(), static_cast<int>(to.size()),
                             sqlite3_int64{page - 1} * database.page_bytes) == SQLITE_OK;
    };
    const std::uint32_t lock_page = (std::uint32_t{1} << 30) / database.page_bytes + 1;
    const std::set<std::uint32_t> free = free_leaves(database.page_bytes, read);
    for (std::uint32_t page = whole + 1; page <= pages->in_database; ++page)
        if (page != lock_page && !pages->at.contains(page) && !free.contains(page))
            return error{errc::corrupt, words({"page ", page, " of ", database.path, " is missing: the file was cut"})};
    return {};
}

} // namespace holdfast::sqlite
