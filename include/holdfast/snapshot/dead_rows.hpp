// SPDX-License-Identifier: MIT
/// @file
/// Dead letters: rows that SQLite refuses for a reason that no second try mends (a CHECK, a trigger or an index of
/// somebody else's). They lie beside their tables, in `holdfast_dead_<table>`, and hide the rows of the
/// same keys there: table and dead rows together are what memory has. What SQLite accepts later goes back.
#pragma once

#include <holdfast/snapshot/dangling_rows.hpp>
#include <holdfast/snapshot/table_statements.hpp>
#include <holdfast/sqlite/query.hpp>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <span>

namespace holdfast {

[[nodiscard, gnu::cold]] inline std::string dead_table_of(std::string_view table) {
    return words({"holdfast_dead_", table});
}
/// Whether the file has dead rows of the table.
[[nodiscard, gnu::cold]] inline result<bool> has_dead_rows(sqlite::connection& db, std::string_view table) {
    const std::string name = dead_table_of(table);
    sqlite::query found(db, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", name);
    const bool any = found.next();
    if (found.failed()) return found.why();
    return any;
}
/// What `SELECT ... FROM` reads as the table's rows, its dead ones in place of those they hide.
/// @param columns  In quotes, with commas between.
/// @param key      The columns of the primary key.
[[nodiscard, gnu::cold]] inline std::string rows_with_dead(std::string_view table, std::string_view columns,
                                                           const std::vector<std::string>& key) {
    const std::string name = sqlite::quoted_name(table), dead = sqlite::quoted_name(dead_table_of(table));
    return words({"(SELECT ", columns, " FROM ", name, " AS live WHERE NOT EXISTS (SELECT 1 FROM ", dead,
                  " AS dead WHERE ", join_on("live", "dead", key), ") UNION ALL SELECT ", columns, " FROM ", dead,
                  " WHERE NOT holdfast_gone)"});
}

/// See the file's sentence. Everything happens in the transaction that is open, and is taken back with it. While there are
/// any, foreign keys must be off: what a dead row hides may refer to, and be referred to by, rows that are no longer its
/// own, and SQLite's actions would take those along. (Memory logs every action itself.)
///
/// Threads: the writer's. Cost: a query a batch while there is no such row.
class dead_rows {
public:
    [[gnu::cold]] dead_rows(sqlite::connection& db, const log_schema& schema) : db_(&db) {
        for (const log_table& table : schema.tables) {
            place& made = tables_.emplace_back();
            made.table = &table;
            made.name = dead_table_of(table.name);
            made.key = key_columns(table);
            for (const std::string& name : table.columns)
                if (std::find(made.key.begin(), made.key.end(), name) == made.key.end()) made.others.push_back(name);
        }
    }

    /// Finds out which tables have any: at the begin of a transaction.
    [[nodiscard, gnu::cold]] result<void> look() {
        for (place& table : tables_) table.any = false;
        if (!ask_) {
            auto made = db_->prepare("SELECT name FROM sqlite_schema WHERE name LIKE 'holdfast#_dead#_%' ESCAPE '#' "
                                     "AND type = 'table'");
            if (!made) return made.why();
            ask_ = std::move(*made);
        }
        for (;;) {
            auto row = ask_.step();
            if (!row) return row.why();
            if (!*row) break;
            const std::string name = ask_.string(0);
            for (place& table : tables_) table.any |= table.name == name;
        }
        ask_.reset();
        return {};
    }

    /// Whether the table has any.
    [[nodiscard]] bool any(std::uint16_t table) const noexcept { return tables_[table].any; }
    [[nodiscard]] bool any() const noexcept {
        return std::any_of(tables_.begin(), tables_.end(), [](const place& table) { return table.any; });
    }
    /// Whether the row with this key is one.
    [[nodiscard]] result<bool> has(std::uint16_t table, const std::vector<cell>& key) {
        place& at = tables_[table];
        if (!at.any || at.key.empty()) return false;
        if (!at.has) {
            auto made = db_->prepare(words({"SELECT 1 FROM ", sqlite::in_quotes(at.name), where_key(*at.table)}));
            if (!made) return made.why();
            at.has = std::move(*made);
        }
        for (std::size_t i = 0; i < key.size(); ++i) at.has.bind(static_cast<int>(i) + 1, key[i]);
        auto row = at.has.step();
        at.has.reset();
        return row;
    }
    /// How many there are in all tables.
    [[nodiscard, gnu::cold]] result<std::size_t> count() {
        std::size_t sum = 0;
        for (const place& table : tables_) {
            if (!table.any) continue;
            auto rows = sqlite::ask_number(*db_, words({"SELECT count(*) FROM ", sqlite::in_quotes(table.name)}));
            if (!rows) return rows.why();
            sum += static_cast<std::size_t>(*rows);
        }
        return sum;
    }
    /// Why one of them is one; empty when there is none.
    [[nodiscard, gnu::cold]] result<std::string> reason() {
        for (const place& table : tables_) {
            if (!table.any) continue;
            sqlite::query rows(*db_, words({"SELECT holdfast_why FROM ", sqlite::in_quotes(table.name),
                                            " ORDER BY holdfast_row LIMIT 1"}));
            if (rows.next()) return words({rows->string(0), kept_in(table)});
            if (rows.failed()) return rows.why();
        }
        return std::string();
    }

    /// What follows on the reason in a message: where the rows of the table are.
    [[nodiscard, gnu::cold]] std::string kept_in(std::uint16_t table) const { return kept_in(tables_[table]); }

    /// The row is one from here on, with these values.
    /// @param why  What SQLite says; empty: it has been one before.
    [[nodiscard, gnu::cold]] result<void> insert(std::uint16_t table, const std::vector<cell>& values,
                                                 std::uint64_t when, std::string_view why) {
        place& at = tables_[table];
        if (auto ok = make(at); !ok) return ok;
        return run(words({"INSERT OR REPLACE INTO ", sqlite::in_quotes(at.name), " (", joined(at.table->columns, '"'),
                          ", holdfast_tick, holdfast_why) VALUES (", marks(values.size() + 2), ")"}),
                   {values, about(when, why)});
    }
    /// So is the row with this `holdfast_row` in table `from`, whose columns have the same names.
    [[nodiscard, gnu::cold]] result<void> take(std::uint16_t table, const std::string& from, std::int64_t row,
                                               std::uint64_t when, std::string_view why) {
        return bury(tables_[table], words({" FROM ", from, " WHERE holdfast_row = ", row}), when, why);
    }
    /// The table has none any more.
    [[nodiscard, gnu::cold]] result<void> forget(std::uint16_t table) {
        place& at = tables_[table];
        if (!at.any) return {};
        at.any = false;
        at.has = sqlite::statement(); // it keeps the table
        return db_->run(words({"DROP TABLE ", sqlite::in_quotes(at.name)}));
    }
    /// Changes a row that is one, or becomes one with this change. `give(bind)` as in `table_statements::update`.
    template <class Give>
    [[nodiscard, gnu::cold]] result<void> update(std::uint16_t table, const std::vector<cell>& key, std::uint64_t when,
                                                 std::string_view why, Give&& give) {
        place& at = tables_[table];
        if (!why.empty())
            if (auto ok = bury(at, words({" FROM ", sqlite::in_quotes(at.table->name), where_key(*at.table)}), when,
                               why, key);
                !ok)
                return ok;
        std::string set;
        std::vector<cell> values;
        give([&](std::uint8_t column, const cell& value) {
            set += words({set.empty() ? " SET " : ", ", sqlite::in_quotes(at.table->columns[column]), " = ?"});
            values.push_back(value);
        });
        if (auto ok = run(words({"UPDATE ", sqlite::in_quotes(at.name), set, where_key(*at.table)}), {values, key});
            !ok)
            return ok;
        if (db_->changes() == 1) return {};
        return error{errc::corrupt, words({at.table->name, ": a row to be changed is not there: somebody else has "
                                                           "written to the file"})};
    }
    /// Erases a row that is one, or that SQLite does not let go.
    [[nodiscard, gnu::cold]] result<void> erase(std::uint16_t table, const std::vector<cell>& key, std::uint64_t when,
                                                std::string_view why) {
        place& at = tables_[table];
        if (auto ok = make(at); !ok) return ok;
        std::string reason(why);
        if (why.empty()) { // what it hides may go now
            auto gone = run(words({"DELETE FROM ", sqlite::in_quotes(at.table->name), where_key(*at.table)}), {key});
            if (gone) return run(words({"DELETE FROM ", sqlite::in_quotes(at.name), where_key(*at.table)}), {key});
            if (gone.why().code != errc::refused) return gone;
            reason = gone.why().detail;
        }
        return run(words({"INSERT OR REPLACE INTO ", sqlite::in_quotes(at.name), " (", joined(at.key, '"'),
                          ", holdfast_tick, holdfast_why, holdfast_gone) VALUES (", marks(key.size() + 2), ", 1)"}),
                   {key, about(when, reason)});
    }

    /// Rows that refer to rows that are not there (in the table: a dead one may be meant) become dead ones, too. What they
    /// hide stays. Why, if there were any. Cost: a look at every row that refers to another.
    [[nodiscard, gnu::cold]] result<std::optional<error>> bury_dangling(std::uint64_t when) {
        std::optional<error> first;
        for (place& at : tables_) {
            auto keys = foreign_keys_of(*db_, at.table->name);
            if (!keys) return keys.why();
            for (const foreign_key_schema& one : *keys) {
                const std::string dangling = dangling_rows(*at.table, one, hiding(at));
                auto any = sqlite::ask_number(*db_, words({"SELECT EXISTS (SELECT 1", dangling, ")"}));
                if (!any) return any.why();
                if (*any == 0) continue;
                const std::string why = words({at.table->name, ": a row refers to one that is not in ", one.parent});
                if (auto ok = make(at); !ok) return ok.why(); // from here on there may be such that hide others
                if (auto ok = bury(at, dangling_rows(*at.table, one, hiding(at)), when, why); !ok) return ok.why();
                if (!first) first = error{errc::refused, words({why, kept_in(at)})};
            }
        }
        return first;
    }

    /// Puts back into the tables what SQLite accepts now. References are not looked at: foreign keys must be off, and
    /// `bury_dangling` follow.
    [[nodiscard, gnu::cold]] result<void> retry() {
        if (!any()) return {};
        if (auto ok = retry_each(); !ok) return ok;
        for (place& table : tables_) {
            if (!table.any) continue;
            auto left = sqlite::ask_number(*db_, words({"SELECT count(*) FROM ", sqlite::in_quotes(table.name)}));
            if (!left) return left.why();
            if (*left != 0) continue;
            const auto number = static_cast<std::uint16_t>(&table - tables_.data());
            if (auto ok = forget(number); !ok) return ok;
        }
        return {};
    }

private:
    struct place {
        const log_table* table = nullptr;
        std::string name;                ///< Of the table with the dead ones.
        std::vector<std::string> key;    ///< The primary key's columns,
        std::vector<std::string> others; ///< and all that are none.
        bool any = false;
        sqlite::statement has;
    };

    [[nodiscard, gnu::cold]] static std::string kept_in(const place& table) {
        return words({": kept in ", table.name});
    }
    /// The table that hides rows of this one; empty: none does.
    [[nodiscard]] static std::string_view hiding(const place& at) noexcept {
        return at.any && !at.key.empty() ? std::string_view(at.name) : std::string_view();
    }
    /// What stands in `holdfast_tick` and `holdfast_why`. Lifetime: a view of `why`.
    [[nodiscard]] static std::array<cell, 2> about(std::uint64_t when, std::string_view why) noexcept {
        return {cell::of_integer(cell_kind::i64, static_cast<std::int64_t>(when)),
                cell::of_bytes(cell_kind::text, why.data(), why.size())};
    }

    /// Runs a statement with these values, once.
    [[nodiscard, gnu::cold]] result<void> run(const std::string& sql,
                                              std::initializer_list<std::span<const cell>> values) {
        auto made = db_->prepare(sql);
        if (!made) return made.why();
        int at = 0;
        for (const auto some : values)
            for (const cell& one : some) made->bind(++at, one);
        return made->run();
    }

    /// Its columns hold any value; the key compares as in the table.
    [[nodiscard, gnu::cold]] result<void> make(place& at) {
        if (at.any) return {};
        std::string columns;
        for (const std::string& name : at.key)
            columns += words({", ", sqlite::in_quotes(name), " COLLATE ", db_->collation_of(at.table->name, name)});
        for (const std::string& name : at.others) columns += words({", ", sqlite::in_quotes(name)});
        const std::string key = at.key.empty() ? "" : words({", UNIQUE (", joined(at.key, '"'), ")"});
        if (auto ok = db_->run(words(
                {"CREATE TABLE ", sqlite::in_quotes(at.name), " (holdfast_row INTEGER PRIMARY KEY", columns,
                 ", holdfast_gone INTEGER NOT NULL DEFAULT 0, holdfast_tick INTEGER, holdfast_why TEXT", key, ")"}));
            !ok)
            return ok;
        at.any = true;
        return {};
    }
    /// The rows that `SELECT columns` finds with what is behind the columns become dead ones. `more` is bound there.
    [[nodiscard, gnu::cold]] result<void> bury(place& at, std::string_view behind_columns, std::uint64_t when,
                                               std::string_view why, std::span<const cell> more = {}) {
        if (auto ok = make(at); !ok) return ok;
        const std::string columns = joined(at.table->columns, '"');
        return run(words({"INSERT OR REPLACE INTO ", sqlite::in_quotes(at.name), " (", columns,
                          ", holdfast_tick, holdfast_why) SELECT ", columns, ", ?, ?", behind_columns}),
                   {about(when, why), more});
    }

    /// Tries every row, until a round puts none back.
    [[nodiscard, gnu::cold]] result<void> retry_each() {
        for (bool again = true; again;) {
            again = false;
            for (const place& table : tables_) {
                if (!table.any) continue;
                std::vector<std::pair<std::int64_t, bool>> rows;
                sqlite::query found(*db_, words({"SELECT holdfast_row, holdfast_gone FROM ",
                                                 sqlite::in_quotes(table.name), " ORDER BY holdfast_row"}));
                while (found.next()) rows.emplace_back(found->integer(0), found->integer(1) != 0);
                if (found.failed()) return found.why();
                for (const auto& [row, gone] : rows) {
                    auto ok = put_back(table, row, gone);
                    if (!ok && ok.why().code != errc::refused) return ok;
                    again |= bool(ok);
                }
            }
        }
        return {};
    }
    [[nodiscard, gnu::cold]] result<void> put_back(const place& at, std::int64_t row, bool gone) {
        const std::string live = sqlite::quoted_name(at.table->name), dead = sqlite::quoted_name(at.name);
        const std::string this_one = words({" WHERE holdfast_row = ", row});
        std::string hidden = " WHERE false"; // without a key, as of rows that are only written, it hides none
        if (const std::string key = joined(at.key, '"'); !key.empty())
            hidden = words({" WHERE (", key, ") IN (SELECT ", key, " FROM ", dead, this_one, ")"});
        auto there = sqlite::ask_number(*db_, words({"SELECT count(*) FROM ", live, hidden}));
        if (!there) return there.why();
        const std::string all = joined(at.table->columns, '"'), others = joined(at.others, '"');
        std::string sql;
        if (gone)
            sql = words({"DELETE FROM ", live, hidden});
        else if (*there == 0)
            sql = words({"INSERT OR ABORT INTO ", live, " (", all, ") SELECT ", all, " FROM ", dead, this_one});
        else if (!others.empty())
            sql = words({"UPDATE OR ABORT ", live, " SET (", others, ") = (SELECT ", others, " FROM ", dead, this_one,
                         ")", hidden});
        if (!sql.empty())
            if (auto ok = run(sql, {}); !ok) return ok;
        return run(words({"DELETE FROM ", dead, this_one}), {});
    }

    sqlite::connection* db_;
    std::vector<place> tables_;
    sqlite::statement ask_;
};

/// The dead rows of a file.
struct dead_report {
    std::size_t rows = 0;
    std::string why; ///< Why one of them is one.
};

/// Puts back what SQLite accepts now, in a transaction of its own. Errors: `busy`, `full`, `io`; nothing is changed then.
[[nodiscard, gnu::cold]] inline result<dead_report> retry_dead_rows(sqlite::connection& db, const log_schema& schema) {
    dead_rows dead(db, schema);
    if (auto ok = dead.look(); !ok) return ok.why();
    if (!dead.any()) return dead_report();
    if (auto ok = db.set_pragma("foreign_keys", "OFF", "0"); !ok) return ok.why();
    auto done = [&]() -> result<dead_report> {
        auto open = sqlite::transaction::begin(db);
        if (!open) return open.why();
        if (auto ok = dead.retry(); !ok) return ok.why();
        if (auto ok = dead.bury_dangling(0); !ok) return ok.why();
        auto rows = dead.count();
        if (!rows) return rows.why();
        auto why = dead.reason();
        if (!why) return why.why();
        if (auto ok = open->commit(); !ok) return ok.why();
        return dead_report{*rows, std::move(*why)};
    }();
    if (auto ok = db.set_pragma("foreign_keys", "ON", "1"); !ok) return ok.why();
    return done;
}

} // namespace holdfast
