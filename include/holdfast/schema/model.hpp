// SPDX-License-Identifier: MIT
/// @file
/// Schemas as run-time values: what the structs ask for, what a file has.
#pragma once

#include <holdfast/core/words.hpp>

#include <string>
#include <vector>

namespace holdfast {

/// SQLite's column affinities (https://www.sqlite.org/datatype3.html, section 3.1).
enum class affinity : unsigned char { integer, real, text, blob, numeric };

/// The affinity that SQLite gives a declared type.
[[nodiscard, gnu::cold]] inline affinity affinity_of(std::string type) {
    for (char& c : type)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    const auto has = [&](const char* part) { return type.find(part) != std::string::npos; };
    if (has("INT")) return affinity::integer;
    if (has("CHAR") || has("CLOB") || has("TEXT")) return affinity::text;
    if (type.empty() || has("BLOB")) return affinity::blob;
    if (has("REAL") || has("FLOA") || has("DOUB")) return affinity::real;
    return affinity::numeric;
}

struct column_schema {
    std::string name;
    std::string type; ///< As declared: INTEGER, TEXT, ...
    bool not_null = false;
    std::string default_value; ///< As SQL; empty: none.
    int key_position = 0;      ///< 1 for the first column of the primary key; 0: not part of it.
    bool generated = false;    ///< Computed by SQLite.
    bool nocase = false;       ///< Compared without regard to the case of ASCII letters (of a file: not read).
};

struct index_schema {
    std::vector<std::string> columns;
    bool unique = false;
    bool partial = false;              ///< Over some rows or over expressions.
    bool not_binary = false;           ///< Compares text otherwise than byte by byte, or without regard to case.
    std::vector<std::string> nocase{}; ///< The columns that it compares without regard to case.

    friend bool operator==(const index_schema& a, const index_schema& b) = default;
};

struct foreign_key_schema {
    std::vector<std::string> columns;
    std::string parent;
    std::vector<std::string> parent_columns;
    std::string on_delete; ///< "CASCADE", "SET NULL", "NO ACTION", ...
};

struct table_schema {
    std::string name;
    std::vector<column_schema> columns;
    std::vector<index_schema> indexes; ///< Without the primary key's.
    std::vector<foreign_key_schema> foreign_keys;
    std::vector<std::string> checks;   ///< As SQL expressions.
    std::string sql;                   ///< Of a file's table: its CREATE statement.
    std::vector<std::string> triggers; ///< Of a file's table: their names.
    bool strict = false;               ///< SQLite holds its columns to their types.
    index_schema key_index{};          ///< Of a file's table: how its primary key compares.

    [[nodiscard, gnu::cold]] const column_schema* column(const std::string& wanted) const {
        for (const column_schema& one : columns)
            if (one.name == wanted) return &one;
        return nullptr;
    }
    [[nodiscard, gnu::cold]] std::vector<std::string> primary_key() const {
        std::vector<std::string> key;
        for (int position = 1;; ++position) {
            const std::size_t before = key.size();
            for (const column_schema& one : columns)
                if (one.key_position == position) key.push_back(one.name);
            if (key.size() == before) return key;
        }
    }
};

/// The name in lower case: SQLite does not see the case of letters in names.
[[nodiscard, gnu::cold]] inline std::string lower_case(std::string name) {
    for (char& c : name)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return name;
}

/// "a, b"; each name in the quotes, if any are given, and behind `before`.
[[nodiscard, gnu::cold]] inline std::string joined(const std::vector<std::string>& names, char quote = '\0',
                                                   std::string_view before = {}) {
    std::string text;
    for (const std::string& name : names) {
        if (!text.empty()) text += ", ";
        text += before;
        word(name, quote).append_to(text);
    }
    return text;
}

} // namespace holdfast
