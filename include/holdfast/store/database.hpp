// SPDX-License-Identifier: MIT
/// @file
/// Opens the file of a store: owner, schema, marker. Touches nothing before everything is known to match.
#pragma once

#include <holdfast/io/file.hpp>
#include <holdfast/io/file_system.hpp>
#include <holdfast/io/random_bytes.hpp>
#include <holdfast/queue/frame.hpp>
#include <holdfast/schema/ddl.hpp>
#include <holdfast/snapshot/dead_rows.hpp>
#include <holdfast/snapshot/timeline_table.hpp>
#include <holdfast/sqlite/query.hpp>
#include <holdfast/store/backup_place.hpp>
#include <holdfast/store/file_comparison.hpp>
#include <holdfast/store/trusted_pages.hpp>
#include <holdfast/table/table_base.hpp>

namespace holdfast {

/// A database whose tables are those of the world.
struct database {
    owner_lock owner{};
    sqlite::connection db{};
    std::string path{};
    file_origin origin = file_origin::ours;
    bool created = false;
    bool marked = false;                ///< It has our meta tables.
    std::vector<table_schema> wanted{}; ///< What the structs ask for.
    uuid id{};                          ///< What its log and its ring carry, too.
    bool clean = true;                  ///< It was closed with everything in it.
    std::uint64_t applied = 0;          ///< The file is true up to this tick.
    timelines known{};                  ///< Those that it tells of: the newest is its own.
    dead_report dead{};                 ///< The rows that SQLite refuses.
    trusted_pages pages{};
};

namespace detail {

/// Why the file cannot be used, with its path and what to do about it.
[[nodiscard, gnu::cold]] inline error unusable(const std::string& path, const error& why) {
    if (why.code == errc::busy)
        return {errc::busy, words({path, ": another program uses it: close it, then open again"})};
    if (why.code == errc::corrupt && why.detail.ends_with(sqlite3_errstr(SQLITE_NOTADB)))
        return {errc::corrupt, words({path, ": not a SQLite database: check the path"})};
    const bool advise = why.code == errc::corrupt && !why.detail.ends_with("restore a backup");
    return {why.code, words({path, ": ", why.detail, advise ? ": restore a backup" : ""})};
}

/// Where the file is, or shall be made. `not_found`: a folder stands there. `refused`: a file that another name would open
/// without our lock and log.
[[nodiscard, gnu::cold]] inline result<std::string> find_place(const std::string& path) {
    auto real = canonical_path(path);
    if (!real) return real;
    struct stat about {};
    const bool there = ::stat(real->c_str(), &about) == 0;
    if (there && S_ISDIR(about.st_mode))
        return error{errc::not_found, words({*real, " is a folder: name a file in it"})};
    if (there && about.st_nlink > 1)
        return error{errc::refused, words({*real, " has ", about.st_nlink,
                                           " names (hard links), and lock and log go by "
                                           "one: remove the others, or copy the file"})};
    return real;
}

/// Whether the file systems that the store's files are on, or will be, can be relied on.
[[nodiscard, gnu::cold]] inline result<void> check_file_systems(const std::string& path, const options& chosen) {
    for (const std::string& place : {folder_of(path), path, words({path, ".log"}), words({path, ".ring"}),
                                     chosen.ring_folder.empty() ? folder_of(path) : chosen.ring_folder}) {
        auto unfit = unfit_file_system(place);
        if (!unfit) return error{unfit.why().code, words({path, ": ", unfit.why().detail})};
        if (unfit->empty()) continue;
        if (chosen.file_system == if_unreliable::refuse)
            return error{errc::refused, words({path, ": ", *unfit,
                                               ": use a local ext4, xfs or tmpfs, or open it anyway "
                                               "(options::file_system = if_unreliable::open)"})};
        if (chosen.log) chosen.log(log_level::warning, words({path, ": ", *unfit, ", and is opened anyway"}));
        return {};
    }
    return {};
}

/// Whether it is a database, ours alone, that may be used; and whether it is a new one.
[[nodiscard, gnu::cold]] inline result<void> look_inside(database& opened, if_missing missing) {
    auto size = ask_number(opened.db, "SELECT count(*) FROM sqlite_schema");
    if (!size) return unusable(opened.path, size.why());
    opened.created = *size == 0;
    if (opened.created && opened.path != ":memory:" && missing == if_missing::refuse)
        return error{errc::not_found, words({opened.path, ": has no tables, and the options say not to create it"})};
    auto encoding = opened.db.prepare("PRAGMA encoding");
    if (!encoding) return encoding.why();
    if (auto row = encoding->step(); !row || !*row || encoding->string(0) != "UTF-8")
        return error{errc::mismatch,
                     words({opened.path, ": its text is ", encoding->string(0), ", and must be UTF-8"})};
    encoding->reset();
    return {};
}

/// Reads the meta table, if there is one.
[[nodiscard, gnu::cold]] inline result<void> read_meta(database& opened) {
    auto there = ask_number(opened.db, "SELECT count(*) FROM sqlite_schema WHERE name = 'holdfast_meta'");
    if (!there) return unusable(opened.path, there.why());
    opened.marked = *there != 0;
    if (!opened.marked) {
        opened.origin = file_origin::adopted;
        return {};
    }
    auto ask = opened.db.prepare("SELECT format, origin, applied, database, clean FROM holdfast_meta WHERE id = 1");
    if (!ask) return error{errc::corrupt, words({opened.path, ": ", ask.why().detail})};
    auto row = ask->step();
    if (!row) return unusable(opened.path, row.why());
    if (!*row) return error{errc::corrupt, words({opened.path, ": holdfast_meta has no row; restore a backup"})};
    if (ask->integer(0) != format_number)
        return error{errc::too_new, words({opened.path, ": it has format ", ask->integer(0), ", this library writes ",
                                           format_number, ": use the version of the library that wrote it"})};
    opened.origin = ask->string(1) == "adopted" ? file_origin::adopted : file_origin::ours;
    const cell applied = ask->column(2);
    if (!applied.is_integer() || applied.integer < 0 || applied.integer > std::int64_t{1} << 62)
        return error{errc::corrupt, words({opened.path, ": holdfast_meta.applied is ", describe_cell(applied),
                                           ", which is no tick; restore a backup"})};
    opened.applied = static_cast<std::uint64_t>(applied.integer);
    if (!codec<uuid>::set(opened.id, ask->column(3)))
        return error{errc::corrupt,
                     words({opened.path, ": holdfast_meta.database is no id of 16 bytes; restore a backup"})};
    opened.clean = ask->integer(4) != 0;
    auto known = read_timelines(opened.db);
    if (!known) return unusable(opened.path, known.why());
    opened.known = std::move(*known);
    return {};
}

/// Compares every table of the world with the file's. `mismatch` lists all differences.
[[nodiscard, gnu::cold]] inline result<void> compare_with_file(database& opened) {
    file_comparison all(opened.db, opened.wanted, opened.origin, opened.marked);
    if (auto ok = all.run(); !ok) return unusable(opened.path, ok.why());
    if (all.found().empty()) return {};
    std::string text = words({opened.path, " does not match the structs, and is not opened:"});
    for (const std::string& difference : all.found()) text += words({"\n  - ", difference});
    if (text.find(" is its old name: ") != std::string::npos)
        text += "\nWhere a name has changed, rename first and open again: that mends more than one of these.";
    text +=
        "\nCorrect the structs; or change the file, in its place, with sqlite3 (first copy it with all that lies beside "
        "it).";
    return error{errc::mismatch, std::move(text)};
}

[[nodiscard, gnu::cold]] inline result<void> write_schema(database& opened) {
    auto open = sqlite::transaction::begin(opened.db);
    if (!open) return open.why();
    if (opened.created)
        for (const table_schema& table : opened.wanted)
            for (const std::string& sql : create_statements(table))
                if (auto ok = opened.db.run(sql); !ok) return ok;
    for (const char* sql :
         {"CREATE TABLE holdfast_meta (id INTEGER PRIMARY KEY CHECK (id = 1), format INTEGER NOT NULL, "
          "database BLOB NOT NULL, origin TEXT NOT NULL, applied INTEGER NOT NULL, clean INTEGER NOT NULL)",
          "CREATE TABLE holdfast_ids (name TEXT PRIMARY KEY, next INTEGER NOT NULL)"})
        if (auto ok = opened.db.run(sql); !ok) return ok;
    auto meta = opened.db.prepare("INSERT INTO holdfast_meta VALUES (1, ?, ?, ?, 0, 1)");
    if (!meta) return meta.why();
    opened.id = random_number<uuid>();
    const std::string_view origin = opened.created ? "created" : "adopted";
    meta->bind(1, cell::of_integer(cell_kind::i64, format_number));
    meta->bind(2, codec<uuid>::get(opened.id));
    meta->bind(3, cell::of_bytes(cell_kind::text, origin.data(), origin.size()));
    if (auto ok = meta->run(); !ok) return ok;
    return open->commit();
}

} // namespace detail

/// Sets the connection up for writing.
[[nodiscard, gnu::cold]] inline result<void> prepare_to_write(database& opened) {
    if (auto ok = opened.pages.set_up(opened.db, opened.path, opened.clean); !ok)
        return detail::unusable(opened.path, ok.why());
    return {};
}

/// What another program has changed is a tick of its own, which no log has: the database alone counts it. Then comes
/// `trusted_pages::forget_others`; a process that is killed before counts once more.
[[nodiscard, gnu::cold]] inline result<void> count_changes_of_others(database& opened) {
    if (!opened.pages.changed_by_others()) return {};
    return opened.db.run("UPDATE holdfast_meta SET applied = applied + 1");
}

/// They are counted: once a backup that has them is wanted, durably, the note of them goes. Where none can be wished for now
/// it stays, and the next open counts once more. Errors: `io`.
[[nodiscard, gnu::cold]] inline result<void> forget_changes_of_others(database& opened, const options& chosen) {
    if (!opened.pages.changed_by_others()) return {};
    if (chosen.backups.every.count() > 0)
        if (auto ok = wish_for_backup(backup_folder(opened.path, chosen.backups)); !ok) {
            if (chosen.log)
                chosen.log(log_level::warning,
                           words({opened.path, ": no backup can be wished for: ", ok.why().detail}));
            return {};
        }
    return trusted_pages::forget_others(opened.path);
}

/// Prepares to write; makes the tables of a new file, and marks one that is not ours yet.
[[nodiscard, gnu::cold]] inline result<void> begin_writing(database& opened) {
    if (auto ok = prepare_to_write(opened); !ok) return ok;
    if (opened.marked) return {};
    if (auto ok = detail::write_schema(opened); !ok) return detail::unusable(opened.path, ok.why());
    opened.marked = true;
    return {};
}

/// Opens the database at `path`, as `detail::find_place` gives it: it is a database, ours alone, and writes nothing to it.
[[nodiscard, gnu::cold]] inline result<database> open_database(const std::string& path, const options& chosen) {
    database opened;
    const if_missing missing = chosen.missing;
    const bool in_memory = path == ":memory:";
    opened.path = path;
    auto db = sqlite::connection::open(opened.path, sqlite::connection::mode::create);
    if (!db) return db.why();
    opened.db = std::move(*db);
    // Until everything is known to match, closing must not write a foreign WAL into its file.
    if (auto ok = opened.db.checkpoint_on_close(false); !ok) return ok.why();
    if (!in_memory)
        if (auto ok = opened.db.set_pragma("locking_mode", "EXCLUSIVE", "exclusive"); !ok) return ok.why();

    if (auto ok = opened.pages.look(opened.db, chosen.log); !ok) return detail::unusable(opened.path, ok.why());
    if (auto ok = detail::look_inside(opened, missing); !ok) return ok.why();
    if (!opened.created)
        if (auto ok = detail::read_meta(opened); !ok) return ok.why();
    const bool ours = opened.created || (opened.marked && opened.origin == file_origin::ours);
    if (auto ok = opened.pages.judge(opened.db, opened.path, ours); !ok) return ok.why();
    return opened;
}

/// Makes the tables of a new database; of one that is there, compares them, and writes nothing to it: after loading,
/// `begin_writing` does.
[[nodiscard, gnu::cold]] inline result<void> match_tables(database& opened, const std::vector<table_base*>& tables) {
    for (const table_base* table : tables) opened.wanted.push_back(schema_of(table->description()));
    return opened.created ? begin_writing(opened) : detail::compare_with_file(opened);
}

} // namespace holdfast
