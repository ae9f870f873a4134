// SPDX-License-Identifier: MIT
/// @file
/// Who has written to a database file since we did. Programs that keep no checksums leave pages whose checksums are wrong
/// without any damage; so the file says, in the `application_id` of its first page, what we have left:
///
///     0x48000000 + n   closed, in rollback mode: n is the file's change counter, modulo 2^22. Whoever writes increments it
///     0x48400000       open: what is true is in the WAL, too. Whoever opens it after a kill leaves -shm, or no WAL
///     0x48800000       about to become one of them, or open and not checkpointed yet: the WAL says that it is open
///
/// These stand in the header and not in a table: they must be read before any page can be trusted.
#pragma once

#include <holdfast/io/file.hpp>
#include <holdfast/sqlite/query.hpp>
#include <holdfast/sqlite/whole_file.hpp>

namespace holdfast::sqlite {

enum class last_writer : std::uint8_t {
    no_checksums, ///< The pages have none.
    nobody,       ///< There is no page yet; those that come will have checksums.
    us,           ///< A checksum that does not match is damage.
    others,       ///< Or a page that another program has written.
    not_marked,   ///< The pages may have checksums that are not of our making.
};

namespace detail {

inline constexpr std::uint32_t is_open = 0x48400000, is_changing = 0x48800000, which = 0xffc00000,
                               is_closed = 0x48000000;

[[nodiscard]] constexpr std::uint32_t mark_of_closed(std::uint32_t changes) noexcept {
    return is_closed | (changes & ~which);
}

/// The same of a file: SQLite may not read its first page, but the WAL's.
[[nodiscard, gnu::cold]] inline result<bool> lost_its_checksums(const checked_file& file, const file_header& is) {
    if (is.page_bytes == 0 || is.reserved_bytes == page_checksum_bytes) return false;
    std::vector<std::byte> page(is.page_bytes);
    const int code = file.real->pMethods->xRead(file.real, page.data(), static_cast<int>(page.size()), 0);
    if (code == SQLITE_IOERR_SHORT_READ) return false;
    if (code != SQLITE_OK) return sqlite_error(nullptr, code, words({"cannot read ", file.path}));
    return sqlite::lost_its_checksums(page);
}

[[nodiscard, gnu::cold]] inline result<bool> has_bytes(const std::string& path) {
    auto is = state_of(path);
    if (!is && is.why().code == errc::not_found) return false;
    if (!is) return is.why();
    return is->bytes != 0;
}

/// Of a file that is closed: another program leaves another counter, in both places where it stands. One that makes a copy
/// (VACUUM INTO) may come to the same number, and leaves zeros for a checksum.
[[nodiscard, gnu::cold]] inline result<last_writer> writer_of_closed(const checked_file& file, const file_header& is) {
    if (is.changes != is.changes_as_well) return last_writer::us; // damage
    if (is.application != mark_of_closed(is.changes)) return last_writer::others;
    std::uint64_t sum = 1;
    const int code = file.real->pMethods->xRead(file.real, &sum, sizeof(sum),
                                                is.page_bytes - static_cast<sqlite3_int64>(sizeof(sum)));
    if (code == SQLITE_IOERR_SHORT_READ)
        return error{errc::corrupt, words({"the first page of ", file.path, " is cut"})};
    if (code != SQLITE_OK) return sqlite_error(nullptr, code, words({"cannot read ", file.path}));
    return sum == 0 ? last_writer::others : last_writer::us;
}

} // namespace detail

/// Looks at the file as it lies there, before SQLite does. Errors: `corrupt`: its header says that there are no checksums,
/// and there are, or less than a page is left of it; `io`.
[[nodiscard, gnu::cold]] inline result<last_writer> last_writer_of(const connection& db) {
    const checked_file* const file = checked_file_of(db.get());
    if (file == nullptr) return last_writer::no_checksums;
    auto header = header_of(*file);
    if (!header) return header.why();
    if (!*header) return last_writer::nobody;
    const file_header& is = **header;
    auto lost = detail::lost_its_checksums(*file, is);
    if (!lost) return lost.why();
    if (*lost) return wrong_page(file->path, 1);
    if (!is.has_checksums()) return last_writer::no_checksums;
    auto wal = detail::has_bytes(words({file->path, "-wal"}));
    if (!wal) return wal.why();
    auto shm = state_of(words({file->path, "-shm"})); // another program's: we never have one
    if (!shm && shm.why().code != errc::not_found) return shm.why();
    if (*wal && !shm) return last_writer::us;
    switch (is.application & detail::which) {
    case detail::is_closed: return detail::writer_of_closed(*file, is);
    case detail::is_open: return last_writer::others;
    case detail::is_changing: return *wal ? last_writer::others : last_writer::us; // there is a -shm
    default: return last_writer::not_marked;
    }
}

namespace detail {

[[nodiscard, gnu::cold]] inline result<void> mark(connection& db, std::uint32_t as) {
    return db.run(words({"PRAGMA application_id=", as}));
}

/// Everything that is in the WAL is in the file, too. The WAL keeps its size: who looks at it sees that we were here.
[[nodiscard, gnu::cold]] inline result<void> write_back(connection& db) {
    auto busy = ask_number(db, "PRAGMA wal_checkpoint(FULL)");
    if (!busy) return busy.why();
    if (*busy != 0) return error{errc::busy, "the WAL is in use"};
    return {};
}

} // namespace detail

/// Sets the connection up for writing, as `set_up`, to a file that has checksums, or will have them; from then on it is
/// marked as open, in the first transaction of its WAL.
[[nodiscard, gnu::cold]] inline result<void> set_up_marked(connection& db) {
    query mode(db, "PRAGMA journal_mode");
    const bool wal = mode.next() && mode->string(0) == "wal";
    if (mode.failed()) return mode.why();
    mode->reset();
    if (!wal)
        if (auto ok = detail::mark(db, detail::is_changing); !ok) return ok;
    if (auto ok = set_up(db, false); !ok) return ok;
    return detail::mark(db, detail::is_open);
}

/// What was marked as closed is about to be written to, in rollback mode; `mark_closed` follows. Nothing is done to a file
/// without checksums.
[[nodiscard, gnu::cold]] inline result<void> mark_open(connection& db) {
    const checked_file* const file = checked_file_of(db.get());
    return file == nullptr || !file->has_checksums ? result<void>() : detail::mark(db, detail::is_open);
}

/// Brings a file that is marked as open to rollback mode, and marks it as closed: to be called before the connection ends.
/// Nothing is done to any other file. Errors: it stays marked as open.
[[nodiscard, gnu::cold]] inline result<void> mark_closed(connection& db) {
    const checked_file* const file = checked_file_of(db.get());
    if (file == nullptr || !file->has_checksums) return {};
    auto is = ask_number(db, "PRAGMA application_id");
    if (!is) return is.why();
    if (static_cast<std::uint32_t>(*is) != detail::is_open) return {};
    const auto change = [&]() -> result<void> {
        if (auto ok = detail::write_back(db); !ok) return ok;
        if (auto ok = detail::mark(db, detail::is_changing); !ok) return ok;
        if (auto ok = db.set_pragma("journal_mode", "DELETE", "delete"); !ok) return ok;
        auto header = header_of(*file);
        for (int tries = 0; tries < 3 && header && *header; ++tries, header = header_of(*file)) {
            if ((*header)->application == detail::mark_of_closed((*header)->changes)) return {};
            if (auto ok = detail::mark(db, detail::mark_of_closed((*header)->changes + 1)); !ok) return ok;
        }
        if (header && *header && (*header)->application == detail::mark_of_closed((*header)->changes)) return {};
        return error{errc::io, "the change counter is not what it must be"};
    };
    auto ok = change();
    if (!ok) {
        db.roll_back();
        (void)detail::mark(db, detail::is_open);
    }
    return ok;
}

} // namespace holdfast::sqlite
