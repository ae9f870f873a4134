// SPDX-License-Identifier: MIT
/// @file
/// How a row comes into a table: id, checks, room, then links and the op, which cannot fail.
#pragma once

#include <holdfast/core/op.hpp>
#include <holdfast/table/table_base.hpp>

namespace holdfast {

/// Ids are leased in blocks of this many, one op in the log for each, and before the last of the block before are given
/// out: so that the lease is durable by then, and no power cut makes the next life give an id again.
inline constexpr std::int64_t id_lease = 1'024;
inline constexpr std::int64_t ids_ahead = id_lease / 2;
inline constexpr std::size_t lease_bytes = op_header_bytes + bytes::max_varint_bytes; ///< Of the op, at most.

inline result<void> table_base::give_id(void* row) {
    if (!description_.auto_id) return {};
    const column& id = description_.row->columns[*description_.auto_id];
    if (id.get(row).integer != 0) return {};
    if (next_id_ == INT64_MAX) return error{errc::full, description_.name + ": every id up to 2^63 is used"};
    id.ops->set(id.in(row), cell::of_integer(cell_kind::i64, next_id_));
    return {};
}

inline void table_base::note_id(const void* row) noexcept {
    if (!description_.auto_id) return;
    const std::int64_t id = description_.row->columns[*description_.auto_id].get(row).integer;
    if (id >= next_id_ && id != INT64_MAX) next_id_ = id + 1;
}

inline result<void> table_base::check_limit(const limit_description& limit, const void* row, const void* field) const {
    const column& is = description_.row->columns[limit.column];
    const cell value = is.ops->get(field);
    if (value.kind == cell_kind::null || limit.allows(value.integer)) return {};
    const bool least = limit.is == limit_description::bound::at_least;
    return error{errc::refused, describe_row(row) + "." + is.name + " would be " + describe_cell(value) +
                                    (least ? ", and is at least " : ", and is at most ") + std::to_string(limit.limit)};
}

inline result<void> table_base::check_condition(const check_description& check, const void* row,
                                                const field_change* changes, std::size_t count) const {
    const key_parts fields = parts_of(check.columns, row, changes, count);
    if (check.holds(fields.data())) return {};
    std::string text;
    for (std::size_t i = 0; i < check.columns.size(); ++i) {
        const column& is = description_.row->columns[check.columns[i]];
        text += (text.empty() ? " with " : ", ") + is.name + "=" + describe_cell(is.ops->get(fields[i]));
    }
    return error{errc::refused, describe_row(row) + ": the check '" + check.name + "' says no" + text};
}

inline bool table_base::inner_parts(const column_list& columns, key_parts& parts) const noexcept {
    for (std::size_t i = 0; i < columns.size(); ++i) {
        parts[i] = description_.row->columns[columns[i]].ops->inner(parts[i]);
        if (parts[i] == nullptr) return false;
    }
    return true;
}

namespace detail {
/// Whether two fields of one type, or of one and its optional, are stored as the same cell.
[[nodiscard]] inline bool same_as_stored(const type_ops& a, const void* at, const type_ops& b, const void* bt) {
    cell first = a.get(at);
    std::string kept; // the second may take the place of the first
    if (first.is_bytes()) {
        kept = first.view();
        first = cell::of_bytes(first.kind, kept.data(), kept.size());
    }
    return same(first, b.get(bt));
}
} // namespace detail

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
        // The row may refer to itself, as it will be; what it was counts no longer. In another case it may not, even
        // where the column is nocase: SQLite compares the two byte by byte then.
        const key_parts own = parts_of(*parent.columns, row, changes, count);
        key_parts inner = own;
        bool itself = inner_parts(*parent.columns, inner);
        for (std::size_t i = 0; itself && i < is.columns.size(); ++i)
            itself = detail::same_as_stored(*description_.row->columns[is.columns[i]].ops, whole[i],
                                            *description_.row->columns[(*parent.columns)[i]].ops, own[i]);
        if (itself) return {};
        if (found != nullptr && row_in(found) == row) found = nullptr;
    }
    if (found != nullptr) return {};
    std::string text;
    for (std::size_t i = 0; i < is.columns.size(); ++i) {
        const column& own = description_.row->columns[is.columns[i]];
        text += (text.empty() ? "" : ", ") + own.name + "=" + describe_cell(own.ops->get(whole[i]));
    }
    return error{errc::reference, text + " refers to a row that is not in " + is.parent};
}

