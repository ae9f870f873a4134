// SPDX-License-Identifier: MIT
/// @file
/// The schema that a file has, asked of SQLite itself.
#pragma once

#include <holdfast/schema/model.hpp>
#include <holdfast/sqlite/connection.hpp>

#include <optional>

namespace holdfast {
namespace detail {

/// Runs `sql` with one text parameter and calls `row(statement)` for every row.
template <class Function>
[[nodiscard]] result<void> for_each_row(sqlite::connection& db, const char* sql, const std::string& argument,
                                        Function&& row) {
    auto ask = db.prepare(sql);
    if (!ask) return ask.why();
    ask->bind(1, cell::of_bytes(cell_kind::text, argument.data(), argument.size()));
    for (;;) {
        auto more = ask->step();
        if (!more) return more.why();
        if (!*more) return {};
        row(*ask);
    }
}

} // namespace detail

/// The table of this name (in any case of letters, as SQLite has it); nothing when there is none.
[[nodiscard]] inline result<std::optional<table_schema>> read_table(sqlite::connection& db, const std::string& name) {
    using detail::for_each_row;
    table_schema table;
    bool found = false;
    auto ok = for_each_row(
        db, "SELECT name, sql, type FROM sqlite_schema WHERE lower(name) = lower(?1) AND type IN ('table', 'view')",
        name, [&](sqlite::statement& row) {
            found = true;
            table.name = row.string(0);
            table.sql = row.string(2) == "view" ? "" : row.string(1);
        });
    if (!ok) return ok.why();
    if (!found) return std::optional<table_schema>();

    ok = for_each_row(db, "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?1)",
                      table.name, [&](sqlite::statement& row) {
                          table.columns.push_back({row.string(0), row.string(1), row.integer(2) != 0, row.string(3),
                                                   static_cast<int>(row.integer(4)), row.integer(5) != 0});
                      });
    if (!ok) return ok.why();

    std::vector<std::string> index_names;
    std::vector<bool> is_key;
    std::vector<index_schema> found_indexes;
    ok = for_each_row(db, "SELECT name, \"unique\", partial, origin FROM pragma_index_list(?1) ORDER BY seq DESC",
                      table.name, [&](sqlite::statement& row) {
                          index_names.push_back(row.string(0));
                          is_key.push_back(row.string(3) == "pk");
                          found_indexes.push_back({{}, row.integer(1) != 0, row.integer(2) != 0, false});
                      });
    if (!ok) return ok.why();
    for (std::size_t i = 0; i < index_names.size(); ++i) {
        index_schema& index = found_indexes[i];
        ok = for_each_row(db, "SELECT name, cid, coll FROM pragma_index_xinfo(?1) WHERE key = 1 ORDER BY seqno",
                          index_names[i], [&](sqlite::statement& row) {
                              if (row.integer(1) < 0) index.partial = true;
                              if (row.string(2) != "BINARY") index.not_binary = true;
                              index.columns.push_back(row.string(0));
                          });
        if (!ok) return ok.why();
        if (is_key[i])
            table.key_not_binary = index.not_binary;
        else
            table.indexes.push_back(std::move(index));
    }
    ok = for_each_row(db, "SELECT strict FROM pragma_table_list WHERE schema = 'main' AND name = ?1", table.name,
                      [&](sqlite::statement& row) { table.strict = row.integer(0) != 0; });
    if (!ok) return ok.why();

    std::int64_t last = -1;
    ok = for_each_row(
        db, "SELECT id, \"table\", \"from\", \"to\", on_delete FROM pragma_foreign_key_list(?1) ORDER BY id DESC, seq",
        table.name, [&](sqlite::statement& row) {
            if (row.integer(0) != last) table.foreign_keys.push_back({{}, row.string(1), {}, row.string(4)});
            last = row.integer(0);
            table.foreign_keys.back().columns.push_back(row.string(2));
            table.foreign_keys.back().parent_columns.push_back(row.string(3));
        });
    if (!ok) return ok.why();
    ok = for_each_row(db, "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND lower(tbl_name) = lower(?1)",
                      table.name, [&](sqlite::statement& row) { table.triggers.push_back(row.string(0)); });
    if (!ok) return ok.why();
    return std::optional<table_schema>(std::move(table));
}

/// "pets.owner": every column outside `own` that refers to one of these tables.
[[nodiscard]] inline result<std::vector<std::string>> references_from_outside(sqlite::connection& db,
                                                                              const std::vector<std::string>& own) {
    const auto is_own = [&](const std::string& name) {
        for (const std::string& one : own)
            if (lower_case(one) == lower_case(name)) return true;
        return false;
    };
    std::vector<std::string> found;
    auto ok = detail::for_each_row(
        db,
        "SELECT m.name, f.\"from\", f.\"table\" FROM sqlite_schema m, pragma_foreign_key_list(m.name) f WHERE m.type = ?1",
        "table", [&](sqlite::statement& row) {
            if (!is_own(row.string(0)) && is_own(row.string(2)))
                found.push_back(row.string(0) + "." + row.string(1) + " refers to " + row.string(2));
        });
    if (!ok) return ok.why();
    return found;
}

} // namespace holdfast
