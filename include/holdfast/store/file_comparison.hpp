// SPDX-License-Identifier: MIT
/// @file
/// How the tables of a file differ from those of the world, in words, with the SQL that mends it where there is some.
#pragma once

#include <holdfast/schema/compare.hpp>
#include <holdfast/schema/read.hpp>
#include <holdfast/snapshot/dead_rows.hpp>

#include <string>
#include <vector>

namespace holdfast {

/// See the file's sentence. It only reads.
class file_comparison {
public:
    /// @param marked  The file has our own tables.
    file_comparison(sqlite::connection& db, const std::vector<table_schema>& wanted, file_origin origin, bool marked)
        : db_(&db), wanted_(&wanted), origin_(origin), marked_(marked) {}

    [[nodiscard, gnu::cold]] result<void> run() {
        for (const table_schema& want : *wanted_) {
            auto have = read_table(*db_, want.name);
            if (!have) return have.why();
            if (auto ok = *have ? compare(want, std::move(**have)) : missing(want); !ok) return ok;
        }
        return from_outside();
    }
    /// Every difference: a paragraph each.
    [[nodiscard]] const std::vector<std::string>& found() const noexcept { return found_; }

private:
    [[nodiscard, gnu::cold]] result<void> missing(const table_schema& want) {
        std::string text = words({want.name, " is not in the file:"});
        for (const std::string& sql : create_statements(want, "    ")) text += words({"\n    ", sql, ";"});
        auto old = old_names(want);
        if (!old) return old.why();
        for (const std::string& one : *old) {
            auto sql = rename_table(one, want.name);
            if (!sql) return sql.why();
            text += words({"\n    or, if ", one, " is its old name: ", *sql});
            old_names_.push_back(one);
        }
        found_.push_back(std::move(text));
        return {};
    }
    /// The tables of the file that the world does not name, and that have every column of the wanted one.
    [[nodiscard, gnu::cold]] result<std::vector<std::string>> old_names(const table_schema& want) {
        std::vector<std::string> all, fitting;
        sqlite::query rows(
            *db_, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite#_%' ESCAPE '#' "
                  "AND name NOT LIKE 'holdfast#_%' ESCAPE '#' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name");
        while (rows.next()) all.push_back(rows->string(0));
        if (rows.failed()) return rows.why();
        for (const std::string& name : all) {
            bool fits = true;
            for (const table_schema& one : *wanted_) fits = fits && lower_case(one.name) != lower_case(name);
            if (!fits) continue;
            auto table = read_table(*db_, name);
            if (!table) return table.why();
            for (const column_schema& column : want.columns)
                fits = fits && *table && (*table)->column(column.name) != nullptr;
            if (fits) fitting.push_back(name);
        }
        return fitting;
    }
    /// The statements that give a table another name, with what we have of it: its dead rows, and which ids were given.
    [[nodiscard, gnu::cold]] result<std::string> rename_table(const std::string& from, const std::string& to) {
        const auto rename = [](const std::string& one, const std::string& other) {
            return words({"ALTER TABLE ", sqlite::in_quotes(one), " RENAME TO ", sqlite::in_quotes(other), ";"});
        };
        std::string sql = rename(from, to);
        auto dead = has_dead_rows(*db_, from);
        if (!dead) return dead.why();
        if (*dead) sql += words({" ", rename(dead_table_of(from), dead_table_of(to))});
        if (marked_)
            sql += words({" UPDATE OR REPLACE holdfast_ids SET name = ", sqlite::quoted(to, '\''),
                          " WHERE lower(name) = ", sqlite::quoted(lower_case(from), '\''), ";"});
        return sql;
    }

    [[nodiscard, gnu::cold]] result<void> compare(const table_schema& want, table_schema have) {
        for (std::string& difference : differences(want, std::move(have), origin_))
            found_.push_back(std::move(difference));
        auto dead = read_table(*db_, dead_table_of(want.name));
        if (!dead) return dead.why();
        if (*dead)
            for (const column_schema& column : want.columns)
                if ((*dead)->column(column.name) == nullptr) lacks(want, **dead, column);
        return {};
    }
    [[gnu::cold]] void lacks(const table_schema& want, const table_schema& dead, const column_schema& column) {
        const std::string& value = column.default_value;
        const std::string change = words({"ALTER TABLE ", sqlite::in_quotes(dead.name)});
        std::string text = words({dead.name, ", which has rows that SQLite refuses, lacks ", column.name, ": ", change,
                                  " ADD COLUMN ", sqlite::in_quotes(column.name), value.empty() ? "" : " DEFAULT (",
                                  value, value.empty() ? ";" : ");"});
        for (const column_schema& one : dead.columns)
            if (want.column(one.name) == nullptr && !one.name.starts_with("holdfast_"))
                text += words({"\n    or, if ", one.name, " is its old name: ", change, " RENAME COLUMN ",
                               sqlite::in_quotes(one.name), " TO ", sqlite::in_quotes(column.name), ";"});
        found_.push_back(std::move(text));
    }

    /// A table that may be one of ours under its old name is not named once more.
    [[nodiscard, gnu::cold]] result<void> from_outside() {
        std::vector<std::string> names;
        for (const table_schema& want : *wanted_) names.push_back(want.name);
        auto outside = references_from_outside(*db_, names);
        if (!outside) return outside.why();
        for (const outside_reference& one : *outside)
            if (!detail::is_among(old_names_, one.table))
                found_.push_back(words({one.table, ".", one.column, " refers to ", one.parent,
                                        ", and the world does not have the table ", one.table, ": add it"}));
        return {};
    }

    sqlite::connection* db_;
    const std::vector<table_schema>* wanted_;
    const file_origin origin_;
    const bool marked_;
    std::vector<std::string> found_;
    std::vector<std::string> old_names_; ///< Tables that may be the world's under other names.
};

} // namespace holdfast
