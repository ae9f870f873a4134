// SPDX-License-Identifier: MIT
/// @file
/// A world out of a seed.
#pragma once

#include "world.hpp"

#include <holdfast/holdfast.hpp>

#include <cstdint>
#include <string>

namespace mmo {

/// Makes a database of `characters` characters, about 70 rows for each, at `path`. The file appears when it
/// is complete: a generator that was interrupted leaves no half of a world behind. The same seed makes the
/// same world. Throws `holdfast::failure`.
void generate(const std::string& path, std::size_t characters, std::uint64_t seed);

} // namespace mmo
