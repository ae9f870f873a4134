// SPDX-License-Identifier: MIT
// Positions change all the time: what they are is logged once a second, not with every step.
#include <holdfast/holdfast.hpp>

#include <filesystem>
#include <iostream>

namespace hf = holdfast;

struct position {
    double x = 0, y = 0;
};
struct character {
    std::int64_t id = 0;
    std::int64_t gold = 0;
    position pos{};
};

struct world {
    hf::table<character, hf::primary_key<&character::id>, hf::saved_every<&character::pos>> characters;
};

int main() {
    std::filesystem::remove_all("example_09"); // begins anew each time
    std::filesystem::create_directory("example_09");
    {
        auto db = hf::open<world>("example_09/steps.db").value();
        hf::row<character> aria = db->characters.insert({.id = 1}).value();
        const hf::tick begun = db.commit();

        for (int step = 1; step <= 1'000; ++step) {
            db->characters.set<&character::pos>(aria, {step * 0.5, 0}); // a store and a bit, and no log
            db.commit();                                                // nothing else has changed: most are no tick
        }
        std::cout << "she stands at " << aria->pos.x
                  << "; fewer ticks than steps: " << (db.commit() < begun + 1'000 ? "yes" : "no") << '\n';

        db->characters.add<&character::gold>(aria, 5).value(); // what must not be lost is an ordinary field
        db.commit();
        if (!db.close().complete()) return 1; // logs what was only marked
    }
    auto db = hf::open<world>("example_09/steps.db").value();
    std::cout << "after a restart at " << db->characters.find(1)->pos.x << '\n';
}
