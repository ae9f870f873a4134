// SPDX-License-Identifier: MIT
/// @file
/// What does reading cost: a find by key, a find while the map grows, a walk over all rows?
#pragma once

#include "core/sides.hpp"
#include "support/report.hpp"

namespace bench {

/// Sums a field of the rows of `count` keys, a pass over them at least `least` times; ns a find.
template <class Find>
[[nodiscard]] double time_finds(const std::int64_t* keys, std::size_t count, std::size_t passes, Find&& find) {
    std::int64_t sum = 0;
    const double took = timed_on_processor([&] {
        for (std::size_t pass = 0; pass < passes; ++pass)
            for (std::size_t i = 0; i < count; ++i) sum += find(keys[i]);
    });
    std::int64_t expected = 0;
    for (std::size_t i = 0; i < count; ++i) expected += make_row(keys[i]).gold;
    require_equal(sum, expected * static_cast<std::int64_t>(passes), "the sum of the rows found");
    return took / static_cast<double>(count * passes);
}

inline void measure_find(report& to, const sides& on, const std::string& rows, int count) {
    const std::size_t each = std::min<std::size_t>(on.keys.size(), 200'000); // of many rows each is met once
    const std::size_t passes = 200'000 / each;
    const auto& table = on.db->rows;
    const rounds both = interleave(
        count,
        [&](int round) {
            return time_finds(on.keys_of(round, each), each, passes,
                              [&](std::int64_t key) { return table.find(key)->gold; });
        },
        [&](int round) {
            return time_finds(on.keys_of(round, each), each, passes,
                              [&](std::int64_t key) { return on.map.find(key)->second->gold; });
        },
        [] {});
    to.add(compare("find, " + rows + " rows", "ns", both, budget::ratio(1.10)));
}

/// Both sides grow in steps, and are searched after each. The figure is that of the worst step.
inline void measure_find_while_growing(report& to, const scratch_folder& folder, std::int64_t most, bool lie) {
    auto db = holdfast::open<row_world>(folder.file("growing.db")).value();
    pointer_map map;
    std::deque<row_64> rows;
    const std::int64_t step = 25'000;
    const std::size_t finds = 50'000;
    std::mt19937_64 random(7);
    measurement worst;
    rounds all;
    for (std::int64_t size = 0; size < most;) {
        for (const std::int64_t end = size + step; size < end;) {
            const row_64 row = make_row(++size);
            db->rows.insert(row).value();
            rows.push_back(row);
            map.emplace(row.id, &rows.back());
        }
        db.commit();
        let_the_log_catch_up(db);
        if (size < most / 2) continue;
        if (lie) db->rows.set<&row_64::gold>(size, -1).value();
        require_equal(db->rows.find(size)->gold, map.find(size)->second->gold, "the row that came last");
        std::vector<std::int64_t> keys(finds);
        for (std::int64_t& key : keys) key = 1 + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(size));
        const rounds here = interleave(
            5,
            [&](int) {
                return time_finds(keys.data(), finds, 1, [&](std::int64_t key) { return db->rows.find(key)->gold; });
            },
            [&](int) {
                return time_finds(keys.data(), finds, 1, [&](std::int64_t key) { return map.find(key)->second->gold; });
            },
            [] {});
        measurement now = compare("find, growing, worst at " + std::to_string(size / 1000) + "k rows", "ns", here,
                                  budget::ratio(1.25));
        all.ours.push_back(now.ours);
        all.theirs.push_back(*now.theirs);
        if (now.ratio > worst.ratio) worst = std::move(now);
    }
    to.add(compare("find, growing, " + std::to_string(most / 2000) + "k to " + std::to_string(most / 1000) + "k rows",
                   "ns", all, budget::ratio(1.25)));
    to.add(worst);
    db.close(std::chrono::milliseconds(0));
}

inline void measure_scan(report& to, const sides& on, const std::string& rows, int count) {
    std::int64_t expected = 0;
    for (const row_64& row : on.rows) expected += row.gold;
    const auto each = static_cast<double>(on.rows.size());
    const rounds both = interleave(
        count,
        [&](int) {
            std::int64_t sum = 0;
            const double took = timed_on_processor([&] {
                for (const holdfast::row<row_64> row : on.db->rows) sum += row->gold;
            });
            require_equal(sum, expected, "the sum of all rows");
            return took / each;
        },
        [&](int) {
            std::int64_t sum = 0;
            const double took = timed_on_processor([&] {
                for (const row_64& row : on.rows) sum += row.gold;
            });
            require_equal(sum, expected, "the sum of all rows of the vector");
            return took / each;
        },
        [] {});
    to.add(compare("scan, " + rows + " rows", "ns/row", both, budget::ratio(1.25)));
}

} // namespace bench
