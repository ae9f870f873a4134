// SPDX-License-Identifier: MIT
/// @file
/// The files that a database consists of, past SQLite: what must be done with all of them, or with the WAL alone.
#pragma once

#include <holdfast/io/file.hpp>

namespace holdfast::sqlite {

/// Writes the WAL of the database at `path` once more, as it is, and syncs it: after a sync that has failed the kernel
/// takes pages for written that are not on the disk, and a connection that has not met the error, perhaps of the next
/// process, reads commits in them and may write these into the database (Rebello et al., "Can Applications Recover from
/// fsync Failures?", USENIX ATC 2020). Not while anybody writes to it. Errors: `io`, `full`.
/// Cost: its size, read and written; nothing when there is none.
[[nodiscard, gnu::cold]] inline result<void> write_wal_again(const std::string& path) {
    auto wal = file::open(words({path, "-wal"}), O_RDWR);
    if (!wal && wal.why().code == errc::not_found) return {};
    if (!wal) return wal.why();
    std::vector<std::byte> some(std::size_t{1} << 20);
    for (std::uint64_t at = 0;;) {
        auto got = wal->read_at(at, some);
        if (!got) return got.why();
        if (*got == 0) return wal->sync();
        const bytes_view piece(some.data(), *got);
        if (auto ok = wal->write_at(at, {&piece, 1}); !ok) return ok;
        at += *got;
    }
}

/// What the names of a database's files end in; itself last: what SQLite would take for its own should another one get the
/// name comes first.
inline constexpr const char* database_ends[] = {"-journal", "-wal", "-shm", ""};

/// Whether a new database can have this name: there is none, and nothing that SQLite would take for its own. Errors: `refused`.
[[nodiscard, gnu::cold]] inline result<void> check_unused(const std::string& path) {
    for (const char* end : database_ends)
        if (state_of(path + end)) return error{errc::refused, words({path, end, " is there"})};
    return {};
}

/// Removes a database that nobody has open. What is not there is no error. Errors: `io`.
[[nodiscard, gnu::cold]] inline result<void> remove_database(const std::string& path) {
    for (const char* end : database_ends)
        if (auto ok = remove_file(path + end); !ok) return ok;
    return {};
}

} // namespace holdfast::sqlite
