// SPDX-License-Identifier: MIT
/// @file
/// Ranges of rows in order: from one value to another, in either direction.
#pragma once

#include <holdfast/table/key_argument.hpp>
#include <holdfast/table/ordered_index.hpp>
#include <holdfast/table/row.hpp>

#include <iterator>

namespace holdfast {

/// The rows of a table in the order of an ordered index; rows of one key in the order in which they came to have it
/// (after a rollback or a restart in another).
///
/// A bound names the index's fields from the first on, as many as it likes: of `ordered<&score::season, &score::points>`
/// `at(3)` are the rows of season 3, `at(3).descending()` the same with the best first.
///
/// Rows that are erased, or whose field changes, after the range was made stop the program at its next use: gather the
/// handles by `collect` first.
template <class Row, class Index> class ordered_range;

/// That of an ordered index over fields of these types.
template <class Row, class... Fields> class ordered_range<Row, ordered_index<Fields...>> {
    using index_type = ordered_index<Fields...>;
    using node = detail::order_node;

public:
    /// What `table::ordered_by` gives: all rows.
    ordered_range(const index_type& index, std::uint32_t table) noexcept
        : index_(&index), first_(index.first()), end_(index.end()), departures_(index.departures()), table_(table) {}

    /// Rows that are this or more.
    template <class... Parts> [[nodiscard]] ordered_range from(const Parts&... parts) const noexcept {
        return starting(bound(false, parts...));
    }
    /// Rows that are more than this.
    template <class... Parts> [[nodiscard]] ordered_range above(const Parts&... parts) const noexcept {
        return starting(bound(true, parts...));
    }
    /// Rows that are this or less.
    template <class... Parts> [[nodiscard]] ordered_range up_to(const Parts&... parts) const noexcept {
        return ending(bound(true, parts...));
    }
    /// Rows that are less than this.
    template <class... Parts> [[nodiscard]] ordered_range below(const Parts&... parts) const noexcept {
        return ending(bound(false, parts...));
    }
    /// Rows whose leading fields are these.
    template <class... Parts> [[nodiscard]] ordered_range at(const Parts&... parts) const noexcept {
        return from(parts...).up_to(parts...);
    }
    /// The same rows, the last one first.
    [[nodiscard]] ordered_range descending() const noexcept {
        ordered_range turned = *this;
        turned.backwards_ = !backwards_;
        return turned;
    }

    class iterator {
    public:
        using value_type = row<Row>;
        using difference_type = std::ptrdiff_t;
        using reference = value_type;
        using pointer = void;
        using iterator_category = std::input_iterator_tag;

        iterator() = default;

        row<Row> operator*() const noexcept { return row<Row>::at_hand(static_cast<slot<Row>*>(at_->slot), table_); }
        iterator& operator++() noexcept {
            require_same(*index_, departures_);
            if (at_ == last_)
                at_ = nullptr;
            else
                at_ = backwards_ ? index_->before(at_) : index_->after(at_);
            return *this;
        }
        iterator operator++(int) noexcept {
            iterator before = *this;
            ++*this;
            return before;
        }
        friend bool operator==(const iterator& a, const iterator& b) noexcept { return a.at_ == b.at_; }

    private:
        friend class ordered_range;
        iterator(const ordered_range& range, const node* at, const node* last) noexcept
            : index_(range.index_), at_(at), last_(last), departures_(range.departures_), table_(range.table_),
              backwards_(range.backwards_) {}

        const index_type* index_ = nullptr;
        const node* at_ = nullptr;
        const node* last_ = nullptr;
        std::uint64_t departures_ = 0;
        std::uint32_t table_ = 0;
        bool backwards_ = false;
    };

    /// The first row in the order, or the last one of a range that descends.
    [[nodiscard]] iterator begin() const noexcept {
        if (empty()) return {};
        const node* last = index_->before(end_);
        return backwards_ ? iterator(*this, last, first_) : iterator(*this, first_, last);
    }
    /// Behind the last one.
    [[nodiscard]] iterator end() const noexcept { return {}; }
    /// Whether no row is in it.
    [[nodiscard]] bool empty() const noexcept {
        require_same(*index_, departures_);
        if (first_ == index_->end() || first_ == end_ || index_->first() == end_) return true;
        const node* last = index_->before(end_); // bounds may have crossed
        return first_ != last && index_->less(last, first_);
    }
    /// Handles of all the rows, to change or erase while walking over them. Cost: one allocation or some.
    [[nodiscard]] std::vector<row<Row>> collect() const { return {begin(), end()}; }

private:
    static void require_same(const index_type& index, std::uint64_t departures) noexcept {
        HOLDFAST_REQUIRE(index.departures() == departures,
                         "a row was erased, or the field of the order changed, since ordered_by(): walk over "
                         "ordered_by(...).collect()");
    }
    template <class... Parts> [[nodiscard]] const node* bound(bool above, const Parts&... parts) const noexcept {
        static_assert(sizeof...(Parts) >= 1 && sizeof...(Parts) <= sizeof...(Fields),
                      "[holdfast] a bound names the fields of the ordered index from the first on");
        require_same(*index_, departures_);
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            static_assert((detail::key_argument<typename detail::index_part<nth<I>>::field, Parts> && ...),
                          "[holdfast] this value cannot be a bound: pass the field's type");
            std::size_t count = sizeof...(Parts);
            const std::tuple<typename key_part<nth<I>>::view...> views{part_of<I>(parts, count, above)...};
            return index_->from(above, count, views);
        }(std::index_sequence_for<Parts...>{});
    }
    template <std::size_t I> using nth = std::tuple_element_t<I, std::tuple<Fields...>>;

    /// A number that the field cannot hold is beyond its last one, or before its first: what follows counts no more.
    template <std::size_t I, class Part>
    [[nodiscard]] static auto part_of(const Part& part, std::size_t& count, bool& above) noexcept {
        using of = detail::index_part<nth<I>>;
        if constexpr (detail::plain_integer<Part>)
            if (I < count && !detail::key_fits<typename of::field>(part)) {
                count = I + 1;
                above = part > Part{};
                return of::of(detail::nearest_key<typename of::field>(part));
            }
        return of::of(part);
    }

    [[nodiscard]] ordered_range starting(const node* at) const noexcept {
        ordered_range made = *this;
        if (first_ == index_->end() || (at != index_->end() && !index_->less(first_, at))) return made;
        made.first_ = at;
        return made;
    }
    [[nodiscard]] ordered_range ending(const node* at) const noexcept {
        ordered_range made = *this;
        if (at != index_->end() && (end_ == index_->end() || index_->less(at, end_))) made.end_ = at;
        return made;
    }

    const index_type* index_;
    const node* first_;
    const node* end_;
    std::uint64_t departures_;
    std::uint32_t table_;
    bool backwards_ = false;
};

} // namespace holdfast
