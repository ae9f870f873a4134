// SPDX-License-Identifier: MIT
/// @file
/// Structs of one field, such as ids of a type of their own: stored, compared and hashed as that field.
#pragma once

#include <holdfast/reflect/codec.hpp>
#include <holdfast/reflect/name.hpp>

namespace holdfast {
namespace detail {

/// `struct character_id { std::int64_t value = 0; };`: another type than every other id, one column in the file.
template <class Field> consteval bool is_one_field() {
    if constexpr (reflectable<Field> && !tuple_like<Field>) {
        if constexpr (count_values<Field>() == 1) // and not Boost.PFR's count, which fails for more types
            return stored_field<field_type<Field, 0>> && !std::is_const_v<field_type<Field, 0>>;
        else
            return false;
    } else {
        return false;
    }
}
template <class Field>
concept one_field = std::is_class_v<Field> && std::is_aggregate_v<Field> && !converted<Field> && is_one_field<Field>();

} // namespace detail

template <detail::one_field Field> struct codec<Field> {
    using only = codec<field_type<Field, 0>>;
    static constexpr storage stored_as = only::stored_as;
    static constexpr bool nullable = only::nullable;
    static cell get(const Field& field) noexcept(noexcept(only::get(field_of<0>(field)))) {
        return only::get(field_of<0>(field));
    }
    static bool set(Field& field, const cell& c) { return only::set(field_of<0>(field), c); }
};

} // namespace holdfast
