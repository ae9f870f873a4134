// SPDX-License-Identifier: MIT
/// @file
/// Member paths: how options and setters name a field, nested ones included.
#pragma once

#include <cstddef>
#include <type_traits>

namespace holdfast {

template <class Pointer> struct member_of;
template <class Class, class Field> struct member_of<Field Class::*> {
    using root = Class;
    using field = Field;
};

/// A chain of member pointers, each a member of the one before: `path<&character::pos, &position::x>`.
template <auto... Steps> struct path;

template <auto Step> struct path<Step> {
    using root = typename member_of<decltype(Step)>::root;
    using field = typename member_of<decltype(Step)>::field;
    static constexpr std::size_t steps = 1;
    template <class Row> [[nodiscard]] static constexpr auto& in(Row& row) noexcept { return row.*Step; }
};

template <auto Step, auto Next, auto... Rest> struct path<Step, Next, Rest...> {
    using root = typename member_of<decltype(Step)>::root;
    static_assert(std::is_same_v<typename member_of<decltype(Step)>::field, typename member_of<decltype(Next)>::root>,
                  "[holdfast] path: each step must be a member of the step before it, as in "
                  "<&character::pos, &position::x>");
    using field = typename path<Next, Rest...>::field;
    static constexpr std::size_t steps = 1 + path<Next, Rest...>::steps;
    template <class Row> [[nodiscard]] static constexpr auto& in(Row& row) noexcept {
        return path<Next, Rest...>::in(row.*Step);
    }
};

/// A nested path as one template argument: `hf::index<hf::at<&character::pos, &position::x>>`.
template <auto... Steps> inline constexpr path<Steps...> at{};

template <auto Named, bool IsPointer = std::is_member_object_pointer_v<decltype(Named)>> struct path_for {
    using type = path<Named>;
};
template <auto Named> struct path_for<Named, false> {
    using type = std::remove_cv_t<decltype(Named)>;
};

/// The path that an option's argument names: a member pointer or `hf::at<...>`.
template <auto Named> using path_of = typename path_for<Named>::type;

template <auto... Steps> struct path_through_steps {
    using type = path<Steps...>;
};
template <auto Only> struct path_through_steps<Only> : path_for<Only> {};

/// The path that a setter's arguments name: its steps one by one, or `hf::at<...>` of them.
template <auto... Steps> using path_through = typename path_through_steps<Steps...>::type;

} // namespace holdfast
