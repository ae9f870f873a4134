// SPDX-License-Identifier: MIT
/// @file
/// Runs the tests of one room. Random tests draw from one seed, printed first so that a crash shows it too.
#define CATCH_CONFIG_RUNNER
#include "support/catch.hpp"

#include <iostream>
#include <random>

int main(int argc, char* argv[]) {
    Catch::Session session;
    if (const int refused = session.applyCommandLine(argc, argv); refused != 0) {
        return refused;
    }
    auto& options = session.configData();
    if (options.rngSeed == 0) { // Catch2 2 draws no seed of its own
        options.rngSeed = std::random_device{}();
    }
    std::cerr << "seed " << options.rngSeed << " (repeat with --rng-seed " << options.rngSeed << ")\n";
    return session.run();
}
