// SPDX-License-Identifier: MIT
/// @file
/// How read-only tables get their rows: the game's own content, before the world is loaded.
#pragma once

#include <holdfast/table/world.hpp>

namespace holdfast {

/// Adds a row to a `read_only` table. Only before the world is opened: see the third argument of `open`.
///
/// Errors: as `insert`; `closed`: the world is open already.
template <class Row, class... Options> [[nodiscard]] result<void> fill(table<Row, Options...>& to, Row row) {
    static_assert(detail::table_access::is_read_only<table<Row, Options...>>,
                  "[holdfast] fill: the table is not hf::read_only: insert is for it");
    table_base& base = detail::table_access::base(to);
    if (base.sealed())
        return error{errc::closed, base.description().name + " is read_only, and the world is open: fill it before"};
    auto taken = base.begin_insert(&row);
    if (!taken) return taken.why();
    ::new (base.row_in(*taken)) Row(std::move(row));
    base.finish_insert(*taken);
    return {};
}

} // namespace holdfast