inline result<void> table_base::check_references() const {
    for (std::size_t r = 0; r < parents_.size(); ++r)
        for (std::uint32_t number = 0; number < slots_.used(); ++number) {
            void* slot = slots_.at(number);
            if (!slot_store::header(slot).alive()) continue;
            const void* row = row_in(slot);
            auto ok = check_reference(r, row, nullptr, 0);
            if (ok) continue;
            const table_base& parent = *parents_[r].table;
            const std::string why = describe_row(row) + ": " + ok.why().detail;
            if (!parent.description_.read_only) return error{errc::corrupt, why};
            const bool empty = parent.slots_.live() == 0;
            return error{errc::reference, why + (empty ? ", which is empty: give open the function that fills it"
                                                       : ", which is read_only: put the row back into its content")};
        }
    return {};
}

inline result<void> table_base::check_or_put_off(std::size_t reference, const void* row, const field_change* changes,
                                                 std::size_t count) const {
    auto ok = check_reference(reference, row, changes, count);
    if (ok) return ok;
    if (!description_.references[reference].deferred || open_transaction() == 0)
        return error{errc::reference, description_.name + ": " + ok.why().detail};
    put_off_ |= std::uint64_t{1} << reference;
    return {};
}

/// Room for as many as there are references was made.
inline void table_base::put_off(void* slot) noexcept {
    for (std::uint32_t r = 0; put_off_ != 0; put_off_ >>= 1, ++r)
        if ((put_off_ & 1) != 0) session_->later.push_back({this, slot, r});
}

inline result<void> table_base::check_later(void* slot, std::uint32_t reference) const {
    if (!slot_store::header(slot).alive()) return {};
    auto ok = check_reference(reference, row_in(slot), nullptr, 0);
    if (ok) return ok;
    return error{errc::reference, describe_row(row_in(slot)) + ": at the end of the transaction " + ok.why().detail};
}

inline result<void> table_base::check_row(const void* row) const {
    put_off_ = 0;
    if (description_.capacity != 0 && slots_.live() >= description_.capacity)
        return error{errc::full,
                     description_.name + " has its capacity of " + std::to_string(description_.capacity) + " rows"};
    for (const limit_description& limit : description_.limits)
        if (auto ok = check_limit(limit, row, description_.row->columns[limit.column].in(row)); !ok) return ok;
    for (const check_description& check : description_.checks)
        if (auto ok = check_condition(check, row, nullptr, 0); !ok) return ok;
    for (std::size_t i = 0; i < indexes_.size(); ++i) {
        const index_description& is = description_.indexes[i];
        if (is.unique() && indexes_[i]->find(parts_of(is.columns, row).data()) != nullptr)
            return error{errc::taken,
                         description_.name + ": " + describe_key(is.columns, row) + " belongs to another row"};
    }
    for (std::size_t r = 0; r < parents_.size(); ++r)
        if (auto ok = check_or_put_off(r, row, nullptr, 0); !ok) return ok;
    return {};
}

/// Fills in the times that the table keeps. A row that names when it was made keeps that.
inline void table_base::stamp(void* row) const {
    if (!description_.created_at && !description_.updated_at) return;
    const std::int64_t time = wall_ns(); // one for both
    const auto put = [&](const time_column& column) {
        column.put(description_.row->columns[column.column].in(row), time);
    };
    if (const auto& made = description_.created_at)
        if (description_.row->columns[made->column].get(row).integer == 0) put(*made);
    if (description_.updated_at) put(*description_.updated_at);
}

