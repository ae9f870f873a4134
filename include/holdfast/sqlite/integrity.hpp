// SPDX-License-Identifier: MIT
/// @file
/// Whether a database is whole, as far as SQLite can tell.
#pragma once

#include <holdfast/sqlite/database_files.hpp>
#include <holdfast/sqlite/last_writer.hpp>
#include <holdfast/sqlite/query.hpp>

namespace holdfast::sqlite {

/// How thoroughly a database is looked at. Of single bits that flip in a file without page checksums quick_check sees one
/// in eight, integrity_check half, others change values that nothing else knows of.
enum class check_depth : unsigned char {
    quick,    ///< SQLite's quick_check.
    thorough, ///< SQLite's integrity_check: also whether indexes have what tables have.
};

namespace detail {

/// Whether what SQLite says is about a value that somebody has written, and a constraint that was off then: that is for
/// whoever reads the value. (The words are those of SQLite's integrity_check, 3.40 to 3.51.)
[[nodiscard, gnu::cold]] inline bool is_about_a_value(std::string_view finding) noexcept {
    return finding.starts_with("CHECK constraint failed in ") || finding.starts_with("NULL value in ") ||
           finding.starts_with("NUMERIC value in ") || finding.starts_with("TEXT value in ") ||
           (finding.starts_with("non-") && finding.find(" value in ") != std::string_view::npos);
}

} // namespace detail

/// Whether pages, trees and indexes fit together. Errors: `corrupt`: what SQLite found first; `io`. Cost: reads all of it.
[[nodiscard, gnu::cold]] inline result<void> check_integrity(connection& db, check_depth depth) {
    query found(db, depth == check_depth::thorough ? "PRAGMA integrity_check(10000)" : "PRAGMA quick_check(10000)");
    bool any = false;
    for (; found.next(); any = true) {
        const std::string what = found->string(0);
        if (what != "ok" && !detail::is_about_a_value(what)) return error{errc::corrupt, what};
    }
    if (found.failed()) return found.why();
    return any ? result<void>() : error{errc::corrupt, "SQLite has nothing to say of it"};
}

/// The same database by a connection that knows nothing of what another one has seen: after an I/O error in a COMMIT
/// pages may be read that are in memory only, because the kernel takes pages that it could not write for written (Rebello
/// et al., "Can Applications Recover from fsync Failures?", USENIX ATC 2020). Everything is written into the database's
/// file, synced, and checked. Errors: `io`, `full`, `corrupt`. Cost: a read of the whole file.
[[nodiscard, gnu::cold]] inline result<connection> open_again(const std::string& path) {
    if (auto ok = write_wal_again(path); !ok) return ok.why(); // else half of a checkpoint may be left by a power cut
    auto db = connection::open(path, connection::mode::existing);
    if (!db) return db;
    if (auto ok = db->checkpoint_on_close(false); !ok) return ok.why(); // nor when this fails: see `last_writer_of`
    if (auto ok = set_up(*db, false); !ok) return ok.why();
    if (auto ok = detail::write_back(*db); !ok) return error{ok.why().code, words({path, ": ", ok.why().detail})};
    if (auto ok = check_integrity(*db, check_depth::quick); !ok)
        return error{ok.why().code, words({path, ": ", ok.why().detail, ": restore a backup"})};
    if (const checked_file* const file = checked_file_of(db->get()); file == nullptr || !file->has_checksums)
        if (auto ok = db->checkpoint_on_close(true); !ok) return ok.why();
    return db;
}

} // namespace holdfast::sqlite
