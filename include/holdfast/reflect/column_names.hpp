// SPDX-License-Identifier: MIT
/// @file
/// The names that columns get: what options say of them, and hashes of them, without regard to case, while compiling:
/// two that are equal cannot be told apart by SQLite.
#pragma once

#include <holdfast/reflect/columns.hpp>

#include <cstdint>
#include <span>
#include <string_view>

namespace holdfast {
namespace detail {

/// What an option says of the names of a field's columns.
struct column_naming {
    std::size_t first = 0;
    std::size_t count = 0;   ///< None: it says nothing.
    std::string_view name{}; ///< In place of the field's; empty: the field's.
    bool whole = false;      ///< The first column stands for all of them, and has the field's name.
    std::size_t depth = 0;   ///< How many steps lead to it: a struct may have the columns of one inside it.
};

/// All that is said of a field `depth` steps inside a row, or of what is in it when it is one column.
constexpr column_naming naming_of(std::span<const column_naming> all, std::size_t first, std::size_t count,
                                  std::size_t depth, bool is_column) {
    column_naming found{first, count, {}, false, depth};
    for (const column_naming& one : all)
        if (one.first == first && one.count == count && (one.depth == depth || (is_column && one.depth > depth))) {
            if (!one.name.empty()) found.name = one.name;
            found.whole = found.whole || one.whole;
        }
    return found;
}

/// FNV-1a over the letters without case, 64 bits: no two names of a schema meet by chance.
constexpr std::uint64_t name_hash(std::string_view name, std::uint64_t before = 0xcbf29ce484222325u) {
    for (const char c : name)
        before = (before ^ static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c)) * 0x100000001b3u;
    return before;
}
/// The hash of a field's name inside a struct of `fields` fields; 0 is the hash of no name.
constexpr std::uint64_t nested_hash(std::uint64_t outer, std::string_view inner, std::size_t fields) {
    return outer == 0 ? name_hash(inner) : fields == 1 ? outer : name_hash(inner, name_hash("_", outer));
}

/// The hashes of the columns of a row, one after the other.
struct hash_writer {
    std::uint64_t* hashes;
    std::size_t next = 0;
    std::size_t depth = 0; ///< Of the struct whose fields are being added.
    std::span<const column_naming> namings;

    template <class Field> constexpr void add(std::uint64_t name) {
        constexpr std::size_t columns = count_columns<Field>();
        constexpr bool is_column = stored_field<Field> || !reflectable<Field>;
        const std::size_t first = next;
        const column_naming said = naming_of(namings, first, columns, depth + 1, is_column);
        if (!said.name.empty()) name = name_hash(said.name);
        if constexpr (is_column) {
            hashes[next++] = name;
        } else {
            ++depth;
            add_fields<Field>(name);
            --depth;
            if (said.whole && columns != 0) hashes[first] = name;
        }
    }
    template <class Struct> constexpr void add_fields(std::uint64_t name) {
        constexpr std::size_t count = field_count<Struct>;
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (add<field_type<Struct, I>>(nested_hash(name, field_name<Struct, I>(), count)), ...);
        }(std::make_index_sequence<count>{});
    }
};

} // namespace detail
} // namespace holdfast
