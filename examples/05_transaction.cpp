// SPDX-License-Identifier: MIT
// A trade is done, or it has not happened: never half of it, also not in the file.
#include <holdfast/holdfast.hpp>

#include <iostream>

namespace hf = holdfast;

struct player {
    std::int64_t id = 0;
    std::int64_t gold = 0;
};
struct item {
    std::int64_t id = 0;
    std::int64_t owner = 0;
};

struct world {
    hf::table<player, hf::primary_key<&player::id>, hf::at_least<&player::gold, 0>> players;
    hf::table<item, hf::primary_key<&item::id>, hf::references<&item::owner, &player::id, "players">> items;
};

hf::result<void> trade(hf::store<world>& db, std::int64_t what, std::int64_t to, std::int64_t price) {
    return db.transact([&](world& w) -> hf::result<void> {
        hf::row<item> thing = w.items.find(what);
        if (!thing) return hf::error{hf::errc::not_found, "there is no such item"};
        const std::int64_t from = thing->owner;
        if (auto ok = w.items.set<&item::owner>(thing, to); !ok) return ok;
        if (auto ok = w.players.add<&player::gold>(from, price); !ok) return ok;
        return w.players.add<&player::gold>(to, -price); // refused when the gold is not there: all is taken back
    });
}

int main() {
    auto db = hf::open<world>(":memory:").value();
    db->players.insert({.id = 1, .gold = 10}).value();
    db->players.insert({.id = 2, .gold = 50}).value();
    db->items.insert({.id = 100, .owner = 1}).value();

    for (const std::int64_t price : {80, 30}) {
        const auto done = trade(db, 100, 2, price);
        std::cout << price << " gold: " << (done ? "sold" : done.why().message()) << '\n';
        std::cout << "  the item is with " << db->items.find(100)->owner << "; they have " << db->players.find(1)->gold
                  << " and " << db->players.find(2)->gold << '\n';
    }
    db.commit(); // one tick: SQLite gets all of it in one transaction
}
