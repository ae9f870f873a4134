// SPDX-License-Identifier: MIT
/// @file
/// How a row comes into a table: id, checks, room, then links and the op, which cannot fail.
#pragma once

#include <holdfast/core/op.hpp>
#include <holdfast/table/table_base.hpp>

namespace holdfast {

/// Ids are leased in blocks of this many: one op in the log for each.
inline constexpr std::int64_t id_lease = 1'024;
inline constexpr std::size_t lease_bytes = op_header_bytes + bytes::max_varint_bytes; ///< Of the op, at most.

inline result<void> table_base::give_id(void* row) {
    if (!description_.auto_id) return {};
    const column& id = description_.row->columns[*description_.auto_id];
    if (id.get(row).integer != 0) return {};
    if (next_id_ == INT64_MAX) return error{errc::full, description_.name + ": every id up to 2^63 is used"};
    id.ops->set(id.in(row), cell::of_integer(cell_kind::i64, next_id_));
    return {};
}

inline result<void> table_base::check_limit(const limit_description& limit, const void* row, const void* field) const {
    const column& is = description_.row->columns[limit.column];
    const cell value = is.ops->get(field);
    if (value.integer >= limit.at_least) return {};
    return error{errc::refused, describe_row(row) + "." + is.name + " would be " + describe_cell(value) +
                                    ", and is at least " + std::to_string(limit.at_least)};
}

inline bool table_base::inner_parts(const column_list& columns, key_parts& parts) const noexcept {
    for (std::size_t i = 0; i < columns.size(); ++i) {
        parts[i] = description_.row->columns[columns[i]].ops->inner(parts[i]);
        if (parts[i] == nullptr) return false;
    }
    return true;
}

inline result<void> table_base::check_reference(std::size_t reference, const void* row, const field_change* changes,
                                                std::size_t count) const {
    const reference_description& is = description_.references[reference];
    const parent_link& parent = parents_[reference];
    if (parent.table == nullptr) return {};
    const key_parts whole = parts_of(is.columns, row, changes, count);
    key_parts key = whole;
    if (!inner_parts(is.columns, key)) return {}; // "none" refers to nothing
    const void* found = parent.index->find_inner(key.data());
    if (parent.table == this) {
        // The row may refer to itself, as it will be; what it was counts no longer.
        key_parts own = parts_of(*parent.columns, row, changes, count);
        bool itself = inner_parts(*parent.columns, own);
        for (std::size_t i = 0; itself && i < is.columns.size(); ++i)
            itself = same(description_.row->columns[is.columns[i]].ops->get(whole[i]),
                          description_.row->columns[(*parent.columns)[i]].ops->get(
                              parts_of(*parent.columns, row, changes, count)[i]));
        if (itself) return {};
        if (found != nullptr && row_in(found) == row && (indexes_of(changes, count) & parent.index_bit) != 0)
            found = nullptr;
    }
    if (found != nullptr) return {};
    std::string text;
    for (std::size_t i = 0; i < is.columns.size(); ++i) {
        const column& own = description_.row->columns[is.columns[i]];
        text += (text.empty() ? "" : ", ") + own.name + "=" + describe_cell(own.ops->get(whole[i]));
    }
    return error{errc::reference, description_.name + ": " + text + " refers to a row that is not in " + is.parent};
}

inline result<void> table_base::check_row(const void* row) const {
    if (description_.capacity != 0 && slots_.live() >= description_.capacity)
        return error{errc::full,
                     description_.name + " has its capacity of " + std::to_string(description_.capacity) + " rows"};
    for (const limit_description& limit : description_.limits)
        if (auto ok = check_limit(limit, row, description_.row->columns[limit.column].in(row)); !ok) return ok;
    for (std::size_t i = 0; i < indexes_.size(); ++i) {
        const index_description& is = description_.indexes[i];
        if (is.unique() && indexes_[i]->find(parts_of(is.columns, row).data()) != nullptr)
            return error{errc::taken,
                         description_.name + ": " + describe_key(is.columns, row) + " belongs to another row"};
    }
    for (std::size_t r = 0; r < parents_.size(); ++r)
        if (auto ok = check_reference(r, row, nullptr, 0); !ok) return ok;
    return {};
}

inline result<void*> table_base::begin_insert(void* row) {
    if (auto ok = give_id(row); !ok) return ok.why();
    if (auto ok = check_row(row); !ok) return ok.why();
    void* slot = slots_.take(now());
    struct guard {
        slot_store& slots;
        void* slot;
        ~guard() {
            if (slot != nullptr) slots.untake(slot);
        }
    } taken{slots_, slot};
    for (std::size_t i = 0; i < indexes_.size(); ++i)
        indexes_[i]->prepare(parts_of(description_.indexes[i].columns, row).data(), slot_store::header(slot).number);
    if (session_ != nullptr) {
        std::size_t bytes = op_header_bytes + lease_bytes;
        for (const column& is : description_.row->columns) bytes += max_stored_bytes(is.get(row));
        reserve_change(bytes, 2);
    }
    taken.slot = nullptr;
    return slot;
}

inline void table_base::finish_insert(void* slot) noexcept {
    slots_.settle(slot);
    for (const auto& index : indexes_) index->link(slot);
    const void* row = row_in(slot);
    std::int64_t id = -1;
    if (description_.auto_id) {
        id = description_.row->columns[*description_.auto_id].get(row).integer;
        if (id >= next_id_ && id != INT64_MAX) next_id_ = id + 1;
    }
    if (session_ == nullptr) return;
    if (id >= leased_) write_lease();
    std::byte* at = session_->log.at;
    at = put_op_header(at, op_kind::insert, 0, number_);
    for (const column& is : description_.row->columns) at = put_cell(at, is.get(row));
    session_->log.at = at;
    if (session_->transactions != 0) session_->undo.push(*this, undo_kind::insert, slot);
}

/// Room in the log, and for a step of undo, was reserved.
inline void table_base::write_lease() noexcept {
    if (session_->transactions != 0)
        std::memcpy(session_->undo.push(*this, undo_kind::lease, nullptr).room, &leased_, sizeof(leased_));
    leased_ = next_id_ > INT64_MAX - id_lease ? INT64_MAX : next_id_ + id_lease;
    lease_owed_ = false;
    std::byte* at = put_op_header(session_->log.at, op_kind::lease, 0, number_);
    session_->log.at = bytes::put_varint(at, static_cast<std::uint64_t>(leased_));
}

inline void table_base::write_owed_lease() {
    if (!lease_owed_) return;
    reserve_change(lease_bytes, 1);
    write_lease();
}

} // namespace holdfast
