// SPDX-License-Identifier: MIT
/// @file
/// What each option of a table means: for searches and changes as constants, for everything else as a description.
#pragma once

#include <holdfast/reflect/column_names.hpp>
#include <holdfast/reflect/enum_names.hpp>
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
    static constexpr bool refuses(std::size_t) { return false; }    ///< Can refuse a change of the column.
    static constexpr bool keeps(std::size_t) { return false; }      ///< Gives the column its values: nobody else does.
    static constexpr bool stamps(std::size_t) { return false; }     ///< The column changes with every other one.
    static constexpr bool touches(std::size_t) { return false; }    ///< A change of the column is more than a store.
    static constexpr bool unstored(std::size_t) { return false; }   ///< The column is not in the file, nor in the log.
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

// --- how fields are stored -------------------------------------------------------------------------------------

template <class Row, auto Member, fixed_string Name> struct option_of<Row, column_name<Member, Name>> : plain_option {
    static_assert(members_of_row<Row, Member>());
    static_assert(!Name.view().empty(), "[holdfast] column_name: the name is empty");
    static constexpr bool changes_columns = true;
    static consteval column_naming naming() {
        using path = path_of<Member>;
        return {only_column<Member>(), path_columns<path>, Name.view(), false, path::steps};
    }
};

/// An enum in a column of text.
template <class Enum> struct named_enum {
    static constexpr storage stored_as = storage::text;
    static constexpr bool nullable = false;
    static cell get(const Enum& field) {
        if (const std::string_view name = name_of_enum(field); !name.empty())
            return cell::of_bytes(cell_kind::text, name.data(), name.size());
        auto& digits = stored_form<Enum, std::array<char, 24>>();
        const auto number = static_cast<std::underlying_type_t<Enum>>(field);
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
        return cell::of_bytes(cell_kind::text, digits.data(), static_cast<std::size_t>(end - digits.data()));
    }
    static bool set(Enum& field, const cell& c) {
        if (!c.is_bytes()) return false;
        const std::string_view text = c.view();
        std::underlying_type_t<Enum> number{};
        if (const auto named = enum_of_name<Enum>(text))
            field = *named;
        else if (const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
                 end.ec == std::errc() && end.ptr == text.data() + text.size())
            field = static_cast<Enum>(number);
        else
            return false;
        return true;
    }
    static bool same(const Enum& a, const Enum& b) noexcept { return a == b; }
};
template <class Enum> struct named_enum<std::optional<Enum>> {
    using field = std::optional<Enum>;
    static constexpr storage stored_as = storage::text;
    static constexpr bool nullable = true;
    static cell get(const field& from) { return from ? named_enum<Enum>::get(*from) : cell(); }
    static bool set(field& to, const cell& c) {
        if (c.kind == cell_kind::null) {
            to.reset();
            return true;
        }
        return named_enum<Enum>::set(to.emplace(), c);
    }
    static bool same(const field& a, const field& b) noexcept { return a == b; }
};
template <class Field> struct enum_in {
    using type = Field;
};
template <class Enum> struct enum_in<std::optional<Enum>> {
    using type = Enum;
};

template <class Row, auto Member> struct option_of<Row, by_name<Member>> : plain_option {
    static_assert(members_of_row<Row, Member>());
    using field = typename path_of<Member>::field;
    using named = typename enum_in<field>::type;
    static_assert(std::is_enum_v<named>, "[holdfast] by_name: the field must be an enum, or an optional of one");
    static_assert(!std::is_enum_v<named> || fixed_enum<named>,
                  "[holdfast] by_name: give the enum an underlying type, as in enum class kind : int");
    static constexpr bool changes_columns = true;
    static constexpr bool touches(std::size_t column) { return column_in<Member>(column); }
    static void adapt(row_info& row) { row.columns[only_column<Member>()].ops = &operations<field, named_enum<field>>; }
};

template <class Row, auto Member> struct option_of<Row, transient<Member>> : plain_option {
    static_assert(members_of_row<Row, Member>());
    static constexpr bool changes_columns = true;
    static constexpr bool unstored(std::size_t column) { return column_in<Member>(column); }
    static constexpr bool takes_over(std::size_t column) { return column_in<Member>(column); }
    static void adapt(row_info& row) {
        for (std::size_t c = 0; c < path_columns<path_of<Member>>; ++c)
            row.columns[only_column<Member>() + c].stored = false;
    }
};

template <class Row, auto Member> struct time_option : plain_option {
    static_assert(members_of_row<Row, Member>());
    using field = typename path_of<Member>::field;
    static_assert(time_point_like<field>, "[holdfast] created_at, updated_at: the field must be a time point of "
                                          "std::chrono::system_clock");
    static constexpr bool keeps(std::size_t column) { return column_in<Member>(column); }
    static time_column describe_column() {
        return {only_column<Member>(), [](void* at, std::int64_t nanoseconds) {
                    using duration = typename field::duration;
                    using rep = typename duration::rep;
                    constexpr std::int64_t num = duration::period::num, den = duration::period::den;
                    const std::int64_t count = den >= 1'000'000'000 ? nanoseconds * (den / 1'000'000'000)
                                                                    : nanoseconds / (1'000'000'000 / den);
                    *static_cast<field*>(at) = field(duration(static_cast<rep>(count / num)));
                }};
    }
};
template <class Row, auto Member> struct option_of<Row, created_at<Member>> : time_option<Row, Member> {
    static void describe(table_description& table) { table.created_at = time_option<Row, Member>::describe_column(); }
};
template <class Row, auto Member> struct option_of<Row, updated_at<Member>> : time_option<Row, Member> {
    static constexpr bool stamps(std::size_t column) { return column_in<Member>(column); }
    static constexpr bool touches(std::size_t) { return true; }
    static void describe(table_description& table) { table.updated_at = time_option<Row, Member>::describe_column(); }
};

template <class Row> struct option_of<Row, read_only> : plain_option {
    static constexpr bool is_read_only = true;
    static void describe(table_description& table) { table.read_only = true; }
};

} // namespace detail
} // namespace holdfast
