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

/// The conditions of the CHECKs in a CREATE TABLE statement, as they stand between the parentheses.
[[nodiscard, gnu::cold]] inline std::vector<std::string> checks_in(const std::string& sql) {
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
        const bool word = (at == 0 || !is_word(sql[at - 1])) && sql.size() - at > 5 && !is_word(sql[at + 5]) &&
                          lower_case(sql.substr(at, 5)) == "check";
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

/// A CHECK's condition as it compares with another: without white space and quotes around names, in small letters.
[[nodiscard, gnu::cold]] inline std::string plain_check(const std::string& condition) {
    const auto is_name = [](const std::string& text) {
        return std::all_of(text.begin(), text.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        });
    };
    std::string made;
    for (std::size_t at = 0; at < condition.size(); ++at) {
        const char c = condition[at];
        if (c != '\'' && c != '"' && c != '`' && c != '[') {
            if (c != ' ' && c != '\t' && c != '\r' && c != '\n') made += c;
            continue;
        }
        const std::size_t close = std::min(condition.find(c == '[' ? ']' : c, at + 1), condition.size());
        const std::string inside = condition.substr(at + 1, close - at - 1);
        made += c != '\'' && is_name(inside) ? inside : words({"'", inside, "'"});
        at = close;
    }
    return lower_case(made);
}
/// Whether one of these conditions says what the wanted one does.
[[nodiscard, gnu::cold]] inline bool has_check(const std::vector<std::string>& checks, const std::string& wanted) {
    for (const std::string& one : checks)
        if (plain_check(one) == plain_check(wanted)) return true;
    return false;
}

/// Whether two references ask the same of SQLite. A reference without parent columns means the parent's
/// primary key; RESTRICT and NO ACTION differ only inside a statement.
[[nodiscard, gnu::cold]] inline bool same_reference(const foreign_key_schema& a, const foreign_key_schema& b) {
    const auto action = [](const foreign_key_schema& key) -> std::string_view {
        return key.on_delete == "RESTRICT" ? "NO ACTION" : std::string_view(key.on_delete);
    };
    const auto implied = [](const foreign_key_schema& key) {
        for (const std::string& name : key.parent_columns)
            if (!name.empty()) return false;
        return true;
    };
    return a.columns == b.columns && lower_case(a.parent) == lower_case(b.parent) && action(a) == action(b) &&
           (lower_case(joined(a.parent_columns)) == lower_case(joined(b.parent_columns)) || implied(a) || implied(b));
}

[[nodiscard, gnu::cold]] inline bool has_index(const table_schema& table, const index_schema& wanted) {
    for (const index_schema& one : table.indexes)
        if (one == wanted) return true;
    return false;
}
[[nodiscard, gnu::cold]] inline bool has_reference(const table_schema& table, const foreign_key_schema& wanted) {
    for (const foreign_key_schema& one : table.foreign_keys)
        if (same_reference(one, wanted)) return true;
    return false;
}
[[nodiscard, gnu::cold]] inline bool is_among(const std::vector<std::string>& texts, const std::string& wanted) {
    for (const std::string& one : texts)
        if (one == wanted) return true;
    return false;
}

/// One table as a struct wants it, held against the one that the file has.
class table_comparison {
public:
    [[gnu::cold]] table_comparison(const table_schema& wanted, table_schema file, file_origin origin)
        : wanted_(wanted), file_(std::move(file)), origin_(origin) {
        spell_alike();
        compare_columns();
        compare_demands();
        if (origin_ != file_origin::ours) return;
        compare_wishes();
        if (!to_be_made_anew_) return;
        std::string how = words({wanted_.name, " as the structs want it:"});
        for (const std::string& sql : create_statements(wanted_, "    ")) how += words({"\n    ", sql, ";"});
        found_.push_back(std::move(how));
    }
    [[nodiscard]] std::vector<std::string>& found() noexcept { return found_; }

private:
    /// A difference that comes with what mends it.
    [[gnu::cold, gnu::noinline]] void mend(std::initializer_list<word> how) {
        found_.push_back(words({wanted_.name, words(how)}));
    }
    /// One that no statement mends.
    [[gnu::cold, gnu::noinline]] void differ(std::initializer_list<word> how) {
        mend(how);
        to_be_made_anew_ = true;
    }
    /// "(a, b)"
    [[nodiscard, gnu::cold]] std::string list(const std::vector<std::string>& columns) const {
        return words({"(", joined(columns), ")"});
    }

