// SPDX-License-Identifier: MIT
/// @file
/// How fields of a row change: all checks first, then room, then the swap of values, which cannot fail.
#pragma once

#include <holdfast/core/op.hpp>
#include <holdfast/table/table_base.hpp>

#include <algorithm>

namespace holdfast {

inline std::size_t table_base::drop_unchanged(const void* slot, field_change* changes, std::size_t count) const {
    const void* row = row_in(slot);
    const auto* left = std::remove_if(changes, changes + count, [&](const field_change& change) {
        const column& is = description_.row->columns[change.column];
        return is.ops->same(is.in(row), change.value);
    });
    return static_cast<std::size_t>(left - changes);
}

inline key_parts table_base::parts_of(const column_list& columns, const void* row, const field_change* changes,
                                      std::size_t count) const noexcept {
    key_parts parts = parts_of(columns, row);
    for (std::size_t i = 0; i < columns.size(); ++i)
        for (std::size_t c = 0; c < count; ++c)
            if (changes[c].column == columns[i]) parts[i] = changes[c].value;
    return parts;
}

inline std::uint64_t table_base::indexes_of(const field_change* changes, std::size_t count) const noexcept {
    std::uint64_t indexes = 0;
    for (std::size_t c = 0; c < count; ++c) indexes |= column_indexes_[changes[c].column];
    return indexes;
}

inline bool table_base::refers_only_to_itself(const child_link& child, const void* slot, const field_change* changes,
                                              std::size_t count) const noexcept {
    key_parts key = parts_of(child.parent_columns, row_in(slot));
    if (child.table != this || !inner_parts(child.parent_columns, key)) return false;
    void* only = child.index->find_inner(key.data());
    if (only != slot || child.index->next(only) != only) return false;
    return std::any_of(changes, changes + count, [&](const field_change& change) {
        const column_list& columns = child.reference->columns;
        return std::find(columns.begin(), columns.end(), change.column) != columns.end();
    });
}

inline result<void> table_base::check_change(const void* slot, const field_change* changes, std::size_t count) const {
    const void* row = row_in(slot);
    put_off_ = 0;
    if (is_updating(slot)) return error{errc::busy, describe_row(row) + " is being updated: change it there"};
    const auto changed = [&](std::uint8_t column) {
        return std::any_of(changes, changes + count,
                           [&](const field_change& change) { return change.column == column; });
    };
    const auto any_changed = [&](const column_list& columns) {
        return std::any_of(columns.begin(), columns.end(), changed);
    };

    for (const limit_description& limit : description_.limits)
        for (std::size_t c = 0; c < count; ++c)
            if (changes[c].column == limit.column)
                if (auto ok = check_limit(limit, row, changes[c].value); !ok) return ok;
    for (const check_description& check : description_.checks)
        if (any_changed(check.columns))
            if (auto ok = check_condition(check, row, changes, count); !ok) return ok;

    const std::uint64_t indexes = indexes_of(changes, count);
    for (std::size_t i = 0; i < indexes_.size(); ++i) {
        const index_description& is = description_.indexes[i];
        if ((indexes >> i & 1) == 0 || !is.unique()) continue;
        const key_parts parts = parts_of(is.columns, row, changes, count);
        if (const void* there = indexes_[i]->find(parts.data()); there != nullptr && there != slot)
            return error{errc::taken, describe_row(row) + ": " + describe_key(is.columns, row_in(there)) +
                                          " belongs to another row"};
    }
    for (std::size_t r = 0; r < parents_.size(); ++r)
        if (any_changed(description_.references[r].columns))
            if (auto ok = check_or_put_off(r, row, changes, count); !ok) return ok;
    for (const child_link& child : children_) {
        if (!any_changed(child.parent_columns)) continue;
        key_parts key = parts_of(child.parent_columns, row);
        if (inner_parts(child.parent_columns, key) && child.index->find_inner(key.data()) != nullptr &&
            !refers_only_to_itself(child, slot, changes, count))
            return error{errc::reference, describe_row(row) + ": rows of " + child.table->description_.name +
                                              " refer to its " + description_.column_names(child.parent_columns)};
    }
    return {};
}

inline void table_base::save_before(void* slot, const field_change* changes, std::size_t count, std::uint64_t indexes,
                                    std::vector<std::unique_ptr<std::byte[]>>& heap) noexcept {
    std::size_t used = 0;
    for (std::size_t c = 0; c < count; ++c) {
        const type_ops& ops = *description_.row->columns[changes[c].column].ops;
        undo_step& step = session_->undo.push(*this, undo_kind::set, slot);
        step.column = changes[c].column;
        step.first_of_group = c == 0;
        step.last_of_group = c + 1 == count;
        step.indexes = indexes;
        if (ops.size > sizeof(step.room)) step.put_on_heap(heap[used++].release());
        ops.move_construct(step.before(), changes[c].value);
    }
}

inline std::size_t table_base::op_bytes(const void* row, const field_change* changes, std::size_t count) const {
    std::size_t bytes = op_header_bytes + bytes::max_varint_bytes + count + max_key_bytes(row);
    for (std::size_t c = 0; c < count; ++c) {
        const column& is = description_.row->columns[changes[c].column];
        if (is.stored) bytes += max_stored_bytes(is.ops->get(changes[c].value));
    }
    return bytes;
}

inline void table_base::prepare_change(void* slot, const field_change* changes, std::size_t count,
                                       std::uint64_t transaction, std::vector<std::unique_ptr<std::byte[]>>& heap) {
    const void* row = row_in(slot);
    const std::uint64_t indexes = indexes_of(changes, count);
    for (std::size_t i = 0; i < indexes_.size(); ++i) {
        if ((indexes >> i & 1) == 0) continue;
        if (transaction != 0) indexes_[i]->prepare_unlink(slot, transaction);
        indexes_[i]->prepare(parts_of(description_.indexes[i].columns, row, changes, count).data(),
                             slot_store::header(slot).number, transaction);
    }
    if (session_ == nullptr) return;
    reserve_change(op_bytes(row, changes, count), count);
    if (session_->transactions == 0) return;
    session_->reserve_later(parents_.size());
    for (std::size_t c = 0; c < count; ++c)
        if (const std::size_t size = description_.row->columns[changes[c].column].ops->size;
            size > sizeof(undo_step::room))
            heap.push_back(std::make_unique<std::byte[]>(size));
}

inline void table_base::make_change(void* slot, field_change* changes, std::size_t count,
                                    std::vector<std::unique_ptr<std::byte[]>>& heap) noexcept {
    void* row = row_in(slot);
    const std::uint64_t indexes = indexes_of(changes, count);
    for (std::size_t i = 0; i < indexes_.size(); ++i)
        if ((indexes >> i & 1) != 0) indexes_[i]->unlink(slot);
    for (std::size_t c = 0; c < count; ++c) {
        const column& is = description_.row->columns[changes[c].column];
        is.ops->swap(is.in(row), changes[c].value);
    }
    for (std::size_t i = 0; i < indexes_.size(); ++i)
        if ((indexes >> i & 1) != 0) indexes_[i]->link(slot);
    if (session_ == nullptr) return;
    log_change(slot, changes, count);
    if (session_->transactions == 0) return;
    save_before(slot, changes, count, indexes, heap);
    put_off(slot);
}

inline void table_base::log_change(void* slot, const field_change* changes, std::size_t count) noexcept {
    std::array<std::uint8_t, max_columns + 1> now;
    std::size_t any = 0;
    for (std::size_t c = 0; c < count; ++c) {
        const column& is = description_.row->columns[changes[c].column];
        if (!is.stored) continue;
        if (is.later)
            marks_.mark(slot_store::header(slot).number);
        else
            now[any++] = changes[c].column;
    }
    if (any != 0) log_columns(row_in(slot), now.data(), any);
}

inline void table_base::log_columns(const void* row, const std::uint8_t* columns, std::size_t count) noexcept {
    const auto& all = description_.row->columns;
    std::byte* at = session_->log.at;
    if (count == 1) {
        at = put_op_header(at, op_kind::set, all[columns[0]].number, number_);
    } else {
        at = bytes::put_varint(put_op_header(at, op_kind::update, 0, number_), count);
        for (std::size_t c = 0; c < count; ++c) at = bytes::put(at, all[columns[c]].number);
    }
    at = put_key(at, row);
    for (std::size_t c = 0; c < count; ++c) at = put_cell(at, all[columns[c]].get(row));
    session_->log.at = at;
}

inline std::size_t table_base::log_later(std::size_t next, std::size_t rows) {
    for (; rows != 0 && (next = marks_.next(next)) < marks_.covered(); ++next, --rows) {
        void* slot = slots_.at(static_cast<std::uint32_t>(next));
        if (slot_store::header(slot).alive()) {
            const void* row = row_in(slot);
            std::size_t bytes = op_header_bytes + bytes::max_varint_bytes + later_columns_.size() + max_key_bytes(row);
            for (const std::uint8_t column : later_columns_)
                bytes += max_stored_bytes(description_.row->columns[column].get(row));
            session_->log.reserve(bytes);
            log_columns(row, later_columns_.data(), later_columns_.size());
        }
        marks_.clear(next);
    }
    return next;
}

/// Adds the time to the changes, where the table keeps it and a stored field is among them; `room` holds a time point.
inline void table_base::add_stamp(field_change* changes, std::size_t& count, std::byte* room) const {
    if (!description_.updated_at) return;
    const auto& columns = description_.row->columns;
    if (std::none_of(changes, changes + count, [&](const field_change& one) { return columns[one.column].stored; }))
        return;
    description_.updated_at->put(room, wall_ns());
    changes[count++] = {description_.updated_at->column, room};
}

inline void table_base::apply_change(void* slot, const field_change* changes, std::size_t count) {
    std::array<field_change, max_columns + 1> all;
    std::copy(changes, changes + count, all.begin());
    alignas(16) std::byte room[16];
    add_stamp(all.data(), count, room);
    std::vector<std::unique_ptr<std::byte[]>> heap;
    prepare_change(slot, all.data(), count, open_transaction(), heap);
    make_change(slot, all.data(), count, heap);
}

inline void table_base::undo(undo_step& step) noexcept {
    void* slot = step.slot;
    switch (step.kind) {
    case undo_kind::insert:
        unlink_all(slot);
        description_.row->destroy(row_in(slot));
        slots_.vacate(slot);
        slots_.untake(slot);
        return;
    case undo_kind::erase:
        slots_.revive(slot);
        for (const auto& index : indexes_) index->link(slot);
        return;
    case undo_kind::lease:
        std::memcpy(&leased_, step.room, sizeof(leased_));
        session_->leases_owed = lease_owed_ = true;
        return;
    case undo_kind::set:
        const column& is = description_.row->columns[step.column];
        if (step.last_of_group)
            for (std::size_t i = 0; i < indexes_.size(); ++i)
                if ((step.indexes >> i & 1) != 0) indexes_[i]->unlink(slot);
        is.ops->swap(is.in(row_in(slot)), step.before());
        if (step.first_of_group)
            for (std::size_t i = 0; i < indexes_.size(); ++i)
                if ((step.indexes >> i & 1) != 0) indexes_[i]->link(slot);
        drop_before(step, is);
        return;
    }
}

/// Without the memory for it a later transaction goes on. @param which  A bit for each index.
inline void table_base::grow_indexes(std::uint64_t which) noexcept {
    BOOST_TRY {
        for (std::size_t i = 0; i < indexes_.size(); ++i)
            if ((which >> i & 1) != 0) indexes_[i]->catch_up();
    }
    BOOST_CATCH(const std::bad_alloc&) { return; }
    BOOST_CATCH_END
}

inline void table_base::keep(undo_step& step) noexcept {
    switch (step.kind) {
    case undo_kind::insert: return grow_indexes(~std::uint64_t{0});
    case undo_kind::lease: return;
    case undo_kind::erase:
        description_.row->destroy(row_in(step.slot));
        slots_.release(step.slot, session_->tick);
        return;
    case undo_kind::set:
        drop_before(step, description_.row->columns[step.column]);
        if (step.last_of_group && step.indexes != 0) grow_indexes(step.indexes);
        return;
    }
}

inline void table_base::drop_before(undo_step& step, const column& is) noexcept {
    is.ops->destroy(step.before());
    if (step.on_heap) delete[] static_cast<std::byte*>(step.before());
}

} // namespace holdfast
