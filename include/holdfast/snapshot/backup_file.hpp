// SPDX-License-Identifier: MIT
/// @file
/// Backups: copies of the database that say in themselves what they are, and by which one can tell that they still are.
#pragma once

#include <holdfast/config.hpp>
#include <holdfast/core/crc32c.hpp>
#include <holdfast/core/uuid.hpp>
#include <holdfast/io/file.hpp>
#include <holdfast/queue/frame.hpp>
#include <holdfast/reflect/codec.hpp>
#include <holdfast/snapshot/backup_folder.hpp>
#include <holdfast/snapshot/timeline_table.hpp>
#include <holdfast/sqlite/integrity.hpp>
#include <holdfast/sqlite/last_writer.hpp>

#include <algorithm>
#include <atomic>
#include <string>
#include <vector>

namespace holdfast {

/// What a table had when its backup was made.
struct table_digest {
    std::string name;      ///< The table's.
    std::int64_t rows = 0; ///< How many there were.
    std::int64_t sum = 0;  ///< Of the checksums (crc32c) of its rows, in any order.

    friend bool operator==(const table_digest&, const table_digest&) = default;
};

/// What a backup says of itself, in its table `holdfast_backup` (and `holdfast_backup_tables`).
struct backup_manifest {
    uuid database{};                    ///< The id of the database that it is a copy of.
    std::uint64_t timeline = 0;         ///< Which of its timelines: see `timelines_of`.
    std::uint64_t applied = 0;          ///< The tick up to which it is true.
    std::int64_t made_us = 0;           ///< UTC, microseconds since 1970.
    std::vector<table_digest> tables{}; ///< What each table had.
};

namespace detail {

inline constexpr std::string_view backup_tables = "holdfast_backup%";

[[nodiscard, gnu::cold]] inline std::uint32_t checksum_of(const cell& value, std::uint32_t before) noexcept {
    const auto kind = static_cast<std::byte>(value.is_integer() ? cell_kind::i64
                                             : value.is_real()  ? cell_kind::f64
                                                                : value.kind);
    std::uint32_t sum = crc32c({&kind, 1}, before);
    if (value.is_bytes()) return crc32c({reinterpret_cast<const std::byte*>(value.bytes.data), value.bytes.size}, sum);
    if (value.is_integer()) sum = crc32c({reinterpret_cast<const std::byte*>(&value.integer), 8}, sum);
    if (value.is_real()) sum = crc32c({reinterpret_cast<const std::byte*>(&value.real), 8}, sum);
    return sum;
}

[[nodiscard, gnu::cold]] inline result<table_digest> digest_of(sqlite::connection& db, const std::string& table) {
    table_digest made{table};
    auto rows = db.prepare(words({"SELECT * FROM ", sqlite::in_quotes(table)}));
    if (!rows) return rows.why();
    const int columns = rows->columns();
    for (;;) {
        auto more = rows->step();
        if (!more) return more.why();
        if (!*more) return made;
        std::uint32_t sum = 0;
        for (int i = 0; i < columns; ++i) sum = checksum_of(rows->column(i), sum);
        ++made.rows;
        made.sum += static_cast<std::int64_t>(sum);
    }
}

/// Of every table but those of the manifest, and those that are a program's (virtual ones).
[[nodiscard, gnu::cold]] inline result<std::vector<table_digest>> digests_of(sqlite::connection& db) {
    std::vector<std::string> names;
    sqlite::query tables(db,
                         "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE ? "
                         "AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name",
                         backup_tables);
    while (tables.next()) names.push_back(tables->string(0));
    if (tables.failed()) return tables.why();
    std::vector<table_digest> made;
    for (const std::string& name : names) {
        auto one = digest_of(db, name);
        if (!one) return one.why();
        made.push_back(std::move(*one));
    }
    return made;
}

/// Whose it is, of which timeline, and up to which tick it is true.
[[nodiscard, gnu::cold]] inline result<void> read_marker(sqlite::connection& db, backup_manifest& is) {
    sqlite::query meta(db, "SELECT database, applied FROM holdfast_meta WHERE id = 1");
    if (!meta.next() || !codec<uuid>::set(is.database, meta->column(0)))
        return meta.failed() ? meta.why() : error{errc::corrupt, "holdfast_meta cannot be read"};
    is.applied = static_cast<std::uint64_t>(meta->integer(1));
    const auto known = read_timelines(db);
    if (!known) return known.why();
    is.timeline = known->newest().id;
    return {};
}

[[nodiscard, gnu::cold]] inline result<void> write_manifest(sqlite::connection& db, const backup_manifest& is) {
    auto open = sqlite::transaction::begin(db);
    if (!open) return open.why();
    if (auto ok = db.run(
            "DROP TABLE IF EXISTS holdfast_backup; DROP TABLE IF EXISTS holdfast_backup_tables;" // of the backup it was
            "CREATE TABLE holdfast_backup (id INTEGER PRIMARY KEY CHECK (id = 1), format INTEGER NOT NULL, "
            "database BLOB NOT NULL, timeline INTEGER NOT NULL, applied INTEGER NOT NULL, "
            "made_us INTEGER NOT NULL, library TEXT NOT NULL, sqlite TEXT NOT NULL);"
            "CREATE TABLE holdfast_backup_tables (name TEXT PRIMARY KEY, rows INTEGER NOT NULL, "
            "sum INTEGER NOT NULL)");
        !ok)
        return ok;
    auto insert = db.prepare(words({"INSERT INTO holdfast_backup VALUES (1, ", format_number, ", ?, ?, ", is.applied,
                                    ", ", is.made_us, ", '", HOLDFAST_VERSION_MAJOR, ".", HOLDFAST_VERSION_MINOR, ".",
                                    HOLDFAST_VERSION_PATCH, "', sqlite_version())"}));
    if (!insert) return insert.why();
    insert->bind(1, codec<uuid>::get(is.database));
    insert->bind(2, cell::of_integer(cell_kind::i64, static_cast<std::int64_t>(is.timeline)));
    if (auto ok = insert->run(); !ok) return ok;
    auto table = db.prepare("INSERT INTO holdfast_backup_tables VALUES (?, ?, ?)");
    if (!table) return table.why();
    for (const table_digest& one : is.tables) {
        table->bind(1, cell::of_bytes(cell_kind::text, one.name.data(), one.name.size()));
        table->bind(2, cell::of_integer(cell_kind::i64, one.rows));
        table->bind(3, cell::of_integer(cell_kind::i64, one.sum));
        if (auto ok = table->run(); !ok) return ok;
    }
    return open->commit();
}

[[nodiscard, gnu::cold]] inline result<backup_manifest> read_manifest(sqlite::connection& db) {
    backup_manifest is;
    sqlite::query about(db, "SELECT database, timeline, applied, made_us FROM holdfast_backup WHERE id = 1");
    if (!about.next())
        return about.failed() ? about.why() : error{errc::corrupt, "its table holdfast_backup has no row"};
    if (!codec<uuid>::set(is.database, about->column(0)))
        return error{errc::corrupt, "holdfast_backup.database is no id of 16 bytes"};
    is.timeline = static_cast<std::uint64_t>(about->integer(1));
    is.applied = static_cast<std::uint64_t>(about->integer(2));
    is.made_us = about->integer(3);
    sqlite::query tables(db, "SELECT name, rows, sum FROM holdfast_backup_tables ORDER BY name");
    while (tables.next()) is.tables.push_back({tables->string(0), tables->integer(1), tables->integer(2)});
    if (tables.failed()) return tables.why();
    return is;
}

} // namespace detail

/// Checks a copy that was just made, and writes into it what it is; it is on the disk then, and needs no other file.
/// Errors: `corrupt`: it is not whole; `full`, `io`, also when `cancelled` becomes true.
[[nodiscard, gnu::cold]] inline result<backup_manifest> seal_backup(const std::string& path, std::int64_t made_us,
                                                                    sqlite::check_depth depth,
                                                                    const std::atomic<bool>& cancelled) {
    const auto at = [&](const error& why) { return error{why.code, words({path, ": ", why.detail})}; };
    backup_manifest is;
    is.made_us = made_us;
    {
        auto db = sqlite::connection::open(path, sqlite::connection::mode::existing);
        if (!db) return db.why();
        sqlite3_progress_handler(
            db->get(), 100'000, [](void* flag) { return static_cast<const std::atomic<bool>*>(flag)->load() ? 1 : 0; },
            const_cast<std::atomic<bool>*>(&cancelled));
        if (auto ok = db->set_pragma("locking_mode", "EXCLUSIVE", "exclusive"); !ok) return at(ok.why()); // no -shm
        if (auto ok = db->set_pragma("journal_mode", "DELETE", "delete"); !ok) return at(ok.why());
        if (auto ok = db->set_pragma("synchronous", "FULL", "2"); !ok) return at(ok.why());
        if (auto ok = sqlite::check_integrity(*db, depth); !ok) return at(ok.why());
        if (auto ok = detail::read_marker(*db, is); !ok) return at(ok.why());
        auto tables = detail::digests_of(*db);
        if (!tables) return at(tables.why());
        is.tables = std::move(*tables);
        if (auto ok = detail::write_manifest(*db, is); !ok) return at(ok.why());
        if (auto ok = sqlite::mark_closed(*db); !ok) return at(ok.why());
    }
    auto whole = file::open(path, O_RDWR);
    if (!whole) return whole.why();
    if (auto ok = whole->sync(); !ok) return ok.why();
    return is;
}

/// Whether a backup still is what it says: pages, rows and their checksums. Errors: `corrupt`: it is not; `io`.
/// Cost: reads all of it.
[[nodiscard, gnu::cold]] inline result<backup_manifest> verify_backup(const std::string& path,
                                                                      sqlite::check_depth depth) {
    const auto at = [&](const error& why) { return error{why.code, words({path, ": ", why.detail})}; };
    auto db = sqlite::connection::open(path, sqlite::connection::mode::read_only);
    if (!db) return db.why();
    if (auto ok = sqlite::check_integrity(*db, depth); !ok) return at(ok.why());
    auto is = detail::read_manifest(*db);
    if (!is) return at(is.why());
    auto tables = detail::digests_of(*db);
    if (!tables) return at(tables.why());
    for (const table_digest& one : is->tables)
        if (std::find(tables->begin(), tables->end(), one) == tables->end())
            return at({errc::corrupt, words({"the rows of ", one.name, " are not those that it was made with"})});
    if (tables->size() != is->tables.size()) return at({errc::corrupt, "it has other tables than it was made with"});
    return is;
}

/// As `verify_backup`, of one that was found in a folder. Errors: also `corrupt`: its name says another tick or timeline, or
/// the folder belongs to another database.
/// @param owner  Nil: nobody knows.
[[nodiscard, gnu::cold]] inline result<backup_manifest> verify_found(const found_backup& one, const uuid& owner) {
    auto is = verify_backup(one.path, sqlite::check_depth::quick);
    if (!is ||
        (is->applied == one.applied && is->timeline == one.timeline && (owner.is_nil() || is->database == owner)))
        return is;
    return error{errc::corrupt, words({one.path, ": it is a backup of tick ", is->applied, " of the database ",
                                       is->database.to_string(), ", and not what its name and its folder say"})};
}

/// What makes it a backup is taken out of a copy that becomes the database again. Errors: `full`, `io`.
/// @param ids  So many ids of every table are passed over: they may have been given out since, and no log says so.
[[nodiscard, gnu::cold]] inline result<void> unseal_backup(const std::string& path, std::uint64_t ids = 0) {
    auto db = sqlite::connection::open(path, sqlite::connection::mode::existing);
    if (!db) return db.why();
    if (auto ok = db->set_pragma("synchronous", "FULL", "2"); !ok) return ok;
    if (auto ok = sqlite::mark_open(*db); !ok) return ok;
    if (auto ok = db->run(words({"BEGIN IMMEDIATE; DROP TABLE holdfast_backup; DROP TABLE holdfast_backup_tables; "
                                 "UPDATE holdfast_ids SET next = next + ",
                                 ids, " WHERE next < 1 << 62; COMMIT"}));
        !ok)
        return ok;
    return sqlite::mark_closed(*db);
}

} // namespace holdfast
