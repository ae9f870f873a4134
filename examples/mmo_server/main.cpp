// SPDX-License-Identifier: MIT
/// @file
/// The example server's command line.
#include "adopt.hpp"
#include "files.hpp"
#include "generate.hpp"
#include "load.hpp"
#include "play.hpp"
#include "verify.hpp"

#include <CLI/CLI.hpp>

namespace {

using namespace mmo;

int adopt_map(const choices& chosen) {
    const std::filesystem::path original(chosen.adopt);
    const scratch_database copy("adopted_" + original.filename().string(), chosen.scratch);
    return adopt(original.string(), copy.path()) ? 0 : 1;
}

/// Whether the rates in the program are still those of the file.
int compare_workload(const std::string& path) {
    const auto file = read_workload(path).value();
    int differences = 0;
    for (std::size_t i = 0; const operation& ours : built_in_workload()) {
        const double theirs = file[i++].per_player_per_second;
        if (theirs == ours.per_player_per_second) continue;
        std::printf("%.*s: %g here, %g in the file\n", static_cast<int>(ours.name.size()), ours.name.data(),
                    ours.per_player_per_second, theirs);
        ++differences;
    }
    return differences == 0 ? 0 : 1;
}

/// What the program does for itself, in processes of its own; not shown by --help.
struct inner_modes {
    std::string path{};
    std::vector<std::string> sums{};
    std::size_t characters = 0;
    std::uint64_t seed = 0;
    CLI::App* generate;
    CLI::App* verify;
    CLI::App* verify_map;
    CLI::App* compare;

    explicit inner_modes(CLI::App& app)
        : generate(add(app, "generate")), verify(add(app, "verify")), verify_map(add(app, "verify-map")),
          compare(add(app, "compare-workload")) {
        generate->add_option("characters", characters)->required();
        generate->add_option("seed", seed)->required();
        verify->add_option("sums", sums);
        verify_map->add_option("sums", sums);
    }
    CLI::App* add(CLI::App& app, const char* name) {
        CLI::App* mode = app.add_subcommand(name)->group("");
        mode->add_option("path", path)->required();
        return mode;
    }

    int run() const {
        if (verify->parsed()) return mmo::verify<world>(path, sums);
        if (verify_map->parsed()) return mmo::verify<map_world>(path, sums);
        if (compare->parsed()) return compare_workload(path);
        mmo::generate(path, characters, seed);
        return 0;
    }
};

int run(int count, char** arguments) {
    choices chosen;
    CLI::App app("A game server of 10,000 players whose state is in Holdfast: makes or loads a world, plays for 30 "
                 "seconds, measures, and compares the file with what was in memory.",
                 "mmo_server");
    app.add_option("--database", chosen.database, "The file of the world; made when it is not there [mmo_world.db]");
    app.add_option("--seed", chosen.seed, "What a new world is made from")->capture_default_str();
    app.add_option("--characters", chosen.characters, "How many a new world has")
        ->check(CLI::Range(std::size_t{2}, most_players))
        ->capture_default_str();
    app.add_option("--seconds", chosen.seconds, "How long to play")
        ->check(CLI::Range(1, 86'400))
        ->capture_default_str();
    app.add_flag("--quick", chosen.quick, "1,000 characters for 3 seconds, in mmo_quick.db");
    app.add_flag("--fresh", chosen.fresh, "Delete the file and make a new world");
    app.add_option("--workload", chosen.workload, "Take the rates from this JSON file")->check(CLI::ExistingFile);
    app.add_option("--adopt", chosen.adopt, "Instead: adopt a copy of this Luanti map database")
        ->check(CLI::ExistingFile);
    app.add_flag_callback(
        "--keep", [&] { chosen.scratch = scratch_database::afterwards::keep; },
        "Keep the full snapshot, or the adopted copy, for a look with sqlite3");
    app.add_flag("--strict", chosen.strict, "A missed expectation is a failure");
    const inner_modes inner(app);
    app.require_subcommand(0, 1);
    CLI11_PARSE(app, count, arguments);

    if (!app.get_subcommands().empty()) return inner.run();
    if (!chosen.adopt.empty()) return adopt_map(chosen);
    if (chosen.quick && app.count("--characters") == 0) chosen.characters = 1'000;
    if (chosen.quick && app.count("--seconds") == 0) chosen.seconds = 3;
    if (chosen.database.empty()) chosen.database = chosen.quick ? "mmo_quick.db" : "mmo_world.db";
    return play(chosen);
}

} // namespace

int main(int count, char** arguments) {
    try {
        return run(count, arguments);
    } catch (const std::exception& why) {
        std::fflush(stdout);
        std::fprintf(stderr, "mmo_server: %s\n", why.what());
        return 1;
    }
}
