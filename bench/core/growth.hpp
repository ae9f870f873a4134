// SPDX-License-Identifier: MIT
/// @file
/// How long does an insert take at most, and on the average, while a table grows?
#pragma once

#include "core/sides.hpp"
#include "support/report.hpp"

namespace bench {

/// One side's growth. Times are in ns.
struct growth {
    double mean = 0;
    double longest = 0; ///< Less what other programs on the same processor took from it.
    double longest_seen = 0;
};

/// Inserts rows until there are `to`, and times those from `from` on, each alone. `rest` is untimed.
template <class Insert, class Rest>
[[nodiscard]] growth time_growth(std::int64_t from, std::int64_t to, Insert&& insert, Rest&& rest) {
    constexpr std::int64_t block = 64;
    growth made;
    double sum = 0;
    std::int64_t id = 1;
    for (; id <= from; ++id) insert(make_row(id));
    rest();
    while (id < to) {
        double longest = 0;
        const std::int64_t processor = read_ns(CLOCK_THREAD_CPUTIME_ID);
        std::int64_t before = read_ns();
        for (const std::int64_t end = id + block; id < end; ++id) {
            insert(make_row(id));
            const std::int64_t after = read_ns();
            longest = std::max(longest, static_cast<double>(after - before));
            sum += static_cast<double>(after - before);
            before = after;
        }
        const auto used = static_cast<double>(read_ns(CLOCK_THREAD_CPUTIME_ID) - processor);
        made.longest_seen = std::max(made.longest_seen, longest);
        made.longest = std::max(made.longest, std::min(longest, used));
        if (id % (block * 1'024) < block) rest();
    }
    made.mean = sum / static_cast<double>(id - from - 1);
    return made;
}

inline void measure_growth(report& to, const scratch_folder& folder, std::int64_t from, std::int64_t most, int count,
                           bool lie) {
    std::vector<growth> ours, theirs;
    rounds mean, longest;
    for (int round = 0; round < count; ++round) {
        {
            auto db = holdfast::open<row_world>(folder.file("growth_" + std::to_string(round) + ".db")).value();
            bool taken = true;
            std::int64_t tick_rows = 0;
            ours.push_back(time_growth(
                from, most,
                [&](const row_64& row) {
                    taken &= static_cast<bool>(db->rows.insert(row));
                    if (++tick_rows % 1'000 == 0) db.commit();
                },
                [&] { let_the_log_catch_up(db); }));
            require(taken, "an insert takes its row");
            if (lie) db->rows.set<&row_64::gold>(1, -1).value();
            for (std::int64_t id = 1; id <= most; id += 997)
                require_equal(db->rows.find(id)->gold, make_row(id).gold, "a row after growth");
            db.close(std::chrono::milliseconds(0));
        }
        {
            std::deque<row_64> rows;
            pointer_map map;
            theirs.push_back(time_growth(
                from, most,
                [&](const row_64& row) {
                    rows.push_back(row);
                    map.emplace(row.id, &rows.back());
                },
                [] {}));
            for (std::int64_t id = 1; id <= most; id += 997)
                require_equal(map.find(id)->second->gold, make_row(id).gold, "a row of the map after growth");
        }
        mean.ours.push_back(ours.back().mean);
        mean.theirs.push_back(theirs.back().mean);
        longest.ours.push_back(ours.back().longest / 1e6);
        longest.theirs.push_back(theirs.back().longest / 1e6);
    }
    const std::string range = std::to_string(from / 1'000) + "k to " + std::to_string(most / 1'000) + "k rows";
    to.add(compare("longest insert, " + range, "ms", longest, budget::ours(1))); // the median round's
    double seen = 0;
    for (const growth& one : ours) seen = std::max(seen, one.longest_seen / 1e6);
    to.add({.name = "  the same, other programs' time included", .unit = "ms", .ours = seen});
    to.add(compare("mean insert, " + range, "ns", mean));
}

} // namespace bench
