// SPDX-License-Identifier: MIT
/// @file
/// Rows as they were at a moment, with everything that refers to them, as SQL text: one player's things, to look at and to
/// give back by hand what is missing.
#pragma once

#include <holdfast/store/restore.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

/// What was exported.
struct export_report {
    /// How many rows were written.
    std::uint64_t rows = 0;
    restore_report from{}; ///< When they were so.
};

namespace detail {

/// One table of an export: a temporary table has the keys of the rows that go into it.
struct exported_table {
    std::string name;
    std::string picked;               ///< That table.
    std::vector<std::string> columns; ///< Without those that SQLite computes.
    std::vector<std::string> key;     ///< The rowid; in a table that has none, the primary key.

    /// The key's columns: "p.a, p.b".
    [[nodiscard, gnu::cold]] std::string key_of(const char* before = "") const {
        std::string all;
        for (const std::string& column : key)
            all += words({all.empty() ? "" : ", ", before, sqlite::in_quotes(column)});
        return all;
    }
    /// Whether a row is one of those: an SQL condition.
    [[nodiscard, gnu::cold]] std::string is_picked(const char* before = "") const {
        return words({"(", key_of(before), ") IN (SELECT * FROM ", picked, ")"});
    }
};

/// The value of a column as SQL text. `quote` ends a text at a NUL, and writes infinities as nothing that SQLite reads.
[[nodiscard, gnu::cold]] inline std::string literal_of(const std::string& column) {
    const std::string c = words({sqlite::in_quotes(column)});
    return words({"CASE WHEN typeof(", c, ") = 'text' AND instr(", c, ", char(0)) > 0 THEN 'CAST(' || quote(CAST(", c,
                  " AS BLOB)) || ' AS TEXT)' WHEN ", c, " = 9e999 AND typeof(", c, ") = 'real' THEN '9e999' WHEN ", c,
                  " = -9e999 AND typeof(", c, ") = 'real' THEN '-9e999' ELSE quote(", c, ") END"});
}

/// Picks rows, follows references to them from everywhere, and writes all as INSERTs.
class row_export {
public:
    explicit row_export(sqlite::connection& db) noexcept : db_(&db) {}

