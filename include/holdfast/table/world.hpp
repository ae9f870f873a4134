// SPDX-License-Identifier: MIT
/// @file
/// A world: an aggregate whose members are tables, or aggregates of tables. A table's name is its member's.
#pragma once

#include <holdfast/reflect/name.hpp>
#include <holdfast/table/table.hpp>

namespace holdfast {
namespace detail {

template <class T> inline constexpr bool is_table = false;
template <class Row, class... Options> inline constexpr bool is_table<table<Row, Options...>> = true;

/// The untyped side of a table, for the rooms below.
struct table_access {
    template <class Table> [[nodiscard]] static table_base& base(Table& of) noexcept { return of; }
};

template <class Group, class Function> void for_each_table_in(Group& group, Function& fn) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        const auto visit = [&]<std::size_t Member>(std::integral_constant<std::size_t, Member>) {
            auto& member = boost::pfr::get<Member>(group);
            using type = std::remove_cvref_t<decltype(member)>;
            if constexpr (is_table<type>) {
                fn(table_access::base(member), field_name<Group, Member>());
            } else {
                static_assert(std::is_aggregate_v<type> && std::is_class_v<type>,
                              "[holdfast] a world's members are tables, or plain structs of tables");
                for_each_table_in(member, fn);
            }
        };
        (visit(std::integral_constant<std::size_t, I>{}), ...);
    }(std::make_index_sequence<field_count<Group>>{});
}

} // namespace detail

/// Calls `fn(table_base&, name)` for every table of the world, in the order of the members.
template <class World, class Function> void for_each_table(World& world, Function&& fn) {
    static_assert(std::is_aggregate_v<World>, "[holdfast] a world must be a plain struct of tables");
    detail::for_each_table_in(world, fn);
}

/// Gives the tables of a world their names and ties their references. `mismatch` when two tables have one
/// name or a reference names no table or no unique key.
[[nodiscard]] inline result<void> tie_references(const std::vector<table_base*>& tables) {
    for (table_base* table : tables) {
        const table_description& is = table->description();
        for (std::size_t r = 0; r < is.references.size(); ++r) {
            const reference_description& reference = is.references[r];
            table_base* parent = nullptr;
            std::string names;
            for (table_base* other : tables) {
                if (other->description().name == reference.parent) parent = other;
                names += (names.empty() ? "" : ", ") + other->description().name;
            }
            if (parent == nullptr)
                return error{errc::mismatch, is.name + ": its reference names the table '" + reference.parent +
                                                 "', which this world does not have; it has " + names};
            if (!table->refer(r, *parent))
                return error{errc::mismatch, is.name + ": its reference names " + reference.parent + "." +
                                                 reference.parent_columns.front() +
                                                 ", which is neither the primary key nor unique there: add hf::unique "
                                                 "for it to " +
                                                 reference.parent};
        }
    }
    return {};
}

/// Whether SQLite can tell the columns apart: it does not see the case of letters.
[[nodiscard]] inline result<void> check_column_names(const table_description& table) {
    const auto lower = [](std::string name) {
        for (char& c : name)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        return name;
    };
    const auto& columns = table.row->columns;
    for (std::size_t i = 0; i < columns.size(); ++i)
        for (std::size_t other = 0; other < i; ++other)
            if (lower(columns[i].name) == lower(columns[other].name))
                return error{errc::mismatch,
                             table.name + ": two of its fields make a column '" + columns[i].name +
                                 "' (a nested field joins the names with _, and case does not count): rename one"};
    return {};
}

/// The tables of a world as the other rooms use them: named, in order, their references tied.
template <class World> [[nodiscard]] result<std::vector<table_base*>> tables_of(World& world) {
    std::vector<table_base*> tables;
    const table_base* twice = nullptr;
    for_each_table(world, [&](table_base& table, std::string_view name) {
        for (const table_base* other : tables)
            if (other->description().name == name) twice = other;
        table.name(std::string(name));
        tables.push_back(&table);
    });
    if (twice != nullptr)
        return error{errc::mismatch,
                     "two tables of this world are called '" + twice->description().name + "': rename one member"};
    for (const table_base* table : tables)
        if (auto ok = check_column_names(table->description()); !ok) return ok.why();
    if (auto ok = tie_references(tables); !ok) return ok.why();
    return tables;
}

/// Makes a world that is in no store ready: names its tables and ties their references, which are not
/// checked before. `open` does the same for the world of a store.
template <class World> [[nodiscard]] result<void> prepare(World& world) {
    if (auto tables = tables_of(world); !tables) return tables.why();
    return {};
}

} // namespace holdfast
