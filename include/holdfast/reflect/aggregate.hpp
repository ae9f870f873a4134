// SPDX-License-Identifier: MIT
/// @file
/// Which aggregates can be taken apart into fields: asked before Boost.PFR is, whose errors speak of itself.
#pragma once

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace holdfast {
namespace detail {

template <class T> struct base_probe {
    template <class Base>
        requires(std::is_base_of_v<Base, T> && !std::is_same_v<Base, T>)
    operator Base() const;
};
template <class T>
concept has_base = std::is_aggregate_v<T> && requires { T{base_probe<T>{}}; };

/// Stands for a value of any type; never made. The body is for clang, which wants one where an optional holds a
/// type of an unnamed namespace.
struct any_value {
    std::size_t which;
    template <class Any> operator Any() const { __builtin_unreachable(); }
};

/// What an aggregate can be initialized with: values, then (for the last two) `{}` once or eight times, then
/// values. A C array takes as many values as it has elements, but a single `{}`.
template <class T, class Before, class After = std::index_sequence<>> struct taken;
template <class T, std::size_t... Before, std::size_t... After>
struct taken<T, std::index_sequence<Before...>, std::index_sequence<After...>> {
    static consteval bool values() {
        return requires { T{any_value{Before}...}; };
    }
    static consteval bool one() {
        return requires { T{any_value{Before}..., {}, any_value{After}...}; };
    }
    static consteval bool eight() {
        return requires { T{any_value{Before}..., {}, {}, {}, {}, {}, {}, {}, {}, any_value{After}...}; };
    }
};
template <class T, std::size_t Before, std::size_t After = 0>
using taken_by = taken<T, std::make_index_sequence<Before>, std::make_index_sequence<After>>;

/// How many values the aggregate takes: `Most`, if it takes so many, else fewer than `TooMany`.
template <class T, std::size_t Most = 0, std::size_t TooMany = 0> consteval std::size_t count_values() {
    if constexpr (TooMany == 0) { // as many as twice the last guess?
        constexpr std::size_t guess = Most == 0 ? 8 : 2 * Most;
        if constexpr (taken_by<T, guess>::values())
            return count_values<T, guess>();
        else
            return count_values<T, Most, guess>();
    } else if constexpr (TooMany - Most == 1) {
        return Most;
    } else {
        constexpr std::size_t guess = Most + (TooMany - Most) / 2;
        if constexpr (taken_by<T, guess>::values())
            return count_values<T, guess, TooMany>();
        else
            return count_values<T, Most, guess>();
    }
}

/// Whether the eight values at `At`, or the last eight, are taken as a `{}` each.
template <class T, std::size_t Values, std::size_t At> consteval bool eight_from() {
    if constexpr (Values < 8) {
        return false;
    } else {
        constexpr std::size_t from = At + 8 <= Values ? At : Values - 8;
        return taken_by<T, from, Values - 8 - from>::eight();
    }
}

/// Whether a C array stands among the values from `At` on.
template <class T, std::size_t Values, std::size_t At = 0> consteval bool array_from() {
    if constexpr (At >= Values) {
        return false;
    } else if constexpr (eight_from<T, Values, At>()) {
        return array_from<T, Values, At + 8>();
    } else if constexpr (taken_by<T, At, Values - At - 1>::one()) {
        return array_from<T, Values, At + 1>();
    } else if constexpr (taken_by<T, At>::one()) {
        return true; // there a `{}` is more than one value
    } else {
        return array_from<T, Values, At + 1>(); // there is no `{}`: no default constructor
    }
}

template <class T>
concept tuple_like = requires { std::tuple_size<T>::value; };

/// Whether a member is a C array (of two elements or more: one of one element looks like a plain member).
template <class T>
concept has_c_array = std::is_aggregate_v<T> && !tuple_like<T> && array_from<T, count_values<T>()>();

/// Stands for an object of any type that something refers to.
struct any_object {
    template <class Any> operator Any&() const { __builtin_unreachable(); }
};
template <class T, class Before> inline constexpr bool takes_object = false;
template <class T, std::size_t... Before>
inline constexpr bool takes_object<T, std::index_sequence<Before...>> = requires {
    T{any_value{Before}..., any_object{}};
};

/// Whether a member is a reference that could be changed through: no value initializes it, an object does.
template <class T>
concept holds_reference =
    std::is_aggregate_v<T> && !tuple_like<T> && takes_object<T, std::make_index_sequence<count_values<T>()>>;

} // namespace detail

/// Whether the type can be taken apart into its fields.
template <class T>
concept reflectable = std::is_class_v<T> && std::is_aggregate_v<T> && std::is_default_constructible_v<T> &&
                      !detail::has_base<T> && !detail::has_c_array<T> && !detail::holds_reference<T>;

} // namespace holdfast
