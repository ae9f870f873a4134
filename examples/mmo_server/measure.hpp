// SPDX-License-Identifier: MIT
/// @file
/// Measures what is expected of such a server, on a world that is there.
#pragma once

#include "dice.hpp"
#include "figures.hpp"
#include "load.hpp"
#include "world.hpp"

#include <string>
#include <vector>

namespace mmo {

/// The memory of this process that is in RAM, in bytes.
[[nodiscard]] std::size_t resident_bytes();

/// Lookup by id, a player's inventory, an account's characters, a map's characters.
[[nodiscard]] std::vector<figure> measure_reading(const world& of, dice roll);

/// One character saved, what is pending saved, and every row of the world written to a new file at `scratch`.
/// Call it right after the load. Throws `holdfast::failure` when saving fails.
[[nodiscard]] std::vector<figure> measure_saving(hf::store<world>& db, const std::string& scratch, dice roll);

/// What the load found out about ticks, commits and the threads that save.
[[nodiscard]] std::vector<figure> figures_of(const load_report& report);

} // namespace mmo
