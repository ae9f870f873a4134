// SPDX-License-Identifier: MIT
/// @file
/// Where a database says which ids of each table may be in use: its table `holdfast_ids`.
#pragma once

#include <holdfast/sqlite/query.hpp>

#include <string>
#include <utility>
#include <vector>

namespace holdfast {

/// By the name of a table: none below may be given out again.
using id_leases = std::vector<std::pair<std::string, std::int64_t>>;

/// Errors: `corrupt`, `io`.
[[nodiscard, gnu::cold]] inline result<id_leases> read_ids(sqlite::connection& db) {
    id_leases found;
    sqlite::query ids(db, "SELECT name, next FROM holdfast_ids");
    while (ids.next()) found.emplace_back(ids->string(0), ids->integer(1));
    if (ids.failed()) return ids.why();
    return found;
}

/// Where the table says less, it says so much from here on. Errors: `full`, `io`.
[[nodiscard, gnu::cold]] inline result<void> raise_ids(sqlite::connection& db, const id_leases& ids) {
    auto one = db.prepare("INSERT INTO holdfast_ids (name, next) VALUES (?, ?) "
                          "ON CONFLICT (name) DO UPDATE SET next = max(next, excluded.next)");
    if (!one) return one.why();
    for (const auto& [name, next] : ids) {
        one->bind(1, cell::of_bytes(cell_kind::text, name.data(), name.size()));
        one->bind(2, cell::of_integer(cell_kind::i64, next));
        if (auto ok = one->run(); !ok) return ok;
    }
    return {};
}

} // namespace holdfast