inline result<void*> table_base::begin_insert(void* row) {
    if (auto ok = give_id(row); !ok) return ok.why();
    stamp(row);
    if (auto ok = check_row(row); !ok) return ok.why();
    void* slot = slots_.take(now());
    struct guard {
        slot_store& slots;
        void* slot;
        ~guard() {
            if (slot != nullptr) slots.untake(slot);
        }
    } taken{slots_, slot};
    if (has_later()) marks_.cover(slots_.used());
    for (std::size_t i = 0; i < indexes_.size(); ++i)
        indexes_[i]->prepare(parts_of(description_.indexes[i].columns, row).data(), slot_store::header(slot).number,
                             open_transaction());
    if (session_ != nullptr) {
        reserve_change(op_header_bytes + lease_bytes + stored_bytes(row), 2);
        if (put_off_ != 0) session_->reserve_later(parents_.size());
    }
    taken.slot = nullptr;
    return slot;
}

inline void table_base::finish_insert(void* slot) noexcept {
    slots_.settle(slot);
    for (const auto& index : indexes_) index->link(slot);
    const void* row = row_in(slot);
    note_id(row);
    if (session_ == nullptr) return;
    if (description_.auto_id && next_id_ > leased_ - ids_ahead) write_lease();
    log_row(row);
    if (session_->transactions == 0) return;
    session_->undo.push(*this, undo_kind::insert, slot);
    put_off(slot);
}

inline result<void> table_base::append(void* row) {
    stamp(row);
    for (const limit_description& limit : description_.limits)
        if (auto ok = check_limit(limit, row, description_.row->columns[limit.column].in(row)); !ok) return ok;
    for (const check_description& check : description_.checks)
        if (auto ok = check_condition(check, row, nullptr, 0); !ok) return ok;
    if (session_ == nullptr) return {};
    session_->log.reserve(op_header_bytes + stored_bytes(row));
    log_row(row);
    return {};
}

inline std::size_t table_base::stored_bytes(const void* row) const {
    std::size_t bytes = 0;
    for (const column& is : description_.row->columns)
        if (is.stored) bytes += max_stored_bytes(is.get(row));
    return bytes;
}
inline void table_base::log_row(const void* row, op_kind kind) noexcept {
    std::byte* at = put_op_header(session_->log.at, kind, 0, number_);
    for (const column& is : description_.row->columns)
        if (is.stored) at = put_cell(at, is.get(row));
    session_->log.at = at;
}

/// Room in the log, and for a step of undo, was reserved.
inline void table_base::write_lease() noexcept {
    if (session_->transactions != 0)
        std::memcpy(session_->undo.push(*this, undo_kind::lease, nullptr).room, &leased_, sizeof(leased_));
    leased_ = lease_end();
    lease_owed_ = false;
    put_lease(leased_);
}
inline void table_base::put_lease(std::int64_t next) noexcept {
    std::byte* at = put_op_header(session_->log.at, op_kind::lease, 0, number_);
    session_->log.at = bytes::put_varint(at, static_cast<std::uint64_t>(next));
}

inline std::int64_t table_base::lease_end() const noexcept {
    return next_id_ > INT64_MAX - id_lease ? INT64_MAX : next_id_ + id_lease;
}

inline std::size_t table_base::log_rows(std::size_t next, std::size_t slots) {
    for (const std::size_t end = std::min(next + slots, slots_.used()); next < end; ++next) {
        void* slot = slots_.at(static_cast<std::uint32_t>(next));
        if (!slot_store::header(slot).alive()) continue;
        session_->log.reserve(op_header_bytes + stored_bytes(row_in(slot)));
        log_row(row_in(slot), op_kind::row);
    }
    return next;
}

inline void table_base::log_lease() {
    if (!description_.auto_id) return;
    session_->log.reserve(lease_bytes);
    put_lease(std::max(leased_, next_id_));
}

inline void table_base::write_owed_lease() {
    if (!lease_owed_) return;
    reserve_change(lease_bytes, 1);
    write_lease();
}

} // namespace holdfast
