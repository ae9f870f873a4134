// SPDX-License-Identifier: MIT
/// @file
/// How a row leaves a table, with everything that refers to it: first the whole plan, which may be
/// refused, then children before parents, each with an op of its own.
#pragma once

#include <holdfast/core/op.hpp>
#include <holdfast/table/table_base.hpp>

#include <boost/unordered/unordered_flat_map.hpp>

#include <algorithm>

namespace holdfast {

/// What an erase takes with it.
struct table_base::erase_plan {
    struct doomed {
        table_base* table;
        void* slot;
    };
    struct cut {
        const child_link* child;
        void* slot;
        void* parent;
    };
    boost::unordered_flat_map<void*, std::size_t> seen; ///< Rows that go, and when.
    std::vector<doomed> erased;                         ///< Children before the rows they refer to.
    std::vector<cut> nulled;
    std::vector<cut> holding; ///< Rows whose reference forbids the erase, unless they go too.

    /// Whether the reference is emptied: the row stays, or goes after its parent (SQLite would empty it then, and count
    /// that as a change).
    [[nodiscard]] bool empties(const cut& one) const {
        const auto row = seen.find(one.slot);
        return row == seen.end() || row->second > seen.at(one.parent);
    }
};

/// Rows that lose references: each with all the fields that become empty, as one change with room for it.
struct table_base::many_changes {
    struct one {
        table_base* table = nullptr;
        void* slot = nullptr;
        std::vector<field_change> changes{};
        std::vector<std::unique_ptr<std::byte[]>> values{}; ///< What the changes point to.
        std::size_t made = 0;                               ///< How many of the values there are.
        std::vector<std::unique_ptr<std::byte[]>> heap{};
        alignas(16) std::byte stamp[16];

        one() = default;
        one(const one&) = delete;
        one& operator=(const one&) = delete;
        ~one() {
            for (std::size_t i = 0; i < made; ++i)
                table->description_.row->columns[changes[i].column].ops->destroy(changes[i].value);
        }
        /// The field becomes empty. Twice is once.
        void empty(std::uint8_t number) {
            for (const field_change& change : changes)
                if (change.column == number) return;
            const column& is = table->description_.row->columns[number];
            changes.reserve(changes.size() + 2);
            values.push_back(std::make_unique<std::byte[]>(is.ops->size)); // aligned for anything up to 16 bytes
            is.ops->copy_construct(values.back().get(), is.in(table->row_in(slot)));
            changes.push_back({number, values.back().get()});
            ++made;
            is.ops->set(values.back().get(), cell{});
        }
    };
    std::vector<std::unique_ptr<one>> rows;
    boost::unordered_flat_map<void*, std::size_t>
        by_slot; ///< Which of the rows: the type of map that `erase_plan` has.

