// SPDX-License-Identifier: MIT
/// @file
/// Whether a database is whole, as far as SQLite can tell.
#pragma once

#include <holdfast/sqlite/query.hpp>

namespace holdfast::sqlite {

/// How thoroughly a database is looked at. Of single bits that flip in a file without page checksums quick_check sees one
/// in eight, integrity_check half, others change values that nothing else knows of.
enum class check_depth : unsigned char {
    quick,    ///< SQLite's quick_check.
    thorough, ///< SQLite's integrity_check: also whether indexes have what tables have.
};

/// Errors: `corrupt`: what SQLite found first; `io`. Cost: reads all of it.
[[nodiscard, gnu::cold]] inline result<void> check_integrity(connection& db, check_depth depth) {
    query found(db, depth == check_depth::thorough ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)");
    const bool any = found.next();
    if (found.failed()) return found.why();
    if (any && found->string(0) == "ok") return {};
    return error{errc::corrupt, any ? found->string(0) : "SQLite has nothing to say of it"};
}

} // namespace holdfast::sqlite
