// SPDX-License-Identifier: MIT
/// @file
/// Do costs stay the same, a row, from ten thousand rows to ten million?

#include "core/memory.hpp"
#include "support/options.hpp"
#include "support/run.hpp"
#include "support/tmpfs.hpp"

namespace {

struct choices : bench::options {
    std::string folder{};
    bool lie = false;
};

struct scaled_world {
    holdfast::table<bench::row_64, holdfast::primary_key<&bench::row_64::id>, holdfast::index<&bench::row_64::owner>>
        rows;
};

constexpr int rounds = 5;
constexpr int rounds_of_finds = 15;

/// Each row has a memory line of its own, and a place in two maps: a loop over keys in no order.
template <class Work>
[[nodiscard]] double time_round(const std::vector<std::int64_t>& keys, int round, const Work& work) {
    const std::size_t count = std::min<std::size_t>(keys.size(), 200'000);
    const int passes = static_cast<int>(200'000 / count);
    const std::int64_t* const from = bench::window_of(keys, round, count);
    return bench::timed_on_processor([&] {
               for (int pass = 0; pass < passes; ++pass)
                   for (std::size_t i = 0; i < count; ++i) work(from[i]);
           }) /
           static_cast<double>(count * static_cast<std::size_t>(passes));
}
template <class Work> [[nodiscard]] double time_each(const std::vector<std::int64_t>& keys, const Work& work) {
    std::vector<double> all;
    for (int round = 0; round < rounds; ++round) all.push_back(time_round(keys, round, work));
    return bench::median(all);
}

/// The same rows, found by hand.
struct found_by_hand {
    explicit found_by_hand(std::int64_t count) {
        rows.reserve(static_cast<std::size_t>(count));
        map.reserve(static_cast<std::size_t>(count));
        for (std::int64_t id = 1; id <= count; ++id) map.emplace(id, &rows.emplace_back(bench::make_row(id)));
    }
    bench::huge_vector<bench::row_64> rows{};
    bench::pointer_map map{};
};

/// How long a world of so many rows takes to come into memory and into SQLite at once.
[[nodiscard]] double fill(const std::string& path, std::int64_t count) {
    auto db = holdfast::open<scaled_world>(path).value();
    const double took = bench::timed([&] {
        db.bulk_load(
              [&](scaled_world& w) {
                  for (std::int64_t id = 1; id <= count; ++id) w.rows.insert(bench::make_row(id)).value();
              },
              std::chrono::minutes(10))
            .value();
    });
    db.close();
    return took;
}

/// One is made at once after a load of rows: not while something is timed.
void wait_for_backup(const holdfast::store<scaled_world>& db) {
    for (int waited_ms = 0; waited_ms < 120'000; ++waited_ms) {
        const holdfast::health_report now = db.health();
        if (now.backed_up >= now.saved) return;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    throw std::runtime_error("the store has made no backup");
}

/// ns for each row, or for each call.
struct operation_costs {
    double find = 0, by_hand = 0, where = 0, set = 0, insert = 0, walk = 0;
    std::int64_t edits = 0, rows = 0; ///< That were made, and that there are at the end.
};

/// The two sides take turns: each finds the caches as the other has left them.
void measure_finds(holdfast::store<scaled_world>& db, const found_by_hand& hand, const std::vector<std::int64_t>& keys,
                   operation_costs& into) {
    const auto& rows = db->rows;
    std::int64_t wrong = 0;
    std::vector<double> ours, theirs;
    for (int round = 0; round < rounds_of_finds; ++round) {
        ours.push_back(
            time_round(keys, round, [&](std::int64_t key) { wrong += rows.find(key)->gold == key * 3 ? 0 : 1; }));
        theirs.push_back(time_round(
            keys, round, [&](std::int64_t key) { wrong += hand.map.find(key)->second->gold == key * 3 ? 0 : 1; }));
    }
    bench::require_equal<std::int64_t>(wrong, 0, "rows with a wrong value");
    into.find = bench::median(ours);
    into.by_hand = bench::median(theirs);
}

void measure_reads(holdfast::store<scaled_world>& db, const std::vector<std::int64_t>& keys, operation_costs& into) {
    auto& rows = db->rows;
    std::int64_t met = 0, expected = 0;
    const auto count = static_cast<std::int64_t>(keys.size());
    into.where = time_each(keys, [&](std::int64_t key) {
        for (const auto row : rows.where<&bench::row_64::owner>(key / 4)) met += row->owner == key / 4 ? 1 : 0;
        expected += std::min(count, key / 4 * 4 + 3) - std::max<std::int64_t>(1, key / 4 * 4) + 1;
    });
    bench::require_equal(met, expected, "rows that stand in their groups");
}

void measure_changes(holdfast::store<scaled_world>& db, const std::vector<std::int64_t>& keys, operation_costs& into) {
    auto& rows = db->rows;
    std::int64_t edits = 0;
    into.set = time_each(keys, [&](std::int64_t key) {
        rows.set<&bench::row_64::x>(key, static_cast<double>(++edits)).value();
        if (edits % 1'000 == 0) db.commit();
        if (edits % 200'000 == 0) bench::let_the_log_catch_up(db);
    });
    const auto count = static_cast<std::int64_t>(keys.size());
    const std::int64_t last = count + std::min<std::int64_t>(count / 10, 100'000);
    into.insert = bench::timed_on_processor([&] { // the mean: commits and growth are not in every part
                      for (std::int64_t id = count + 1; id <= last; ++id) {
                          rows.insert(bench::make_row(id)).value();
                          if (id % 1'000 == 0) db.commit();
                      }
                  }) /
                  static_cast<double>(last - count);
    std::vector<double> walks;
    std::int64_t sum = 0;
    for (int round = 0; round < rounds; ++round) {
        sum = 0;
        walks.push_back(bench::timed_on_processor([&] {
            for (const auto row : rows) sum += row->id;
        }));
    }
    into.walk = bench::median(walks) / static_cast<double>(last);
    bench::require_equal(sum, last * (last + 1) / 2, "the sum of all keys");
    db.commit();
    bench::save_all(db);
    into.edits = edits;
    into.rows = last;
}

/// What was changed is in the file, and comes back.
void require_kept(const std::string& path, double edits, std::int64_t rows) {
    auto db = holdfast::open<scaled_world>(path).value();
    double newest = 0;
    std::int64_t gold = 0;
    for (const auto row : db->rows) {
        newest = std::max(newest, row->x);
        gold += row->gold;
    }
    bench::require_equal(db->rows.size(), static_cast<std::size_t>(rows), "rows of the file");
    bench::require_equal(gold, rows * (rows + 1) / 2 * 3, "what they hold");
    bench::require_equal(newest, edits, "the newest change");
}

/// Bytes of memory for each row.
double measure_size(bench::report& to, const bench::scratch_folder& folder, std::int64_t count, const std::string& name,
                    bool lie) {
    const std::string path = folder.file("rows_" + name + ".db");
    const auto each = static_cast<double>(count);
    const auto keys = bench::shuffled_keys(count);
    const double loaded = fill(path, count);
    const auto file = static_cast<double>(std::filesystem::file_size(path));
    const double before = bench::allocated_bytes();
    std::optional<holdfast::store<scaled_world>> db;
    const double opened = bench::timed([&] { db.emplace(holdfast::open<scaled_world>(path).value()); });
    const double memory = bench::allocated_bytes() - before;
    wait_for_backup(*db);
    if (lie) (*db)->rows.set<&bench::row_64::gold>(keys.front(), -1).value();
    operation_costs is;
    measure_finds(*db, found_by_hand(count), keys, is);
    measure_reads(*db, keys, is);
    measure_changes(*db, keys, is);
    db.reset();
    require_kept(path, static_cast<double>(is.edits), is.rows);
    to.add_sides({name,
                  "",
                  {is.find, is.by_hand, is.where, is.set, is.insert, is.walk, loaded / each, opened / each,
                   memory / each, file / each}});
    return memory / each;
}

/// One index beside the key's.
void judge_memory(bench::report& to, const std::string& name, double bytes) {
    to.add({.name = "memory beyond the rows, in a store, " + name,
            .unit = "B",
            .ours = bytes - static_cast<double>(sizeof(bench::row_64)),
            .limit = bench::budget::ours(52)});
}

void measure_all(bench::report& to, const choices& is) {
    const bench::scratch_folder folder(is.folder);
    bench::warn_of_tmpfs(folder);
    to.section("by the number of rows: 64 bytes, an integer key, an index; keys in no order; ns, and bytes a row",
               {"find", "flat_map", "where (4)", "set", "insert", "walk", "bulk load", "open", "memory B", "file B"});
    measure_size(to, folder, 10'000, "10k", is.lie);
    measure_size(to, folder, 100'000, "100k", false);
    std::vector<std::pair<std::string, double>> bytes;
    if (!is.quick) bytes.emplace_back("1M rows", measure_size(to, folder, 1'000'000, "1M", false));
    if (is.full) bytes.emplace_back("10M rows", measure_size(to, folder, 10'000'000, "10M", false));
    if (bytes.empty()) return;
    to.section("memory: a row with a key and an index, in a store that has loaded it");
    for (const auto& [name, each] : bytes) judge_memory(to, name, each);
}

} // namespace

int main(int argc, char** argv) {
    if (!bench::optimized("bench_scaling")) return 2;
    choices is;
    CLI::App app("Measures what an operation costs, a row, in tables of different sizes. 0: every answer was right and "
                 "every budget met; 3: not every budget; 1: an answer was wrong.");
    is.add_to(app, "Up to 100,000 rows", "Also 10 million rows: 3 GB of memory", {"rows"});
    app.add_option("--folder", is.folder, "Where the files are made: a real disk, not a tmpfs");
    app.add_flag("--lie", is.lie, "Spoil a row: the program must fail");
    CLI11_PARSE(app, argc, argv);
    return bench::run(is.json, [&](bench::report& to) { measure_all(to, is); });
}
