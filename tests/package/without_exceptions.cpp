// SPDX-License-Identifier: MIT
// A server that is compiled without exceptions. With an argument it takes the value of a result that has none.
#include <holdfast/holdfast.hpp>

#include <cstdint>

struct purse {
    std::int64_t id = 0;
    std::int64_t gold = 0;
};
struct world {
    holdfast::table<purse, holdfast::primary_key<&purse::id>, holdfast::at_least<&purse::gold, 0>> purses;
};

int main(int count, char**) {
    auto db = holdfast::open<world>("purses.db").value();
    if (!db->purses.contains(1)) db->purses.insert({.id = 1, .gold = 10}).value();
    const auto paid = db.transact([](world& w) { return w.purses.add<&purse::gold>(1, -20); });
    if (paid || db->purses.find(1)->gold != 10) return 1;
    if (count > 1) db->purses.insert({.id = 1}).value();
    db.commit();
    return db.close().complete() ? 0 : 1;
}
