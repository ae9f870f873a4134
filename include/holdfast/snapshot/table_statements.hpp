// SPDX-License-Identifier: MIT
/// @file
/// The statements that write one table, each prepared once: insert, erase, and an update for every set of
/// columns that changed together.
#pragma once

#include <holdfast/snapshot/coalescer.hpp>
#include <holdfast/snapshot/sql_parts.hpp>

namespace holdfast {

/// See the file's sentence. Threads: the writer's.
class table_statements {
public:
    table_statements(sqlite::connection& db, const log_table& table) : db_(&db), table_(&table) {}

    /// A batch begins.
    void begin() noexcept { diverged_ = false; }
    /// Whether in this batch the table had not what the log says of it.
    [[nodiscard]] bool diverged() const noexcept { return diverged_; }

    [[nodiscard]] result<void> insert(const std::vector<cell>& values) {
        if (!insert_) {
            auto made = db_->prepare(insert_sql());
            if (!made) return made.why();
            insert_ = std::move(*made);
        }
        for (std::size_t i = 0; i < values.size(); ++i) bind(insert_, static_cast<int>(i) + 1, i, values[i]);
        return once(insert_, "added", values, table_->key);
    }

    /// Deletes a row. Where rows refer to each other in a ring, the first DELETE takes the others along by
    /// SQLite's own cascade: `taken_along` counts those whose own erase is still to come in this batch.
    [[nodiscard]] result<void> erase(const std::vector<cell>& key, std::int64_t& taken_along) {
        if (!erase_) {
            auto made = db_->prepare(words({"DELETE FROM ", sqlite::in_quotes(table_->name), where_key(*table_)}));
            if (!made) return made.why();
            erase_ = std::move(*made);
        }
        for (std::size_t i = 0; i < key.size(); ++i) erase_.bind(static_cast<int>(i) + 1, key[i]);
        const std::int64_t before = db_->total_changes();
        if (auto ok = erase_.run(); !ok) return failed(ok.why(), key, {});
        const std::int64_t gone = db_->total_changes() - before;
        if (gone > 1) taken_along += gone - 1;
        if (gone >= 1) return {};
        if (taken_along == 0) return diverged("deleted", key, {});
        --taken_along;
        return {};
    }

    /// Updates the columns of `mask`; `give(bind)` calls `bind(column, cell)` once for each, in any order.
    template <class Give>
    [[nodiscard]] result<void> update(const column_mask& mask, const std::vector<cell>& key, Give&& give) {
        auto prepared = update_of(mask);
        if (!prepared) return prepared.why();
        sqlite::statement& statement = **prepared;
        give([&](std::uint8_t column, const cell& value) { bind(statement, mask.rank(column) + 1, column, value); });
        int at = mask.count();
        for (const cell& part : key) statement.bind(++at, part);
        return once(statement, "updated", key, {});
    }

    /// How many values were given to SQLite in another form than their own since this was asked the last time.
    [[nodiscard]] std::uint64_t take_other_forms() noexcept { return std::exchange(other_forms_, 0); }

private:
    struct prepared_update {
        column_mask columns;
        sqlite::statement statement;
    };
    /// Statements that few batches use are not kept for ever.
    static constexpr std::size_t most_updates = 128;

    [[nodiscard, gnu::cold]] std::string insert_sql() const {
        return words({"INSERT OR ABORT INTO ", sqlite::in_quotes(table_->name), " (", joined(table_->columns, '"'),
                      ") VALUES (", marks(table_->columns.size()), ")"});
    }
    [[nodiscard, gnu::cold]] std::string update_sql(const column_mask& mask) const {
        std::string sql;
        for (std::size_t c = 0; c < table_->columns.size(); ++c)
            if (mask.has(static_cast<std::uint8_t>(c)))
                sql += words({sql.empty() ? " SET " : ", ", sqlite::in_quotes(table_->columns[c]), " = ?"});
        return words({"UPDATE OR ABORT ", sqlite::in_quotes(table_->name), sql, where_key(*table_)});
    }
    [[nodiscard]] result<sqlite::statement*> update_of(const column_mask& mask) {
        if (last_ < updates_.size() && updates_[last_].columns == mask) return &updates_[last_].statement;
        for (last_ = 0; last_ < updates_.size(); ++last_)
            if (updates_[last_].columns == mask) return &updates_[last_].statement;
        return prepare_update(mask);
    }
    [[nodiscard, gnu::cold]] result<sqlite::statement*> prepare_update(const column_mask& mask) {
        auto made = db_->prepare(update_sql(mask));
        if (!made) return made.why();
        if (updates_.size() >= most_updates) updates_.clear();
        last_ = updates_.size();
        updates_.push_back({mask, std::move(*made)});
        return &updates_.back().statement;
    }

    void bind(sqlite::statement& to, int at, std::size_t column, const cell& value) {
        const std::uint64_t before = to.other_forms();
        to.bind(at, value);
        other_forms_ += to.other_forms() - before + (table_->in_other_form(column, value) ? 1 : 0);
    }

    /// Runs a statement that must change exactly one row.
    [[nodiscard]] result<void> once(sqlite::statement& statement, const char* verb, const std::vector<cell>& cells,
                                    const std::vector<std::uint8_t>& key) {
        if (auto ok = statement.run(); !ok) return failed(ok.why(), cells, key);
        if (db_->changes() == 1) return {};
        return diverged(verb, cells, key);
    }

    [[nodiscard, gnu::cold]] error failed(const error& why, const std::vector<cell>& cells,
                                          const std::vector<std::uint8_t>& key) const {
        return {why.code, words({describe(cells, key), ": ", why.detail})};
    }
    [[nodiscard, gnu::cold]] error diverged(const char* verb, const std::vector<cell>& cells,
                                            const std::vector<std::uint8_t>& key) {
        diverged_ = true;
        return {errc::corrupt, words({describe(cells, key), " should be ", verb, ", and SQLite changed ",
                                      db_->changes(), " rows: somebody else has written to the file"})};
    }

    /// "items[id=7]"; `key` says where in `cells` the key stands, empty: at the front.
    [[nodiscard, gnu::cold]] std::string describe(const std::vector<cell>& cells,
                                                  const std::vector<std::uint8_t>& key) const {
        std::string row = words({table_->name, "["});
        for (std::size_t i = 0; i < table_->key.size(); ++i) {
            const cell& part = cells[key.empty() ? i : key[i]];
            row += words({i == 0 ? "" : ", ", table_->columns[table_->key[i]], "=", describe_cell(part)});
        }
        return row += "]";
    }

    sqlite::connection* db_;
    const log_table* table_;
    sqlite::statement insert_;
    sqlite::statement erase_;
    std::vector<prepared_update> updates_;
    bool diverged_ = false;
    std::uint64_t other_forms_ = 0;
    std::size_t last_ = 0; ///< In `updates_`: rows that follow each other mostly change the same columns.
};

} // namespace holdfast
