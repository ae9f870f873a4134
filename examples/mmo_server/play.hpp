// SPDX-License-Identifier: MIT
/// @file
/// The server from its start to its end.
#pragma once

#include "files.hpp"
#include "world.hpp"

#include <cstdint>
#include <string>

namespace mmo {

/// What the command line asks for.
struct choices {
    std::string database{};
    std::string workload{};
    std::string adopt{};
    std::uint64_t seed = 1;
    std::size_t characters = most_players;
    int seconds = 30;
    bool quick = false;
    bool fresh = false;
    scratch_database::afterwards scratch = scratch_database::afterwards::remove;
    bool strict = false;
};

/// Loads or makes the world, plays, measures, prints, and lets a second process compare the file.
/// Gives the exit status: 1 when that process found a difference, 3 when a figure was missed and that counts.
/// Throws `holdfast::failure` when the file cannot be opened or saved.
[[nodiscard]] int play(const choices& chosen);

} // namespace mmo