    [[nodiscard]] one& of(table_base& table, void* slot) {
        if (const auto found = by_slot.find(slot); found != by_slot.end()) return *rows[found->second];
        by_slot.emplace(slot, rows.size());
        rows.push_back(std::make_unique<one>());
        rows.back()->table = &table;
        rows.back()->slot = slot;
        return *rows.back();
    }
};

inline void table_base::plan_erase(erase_plan& plan, void* slot) {
    // Depth first without recursion (a chain of references may be as long as the table), each row after
    // all that refer to it.
    struct visit {
        table_base* table;
        void* slot;
        std::size_t child;
        void* at;    // the row to look at next, null before the first of this child
        void* first; // where the ring of this child began
    };
    std::vector<visit> path{{this, slot, 0, nullptr, nullptr}};
    plan.seen.emplace(slot, std::size_t{0});
    while (!path.empty()) {
        visit& here = path.back();
        if (here.child == here.table->children_.size()) {
            plan.seen.find(here.slot)->second = plan.erased.size();
            plan.erased.push_back({here.table, here.slot});
            path.pop_back();
            continue;
        }
        const child_link& link = here.table->children_[here.child];
        if (here.at == nullptr) {
            key_parts key = here.table->parts_of(link.parent_columns, here.table->row_in(here.slot));
            const bool has_key = here.table->inner_parts(link.parent_columns, key);
            here.at = here.first = has_key ? link.index->find_inner(key.data()) : nullptr;
            if (here.at == nullptr) {
                ++here.child;
                continue;
            }
        }
        void* row = here.at;
        here.at = link.index->next(row);
        if (here.at == here.first) {
            here.at = nullptr;
            ++here.child;
        }
        if (link.reference->action == on_delete::restrict)
            plan.holding.push_back({&link, row, here.slot});
        else if (link.reference->action == on_delete::set_null)
            plan.nulled.push_back({&link, row, here.slot});
        else if (plan.seen.emplace(row, std::size_t{0}).second)
            path.push_back({link.table, row, 0, nullptr, nullptr});
    }
}

inline result<void> table_base::check_plan(const erase_plan& plan, const void* slot) const {
    for (const auto& doomed : plan.erased)
        if (doomed.table->is_updating(doomed.slot))
            return error{errc::busy, doomed.table->describe_row(doomed.table->row_in(doomed.slot)) +
                                         " is being updated: erase it after the update"};
    const std::string erased = describe_row(row_in(slot));
    for (const auto& hold : plan.holding)
        if (!plan.seen.contains(hold.slot) && !(hold.child->reference->deferred && open_transaction() != 0))
            return error{errc::reference, erased + " cannot be erased: " +
                                              hold.child->table->describe_row(hold.child->table->row_in(hold.slot)) +
                                              " refers to it"};
    for (const auto& cut : plan.nulled)
        if (!plan.seen.contains(cut.slot))
            if (auto ok = check_emptied(*cut.child, cut.slot, erased); !ok) return ok;
    return {};
}

/// Whether the reference of this row can be emptied: its fields may themselves be referred to.
inline result<void> table_base::check_emptied(const child_link& child, const void* slot,
                                              const std::string& erased) const {
    const table_base& table = *child.table;
    const void* row = table.row_in(slot);
    if (table.is_updating(slot))
        return error{errc::busy,
                     table.describe_row(row) + " is being updated: erase what it refers to after the update"};
    const column_list& emptied = child.reference->columns;
    const auto is_emptied = [&](const column_list& columns) {
        return std::any_of(columns.begin(), columns.end(), [&](std::uint8_t column) {
            return std::find(emptied.begin(), emptied.end(), column) != emptied.end();
        });
    };
    for (const child_link& further : table.children_) {
        if (!is_emptied(further.parent_columns)) continue;
        key_parts key = table.parts_of(further.parent_columns, row);
        if (!table.inner_parts(further.parent_columns, key)) continue;
        if (const void* found = further.index->find_inner(key.data()); found != nullptr)
            return error{errc::reference,
                         erased + " cannot be erased: " + further.table->describe_row(further.table->row_in(found)) +
                             " refers to " + table.describe_row(row)};
    }
    return {};
}

/// Whether the checks of the rows that stay hold without the references that they lose, all of them together.
inline result<void> table_base::check_emptied_rows(const erase_plan& plan, const many_changes& emptied) {
    for (const auto& one : emptied.rows) {
        if (plan.seen.contains(one->slot)) continue;
        const auto changed = [&](std::uint8_t column) {
            return std::any_of(one->changes.begin(), one->changes.end(),
                               [&](const field_change& change) { return change.column == column; });
        };
        for (const check_description& check : one->table->description_.checks)
            if (std::any_of(check.columns.begin(), check.columns.end(), changed))
                if (auto ok = one->table->check_condition(check, one->table->row_in(one->slot), one->changes.data(),
                                                          one->changes.size());
                    !ok)
                    return ok;
    }
    return {};
}

inline void table_base::unlink_all(void* slot) noexcept {
    for (const auto& index : indexes_) index->unlink(slot);
}

inline void table_base::erase_one(void* slot) noexcept {
    void* row = row_in(slot);
    if (session_ != nullptr) {
        session_->log.at = put_key(put_op_header(session_->log.at, op_kind::erase, 0, number_), row);
    }
    unlink_all(slot);
    slots_.vacate(slot);
    if (session_ != nullptr && session_->transactions != 0) {
        session_->undo.push(*this, undo_kind::erase, slot);
        return; // the row stays until the transaction ends
    }
    description_.row->destroy(row);
    slots_.release(slot, now());
}

inline std::uint64_t table_base::number_of_changes() noexcept {
    if (session_ == nullptr) return ++detached_tick_;
    return session_->transactions != 0 ? session_->transaction : ++session_->transaction;
}

/// Room for what erasing the row does, but for its op.
inline void table_base::prepare_erase_one(void* slot) {
    if (const std::uint64_t transaction = open_transaction(); transaction != 0)
        for (const auto& index : indexes_) index->prepare_unlink(slot, transaction);
}

/// Room for everything at once, in the log and everywhere else: an erase is whole or not at all.
inline void table_base::prepare_erase(const erase_plan& plan, many_changes& emptied) {
    std::size_t bytes = 0;
    std::size_t steps = plan.erased.size();
    const std::uint64_t transaction = number_of_changes(); // many rows at once need room as a transaction does
    for (const auto& change : emptied.rows) {
        std::size_t count = change->changes.size();
        change->changes.resize(count + 1);
        change->table->add_stamp(change->changes.data(), count, change->stamp);
        change->changes.resize(count);
        change->table->prepare_change(change->slot, change->changes.data(), count, transaction, change->heap);
        bytes += change->table->op_bytes(change->table->row_in(change->slot), change->changes.data(), count);
        steps += count;
    }
    for (const auto& doomed : plan.erased) {
        doomed.table->prepare_erase_one(doomed.slot);
        bytes += op_header_bytes + doomed.table->max_key_bytes(doomed.table->row_in(doomed.slot));
    }
    if (session_ == nullptr) return;
    reserve_change(bytes, steps);
    if (open_transaction() != 0) session_->reserve_later(plan.holding.size());
}

inline result<void> table_base::erase(void* slot) {
    if (is_updating(slot))
        return error{errc::busy, describe_row(row_in(slot)) + " is being updated: erase it after the update"};
    if (children_.empty()) {
        prepare_erase_one(slot);
        if (session_ != nullptr) reserve_change(op_header_bytes + max_key_bytes(row_in(slot)), 1);
        erase_one(slot);
        return {};
    }
    erase_plan plan;
    plan_erase(plan, slot);
    if (auto ok = check_plan(plan, slot); !ok) return ok;
    many_changes emptied;
    for (const auto& cut : plan.nulled)
        if (plan.empties(cut))
            for (const std::uint8_t column : cut.child->reference->columns)
                emptied.of(*cut.child->table, cut.slot).empty(column);
    if (auto ok = check_emptied_rows(plan, emptied); !ok) return ok;
    prepare_erase(plan, emptied);
    put_off_ = 0;
    for (const auto& change : emptied.rows) {
        change->table->put_off_ = 0;
        change->table->make_change(change->slot, change->changes.data(), change->changes.size(), change->heap);
    }
    for (const auto& doomed : plan.erased) doomed.table->erase_one(doomed.slot);
    for (const auto& hold : plan.holding)
        if (!plan.seen.contains(hold.slot)) { // deferred: the end of the transaction looks at it
            const auto& all = hold.child->table->description_.references;
            session_->later.push_back(
                {hold.child->table, hold.slot, static_cast<std::uint32_t>(hold.child->reference - all.data())});
        }
    return {};
}

} // namespace holdfast
