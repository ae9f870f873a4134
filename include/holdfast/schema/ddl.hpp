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
[[nodiscard, gnu::cold]] inline std::string sql_literal(const cell& c) {
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

[[nodiscard, gnu::cold]] inline const char* sql_type(storage stored_as) noexcept {
    switch (stored_as) {
    case storage::integer: return "INTEGER";
    case storage::real: return "REAL";
    case storage::text: return "TEXT";
    case storage::blob: return "BLOB";
    }
    return "BLOB";
}

[[nodiscard]] inline const char* sql_action(on_delete action) noexcept {
    switch (action) {
    case on_delete::cascade: return "CASCADE";
    case on_delete::set_null: return "SET NULL";
    default: return "NO ACTION";
    }
}

namespace detail {

[[nodiscard, gnu::cold]] inline std::vector<std::string> names_of(const table_description& table,
                                                                  const column_list& columns) {
    std::vector<std::string> names;
    for (const std::uint8_t one : columns) names.push_back(table.column_name(one));
    return names;
}

/// The indexes that the file has too: those over stored columns, each once.
[[gnu::cold]] inline void add_indexes(const table_description& table, table_schema& made) {
    for (const index_description& index : table.indexes) {
        if (index.is == index_description::role::primary_key || !table.stored(index.columns)) continue;
        index_schema one;
        one.columns = names_of(table, index.columns);
        one.unique = index.unique();
        for (const std::uint8_t column : index.columns)
            if (table.row->columns[column].nocase) one.nocase.push_back(table.column_name(column));
        bool there = index.columns == table.primary_key();
        for (const index_schema& other : made.indexes) there |= other.columns == one.columns;
        if (!there) made.indexes.push_back(std::move(one));
    }
}

[[gnu::cold]] inline void add_foreign_keys(const table_description& table, table_schema& made) {
    for (const reference_description& reference : table.references) {
        if (reference.parent_names.empty()) continue; // to a table that is not in the file
        foreign_key_schema& key = made.foreign_keys.emplace_back();
        key.columns = names_of(table, reference.columns);
        key.parent = reference.parent;
        key.parent_columns = reference.parent_names;
        key.on_delete = sql_action(reference.action);
    }
}

} // namespace detail

/// The schema that a table's description asks for.
[[nodiscard, gnu::cold]] inline table_schema schema_of(const table_description& table) {
    table_schema made;
    made.name = table.name;
    std::vector<std::size_t> place(table.row->columns.size()); // a column's number in the file's table
    for (const column& is : table.row->columns) {
        if (!is.stored) continue;
        place[static_cast<std::size_t>(&is - table.row->columns.data())] = made.columns.size();
        const cell initial = is.get(table.row->initial);
        column_schema& one = made.columns.emplace_back();
        one.name = is.name;
        one.type = sql_type(is.ops->stored_as);
        one.not_null = !is.ops->nullable;
        one.nocase = is.nocase;
        if (initial.kind != cell_kind::null) one.default_value = sql_literal(initial);
    }
    int position = 0;
    for (const std::uint8_t key : table.primary_key()) {
        column_schema& one = made.columns[place[key]];
        one.key_position = ++position;
        one.default_value.clear();
    }
    detail::add_indexes(table, made);
    detail::add_foreign_keys(table, made);
    for (const limit_description& limit : table.limits) {
        if (!table.row->columns[limit.column].stored) continue;
        const bool least = limit.is == limit_description::bound::at_least;
        made.checks.push_back(
            words({sqlite::in_quotes(table.column_name(limit.column)), least ? " >= " : " <= ", limit.limit}));
    }
    return made;
}

namespace detail {

/// "level" INTEGER NOT NULL DEFAULT 1
[[nodiscard, gnu::cold]] inline std::string column_definition(const column_schema& column, const char* key = "") {
    const std::string& value = column.default_value;
    const bool call = !value.empty() && value.back() == ')'; // an expression stands in parentheses
    return words({sqlite::in_quotes(column.name), " ", column.type, column.nocase ? " COLLATE NOCASE" : "", key,
                  column.not_null ? " NOT NULL" : "", value.empty() ? "" : " DEFAULT ", call ? "(" : "", value,
                  call ? ")" : ""});
}

/// REFERENCES "characters" ("id") ON DELETE CASCADE
[[nodiscard, gnu::cold]] inline std::string references_clause(const foreign_key_schema& reference) {
    const bool acts = reference.on_delete != "NO ACTION";
    return words({"REFERENCES ", sqlite::in_quotes(reference.parent), " (", joined(reference.parent_columns, '"'), ")",
                  acts ? " ON DELETE " : "", acts ? std::string_view(reference.on_delete) : ""});
}

/// Whether a CHECK that the structs ask for is one of this column.
[[nodiscard, gnu::cold]] inline bool is_check_of(const column_schema& column, const std::string& check) {
    return check.starts_with(words({sqlite::in_quotes(column.name), " "}));
}

} // namespace detail

[[nodiscard, gnu::cold]] inline std::string index_name(const table_schema& table, const index_schema& index) {
    return words({"idx_", table.name, ".", joined(index.columns)}); // no name holds a dot
}

/// CREATE INDEX "idx_things.level" ON "things" ("level")
[[nodiscard, gnu::cold]] inline std::string create_index_statement(const table_schema& table,
                                                                   const index_schema& index) {
    return words({index.unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ", sqlite::in_quotes(index_name(table, index)),
                  " ON ", sqlite::in_quotes(table.name), " (", joined(index.columns, '"'), ")"});
}

/// The statement that gives a table this column, with its check and its reference.
[[nodiscard, gnu::cold]] inline std::string add_column_statement(const table_schema& table,
                                                                 const column_schema& column) {
    std::string sql =
        words({"ALTER TABLE ", sqlite::in_quotes(table.name), " ADD COLUMN ", detail::column_definition(column)});
    for (const std::string& check : table.checks)
        if (detail::is_check_of(column, check)) sql += words({" CHECK (", check, ")"});
    for (const foreign_key_schema& reference : table.foreign_keys)
        if (reference.columns.size() == 1 && reference.columns.front() == column.name)
            sql += words({" ", detail::references_clause(reference)});
    return sql;
}

/// The statements that make a table: CREATE TABLE, a line for each column, and then its indexes.
/// @param margin  Stands before each line but the first.
[[nodiscard, gnu::cold]] inline std::vector<std::string> create_statements(const table_schema& table,
                                                                           std::string_view margin = "") {
    std::string sql = words({"CREATE TABLE ", sqlite::in_quotes(table.name), " ("});
    const auto key = table.primary_key();
    const std::string first = words({"\n", margin, "    "}), next = words({",", first});
    std::string_view separator = first;
    for (const column_schema& column : table.columns) {
        const bool alone = key.size() == 1 && column.key_position == 1;
        sql += words({separator, detail::column_definition(column, alone ? " PRIMARY KEY" : "")});
        separator = next;
    }
    if (key.size() > 1) sql += words({separator, "PRIMARY KEY (", joined(key, '"'), ")"});
    for (const index_schema& index : table.indexes)
        if (index.unique) sql += words({separator, "UNIQUE (", joined(index.columns, '"'), ")"});
    for (const std::string& check : table.checks) sql += words({separator, "CHECK (", check, ")"});
    for (const foreign_key_schema& reference : table.foreign_keys)
        sql += words(
            {separator, "FOREIGN KEY (", joined(reference.columns, '"'), ") ", detail::references_clause(reference)});
    sql += words({"\n", margin, ")"});
    std::vector<std::string> statements;
    statements.push_back(std::move(sql));
    for (const index_schema& index : table.indexes)
        if (!index.unique) statements.push_back(create_index_statement(table, index));
    return statements;
}

} // namespace holdfast
