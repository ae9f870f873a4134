// SPDX-License-Identifier: MIT
/// @file
/// What may stand for a key in a search: the field's own type and what converts to it without a cast.
#pragma once

#include <holdfast/table/key.hpp>

namespace holdfast {
namespace detail {

template <class T>
concept plain_integer = std::is_integral_v<T> && !std::is_same_v<T, bool>;

/// Integers go with integers (compared by value), an enum with itself, anything else with what converts.
template <class Field, class Part>
concept key_argument =
    (plain_integer<Field> && plain_integer<Part>) || std::is_same_v<Field, Part> ||
    (is_optional<Field> && std::is_integral_v<Part> && std::is_convertible_v<Part, Field> &&
     !std::is_same_v<Part, bool>) ||
    (!std::is_integral_v<Field> && !std::is_integral_v<Part> && !std::is_floating_point_v<Part> &&
     !std::is_pointer_v<Part> && std::is_convertible_v<const Part&, typename key_part<Field>::view>) ||
    (std::is_convertible_v<const Part&, std::string_view> &&
     std::is_same_v<typename key_part<Field>::view, std::string_view>) ||
    (is_optional<Field> &&
     (std::is_convertible_v<const Part&, typename key_part<Field>::view> && !std::is_arithmetic_v<Part>));

/// Whether the field could hold the value at all.
template <class Field, class Part> [[nodiscard]] constexpr bool key_fits(const Part& part) noexcept {
    if constexpr (plain_integer<Field> && plain_integer<Part>) {
        const auto as_field = static_cast<Field>(part);
        return static_cast<Part>(as_field) == part && (as_field < Field{}) == (part < Part{});
    } else if constexpr (is_optional<Field> && plain_integer<Part>) {
        return key_fits<typename Field::value_type>(part);
    } else {
        return true;
    }
}

template <class Field, class Part> [[nodiscard]] typename key_part<Field>::view key_view_of(const Part& part) noexcept {
    if constexpr (std::is_same_v<Part, Field>)
        return key_part<Field>::of(part);
    else
        return static_cast<typename key_part<Field>::view>(part);
}

} // namespace detail
} // namespace holdfast
