// SPDX-License-Identifier: MIT
// Game code as it is written apart from the file that opens the store.
#include <holdfast/world.hpp>

#include <cstdint>

struct purse {
    std::int64_t id = 0;
    std::int64_t gold = 0;
};
struct world {
    holdfast::table<purse, holdfast::primary_key<&purse::id>> purses;
};

bool pay(world& w, std::int64_t who, std::int64_t gold) {
    const holdfast::row<purse> of = w.purses.find(who);
    return of && w.purses.set<&purse::gold>(who, of->gold - gold);
}
