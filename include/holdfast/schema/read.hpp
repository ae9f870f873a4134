// SPDX-License-Identifier: MIT
/// @file
/// The schema that a file has, asked of SQLite itself.
#pragma once

#include <holdfast/schema/model.hpp>
#include <holdfast/sqlite/query.hpp>

#include <optional>

namespace holdfast {
namespace detail {

/// The columns of `table`.
[[nodiscard, gnu::cold]] inline result<void> read_columns(sqlite::connection& db, table_schema& table) {
    sqlite::query rows(db, "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?1)",
                       table.name);
    while (rows.next()) {
        column_schema& column = table.columns.emplace_back();
        column.name = rows->string(0);
        column.type = rows->string(1);
        column.not_null = rows->integer(2) != 0;
        column.default_value = rows->string(3);
        column.key_position = static_cast<int>(rows->integer(4));
        column.generated = rows->integer(5) != 0;
    }
    if (rows.failed()) return rows.why();
    return {};
}

/// What an index is over.
[[nodiscard, gnu::cold]] inline result<void> read_index(sqlite::connection& db, const std::string& name,
                                                        index_schema& index) {
    sqlite::query rows(db, "SELECT name, cid, coll FROM pragma_index_xinfo(?1) WHERE key = 1 ORDER BY seqno", name);
    while (rows.next()) {
        if (rows->integer(1) < 0) index.partial = true;
        index.columns.push_back(rows->string(0));
        const std::string collation = rows->string(2);
        if (collation == "NOCASE")
            index.nocase.push_back(index.columns.back());
        else if (collation != "BINARY")
            index.not_binary = true;
    }
    if (rows.failed()) return rows.why();
    return {};
}

[[nodiscard, gnu::cold]] inline result<void> read_indexes(sqlite::connection& db, table_schema& table) {
    sqlite::query rows(db, "SELECT name, \"unique\", partial, origin FROM pragma_index_list(?1) ORDER BY seq DESC",
                       table.name);
    while (rows.next()) {
        index_schema index;
        index.unique = rows->integer(1) != 0;
        index.partial = rows->integer(2) != 0;
        if (auto ok = read_index(db, rows->string(0), index); !ok) return ok;
        if (rows->string(3) == "pk")
            table.key_index = std::move(index);
        else
            table.indexes.push_back(std::move(index));
    }
    if (rows.failed()) return rows.why();
    return {};
}

[[nodiscard, gnu::cold]] inline result<void> read_foreign_keys(sqlite::connection& db, table_schema& table) {
    sqlite::query rows(
        db, "SELECT id, \"table\", \"from\", \"to\", on_delete FROM pragma_foreign_key_list(?1) ORDER BY id DESC, seq",
        table.name);
    std::int64_t last = -1;
    while (rows.next()) {
        if (rows->integer(0) != last) {
            foreign_key_schema& key = table.foreign_keys.emplace_back();
            key.parent = rows->string(1);
            key.on_delete = rows->string(4);
        }
        last = rows->integer(0);
        table.foreign_keys.back().columns.push_back(rows->string(2));
        table.foreign_keys.back().parent_columns.push_back(rows->string(3));
    }
    if (rows.failed()) return rows.why();
    return {};
}

/// What SQLite tells of the table beside columns, indexes and references.
[[nodiscard, gnu::cold]] inline result<void> read_properties(sqlite::connection& db, table_schema& table) {
    sqlite::query rows(db, "SELECT strict FROM pragma_table_list WHERE schema = 'main' AND name = ?1", table.name);
    while (rows.next()) table.strict = rows->integer(0) != 0;
    if (rows.failed()) return rows.why();
    sqlite::query triggers(db, "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND lower(tbl_name) = lower(?1)",
                           table.name);
    while (triggers.next()) table.triggers.push_back(triggers->string(0));
    if (triggers.failed()) return triggers.why();
    return {};
}

} // namespace detail

/// The table of this name (in any case of letters, as SQLite has it); nothing when there is none.
[[nodiscard, gnu::cold]] inline result<std::optional<table_schema>> read_table(sqlite::connection& db,
                                                                               const std::string& name) {
    std::optional<table_schema> table;
    sqlite::query rows(
        db, "SELECT name, sql, type FROM sqlite_schema WHERE lower(name) = lower(?1) AND type IN ('table', 'view')",
        name);
    while (rows.next()) {
        table.emplace().name = rows->string(0);
        if (rows->string(2) != "view") table->sql = rows->string(1);
    }
    if (rows.failed()) return rows.why();
    if (!table) return table;
    for (const auto read :
         {&detail::read_columns, &detail::read_indexes, &detail::read_properties, &detail::read_foreign_keys})
        if (auto ok = read(db, *table); !ok) return ok.why();
    return table;
}

/// A column of a table that the world does not have, which refers to one that it has.
struct outside_reference {
    std::string table;
    std::string column;
    std::string parent;
};

/// Every such column outside `own` that refers to one of these tables.
[[nodiscard, gnu::cold]] inline result<std::vector<outside_reference>>
references_from_outside(sqlite::connection& db, const std::vector<std::string>& own) {
    const auto is_own = [&](const std::string& name) {
        for (const std::string& one : own)
            if (lower_case(one) == lower_case(name)) return true;
        return false;
    };
    std::vector<outside_reference> found;
    sqlite::query rows(db, "SELECT m.name, f.\"from\", f.\"table\" FROM sqlite_schema m, "
                           "pragma_foreign_key_list(m.name) f WHERE m.type = 'table'");
    while (rows.next())
        if (!is_own(rows->string(0)) && is_own(rows->string(2)))
            found.push_back({rows->string(0), rows->string(1), rows->string(2)});
    if (rows.failed()) return rows.why();
    return found;
}

} // namespace holdfast
