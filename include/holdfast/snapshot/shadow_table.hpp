// SPDX-License-Identifier: MIT
/// @file
/// A table as a resync makes it anew: its rows are collected in a temporary table, and then take the place of the old ones.
#pragma once

#include <holdfast/queue/op_reader.hpp>
#include <holdfast/snapshot/sql_parts.hpp>
#include <holdfast/sqlite/query.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace holdfast {

/// See the file's sentence. All of it lies in one transaction, from `make` to `drop`. Every change of a row that is not
/// there is passed over, and a row that is there already is replaced: the rows of a resync come between other changes.
/// Of a table without a key, whose rows are not in memory, what was added is kept.
///
/// Threads: the writer's.
class shadow_table {
public:
    shadow_table(sqlite::connection& db, const log_table& table)
        : db_(&db), table_(&table), key_(key_columns(table)), real_(words({"main.", sqlite::in_quotes(table.name)})),
          shadow_(words({"temp.", sqlite::in_quotes(words({"holdfast_resync_", table.name}))})),
          kept_(words({"temp.", sqlite::in_quotes(words({"holdfast_kept_", table.name}))})) {}

    [[nodiscard, gnu::cold]] result<void> make() {
        if (auto ok = read_columns(); !ok) return ok;
        std::string columns = "holdfast_row INTEGER PRIMARY KEY";
        for (const std::string& name : table_->columns) columns += words({", ", definition(name)});
        if (keyed()) columns += words({", UNIQUE (", joined(key_, '"'), ")"});
        if (auto ok = db_->run(words({"CREATE TABLE ", shadow_, " (", columns, ")"})); !ok) return ok;
        auto insert = db_->prepare(words({"INSERT OR REPLACE INTO ", shadow_, " (", joined(table_->columns, '"'),
                                          ") VALUES (", marks(table_->columns.size()), ")"}));
        if (!insert) return insert.why();
        insert_ = std::move(*insert);
        if (!keyed()) return {};
        auto erase = db_->prepare(words({"DELETE FROM ", shadow_, where_key(*table_)}));
        if (!erase) return erase.why();
        erase_ = std::move(*erase);
        return {};
    }

    [[nodiscard]] result<void> apply(const op_view& op) {
        if (op.kind != op_kind::lease && op.kind != op_kind::insert && !keyed()) return {}; // it has no such changes
        switch (op.kind) {
        case op_kind::insert:
        case op_kind::row: bind(insert_, 1, op.values); return insert_.run();
        case op_kind::erase: bind(erase_, 1, op.key_cells); return erase_.run();
        case op_kind::set:
        case op_kind::update: return update(op);
        case op_kind::lease: lease_ = std::max(lease_, op.lease); return {};
        case op_kind::unlogged: return {};
        }
        return {};
    }
    /// The rows are collected anew.
    [[nodiscard, gnu::cold]] result<void> clear() {
        return keyed() ? db_->run(words({"DELETE FROM ", shadow_})) : result<void>();
    }

    /// The table loses its rows. Columns that the log does not name are kept of those whose key lives on.
    [[nodiscard, gnu::cold]] result<void> empty() {
        if (!keyed()) return {};
        if (!unknown_.empty())
            if (auto ok = keep_unknown(); !ok) return ok;
        return db_->run(words({"DELETE FROM ", real_}));
    }
    /// Then it gets those that were collected, or only the one of them with this number. References are not looked at.
    /// Errors: `refused`: none of them is there then.
    [[nodiscard, gnu::cold]] result<void> fill(std::optional<std::int64_t> row = {}) {
        if (auto ok = db_->run("SAVEPOINT fill"); !ok) return ok;
        auto ok = insert_from_shadow(row ? words({"s.holdfast_row = ", *row}) : "true");
        if (!ok)
            if (auto back = db_->run("ROLLBACK TO fill"); !back) return back;
        if (auto end = db_->run("RELEASE fill"); !end) return end;
        return ok;
    }
    /// The numbers of those that were collected.
    [[nodiscard, gnu::cold]] result<std::vector<std::int64_t>> rows() {
        std::vector<std::int64_t> found;
        sqlite::query all(*db_, words({"SELECT holdfast_row FROM ", shadow_}));
        while (all.next()) found.push_back(all->integer(0));
        if (all.failed()) return all.why();
        return found;
    }
    /// What they are collected in, as SQL has it.
    [[nodiscard]] const std::string& name() const noexcept { return shadow_; }
    /// The temporary tables are gone.
    [[nodiscard, gnu::cold]] result<void> drop() {
        for (sqlite::statement* one : {&insert_, &erase_, &update_}) *one = sqlite::statement();
        if (auto ok = db_->run(words({"DROP TABLE ", shadow_})); !ok) return ok;
        return db_->run(words({"DROP TABLE IF EXISTS ", kept_}));
    }

    /// Ids below it may be in use; 0: nothing was said.
    [[nodiscard]] std::uint64_t lease() const noexcept { return lease_; }

private:
    [[nodiscard]] bool keyed() const noexcept { return !key_.empty(); }

