// SPDX-License-Identifier: MIT
/// @file
/// Where a database says which ids of each table may be in use: its table `holdfast_ids`.
#pragma once

#include <holdfast/sqlite/query.hpp>

#include <string>
#include <vector>

namespace holdfast {

/// None of a table's ids below `next` may be given out again.
struct id_lease_of {
    std::string table;
    std::int64_t next = 0;
};
using id_leases = std::vector<id_lease_of>;

/// Adds what the table says. Errors: `corrupt`, `io`: some may be added.
[[nodiscard, gnu::cold]] inline result<void> read_ids(sqlite::connection& db, id_leases& to) {
    sqlite::query ids(db, "SELECT name, next FROM holdfast_ids");
    while (ids.next()) to.push_back({ids->string(0), ids->integer(1)});
    return ids.failed() ? result<void>(ids.why()) : result<void>();
}

/// Where the table says less, it says so much from here on. Errors: `full`, `io`.
[[nodiscard, gnu::cold]] inline result<void> raise_ids(sqlite::connection& db, const id_leases& ids) {
    auto one = db.prepare("INSERT INTO holdfast_ids (name, next) VALUES (?, ?) "
                          "ON CONFLICT (name) DO UPDATE SET next = max(next, excluded.next)");
    if (!one) return one.why();
    for (const id_lease_of& is : ids) {
        one->bind(1, cell::of_bytes(cell_kind::text, is.table.data(), is.table.size()));
        one->bind(2, cell::of_integer(cell_kind::i64, is.next));
        if (auto ok = one->run(); !ok) return ok;
    }
    return {};
}

} // namespace holdfast
