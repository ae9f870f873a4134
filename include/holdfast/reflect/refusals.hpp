// SPDX-License-Identifier: MIT
/// @file
/// What a struct cannot be if it is to be a row: each refusal is a sentence that says what to do, said before
/// anything less readable is.
#pragma once

#include <holdfast/reflect/columns.hpp>

#include <string_view>

namespace holdfast {
namespace detail {

/// Columns that are not looked at: those of fields that an option takes care of.
struct no_exemptions {
    static consteval bool has(std::size_t) { return false; }
};

template <class Field> inline constexpr bool is_string_view = false;
template <class Char> inline constexpr bool is_string_view<std::basic_string_view<Char>> = true;

template <class Field>
concept smart_pointer = requires(const Field& field) {
    typename Field::element_type;
    field.get();
    *field;
};
template <class Field>
concept container_or_variant = requires(const Field& field) {
    field.begin();
    field.end();
} || requires(const Field& field) { field.valueless_by_exception(); };
template <class Field>
concept real_duration = requires(const Field& field) {
    typename Field::period;
    { field.count() } -> std::floating_point;
};

/// Has a "none" of its own, and one that is NaN.
template <class Field>
concept null_field = stored_field<Field> && codec<Field>::nullable;
template <class Field>
concept null_real = null_field<Field> && codec<Field>::stored_as == storage::real;

/// Refuses a type that no option can help. One sentence: what is asked first is what is said.
template <class Field> consteval bool check_type() {
    constexpr bool never = !std::is_same_v<Field, Field>;
    if constexpr (std::is_array_v<Field>)
        static_assert(never, "[holdfast] a C array cannot be stored: use std::array or std::string");
    else if constexpr (std::is_pointer_v<Field> || std::is_member_pointer_v<Field> || smart_pointer<Field>)
        static_assert(never, "[holdfast] a pointer cannot be stored: store the key of what it points to, or add "
                             "hf::transient<&row::field>, which keeps the field in memory only");
    else if constexpr (is_string_view<Field>)
        static_assert(never, "[holdfast] a string_view owns no text: use std::string");
    else if constexpr (std::is_union_v<Field>)
        static_assert(never, "[holdfast] a union cannot be stored: nobody knows which member holds the value. Use a "
                             "std::variant with hf::json<&row::field>");
    else if constexpr (std::is_same_v<Field, long double>)
        static_assert(never, "[holdfast] a long double cannot be stored: use double");
    else if constexpr (real_duration<Field>)
        static_assert(never, "[holdfast] a duration of floating-point ticks cannot be stored: use one of whole ticks, "
                             "as std::chrono::milliseconds");
    else if constexpr (container_or_variant<Field>)
        static_assert(never, "[holdfast] containers and variants are stored as JSON: add hf::json<&row::field> to the "
                             "table and include <holdfast/json.hpp>, or give each element a row in a table of its own");
    else if constexpr (time_point_like<Field>)
        static_assert(never, "[holdfast] a steady clock's time means nothing after a restart: store a system_clock "
                             "time point");
    else if constexpr (!is_optional<Field>)
        static_assert(never, "[holdfast] a field of this type cannot be stored: use one of the documented types or a "
                             "plain struct of them, specialize holdfast::conversion for it, or add "
                             "hf::json<&row::field> or hf::transient<&row::field> to the table");
    else if constexpr (null_real<typename Field::value_type>)
        static_assert(never, "[holdfast] an optional float cannot tell 'none' from NaN, which is stored as NULL: use a "
                             "plain float and NaN, or two fields");
    else if constexpr (is_optional<typename Field::value_type> || null_field<typename Field::value_type>)
        static_assert(never, "[holdfast] an optional of an optional cannot tell its two kinds of 'none' apart: use one "
                             "optional, or two fields");
    else if constexpr (std::is_class_v<typename Field::value_type> && std::is_aggregate_v<typename Field::value_type>)
        static_assert(never, "[holdfast] an optional struct cannot be stored in columns: add hf::json<&row::field> to "
                             "the table, or make its fields optionals");
    else
        return check_type<typename Field::value_type>();
    return false;
}

template <class Field, class Exempt, std::size_t Column> consteval bool check_field();

/// Refuses a struct of which a field cannot be stored. `Column` is the number of its first column, if anybody asks.
template <class Aggregate, class Exempt, std::size_t Column> consteval bool check_fields() {
    static_assert(!has_c_array<Aggregate>, "[holdfast] a C array cannot be stored: use std::array or std::string");
    static_assert(!has_base<Aggregate>,
                  "[holdfast] a row, or a struct in it, must not have a base class: make the base a member instead");
    static_assert(!holds_reference<Aggregate>, "[holdfast] a reference cannot be stored: store the key of what it "
                                               "refers to");
    static_assert(holds_reference<Aggregate> || std::is_default_constructible_v<Aggregate>,
                  "[holdfast] a row, and a struct in it, must be default-constructible: give every member a default");
    if constexpr (!reflectable<Aggregate>)
        return false;
    else
        return []<std::size_t... I>(std::index_sequence<I...>) {
            return (check_field < field_type<Aggregate, I>, Exempt,
                    std::is_same_v<Exempt, no_exemptions> ? 0 : Column + columns_before<Aggregate>(I) > () && ...);
        }(std::make_index_sequence<field_count<Aggregate>>{});
}

template <class Field, class Exempt, std::size_t Column> consteval bool check_field() {
    static_assert(!std::is_const_v<Field>, "[holdfast] a const member cannot change: leave the const away; a table "
                                           "gives const access to its rows anyhow");
    if constexpr (Exempt::has(Column) || stored_field<Field>)
        return true;
    else if constexpr (std::is_class_v<Field> && std::is_aggregate_v<Field>)
        return check_fields<Field, Exempt, Column>();
    else
        return check_type<Field>();
}

/// Refuses what cannot be a row; then false, and what asks goes no further.
template <class Row, class Exempt = no_exemptions> consteval bool check_row() {
    static_assert(std::is_aggregate_v<Row>,
                  "[holdfast] a row must be a plain struct: no constructors, no private members, "
                  "no virtual functions");
    static_assert(!std::is_union_v<Row>, "[holdfast] a row cannot be a union: nobody knows which member holds the "
                                         "value. Make it a struct");
    if constexpr (std::is_aggregate_v<Row> && std::is_class_v<Row>)
        return check_fields<Row, Exempt, 0>();
    else
        return false;
}

} // namespace detail
} // namespace holdfast
