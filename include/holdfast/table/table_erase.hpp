// SPDX-License-Identifier: MIT
/// @file
/// How a row leaves a table, with everything that refers to it: first the whole plan, which may be
/// refused, then children before parents, each with an op of its own.
#pragma once

#include <holdfast/core/op.hpp>
#include <holdfast/table/table_base.hpp>

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
    };
    boost::unordered_flat_set<void*> seen;
    std::vector<doomed> erased; ///< Children before the rows they refer to.
    std::vector<cut> nulled;
    std::vector<cut> holding; ///< Rows whose reference forbids the erase, unless they go too.
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
    plan.seen.insert(slot);
    while (!path.empty()) {
        visit& here = path.back();
        if (here.child == here.table->children_.size()) {
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
            plan.holding.push_back({&link, row});
        else if (link.reference->action == on_delete::set_null)
            plan.nulled.push_back({&link, row});
        else if (plan.seen.insert(row).second)
            path.push_back({link.table, row, 0, nullptr, nullptr});
    }
}

inline result<void> table_base::check_plan(const erase_plan& plan, const void* slot) const {
    const auto refuse = [&](const child_link& child, const void* row) {
        return error{errc::reference, describe_row(row_in(slot)) + " cannot be erased: " +
                                          child.table->describe_row(child.table->row_in(row)) + " refers to it"};
    };
    for (const auto& doomed : plan.erased)
        if (doomed.table->is_updating(doomed.slot))
            return error{errc::busy, doomed.table->describe_row(doomed.table->row_in(doomed.slot)) +
                                         " is being updated: erase it after the update"};
    for (const auto& hold : plan.holding)
        if (!plan.seen.contains(hold.slot)) return refuse(*hold.child, hold.slot);
    for (const auto& cut : plan.nulled) {
        const table_base& table = *cut.child->table;
        if (plan.seen.contains(cut.slot)) continue;
        if (table.is_updating(cut.slot))
            return error{errc::busy, table.describe_row(table.row_in(cut.slot)) +
                                         " is being updated: erase what it refers to after the update"};
        for (const child_link& further : table.children_) { // a field that is emptied may itself be referred to
            const auto& emptied = cut.child->reference->columns;
            if (!std::any_of(further.parent_columns.begin(), further.parent_columns.end(), [&](std::uint8_t column) {
                    return std::find(emptied.begin(), emptied.end(), column) != emptied.end();
                }))
                continue;
            key_parts key = table.parts_of(further.parent_columns, table.row_in(cut.slot));
            if (!table.inner_parts(further.parent_columns, key)) continue;
            if (const void* row = further.index->find_inner(key.data()); row != nullptr) return refuse(further, row);
        }
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

inline result<void> table_base::erase(void* slot) {
    if (is_updating(slot))
        return error{errc::busy, describe_row(row_in(slot)) + " is being updated: erase it after the update"};
    if (children_.empty()) {
        if (session_ != nullptr) reserve_change(op_header_bytes + max_key_bytes(row_in(slot)), 1);
        erase_one(slot);
        return {};
    }
    erase_plan plan;
    plan_erase(plan, slot);
    if (auto ok = check_plan(plan, slot); !ok) return ok;
    if (session_ != nullptr) { // room for every op at once: an erase is whole or not at all
        std::size_t room = 0;
        for (const auto& doomed : plan.erased)
            room += op_header_bytes + doomed.table->max_key_bytes(doomed.table->row_in(doomed.slot));
        for (const auto& cut : plan.nulled)
            room += (op_header_bytes + bytes::max_varint_bytes + 2 +
                     cut.child->table->max_key_bytes(cut.child->table->row_in(cut.slot))) *
                    cut.child->reference->columns.size();
        reserve_change(room, plan.erased.size() + plan.nulled.size());
    }
    for (const auto& cut : plan.nulled) {
        if (plan.seen.contains(cut.slot)) continue;
        for (const std::uint8_t number : cut.child->reference->columns) {
            const column& is = cut.child->table->description_.row->columns[number];
            std::vector<std::byte> none(is.ops->size + is.ops->align);
            void* raw = none.data();
            std::size_t room = none.size();
            raw = std::align(is.ops->align, is.ops->size, raw, room);
            is.ops->copy_construct(raw, is.in(cut.child->table->row_in(cut.slot)));
            is.ops->set(raw, cell{});
            field_change change{number, raw};
            cut.child->table->apply_change(cut.slot, &change, 1);
            is.ops->destroy(raw);
        }
    }
    for (const auto& doomed : plan.erased) doomed.table->erase_one(doomed.slot);
    return {};
}

} // namespace holdfast
