// SPDX-License-Identifier: MIT
/// @file
/// Puts the parts together, in the order in which a server goes through them.
#include "play.hpp"

#include "figures.hpp"
#include "load.hpp"
#include "measure.hpp"
#include "progress_bar.hpp"
#include "verify.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <stdexcept>

namespace mmo {
namespace {

/// A process of its own makes a new world, so that this one's memory is that of a server that loads.
bool make_sure_there_is_a_world(const choices& chosen) {
    if (chosen.fresh) remove_database(chosen.database);
    if (std::filesystem::exists(chosen.database)) return true;
    return run_self({"generate", chosen.database, std::to_string(chosen.characters), std::to_string(chosen.seed)}) == 0;
}

hf::store<world> load_with_bar(const std::string& path) {
    progress_bar bar;
    hf::options options;
    options.missing = hf::if_missing::refuse;
    options.progress = [&](const hf::load_progress& at) {
        bar.show("loading " + std::string(at.table), at.rows, at.total_rows);
    };
    options.log = [](hf::log_level level, std::string_view text) {
        if (level != hf::log_level::info) std::fprintf(stderr, "%.*s\n", static_cast<int>(text.size()), text.data());
    };
    return hf::open<world>(path, options).value();
}

std::vector<operation> workload_of(const choices& chosen) {
    return chosen.workload.empty() ? built_in_workload() : read_workload(chosen.workload).value();
}

std::uint64_t rows_of(const std::vector<table_sum>& sums) {
    std::uint64_t rows = 0;
    for (const table_sum& of : sums) rows += of.rows;
    return rows;
}

figure memory_figure(std::size_t bytes, const std::vector<table_sum>& sums) {
    std::uint64_t fields = 0;
    for (const table_sum& of : sums) fields += of.bytes;
    const std::string note = "resident; the fields alone: " + fixed(static_cast<double>(fields) / 1e6, 1) + " MB";
    return {"memory of the world", 500, static_cast<double>(bytes) / 1e6, "MB", 1, note};
}

} // namespace

int play(const choices& chosen) {
    if (!make_sure_there_is_a_world(chosen)) return 1;
    const std::vector<operation> workload = workload_of(chosen);
    const std::size_t memory_before = resident_bytes();
    const auto begun = std::chrono::steady_clock::now();
    auto db = load_with_bar(chosen.database);
    const auto loaded = std::chrono::steady_clock::now();
    const std::size_t memory = resident_bytes() - memory_before;

    const std::vector<table_sum> sums = checksum(*db);
    std::printf("%s: %s rows in %zu tables, %s characters, loaded in %.2f s\n", chosen.database.c_str(),
                grouped(rows_of(sums)).c_str(), sums.size(), grouped(db->characters.size()).c_str(),
                in_seconds(loaded - begun));
    if (db->characters.size() < 2) throw std::runtime_error("this world has nobody to play with: start with --fresh");

    // Another run of the same seed over the same world goes on in another way.
    const dice roll(chosen.seed + db.health().committed * 1'000'003);
    std::vector<figure> figures = measure_reading(*db, roll);
    game playing(db, dice(roll).next());
    const load_report load = run_load(db, playing, workload, chosen.seconds);
    load.print();

    const scratch_database copy(chosen.database + ".full_snapshot", chosen.scratch);
    std::ranges::move(measure_saving(db, copy.path(), roll), std::back_inserter(figures));
    figures.push_back(memory_figure(memory, sums));
    std::ranges::move(figures_of(load), std::back_inserter(figures));
    print(figures);
    std::printf("\n");

    const bool all_met = std::ranges::none_of(figures, &figure::missed);
    if (!all_met)
        std::printf("some expectations were missed%s\n", chosen.strict ? "" : " (no failure without --strict)");
    if (!another_process_agrees(db, chosen.database, "verify")) return 1;
    return all_met || !chosen.strict ? 0 : 3;
}

} // namespace mmo
