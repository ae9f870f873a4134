// SPDX-License-Identifier: MIT
/// @file
/// Random worlds: twenty of them, in which any two options of a table meet, each driven by random steps against a
/// model, with enough memory and with allocations that fail.
#include "support/catch.hpp"
#include "support/sanitized.hpp"
#include "support/temporary_folder.hpp"
#include "worlds/player.hpp"

#include <utility>

using namespace holdfast::test;
using namespace holdfast::test::worlds;

namespace {

constexpr int steps = plain_or_sanitized(100'000, 10'000);
constexpr int short_steps = plain_or_sanitized(4'000, 1'000);

template <std::size_t World> void play(int for_steps, memory has) {
    const std::uint32_t seed = holdfast::test::seed();
    CAPTURE(World, seed);
    std::mt19937 random(seed + static_cast<std::uint32_t>(World));
    const temporary_folder folder;
    fake_clock time;
    const auto world = open_world<World>(folder / "world.db", time);
    player plays(choice_of(World), *world, time, has, random);
    for (int step = 0; step < for_steps; ++step) {
        CAPTURE(step);
        plays.step();
    }
    plays.end();
    CHECK(plays.done > static_cast<std::size_t>(for_steps) / 4);
    CHECK(plays.refused > static_cast<std::size_t>(for_steps) / 20);
    CHECK((plays.failed > static_cast<std::size_t>(for_steps) / 20) == (has == memory::short_of));
}

template <std::size_t... World> void play_all(int for_steps, memory has, std::index_sequence<World...>) {
    (play<World>(for_steps, has), ...);
}

} // namespace

TEST_CASE("in worlds of any two options a hundred thousand random steps do what a model says") {
    play_all(steps, memory::enough, std::make_index_sequence<covering.size()>());
}

TEST_CASE("in worlds of any two options a step that runs out of memory has done nothing") {
    play_all(short_steps, memory::short_of, std::make_index_sequence<covering.size()>());
}
