// SPDX-License-Identifier: MIT
/// @file
/// A second copy of a world, kept by its ops alone, which checks that each op makes sense where it stands.
#pragma once

#include "table/recording.hpp"

#include <map>

namespace holdfast::test {

/// Rows as texts, by primary key, one map a table.
class replica {
public:
    using row = std::vector<std::string>;
    using rows = std::map<std::vector<std::string>, row>;

    explicit replica(const std::vector<table_base*>& tables)
        : tables_(tables), rows_(tables.size()), leases_(tables.size()) {}

    /// Applies the ops; throws a sentence when one does not fit what stands there.
    void apply(const std::vector<recorded_op>& ops) {
        for (const recorded_op& op : ops) apply(op);
    }

    /// Whether every table holds exactly these rows.
    [[nodiscard]] bool matches() const {
        for (std::size_t t = 0; t < tables_.size(); ++t)
            if (rows_of(*tables_[t]) != rows_[t]) return false;
        return true;
    }

private:
    static void require(bool ok, const char* why, const recorded_op& op) {
        if (!ok) throw std::logic_error(std::string(why) + ": " + op.text());
    }

    void apply(const recorded_op& op) {
        rows& table = rows_.at(op.table);
        const table_description& is = tables_[op.table]->description();
        switch (op.kind) {
        case op_kind::insert: {
            require(table.emplace(key_of(is, op.cells), op.cells).second, "the row is there already", op);
            check_lease(op);
            check_parents(op, op.cells);
            return;
        }
        case op_kind::set:
        case op_kind::update: {
            const auto found = table.find(op.key);
            require(found != table.end(), "no such row", op);
            for (std::size_t i = 0; i < op.columns.size(); ++i) {
                std::string& value = found->second.at(op.columns[i]);
                require(value != op.cells[i], "changes nothing", op);
                value = op.cells[i];
            }
            require(key_of(is, found->second) == op.key, "changes the primary key", op);
            check_parents(op, found->second);
            return;
        }
        case op_kind::erase: {
            const auto found = table.find(op.key);
            require(found != table.end(), "no such row", op);
            check_no_children(op, found->second);
            table.erase(found);
            return;
        }
        case op_kind::row: require(false, "a row of a resync that nobody asked for", op); return;
        case op_kind::unlogged: require(false, "a bulk load that nobody asked for", op); return;
        case op_kind::lease:
            require(op.lease > leases_[op.table], "the lease goes back", op);
            leases_[op.table] = op.lease;
            return;
        }
    }

    static row key_of(const table_description& is, const row& cells) {
        row key;
        for (const std::uint8_t column : is.primary_key()) key.push_back(cells.at(column));
        return key;
    }

    static std::size_t column_named(const table_description& is, const std::string& name) {
        std::size_t column = 0;
        while (is.row->columns.at(column).name != name) ++column;
        return column;
    }

    /// Ids that are in use stand below the lease.
    void check_lease(const recorded_op& op) const {
        const table_description& is = tables_[op.table]->description();
        if (!is.auto_id) return;
        const std::int64_t id = std::stoll(op.cells.at(*is.auto_id).substr(4));
        require(id < 0 || static_cast<std::uint64_t>(id) < leases_[op.table], "an id beyond the lease", op);
    }

    void check_parents(const recorded_op& op, const row& cells) const {
        for (const reference_description& reference : tables_[op.table]->description().references) {
            const std::string& value = cells.at(reference.columns.front());
            if (value != "null")
                require(count(reference.parent, reference.parent_names.front(), value) == 1, "refers to no row", op);
        }
    }

    void check_no_children(const recorded_op& op, const row& cells) const {
        const table_description& is = tables_[op.table]->description();
        for (const table_base* child : tables_)
            for (const reference_description& reference : child->description().references) {
                if (reference.parent != is.name) continue;
                const std::string& value = cells.at(column_named(is, reference.parent_names.front()));
                const std::string& column = child->description().column_name(reference.columns.front());
                const bool itself = child == tables_[op.table] && cells.at(reference.columns.front()) == value;
                require(count(child->description().name, column, value) == (itself ? 1u : 0u),
                        "a row still refers to it", op);
            }
    }

    [[nodiscard]] std::size_t count(const std::string& table, const std::string& column,
                                    const std::string& value) const {
        std::size_t found = 0;
        for (std::size_t t = 0; t < tables_.size(); ++t) {
            if (tables_[t]->description().name != table) continue;
            const std::size_t at = column_named(tables_[t]->description(), column);
            for (const auto& [key, cells] : rows_[t]) found += cells[at] == value ? 1 : 0;
        }
        return found;
    }

    static rows rows_of(const table_base& table) {
        rows made;
        for (std::uint32_t number = 0; number < table.slots().used(); ++number) {
            void* slot = table.slots().at(number);
            if (!slot_store::header(slot).alive()) continue;
            row cells;
            for (const column& is : table.description().row->columns)
                cells.push_back(text_of(is.get(table.row_in(slot))));
            made.emplace(key_of(table.description(), cells), cells);
        }
        return made;
    }

    std::vector<table_base*> tables_;
    std::vector<rows> rows_;
    std::vector<std::uint64_t> leases_;
};

} // namespace holdfast::test
