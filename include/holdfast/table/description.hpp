// SPDX-License-Identifier: MIT
/// @file
/// A table as a run-time value: what its options say, by column number. Rows and files are checked
/// against it; DDL is written from it.
#pragma once

#include <holdfast/reflect/row_info.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace holdfast {

/// What happens to a row when the row it refers to is erased.
enum class on_delete : std::uint8_t {
    restrict, ///< The erase is refused while such rows are there.
    cascade,  ///< They are erased too.
    set_null, ///< Their reference becomes "none"; the field is an optional.
};

using column_list = std::vector<std::uint8_t>;

/// One index over some columns; the primary key is the first of a table.
struct index_description {
    enum class role : std::uint8_t { primary_key, unique, index, reference };
    role is = role::index;
    column_list columns{};

    [[nodiscard]] bool unique() const noexcept { return is == role::primary_key || is == role::unique; }
};

/// Columns whose values are the key of a row in another table, or "none".
struct reference_description {
    column_list columns{};
    std::string parent{}; ///< The other table's name in the world.
    std::vector<std::string> parent_columns{};
    on_delete action = on_delete::restrict;
};

/// A column that is never less than a limit.
struct limit_description {
    std::uint8_t column = 0;
    std::int64_t at_least = 0;
};

/// Everything that a table's options say.
struct table_description {
    std::string name{}; ///< The member's name in the world; empty until the world is known.
    const row_info* row = nullptr;
    std::vector<index_description> indexes{};
    std::vector<reference_description> references{};
    std::vector<limit_description> limits{};
    std::optional<std::uint8_t> auto_id{};
    std::size_t capacity = 0; ///< Rows; 0: no limit.

    [[nodiscard]] const column_list& primary_key() const noexcept { return indexes.front().columns; }
    [[nodiscard]] const std::string& column_name(std::uint8_t column) const noexcept {
        return row->columns[column].name;
    }

    /// "id" or "guild_id, character_id"
    [[nodiscard]] std::string column_names(const column_list& columns) const {
        std::string names;
        for (const std::uint8_t column : columns) names += (names.empty() ? "" : ", ") + column_name(column);
        return names;
    }
};

} // namespace holdfast
