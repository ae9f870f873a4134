// SPDX-License-Identifier: MIT
/// @file
/// What each option of a table means: for searches and changes as constants, for everything else as a description.
#pragma once

#include <holdfast/reflect/column_names.hpp>
#include <holdfast/reflect/row_info.hpp>
#include <holdfast/table/options.hpp>

#include <array>
#include <concepts>
#include <tuple>

namespace holdfast {
namespace detail {

/// An index that a table has, as a constant: which columns, in order.
struct key_columns {
    index_description::role role = index_description::role::index;
    std::size_t count = 0;
    std::array<std::uint8_t, 8> columns{};

    constexpr bool same_columns(const key_columns& other) const noexcept {
        return count == other.count && columns == other.columns;
    }
    constexpr bool ordered() const noexcept { return role == index_description::role::ordered; }
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

/// An option that says nothing; others say what they say instead.
struct plain_option {
    static constexpr bool is_option = true;
    static constexpr bool is_key = false;
    static constexpr bool names_columns = true; ///< Else that was said.
    static constexpr bool is_real = false;      ///< A key with a float in it.
    static constexpr bool is_reference = false;
    static constexpr bool is_auto_id = false;
    static constexpr bool changes_columns = false; ///< `naming` or `adapt` does something.
    static constexpr bool is_deferred = false;
    static constexpr bool is_read_only = false;
    static constexpr bool refuses(std::size_t) { return false; }  ///< Can refuse a change of the column.
    static constexpr bool keeps(std::size_t) { return false; }    ///< Gives the column its values: nobody else does.
    static constexpr bool stamps(std::size_t) { return false; }   ///< The column changes with every other one.
    static constexpr bool touches(std::size_t) { return false; }  ///< A change of the column is more than a store.
    static constexpr bool unstored(std::size_t) { return false; } ///< The column is not in the file, nor in the log.
    static constexpr bool later(std::size_t) { return false; }    ///< Changes of the column are logged some time later.
    static constexpr bool takes_over(std::size_t) { return false; } ///< Its type need not be one that can be stored.
    static constexpr bool covers(std::size_t) { return false; }     ///< The column is part of the one before it.
    static constexpr bool in_json(std::size_t) { return false; }    ///< The column is JSON, or part of it.
    static constexpr bool nocase(std::size_t) { return false; }
    template <class Path> static constexpr bool hides() { return false; } ///< The field is inside such a column.
    static void describe(table_description&) {}
    static void adapt(row_info&) {}
    static consteval column_naming naming() { return {}; }
};

template <class Option> inline constexpr bool is_json = false;
template <auto Member> inline constexpr bool is_json<holdfast::json<Member>> = true;

/// What an option means. An unknown option is refused by name.
template <class Row, class Option> struct option_of : plain_option {
    static constexpr bool is_option = false;
    static constexpr bool takes_over(std::size_t) { return is_json<Option>; } // so that nothing else is said
    static_assert(!is_json<Option>, "[holdfast] hf::json needs #include <holdfast/json.hpp>");
    static_assert(is_json<Option>, "[holdfast] this is not an option of a table: see holdfast/table/options.hpp");
};

template <class Field> inline constexpr bool is_real_field = std::is_floating_point_v<Field>;
template <one_field Field> inline constexpr bool is_real_field<Field> = is_real_field<field_type<Field, 0>>;

template <auto Member> constexpr bool column_in(std::size_t column) {
    using path = path_of<Member>;
    return column >= first_column<path> && column < first_column<path> + path_columns<path>;
}

template <index_description::role Role, auto... Members> struct key_option : plain_option {
    static constexpr bool is_key = true;
    static constexpr bool names_columns = sizeof...(Members) > 0 && sizeof...(Members) <= 8 &&
                                          ((path_columns<path_of<Members>> == 1) && ...);
    static constexpr bool is_real = (is_real_field<typename path_of<Members>::field> || ...);
    static constexpr key_columns key = columns_of<Role, Members...>();
    /// Whether the key has this column and it cannot be empty.
    static constexpr bool needs(std::size_t column) {
        return ((column_in<Members>(column) && !is_optional<typename path_of<Members>::field>) || ...);
    }
    template <template <class...> class Use, class Table>
    using with_fields = Use<typename Table::template key_field<Members>...>;
};

/// Refuses members of other structs than `Row`; those of its base class are refused with the row.
template <class Row, class... Roots> consteval bool check_roots() {
    static_assert((std::same_as<Roots, Row> && ...) || has_base<Row>,
                  "[holdfast] an option names a member of another struct than the table's rows; one inside a nested "
                  "struct is hf::at<&row::nested, &nested::field>");
    return true;
}
template <class Row, auto... Members> consteval bool members_of_row() {
    return check_roots<Row, typename path_of<Members>::root...>();
}

/// A function and not a variable, as is everything here that depends on member pointers alone: g++ takes such variables
/// of structs in unnamed namespaces for the same in every file.
template <auto Member> consteval std::uint8_t only_column() {
    return static_cast<std::uint8_t>(first_column<path_of<Member>>);
}

// --- keys and indexes ------------------------------------------------------------------------------------------

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

template <class Row, auto... Members>
struct option_of<Row, ordered<Members...>> : key_option<index_description::role::ordered, Members...> {
    static_assert(members_of_row<Row, Members...>());
};

template <class Row, auto Member> struct option_of<Row, auto_id<Member>> : plain_option {
    static_assert(members_of_row<Row, Member>());
    using field = typename path_of<Member>::field;
    static constexpr bool is_number() {
        if constexpr (one_field<field>)
            return std::same_as<field_type<field, 0>, std::int64_t>;
        else
            return std::same_as<field, std::int64_t>;
    }
    static_assert(is_number(), "[holdfast] auto_id: the field must be a std::int64_t, or a struct of one");
    static constexpr bool is_auto_id = true;
    static constexpr bool keeps(std::size_t column) { return column_in<Member>(column); }
    static void describe(table_description& table) { table.auto_id = only_column<Member>(); }
};

template <class Field> inline constexpr bool is_text = std::same_as<Field, std::string>;
template <class Field> inline constexpr bool is_text<std::optional<Field>> = is_text<Field>;
template <one_field Field> inline constexpr bool is_text<Field> = is_text<field_type<Field, 0>>;

template <class Row, auto Member> struct option_of<Row, holdfast::nocase<Member>> : plain_option {
    static_assert(members_of_row<Row, Member>());
    static_assert(is_text<typename path_of<Member>::field>, "[holdfast] nocase: the field must be a std::string");
    static constexpr bool names_columns =
        is_text<typename path_of<Member>::field> && std::same_as<typename path_of<Member>::root, Row>;
    static constexpr bool changes_columns = true;
    static constexpr bool nocase(std::size_t column) { return column_in<Member>(column); }
    static void adapt(row_info& row) { row.columns[only_column<Member>()].nocase = true; }
};

// --- references ------------------------------------------------------------------------------------------------

/// The paths that one argument of `references` names: a field, or `hf::fields<...>`.
template <class Named> struct listed {
    static constexpr bool is_list = false;
};
template <auto... Members> struct listed<field_list<Members...>> {
    static constexpr bool is_list = true;
    template <template <auto...> class Use> using give = Use<Members...>;
};
template <auto Named, template <auto...> class Use> consteval auto give_members() {
    using list = listed<std::remove_cv_t<decltype(Named)>>;
    if constexpr (list::is_list)
        return std::type_identity<typename list::template give<Use>>{};
    else
        return std::type_identity<Use<Named>>{};
}
template <auto Named, template <auto...> class Use>
using members_of = typename decltype(give_members<Named, Use>())::type;

template <auto... Members> struct reference_end {
    static constexpr std::size_t count = sizeof...(Members);
    using root = typename std::tuple_element_t<0, std::tuple<path_of<Members>...>>::root;
    using types = std::tuple<typename path_of<Members>::field...>;
    static constexpr bool all_optional = (is_optional<typename path_of<Members>::field> && ...);
    static constexpr bool one_root = (std::same_as<typename path_of<Members>::root, root> && ...);
    template <class Row> static consteval bool of_row() { return members_of_row<Row, Members...>(); }
    using key = key_option<index_description::role::reference, Members...>;
    template <class Parent> static constexpr bool fits() {
        if constexpr (Parent::count != count)
            return false;
        else
            return []<std::size_t... I>(std::index_sequence<I...>) {
                return (same_or_optional<std::tuple_element_t<I, types>,
                                         std::tuple_element_t<I, typename Parent::types>>() &&
                        ...);
            }(std::make_index_sequence<count>{});
    }
    template <class Child, class Parent> static constexpr bool same_or_optional() {
        return std::same_as<Child, Parent> || std::same_as<Child, std::optional<Parent>>;
    }
    static consteval std::array<std::uint8_t, count> columns() { return {only_column<Members>()...}; }
};

template <class Row, auto Child, auto Parent, fixed_string Table, on_delete Action, checking When>
struct option_of<Row, references<Child, Parent, Table, Action, When>> : members_of<Child, reference_end>::key {
    using child = members_of<Child, reference_end>;
    using parent = members_of<Parent, reference_end>;
    static_assert(child::template of_row<Row>());
    static_assert(parent::one_root, "[holdfast] references: the parent's fields are members of one struct");
    static_assert(child::template fits<parent>(),
                  "[holdfast] references: the child field must have the type of the parent's field, or an optional of "
                  "it; a key of several fields is hf::fields<&row::a, &row::b> on both sides");
    static_assert(Action != on_delete::set_null || child::all_optional,
                  "[holdfast] references: on_delete::set_null needs an optional field, which can be empty");
    static constexpr bool is_deferred = When == checking::deferred;
    static constexpr bool is_reference = true;
    using parent_row = typename parent::root;
    static constexpr auto parent_table = Table;
    static consteval key_columns parent_key() { return parent::key::key; }

