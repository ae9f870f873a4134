// SPDX-License-Identifier: MIT
/// @file
/// How many rows a second go to SQLite, and come back, against the best hand-written code?
///
/// Timed for writing: from the moment both have the values (ours in its log, theirs in its structs) until
/// they are on the disk. One transaction each, of the same rows.
#pragma once

#include "core/characters.hpp"
#include "core/sides.hpp"
#include "support/report.hpp"

namespace bench {

/// Both databases, and the characters as they should be.
class two_files {
public:
    two_files(const scratch_folder& folder, std::int64_t batch_rows)
        : ours_path(folder.file("characters.db")), hand_path(folder.file("by_hand.db")), batch(batch_rows) {
        holdfast::open<character_world>(ours_path).value().close();
        hand = std::make_unique<by_hand>(hand_path, ours_path);
        holdfast::options chosen;
        chosen.save_every = std::chrono::hours(1); // it saves when it is told to, so that it can be timed
        chosen.batch_bytes = std::size_t{1} << 30;
        db.emplace(holdfast::open<character_world>(ours_path, chosen).value());
    }

    /// The time of one transaction that saves everything committed; rows a second.
    [[nodiscard]] double save() {
        db->commit();
        let_the_log_catch_up(*db);
        const holdfast::health_report before = db->health();
        const double took = timed([&] { save_all(*db); });
        const holdfast::health_report after = db->health();
        require_equal(after.rows_written - before.rows_written, static_cast<std::uint64_t>(batch), "rows of a batch");
        require_equal(after.batches - before.batches, std::uint64_t{1}, "transactions of a batch");
        return static_cast<double>(batch) / took * 1e9;
    }
    /// Rows a second of `write`, by hand.
    template <class Write> [[nodiscard]] double by_hand_in(Write&& write) {
        return static_cast<double>(batch) / timed(std::forward<Write>(write)) * 1e9;
    }
    void end_tick(std::int64_t i) {
        if (i % 1'000 == 0) db->commit();
    }

    std::string ours_path, hand_path;
    std::int64_t batch;
    std::vector<character> rows{};
    std::unique_ptr<by_hand> hand{};
    std::optional<holdfast::store<character_world>> db{};
};

inline void measure_inserts(report& to, two_files& on, int count) {
    const rounds both = interleave(
        count,
        [&](int round) {
            for (std::int64_t i = 1; i <= on.batch; ++i) {
                on.rows.push_back(make_character(round * on.batch + i, 0));
                (*on.db)->characters.insert(on.rows.back()).value();
                on.end_tick(i);
            }
            return on.save();
        },
        [&](int round) {
            return on.by_hand_in([&] {
                on.hand->insert({on.rows.data() + round * on.batch, static_cast<std::size_t>(on.batch)});
            });
        },
        [] {});
    to.add(compare("written, insert", "rows/s", both, budget::ratio_at_least(0.95)));
}

/// @param columns  How many columns change: all but the key, or one.
inline void measure_updates(report& to, two_files& on, int count, const std::string& columns) {
    const bool all = columns == "all columns";
    std::vector<std::int64_t> keys = shuffled_keys(static_cast<std::int64_t>(on.rows.size()));
    std::size_t next = 0;
    std::vector<const character*> changed; // as a program that marks its changed rows would have them
    const rounds both = interleave(
        count,
        [&](int round) {
            changed.clear();
            for (std::int64_t i = 1; i <= on.batch; ++i, next = (next + 1) % keys.size()) {
                character& row = on.rows[static_cast<std::size_t>(keys[next] - 1)];
                auto handle = (*on.db)->characters.find(keys[next]);
                if (all) {
                    row = make_character(row.id, 1'000 + round);
                    (*on.db)->characters.update(handle, [&](character& copy) { copy = row; }).value();
                } else {
                    row.gold += 7;
                    (*on.db)->characters.set<&character::gold>(handle, row.gold);
                }
                changed.push_back(&row);
                on.end_tick(i);
            }
            return on.save();
        },
        [&](int) {
            return on.by_hand_in([&] {
                std::sort(changed.begin(), changed.end(),
                          [](const character* a, const character* b) { return a->id < b->id; });
                all ? on.hand->update_all(changed) : on.hand->update_one(changed);
            });
        },
        [] {});
    to.add(compare("written, update of " + columns, "rows/s", both, budget::ratio_at_least(0.95)));
}

/// Both files hold the rows that they should, value by value.
inline void require_same_files(two_files& on) {
    on.db->close();
    on.db.reset();
    on.hand.reset();
    for (const std::string& path : {on.ours_path, on.hand_path}) {
        std::vector<character> got = by_hand(path, "").load();
        require_equal(got.size(), on.rows.size(), "rows in " + path);
        for (std::size_t i = 0; i < got.size(); ++i) {
            const character &a = got[i], &b = on.rows[i];
            require(a.id == b.id && a.account_id == b.account_id && a.name == b.name && a.title == b.title &&
                        a.level == b.level && a.experience == b.experience && a.gold == b.gold &&
                        a.hit_points == b.hit_points && !(a.x < b.x || a.x > b.x) && !(a.y < b.y || a.y > b.y) &&
                        !(a.z < b.z || a.z > b.z) && a.map_id == b.map_id,
                    "row " + std::to_string(b.id) + " in " + path);
        }
    }
}

/// Opening the file, checking it and loading every row, against opening it and a loop into a vector.
inline void measure_load(report& to, const two_files& on, int count) {
    std::int64_t expected = 0;
    for (const character& row : on.rows) expected += row.gold + static_cast<std::int64_t>(row.name.size());
    const auto total = static_cast<double>(on.rows.size());
    const rounds both = interleave(
        count,
        [&](int) {
            std::optional<holdfast::store<character_world>> db;
            const double took = timed([&] { db.emplace(holdfast::open<character_world>(on.ours_path).value()); });
            std::int64_t sum = 0;
            for (const holdfast::row<character> row : (*db)->characters)
                sum += row->gold + static_cast<std::int64_t>(row->name.size());
            require_equal(sum, expected, "the sum of what was loaded");
            return total / took * 1e9;
        },
        [&](int) {
            std::vector<character> rows;
            const double took = timed([&] { rows = by_hand(on.hand_path, "").load(); });
            std::int64_t sum = 0;
            for (const character& row : rows) sum += row.gold + static_cast<std::int64_t>(row.name.size());
            require_equal(sum, expected, "the sum of what was loaded by hand");
            return total / took * 1e9;
        },
        [] {});
    to.add(compare("loaded, " + std::to_string(on.rows.size() / 1'000) + "k rows", "rows/s", both,
                   budget::ratio_at_least(0.90)));
}

} // namespace bench
