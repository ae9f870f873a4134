// SPDX-License-Identifier: MIT
#include <holdfast/world.hpp>

struct player {
    std::int64_t id = 0;
    std::string name{};
    FIELD;
};
struct world {
    holdfast::table<player, holdfast::OPTION, holdfast::unique<&player::name>> players;
};

int main() {
    world w;
    if (!holdfast::prepare(w)) return 1;
    const auto aria = w.players.insert({.name = "Aria"}).value();
    if (!w.players.set<&player::name>(aria, "Bob")) return 1;
    return w.players.find_by<&player::name>("Bob") == aria ? 0 : 1;
}
