// SPDX-License-Identifier: MIT
/// @file
/// A world: an aggregate whose members are tables, or aggregates of tables. A table's name is its member's.
#pragma once

#include <holdfast/reflect/name.hpp>
#include <holdfast/table/world_checks.hpp>

namespace holdfast {
namespace detail {

template <class T> consteval bool any_deferred() {
    if constexpr (is_table<T>)
        return table_access::has_deferred<T>;
    else if constexpr (reflectable<T>)
        return []<std::size_t... I>(std::index_sequence<I...>) {
            return (any_deferred<field_type<T, I>>() || ...);
        }(std::make_index_sequence<field_count<T>>{});
    else
        return false;
}
/// Whether a table of the world has a reference that is checked at the end of a transaction.
template <class World> inline constexpr bool has_deferred = any_deferred<World>();

template <class Group, class Function> void for_each_table_in(Group& group, Function& fn) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        const auto visit = [&]<std::size_t Member>(std::integral_constant<std::size_t, Member>) {
            auto& member = field_of<Member>(group);
            using type = std::remove_cvref_t<decltype(member)>;
            if constexpr (is_table<type>) {
                fn(table_access::base(member), field_name<Group, Member>());
            } else {
                for_each_table_in(member, fn);
            }
        };
        (visit(std::integral_constant<std::size_t, I>{}), ...);
    }(std::make_index_sequence<field_count<Group>>{});
}

/// Ties the references of tables that have their names. That each leads to a key was checked while compiling; not that
/// both sides are stored alike, because SQLite compares what is stored.
[[nodiscard]] inline result<void> tie_references(const std::vector<table_base*>& tables) {
    for (table_base* table : tables) {
        const table_description& is = table->description();
        for (std::size_t r = 0; r < is.references.size(); ++r)
            for (table_base* parent : tables) {
                const reference_description& reference = is.references[r];
                if (parent->description().name != reference.parent) continue;
                const bool tied = table->refer(r, *parent);
                HOLDFAST_REQUIRE(tied, "a reference that leads to no unique key");
                for (std::size_t c = 0; c < reference.columns.size(); ++c)
                    if (is.row->columns[reference.columns[c]].ops->stored_as !=
                        parent->description().row->columns[reference.parent_columns[c]].ops->stored_as)
                        return error{errc::mismatch, is.name + "." + is.column_name(reference.columns[c]) +
                                                         ": one of it and what it refers to is stored by_name: make "
                                                         "both hf::by_name, or none"};
            }
    }
    return {};
}

} // namespace detail

/// Calls `fn(table_base&, name)` for every table of the world, in the order of the members.
template <class World, class Function> void for_each_table(World& world, Function&& fn) {
    if constexpr (detail::check_world<World>()) detail::for_each_table_in(world, fn);
}

/// The tables of a world as the other rooms use them: named, in order, their references tied.
template <class World> [[nodiscard]] result<std::vector<table_base*>> tables_of(World& world) {
    std::vector<table_base*> tables;
    for_each_table(world, [&](table_base& table, std::string_view name) {
        table.name(std::string(name));
        tables.push_back(&table);
    });
    if (auto ok = detail::tie_references(tables); !ok) return ok.why();
    return tables;
}

/// Makes a world that is in no store ready: names its tables and ties their references, which are not
/// checked before. `open` does the same for the world of a store.
template <class World> [[nodiscard]] result<void> prepare(World& world) {
    if (auto tables = tables_of(world); !tables) return tables.why();
    return {};
}

} // namespace holdfast
