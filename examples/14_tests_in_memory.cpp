// SPDX-License-Identifier: MIT
// Tests of game code: a store without a file that behaves the same, and a world without a store.
#include <holdfast/holdfast.hpp>

#include <iostream>

namespace hf = holdfast;

struct player {
    std::int64_t id = 0;
    std::int64_t gold = 0;
};
struct world {
    hf::table<player, hf::primary_key<&player::id>, hf::at_least<&player::gold, 0>> players;
};

// --- game code ---

hf::result<void> pay(world& w, std::int64_t from, std::int64_t to, std::int64_t gold) {
    if (auto ok = w.players.add<&player::gold>(from, -gold); !ok) return ok;
    return w.players.add<&player::gold>(to, gold);
}

// --- its tests ---

int failed = 0;
void check(bool right, const char* what) {
    std::cout << (right ? "ok: " : "FAILED: ") << what << '\n';
    failed += right ? 0 : 1;
}

int main() {
    auto db = hf::open<world>(":memory:").value(); // transactions, ticks, on_durable, health: everything but files
    db->players.insert({.id = 1, .gold = 10}).value();
    db->players.insert({.id = 2}).value();
    check(bool(db.transact([](world& w) { return pay(w, 1, 2, 4); })), "who has the gold can pay");
    check(!db.transact([](world& w) { return pay(w, 1, 3, 4); }), "nobody can be paid who is not there");
    check(db->players.find(1)->gold == 6, "and the gold stays");

    world alone; // tables only: no SQLite, no threads, no ticks; <holdfast/world.hpp> is enough
    hf::prepare(alone).value();
    alone.players.insert({.id = 1, .gold = 3}).value();
    check(!pay(alone, 1, 2, 4), "who has too little cannot pay");
    return failed;
}
