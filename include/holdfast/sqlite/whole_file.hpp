// SPDX-License-Identifier: MIT
/// @file
/// A database's file from end to end, past SQLite: which pages have a wrong checksum, and checksums anew.
#pragma once

#include <holdfast/sqlite/connection.hpp>

#include <algorithm>
#include <vector>

namespace holdfast::sqlite {

/// What the file itself says at its start, whatever a journal or a WAL says; nothing when it has no page, or is not a
/// database. Errors: `io`.
[[nodiscard, gnu::cold]] inline result<std::optional<file_header>> header_of(const checked_file& file) {
    std::byte start[file_header::bytes];
    const int code = file.real->pMethods->xRead(file.real, start, sizeof(start), 0);
    if (code == SQLITE_IOERR_SHORT_READ) return std::optional<file_header>();
    if (code != SQLITE_OK) return sqlite_error(nullptr, code, words({"cannot read ", file.path}));
    return file_header::read(start);
}

/// Calls `see(number, page)` with every page of the file, in their order; the one that SQLite never writes is left out.
/// Errors: `io`. Cost: a read of the file, 1 MiB at a time.
template <class See>
[[nodiscard, gnu::cold]] result<void> for_each_page(const checked_file& file, std::uint32_t page_bytes, See&& see) {
    const sqlite3_io_methods& methods = *file.real->pMethods;
    sqlite3_int64 end = 0;
    if (const int code = methods.xFileSize(file.real, &end); code != SQLITE_OK)
        return sqlite_error(nullptr, code, words({"cannot read ", file.path}));
    std::vector<std::byte> room(std::size_t{1} << 20);
    const sqlite3_int64 lock_page = (sqlite3_int64{1} << 30) / page_bytes;
    end -= end % page_bytes;
    for (sqlite3_int64 at = 0; at < end;) {
        const std::size_t some = std::min(room.size(), static_cast<std::size_t>(end - at));
        const int code = methods.xRead(file.real, room.data(), static_cast<int>(some), at);
        if (code != SQLITE_OK) return sqlite_error(nullptr, code, words({"cannot read ", file.path}));
        for (std::size_t in = 0; in < some; in += page_bytes, at += page_bytes)
            if (at / page_bytes != lock_page)
                see(static_cast<std::uint32_t>(at / page_bytes + 1), bytes_view(room.data() + in, page_bytes));
    }
    return {};
}

/// The pages whose checksums do not match their bytes. Errors: `io`. Cost: a read of the file.
[[nodiscard, gnu::cold]] inline result<std::vector<std::uint32_t>> wrong_pages(const checked_file& file,
                                                                               std::uint32_t page_bytes) {
    std::vector<std::uint32_t> wrong;
    auto ok = for_each_page(file, page_bytes, [&](std::uint32_t number, bytes_view page) {
        if (page_checksum(page) != stored_checksum(page)) wrong.push_back(number);
    });
    if (!ok) return ok.why();
    return wrong;
}

/// Gives every page whose checksum is wrong the one of the bytes that it has. Only the checksums are written, so it may be
/// done again from the start after an end at any instruction. Who calls it has the file for itself, and knows that the
/// bytes are right.
/// @return How many there were. Errors: `io`, `full`. Durable: they survive the death of the machine.
[[nodiscard, gnu::cold]] inline result<std::size_t> write_checksums_anew(const checked_file& file,
                                                                         std::uint32_t page_bytes) {
    const sqlite3_io_methods& methods = *file.real->pMethods;
    std::size_t written = 0;
    int code = SQLITE_OK;
    auto ok = for_each_page(file, page_bytes, [&](std::uint32_t number, bytes_view page) {
        const std::uint64_t sum = page_checksum(page);
        if (sum == stored_checksum(page) || code != SQLITE_OK) return;
        const sqlite3_int64 end = sqlite3_int64{number} * page_bytes;
        code = methods.xWrite(file.real, &sum, page_checksum_bytes, end - static_cast<int>(page_checksum_bytes));
        ++written;
    });
    if (!ok) return ok.why();
    if (code == SQLITE_OK && written != 0) code = methods.xSync(file.real, SQLITE_SYNC_FULL);
    if (code != SQLITE_OK) return sqlite_error(nullptr, code, words({"cannot write checksums to ", file.path}));
    return written;
}

} // namespace holdfast::sqlite
