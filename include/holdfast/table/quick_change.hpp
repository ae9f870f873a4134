// SPDX-License-Identifier: MIT
/// @file
/// Several fields of a row changed as one op, by code that knows the fields: the hot path of `update` and of a `set` of a
/// nested struct. What it writes is what `table_base::log_change` would.
#pragma once

#include <holdfast/core/op.hpp>
#include <holdfast/core/write_cursor.hpp>
#include <holdfast/reflect/columns.hpp>
#include <holdfast/reflect/type_ops.hpp>
#include <holdfast/table/stored_key.hpp>

#include <array>
#include <tuple>

namespace holdfast {
namespace detail {

/// Whether every field inside can be stored and swapped without failing.
template <class Field> consteval bool is_quick() {
    if constexpr (stored_field<Field>)
        return noexcept(codec<Field>::get(std::declval<const Field&>())) && std::is_nothrow_swappable_v<Field>;
    else if constexpr (reflectable<Field>)
        return []<std::size_t... I>(std::index_sequence<I...>) {
            return (is_quick<field_type<Field, I>>() && ...);
        }(std::make_index_sequence<field_count<Field>>{});
    else
        return false;
}

/// Calls `see(column, there, value)` for every column of a field, which begins with column `First`: what the row has and
/// what is to be there.
template <std::size_t First, class Field, class See> void for_each_column(Field& there, Field& value, See& see) {
    if constexpr (stored_field<Field>) {
        see(std::integral_constant<std::size_t, First>(), there, value);
    } else {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (for_each_column<First + columns_before<Field>(I)>(field_of<I>(there), field_of<I>(value), see), ...);
        }(std::make_index_sequence<field_count<Field>>{});
    }
}
template <class... Paths, class Row, class Tuple, class See> void for_each_column(Row& row, Tuple& values, See see) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        (for_each_column<first_column<Paths>>(Paths::in(row), std::get<I>(values), see), ...);
    }(std::index_sequence_for<Paths...>{});
}

/// Swaps the values that differ with the row's, and appends one op that says so.
///
/// @param numbers  `numbers(column)`: what the log calls it. Every column is stored.
/// Errors: throws std::bad_alloc when `log` has no room, and has changed nothing then.
template <class Key, class... Paths, class Row, class Tuple, class Numbers>
void change_and_log(Row& row, Tuple& values, write_cursor& log, std::uint16_t table, Numbers numbers) {
    constexpr std::size_t columns = (path_columns<Paths> + ...);
    std::array<bool, columns> differs;
    std::size_t seen = 0, count = 0, room = 0;
    std::uint8_t only = 0;
    for_each_column<Paths...>(row, values, [&](auto column, const auto& there, const auto& value) {
        const bool other = !same_field(there, value);
        differs[seen++] = other;
        if (!other) return;
        only = numbers(column);
        ++count;
        room += max_stored_bytes(codec<std::remove_cvref_t<decltype(value)>>::get(value));
    });
    if (count == 0) return;
    log.reserve(op_header_bytes + bytes::max_varint_bytes + count + Key::max_bytes(row) + room);
    std::byte* at = log.at;
    if (count == 1) {
        at = put_op_header(at, op_kind::set, only, table);
    } else {
        at = bytes::put_varint(put_op_header(at, op_kind::update, 0, table), count);
        seen = 0;
        for_each_column<Paths...>(row, values, [&](auto column, const auto&, const auto&) {
            if (differs[seen++]) at = bytes::put(at, numbers(column));
        });
    }
    at = Key::put(at, row);
    seen = 0;
    for_each_column<Paths...>(row, values, [&](auto, auto& there, auto& value) {
        if (!differs[seen++]) return;
        std::swap(there, value);
        at = put_cell(at, codec<std::remove_cvref_t<decltype(there)>>::get(there));
    });
    log.at = at;
}

} // namespace detail
} // namespace holdfast
