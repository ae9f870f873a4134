// SPDX-License-Identifier: MIT
/// @file
/// Which C++ types have a JSON form, and which form it is.
///
///     bool                                        true, false
///     integers, enums, durations, time points     a number: the value, the number, the count
///     float, double                               the shortest number that reads back; "NaN", "Infinity", "-Infinity"
///     std::string                                 a string; {"hex":"ff00"} when it is not UTF-8
///     vector, array, span of bytes                a string of hexadecimal digits
///     uuid                                        a string of 36 characters
///     std::optional                               null or the value; std::monostate is null
///     std::variant                                [index, value]
///     std::array, pair, tuple, lists, sets        an array
///     maps                                        an object when every key is UTF-8 text, else an array of [key, value]
///     a type with a holdfast::codec of its own    what its cell holds, a blob as hexadecimal digits
///     plain structs                               an object by field name
#pragma once

#include <holdfast/core/uuid.hpp>
#include <holdfast/reflect/codec.hpp>
#include <holdfast/reflect/name.hpp>

#include <array>
#include <concepts>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace holdfast::as_json {
namespace detail {

enum class kind : std::uint8_t {
    none,
    boolean,
    integer,
    real,
    enumeration,
    text,
    view, // text that can be written only
    uuid,
    bytes,
    duration,
    time_point,
    nothing,
    optional,
    variant,
    array,
    tuple,
    map,
    list,
    coded,
    object
};

template <class T> inline constexpr bool is_text = false;
template <class Traits, class Allocator>
inline constexpr bool is_text<std::basic_string<char, Traits, Allocator>> = true;
template <class T> inline constexpr bool is_optional = false;
template <class T> inline constexpr bool is_optional<std::optional<T>> = true;
template <class T> inline constexpr bool is_variant = false;
template <class... T> inline constexpr bool is_variant<std::variant<T...>> = true;
template <class T> inline constexpr bool is_array = false;
template <class T, std::size_t N> inline constexpr bool is_array<std::array<T, N>> = true;
template <class T> inline constexpr bool is_tuple = false;
template <class... T> inline constexpr bool is_tuple<std::tuple<T...>> = true;
template <class A, class B> inline constexpr bool is_tuple<std::pair<A, B>> = true;

template <class T>
concept duration_like = requires(const T& of) {
    typename T::rep;
    typename T::period;
    { of.count() } -> std::same_as<typename T::rep>;
    requires std::is_arithmetic_v<typename T::rep>;
};

/// Bytes that lie side by side.
template <class T>
concept byte_range = requires(const T& of) {
    typename T::value_type;
    requires holdfast::detail::byte_like<typename T::value_type>;
    { of.data() } -> std::convertible_to<const typename T::value_type*>;
    { of.size() } -> std::convertible_to<std::size_t>;
};

template <class T>
concept range = requires(const T& of) {
    typename T::value_type;
    of.begin() != of.end();
};
template <class T>
concept map_like = range<T> && requires(T& of, typename T::key_type key, typename T::mapped_type value) {
    of.emplace(std::move(key), std::move(value));
    of.clear();
};
template <class T>
concept grows_in_place = requires(T& of) {
    { of.emplace_back() } -> std::same_as<typename T::value_type&>;
};
template <class T>
concept grows_at_end = requires(T& of, typename T::value_type element) { of.push_back(std::move(element)); };
template <class T>
concept grows_inside = requires(T& of, typename T::value_type element) { of.insert(std::move(element)); };
template <class T>
concept list_like =
    range<T> && requires(T& of) { of.clear(); } && (grows_in_place<T> || grows_at_end<T> || grows_inside<T>);

/// Whether a container takes a key twice.
template <class Map> consteval bool takes_twice() {
    return !requires(Map& of, typename Map::key_type key, typename Map::mapped_type value) {
        of.emplace(std::move(key), std::move(value)).second;
    };
}

/// Wide strings would become arrays of numbers, which nobody means.
template <class T> inline constexpr bool is_other_text = false;
template <class Char, class Traits, class Allocator>
inline constexpr bool is_other_text<std::basic_string<Char, Traits, Allocator>> = !std::same_as<Char, char>;

template <class T> consteval kind kind_of_scalar() {
    if constexpr (std::same_as<T, bool>)
        return kind::boolean;
    else if constexpr (std::is_enum_v<T>)
        return kind::enumeration;
    else if constexpr (std::integral<T>)
        return sizeof(T) <= 8 ? kind::integer : kind::none;
    else if constexpr (std::same_as<T, float> || std::same_as<T, double>)
        return kind::real;
    else if constexpr (std::same_as<T, uuid>)
        return kind::uuid;
    else if constexpr (std::same_as<T, std::monostate>)
        return kind::nothing;
    else if constexpr (duration_like<T>)
        return kind::duration;
    else if constexpr (holdfast::detail::time_point_like<T> && stored_field<T>)
        return kind::time_point;
    else
        return kind::none;
}

template <class T> consteval kind kind_of() {
    if constexpr (constexpr kind scalar = kind_of_scalar<T>(); scalar != kind::none || !std::is_class_v<T>)
        return scalar;
    else if constexpr (is_text<T>)
        return kind::text;
    else if constexpr (std::same_as<T, std::string_view>)
        return kind::view;
    else if constexpr (byte_range<T>)
        return kind::bytes;
    else if constexpr (is_optional<T>)
        return kind::optional;
    else if constexpr (stored_field<T>)
        return kind::coded;
    else if constexpr (is_variant<T>)
        return kind::variant;
    else if constexpr (is_array<T>)
        return kind::array;
    else if constexpr (is_tuple<T>)
        return kind::tuple;
    else if constexpr (map_like<T>)
        return kind::map;
    else if constexpr (list_like<T> && !is_other_text<T>)
        return kind::list;
    else if constexpr (reflectable<T> && !range<T>)
        return kind::object;
    else
        return kind::none;
}

/// Whether null is one of the type's values.
template <class T> consteval bool may_be_null() {
    if constexpr (kind_of<T>() == kind::coded)
        return codec<T>::nullable;
    else
        return kind_of<T>() == kind::optional || kind_of<T>() == kind::nothing;
}

template <class... T> struct types {};
template <template <class...> class Of, class... T> types<T...> arguments_of(const Of<T...>*);

/// The types that a value of the type is made of.
template <class T> consteval auto parts_of() {
    constexpr kind is = kind_of<T>();
    if constexpr (is == kind::optional || is == kind::array || is == kind::list)
        return types<typename T::value_type>{};
    else if constexpr (is == kind::map)
        return types<typename T::key_type, typename T::mapped_type>{};
    else if constexpr (is == kind::variant || is == kind::tuple)
        return decltype(arguments_of(static_cast<const T*>(nullptr))){};
    else if constexpr (is == kind::object)
        return []<std::size_t... I>(std::index_sequence<I...>) {
            return types<field_type<T, I>...>{};
        }(std::make_index_sequence<field_count<T>>{});
    else
        return types<>{};
}

enum class direction : std::uint8_t { writing, reading };

/// Whether a value can be made and changed: its parts are made first and filled then.
template <class T> consteval bool can_be_filled() {
    if constexpr (std::is_const_v<T> || kind_of<T>() == kind::view)
        return false;
    else if constexpr (kind_of<T>() == kind::bytes)
        return std::is_default_constructible_v<T> && requires(T& into) { *into.data() = typename T::value_type{}; };
    else
        return std::is_default_constructible_v<T>;
}

template <direction Way, class T, class... Seen> consteval bool fits();

template <direction Way, class... Seen, class... Parts> consteval bool all_fit(types<Parts...>) {
    return (fits<Way, Parts, Seen...>() && ...);
}

/// Whether the type and all that it is made of have a form; a type inside itself (`Seen`) is asked once.
template <direction Way, class T, class... Seen> consteval bool fits() {
    using plain = std::remove_const_t<T>;
    if constexpr ((std::same_as<plain, Seen> || ...)) {
        return true;
    } else if constexpr (kind_of<plain>() == kind::none || (Way == direction::reading && !can_be_filled<T>())) {
        return false;
    } else {
        if constexpr (kind_of<plain>() == kind::optional)
            if (may_be_null<typename plain::value_type>()) return false;
        return all_fit<Way, plain, Seen...>(parts_of<plain>());
    }
}

} // namespace detail

/// Whether `write` takes the type.
template <class T>
concept writable = detail::fits<detail::direction::writing, T>();

/// Whether `read` takes the type: what is writable and can be made empty and then filled (not a view, not const).
template <class T>
concept readable = detail::fits<detail::direction::reading, T>();

} // namespace holdfast::as_json
