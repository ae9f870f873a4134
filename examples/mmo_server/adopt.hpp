// SPDX-License-Identifier: MIT
/// @file
/// The same library over a database that somebody else made: the map of the game Luanti.
#pragma once

#include <holdfast/holdfast.hpp>

#include <string>
#include <vector>

namespace mmo {

namespace hf = holdfast;

/// Sixteen nodes cubed; `pos` is their place, packed into a number.
struct map_block {
    std::int64_t pos = 0;
    std::vector<std::byte> data{};
};

/// Luanti's map.sqlite, as it is: CREATE TABLE blocks (pos INT PRIMARY KEY, data BLOB).
struct map_world {
    hf::table<map_block, hf::primary_key<&map_block::pos>> blocks;
};

/// Opens a copy of `file`, at `copy`, where nothing is yet; reads, moves, adds and deletes blocks; saves; and lets a second process
/// compare. True when that one found every block.
/// Throws `holdfast::failure` when the file cannot be adopted.
[[nodiscard]] bool adopt(const std::string& file, const std::string& copy);

} // namespace mmo
