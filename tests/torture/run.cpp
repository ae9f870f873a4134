// SPDX-License-Identifier: MIT
/// @file
/// A whole run: store after store, until enough servers were killed.
#include "run.hpp"

#include "step.hpp"

#include <array>
#include <cstdio>
#include <filesystem>

#include <unistd.h>

namespace torture {

namespace {

/// The cases of the default mix, in turn.
constexpr std::array in_turn{"mixed", "recovery", "mixed",    "slow",  "mixed",    "clock", "mixed", "stop",
                             "mixed", "running",  "recovery", "mixed", "recovery", "mixed", "clock", "mixed"};

/// On a terminal one line that changes, else a line now and then.
class progress {
public:
    explicit progress(const tally& of) : tally_(of) {}
    void show(std::uint64_t most) {
        const auto now = std::chrono::steady_clock::now();
        if (now < next_) return;
        next_ = now + std::chrono::seconds(terminal_ ? 1 : 10);
        std::fprintf(stderr, "%s%llu of %llu trials, %llu ticks checked, %llu losses, %llu broken, %llu failures%s",
                     terminal_ ? "\r" : "", counted(tally_.trials), counted(most),
                     counted(tally_.counted.ticks_checked), counted(tally_.losses), counted(tally_.broken),
                     counted(tally_.failures), terminal_ ? "" : "\n");
        shown_ = true;
    }
    ~progress() {
        if (terminal_ && shown_) std::fprintf(stderr, "\n");
    }

private:
    static unsigned long long counted(std::uint64_t number) { return number; }

    const tally& tally_;
    const bool terminal_ = ::isatty(STDERR_FILENO) != 0;
    bool shown_ = false;
    std::chrono::steady_clock::time_point next_ = std::chrono::steady_clock::now() + std::chrono::seconds(1);
};

/// Whether the store was as it must be to the end; then its files are gone.
bool run_store(const choices& chosen, std::uint64_t number, std::uint64_t most, tally& counted) {
    const std::string course = chosen.only_case.empty() ? in_turn[number % in_turn.size()] : chosen.only_case;
    const std::string folder = chosen.folder + "/store_" + std::to_string(number);
    try {
        hunt(folder, course, mixed(chosen.seed) + number, chosen.stop_for, counted).run(most);
        std::filesystem::remove_all(folder);
        return true;
    } catch (const finding& found) {
        tell(found, folder,
             "./dev torture --seed " + std::to_string(chosen.seed) + " --store " + std::to_string(number) + " --case " +
                 course + " --trials 1000",
             counted);
        return false;
    }
}

} // namespace

void kill_servers(const choices& chosen, tally& counted) {
    progress shown(counted);
    std::uint64_t number = chosen.only_store.value_or(0);
    while (counted.trials < chosen.trials && counted.findings() < 10) {
        const bool good = run_store(chosen, number, chosen.trials - counted.trials, counted);
        if (!chosen.only_store)
            ++number;
        else if (!good)
            return; // the files are those of the finding
        shown.show(chosen.trials);
    }
}

void step_instructions(const choices& chosen, tally& counted) {
    const std::string folder = chosen.folder + "/step";
    try {
        const step_report done = step_through(folder, chosen.seed);
        if (!done.skipped.empty()) {
            std::printf("case step: skipped: %s\n", done.skipped.c_str());
            return;
        }
        const auto number = [](std::uint64_t count) { return static_cast<unsigned long long>(count); };
        std::printf(
            "case step: %llu instructions, %llu ticks, %llu transactions taken back; %llu states of the ring read, "
            "%llu of them opened\n",
            number(done.instructions), number(done.ticks), number(done.taken_back), number(done.states),
            number(done.opened));
    } catch (const finding& found) {
        tell(found, folder, "./dev torture --case step --seed " + std::to_string(chosen.seed), counted);
    }
}

void tell(const finding& found, const std::string& kept_in, const std::string& repeat_with, tally& counted) {
    const bool loss = found.is() == finding::kind::loss, broken = found.is() == finding::kind::broken;
    ++(loss ? counted.losses : broken ? counted.broken : counted.failures);
    std::printf(
        "%s: %s\n  files as they are now in %s, as the kill left them in %s/left, the one before in %s/left_before\n  again with: %s\n",
        loss     ? "LOSS"
        : broken ? "BROKEN"
                 : "FAILURE",
        found.what(), kept_in.c_str(), kept_in.c_str(), kept_in.c_str(), repeat_with.c_str());
    std::fflush(stdout);
}

void print_figures(const tally& of) {
    const auto line = [](const std::string& what, std::uint64_t count) {
        std::printf("  %-46s %10llu\n", what.c_str(), static_cast<unsigned long long>(count));
    };
    std::printf("trials (servers killed)                          %10llu\n",
                static_cast<unsigned long long>(of.trials));
    for (const auto& [name, count] : of.cases) line("case " + name, count);
    for (const auto& [name, count] : of.kills) line("killed in: " + name, count);
    std::printf("checked\n");
    line("stores", of.stores);
    line("ticks whose commit had returned", of.counted.ticks_reported);
    line("ticks found again", of.counted.ticks_checked);
    line("of these, from the ring alone", of.counted.from_ring);
    line("kills between a commit and its report", of.counted.kept_ahead);
    line("ticks held in memory, as health had said, gone", of.counted.held_lost);
    line("recovered worlds compared with the oracle", of.counted.opens);
    line("SQLite files compared with the oracle", of.counted.files);
    std::printf("found\n");
    line("losses", of.losses);
    line("broken invariants", of.broken);
    line("stores that failed", of.failures);
}

} // namespace torture
