// SPDX-License-Identifier: MIT
/// @file
/// Where one of several threads that edit at the same time appends its ops, until they are joined into the open frame.
#pragma once

#include <holdfast/core/op.hpp>
#include <holdfast/table/quick_change.hpp>
#include <holdfast/table/table_base.hpp>

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>
#include <vector>

namespace holdfast {

/// See the file's sentence, and `store::lanes`. Threads: one at a time; other lanes are for others.
class alignas(64) lane {
public:
    lane() {
        log_.owner = this;
        log_.refill = [](write_cursor& full, std::size_t bytes) { static_cast<lane*>(full.owner)->go_on(full, bytes); };
    }
    lane(const lane&) = delete;
    lane& operator=(const lane&) = delete;

    /// For the tables: where ops go, and which rows have fields that are logged later.
    [[nodiscard]] write_cursor& log() noexcept { return log_; }
    /// For tables: room for one mark more. Throws `std::bad_alloc`.
    void reserve_mark() {
        if (marks_.size() == marks_.capacity()) marks_.reserve(2 * marks_.size() + 64);
    }
    /// For tables: a field of the row has changed.
    void mark(table_base& of, std::uint32_t slot) noexcept { marks_.push_back({&of, slot}); }

    /// The tables that it is open for; null: it is closed.
    [[nodiscard]] const edit_session* session() const noexcept { return session_; }
    /// For the store: from here on it may be used.
    void open(const edit_session& for_tables) noexcept { session_ = &for_tables; }

    /// Closes it, and appends everything to `to`, in order.
    /// Errors: throws std::bad_alloc; what was not appended then is still here.
    void join_into(write_cursor& to) {
        session_ = nullptr;
        for (const marked& one : marks_) one.table->mark_later(one.slot);
        marks_.clear();
        if (!blocks_.empty()) blocks_[filling_].used = used();
        for (block& one : blocks_) {
            if (one.used == 0) continue;
            to.reserve(one.used);
            std::memcpy(to.at, one.data.get(), one.used);
            to.at += one.used;
            one.used = 0;
        }
        filling_ = 0;
        if (!blocks_.empty()) take(blocks_.front());
    }

private:
    static constexpr std::size_t block_bytes = std::size_t{1} << 16;
    struct block {
        std::unique_ptr<std::byte[]> data;
        std::size_t capacity;
        std::size_t used; ///< Whole ops.
    };
    struct marked {
        table_base* table;
        std::uint32_t slot;
    };

    [[nodiscard]] std::size_t used() const noexcept {
        return static_cast<std::size_t>(log_.at - blocks_[filling_].data.get());
    }
    void take(block& one) noexcept {
        log_.at = one.data.get();
        log_.end = log_.at + one.capacity;
    }
    /// The next block with so much room: one of before, or a new one.
    void go_on(write_cursor&, std::size_t bytes) {
        const std::size_t next = blocks_.empty() ? 0 : filling_ + 1;
        if (next == blocks_.size() || blocks_[next].capacity < bytes) {
            const std::size_t capacity = std::max(bytes, block_bytes);
            blocks_.insert(blocks_.begin() + static_cast<std::ptrdiff_t>(next),
                           {std::make_unique_for_overwrite<std::byte[]>(capacity), capacity, 0});
        }
        if (next != 0) blocks_[filling_].used = used();
        filling_ = next;
        take(blocks_[filling_]);
    }

    write_cursor log_{};
    std::vector<block> blocks_;
    std::size_t filling_ = 0;
    std::vector<marked> marks_;
    const edit_session* session_ = nullptr;
};

namespace detail {

/// Gives a field of a row, or each field inside it, its value, and says so in the lane.
/// Errors: throws std::bad_alloc, and has changed nothing then.
template <class Table, class Key, class Path, class Slot>
void set_through(lane& by, table_base& table, std::uint16_t number, Slot& where, typename Path::field& value) {
    constexpr std::size_t first = first_column<Path>;
    std::size_t room = path_columns<Path> * (op_header_bytes + Key::max_bytes(where.row));
    const auto measure = [&](auto, const auto&, const auto& wanted) {
        room += max_stored_bytes(codec<std::remove_cvref_t<decltype(wanted)>>::get(wanted));
    };
    for_each_column<first>(Path::in(where.row), value, measure);
    by.log().reserve(room);
    by.reserve_mark();
    bool later = false;
    const auto set = [&](auto column, auto& there, auto& wanted) {
        if (same_field(there, wanted)) return;
        std::swap(there, wanted);
        if constexpr (Table::later(column)) {
            later = true;
        } else if constexpr (!Table::unstored(column)) {
            std::byte* at = put_op_header(by.log().at, op_kind::set, Table::number_of(column), number);
            at = Key::put(at, where.row);
            by.log().at = put_cell(at, codec<std::remove_cvref_t<decltype(there)>>::get(there));
        }
    };
    for_each_column<first>(Path::in(where.row), value, set);
    if (later) by.mark(table, where.header.number);
}

} // namespace detail
} // namespace holdfast