    /// Errors: `not_found`: there is no such table, or no such row; `refused`: SQLite does not understand the condition.
    [[nodiscard, gnu::cold]] result<void> pick(std::string_view table, std::string_view where) {
        sqlite::query there(*db_, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name = ?1", table);
        if (!there.next())
            return there.failed() ? there.why() : error{errc::not_found, words({"there is no table ", table})};
        const auto first = add(there->string(0));
        if (!first) return first.why();
        const exported_table from = tables_[*first];
        auto ok = db_->run(words({"INSERT INTO ", from.picked, " SELECT ", from.key_of(), " FROM ",
                                  sqlite::in_quotes(from.name), " WHERE ", where}));
        if (!ok) return error{errc::refused, words({"the condition ", word(where, '"'), ": ", ok.why().detail})};
        if (sqlite3_changes64(db_->get()) == 0) return error{errc::not_found, words({table, ": no row where ", where})};
        for (bool more = true; more;) {
            auto found = follow();
            if (!found) return found.why();
            more = *found;
        }
        return {};
    }
    /// Errors: `io`.
    [[nodiscard, gnu::cold]] result<std::uint64_t> write(std::string& to) {
        std::uint64_t count = 0;
        for (const exported_table& one : tables_) {
            std::string values;
            for (const std::string& column : one.columns)
                values += words({values.empty() ? "" : " || ', ' || ", literal_of(column)});
            sqlite::query rows(*db_, words({"SELECT ", values, " FROM ", sqlite::in_quotes(one.name), " WHERE ",
                                            one.is_picked(), " ORDER BY ", one.key_of()}));
            for (; rows.next(); ++count)
                to += words({"INSERT INTO ", sqlite::in_quotes(one.name), " (", joined(one.columns, '"'), ") VALUES (",
                             rows->string(0), ");\n"});
            if (rows.failed()) return rows.why();
        }
        return count;
    }

private:
    /// The number of the table in `tables_`, where it is from here on.
    [[nodiscard, gnu::cold]] result<std::size_t> add(const std::string& name) {
        for (std::size_t i = 0; i < tables_.size(); ++i)
            if (tables_[i].name == name) return i;
        exported_table one{name, words({"temp.holdfast_export_", tables_.size()}), {}, {}};
        sqlite::query columns(*db_, "SELECT name FROM pragma_table_info(?1)", one.name);
        while (columns.next()) one.columns.push_back(columns->string(0));
        if (columns.failed()) return columns.why();
        sqlite::query key(*db_,
                          "SELECT name FROM pragma_table_info(?1) WHERE pk > 0 AND (SELECT wr FROM pragma_table_list "
                          "WHERE schema = 'main' AND name = ?1) ORDER BY pk",
                          one.name);
        while (key.next()) one.key.push_back(key->string(0));
        if (key.failed()) return key.why();
        if (one.key.empty()) one.key.push_back("rowid");
        const std::string columns_of_key = one.key_of();
        if (auto ok = db_->run(
                words({"CREATE TABLE ", one.picked, " (", columns_of_key, ", PRIMARY KEY (", columns_of_key, "))"}));
            !ok)
            return ok.why();
        tables_.push_back(std::move(one));
        return tables_.size() - 1;
    }
    /// Adds rows that refer to those that are picked. Whether there were any.
    [[nodiscard, gnu::cold]] result<bool> follow() {
        std::vector<std::string> names;
        sqlite::query all(*db_, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'holdfast%' AND "
                                "name NOT LIKE 'sqlite%' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY rowid");
        while (all.next()) names.push_back(all->string(0));
        if (all.failed()) return all.why();
        bool more = false;
        for (const std::string& name : names) {
            table_schema is{name, {}, {}, {}, {}, {}, {}};
            if (auto ok = read_foreign_keys(*db_, is); !ok) return ok.why();
            for (const foreign_key_schema& one : is.foreign_keys) {
                const std::size_t parent = parent_of(one);
                if (parent == tables_.size()) continue;
                auto child = add(name);
                if (!child) return child.why();
                auto same = same_key(one);
                if (!same) return same.why();
                auto ok = db_->run(
                    words({"INSERT OR IGNORE INTO ", tables_[*child].picked, " SELECT ", tables_[*child].key_of("c."),
                           " FROM ", sqlite::in_quotes(name), " c JOIN ", sqlite::in_quotes(tables_[parent].name),
                           " p ON ", *same, " WHERE ", tables_[parent].is_picked("p.")}));
                if (!ok) return ok.why();
                more = more || sqlite3_changes64(db_->get()) != 0;
            }
        }
        return more;
    }
    [[nodiscard, gnu::cold]] result<std::string> same_key(const foreign_key_schema& one) {
        std::string same;
        for (std::size_t i = 0; i < one.columns.size(); ++i) {
            std::string target = one.parent_columns[i];
            if (target.empty()) { // the parent's primary key
                sqlite::query key(*db_, words({"SELECT name FROM pragma_table_info(?1) WHERE pk = ", i + 1}),
                                  one.parent);
                if (key.next()) target = key->string(0);
                if (key.failed()) return key.why();
            }
            same += words(
                {i == 0 ? "" : " AND ", "c.", sqlite::in_quotes(one.columns[i]), " = p.", sqlite::in_quotes(target)});
        }
        return same;
    }
    [[nodiscard]] std::size_t parent_of(const foreign_key_schema& one) const {
        std::size_t i = 0;
        while (i < tables_.size() && sqlite3_stricmp(tables_[i].name.c_str(), one.parent.c_str()) != 0) ++i;
        return i;
    }

    sqlite::connection* db_;
    std::vector<exported_table> tables_;
};

} // namespace detail

/// Writes rows of a table as they were at a moment, and every row that refers to them (directly or through others), as SQL
/// to the new file `into`. Nothing is given back to a player by it: what they have traded since is somebody else's now, so
/// read it, and give back by hand what is missing.
///
/// @param where   Which rows, as SQL has it: "id = 17", "name = 'Aria' AND server = 2".
/// @param chosen  As for `restore`.
/// Errors: those of `restore`; `not_found`: no such table, or no such row at that moment; `refused`: SQLite does not
///         understand the condition.
/// Threads: any. Cost: that of `restore`, whose file lies beside `into` meanwhile; the text is in memory.
[[nodiscard, gnu::cold]] inline result<export_report> export_rows(const std::string& path, std::string_view table,
                                                                  std::string_view where, const restore_point& to,
                                                                  const std::string& into, const options& chosen = {}) {
    if (state_of(into)) return error{errc::refused, words({into, " is there: name a new file"})};
    const std::string whole = words({into, ".holdfast-whole.db"});
    if (auto ok = sqlite::remove_database(whole); !ok) return ok.why(); // of one that was killed
    auto restored = restore(path, whole, to, chosen);
    if (!restored) return restored.why();
    export_report made{0, std::move(*restored)};
    const auto write = [&]() -> result<void> {
        auto db = sqlite::connection::open(whole, sqlite::connection::mode::existing);
        if (!db) return db.why();
        detail::row_export rows(*db);
        if (auto ok = rows.pick(table, where); !ok) return ok;
        std::string condition(where);
        std::replace(condition.begin(), condition.end(), '\n', ' ');
        std::string text = words({"-- ", path, ", after tick ", made.from.restored, ": ", table, " where ", condition,
                                  ", and what refers to it\nBEGIN;\nPRAGMA defer_foreign_keys = ON;\n"});
        auto count = rows.write(text);
        if (!count) return count.why();
        made.rows = *count;
        text += "COMMIT;\n";
        return write_text(into, text);
    };
    auto ok = write();
    (void)sqlite::remove_database(whole);
    if (!ok) return error{ok.why().code, words({into, ": ", ok.why().detail})};
    return made;
}

} // namespace holdfast
