// SPDX-License-Identifier: MIT
/// @file
/// The save queue: what logging and committing changes costs, against a mapped file, `write` and SQLite, by hand.

#include "queue/ticks.hpp"
#include "support/options.hpp"
#include "support/run.hpp"
#include "support/tmpfs.hpp"

#include <cstdlib>

namespace {

struct choices : bench::options {
    std::string folder{};
    std::string ring{};
    std::string workload{};
    std::string lying{};

    /// Turns of five seconds; with --full as many ticks of ours as a p99.99 needs, and shorter ones of the others.
    [[nodiscard]] bench::tick_plan plan(int per_second) const {
        const auto ticks = [&](std::size_t seconds) { return seconds * static_cast<std::size_t>(per_second); };
        if (quick) return {per_second, 1, ticks(3), ticks(2), ticks(2), ticks(2)};
        if (full) return {per_second, 10, 1'000, ticks(2), ticks(2), ticks(2)};
        return {per_second, 4, ticks(5), ticks(5), ticks(5), ticks(5)};
    }
};

void say_load(const char* when) {
    double load[3] = {};
    if (::getloadavg(load, 3) == 3)
        std::printf("\nload of the machine %s: %.2f %.2f %.2f\n", when, load[0], load[1], load[2]);
}

void measure_all(bench::report& to, const choices& is) {
    const bench::scratch_folder folder(is.folder);
    std::printf("files in %s; SQLite %s; %u processors\n", folder.file("").c_str(), sqlite3_libversion(),
                std::thread::hardware_concurrency());
    bench::warn_of_tmpfs(folder);
    const int rounds = is.quick ? 5 : 11;
    const std::size_t less = is.quick ? 4 : 1;
    const auto operations = is.workload.empty() ? bench::built_in_operations() : bench::read_operations(is.workload);
    std::optional<bench::scratch_folder> ring;
    if (!is.ring.empty()) ring.emplace(is.ring);
    bench::queue_sides on(folder, ring ? ring->file("") : std::string(), is.lying);
    bench::all_progress now;
    if (is.wants("changes")) bench::measure_changes(to, on, now, rounds, less);
    if (is.wants("commits")) bench::measure_commits(to, on, now, is.quick ? 2 : 10, less);
    if (is.wants("edits")) bench::measure_edits(to, on, now, is.quick ? 3 : 10);
    for (const int per_second : {20, 60}) {
        if (!is.wants("ticks")) break;
        const bench::tick_plan plan = is.plan(per_second);
        const bench::tick_results got = bench::time_ticks(on, operations, plan);
        bench::report_ticks(to, got, plan);
        bench::judge_ticks(to, got, plan);
    }
    std::printf("\nbytes that went by the heap because the ring was full, at most: %zu\n",
                on.ours.side.overflow_bytes());
    on.check();
    std::printf("every file holds what was written to it\n");
}

} // namespace

int main(int argc, char** argv) {
    if (!bench::optimized("bench_queue")) return 2;
    choices is;
    CLI::App app("Measures the save queue against the best hand-written code. 0: every answer was right and every "
                 "budget met; 3: not every budget; 1: an answer was wrong.");
    is.add_to(app, "Fewer rounds and shorter turns: about a minute",
              "10,000 ticks of ours at each rate, for a p99.99: 17 minutes", {"changes", "commits", "edits", "ticks"});
    app.add_option("--folder", is.folder, "Where the files are made: a real disk, not a tmpfs");
    app.add_option("--ring", is.ring, "Where the ring and the mapped journal are made instead, as in a tmpfs");
    app.add_option("--workload", is.workload, "Take the load from this JSON file; without: the same figures, built in");
    app.add_option("--lie", is.lying, "Give this side one wrong value: the program must fail")
        ->check(CLI::IsMember({"ours", "memcpy", "write", "sqlite-full", "sqlite-normal"}));
    CLI11_PARSE(app, argc, argv);
    return bench::run(is.json, [&](bench::report& to) {
        say_load("before");
        measure_all(to, is);
        say_load("after");
    });
}
