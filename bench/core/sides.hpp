// SPDX-License-Identifier: MIT
/// @file
/// The same rows on both sides: in a table of an open store, and in the best containers there are.
#pragma once

#include "support/huge_pages.hpp"
#include "support/keys.hpp"
#include "support/scratch_folder.hpp"
#include "support/timing.hpp"

#include <holdfast/holdfast.hpp>

#include <boost/unordered/unordered_flat_map.hpp>

#include <chrono>
#include <deque>
#include <thread>

namespace bench {

/// 64 bytes, as the budgets say.
struct row_64 {
    std::int64_t id = 0;
    std::int64_t gold = 0;
    double x = 0;
    double y = 0;
    double z = 0;
    std::int64_t owner = 0;
    std::int32_t level = 0;
    std::int32_t hit_points = 0;
    std::int64_t seen = 0;
};
static_assert(sizeof(row_64) == 64);

[[nodiscard]] inline row_64 make_row(std::int64_t id) {
    return {.id = id, .gold = id * 3, .owner = id / 4, .level = static_cast<std::int32_t>(id % 100)};
}

struct row_world {
    holdfast::table<row_64, holdfast::primary_key<&row_64::id>> rows;
};

using pointer_map = boost::unordered_flat_map<std::int64_t, row_64*>;

/// Waits, untimed, until the log has every tick, so that one round's backlog is not the next one's burden.
template <class World> void let_the_log_catch_up(const holdfast::store<World>& db) {
    for (;;) {
        const holdfast::health_report now = db.health();
        if (now.durable >= now.committed) return;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}
template <class World> void save_all(holdfast::store<World>& db) {
    const auto saved = db.save_all(std::chrono::minutes(5));
    if (!saved) throw std::runtime_error(saved.why().message());
}

/// `count` rows, keys 1 to `count`, on both sides. The store has been closed and opened, as after a restart of
/// the server; it has its file, its log and its threads, and saves while it is measured.
class sides {
public:
    sides(const scratch_folder& folder, std::int64_t count, bool lie)
        : lies(lie), path(folder.file("rows_" + std::to_string(count) + ".db")),
          db(holdfast::open<row_world>(path).value()), rows(static_cast<std::size_t>(count)),
          keys(shuffled_keys(count)) {
        map.reserve(static_cast<std::size_t>(count));
        for (std::int64_t id = 1; id <= count; ++id) {
            row_64& row = rows[static_cast<std::size_t>(id - 1)] = make_row(id);
            map.emplace(id, &row);
            db->rows.insert(row).value();
            if (id % 1'000 == 0) db.commit();
            if (id % 100'000 == 0) let_the_log_catch_up(db);
        }
        db.commit();
        save_all(db);
        db.close();
        db = holdfast::open<row_world>(path).value();
    }

    /// The keys of one round: each round others, each as random.
    [[nodiscard]] const std::int64_t* keys_of(int round, std::size_t count) const {
        return window_of(keys, round, count);
    }

    /// Before the answers are looked at: a row of ours becomes wrong, if that is wanted.
    void spoil() {
        if (lies) db->rows.set<&row_64::gold>(static_cast<std::int64_t>(rows.size() / 2), -1).value();
    }

    bool lies;
    std::string path;
    holdfast::store<row_world> db;
    huge_vector<row_64> rows;
    pointer_map map{};
    std::vector<std::int64_t> keys;
};

} // namespace bench
