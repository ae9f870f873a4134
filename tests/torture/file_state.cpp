// SPDX-License-Identifier: MIT
/// @file
/// A store's database as plain sqlite3 reads it.
#include "file_state.hpp"

#include "oracle.hpp"
#include "support/raw_database.hpp"

#include <cstring>

namespace torture {

namespace {

using holdfast::test::raw_database;

/// Calls `fn(statement)` for each row of a query.
template <class Function> void each_row(sqlite3* db, const std::string& sql, Function fn) {
    sqlite3_stmt* row = nullptr;
    if (sqlite3_prepare_v2(db, sql.c_str(), -1, &row, nullptr) != SQLITE_OK)
        throw finding(finding::kind::broken, "plain sqlite3: " + sql + ": " + sqlite3_errmsg(db));
    int code = SQLITE_DONE;
    while ((code = sqlite3_step(row)) == SQLITE_ROW) fn(row);
    sqlite3_finalize(row);
    if (code != SQLITE_DONE) throw finding(finding::kind::broken, "plain sqlite3: " + sql + ": " + sqlite3_errmsg(db));
}
std::int64_t number(sqlite3* db, const std::string& sql) {
    std::int64_t found = 0;
    each_row(db, sql, [&](sqlite3_stmt* row) { found = sqlite3_column_int64(row, 0); });
    return found;
}

void take(sqlite3_stmt* row, int column, std::int64_t& value) { value = sqlite3_column_int64(row, column); }
void take(sqlite3_stmt* row, int column, std::int32_t& value) { value = sqlite3_column_int(row, column); }
void take(sqlite3_stmt* row, int column, double& value) { value = sqlite3_column_double(row, column); }
void take(sqlite3_stmt* row, int column, std::string& value) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(row, column));
    value.assign(text != nullptr ? text : "", static_cast<std::size_t>(sqlite3_column_bytes(row, column)));
}
void take(sqlite3_stmt* row, int column, std::optional<std::int64_t>& value) {
    value.reset();
    if (sqlite3_column_type(row, column) != SQLITE_NULL) value = sqlite3_column_int64(row, column);
}

template <class Row> void read_table(sqlite3* db, shelf<Row>& into) {
    std::string columns;
    Row one;
    each_field(one, [&](const char* name, const auto&) {
        columns.append(columns.empty() ? "\"" : ", \"").append(name).append("\"");
    });
    const std::string table = table_name<Row>;
    each_row(db, "SELECT " + columns + " FROM " + table, [&](sqlite3_stmt* row) {
        int column = 0;
        each_field(one, [&](const char*, auto& field) { take(row, column++, field); });
        into.put(one);
    });
    const std::int64_t next = number(db, "SELECT next FROM holdfast_ids WHERE name = '" + table + "'");
    const std::int64_t most = number(db, "SELECT max(id) FROM " + table);
    if (most >= next && most != 0)
        throw finding(finding::kind::broken, "plain sqlite3: " + table + " has id " + std::to_string(most) +
                                                 ", and may give out " + std::to_string(next) + " again");
}

void require_sound(sqlite3* db) {
    each_row(db, "PRAGMA integrity_check", [](sqlite3_stmt* row) {
        const std::string says = reinterpret_cast<const char*>(sqlite3_column_text(row, 0));
        if (says != "ok") throw finding(finding::kind::broken, "integrity_check: " + says);
    });
    each_row(db, "PRAGMA foreign_key_check", [](sqlite3_stmt* row) {
        throw finding(finding::kind::broken, std::string("foreign_key_check: a row of ") +
                                                 reinterpret_cast<const char*>(sqlite3_column_text(row, 0)));
    });
}

} // namespace

file_state read_file(const std::string& path) {
    file_state found;
    const raw_database opened(path);
    sqlite3* const db = opened.inside();
    found.marked = number(db, "SELECT count(*) FROM sqlite_schema WHERE name = 'holdfast_meta'") != 0;
    if (!found.marked) return found;
    each_row(db, "SELECT applied, clean, database FROM holdfast_meta", [&](sqlite3_stmt* row) {
        found.applied = static_cast<std::uint64_t>(sqlite3_column_int64(row, 0));
        found.clean = sqlite3_column_int(row, 1) != 0;
        if (sqlite3_column_bytes(row, 2) == static_cast<int>(sizeof(found.database)))
            std::memcpy(&found.database, sqlite3_column_blob(row, 2), sizeof(found.database));
    });
    require_sound(db);
    model::each_shelf(found.rows, [&](auto& one) { read_table(db, one); });
    each_row(db, "SELECT tick, actions FROM events", [&](sqlite3_stmt* row) {
        found.rows.add_event({sqlite3_column_int64(row, 0), sqlite3_column_int(row, 1)});
    });
    return found;
}

} // namespace torture
