// SPDX-License-Identifier: MIT
/// @file
/// What does it cost to compile: the doors alone, a large world, and more tables, or wider ones?

#include "support/compiler.hpp"
#include "support/options.hpp"
#include "support/run.hpp"

namespace {

struct choices : bench::options {
    std::string compiler = "g++";
    std::string include = (std::filesystem::path(__FILE__).parent_path().parent_path() / "include").string();
    bool lie = false;
};

/// Including a door, against including a large standard header.
void measure_include(bench::report& to, const bench::compiler& with, const bench::scratch_folder& folder,
                     const std::string& header, double limit, int count) {
    const std::string ours = bench::write_source(folder, "door.cpp", "#include <" + header + ">\n");
    const std::string theirs = bench::write_source(folder, "regex.cpp", "#include <regex>\n");
    const bench::rounds both = bench::interleave(
        count, [&](int) { return with.run(ours).seconds; }, [&](int) { return with.run(theirs).seconds; }, [] {});
    to.add(bench::compare("include <" + header + ">, <regex>", "s", both, bench::budget::ours(limit)));
}

void measure_budgets(bench::report& to, const bench::compiler& with, const bench::scratch_folder& folder, int count) {
    to.section("the doors alone, and 40 tables; theirs: a standard header");
    measure_include(to, with, folder, "holdfast/world.hpp", 1.0, count);
    measure_include(to, with, folder, "holdfast/holdfast.hpp", 1.4, count);
    const std::string source = bench::write_source(folder, "large.cpp", bench::world_of(40, 12));
    const bench::compile_cost large = with.run(source);
    bench::require_works(with, folder, source);
    to.add({.name = "compile 40 tables x 12 columns",
            .unit = "s",
            .ours = large.seconds,
            .limit = bench::budget::ours(14)});
    to.add({.name = "compile 40 tables x 12 columns, memory",
            .unit = "GB",
            .ours = large.gigabytes,
            .limit = bench::budget::ours(0.7)});
}

/// Each world takes what the one before it takes, and a like part for each table or column more.
void measure_growth(bench::report& to, const bench::compiler& with, const bench::scratch_folder& folder,
                    const std::string& title, const std::vector<std::pair<int, int>>& worlds) {
    to.section(title, {"s", "s/column more", "GB"});
    std::optional<std::pair<int, double>> before;
    for (const auto& [tables, columns] : worlds) {
        const std::string source = bench::write_source(folder, "world.cpp", bench::world_of(tables, columns));
        const bench::compile_cost cost = with.run(source);
        bench::require_works(with, folder, source);
        const int all = tables * columns;
        std::optional<double> each;
        if (before) each = (cost.seconds - before->second) / (all - before->first);
        before = {all, cost.seconds};
        to.add_sides({std::to_string(tables) + " tables x " + std::to_string(columns) + " columns",
                      "",
                      {cost.seconds, each, cost.gigabytes}});
    }
}

void measure_all(bench::report& to, const choices& is) {
    const bench::scratch_folder folder;
    const bench::compiler with{is.compiler, is.include};
    std::printf("%s -O2, processor time and the most memory at a time\n", is.compiler.c_str());
    if (is.lie) {
        std::string wrong = bench::world_of(1, 4);
        wrong.replace(wrong.find("->gold != 5"), 11, "->gold != 6");
        const std::string source = bench::write_source(folder, "wrong.cpp", wrong);
        (void)with.run(source);
        bench::require_works(with, folder, source);
    }
    if (is.wants("budgets")) measure_budgets(to, with, folder, is.quick ? 1 : 3);
    const bool all = !is.quick || !is.only.empty();
    if (all && is.wants("tables"))
        measure_growth(to, with, folder, "more tables of 12 columns",
                       is.quick ? std::vector<std::pair<int, int>>{{1, 12}, {10, 12}}
                                : std::vector<std::pair<int, int>>{{1, 12}, {10, 12}, {40, 12}, {80, 12}});
    if (all && is.wants("columns"))
        measure_growth(to, with, folder, "wider tables",
                       is.quick ? std::vector<std::pair<int, int>>{{10, 4}, {10, 24}}
                                : std::vector<std::pair<int, int>>{{10, 4}, {10, 24}, {10, 48}});
}

} // namespace

int main(int argc, char** argv) {
    choices is;
    CLI::App app(
        "Measures what it costs to compile worlds. 0: every answer was right and every budget met; 3: not every "
        "budget; 1: an answer was wrong.");
    is.add_to(app, "The budgets alone, if nothing else is named: a minute", nullptr, {"budgets", "tables", "columns"});
    app.add_option("--compiler", is.compiler, "The compiler whose time is measured")->capture_default_str();
    app.add_option("--include", is.include, "The folder of the headers that it compiles");
    app.add_flag("--lie", is.lie, "Compile a program that expects a wrong value: this one must fail");
    CLI11_PARSE(app, argc, argv);
    return bench::run(is.json, [&](bench::report& to) { measure_all(to, is); });
}
