// SPDX-License-Identifier: MIT
/// @file
/// The statements that write one table, each prepared once: insert, erase, and an update for every set of
/// columns that changed together.
#pragma once

#include <holdfast/snapshot/coalescer.hpp>
#include <holdfast/sqlite/connection.hpp>

namespace holdfast {

/// See the file's sentence. Threads: the writer's.
class table_statements {
public:
    table_statements(sqlite::connection& db, const log_table& table) : db_(&db), table_(&table) {}

    [[nodiscard]] result<void> insert(const std::vector<cell>& values) {
        if (!insert_) {
            std::string columns, marks;
            for (const std::string& name : table_->columns) {
                columns += (columns.empty() ? "" : ", ") + sqlite::quoted_name(name);
                marks += marks.empty() ? "?" : ", ?";
            }
            auto made = db_->prepare("INSERT INTO " + sqlite::quoted_name(table_->name) + " (" + columns +
                                     ") VALUES (" + marks + ")");
            if (!made) return made.why();
            insert_ = std::move(*made);
        }
        for (std::size_t i = 0; i < values.size(); ++i) insert_.bind(static_cast<int>(i) + 1, values[i]);
        return once(insert_, "added", values, table_->key);
    }

    /// Deletes a row. Where rows refer to each other in a ring, the first DELETE takes the others along by
    /// SQLite's own cascade: `taken_along` counts those whose own erase is still to come in this batch.
    [[nodiscard]] result<void> erase(const std::vector<cell>& key, std::int64_t& taken_along) {
        if (!erase_) {
            auto made = db_->prepare("DELETE FROM " + sqlite::quoted_name(table_->name) + where());
            if (!made) return made.why();
            erase_ = std::move(*made);
        }
        for (std::size_t i = 0; i < key.size(); ++i) erase_.bind(static_cast<int>(i) + 1, key[i]);
        const std::int64_t before = db_->total_changes();
        if (auto ok = erase_.run(); !ok) return error{ok.why().code, describe(key, {}) + ": " + ok.why().detail};
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
        give([&](std::uint8_t column, const cell& value) { statement.bind(mask.rank(column) + 1, value); });
        int at = mask.count();
        for (const cell& part : key) statement.bind(++at, part);
        return once(statement, "updated", key, {});
    }

private:
    /// Statements that few batches use are not kept for ever.
    static constexpr std::size_t most_updates = 128;

    [[nodiscard]] std::string where() const {
        std::string sql;
        for (const std::uint8_t column : table_->key)
            sql += (sql.empty() ? " WHERE " : " AND ") + sqlite::quoted_name(table_->columns[column]) + " = ?";
        return sql;
    }

    [[nodiscard]] result<sqlite::statement*> update_of(const column_mask& mask) {
        if (last_ != nullptr && mask == last_mask_) return last_;
        if (const auto found = updates_.find(mask); found != updates_.end()) return remember(mask, found->second);
        std::string sql;
        for (std::size_t c = 0; c < table_->columns.size(); ++c)
            if (mask.has(static_cast<std::uint8_t>(c)))
                sql += (sql.empty() ? " SET " : ", ") + sqlite::quoted_name(table_->columns[c]) + " = ?";
        auto made = db_->prepare("UPDATE " + sqlite::quoted_name(table_->name) + sql + where());
        if (!made) return made.why();
        if (updates_.size() >= most_updates) updates_.clear();
        return remember(mask, updates_.emplace(mask, std::move(*made)).first->second);
    }
    /// Rows that follow each other mostly change the same columns.
    sqlite::statement* remember(const column_mask& mask, sqlite::statement& statement) noexcept {
        last_mask_ = mask;
        return last_ = &statement;
    }

    /// Runs a statement that must change exactly one row.
    [[nodiscard]] result<void> once(sqlite::statement& statement, const char* verb, const std::vector<cell>& cells,
                                    const std::vector<std::uint8_t>& key) {
        if (auto ok = statement.run(); !ok) return error{ok.why().code, describe(cells, key) + ": " + ok.why().detail};
        if (db_->changes() == 1) return {};
        return diverged(verb, cells, key);
    }

    [[nodiscard]] error diverged(const char* verb, const std::vector<cell>& cells,
                                 const std::vector<std::uint8_t>& key) const {
        return {errc::corrupt, describe(cells, key) + " should be " + verb + ", and SQLite changed " +
                                   std::to_string(db_->changes()) + " rows: somebody else has written to the file"};
    }

    /// "items[id=7]"; `key` says where in `cells` the key stands, empty: at the front.
    [[nodiscard]] std::string describe(const std::vector<cell>& cells, const std::vector<std::uint8_t>& key) const {
        std::string row = table_->name + "[";
        for (std::size_t i = 0; i < table_->key.size(); ++i) {
            const cell& part = cells[key.empty() ? i : key[i]];
            row += (i == 0 ? "" : ", ") + table_->columns[table_->key[i]] + "=" + describe_cell(part);
        }
        return row + "]";
    }

    sqlite::connection* db_;
    const log_table* table_;
    sqlite::statement insert_;
    sqlite::statement erase_;
    boost::unordered_flat_map<column_mask, sqlite::statement> updates_;
    column_mask last_mask_{};
    sqlite::statement* last_ = nullptr; ///< Of `last_mask_`; set anew whenever the map may have moved it.
};

} // namespace holdfast
