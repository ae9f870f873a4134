// SPDX-License-Identifier: MIT
/// @file
/// Whether a file's table can serve for a struct: every difference, in words, with the SQL that mends it
/// where one statement does.
#pragma once

#include <holdfast/schema/ddl.hpp>
#include <holdfast/schema/model.hpp>

#include <algorithm>
#include <utility>

namespace holdfast {

/// Where a file comes from decides how much it may differ.
enum class file_origin : unsigned char {
    ours,    ///< Made by this library: it must be what the structs ask for.
    adopted, ///< Made by somebody else: it may have more columns, and fewer constraints than the structs.
};

namespace detail {

/// Whether a column of this affinity keeps what we store, unchanged.
[[nodiscard]] inline bool keeps(affinity file, affinity wanted) noexcept {
    if (file == wanted || file == affinity::blob) return true;
    return file == affinity::numeric && (wanted == affinity::integer || wanted == affinity::blob);
}

/// Names each column of the file as the struct does where only the case of letters differs, and tells.
inline void spell_alike(const table_schema& wanted, table_schema& file, std::vector<std::string>& differences) {
    for (const column_schema& want : wanted.columns)
        for (column_schema& have : file.columns) {
            if (have.name == want.name || lower_case(have.name) != lower_case(want.name)) continue;
            differences.push_back(wanted.name + "." + want.name + " is spelled " + have.name +
                                  " in the file: spell the field so, or ALTER TABLE " +
                                  sqlite::quoted_name(wanted.name) + " RENAME COLUMN " +
                                  sqlite::quoted_name(have.name) + " TO " + sqlite::quoted_name(want.name));
            const std::string before = std::exchange(have.name, want.name);
            for (index_schema& index : file.indexes)
                std::replace(index.columns.begin(), index.columns.end(), before, want.name);
            for (foreign_key_schema& key : file.foreign_keys)
                std::replace(key.columns.begin(), key.columns.end(), before, want.name);
        }
}

/// The statement that adds a missing column; where none can, because the rows would need different values, that.
[[nodiscard]] inline std::string how_to_add(const table_schema& table, const column_schema& column) {
    if (column.key_position != 0) return ", and is part of the key";
    const std::vector<std::string> alone{column.name};
    const bool own_value =
        std::any_of(table.indexes.begin(), table.indexes.end(),
                    [&](const index_schema& index) { return index.unique && index.columns == alone; }) ||
        std::any_of(table.foreign_keys.begin(), table.foreign_keys.end(),
                    [&](const foreign_key_schema& key) { return key.columns == alone; });
    if (column.not_null && own_value)
        return ", and no one value fits all rows: make the field a std::optional, or copy the rows to a new table";
    return ": " + add_column_statement(table, column);
}

inline void compare_columns(const table_schema& wanted, const table_schema& file, file_origin origin,
                            std::vector<std::string>& differences) {
    const auto differ = [&](const std::string& text) { differences.push_back(wanted.name + text); };
    for (const column_schema& want : wanted.columns) {
        const column_schema* have = file.column(want.name);
        if (have == nullptr) {
            differ("." + want.name + " is not in the file" + how_to_add(wanted, want));
            continue;
        }
        if (have->generated) differ("." + want.name + " is computed by SQLite and cannot be written");
        const affinity wants = affinity_of(want.type);
        const affinity has = affinity_of(have->type);
        if (file.strict ? has != wants : !keeps(has, wants))
            differ("." + want.name + " is " + (have->type.empty() ? "without a type" : have->type) +
                   " in the file, the struct needs " + want.type);
        if (have->not_null && !want.not_null && want.key_position == 0)
            differ("." + want.name + " is NOT NULL in the file, the struct's field can be empty");
        if (origin == file_origin::ours && want.not_null && !have->not_null && want.key_position == 0)
            differ("." + want.name + " may be NULL in the file, the struct's field cannot be empty");
        if (origin == file_origin::ours && have->default_value != want.default_value)
            differ("." + want.name + " has the default " +
                   (have->default_value.empty() ? "none" : have->default_value) +
                   " in the file, the struct's initializer is " +
                   (want.default_value.empty() ? "none" : want.default_value));
    }
    for (const column_schema& have : file.columns) {
        if (wanted.column(have.name) != nullptr || have.generated) continue;
        if (origin == file_origin::ours)
            differ("." + have.name + " is in the file and not in the struct");
        else if (have.not_null && have.default_value.empty())
            differ("." + have.name +
                   " is NOT NULL without a default, and the struct does not name it: no row could be added");
    }
    if (wanted.primary_key() != file.primary_key())
        differ(" has the primary key (" + joined(file.primary_key()) + ") in the file, the struct's is (" +
               joined(wanted.primary_key()) + ")");
}

/// The conditions of the CHECKs in a CREATE TABLE statement, as they stand between the parentheses.
[[nodiscard]] inline std::vector<std::string> checks_in(const std::string& sql) {
    const auto is_word = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    };
    // The end of the quoted text or comment at `at`; `at` itself when none begins there.
    const auto behind_quoted = [&](std::size_t at) {
        const char c = sql[at];
        if (c == '-' && sql.compare(at, 2, "--") == 0) return std::min(sql.find('\n', at), sql.size());
        if (c == '/' && sql.compare(at, 2, "/*") == 0) return std::min(sql.find("*/", at + 2), sql.size() - 2) + 2;
        if (c == '[') return std::min(sql.find(']', at), sql.size() - 1) + 1;
        if (c == '\'' || c == '"' || c == '`') return std::min(sql.find(c, at + 1), sql.size() - 1) + 1;
        return at;
    };
    std::vector<std::string> found;
    for (std::size_t at = 0; at < sql.size();) {
        if (const std::size_t behind = behind_quoted(at); behind != at) {
            at = behind;
            continue;
        }
        const bool word =
            (at == 0 || !is_word(sql[at - 1])) && sql.size() - at > 5 && !is_word(sql[at + 5]) &&
            std::equal(sql.begin() + static_cast<std::ptrdiff_t>(at), sql.begin() + static_cast<std::ptrdiff_t>(at + 5),
                       "check", [](char a, char b) { return (a | 0x20) == b; });
        const std::size_t open = word ? sql.find_first_not_of(" \t\r\n", at + 5) : std::string::npos;
        if (open == std::string::npos || sql[open] != '(') {
            ++at;
            continue;
        }
        std::size_t end = open + 1;
        for (int depth = 1; end < sql.size(); ++end) {
            if (const std::size_t behind = behind_quoted(end); behind != end) {
                end = behind - 1;
                continue;
            }
            depth += sql[end] == '(' ? 1 : sql[end] == ')' ? -1 : 0;
            if (depth == 0) break;
        }
        found.push_back(sql.substr(open + 1, end - open - 1));
        at = end;
    }
    return found;
}

/// Whether two references ask the same of SQLite. A reference without parent columns means the parent's
/// primary key; RESTRICT and NO ACTION differ only inside a statement.
[[nodiscard]] inline bool same_reference(const foreign_key_schema& a, const foreign_key_schema& b) {
    const auto action = [](const foreign_key_schema& key) {
        return key.on_delete == "RESTRICT" ? "NO ACTION" : key.on_delete;
    };
    const auto implied = [](const foreign_key_schema& key) {
        return std::all_of(key.parent_columns.begin(), key.parent_columns.end(),
                           [](const auto& name) { return name.empty(); });
    };
    return a.columns == b.columns && lower_case(a.parent) == lower_case(b.parent) && action(a) == action(b) &&
           (lower_case(joined(a.parent_columns)) == lower_case(joined(b.parent_columns)) || implied(a) || implied(b));
}

[[nodiscard]] inline bool has_index(const table_schema& table, const index_schema& wanted) {
    return std::find(table.indexes.begin(), table.indexes.end(), wanted) != table.indexes.end();
}
[[nodiscard]] inline bool has_reference(const table_schema& table, const foreign_key_schema& wanted) {
    return std::any_of(table.foreign_keys.begin(), table.foreign_keys.end(),
                       [&](const foreign_key_schema& key) { return same_reference(key, wanted); });
}

/// What the file asks for and the struct does not.
inline void compare_demands(const table_schema& wanted, const table_schema& file,
                            std::vector<std::string>& differences) {
    const auto differ = [&](const std::string& text) { differences.push_back(wanted.name + text); };
    for (const index_schema& have : file.indexes) {
        if (have.unique && have.not_binary)
            differ(" is UNIQUE (" + joined(have.columns) + ") in the file by another comparison than byte by byte");
        if (!have.unique || has_index(wanted, have)) continue;
        if (have.columns == wanted.primary_key() && !have.partial) continue;
        differ(" is UNIQUE (" + joined(have.columns) + ") in the file" + (have.partial ? ", in part" : "") +
               ", the struct does not say so: add hf::unique");
    }
    for (const foreign_key_schema& have : file.foreign_keys)
        if (!has_reference(wanted, have))
            differ("." + joined(have.columns) + " refers to " + have.parent + " (" + joined(have.parent_columns) +
                   ") ON DELETE " + have.on_delete + " in the file, the struct does not say so: add hf::references");
    if (file.key_not_binary) differ(" has a primary key in the file that compares otherwise than byte by byte");
    for (const std::string& check : checks_in(file.sql))
        if (std::find(wanted.checks.begin(), wanted.checks.end(), check) == wanted.checks.end())
            differ(" has a CHECK (" + check + ") in the file, which the struct does not ask for");
    for (const std::string& trigger : file.triggers)
        differ(" has the trigger " + trigger + ", which would change rows behind the server's back");
}

/// An index of our own that is not unique has the name that the unique one is to have.
[[nodiscard]] inline std::string drop_plain_index(const table_schema& wanted, const table_schema& file,
                                                  const index_schema& want) {
    if (!want.unique || !has_index(file, {want.columns, false, false, false})) return "";
    return "DROP INDEX IF EXISTS " + sqlite::quoted_name(index_name(wanted, want)) + "; ";
}

/// What the struct asks for and the file does not. What a missing column is to have besides comes with it.
inline void compare_wishes(const table_schema& wanted, const table_schema& file,
                           std::vector<std::string>& differences) {
    const auto differ = [&](const std::string& text) { differences.push_back(wanted.name + text); };
    for (const index_schema& want : wanted.indexes)
        if (!has_index(file, want))
            differ(std::string(want.unique ? " is not UNIQUE (" : " has no index (") + joined(want.columns) +
                   ") in the file: " + drop_plain_index(wanted, file, want) + create_index_statement(wanted, want));
    for (const foreign_key_schema& want : wanted.foreign_keys)
        if (!has_reference(file, want) && file.column(want.columns.front()) != nullptr)
            differ("." + joined(want.columns) + " does not refer to " + want.parent + " ON DELETE " + want.on_delete +
                   " in the file");
    const auto checks = checks_in(file.sql);
    const auto comes_with_column = [&](const std::string& check) {
        return std::any_of(wanted.columns.begin(), wanted.columns.end(), [&](const column_schema& column) {
            return is_check_of(column, check) && file.column(column.name) == nullptr;
        });
    };
    for (const std::string& check : wanted.checks)
        if (std::find(checks.begin(), checks.end(), check) == checks.end() && !comes_with_column(check))
            differ(" has no CHECK (" + check + ") in the file");
}

} // namespace detail

/// Every way in which the file's table cannot serve for the struct; empty when it can.
[[nodiscard]] inline std::vector<std::string> differences(const table_schema& wanted, const table_schema& file,
                                                          file_origin origin) {
    std::vector<std::string> found;
    if (file.sql.empty()) {
        found.push_back(wanted.name + " is a view in the file: a table is needed");
        return found;
    }
    table_schema alike = file;
    detail::spell_alike(wanted, alike, found);
    detail::compare_columns(wanted, alike, origin, found);
    detail::compare_demands(wanted, alike, found);
    if (origin == file_origin::ours) detail::compare_wishes(wanted, alike, found);
    return found;
}

} // namespace holdfast
