// SPDX-License-Identifier: MIT
/// @file
/// A row of twelve columns, and what is done with such rows in a file.
#pragma once

#include <holdfast/holdfast.hpp>

#include <cstdint>
#include <string>

namespace bench {

struct character {
    std::int64_t id = 0;
    std::int64_t account_id = 0;
    std::string name{};
    std::string title{};
    std::int32_t level = 0;
    std::int64_t experience = 0;
    std::int64_t gold = 0;
    std::int32_t hit_points = 0;
    double x = 0;
    double y = 0;
    double z = 0;
    std::int32_t map_id = 0;

    friend bool operator==(const character&, const character&) = default;
};

struct character_world {
    holdfast::table<character, holdfast::primary_key<&character::id>> characters;
};

/// The character with this id as version `version` of it is.
[[nodiscard]] inline character make_character(std::int64_t id, std::int64_t version) {
    const auto number = static_cast<std::int32_t>((id * 7 + version) % 100'000);
    return {.id = id,
            .account_id = id / 4 + version,
            .name = "name" + std::to_string(id + version),
            .title = "title" + std::to_string(number),
            .level = number % 100,
            .experience = id * 1'000 + version,
            .gold = id * 3 + version,
            .hit_points = number % 1'000,
            .x = static_cast<double>(number) * 0.5,
            .y = static_cast<double>(number) * 0.25,
            .z = static_cast<double>(version) + 0.125,
            .map_id = number % 64};
}

/// What is written of a row.
enum class operation : unsigned char {
    insert,
    update_all, ///< All columns but the key.
    update_one, ///< The gold.
    erase,
};

/// A row to write, as a program that marks its changed rows has it.
struct change {
    std::int64_t id;
    const character* row;
};

} // namespace bench