    /// Names each column of the file as the struct does where only the case of letters differs, and tells.
    [[gnu::cold]] void spell_alike() {
        for (const column_schema& want : wanted_.columns)
            for (column_schema& have : file_.columns) {
                if (have.name == want.name || lower_case(have.name) != lower_case(want.name)) continue;
                mend({".", want.name, " is spelled ", have.name, " in the file: spell the field so, or ",
                      rename_statement(have, want)});
                rename(std::exchange(have.name, want.name), want.name);
            }
    }
    [[gnu::cold]] void rename(const std::string& before, const std::string& after) {
        const auto in = [&](std::vector<std::string>& columns) {
            for (std::string& column : columns)
                if (column == before) column = after;
        };
        for (index_schema& index : file_.indexes) in(index.columns);
        for (foreign_key_schema& key : file_.foreign_keys) in(key.columns);
    }

    [[nodiscard, gnu::cold]] std::string rename_statement(const column_schema& have, const column_schema& want) const {
        return words({"ALTER TABLE ", sqlite::in_quotes(wanted_.name), " RENAME COLUMN ", sqlite::in_quotes(have.name),
                      " TO ", sqlite::in_quotes(want.name), ";"});
    }
    /// A column of the file that the struct does not name may be a missing one under its old name.
    [[nodiscard, gnu::cold]] std::string or_rename(const column_schema& want) const {
        std::string ways;
        for (const column_schema& have : file_.columns)
            if (!have.generated && wanted_.column(have.name) == nullptr &&
                keeps(affinity_of(have.type), affinity_of(want.type)))
                ways += words({"\n    or, if ", have.name, " is its old name: ", rename_statement(have, want)});
        return ways;
    }
    /// Why no statement can add a missing column: the rows would need different values. Null: one can.
    [[nodiscard, gnu::cold]] const char* why_not_added(const column_schema& column) const {
        if (column.key_position != 0) return ", and is part of the key";
        const auto alone = [&](const std::vector<std::string>& columns) {
            return columns.size() == 1 && columns.front() == column.name;
        };
        bool own_value = false;
        for (const index_schema& index : wanted_.indexes) own_value |= index.unique && alone(index.columns);
        for (const foreign_key_schema& key : wanted_.foreign_keys) own_value |= alone(key.columns);
        if (!column.not_null || !own_value) return nullptr;
        return ", and no one value fits all rows: make the field a std::optional, or copy the rows to a new table";
    }
    /// Whether SQLite's DROP COLUMN would refuse the file's column, whatever is done about plain indexes.
    [[nodiscard, gnu::cold]] bool is_tied(const column_schema& have) const {
        bool tied = have.key_position != 0;
        for (const index_schema& one : file_.indexes) tied |= one.unique && is_among(one.columns, have.name);
        for (const foreign_key_schema& one : file_.foreign_keys) tied |= is_among(one.columns, have.name);
        for (const std::string& check : checks_in(file_.sql))
            tied |= lower_case(check).find(lower_case(have.name)) != std::string::npos;
        return tied;
    }

