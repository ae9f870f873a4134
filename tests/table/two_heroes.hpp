// SPDX-License-Identifier: MIT
/// @file
/// A table of two heroes with every kind of constraint, and whether its indexes are right.
#pragma once

#include "table/recording.hpp"

#include <string>
#include <vector>

namespace holdfast::test::two_heroes {

struct position {
    double x = 0;
    double y = 0;
    friend bool operator==(const position&, const position&) = default;
};
struct hero {
    std::int64_t id = 0;
    std::string name{};
    std::string map{};
    std::int32_t guild = 0;
    std::int32_t rank = 0;
    std::int64_t gold = 0;
    std::int8_t level = 1;
    std::uint64_t score = 0;
    position pos{};
    std::optional<std::int64_t> leader{};
    std::vector<std::byte> data{};

    friend bool operator==(const hero&, const hero&) = default;
};
using heroes_table = table<hero, primary_key<&hero::id>, unique<&hero::name>, unique<&hero::guild, &hero::rank>,
                           index<&hero::map>, at_least<&hero::gold, 0>, references<&hero::leader, &hero::id, "heroes">>;

/// Aria and Bob, and what the indexes must say of them.
struct world {
    heroes_table heroes{};
};
struct fixture {
    world w{};
    row<hero> aria{};
    row<hero> bob{};

    fixture() {
        tables_of(w).value();
        aria = w.heroes.insert({.id = 1, .name = "Aria", .map = "harbor", .guild = 1, .rank = 1, .gold = 10}).value();
        bob = w.heroes.insert({.id = 2, .name = "Bob", .map = "harbor", .guild = 1, .rank = 2}).value();
    }

    /// Whether every index finds both heroes by what stands in their rows, and nothing else.
    [[nodiscard]] bool indexes_right() const {
        for (const auto& each : {aria, bob}) {
            if (w.heroes.find(each->id) != each || w.heroes.find_by<&hero::name>(each->name) != each) return false;
            if (w.heroes.find_by<&hero::guild, &hero::rank>(each->guild, each->rank) != each) return false;
            int found = 0;
            for (const auto other : w.heroes.where<&hero::map>(each->map)) {
                if (other->map != each->map) return false;
                found += other == each ? 1 : 0;
            }
            if (found != 1) return false;
        }
        return true;
    }
    [[nodiscard]] bool nobody(std::string_view name) const { return !w.heroes.find_by<&hero::name>(name); }
    [[nodiscard]] bool no_rank(std::int32_t guild, std::int32_t rank) const {
        return !w.heroes.find_by<&hero::guild, &hero::rank>(guild, rank);
    }
};

} // namespace holdfast::test::two_heroes
