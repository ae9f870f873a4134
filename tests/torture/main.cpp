// SPDX-License-Identifier: MIT
/// @file
/// The command line of the torture: kills servers, again and again, and checks what they leave.
#include "power/power.hpp"
#include "run.hpp"
#include "self_test.hpp"

#include "support/temporary_folder.hpp"

#include <CLI/CLI.hpp>

#include <filesystem>

#include <unistd.h>

namespace {

using namespace torture;

int run_power(power_choices chosen, bool self) {
    if (chosen.folder.empty())
        chosen.folder = holdfast::test::folder_in_memory() + "/holdfast_power_" + std::to_string(::getpid());
    if (self) return power_self_test(chosen) ? 0 : 1;
    const auto begun = std::chrono::steady_clock::now();
    const power_tally counted = cut_power(chosen);
    print_power_figures(counted, std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
    return counted.findings() == 0 ? 0 : 1;
}

int run(int count, char** arguments) {
    choices chosen;
    std::int64_t stop_ms = chosen.stop_for.count();
    bool self = false, skip_step = false, power = false;
    power_choices cuts;
    std::vector<std::string> names(case_names.begin(), case_names.end());
    names.emplace_back("step");
    CLI::App app(
        "Kills a server with SIGKILL, again and again, wherever it is, and checks that nothing committed is lost: "
        "see docs/torture.md.",
        "torture");
    app.add_option("--trials", chosen.trials, "How many servers are killed")->capture_default_str();
    app.add_option("--seed", chosen.seed, "What everything is drawn from")->capture_default_str();
    app.add_option("--case", chosen.only_case, "This one only, instead of all in turn")->check(CLI::IsMember(names));
    app.add_option("--store", chosen.only_store, "The store of this number only, until there were enough trials");
    app.add_option("--folder", chosen.folder,
                   "Where the stores are made; stays when something was found [a new one in "
                   "the system's folder for temporary files]");
    app.add_option("--stop-ms", stop_ms,
                   "How long a process, or the log thread, stands still in the cases stop and slow")
        ->check(CLI::Range(1, 60'000))
        ->capture_default_str();
    app.add_flag("--skip-step", skip_step, "Leave the case step out of the mix: it takes as long as 100 trials");
    app.add_flag(
        "--self-test", self,
        "Break what a killed server left, or with --power what a disk does, in every way that is known, and see "
        "that it is found");
    app.add_flag("--power", power,
                 "Cut the power instead: build what a disk may have then, from what a store did, and open that");
    app.add_option("--states", cuts.states, "With --power, how many such states")->capture_default_str();
    app.add_option("--state", cuts.only_state, "With --power, the state of this number only");
    CLI11_PARSE(app, count, arguments);
    if (power) {
        cuts.seed = chosen.seed;
        cuts.folder = chosen.folder;
        return run_power(cuts, self);
    }
    chosen.stop_for = std::chrono::milliseconds(stop_ms);
    if (chosen.folder.empty())
        chosen.folder = std::filesystem::temp_directory_path() / ("holdfast_torture_" + std::to_string(::getpid()));
    std::filesystem::create_directories(chosen.folder);

    if (self) return self_test(chosen) ? 0 : 1;
    tally counted;
    const bool steps = chosen.only_case.empty() ? !skip_step : chosen.only_case == "step";
    if (steps) step_instructions(chosen, counted);
    if (chosen.only_case != "step") {
        kill_servers(chosen, counted);
        print_figures(counted);
    }
    std::error_code not_empty;
    std::filesystem::remove(chosen.folder, not_empty);
    return counted.findings() == 0 ? 0 : 1;
}

} // namespace

int main(int count, char** arguments) {
    try {
        return run(count, arguments);
    } catch (const std::exception& why) {
        std::fflush(stdout);
        std::fprintf(stderr, "torture: %s\n", why.what());
        return 2;
    }
}
