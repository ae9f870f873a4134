// SPDX-License-Identifier: MIT
/// @file
/// What a database says of itself while a store has it open, and when it was closed: whether everything is in it, and which
/// ids may be in use.
#pragma once

#include <holdfast/sqlite/connection.hpp>
#include <holdfast/table/table_base.hpp>

#include <new>
#include <string>
#include <vector>

namespace holdfast {

/// A store has it open, and a block of ids of every table may be in use: none is given out that the next life could give
/// again, should the machine lose power.
[[nodiscard, gnu::cold]] inline result<void> mark_open(sqlite::connection& db, const std::vector<table_base*>& tables) {
    auto open = sqlite::transaction::begin(db);
    if (!open) return open.why();
    if (auto ok = db.run("UPDATE holdfast_meta SET clean = 0 WHERE id = 1"); !ok) return ok;
    for (table_base* table : tables) {
        if (!table->description().auto_id) continue;
        auto keep = db.prepare("INSERT INTO holdfast_ids (name, next) VALUES (?, ?) "
                               "ON CONFLICT (name) DO UPDATE SET next = excluded.next");
        if (!keep) return keep.why();
        const std::string& name = table->description().name;
        keep->bind(1, cell::of_bytes(cell_kind::text, name.data(), name.size()));
        keep->bind(2, cell::of_integer(cell_kind::i64, table->lease_end()));
        if (auto ok = keep->run(); !ok) return ok;
    }
    return open->commit();
}

/// Everything is in it, and which ids were given out: as SQL. Empty when memory runs out: the next open finds then that
/// nothing is to be done.
[[nodiscard, gnu::cold]] inline std::string mark_of_closed(const std::vector<table_base*>& tables) noexcept {
    BOOST_TRY {
        std::string sql = "BEGIN; UPDATE holdfast_meta SET clean = 1 WHERE id = 1; ";
        for (const table_base* table : tables)
            if (table->description().auto_id)
                sql += words({"UPDATE holdfast_ids SET next = ", table->next_id(),
                              " WHERE name = ", word(table->description().name, '\''), "; "});
        return sql += "COMMIT";
    }
    BOOST_CATCH(const std::bad_alloc&) { return {}; }
    BOOST_CATCH_END
}

} // namespace holdfast
