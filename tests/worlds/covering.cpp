// SPDX-License-Identifier: MIT
/// @file
/// The worlds of the random test, looked at as a table of options.
#include "support/catch.hpp"
#include "worlds/choice.hpp"

#include <set>
#include <utility>

using namespace holdfast::test::worlds;

TEST_CASE("any two options of a table meet in one of the worlds, whatever their values") {
    for (std::size_t a = 0; a < factors; ++a)
        for (std::size_t b = 0; b < a; ++b) {
            std::set<std::pair<int, int>> met;
            for (const auto& world : covering) met.emplace(world[a], world[b]);
            CAPTURE(a, b);
            CHECK(met.size() == static_cast<std::size_t>(values[a] * values[b]));
        }
}

TEST_CASE("every option of a world has a value that it can have") {
    for (const auto& world : covering)
        for (std::size_t factor = 0; factor < factors; ++factor) {
            CHECK(world[factor] >= 0);
            CHECK(world[factor] < values[factor]);
        }
}
