// SPDX-License-Identifier: MIT
/// @file
/// Handles: a row found once and used many times, without hashing again.
#pragma once

#include <holdfast/config.hpp>
#include <holdfast/table/slots.hpp>

#include <compare>
#include <functional>

namespace holdfast {
namespace detail {
template <class, class...> class table_core;
} // namespace detail
template <class, class> class ordered_range;

/// A handle to a row of type `Row`: reads it, and names it to the table that changes it. Sixteen bytes,
/// copied freely. An empty handle is what a search that finds nothing gives.
///
/// Lifetime: as long as the table. Once the row is erased `alive()` is false, even when the place is used
/// again; reading through such a handle is a mistake that stops the program.
/// Threads: the one that edits.
template <class Row> class row {
public:
    row() = default;

    /// Whether the row is still there.
    [[nodiscard, gnu::always_inline]] bool alive() const noexcept {
        return slot_ != nullptr && slot_->header.generation == generation_;
    }
    /// See `alive`.
    [[nodiscard]] explicit operator bool() const noexcept { return alive(); }

    /// The row as it is now. Of a handle that is not `alive`: stops the program.
    [[nodiscard]] const Row& operator*() const noexcept { return live(); }
    /// The same.
    [[nodiscard, gnu::always_inline]] const Row* operator->() const noexcept { return &live(); }

    /// The row, or null when it is gone. Valid until the row is erased.
    [[nodiscard]] operator const Row*() const noexcept { return alive() ? &slot_->row : nullptr; }

    /// By place in memory: for sets and maps, not for people.
    friend std::strong_ordering operator<=>(const row& a, const row& b) noexcept {
        const auto place = std::compare_three_way{}(a.slot_, b.slot_);
        return place != 0 ? place : a.generation_ <=> b.generation_;
    }
    friend bool operator==(const row& a, const row& b) noexcept {
        return a.slot_ == b.slot_ && a.generation_ == b.generation_;
    }

private:
    template <class, class...> friend class table;
    template <class, class...> friend class detail::table_core;
    template <class> friend class row_range;
    template <class, class> friend class ordered_range;
    template <class> friend class table_iterator;

    /// `where` holds a row or is null; `table` is the mark of the slots that it belongs to.
    row(slot<Row>* where, std::uint32_t table) noexcept
        : slot_(where), generation_(where != nullptr ? where->header.generation : 0), table_(table) {}
    /// The same in a walk, in which the row at hand may have been erased: then it is a handle of the row that was there.
    [[nodiscard]] static row at_hand(slot<Row>* where, std::uint32_t table) noexcept {
        row made(where, table);
        if (where != nullptr && !where->header.alive()) --made.generation_;
        return made;
    }

    [[nodiscard, gnu::always_inline]] const Row& live() const noexcept {
        HOLDFAST_REQUIRE(alive(), "this row handle is empty or its row was erased: test alive() first");
        return slot_->row;
    }

    slot<Row>* slot_ = nullptr;
    std::uint32_t generation_ = 0; ///< Of the slot while it holds the row: odd, so that no empty slot has it.
    std::uint32_t table_ = 0;

    friend struct std::hash<row>;
};

} // namespace holdfast

/// @cond
template <class Row> struct std::hash<holdfast::row<Row>> {
    std::size_t operator()(const holdfast::row<Row>& of) const noexcept {
        return std::hash<const void*>{}(of.slot_) ^ of.generation_;
    }
};
/// @endcond
