// SPDX-License-Identifier: MIT
/// @file
/// What a world of tables cannot be, found while compiling: references that lead to no key, two tables of one name.
#pragma once

#include <holdfast/reflect/column_names.hpp>
#include <holdfast/table/append_only.hpp>
#include <holdfast/table/table.hpp>

namespace holdfast {
namespace detail {

template <class T> inline constexpr bool is_table = false;
template <class Row, class... Options> inline constexpr bool is_table<table<Row, Options...>> = true;
template <class Row, class... Options> inline constexpr bool is_table<append_only<Row, Options...>> = true;

/// The untyped side of a table, for the rooms below.
struct table_access {
    template <class Table> [[nodiscard]] static table_base& base(Table& of) noexcept { return of; }
    template <class Table> static constexpr bool has_deferred = Table::has_deferred;
    template <class Table> static constexpr bool is_read_only = Table::is_read_only;
    template <class Table> static constexpr bool is_sound = Table::is_sound;
};

template <class Row> inline constexpr char row_tag = 0; ///< Its address tells row types apart.

/// What other tables need to know of a table, as constants.
struct reference_facts {
    std::string_view table;
    const void* row = nullptr;
    key_columns child;
    key_columns parent;
};
struct table_facts {
    std::string_view name;
    const void* row = nullptr;
    const key_columns* keys = nullptr;
    std::size_t key_count = 0;
    const reference_facts* references = nullptr;
    std::size_t reference_count = 0;
    bool (*nocase)(std::size_t column) = nullptr;
    bool (*unstored)(std::size_t column) = nullptr;