    /// What stands in the file beside our columns; a generated column makes itself.
    [[nodiscard, gnu::cold]] result<void> read_columns() {
        sqlite::query rows(*db_, "SELECT name, type, hidden FROM pragma_table_xinfo(?1, 'main')", table_->name);
        while (rows.next()) {
            declared_.push_back({rows->string(0), rows->string(1)});
            const bool ours = std::any_of(table_->columns.begin(), table_->columns.end(), [&](const std::string& one) {
                return sqlite3_stricmp(one.c_str(), declared_.back().name.c_str()) == 0;
            });
            if (!ours && rows->integer(2) == 0) unknown_.push_back(declared_.back().name);
        }
        if (rows.failed()) return rows.why();
        return {};
    }

    /// A column as the file has it, so that keys compare as they do there.
    [[nodiscard, gnu::cold]] std::string definition(const std::string& name) const {
        std::string type;
        for (const declared_column& one : declared_)
            if (sqlite3_stricmp(one.name.c_str(), name.c_str()) == 0) type = one.type;
        return words({sqlite::in_quotes(name), " ", affinity_name(affinity_of(type)), " COLLATE ",
                      db_->collation_of(table_->name, name)});
    }

    [[nodiscard, gnu::cold]] result<void> insert_from_shadow(const std::string& which) {
        const bool join = keyed() && !unknown_.empty();
        const std::string ours = joined(table_->columns, '"', "s.");
        std::string sql = words({"INSERT OR ABORT INTO ", real_, " (", joined(table_->columns, '"'), ") SELECT ", ours,
                                 " FROM ", shadow_, " AS s WHERE ", which});
        if (join)
            sql += words({" AND NOT EXISTS (SELECT 1 FROM ", kept_, " AS k WHERE ", join_on("s", "k", key_), ")"});
        if (auto ok = run(sql); !ok || !join) return ok;
        return run(words({"INSERT OR ABORT INTO ", real_, " (", joined(table_->columns, '"'), ", ",
                          joined(unknown_, '"'), ") SELECT ", ours, ", ", joined(unknown_, '"', "k."), " FROM ",
                          shadow_, " AS s JOIN ", kept_, " AS k ON ", join_on("s", "k", key_), " WHERE ", which}));
    }
    /// As a statement of its own, which tells values that are refused from other errors.
    [[nodiscard, gnu::cold]] result<void> run(const std::string& sql) {
        auto made = db_->prepare(sql);
        return made ? made->run() : result<void>(made.why());
    }

    /// The columns that the log does not name, of rows whose key lives on.
    [[nodiscard, gnu::cold]] result<void> keep_unknown() {
        std::string columns;
        std::vector<std::string> names = key_;
        for (const std::string& name : key_) columns += words({definition(name), ", "});
        for (const std::string& name : unknown_) columns += words({sqlite::in_quotes(name), ", "});
        names.insert(names.end(), unknown_.begin(), unknown_.end());
        if (auto ok =
                db_->run(words({"CREATE TABLE ", kept_, " (", columns, "PRIMARY KEY (", joined(key_, '"'), "))"}));
            !ok)
            return ok;
        return db_->run(
            words({"INSERT INTO ", kept_, " SELECT ", joined(names, '"', "k."), " FROM ", real_,
                   " AS k WHERE EXISTS (SELECT 1 FROM ", shadow_, " AS s WHERE ", join_on("s", "k", key_), ")"}));
    }

    [[nodiscard]] result<void> update(const op_view& op) {
        if (!update_ || !std::equal(updated_.begin(), updated_.end(), op.columns.begin(), op.columns.end())) {
            std::string sql;
            for (const std::byte column : op.columns)
                sql += words({sql.empty() ? "" : ", ",
                              sqlite::in_quotes(table_->columns[std::to_integer<std::size_t>(column)]), " = ?"});
            auto made = db_->prepare(words({"UPDATE ", shadow_, " SET ", sql, where_key(*table_)}));
            if (!made) return made.why();
            update_ = std::move(*made);
            updated_.assign(op.columns.begin(), op.columns.end());
        }
        bind(update_, 1, op.values);
        bind(update_, static_cast<int>(op.values.size()) + 1, op.key_cells);
        return update_.run();
    }
    [[nodiscard, gnu::cold]] static const char* affinity_name(affinity is) noexcept {
        switch (is) {
        case affinity::integer: return "INTEGER";
        case affinity::real: return "REAL";
        case affinity::text: return "TEXT";
        case affinity::numeric: return "NUMERIC";
        case affinity::blob: return "BLOB";
        }
        return "BLOB";
    }
    static void bind(sqlite::statement& to, int first, const std::vector<cell>& cells) noexcept {
        for (const cell& one : cells) to.bind(first++, one);
    }

    struct declared_column {
        std::string name;
        std::string type;
    };

    sqlite::connection* db_;
    const log_table* table_;
    const std::vector<std::string> key_;
    const std::string real_;
    const std::string shadow_;
    const std::string kept_;
    std::vector<declared_column> declared_;
    std::vector<std::string> unknown_;
    sqlite::statement insert_;
    sqlite::statement erase_;
    sqlite::statement update_;
    std::vector<std::byte> updated_; ///< The columns of `update_`.
    std::uint64_t lease_ = 0;
};

} // namespace holdfast
