// SPDX-License-Identifier: MIT
/// @file
/// Ranges of rows: all of a table, or those of one key.
#pragma once

#include <holdfast/table/key_index.hpp>
#include <holdfast/table/row.hpp>

#include <iterator>

namespace holdfast {

/// The rows of one key, in the order in which they came to have it (after a rollback or a restart in
/// another). Rows are seen as they are; one that comes to have the key during the walk is met at the end. Erasing the
/// row at hand or the first one, or changing the field that the range goes by in it, while walking is a mistake that
/// stops the program at the next step: walk over `collect()` instead.
template <class Row> class row_range {
public:
    class iterator {
    public:
        using value_type = row<Row>;
        using difference_type = std::ptrdiff_t;
        using reference = value_type;
        using pointer = void;
        using iterator_category = std::input_iterator_tag;

        iterator() = default;
        iterator(const index_base* index, void* first, std::uint32_t table) noexcept
            : index_(index), first_(first), table_(table) {
            if (first == nullptr) return;
            at_ = {first, slot_store::header(first).number};
            hash_ = index->hash_of(first);
        }

        row<Row> operator*() const noexcept { return row<Row>::at_hand(static_cast<slot<Row>*>(at_.slot), table_); }
        iterator& operator++() noexcept {
            at_ = index_->step(at_, first_, hash_);
            HOLDFAST_REQUIRE(at_.slot != nullptr,
                             "the row at hand, or the first one, was erased, or its indexed field changed, while "
                             "walking over where(): walk over where(...).collect()");
            if (at_.slot == first_) at_ = {};
            return *this;
        }
        iterator operator++(int) noexcept {
            iterator before = *this;
            ++*this;
            return before;
        }
        friend bool operator==(const iterator& a, const iterator& b) noexcept { return a.at_.slot == b.at_.slot; }

    private:
        const index_base* index_ = nullptr;
        void* first_ = nullptr;
        ring_place at_{};
        std::uint64_t hash_ = 0; ///< Of the key that the walk goes by.
        std::uint32_t table_ = 0;
    };

    /// For tables.
    row_range(const index_base* index, void* first, std::uint32_t table) noexcept
        : index_(index), first_(first), table_(table) {}

    /// The first row.
    [[nodiscard]] iterator begin() const noexcept { return iterator(index_, first_, table_); }
    /// Behind the last one.
    [[nodiscard]] iterator end() const noexcept { return iterator(); }
    /// Whether there is no row.
    [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }

    /// Handles of all the rows, to change or erase while walking over them. Cost: one allocation or some.
    [[nodiscard]] std::vector<row<Row>> collect() const { return {begin(), end()}; }

private:
    const index_base* index_;
    void* first_;
    std::uint32_t table_;
};

/// Walks all rows of a table, in the order of their places in memory. Meanwhile rows may be changed, erased and
/// inserted: of the last some are met and some are not.
template <class Row> class table_iterator {
public:
    using value_type = row<Row>;
    using difference_type = std::ptrdiff_t;
    using reference = value_type;
    using pointer = void;
    using iterator_category = std::input_iterator_tag;

    table_iterator() = default;
    explicit table_iterator(const slot_store& slots) noexcept : slots_(&slots) {
        enter_next_chunk();
        settle();
    }

    row<Row> operator*() const noexcept { return row<Row>::at_hand(at_, slots_->mark()); }
    table_iterator& operator++() noexcept {
        ++at_;
        settle();
        return *this;
    }
    table_iterator operator++(int) noexcept {
        table_iterator before = *this;
        ++*this;
        return before;
    }
    friend bool operator==(const table_iterator& a, const table_iterator& b) noexcept { return a.at_ == b.at_; }

private:
    void enter_next_chunk() noexcept {
        const std::size_t done = chunk_ << slots_->chunk_shift();
        if (done >= slots_->used()) {
            at_ = end_ = nullptr;
            return;
        }
        const std::size_t left = slots_->used() - done;
        const std::size_t whole = std::size_t{1} << slots_->chunk_shift();
        at_ = reinterpret_cast<slot<Row>*>(slots_->chunk(chunk_++));
        end_ = at_ + (left < whole ? left : whole);
    }
    void settle() noexcept {
        while (at_ != nullptr) {
            for (; at_ != end_; ++at_)
                if (at_->header.alive()) return;
            enter_next_chunk();
        }
    }

    const slot_store* slots_ = nullptr;
    std::size_t chunk_ = 0;
    slot<Row>* at_ = nullptr;
    slot<Row>* end_ = nullptr;
};

} // namespace holdfast