    [[nodiscard]] constexpr bool has_unique(const key_columns& wanted) const {
        for (std::size_t i = 0; i < key_count; ++i)
            if (keys[i].same_columns(wanted) && keys[i].role <= index_description::role::unique) return true;
        return false;
    }
};

template <class Table> struct facts_of;
template <class Row, class... Options> struct facts_of<table<Row, Options...>> {
    static constexpr std::size_t count = (std::size_t{0} + ... + (option_of<Row, Options>::is_reference ? 1 : 0));
    static constexpr std::array<reference_facts, count> references = [] {
        std::array<reference_facts, count> made{};
        [[maybe_unused]] std::size_t next = 0;
        [[maybe_unused]] const auto add = [&]<class Option>() {
            if constexpr (Option::is_reference)
                made[next++] = {Option::parent_table.view(), &row_tag<typename Option::parent_row>, Option::key,
                                Option::parent_key()};
        };
        (add.template operator()<option_of<Row, Options>>(), ...);
        return made;
    }();
    static constexpr bool nocase(std::size_t column) { return (option_of<Row, Options>::nocase(column) || ...); }
    static constexpr bool unstored(std::size_t column) { return (option_of<Row, Options>::unstored(column) || ...); }
    static constexpr table_facts named(std::string_view name) {
        using keys = key_set<Row, Options...>;
        return {name,    &row_tag<Row>, keys::all.keys.data(), keys::all.count, references.data(), count,
                &nocase, &unstored};
    }
};

template <class Row, class... Options> struct facts_of<append_only<Row, Options...>> {
    static constexpr table_facts named(std::string_view name) { return {.name = name, .row = &row_tag<Row>}; }
};

/// How many tables the world, or a group of it, has. Refuses what is neither a table nor a group.
template <class Group> consteval std::size_t count_tables() {
    static_assert(std::is_class_v<Group> && std::is_aggregate_v<Group>,
                  "[holdfast] a world's members are tables, or plain structs of tables");
    static_assert(!has_base<Group>, "[holdfast] a world, or a struct of tables in it, must not have a base class: make "
                                    "the base a member instead");
    static_assert(!has_c_array<Group>, "[holdfast] a world's members are tables, or plain structs of tables: no array");
    static_assert(has_base<Group> || has_c_array<Group> || reflectable<Group> || !std::is_aggregate_v<Group>,
                  "[holdfast] a world, and a struct of tables in it, must be default-constructible");
    if constexpr (!reflectable<Group>)
        return 0;
    else
        return []<std::size_t... I>(std::index_sequence<I...>) {
            const auto count = []<class Member>() -> std::size_t {
                if constexpr (is_table<Member>)
                    return 1;
                else
                    return count_tables<Member>();
            };
            return (std::size_t{0} + ... + count.template operator()<field_type<Group, I>>());
        }(std::make_index_sequence<field_count<Group>>{});
}

/// Whether nothing was said so far of the tables and of the group.
template <class Group> consteval bool is_sound() {
    if constexpr (is_table<Group>)
        return table_access::is_sound<Group>;
    else if constexpr (!reflectable<Group>)
        return false;
    else
        return []<std::size_t... I>(std::index_sequence<I...>) {
            return (is_sound<field_type<Group, I>>() && ...);
        }(std::make_index_sequence<field_count<Group>>{});
}

/// Writes the facts of the group's tables; where the next ones go.
template <class Group> constexpr table_facts* list_tables(table_facts* to) {
    const auto add = [&]<std::size_t Member>() {
        using member = field_type<Group, Member>;
        if constexpr (is_table<member>)
            *to++ = facts_of<member>::named(field_name<Group, Member>());
        else
            to = list_tables<member>(to);
    };
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        (add.template operator()<I>(), ...);
    }(std::make_index_sequence<field_count<Group>>{});
    return to;
}
template <class World, std::size_t Count> constexpr std::array<table_facts, Count> tables_in() {
    std::array<table_facts, Count> made;
    list_tables<World>(made.data());
    return made;
}

enum class mistake { none, one_name, no_table, other_row, not_unique, nocase, unstored };
struct found_mistake {
    mistake is = mistake::none;
    std::size_t table = 0;     ///< Which.
    std::size_t reference = 0; ///< Which of its references.
};

constexpr mistake mistake_in(const reference_facts& reference, const table_facts& child, const table_facts* tables,
                             std::size_t count) {
    const table_facts* parent = nullptr;
    for (std::size_t t = 0; t < count; ++t)
        if (tables[t].name == reference.table) parent = &tables[t];
    if (parent == nullptr) return mistake::no_table;
    if (parent->row != reference.row) return mistake::other_row;
    if (!parent->has_unique(reference.parent)) return mistake::not_unique;
    for (std::size_t c = 0; c < reference.child.count; ++c) {
        if (parent->unstored(reference.parent.columns[c])) return mistake::unstored;
        if (child.nocase(reference.child.columns[c]) != parent->nocase(reference.parent.columns[c]))
            return mistake::nocase;
    }
    return mistake::none;
}

/// The first mistake in a world. Not a template: it costs next to nothing.
constexpr found_mistake mistake_among(const table_facts* tables, std::size_t count) {
    for (std::size_t t = 0; t < count; ++t) {
        for (std::size_t other = 0; other < t; ++other)
            if (tables[other].name.size() == tables[t].name.size() &&
                name_hash(tables[other].name) == name_hash(tables[t].name))
                return {mistake::one_name, t, 0};
        for (std::size_t r = 0; r < tables[t].reference_count; ++r)
            if (const auto found = mistake_in(tables[t].references[r], tables[t], tables, count);
                found != mistake::none)
                return {found, t, r};
    }
    return {};
}

template <std::size_t N> consteval fixed_string<N + 1> fixed(std::string_view text) {
    char copy[N + 1]{};
    for (std::size_t i = 0; i < N; ++i) copy[i] = text[i];
    return fixed_string<N + 1>(copy);
}
template <fixed_string... Names> struct tables_that_are_there;

/// Says the mistake; its arguments, which the compiler shows, say where: the table, what its reference names, and the
/// tables of the world.
template <mistake Is, fixed_string InTable, fixed_string Names, class There> consteval bool say() {
    static_assert(Is != mistake::one_name, "[holdfast] two tables of this world have one name: rename a member, also "
                                           "when they stand in different groups (case does not count)");
    static_assert(Is != mistake::no_table, "[holdfast] references: the world has no table of this name: it is the name "
                                           "of the member of the world that holds the rows");
    static_assert(Is != mistake::other_row, "[holdfast] references: the field named belongs to another struct than the "
                                            "rows of that table");
    static_assert(Is != mistake::not_unique, "[holdfast] references: the field named is neither the primary key nor "
                                             "unique in its table: add hf::unique<...> to that table");
    static_assert(Is != mistake::nocase, "[holdfast] references: one of the field and what it refers to is nocase: "
                                         "make both hf::nocase");
    static_assert(Is != mistake::unstored, "[holdfast] references: a transient field cannot be referred to: it is not "
                                           "in the file");
    return true;
}
template <class World, std::size_t Count, std::size_t... I> consteval bool say_mistake(std::index_sequence<I...>) {
    constexpr auto tables = tables_in<World, Count>();
    constexpr auto found = mistake_among(tables.data(), Count);
    constexpr auto in = tables[found.table].name;
    constexpr auto names = found.is == mistake::one_name ? in : tables[found.table].references[found.reference].table;
    return say<found.is, fixed<in.size()>(in), fixed<names.size()>(names),
               tables_that_are_there<fixed<tables[I].name.size()>(tables[I].name)...>>();
}

/// Refuses a world that is no plain struct of tables, or whose tables do not go together.
template <class World> consteval bool check_world() {
    constexpr bool plain = std::is_class_v<World> && std::is_aggregate_v<World>;
    static_assert(plain, "[holdfast] a world must be a plain struct of tables: no constructors, no private members, no "
                         "virtual functions");
    if constexpr (plain) {
        constexpr std::size_t count = count_tables<World>();
        if constexpr (count != 0 && is_sound<World>()) {
            constexpr bool right = [] {
                const auto tables = tables_in<World, count>();
                return mistake_among(tables.data(), count).is == mistake::none;
            }();
            if constexpr (!right) return say_mistake<World, count>(std::make_index_sequence<count>{});
            return true;
        }
    }
    return false;
}

} // namespace detail
} // namespace holdfast
