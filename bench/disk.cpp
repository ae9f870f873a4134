// SPDX-License-Identifier: MIT
/// @file
/// The disk: how many rows a second go to SQLite and come back, against hand-written code and other libraries.

#include "disk/measure.hpp"
#include "support/options.hpp"
#include "support/run.hpp"
#include "support/tmpfs.hpp"

namespace {

/// What is measured, as the options call it; in the order of `liar::about`.
const std::vector<std::string> operations = {"insert", "all-columns", "one-column", "delete", "load"};

struct choices : bench::options {
    std::string folder{};
    std::vector<std::string> lie{};

    /// Which of three sizes this run has.
    [[nodiscard]] std::size_t size() const { return quick ? 0 : full ? 2 : 1; }
};

/// The sizes of batches: quick, usual and full.
constexpr bench::disk_plan plans[][3] = {
    {{"1", 1, 10, 5}, {"1", 1, 40, 15}, {"1", 1, 40, 41}},
    {{"10", 10, 10, 5}, {"10", 10, 40, 15}, {"10", 10, 40, 41}},
    {{"1,000", 1'000, 2, 5}, {"1,000", 1'000, 3, 11}, {"1,000", 1'000, 5, 21}},
    {{"25,000", 25'000, 1, 5}, {"100,000", 100'000, 1, 7}, {"100,000", 100'000, 1, 13}}};

constexpr int load_rounds[] = {3, 7, 13};

/// How many rows there are before anything is measured: as many when inserts are left out as after them.
[[nodiscard]] std::size_t first_rows(const choices& is) {
    std::size_t rows = is.quick ? 50'000 : 300'000;
    if (is.wants("insert")) return rows;
    for (const auto& plan : plans) rows += plan[is.size()].rows();
    return rows;
}

void measure_writes(bench::disk_report& to, bench::disk_sides& on, const choices& is, bench::operation what) {
    const std::string& name = operations[static_cast<std::size_t>(what)];
    if (!is.wants(name)) return;
    for (const auto& sizes : plans) {
        const bench::disk_plan& plan = sizes[is.size()];
        const bool judged = what != bench::operation::erase;
        to.add(name + ", batches of " + plan.name, bench::time_writes(on, what, plan),
               judged ? bench::budget::ratio_at_least(0.95) : bench::budget{});
    }
}

void plant(bench::disk_sides& on, const std::vector<std::string>& words) {
    std::string side = "ours";
    auto what = bench::liar::about::whatever_comes_first;
    for (const std::string& word : words) {
        const auto found = std::find(operations.begin(), operations.end(), word);
        if (found == operations.end())
            side = word;
        else
            what = static_cast<bench::liar::about>(found - operations.begin());
    }
    on.let_lie(side, what);
}

void measure_all(bench::report& out, const choices& is) {
    const bench::scratch_folder folder(is.folder);
    std::printf("files in %s; SQLite %s\n", folder.file("").c_str(), sqlite3_libversion());
    bench::warn_of_tmpfs(folder);
    holdfast::give_way(); // as the store's thread that writes: other programs shall slow down all sides alike
    bench::disk_sides on(folder);
    on.fill(first_rows(is));
    if (!is.lie.empty()) plant(on, is.lie);
    bench::disk_report to(out);
    measure_writes(to, on, is, bench::operation::insert);
    measure_writes(to, on, is, bench::operation::update_all);
    measure_writes(to, on, is, bench::operation::update_one);
    if (is.wants("load"))
        to.add("load, " + std::to_string(on.rows.size() / 1'000) + "k rows",
               bench::time_loads(on, load_rounds[is.size()]), bench::budget::ratio_at_least(0.90));
    measure_writes(to, on, is, bench::operation::erase);
    to.add_all_sides();
    on.check();
    if (!is.lie.empty() && !on.one_has_lied())
        throw std::runtime_error("no value was planted: its side or operation was not measured");
    std::puts("\nevery file holds what was written to it");
}

} // namespace

int main(int argc, char** argv) {
    if (!bench::optimized("bench_disk")) return 2;
    choices is;
    std::vector<std::string> liars = operations;
    liars.insert(liars.end(), bench::disk_sides::names.begin(), bench::disk_sides::names.end());
    CLI::App app("Measures rows written to SQLite and loaded against the best hand-written code. 0: every answer was "
                 "right and every budget met; 3: not every budget; 1: an answer was wrong.");
    is.add_to(app, "Fewer rounds and rows, batches of 25,000 for those of 100,000: half a minute",
              "Twice as many rounds", operations);
    app.add_option("--folder", is.folder, "Where the files are made: a real disk, not a tmpfs");
    app.add_option(
           "--lie", is.lie,
           "Plant one wrong value, so that the program must fail: a side (ours), an operation (the first), or both")
        ->check(CLI::IsMember(liars));
    CLI11_PARSE(app, argc, argv);
    return bench::run(is.json, [&](bench::report& to) { measure_all(to, is); });
}
