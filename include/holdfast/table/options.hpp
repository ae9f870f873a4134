// SPDX-License-Identifier: MIT
/// @file
/// What can be said of a table: `table<row, primary_key<&row::id>, unique<&row::name>, ...>`.
#pragma once

#include <holdfast/core/fixed_string.hpp>
#include <holdfast/reflect/row_info.hpp>
#include <holdfast/table/description.hpp>

#include <array>
#include <concepts>

namespace holdfast {

/// The field, or the fields together, by which a row is known. They never change. Every table has one.
template <auto... Members> struct primary_key {};

/// The field gets the next free number when a row is inserted with 0 in it. A number is never given out
/// twice, not even after its row was erased or the server was restarted; but in this version a process that
/// is killed takes the numbers with it that had not come to SQLite, and they can be given again. An insert
/// with another number keeps it.
template <auto Member> struct auto_id {};

/// No two rows have the same value (or the same values together). Rows with an empty optional in it may
/// be many.
template <auto... Members> struct unique {};

/// Rows are found by this field (or these together) with `where`.
template <auto... Members> struct index {};

/// `Child` holds the value of `Parent` in a row of the table `Table`, or "none" when it is an optional.
/// Implies an index on `Child`.
template <auto Child, auto Parent, fixed_string Table, on_delete Action = on_delete::restrict> struct references {};

/// At most this many rows; an insert beyond is refused with `errc::full`. Room for them is made at open.
template <std::size_t Rows> struct capacity {};

/// The field is never less than `Least`: a change to less is refused.
template <auto Member, std::int64_t Least> struct at_least {};

namespace detail {

/// An index that a table has, as a constant: which columns, in order.
struct key_columns {
    index_description::role role = index_description::role::index;
    std::size_t count = 0;
    std::array<std::uint8_t, 8> columns{};

    constexpr bool same_columns(const key_columns& other) const noexcept {
        return count == other.count && columns == other.columns;
    }
};

template <index_description::role Role, auto... Members> consteval key_columns columns_of() {
    static_assert(sizeof...(Members) > 0 && sizeof...(Members) <= 8,
                  "[holdfast] a key or index names one to eight fields");
    static_assert(((path_columns<path_of<Members>> == 1) && ...),
                  "[holdfast] a key or index names plain fields: for one inside a nested struct write "
                  "hf::at<&row::nested, &nested::field>");
    key_columns made{Role, sizeof...(Members), {}};
    std::size_t i = 0;
    ((made.columns[i++] = static_cast<std::uint8_t>(first_column<path_of<Members>>)), ...);
    return made;
}

/// What an option means. An unknown option is refused by name.
template <class Row, class Option> struct option_of {
    static_assert(sizeof(Option) == 0, "[holdfast] this is not an option of a table: see holdfast/table/options.hpp");
};

struct plain_option {
    static constexpr bool is_key = false;
    static void describe(table_description&) {}
};

template <index_description::role Role, auto... Members> struct key_option {
    static constexpr bool is_key = true;
    static constexpr key_columns key = columns_of<Role, Members...>();
    static void describe(table_description&) {}
    template <template <class...> class Use> using with_fields = Use<typename path_of<Members>::field...>;
};

template <class Row, auto... Members> consteval bool members_of_row() {
    static_assert((std::same_as<typename path_of<Members>::root, Row> && ...),
                  "[holdfast] an option names a member of another struct than the table's rows");
    return true;
}

template <class Row, auto... Members>
struct option_of<Row, primary_key<Members...>> : key_option<index_description::role::primary_key, Members...> {
    static_assert(members_of_row<Row, Members...>());
    static_assert((!is_optional<typename path_of<Members>::field> && ...),
                  "[holdfast] a primary key cannot be an optional");
};

template <class Row, auto... Members>
struct option_of<Row, unique<Members...>> : key_option<index_description::role::unique, Members...> {
    static_assert(members_of_row<Row, Members...>());
};

template <class Row, auto... Members>
struct option_of<Row, index<Members...>> : key_option<index_description::role::index, Members...> {
    static_assert(members_of_row<Row, Members...>());
};

template <class Row, auto Child, auto Parent, fixed_string Table, on_delete Action>
struct option_of<Row, references<Child, Parent, Table, Action>>
    : key_option<index_description::role::reference, Child> {
    static_assert(members_of_row<Row, Child>());
    using parent_row = typename path_of<Parent>::root;
    using child_field = typename path_of<Child>::field;
    using parent_field = typename path_of<Parent>::field;
    static_assert(
        std::same_as<child_field, parent_field> || std::same_as<child_field, std::optional<parent_field>>,
        "[holdfast] references: the child field must have the type of the parent's field, or an optional of it");
    static_assert(Action != on_delete::set_null || is_optional<child_field>,
                  "[holdfast] references: on_delete::set_null needs an optional field, which can be empty");

    static void describe(table_description& table) {
        const auto& parent = row_info_of<parent_row>();
        table.references.push_back({{static_cast<std::uint8_t>(first_column<path_of<Child>>)},
                                    std::string(Table.view()),
                                    {parent.columns[first_column<path_of<Parent>>].name},
                                    Action});
    }
};

template <class Row, auto Member> struct option_of<Row, auto_id<Member>> : plain_option {
    static_assert(members_of_row<Row, Member>());
    static_assert(std::same_as<typename path_of<Member>::field, std::int64_t>,
                  "[holdfast] auto_id: the field must be a std::int64_t");
    static void describe(table_description& table) {
        table.auto_id = static_cast<std::uint8_t>(first_column<path_of<Member>>);
    }
};

template <class Row, std::size_t Rows> struct option_of<Row, capacity<Rows>> : plain_option {
    static_assert(Rows > 0 && Rows < 0xffff'ffff, "[holdfast] capacity: between 1 and 2^32 - 2 rows");
    static void describe(table_description& table) { table.capacity = Rows; }
};

template <class Row, auto Member, std::int64_t Least> struct option_of<Row, at_least<Member, Least>> : plain_option {
    static_assert(members_of_row<Row, Member>());
    static_assert(std::integral<typename path_of<Member>::field>, "[holdfast] at_least: the field must be an integer");
    static_assert(!std::same_as<typename path_of<Member>::field, std::uint64_t>,
                  "[holdfast] at_least: not for std::uint64_t, whose upper half SQLite sees as negative numbers");
    static void describe(table_description& table) {
        table.limits.push_back({static_cast<std::uint8_t>(first_column<path_of<Member>>), Least});
    }
};

} // namespace detail
} // namespace holdfast
