// SPDX-License-Identifier: MIT
/// @file
/// The names behind the numbers in ops: what replay needs to know of the tables, and all it knows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace holdfast {

/// A table as the log names it.
struct log_table {
    std::string name;
    std::vector<std::string> columns;
    std::vector<std::uint8_t> key;        ///< The primary key's columns, in its order.
    std::vector<std::uint8_t> structural; ///< Per column, 1: part of a key, a unique index or a reference.
};

/// The tables, by their number in ops.
struct log_schema {
    std::vector<log_table> tables;
};

} // namespace holdfast
