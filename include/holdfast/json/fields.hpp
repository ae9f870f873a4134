// SPDX-License-Identifier: MIT
/// @file
/// The fields of a plain struct, one by one.
#pragma once

#include <holdfast/reflect/name.hpp>

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wundefined-var-template"
#pragma clang diagnostic ignored "-Wundefined-internal"
#endif

namespace holdfast::as_json::detail {

#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13

// g++ 12 crashes when Boost.PFR counts the fields of a struct that holds a std::array of texts; so our own count.
template <class T> inline constexpr std::size_t field_total = holdfast::detail::count_values<T>();

template <std::size_t I, class T> [[nodiscard]] constexpr auto& field(T& of) noexcept {
    using total = boost::pfr::detail::size_t_<field_total<std::remove_const_t<T>>>;
    return boost::pfr::detail::sequence_tuple::get<I>(boost::pfr::detail::tie_as_tuple(of, total{}));
}

template <class T, std::size_t I> [[nodiscard]] consteval std::string_view name_of_field() {
    using holdfast::detail::sample, holdfast::detail::pointer_holder;
    return holdfast::detail::last_identifier(
        holdfast::detail::signature<pointer_holder{std::addressof(field<I>(sample<T>.value))}>());
}

#else

template <class T> inline constexpr std::size_t field_total = field_count<T>;

template <std::size_t I, class T> [[nodiscard]] constexpr auto& field(T& of) noexcept { return boost::pfr::get<I>(of); }

template <class T, std::size_t I> [[nodiscard]] consteval std::string_view name_of_field() {
    return field_name<T, I>();
}

#endif

template <class T, std::size_t I> using type_of_field = std::remove_reference_t<decltype(field<I>(std::declval<T&>()))>;

template <class T>
inline constexpr std::array<std::string_view, field_total<T>> field_names =
    []<std::size_t... I>(std::index_sequence<I...>) {
        return std::array<std::string_view, field_total<T>>{name_of_field<T, I>()...};
    }(std::make_index_sequence<field_total<T>>{});

} // namespace holdfast::as_json::detail

#if defined(__clang__)
#pragma clang diagnostic pop
#endif