    static void describe(table_description& table) {
        constexpr auto columns = child::columns();
        constexpr auto parents = parent::columns();
        table.references.push_back({column_list(columns.begin(), columns.end()),
                                    std::string(Table.view()),
                                    column_list(parents.begin(), parents.end()),
                                    row_info_of<parent_row>().initial,
                                    {},
                                    Action,
                                    is_deferred});
    }
};

// --- checks ----------------------------------------------------------------------------------------------------

template <class Row, std::size_t Rows> struct option_of<Row, capacity<Rows>> : plain_option {
    static_assert(Rows > 0 && Rows < 0xffff'ffff, "[holdfast] capacity: between 1 and 2^32 - 2 rows");
    static void describe(table_description& table) { table.capacity = Rows; }
};

template <class Row, auto Member> struct limit_option : plain_option {
    static_assert(members_of_row<Row, Member>());
    static_assert(std::integral<typename path_of<Member>::field>,
                  "[holdfast] at_least, at_most: the field must be an integer");
    static_assert(!std::same_as<typename path_of<Member>::field, std::uint64_t>,
                  "[holdfast] at_least, at_most: not for std::uint64_t, whose upper half SQLite sees as negative "
                  "numbers");
    static constexpr bool refuses(std::size_t column) { return column_in<Member>(column); }
};

template <class Row, auto Member, std::int64_t Least>
struct option_of<Row, at_least<Member, Least>> : limit_option<Row, Member> {
    static void describe(table_description& table) {
        table.limits.push_back({only_column<Member>(), limit_description::bound::at_least, Least});
    }
};
template <class Row, auto Member, std::int64_t Most>
struct option_of<Row, at_most<Member, Most>> : limit_option<Row, Member> {
    static void describe(table_description& table) {
        table.limits.push_back({only_column<Member>(), limit_description::bound::at_most, Most});
    }
};

template <class Row, fixed_string Name, auto Function, auto... Members>
struct option_of<Row, check<Name, Function, Members...>> : plain_option {
    static_assert(members_of_row<Row, Members...>());
    using function = std::remove_cv_t<decltype(Function)>;
    static_assert(std::is_pointer_v<function>,
                  "[holdfast] check: name a function, free or a static member, as in hf::check<\"sane\", "
                  "&character::sane, &character::gold>: a lambda is another type in every translation unit");
    static_assert(sizeof...(Members) > 0 && sizeof...(Members) <= 8, "[holdfast] check: name one to eight fields");
    static_assert(((path_columns<path_of<Members>> == 1) && ...),
                  "[holdfast] check: name single fields; one inside a nested struct is hf::at<&row::nested, "
                  "&nested::field>");
    static_assert(!std::is_pointer_v<function> || sizeof...(Members) == 0 ||
                      std::is_invocable_r_v<bool, function, const typename path_of<Members>::field&...>,
                  "[holdfast] check: the function takes the fields that follow it, in their order, and returns a bool");
    static constexpr bool refuses(std::size_t column) { return (column_in<Members>(column) || ...); }
    static void describe(table_description& table) {
        table.checks.push_back({std::string(Name.view()), {only_column<Members>()...}, &holds});
    }

private:
    using fields_tuple = std::tuple<typename path_of<Members>::field...>;

    static bool holds(const void* const* field) { return call(field, std::make_index_sequence<sizeof...(Members)>{}); }
    template <std::size_t... I> static bool call(const void* const* field, std::index_sequence<I...>) {
        return static_cast<bool>(Function(*static_cast<const std::tuple_element_t<I, fields_tuple>*>(field[I])...));
    }
};

} // namespace detail
} // namespace holdfast

#include <holdfast/table/option_of_column.hpp>
