// SPDX-License-Identifier: MIT
/// @file
/// What may stand for a key in a search: the field's own type and what converts to it without a cast.
#pragma once

#include <holdfast/core/describe.hpp>
#include <holdfast/core/error.hpp>
#include <holdfast/table/description.hpp>
#include <holdfast/table/nocase_key.hpp>

#include <initializer_list>
#include <limits>

namespace holdfast {
namespace detail {

template <class T>
concept plain_integer = std::is_integral_v<T> && !std::is_same_v<T, bool>;

/// Integers go with integers (compared by value), an enum with itself, anything else with what converts.
template <class Field, class Part>
concept key_argument =
    (plain_integer<Field> && plain_integer<Part>) || std::is_same_v<Field, Part> ||
    std::is_same_v<Field, std::optional<Part>> ||
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

/// The number that is nearest to one that the field cannot hold.
template <class Field, class Part> [[nodiscard]] constexpr auto nearest_key(const Part& part) noexcept {
    if constexpr (is_optional<Field>)
        return nearest_key<typename Field::value_type>(part);
    else
        return part < Part{} ? std::numeric_limits<Field>::min() : std::numeric_limits<Field>::max();
}

template <class Field, class Part> [[nodiscard]] typename key_part<Field>::view key_view_of(const Part& part) noexcept {
    if constexpr (std::is_same_v<Part, Field>)
        return key_part<Field>::of(part);
    else if constexpr (std::is_same_v<std::optional<Part>, Field>)
        return typename key_part<Field>::view(key_part<Part>::of(part));
    else
        return static_cast<typename key_part<Field>::view>(part);
}

/// A part of an index's key: its field, and the view of what is searched for.
template <class Part> struct index_part {
    using field = Part;
    template <class Value> static typename key_part<Part>::view of(const Value& value) noexcept {
        return key_view_of<Part>(value);
    }
};
template <class Field> struct index_part<nocase_key<Field>> {
    using field = Field;
    template <class Value> static typename key_part<nocase_key<Field>>::view of(const Value& value) noexcept {
        return without_case(key_view_of<Field>(value));
    }
};

/// A part of a key that was searched for, as a message shows it.
template <class Part> [[nodiscard]] cell key_cell(const Part& part) {
    if constexpr (stored_field<Part>) {
        return codec<Part>::get(part);
    } else if constexpr (std::is_convertible_v<const Part&, std::string_view>) {
        const std::string_view text = part;
        return cell::of_bytes(cell_kind::text, text.data(), text.size());
    } else {
        return cell::of_bytes(cell_kind::text, "?", 1);
    }
}

/// "characters[id=77] is not there"
[[nodiscard, gnu::cold, gnu::noinline]] inline error not_there(const table_description& table,
                                                               std::initializer_list<cell> key) {
    std::string text;
    const cell* part = key.begin();
    for (const std::uint8_t column : table.primary_key())
        text += (text.empty() ? "[" : ", ") + table.column_name(column) + "=" + describe_cell(*part++);
    return {errc::not_found, table.name + text + "] is not there"};
}

/// See `hf::key`.
template <class... Parts> struct key_of_parts {
    std::tuple<Parts...> parts;
};
template <class Part> inline constexpr bool is_key_of_parts = false;
template <class... Parts> inline constexpr bool is_key_of_parts<key_of_parts<Parts...>> = true;

} // namespace detail

/// A key of several fields as one value, for the changes that take a key: `set<&member::rank>(hf::key(guild, hero), 3)`.
/// Lifetime: texts are views.
template <class... Parts> [[nodiscard]] auto key(const Parts&... parts) noexcept {
    return detail::key_of_parts<
        std::conditional_t<std::is_convertible_v<const Parts&, std::string_view>, std::string_view, Parts>...>{
        {parts...}};
}

} // namespace holdfast
