// SPDX-License-Identifier: MIT
/// @file
/// A world as text, from memory and from a file, so that the two can be compared.
#pragma once

#include <holdfast/core/utf8.hpp>
#include <holdfast/world.hpp>

#include "support/raw_database.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

namespace holdfast::test {

/// The rows of each table, sorted.
using world_lines = std::map<std::string, lines>;

/// As `value_text` writes what SQLite is to make of it: bytes that are not UTF-8, and -0.0, are blobs there.
[[nodiscard]] inline std::string value_text(const cell& value) {
    char number[40];
    if (value.is_integer()) return std::to_string(value.integer);
    if (value.is_real()) {
        if (value.real == 0 && std::signbit(value.real))
            return hex_text({reinterpret_cast<const char*>(&value.real), sizeof(value.real)});
        std::snprintf(number, sizeof number, "%.17g", value.real);
        return number;
    }
    if (value.kind == cell_kind::text && !is_utf8(value.view())) return hex_text(value.view());
    if (value.kind == cell_kind::text) return "'" + std::string(value.view()) + "'";
    if (value.kind == cell_kind::null) return "NULL";
    return hex_text(value.view());
}

template <class World> [[nodiscard]] world_lines memory_lines(World& world) {
    world_lines found;
    for_each_table(world, [&](const table_base& table, std::string_view name) {
        if (table.description().read_only) return;
        lines& rows = found[std::string(name)];
        for (std::uint32_t number = 0; number < table.slots().used(); ++number) {
            void* slot = table.slots().at(number);
            if (!slot_store::header(slot).alive()) continue;
            std::string text;
            for (const column& is : table.description().row->columns)
                if (is.stored) text += (text.empty() ? "" : " | ") + value_text(is.get(table.row_in(slot)));
            rows.push_back(std::move(text));
        }
        std::sort(rows.begin(), rows.end());
    });
    return found;
}

/// The same columns of the same tables, as plain sqlite3 reads them.
template <class World> [[nodiscard]] world_lines file_lines(World& world, const std::string& path) {
    world_lines found;
    raw_database db(path);
    for_each_table(world, [&](const table_base& table, std::string_view name) {
        if (table.description().read_only) return;
        std::string columns;
        for (const column& is : table.description().row->columns)
            if (is.stored) columns += (columns.empty() ? "\"" : ", \"") + is.name + "\"";
        lines& rows = found[std::string(name)];
        rows = db.rows("SELECT " + columns + " FROM \"" + std::string(name) + "\"");
        std::sort(rows.begin(), rows.end());
    });
    return found;
}

} // namespace holdfast::test
