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

/// Numbers of columns, in the order in which an option names them.
using column_list = std::vector<std::uint8_t>;

/// One index over some columns; the primary key is the first of a table.
struct index_description {
    enum class role : std::uint8_t { primary_key, unique, index, reference, ordered };
    role is = role::index;
    column_list columns{};

    [[nodiscard]] bool unique() const noexcept { return is == role::primary_key || is == role::unique; }
};

/// Columns whose values are the key of a row in another table, or "none".
struct reference_description {
    column_list columns{};
    std::string parent{}; ///< The other table's name in the world.
    column_list parent_columns{};
    const void* parent_row = nullptr;        ///< `row_info::initial` of the rows that it names.
    std::vector<std::string> parent_names{}; ///< Of the columns, once the world is known; empty: not in the database.
    on_delete action = on_delete::restrict;
    bool deferred = false; ///< Inside transact it is checked at the end.
};

/// A column that is never less, or never more, than a limit.
struct limit_description {
    enum class bound : std::uint8_t { at_least, at_most };
    std::uint8_t column = 0;
    bound is = bound::at_least;
    std::int64_t limit = 0;

    [[nodiscard]] bool allows(std::int64_t value) const noexcept {
        return is == bound::at_least ? value >= limit : value <= limit;
    }
};

/// A function of some columns that is true of every row.
struct check_description {
    std::string name{};
    column_list columns{};
    bool (*holds)(const void* const* fields) = nullptr; ///< The addresses of the columns' fields.
    bool at_load = true;                                ///< Also looked at when a row is loaded.
};

/// A column that the table itself fills with the time, in nanoseconds since 1970.
struct time_column {
    std::uint8_t column = 0;
    void (*put)(void* field, std::int64_t nanoseconds) = nullptr;
};

/// Everything that a table's options say.
struct table_description {
    std::string name{}; ///< The member's name in the world; empty until the world is known.
    const row_info* row = nullptr;
    std::vector<index_description> indexes{};
    std::vector<reference_description> references{};
    std::vector<limit_description> limits{};
    std::vector<check_description> checks{};
    std::optional<std::uint8_t> auto_id{};
    std::size_t capacity = 0; ///< Rows; 0: no limit.
    std::optional<time_column> created_at{};
    std::optional<time_column> updated_at{};
    bool read_only = false;   ///< Filled from a file of its own; not in the database.
    bool append_only = false; ///< In the database only: its rows are not in memory, and it has no key.

    /// The columns of the primary key; none of an append-only table.
    [[nodiscard]] const column_list& primary_key() const noexcept {
        static const column_list none;
        return append_only ? none : indexes.front().columns;
    }
    /// Whether the columns are in the file.
    [[nodiscard]] bool stored(const column_list& columns) const noexcept {
        for (const std::uint8_t column : columns)
            if (!row->columns[column].stored) return false;
        return true;
    }
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
