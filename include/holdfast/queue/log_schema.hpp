// SPDX-License-Identifier: MIT
/// @file
/// The names behind the numbers in ops: what replay needs to know of the tables, and all it knows.
#pragma once

#include <holdfast/core/cell.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace holdfast {

/// Which values of a column are stored in another form.
enum class other_form : std::uint8_t {
    none,
    null,     ///< Floats: NaN is NULL.
    negative, ///< Unsigned of 64 bits: what is above INT64_MAX is a negative number.
};

/// A table as the log names it.
struct log_table {
    std::string name;
    std::vector<std::string> columns;
    std::vector<std::uint8_t> key;        ///< The primary key's columns, in its order.
    std::vector<std::uint8_t> structural; ///< Per column, 1: part of a key, a unique index or a reference.
    /// Per column, which values the file has in another form; nothing when it was read from a log, which does not say.
    std::vector<other_form> other_forms{};

    /// Whether an op means the same by both.
    friend bool operator==(const log_table& a, const log_table& b) noexcept {
        return a.name == b.name && a.columns == b.columns && a.key == b.key;
    }
    /// Whether the file has a value of the column in another form because of what the column is.
    [[nodiscard]] bool in_other_form(std::size_t column, const cell& value) const noexcept {
        if (column >= other_forms.size()) return false;
        return other_forms[column] == other_form::null
                   ? value.kind == cell_kind::null
                   : other_forms[column] == other_form::negative && value.is_integer() && value.integer < 0;
    }
};

/// The tables, by their number in ops.
struct log_schema {
    std::vector<log_table> tables;

    friend bool operator==(const log_schema&, const log_schema&) = default;
};

} // namespace holdfast
