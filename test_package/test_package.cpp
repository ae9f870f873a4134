// SPDX-License-Identifier: MIT
// A table, a change, and nothing on the disk.
#include <holdfast/holdfast.hpp>

#include <cstdint>
#include <iostream>

struct purse {
    std::int64_t id = 0;
    std::int64_t gold = 0;
};
struct world {
    holdfast::table<purse, holdfast::primary_key<&purse::id>> purses;
};

int main() {
    auto db = holdfast::open<world>(":memory:").value();
    db->purses.insert({.id = 1, .gold = 100}).value();
    db->purses.set<&purse::gold>(1, 60).value();
    db.commit();
    std::cout << "holdfast " << HOLDFAST_VERSION_MAJOR << '.' << HOLDFAST_VERSION_MINOR << '.'
              << HOLDFAST_VERSION_PATCH << ": a purse has " << db->purses.find(1)->gold << " gold\n";
    return db.close().complete() ? 0 : 1;
}