    [[gnu::cold]] void compare_columns() {
        for (const column_schema& want : wanted_.columns) {
            if (const column_schema* have = file_.column(want.name))
                compare_column(want, *have);
            else if (const char* why_not = why_not_added(want))
                differ({".", want.name, " is not in the file", why_not, or_rename(want)});
            else
                mend({".", want.name, " is not in the file: ", add_column_statement(wanted_, want), ";",
                      or_rename(want)});
        }
        for (const column_schema& have : file_.columns) {
            if (wanted_.column(have.name) != nullptr || have.generated) continue;
            if (origin_ == file_origin::ours && is_tied(have))
                differ(
                    {".", have.name,
                     " is in the file and not in the struct, and its key, reference, UNIQUE or CHECK keeps SQLite from "
                     "dropping it"});
            else if (origin_ == file_origin::ours)
                mend({".", have.name,
                      " is in the file and not in the struct: if it is to go, drop its index, if it has one, "
                      "and then ALTER TABLE ",
                      sqlite::in_quotes(wanted_.name), " DROP COLUMN ", sqlite::in_quotes(have.name), ";"});
            else if (have.not_null && have.default_value.empty())
                differ({".", have.name,
                        " is NOT NULL without a default, and the struct does not name it: no row could be added"});
        }
        const bool keyless = origin_ == file_origin::adopted && wanted_.primary_key().empty(); // rows are only added
        if (!keyless && wanted_.primary_key() != file_.primary_key())
            differ({" has the primary key ", list(file_.primary_key()), " in the file, the struct's is ",
                    list(wanted_.primary_key())});
    }
    [[gnu::cold]] void compare_column(const column_schema& want, const column_schema& have) {
        const auto or_else = [](const std::string& text, std::string_view otherwise) {
            return text.empty() ? otherwise : std::string_view(text);
        };
        if (have.generated) differ({".", want.name, " is computed by SQLite and cannot be written"});
        const affinity wants = affinity_of(want.type);
        const affinity has = affinity_of(have.type);
        if (file_.strict ? has != wants : !keeps(has, wants))
            differ({".", want.name, " is ", or_else(have.type, "without a type"), " in the file, the struct needs ",
                    want.type});
        if (have.not_null && !want.not_null && want.key_position == 0)
            differ({".", want.name, " is NOT NULL in the file, the struct's field can be empty"});
        if (origin_ != file_origin::ours) return;
        if (want.not_null && !have.not_null && want.key_position == 0)
            differ({".", want.name, " may be NULL in the file, the struct's field cannot be empty"});
        if (have.default_value != want.default_value)
            differ({".", want.name, " has the default ", or_else(have.default_value, "none"),
                    " in the file, the struct's initializer is ", or_else(want.default_value, "none")});
    }

    /// What the file asks for and the struct does not.
    [[gnu::cold]] void compare_demands() {
        for (const index_schema& have : file_.indexes) {
            if (!have.unique || has_index(wanted_, have)) continue;
            if (have.not_binary) {
                differ({" is UNIQUE ", list(have.columns),
                        " in the file by a comparison that is neither BINARY nor NOCASE"});
                continue;
            }
            if (have.columns == wanted_.primary_key() && !have.partial) continue;
            if (differs_in_case(have)) continue;
            differ({" is UNIQUE ", list(have.columns), " in the file", have.partial ? ", in part" : "",
                    ", the struct does not say so: add hf::unique"});
        }
        for (const foreign_key_schema& have : file_.foreign_keys) {
            const bool named = wanted_.column(have.columns.front()) != nullptr;
            if (has_reference(wanted_, have) || (!named && origin_ == file_origin::ours)) continue; // that was said
            differ({".", joined(have.columns), " refers to ", have.parent, " ", list(have.parent_columns),
                    " ON DELETE ", have.on_delete, " in the file, the struct does not say so: add ",
                    named ? "hf::references" : "the field, and hf::references"});
        }
        if (file_.key_index.not_binary)
            differ({" has a primary key in the file that compares by neither BINARY nor NOCASE"});
        for (const column_schema& want : wanted_.columns)
            if (want.key_position != 0) compare_case(want, file_.key_index);
        for (const std::string& check : checks_in(file_.sql))
            if (!has_check(wanted_.checks, check))
                differ({" has a CHECK (", check, ") in the file, which the struct does not ask for"});
        for (const std::string& trigger : file_.triggers)
            mend({" has the trigger ", trigger, ", which would change rows behind the server's back: DROP TRIGGER ",
                  sqlite::in_quotes(trigger), ";"});
    }

