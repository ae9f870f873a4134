// SPDX-License-Identifier: MIT
/// @file
/// A struct as a list of columns: nested aggregates flattened with `_`, a struct of one field standing for
/// that field.
#pragma once

#include <holdfast/core/op.hpp>
#include <holdfast/reflect/name.hpp>
#include <holdfast/reflect/path.hpp>
#include <holdfast/reflect/type_ops.hpp>

#include <string>
#include <vector>

namespace holdfast {

/// One column of a row: where the field lies and what can be done with it.
struct column {
    std::string name;
    std::uint32_t offset = 0; ///< Bytes from the start of the row.
    const type_ops* ops = nullptr;

    [[nodiscard]] void* in(void* row) const noexcept { return static_cast<std::byte*>(row) + offset; }
    [[nodiscard]] const void* in(const void* row) const noexcept { return static_cast<const std::byte*>(row) + offset; }
    [[nodiscard]] cell get(const void* row) const noexcept { return ops->get(in(row)); }
};

/// What code that does not know a row's type needs to know of it.
struct row_info {
    std::vector<column> columns;
    std::size_t size = 0;
    std::size_t align = 0;
    void (*construct)(void* raw) = nullptr; ///< As `Row{}`: the member initializers.
    void (*destroy)(void* row) noexcept = nullptr;
    const void* initial = nullptr; ///< A row as its member initializers make it.
};

namespace detail {

template <class Field> consteval bool check_field();

/// Refuses a struct of which a field cannot be stored.
template <class Aggregate> consteval bool check_fields() {
    static_assert(!has_c_array<Aggregate>, "[holdfast] a C array cannot be stored: use std::array or std::string");
    static_assert(!has_base<Aggregate>,
                  "[holdfast] a row, or a struct in it, must not have a base class: make the base a member instead");
    static_assert(std::is_default_constructible_v<Aggregate>,
                  "[holdfast] a row, and a struct in it, must be default-constructible: give every member a default");
    if constexpr (reflectable<Aggregate>)
        return []<std::size_t... I>(std::index_sequence<I...>) {
            return (check_field<field_type<Aggregate, I>>() && ...);
        }(std::make_index_sequence<field_count<Aggregate>>{});
    else
        return false;
}

template <class Field> consteval bool check_field() {
    if constexpr (stored_field<Field>) {
        return true;
    } else if constexpr (std::is_class_v<Field> && std::is_aggregate_v<Field>) {
        return check_fields<Field>();
    } else if constexpr (std::is_array_v<Field>) { // of one element: has_c_array does not see it
        static_assert(!std::is_array_v<Field>, "[holdfast] a C array cannot be stored: use std::array or std::string");
        return false;
    } else {
        static_assert(std::is_class_v<Field> && std::is_aggregate_v<Field>,
                      "[holdfast] a field of this type cannot be stored: use one of the documented types, a plain "
                      "struct of them, or specialize holdfast::codec for it");
        return false;
    }
}

/// Refuses what cannot be a row, with a sentence, before anything less readable does; then false, and what
/// asks goes no further.
template <class Row> consteval bool check_row() {
    static_assert(std::is_aggregate_v<Row>,
                  "[holdfast] a row must be a plain struct: no constructors, no private members, "
                  "no virtual functions");
    if constexpr (std::is_aggregate_v<Row>)
        return check_fields<Row>();
    else
        return false;
}

/// The columns of a field; 1 of one that cannot be stored.
template <class Field> consteval std::size_t count_columns() {
    if constexpr (stored_field<Field> || !reflectable<Field>)
        return 1;
    else
        return []<std::size_t... I>(std::index_sequence<I...>) {
            return (std::size_t{0} + ... + count_columns<field_type<Field, I>>());
        }(std::make_index_sequence<field_count<Field>>{});
}

/// The columns before field `Index` of an aggregate.
template <class Aggregate> consteval std::size_t columns_before(std::size_t index) {
    if constexpr (!reflectable<Aggregate>)
        return index;
    else
        return [index]<std::size_t... I>(std::index_sequence<I...>) {
            return (std::size_t{0} + ... + (I < index ? count_columns<field_type<Aggregate, I>>() : 0));
        }(std::make_index_sequence<field_count<Aggregate>>{});
}

template <class Path> struct column_position;
template <auto Step> struct column_position<path<Step>> {
    using root = typename path<Step>::root;
    static constexpr std::size_t value = columns_before<root>(field_index<root, Step>());
};
template <auto Step, auto... Rest> struct column_position<path<Step, Rest...>> {
    static constexpr std::size_t value = column_position<path<Step>>::value + column_position<path<Rest...>>::value;
};

/// Neither a template nor inlined, as is the next: they are called for every column of every row type, and
/// 40 tables compile 3 s faster.
[[gnu::noinline]] inline void add_column(std::vector<column>& columns, const std::string& name, const void* field,
                                         const std::byte* row, const type_ops& ops) {
    columns.push_back({name, static_cast<std::uint32_t>(static_cast<const std::byte*>(field) - row), &ops});
}
[[gnu::noinline]] inline std::string nested_name(const std::string& outer, std::string_view inner, std::size_t fields) {
    return outer.empty() ? std::string(inner) : fields == 1 ? outer : outer + "_" + std::string(inner);
}

template <class Field>
[[gnu::noinline]] void add_columns(std::vector<column>& columns, const std::string& name, const Field& field,
                                   const std::byte* row) {
    if constexpr (stored_field<Field>) {
        add_column(columns, name, std::addressof(field), row, type_ops_of<Field>);
    } else {
        constexpr std::size_t count = field_count<Field>;
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (add_columns(columns, nested_name(name, field_name<Field, I>(), count), boost::pfr::get<I>(field), row),
             ...);
        }(std::make_index_sequence<count>{});
    }
}

} // namespace detail

/// The number of the first column of the field that `Path` names.
template <class Path> inline constexpr std::size_t first_column = detail::column_position<Path>::value;

/// How many columns the field that `Path` names takes: 1 unless it is a nested aggregate.
template <class Path> inline constexpr std::size_t path_columns = detail::count_columns<typename Path::field>();

/// How many columns a row of type `Row` has.
template <class Row> inline constexpr std::size_t row_columns = detail::count_columns<Row>();

/// The columns of `Row`, made at the first call. Threads: any.
template <class Row> [[nodiscard]] const row_info& row_info_of() {
    static_assert(row_columns<Row> <= max_columns, "[holdfast] a table has at most 255 columns");
    if constexpr (!detail::check_row<Row>()) {
        static const row_info refused;
        return refused;
    } else {
        static const Row initial{};
        static const row_info info = [] {
            row_info made;
            made.columns.reserve(row_columns<Row>);
            detail::add_columns(made.columns, std::string(), initial, reinterpret_cast<const std::byte*>(&initial));
            made.size = sizeof(Row);
            made.align = alignof(Row);
            made.construct = [](void* raw) { ::new (raw) Row{}; };
            made.destroy = [](void* row) noexcept { static_cast<Row*>(row)->~Row(); };
            made.initial = &initial;
            return made;
        }();
        return info;
    }
}

} // namespace holdfast
