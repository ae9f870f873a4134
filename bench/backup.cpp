// SPDX-License-Identifier: MIT
/// @file
/// Backups: what a copy that is made meanwhile adds to a tick, and how long a large world takes to copy and to recover.

#include "queue/ticks.hpp"
#include "support/options.hpp"
#include "support/run.hpp"

#include <cstdio>
#include <filesystem>

namespace {

using namespace std::chrono_literals;

/// A row as the example server's are: 700,000 of them.
struct belonging {
    std::int64_t id = 0;
    std::int64_t owner = 0;
    std::int32_t kind = 0;
    std::int32_t count = 0;
    std::string name{};
};
struct large_world {
    holdfast::table<belonging, holdfast::primary_key<&belonging::id>, holdfast::index<&belonging::owner>> belongings;
};

/// Asks for one copy after the other, each to a file that goes when it is made.
class copying {
public:
    copying(holdfast::store<bench::queue_world>& of, std::string path) : of_(of), path_(std::move(path)) {}

    /// Between two ticks.
    void go_on() {
        if (asked_) return;
        std::filesystem::remove(path_);
        asked_ = true;
        of_.snapshot_to(path_, [this](const holdfast::result<holdfast::backup_manifest>& made) {
            made.value();
            ++copies_;
            asked_ = false;
        });
    }
    void finish() {
        while (asked_) {
            of_.commit();
            std::this_thread::sleep_for(1ms);
        }
    }
    [[nodiscard]] std::size_t copies() const noexcept { return copies_; }
    /// The newest.
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
    holdfast::store<bench::queue_world>& of_;
    const std::string path_;
    bool asked_ = false;
    std::size_t copies_ = 0;
};

void measure_ticks(bench::report& to, const bench::scratch_folder& folder, int per_second, int turns, std::size_t ticks,
                   const std::string& lying) {
    const std::string path = folder.file("ticks" + std::to_string(per_second) + ".db");
    bench::by_store::make(path);
    bench::watched<bench::by_store> side(path, std::string());
    side.lies = lying == "ticks";
    const auto operations = bench::built_in_operations();
    bench::ticking playing(side, operations, per_second);
    copying copies(side.side.store(), folder.file("copy.db"));
    bench::tick_times without, with;
    for (int turn = 0; turn < turns; ++turn) {
        playing.warm_up();
        playing.play(ticks, without, bench::sleep_until);
        playing.warm_up();
        side.history.emplace(side.expected, side.side.health().committed);
        playing.play(ticks, with, [&](std::int64_t next) {
            copies.go_on();
            bench::sleep_until(next);
        });
        copies.finish();
        if (lying == "copy") bench::spoil(copies.path());
        side.history->require_copy(copies.path(), side.side.health().committed);
        side.history.reset();
    }
    side.check();
    if (copies.copies() == 0) throw std::runtime_error("no copy was made meanwhile");
    to.section("ticks at " + std::to_string(per_second) +
               "/s of 10,000 players, with copies of the database made "
               "meanwhile (" +
               std::to_string(copies.copies()) + "); theirs: the same without");
    const auto row = [&](const std::string& name, double part, bench::budget limit) {
        to.add({.name = std::to_string(per_second) + "/s tick, " + name,
                .unit = "ms",
                .ours = bench::quantile(with.wall, part) / 1e3,
                .theirs = bench::quantile(without.wall, part) / 1e3,
                .limit = limit});
    };
    row("p50", 0.5, {});
    row("p99", 0.99, bench::budget::more(1));
    row("longest", 1, {});
    to.add({.name = std::to_string(per_second) + "/s processor time, p99",
            .unit = "ms",
            .ours = bench::quantile(with.processor, 0.99) / 1e3,
            .theirs = bench::quantile(without.processor, 0.99) / 1e3});
    to.add({.name = std::to_string(per_second) + "/s times put off",
            .unit = "",
            .ours = static_cast<double>(with.put_off),
            .theirs = static_cast<double>(without.put_off)});
}

/// The copy has every row of the world, as it was before the last change.
void require_world(const std::string& path, std::int64_t rows, bool lie) {
    bench::sqlite_file copy(path);
    if (lie) copy.run("UPDATE belongings SET owner = owner + 1 WHERE id = 5");
    const std::string wrong = copy.ask("SELECT count(*) FROM belongings WHERE owner <> id / 70 OR kind <> 3 OR "
                                       "count <> 1 OR name <> 'a thing that has a name'");
    bench::require(wrong == "0", "the rows of the copy are those of the world, but for " + wrong);
    bench::require(copy.ask("SELECT count(*) || ' to ' || max(id) FROM belongings WHERE id >= 0") ==
                       std::to_string(rows) + " to " + std::to_string(rows - 1),
                   "the copy has all rows");
}

void measure_world(bench::report& to, const bench::scratch_folder& folder, std::int64_t rows,
                   const std::string& lying) {
    const std::string path = folder.file("world.db");
    const auto seconds_since = [](std::int64_t begun) { return static_cast<double>(bench::read_ns() - begun) / 1e9; };
    double copied = 0, opened = 0, recovered = 0;
    {
        auto db = holdfast::open<large_world>(path).value();
        db.bulk_load(
              [&](large_world& w) {
                  for (std::int64_t id = 0; id < rows; ++id)
                      w.belongings
                          .insert(
                              {.id = id, .owner = id / 70, .kind = 3, .count = 1, .name = "a thing that has a name"})
                          .value();
              },
              10min)
            .value();
        const std::int64_t begun = bench::read_ns();
        bool made = false;
        db.snapshot_to(folder.file("whole.db"), [&](const holdfast::result<holdfast::backup_manifest>& is) {
            is.value();
            made = true;
        });
        while (!made) {
            db.commit();
            std::this_thread::sleep_for(1ms);
        }
        copied = seconds_since(begun);
        while (db.health().backed_up < 1) std::this_thread::sleep_for(10ms); // the regular one after the load
        db->belongings.set<&belonging::count>(5, 77).value();
        db.wait_durable(db.commit(), 10s).value();
        db.close();
    }
    {
        const std::int64_t begun = bench::read_ns();
        auto db = holdfast::open<large_world>(path).value();
        opened = seconds_since(begun);
    }
    std::filesystem::remove(path);
    {
        const std::int64_t begun = bench::read_ns();
        auto db = holdfast::open<large_world>(path).value();
        recovered = seconds_since(begun);
        if (static_cast<std::int64_t>(db->belongings.size()) != rows ||
            db->belongings.find(5)->count != (lying == "world" ? 78 : 77) || db.recovery().backup.empty())
            throw bench::wrong_answer("the world that was recovered is another one");
    }
    require_world(folder.file("whole.db"), rows, lying == "copy");
    const double megabytes = static_cast<double>(std::filesystem::file_size(folder.file("whole.db"))) / 1e6;
    std::printf("\n%lld rows, a database of %.0f MB\n", static_cast<long long>(rows), megabytes);
    to.section("a world of " + std::to_string(rows) + " rows");
    to.add({.name = "a copy, checked and named", .unit = "s", .ours = copied, .limit = bench::budget::ours(10)});
    to.add({.name = "open, the database destroyed; theirs: whole",
            .unit = "s",
            .ours = recovered,
            .theirs = opened,
            .limit = bench::budget::ours(10)});
}

} // namespace

int main(int argc, char** argv) {
    if (!bench::optimized("bench_backup")) return 2;
    bench::options is;
    std::string where, lying;
    const std::vector<std::string> sections{"ticks", "world"};
    CLI::App app("Measures backups: what they add to a tick, and how long a large world takes. 0: every answer was "
                 "right and every budget met; 3: not every budget; 1: an answer was wrong.");
    is.add_to(app, "Shorter turns, a smaller world", nullptr, sections);
    app.add_option("--folder", where, "Where the files are made: a real disk, not a tmpfs");
    app.add_option("--lie", lying, "Expect a wrong value there, or plant one in a copy: the program must fail")
        ->check(CLI::IsMember({"ticks", "world", "copy"}));
    CLI11_PARSE(app, argc, argv);
    return bench::run(is.json, [&](bench::report& to) {
        const bench::scratch_folder folder(where);
        for (const int per_second : {20, 60})
            if (is.wants("ticks"))
                measure_ticks(to, folder, per_second, is.quick ? 2 : 4,
                              static_cast<std::size_t>(per_second) * (is.quick ? 2 : 10), lying);
        if (is.wants("world")) measure_world(to, folder, is.quick ? 70'000 : 700'000, lying);
    });
}
