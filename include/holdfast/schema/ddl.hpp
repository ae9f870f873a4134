// SPDX-License-Identifier: MIT
/// @file
/// From a table's description to the schema it asks for, and to the SQL that makes it.
#pragma once

#include <holdfast/schema/model.hpp>
#include <holdfast/sqlite/connection.hpp>
#include <holdfast/table/description.hpp>

#include <charconv>

namespace holdfast {

/// A cell as an SQL literal.
[[nodiscard]] inline std::string sql_literal(const cell& c) {
    if (c.is_integer()) return std::to_string(c.integer);
    if (c.is_real()) {
        char text[40];
        const auto end = std::to_chars(text, text + sizeof(text), c.real).ptr;
        std::string made(text, end);
        if (made == "inf") return "9e999";
        if (made == "-inf") return "-9e999";
        return made.find_first_of(".e") == std::string::npos ? made + ".0" : made;
    }
    if (c.kind == cell_kind::text && c.view().find('\0') == std::string_view::npos)
        return sqlite::quoted(c.view(), '\'');
    if (c.kind == cell_kind::null) return "NULL";
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string hex = c.kind == cell_kind::text ? "CAST(X'" : "X'";
    for (const char byte : c.view()) {
        hex.push_back(digits[static_cast<unsigned char>(byte) >> 4]);
        hex.push_back(digits[static_cast<unsigned char>(byte) & 15]);
    }
    return hex + (c.kind == cell_kind::text ? "' AS TEXT)" : "'");
}

[[nodiscard]] inline const char* sql_type(storage stored_as) noexcept {
    switch (stored_as) {
    case storage::integer: return "INTEGER";
    case storage::real: return "REAL";
    case storage::text: return "TEXT";
    case storage::blob: return "BLOB";
    }
    return "BLOB";
}

/// The schema that a table's description asks for.
[[nodiscard]] inline table_schema schema_of(const table_description& table) {
    table_schema made;
    made.name = table.name;
    for (const column& is : table.row->columns) {
        const cell initial = is.get(table.row->initial);
        made.columns.push_back({is.name, sql_type(is.ops->stored_as), !is.ops->nullable,
                                initial.kind == cell_kind::null ? std::string() : sql_literal(initial), 0, false});
    }
    int position = 0;
    for (const std::uint8_t key : table.primary_key()) {
        made.columns[key].key_position = ++position;
        made.columns[key].default_value.clear();
    }
    const auto names = [&](const column_list& columns) {
        std::vector<std::string> list;
        for (const std::uint8_t one : columns) list.push_back(table.column_name(one));
        return list;
    };
    for (const index_description& index : table.indexes)
        if (index.is != index_description::role::primary_key)
            made.indexes.push_back({names(index.columns), index.unique(), false});
    for (const reference_description& reference : table.references)
        made.foreign_keys.push_back({names(reference.columns), reference.parent, reference.parent_columns,
                                     reference.action == on_delete::cascade    ? "CASCADE"
                                     : reference.action == on_delete::set_null ? "SET NULL"
                                                                               : "NO ACTION"});
    for (const limit_description& limit : table.limits)
        made.checks.push_back(sqlite::quoted_name(table.column_name(limit.column)) +
                              " >= " + std::to_string(limit.at_least));
    return made;
}

namespace detail {

[[nodiscard]] inline std::string name_list(const std::vector<std::string>& names) {
    std::string sql;
    for (const std::string& name : names) sql += (sql.empty() ? "" : ", ") + sqlite::quoted_name(name);
    return sql;
}

/// "level" INTEGER NOT NULL DEFAULT 1
[[nodiscard]] inline std::string column_definition(const column_schema& column, const char* key = "") {
    std::string sql = sqlite::quoted_name(column.name) + " " + column.type + key;
    if (column.not_null) sql += " NOT NULL";
    if (!column.default_value.empty()) {
        const bool call = column.default_value.back() == ')'; // an expression stands in parentheses
        sql += " DEFAULT " + (call ? "(" + column.default_value + ")" : column.default_value);
    }
    return sql;
}

/// REFERENCES "characters" ("id") ON DELETE CASCADE
[[nodiscard]] inline std::string references_clause(const foreign_key_schema& reference) {
    return "REFERENCES " + sqlite::quoted_name(reference.parent) + " (" + name_list(reference.parent_columns) + ")" +
           (reference.on_delete != "NO ACTION" ? " ON DELETE " + reference.on_delete : "");
}

/// Whether a CHECK that the structs ask for is one of this column.
[[nodiscard]] inline bool is_check_of(const column_schema& column, const std::string& check) {
    return check.starts_with(sqlite::quoted_name(column.name) + " ");
}

} // namespace detail

[[nodiscard]] inline std::string index_name(const table_schema& table, const index_schema& index) {
    return "idx_" + table.name + "." + joined(index.columns); // no name holds a dot
}

/// CREATE INDEX "idx_things.level" ON "things" ("level")
[[nodiscard]] inline std::string create_index_statement(const table_schema& table, const index_schema& index) {
    return (index.unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ") + sqlite::quoted_name(index_name(table, index)) +
           " ON " + sqlite::quoted_name(table.name) + " (" + detail::name_list(index.columns) + ")";
}

/// The statement that gives a table this column, with its check and its reference.
[[nodiscard]] inline std::string add_column_statement(const table_schema& table, const column_schema& column) {
    std::string sql =
        "ALTER TABLE " + sqlite::quoted_name(table.name) + " ADD COLUMN " + detail::column_definition(column);
    for (const std::string& check : table.checks)
        if (detail::is_check_of(column, check)) sql += " CHECK (" + check + ")";
    for (const foreign_key_schema& reference : table.foreign_keys)
        if (reference.columns == std::vector{column.name}) sql += " " + detail::references_clause(reference);
    return sql;
}

/// The statements that make a table: CREATE TABLE, then its indexes.
[[nodiscard]] inline std::vector<std::string> create_statements(const table_schema& table) {
    std::string sql = "CREATE TABLE " + sqlite::quoted_name(table.name) + " (";
    const auto key = table.primary_key();
    const char* separator = "\n    ";
    for (const column_schema& column : table.columns) {
        const bool alone = key.size() == 1 && column.key_position == 1;
        sql += separator + detail::column_definition(column, alone ? " PRIMARY KEY" : "");
        separator = ",\n    ";
    }
    if (key.size() > 1) sql += ",\n    PRIMARY KEY (" + detail::name_list(key) + ")";
    for (const index_schema& index : table.indexes)
        if (index.unique) sql += ",\n    UNIQUE (" + detail::name_list(index.columns) + ")";
    for (const std::string& check : table.checks) sql += ",\n    CHECK (" + check + ")";
    for (const foreign_key_schema& reference : table.foreign_keys)
        sql +=
            ",\n    FOREIGN KEY (" + detail::name_list(reference.columns) + ") " + detail::references_clause(reference);
    std::vector<std::string> statements{sql + "\n)"};
    for (const index_schema& index : table.indexes)
        if (!index.unique) statements.push_back(create_index_statement(table, index));
    return statements;
}

} // namespace holdfast