    /// Whether the struct has this index with another regard to case: says so.
    [[gnu::cold]] bool differs_in_case(const index_schema& have) {
        for (const index_schema& want : wanted_.indexes) {
            if (want.columns != have.columns || !want.unique || have.partial) continue;
            for (const column_schema& column : wanted_.columns) compare_case(column, have);
            return true;
        }
        return false;
    }
    /// Whether the file has this unique index with another regard to case, which was said.
    [[nodiscard, gnu::cold]] bool is_unique_otherwise(const index_schema& want) const {
        for (const index_schema& have : file_.indexes)
            if (want.unique && have.unique && !have.partial && have.columns == want.columns) return true;
        return false;
    }
    [[gnu::cold]] void compare_case(const column_schema& want, const index_schema& have) {
        if (!is_among(have.columns, want.name) || is_among(have.nocase, want.name) == want.nocase) return;
        differ({".", want.name, " is unique in the file ", want.nocase ? "with" : "without",
                " regard to the case of letters: ", want.nocase ? "leave hf::nocase away" : "add hf::nocase"});
    }

    /// An index of our own that is not unique has the name that the unique one is to have.
    [[nodiscard, gnu::cold]] std::string drop_plain_index(const index_schema& want) const {
        if (!want.unique || !has_index(file_, {want.columns, false, false, false, want.nocase})) return "";
        return words({"DROP INDEX IF EXISTS ", sqlite::in_quotes(index_name(wanted_, want)), "; "});
    }
    /// Whether a check comes with a column that is still to be added.
    [[nodiscard, gnu::cold]] bool comes_with_column(const std::string& check) const {
        for (const column_schema& column : wanted_.columns)
            if (is_check_of(column, check) && file_.column(column.name) == nullptr) return true;
        return false;
    }

    /// What the struct asks for and the file does not. What a missing column is to have besides comes with it.
    [[gnu::cold]] void compare_wishes() {
        for (const index_schema& want : wanted_.indexes)
            if (!has_index(file_, want) && !is_unique_otherwise(want))
                mend({want.unique ? " is not UNIQUE " : " has no index ", list(want.columns),
                      " in the file: ", drop_plain_index(want), create_index_statement(wanted_, want), ";"});
        for (const foreign_key_schema& want : wanted_.foreign_keys)
            if (!has_reference(file_, want) && file_.column(want.columns.front()) != nullptr)
                differ({".", joined(want.columns), " does not refer to ", want.parent, " ON DELETE ", want.on_delete,
                        " in the file"});
        const auto checks = checks_in(file_.sql);
        for (const std::string& check : wanted_.checks)
            if (!has_check(checks, check) && !comes_with_column(check))
                differ({" has no CHECK (", check, ") in the file"});
    }

    const table_schema& wanted_;
    table_schema file_;
    const file_origin origin_;
    std::vector<std::string> found_;
    bool to_be_made_anew_ = false; ///< For something that no statement mends.
};

} // namespace detail

/// Every way in which the file's table cannot serve for the struct; empty when it can.
[[nodiscard, gnu::cold]] inline std::vector<std::string> differences(const table_schema& wanted, table_schema file,
                                                                     file_origin origin) {
    if (!file.sql.empty()) return std::move(detail::table_comparison(wanted, std::move(file), origin).found());
    std::vector<std::string> view;
    view.push_back(wanted.name + " is a view in the file: a table is needed");
    return view;
}

} // namespace holdfast
