// SPDX-License-Identifier: MIT
/// @file
/// Ops: what the log says of each change. Every op holds absolute values.
///
///     +------+--------+-----------+---------------------------------------------------------+
///     | kind | column | table u16 |  set     key cells, one cell                            |
///     |  u8  |   u8   |           |  update  varint n, n column numbers (u8), key cells,    |
///     |      |        |           |          n cells                                        |
///     |      |        |           |  insert  one cell for every column                      |
///     |      |        |           |  erase   key cells                                      |
///     |      |        |           |  lease   varint: ids below it may be in use             |
///     |      |        |           |  row     one cell for every column: what a row is       |
///     |      |        |           |  unlogged  nothing: what this tick changed is in no log |
///     +------+--------+-----------+---------------------------------------------------------+
///
/// Table and column numbers are positions in the schema that the log names; `column` is 0 except in `set`.
#pragma once

#include <holdfast/core/cell.hpp>

namespace holdfast {

/// What an op does. The numbers are stored: they never change.
enum class op_kind : std::uint8_t { set = 1, update = 2, insert = 3, erase = 4, lease = 5, row = 6, unlogged = 7 };

/// Columns a table may have, tables a world may have: what the op header has room for.
inline constexpr std::size_t max_columns = 255;
inline constexpr std::size_t max_tables = 65'535;

inline constexpr std::size_t op_header_bytes = 4;

/// Writes the four bytes that every op starts with.
inline std::byte* put_op_header(std::byte* to, op_kind kind, std::uint8_t column, std::uint16_t table) noexcept {
    const auto word = static_cast<std::uint32_t>(kind) | static_cast<std::uint32_t>(column) << 8 |
                      static_cast<std::uint32_t>(table) << 16;
    return bytes::put(to, word);
}

} // namespace holdfast
