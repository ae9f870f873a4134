// SPDX-License-Identifier: MIT
/// @file
/// Hashes of the names of a row's columns, without regard to case, while compiling: two that are equal cannot be told
/// apart by SQLite.
#pragma once

#include <holdfast/reflect/columns.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace holdfast {
namespace detail {

/// FNV-1a over the letters without case, 64 bits: no two names of a schema meet by chance.
constexpr std::uint64_t name_hash(std::string_view name, std::uint64_t before = 0xcbf29ce484222325u) {
    for (const char c : name)
        before = (before ^ static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c)) * 0x100000001b3u;
    return before;
}
/// As `nested_name`; 0 is the hash of no name.
constexpr std::uint64_t nested_hash(std::uint64_t outer, std::string_view inner, std::size_t fields) {
    return outer == 0 ? name_hash(inner) : fields == 1 ? outer : name_hash(inner, name_hash("_", outer));
}

/// Writes the hashes of the columns of a field whose name has the hash `name`; where the next ones go.
template <class Field> constexpr std::uint64_t* hash_names(std::uint64_t* to, std::uint64_t name) {
    if constexpr (stored_field<Field> || !reflectable<Field>) {
        *to = name;
        return to + 1;
    } else {
        constexpr std::size_t count = field_count<Field>;
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            ((to = hash_names<field_type<Field, I>>(to, nested_hash(name, field_name<Field, I>(), count))), ...);
        }(std::make_index_sequence<count>{});
        return to;
    }
}

template <class Path> struct path_hash;
template <auto Step> struct path_hash<path<Step>> {
    static constexpr std::uint64_t after(std::uint64_t outer) {
        using root = typename path<Step>::root;
        return nested_hash(outer, field_name<root, field_index<root, Step>()>(), field_count<root>);
    }
};
template <auto Step, auto... Rest> struct path_hash<path<Step, Rest...>> {
    static constexpr std::uint64_t after(std::uint64_t outer) {
        return path_hash<path<Rest...>>::after(path_hash<path<Step>>::after(outer));
    }
};
/// The hash of the name of the field that `Path` names.
template <class Path> constexpr std::uint64_t hash_of_path() { return path_hash<Path>::after(0); }

} // namespace detail
} // namespace holdfast
