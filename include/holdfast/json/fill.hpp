// SPDX-License-Identifier: MIT
/// @file
/// JSON files into read-only tables: the game's own content.
#pragma once

#include <holdfast/json/rows.hpp>
#include <holdfast/table/fill.hpp>

namespace holdfast::as_json {

/// Fills a `read_only` table from a JSON file that holds an array of objects, whose members are the struct's fields; a
/// member that is absent keeps its initializer. See `read_rows`.
///
/// Errors: as `read_rows`; and as `insert` (`taken`, `refused`, `reference`), with file and element. Rows before it are in
///         the table then: do not open the world.
template <class Row, class... Options>
[[nodiscard]] result<void> fill(table<Row, Options...>& to, const std::string& path) {
    return read_rows<Row>(path, [&](Row row) { return holdfast::fill(to, std::move(row)); });
}

} // namespace holdfast::as_json
