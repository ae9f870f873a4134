// SPDX-License-Identifier: MIT
/// @file
/// Which columns a struct has, by number: nested aggregates flattened, a struct of one field standing for that
/// field.
#pragma once

#include <holdfast/reflect/path.hpp>
#include <holdfast/reflect/type_ops.hpp>

namespace holdfast {
namespace detail {

/// The columns of a field; 1 of one that cannot be taken apart.
template <class Field> consteval std::size_t count_columns() {
    if constexpr (stored_field<Field> || !reflectable<Field>)
        return 1;
    else
        return []<std::size_t... I>(std::index_sequence<I...>) {
            return (std::size_t{0} + ... + count_columns<field_type<Field, I>>());
        }(std::make_index_sequence<field_count<Field>>{});
}

/// The columns before field `Index` of an aggregate.
template <class Aggregate> consteval std::size_t columns_before(std::size_t index) {
    if constexpr (!reflectable<Aggregate>)
        return index;
    else
        return [index]<std::size_t... I>(std::index_sequence<I...>) {
            return (std::size_t{0} + ... + (I < index ? count_columns<field_type<Aggregate, I>>() : 0));
        }(std::make_index_sequence<field_count<Aggregate>>{});
}

template <class Path> struct column_position;
template <auto Step> struct column_position<path<Step>> {
    using root = typename path<Step>::root;
    static constexpr std::size_t value = columns_before<root>(field_index<root, Step>());
};
template <auto Step, auto... Rest> struct column_position<path<Step, Rest...>> {
    static constexpr std::size_t value = column_position<path<Step>>::value + column_position<path<Rest...>>::value;
};

} // namespace detail

/// The number of the first column of the field that `Path` names.
template <class Path> inline constexpr std::size_t first_column = detail::column_position<Path>::value;

/// How many columns the field that `Path` names takes: 1 unless it is a nested aggregate.
template <class Path> inline constexpr std::size_t path_columns = detail::count_columns<typename Path::field>();

/// How many columns a row of type `Row` has.
template <class Row> inline constexpr std::size_t row_columns = detail::count_columns<Row>();

} // namespace holdfast
