// SPDX-License-Identifier: MIT
// A handle leads to its row without a search, for as long as the row is there. Memory never moves under it.
#include <holdfast/holdfast.hpp>

#include <iostream>

namespace hf = holdfast;

struct monster {
    std::int64_t id = 0;
    std::int32_t hit_points = 30;
};

struct world {
    hf::table<monster, hf::primary_key<&monster::id>, hf::auto_id<&monster::id>> monsters;
};

int main() {
    auto db = hf::open<world>(":memory:").value();          // without a file, for once
    hf::row<monster> rat = db->monsters.insert({}).value(); // 0: the table gives the id
    hf::row<monster> bat = db->monsters.insert({.hit_points = 12}).value();

    for (int i = 0; i < 10'000; ++i) db->monsters.insert({}).value(); // the handles stay good

    db->monsters.set<&monster::hit_points>(rat, rat->hit_points - 5); // nothing can refuse it, so it returns nothing
    std::cout << "the rat, number " << rat->id << ", has " << rat->hit_points << " hit points\n";

    db->monsters.erase(bat).value();
    std::cout << "the bat is " << (bat.alive() ? "alive" : "gone") << '\n';

    hf::row<monster> nobody = db->monsters.find(123'456); // an empty handle: there is no such row
    std::cout << (nobody ? "found" : "not found") << '\n';
}
