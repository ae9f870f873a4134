// SPDX-License-Identifier: MIT
/// @file
/// From a table's options to what a table is made of: its description and its indexes.
#pragma once

#include <holdfast/table/key_index.hpp>
#include <holdfast/table/key_set.hpp>

#include <memory>
#include <tuple>

namespace holdfast {
namespace detail {

template <class Row, class... Options> struct table_parts {
    using keys = key_set<Row, Options...>;

    template <std::size_t Index> static consteval std::size_t option_that_made() {
        for (std::size_t o = 0; o < sizeof...(Options); ++o)
            if (keys::all.of_option[o] == Index) return o;
        return sizeof...(Options);
    }
    template <std::size_t Index>
    using option_at = std::tuple_element_t<option_that_made<Index>(), std::tuple<Options...>>;
    using primary_key_option = option_at<0>;

    /// The type of the table's index number `Index`.
    template <std::size_t Index>
    using index_at = typename option_of<Row, option_at<Index>>::template with_fields<key_index>;

    static table_description describe() {
        table_description made;
        made.row = &row_info_of<Row>();
        for (std::size_t i = 0; i < keys::all.count; ++i) {
            const auto& key = keys::all.keys[i];
            made.indexes.push_back({key.role, column_list(key.columns.begin(), key.columns.begin() + key.count)});
        }
        (option_of<Row, Options>::describe(made), ...);
        return made;
    }

    static std::vector<std::unique_ptr<index_base>> make_indexes(const slot_store& slots) {
        std::vector<std::unique_ptr<index_base>> made;
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (made.push_back(make_index(slots, keys::all.keys[I], static_cast<index_at<I>*>(nullptr))), ...);
        }(std::make_index_sequence<keys::all.count>{});
        return made;
    }

private:
    template <class... Fields>
    static std::unique_ptr<index_base> make_index(const slot_store& slots, const key_columns& key,
                                                  key_index<Fields...>*) {
        key_place<Fields...> place;
        for (std::size_t i = 0; i < key.count; ++i)
            place.offsets[i] =
                static_cast<std::uint32_t>(slots.row_offset()) + row_info_of<Row>().columns[key.columns[i]].offset;
        const auto kind = key.role <= index_description::role::unique ? index_kind::unique : index_kind::multiple;
        return std::make_unique<key_index<Fields...>>(kind, slots, place);
    }
};

} // namespace detail
} // namespace holdfast
