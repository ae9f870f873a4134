// SPDX-License-Identifier: MIT
/// @file
/// A whole run: store after store, until enough servers were killed.
#pragma once

#include "hunt.hpp"

namespace torture {

/// What the command line asks for.
struct choices {
    std::uint64_t trials = 100;
    std::uint64_t seed = 1;
    std::string only_case{}; ///< Empty: all in turn.
    std::optional<std::uint64_t> only_store{};
    std::string folder{}; ///< Where the stores are made.
    std::chrono::milliseconds stop_for{200};
};

/// Kills servers until there were enough trials, or ten findings. Tells each finding, and keeps its files.
void kill_servers(const choices& chosen, tally& counted);

/// The case `step`, which kills nobody: see step.hpp.
void step_instructions(const choices& chosen, tally& counted);

/// Counts a finding, and tells it on standard output.
void tell(const finding& found, const std::string& kept_in, const std::string& repeat_with, tally& counted);

void print_figures(const tally& counted);

} // namespace torture
