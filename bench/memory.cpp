// SPDX-License-Identifier: MIT
/// @file
/// Operations in memory: each beside the best hand-written code for the same work, in one run.

#include "memory/change.hpp"
#include "memory/read.hpp"
#include "memory/rows_come_and_go.hpp"
#include "memory/trade.hpp"
#include "support/options.hpp"
#include "support/run.hpp"

namespace {

struct operation {
    const char* name;
    void (*measure)(const bench::measuring&);
};
constexpr operation operations[] = {
    {"find", bench::measure_find},         {"find_by", bench::measure_find_by}, {"where", bench::measure_where},
    {"range", bench::measure_range},       {"scan", bench::measure_scan},       {"set", bench::measure_set},
    {"update", bench::measure_update},     {"insert", bench::measure_insert},   {"erase", bench::measure_erase},
    {"transact", bench::measure_transact}, {"undo", bench::measure_undo}};

struct choices : bench::options {
    std::string lying{};

    [[nodiscard]] int rounds() const { return quick ? 7 : full ? 51 : 21; }
    [[nodiscard]] bool wants(const std::string& name) const {
        return lying.empty() ? options::wants(name) : name == lying;
    }
};

void measure_rows(bench::report& to, const choices& is, std::int64_t count, const std::string& rows,
                  std::vector<bench::sides_row>& all) {
    const bench::scratch_folder folder;
    bench::memory_sides on(folder, count);
    to.section(rows + " rows; a store is open on a file, its threads log and save; theirs: unordered_flat_map, its "
                      "indexes kept by hand");
    for (const operation& one : operations)
        if (is.wants(one.name)) one.measure({to, on, rows, is.rounds(), one.name == is.lying, all});
    on.require_same_contents();
}

void measure_all(bench::report& to, const choices& is) {
    std::vector<bench::sides_row> all;
    measure_rows(to, is, 10'000, "10k", all);
    if (is.quick)
        measure_rows(to, is, 200'000, "200k", all);
    else
        measure_rows(to, is, 1'000'000, "1M", all);
    to.section("all sides; medians of " + std::to_string(is.rounds()) + " rounds", bench::memory_sides::names());
    for (const bench::sides_row& row : all) to.add_sides(row);
}

} // namespace

int main(int argc, char** argv) {
    if (!bench::optimized("bench_memory")) return 2;
    std::vector<std::string> names;
    for (const operation& one : operations) names.emplace_back(one.name);
    choices is;
    CLI::App app("Measures operations in memory against the best hand-written code. 0: every answer was right; 1: one "
                 "was wrong.");
    is.add_to(app, "Fewer rounds, and 200,000 rows in place of a million: under 40 seconds", "51 rounds", names);
    app.add_option("--lie", is.lying, "Measure this operation alone, with one wrong value on our side: it must fail")
        ->check(CLI::IsMember(names));
    CLI11_PARSE(app, argc, argv);
    return bench::run(is.json, [&](bench::report& to) { measure_all(to, is); });
}
