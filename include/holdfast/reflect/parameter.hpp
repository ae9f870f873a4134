// SPDX-License-Identifier: MIT
/// @file
/// How a setter takes a value.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>

namespace holdfast {
namespace detail {

/// A view where a copy would allocate, never deduced, so that a call that narrows is seen where it is made.
template <class Field> struct parameter {
    using type = std::conditional_t<std::is_trivially_copyable_v<Field> && sizeof(Field) <= 16, Field, const Field&>;
};
template <> struct parameter<std::string> {
    using type = std::string_view;
};
template <class Field> using parameter_t = typename parameter<Field>::type;

} // namespace detail
} // namespace holdfast
