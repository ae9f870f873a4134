// SPDX-License-Identifier: MIT
/// @file
/// The library's budgets: each figure against the best hand-written code for the same work, in one run.

#include "core/change.hpp"
#include "core/growth.hpp"
#include "core/memory.hpp"
#include "core/read.hpp"
#include "support/options.hpp"
#include "support/run.hpp"

namespace {

struct choices : bench::options {
    bool lie = false;

    /// Of three numbers, the one for the size of this run.
    template <class Number> [[nodiscard]] Number sized(Number few, Number usual) const { return quick ? few : usual; }
};

void measure_rows(bench::report& to, const choices& is, std::int64_t count, const std::string& rows) {
    const bench::scratch_folder folder;
    bench::sides on(folder, count, is.lie);
    on.spoil();
    const bool small = count <= 10'000;
    if (is.wants("find")) bench::measure_find(to, on, rows, is.sized(21, 101));
    if (is.wants("scan")) bench::measure_scan(to, on, rows, is.sized(11, 41) * (small ? 10 : 1));
    if (is.wants("set")) {
        bench::measure_set_by_key(to, on, rows, is.sized(21, 101), small ? 1.40 : 1.25);
        bench::measure_set_by_handle(to, on, rows, is.sized(21, 101));
    }
    if (is.wants("commit")) {
        bench::measure_commit(to, on, rows, 10, is.sized(1'000, 5'000));
        bench::measure_commit(to, on, rows, 100'000, is.sized(50, 200));
    }
    if (is.wants("set")) bench::require_saved(on, folder.file("rows_" + std::to_string(count) + ".db"));
}

void measure_all(bench::report& to, const choices& is) {
    if (is.wants("find") || is.wants("scan") || is.wants("set") || is.wants("commit")) {
        to.section("memory: a store is open on a file; its threads log and save while it is measured");
        measure_rows(to, is, 10'000, "10k");
        measure_rows(to, is, 1'000'000, "1M");
        if (is.full) measure_rows(to, is, 10'000'000, "10M");
    }
    const bench::scratch_folder folder;
    if (is.wants("find_growing") || is.wants("growth"))
        to.section("growth: a store is open on a file; its threads log and save");
    if (is.wants("find_growing")) bench::measure_find_while_growing(to, folder, is.sized(1'000'000, 2'000'000), is.lie);
    if (is.wants("growth")) bench::measure_growth(to, folder, 100'000, is.sized(1'000'000, 4'000'000), 3, is.lie);
    if (is.wants("memory")) {
        to.section("memory beyond the rows: tables without a store; theirs: deque and flat maps");
        bench::measure_memory(to, is.sized(200'000, 1'000'000), is.lie);
    }
}

} // namespace

int main(int argc, char** argv) {
    if (!bench::optimized("bench_core")) return 2;
    choices is;
    CLI::App app("Measures the budgets of Holdfast against the best hand-written code. 0: every answer was right and "
                 "every budget met; 3: not every budget; 1: an answer was wrong.");
    is.add_to(app, "Fewer rounds and rows: under a minute", "Also 10 million rows: 4 GB of memory",
              {"find", "scan", "set", "commit", "find_growing", "growth", "memory"});
    app.add_flag("--lie", is.lie, "Spoil a row of ours: the program must fail");
    CLI11_PARSE(app, argc, argv);
    return bench::run(is.json, [&](bench::report& to) { measure_all(to, is); });
}
