// SPDX-License-Identifier: MIT
/// @file
/// From a table's options to what a table is made of: its description and its indexes.
#pragma once

#include <holdfast/table/key_index.hpp>
#include <holdfast/table/key_set.hpp>
#include <holdfast/table/ordered_index.hpp>

#include <memory>
#include <tuple>

namespace holdfast {
namespace detail {

/// Makes an index of its kind of key: one function for each kind, whatever the table.
using index_making = std::unique_ptr<index_base> (*)(const slot_store& slots, const row_info& row,
                                                     const key_columns& key);
template <class Index> struct index_maker;
template <class... Fields>
[[nodiscard]] key_place<Fields...> place_of(const slot_store& slots, const row_info& row, const key_columns& key) {
    key_place<Fields...> place;
    for (std::size_t i = 0; i < key.count; ++i)
        place.offsets[i] = static_cast<std::uint32_t>(slots.row_offset()) + row.columns[key.columns[i]].offset;
    return place;
}
template <class... Fields> struct index_maker<key_index<Fields...>> {
    static std::unique_ptr<index_base> make(const slot_store& slots, const row_info& row, const key_columns& key) {
        const auto kind = key.role <= index_description::role::unique ? index_kind::unique : index_kind::multiple;
        return std::make_unique<key_index<Fields...>>(kind, slots, place_of<Fields...>(slots, row, key));
    }
};
template <class... Fields> struct index_maker<ordered_index<Fields...>> {
    static std::unique_ptr<index_base> make(const slot_store& slots, const row_info& row, const key_columns& key) {
        return std::make_unique<ordered_index<Fields...>>(place_of<Fields...>(slots, row, key));
    }
};

/// These two are no templates: called for every table, they keep compiling quick.
[[nodiscard, gnu::cold]] inline std::vector<std::unique_ptr<index_base>>
make_all(const slot_store& slots, const row_info& row, const key_columns* keys, const index_making* makers,
         std::size_t count) {
    std::vector<std::unique_ptr<index_base>> made;
    for (std::size_t i = 0; i < count; ++i) made.push_back(makers[i](slots, row, keys[i]));
    return made;
}
[[nodiscard, gnu::cold]] inline table_description describe_keys(const row_info& row, const key_columns* keys,
                                                                std::size_t count) {
    table_description made;
    made.row = &row;
    for (std::size_t i = 0; i < count; ++i) {
        index_description& one = made.indexes.emplace_back();
        one.is = keys[i].role;
        one.columns.assign(keys[i].columns.begin(), keys[i].columns.begin() + keys[i].count);
    }
    return made;
}

template <class Row, class... Options> struct table_parts {
    using keys = key_set<Row, Options...>;

    template <std::size_t Index> static consteval std::size_t option_that_made() {
        for (std::size_t o = 0; o < sizeof...(Options); ++o)
            if (keys::all.of_option[o] == Index) return o;
        return sizeof...(Options);
    }
    template <std::size_t Index>
    using option_at = std::tuple_element_t<option_that_made<Index>(), std::tuple<Options...>>;

    /// The type of a key's part: what stands in the row, and how it is compared.
    template <auto Member>
    using key_field = std::conditional_t<(option_of<Row, Options>::nocase(first_column<path_of<Member>>) || ...),
                                         nocase_key<typename path_of<Member>::field>, typename path_of<Member>::field>;

    /// The type of the table's index number `Index`.
    template <std::size_t Index, bool Ordered = keys::all.keys[Index].ordered()> struct index_of {
        using type = typename option_of<Row, option_at<Index>>::template with_fields<key_index, table_parts>;
    };
    template <std::size_t Index> struct index_of<Index, true> {
        using type = typename option_of<Row, option_at<Index>>::template with_fields<ordered_index, table_parts>;
    };
    template <std::size_t Index> using index_at = typename index_of<Index>::type;

    /// What a column is, by its options.
    static constexpr bool keeps([[maybe_unused]] std::size_t column) {
        return (option_of<Row, Options>::keeps(column) || ...);
    }
    static constexpr bool touches([[maybe_unused]] std::size_t column) {
        return (option_of<Row, Options>::touches(column) || ...);
    }
    static constexpr bool unstored([[maybe_unused]] std::size_t column) {
        return (option_of<Row, Options>::unstored(column) || ...);
    }
    static constexpr bool later([[maybe_unused]] std::size_t column) {
        return (option_of<Row, Options>::later(column) || ...);
    }
    static constexpr bool gives_id([[maybe_unused]] std::size_t column) {
        return ((option_of<Row, Options>::is_auto_id && option_of<Row, Options>::keeps(column)) || ...);
    }
    /// Columns that are part of another one, and columns that nobody but the table itself changes.
    static constexpr auto covered = [] {
        std::array<bool, row_columns<Row>> made{};
        for (std::size_t c = 0; c < made.size(); ++c) made[c] = (option_of<Row, Options>::covers(c) || ...);
        return made;
    }();
    static constexpr auto kept = [] {
        std::array<bool, row_columns<Row>> made{};
        for (std::size_t c = 0; c < made.size(); ++c) made[c] = (option_of<Row, Options>::keeps(c) || ...);
        return made;
    }();
    static constexpr bool is_read_only = (option_of<Row, Options>::is_read_only || ...);
    static constexpr bool has_deferred = (option_of<Row, Options>::is_deferred || ...);
    /// The number that the log has for a stored column.
    static constexpr std::uint8_t number_of(std::size_t column) {
        std::size_t number = column;
        for (std::size_t c = 0; c < column; ++c)
            if (unstored(c)) --number;
        return static_cast<std::uint8_t>(number);
    }
    struct exemptions {
        static constexpr bool has([[maybe_unused]] std::size_t column) {
            return (option_of<Row, Options>::takes_over(column) || ...);
        }
    };

    /// The rows' columns, as the options have them.
    static const row_info& row() {
        if constexpr ((option_of<Row, Options>::changes_columns || ...)) {
            static const row_info adapted = [] {
                constexpr std::array<column_naming, sizeof...(Options)> namings{option_of<Row, Options>::naming()...};
                row_info made = info_from(seed_of<Row>(), namings);
                (option_of<Row, Options>::adapt(made), ...);
                made.number();
                return made;
            }();
            return adapted;
        } else {
            return row_info_of<Row>();
        }
    }

    static table_description describe() {
        table_description made = describe_keys(row(), keys::all.keys.data(), keys::all.count);
        (option_of<Row, Options>::describe(made), ...);
        return made;
    }

    static std::vector<std::unique_ptr<index_base>> make_indexes(const slot_store& slots) {
        static constexpr auto makers = []<std::size_t... I>(std::index_sequence<I...>) {
            return std::array<index_making, keys::all.count>{&index_maker<index_at<I>>::make...};
        }(std::make_index_sequence<keys::all.count>{});
        return make_all(slots, row(), keys::all.keys.data(), makers.data(), makers.size());
    }
};

} // namespace detail
} // namespace holdfast
