// SPDX-License-Identifier: MIT
/// @file
/// Where a database says which timeline it is of, and from which ones that was made: its table `holdfast_timelines`. A
/// database of the first timeline has none.
#pragma once

#include <holdfast/queue/timeline.hpp>
#include <holdfast/sqlite/query.hpp>

namespace holdfast {

/// Errors: `corrupt`, `io`.
[[nodiscard, gnu::cold]] inline result<timelines> read_timelines(sqlite::connection& db) {
    timelines found;
    sqlite::query there(db, "SELECT 1 FROM sqlite_schema WHERE name = 'holdfast_timelines'");
    if (!there.next()) return there.failed() ? result<timelines>(there.why()) : std::move(found);
    sqlite::query rows(db, "SELECT id, parent, forked_at, made_us, generation FROM holdfast_timelines");
    while (rows.next())
        found.add({static_cast<std::uint64_t>(rows->integer(0)), static_cast<std::uint64_t>(rows->integer(1)),
                   static_cast<std::uint64_t>(rows->integer(2)), rows->integer(3),
                   static_cast<std::uint32_t>(rows->integer(4))});
    if (rows.failed()) return rows.why();
    return found;
}

/// Adds those that the table lacks. Errors: `full`, `io`.
[[nodiscard, gnu::cold]] inline result<void> write_timelines(sqlite::connection& db, const timelines& all) {
    auto open = sqlite::transaction::begin(db);
    if (!open) return open.why();
    if (auto ok = db.run("CREATE TABLE IF NOT EXISTS holdfast_timelines (id INTEGER PRIMARY KEY, parent INTEGER NOT "
                         "NULL, forked_at INTEGER NOT NULL, made_us INTEGER NOT NULL, generation INTEGER NOT NULL)");
        !ok)
        return ok;
    auto insert = db.prepare("INSERT OR IGNORE INTO holdfast_timelines VALUES (?, ?, ?, ?, ?)");
    if (!insert) return insert.why();
    for (const timeline& one : all.all()) {
        int column = 0;
        for (const std::int64_t value :
             {static_cast<std::int64_t>(one.id), static_cast<std::int64_t>(one.parent),
              static_cast<std::int64_t>(one.forked_at), one.made_us, static_cast<std::int64_t>(one.generation)})
            insert->bind(++column, cell::of_integer(cell_kind::i64, value));
        if (auto ok = insert->run(); !ok) return ok;
    }
    return open->commit();
}

} // namespace holdfast
