// SPDX-License-Identifier: MIT
/// @file
/// Tests of references of several fields, and of those that are checked at the end of a transaction.
#include <holdfast/holdfast.hpp>

#include "support/catch.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"
#include "support/words.hpp"
#include "table/recording.hpp"

#include <random>

namespace hf = holdfast;
using namespace hf::test;
using hf::errc;
using hf::error;
using hf::result;

namespace {

const fake_clock standing_still;

struct cell {
    std::int32_t x = 0, y = 0;
    std::string name{};
};
struct tower {
    std::int64_t id = 0;
    std::int32_t x = 0, y = 0;
};
struct flag {
    std::int64_t id = 0;
    std::optional<std::int32_t> x{}, y{};
};
struct guard {
    std::int64_t id = 0;
    std::int32_t x = 0, y = 0;
};
struct map_world {
    hf::table<cell, hf::primary_key<&cell::x, &cell::y>> cells;
    hf::table<tower, hf::primary_key<&tower::id>,
              hf::references<hf::fields<&tower::x, &tower::y>, hf::fields<&cell::x, &cell::y>, "cells",
                             hf::on_delete::cascade>>
        towers;
    hf::table<flag, hf::primary_key<&flag::id>,
              hf::references<hf::fields<&flag::x, &flag::y>, hf::fields<&cell::x, &cell::y>, "cells",
                             hf::on_delete::set_null>>
        flags;
    hf::table<guard, hf::primary_key<&guard::id>,
              hf::references<hf::fields<&guard::x, &guard::y>, hf::fields<&cell::x, &cell::y>, "cells">>
        guards;
};

struct player {
    std::int64_t id = 0;
    std::int64_t pet = 0;
    std::string name{};
};
struct pet {
    std::int64_t id = 0;
    std::int64_t owner = 0;
    std::int32_t age = 0;
};
struct pair_world {
    hf::table<player, hf::primary_key<&player::id>,
              hf::references<&player::pet, &pet::id, "pets", hf::on_delete::restrict, hf::deferred>>
        players;
    hf::table<pet, hf::primary_key<&pet::id>,
              hf::references<&pet::owner, &player::id, "players", hf::on_delete::restrict, hf::deferred>>
        pets;
};
using pairs = hf::store<pair_world>;

pairs opened(const temporary_folder& folder) {
    return hf::open<pair_world>(folder / "world.db", options_with(standing_still)).value();
}
/// A player and a pet of this number that refer to each other.
void make(pair_world& w, std::int64_t id) {
    w.players.insert({.id = id, .pet = id}).value();
    w.pets.insert({.id = id, .owner = id}).value();
}

} // namespace

TEST_CASE("a reference of several fields leads to a row with all of them or is refused") {
    map_world w;
    hf::prepare(w).value();
    w.cells.insert({1, 2, "a"}).value();
    w.cells.insert({2, 1, "b"}).value();
    CHECK(w.towers.insert({1, 1, 2}));
    const auto refused = w.towers.insert({2, 1, 1});
    CHECK(refused.why().code == errc::reference);
    CHECK(mentions(refused.why().detail, "x=1, y=1 refers to a row that is not in cells"));
    CHECK(w.towers.set<&tower::x>(1, 2).why().code == errc::reference);
    CHECK(w.towers.update<&tower::x, &tower::y>(1, [](std::int32_t& x, std::int32_t& y) { std::swap(x, y); }));
    CHECK(w.towers.where<&tower::x, &tower::y>(2, 1).collect().size() == 1);
    CHECK(w.flags.insert({1, 7, std::nullopt})); // half a key refers to nothing, as in SQL
    CHECK(w.flags.insert({2, 7, 7}).why().code == errc::reference);
    CHECK(w.flags.set<&flag::y>(1, 7).why().code == errc::reference);
}

TEST_CASE("an erase of a row that is referred to by several fields cascades, empties and is refused") {
    map_world w;
    recording record(w);
    w.cells.insert({1, 2, "a"}).value();
    w.towers.insert({1, 1, 2}).value();
    w.flags.insert({1, 1, 2}).value();
    w.flags.insert({2, 1, std::nullopt}).value();
    w.guards.insert({1, 1, 2}).value();
    CHECK_FALSE(record.texts().empty());
    CHECK(w.cells.erase(1, 2).why().code == errc::reference);
    CHECK(record.texts().empty());
    w.guards.erase(1).value();
    CHECK(w.cells.erase(hf::key(1, 2)));
    CHECK(record.texts() == lines{"erase 3 key [i64 1]", "update 2 columns 1 2 key [i64 1] cells [null, null]",
                                  "erase 1 key [i64 1]", "erase 0 key [i32 1, i32 2]"});
    CHECK(w.towers.empty());
    CHECK_FALSE(w.flags.find(1)->x);
    CHECK_FALSE(w.flags.find(1)->y);
    CHECK(w.flags.find(2)->x == 1);
}

TEST_CASE("references of several fields are in the file as in memory") {
    const temporary_folder folder;
    std::mt19937 random(seed());
    auto db = hf::open<map_world>(folder / "world.db", options_with(standing_still)).value();
    const auto some = [&] { return static_cast<std::int32_t>(random() % 4); };
    for (int i = 1; i <= 1'000; ++i) {
        switch (random() % 8) {
        case 0:
        case 1: static_cast<void>(db->cells.insert({some(), some(), "c"})); break;
        case 2: static_cast<void>(db->towers.insert({i, some(), some()})); break;
        case 3: static_cast<void>(db->flags.insert({i, some(), some()})); break;
        case 4: static_cast<void>(db->guards.insert({i, some(), some()})); break;
        case 5: static_cast<void>(db->cells.erase(some(), some())); break;
        case 6: static_cast<void>(db->guards.erase_where([&](const guard& row) { return row.x == some(); })); break;
        default:
            static_cast<void>(db->flags.update_where([&](const flag& row) { return row.id % 4 == some(); },
                                                     [&](flag& row) { row.x = row.y = some(); }));
        }
        if (i % 8 == 0) db.commit();
        if (i % 128 == 0) save(db);
    }
    db.commit();
    const auto before = memory_lines(*db);
    close_and_compare(db, folder / "world.db");
    auto again = hf::open<map_world>(folder / "world.db", options_with(standing_still)).value();
    CHECK(memory_lines(*again) == before);
}

TEST_CASE("two rows that refer to each other are made in one transaction") {
    const temporary_folder folder;
    auto db = opened(folder);
    CHECK(db->players.insert({.id = 1, .pet = 1}).why().code == errc::reference); // outside at once
    CHECK(db.transact([](pair_world& w) { make(w, 1); }));                        // a result, though it returns nothing
    static_assert(std::is_same_v<decltype(db.transact([](pair_world&) {})), result<void>>);
    CHECK(db->players.find(1)->pet == 1);
    db.commit();
    save(db);
    CHECK(db.transact([](pair_world& w) { make(w, 2); }));
    CHECK(db.transact([](pair_world& w) {
        w.players.set<&player::pet>(1, 3).value();
        w.players.set<&player::pet>(2, 1).value();
        w.pets.insert({.id = 3, .owner = 1}).value();
    }));
    CHECK(db->players.set<&player::pet>(1, 9).why().code == errc::reference);
    CHECK(db->players.set<&player::pet>(1, 2));
    db.commit();
    close_and_compare(db, folder / "world.db");
    auto again = opened(folder);
    CHECK(again->pets.size() == 3);
    CHECK(again->players.find(1)->pet == 2);
}

TEST_CASE("a reference that leads nowhere at the end takes everything back") {
    const temporary_folder folder;
    auto db = opened(folder);
    REQUIRE(db.transact([](pair_world& w) { make(w, 1); }));
    const auto before = memory_lines(*db);
    const auto done = db.transact([](pair_world& w) {
        make(w, 2);
        w.players.insert({.id = 3, .pet = 4}).value();
        w.pets.set<&pet::age>(1, 9).value();
    });
    CHECK(done.why().code == errc::reference);
    CHECK(done.why().detail ==
          "players[id=3]: at the end of the transaction pet=4 refers to a row that is not in pets");
    CHECK(memory_lines(*db) == before);
    const auto other = db.transact([](pair_world& w) -> result<int> {
        w.players.set<&player::pet>(1, 5).value();
        return 7;
    });
    CHECK(other.why().code == errc::reference);
    CHECK(memory_lines(*db) == before);
    CHECK(db.apply([](pair_world& w) { w.players.insert({.id = 3, .pet = 4}).value(); }).why().code == errc::reference);
    const auto well = db.transact([](pair_world&) -> result<int> { return 7; });
    CHECK(well.value() == 7);
    db.commit();
    close_and_compare(db, folder / "world.db");
}

TEST_CASE("what was put off is forgotten when it was mended or its row is gone") {
    const temporary_folder folder;
    auto db = opened(folder);
    REQUIRE(db.transact([](pair_world& w) { make(w, 1); }));
    CHECK(db.transact([](pair_world& w) {
        w.players.set<&player::pet>(1, 5).value();
        w.players.set<&player::pet>(1, 1).value();
        w.players.insert({.id = 8, .pet = 99}).value();
        w.players.erase(8).value();
        w.players.insert({.id = 8, .pet = 1}).value();
    }));
    CHECK(db->players.set<&player::pet>(8, 2).why().code == errc::reference); // no longer inside
    db.commit();
    close_and_compare(db, folder / "world.db");
}

TEST_CASE("a parent is erased before its child in one transaction") {
    const temporary_folder folder;
    auto db = opened(folder);
    REQUIRE(db.transact([](pair_world& w) { make(w, 1), make(w, 2); }));
    db.commit();
    save(db);
    CHECK(db->players.erase(1).why().code == errc::reference); // outside at once
    CHECK(db.transact([](pair_world& w) {
        w.players.erase(1).value();
        w.pets.erase(1).value();
    }));
    CHECK(db->players.size() == 1);
    const auto done = db.transact([](pair_world& w) { w.players.erase(2).value(); });
    CHECK(done.why().code == errc::reference);
    CHECK(mentions(done.why().detail, "pets[id=2]"));
    CHECK(db->players.contains(2));
    CHECK(db.transact([](pair_world& w) { // gone and back again
        w.players.erase(2).value();
        w.players.insert({.id = 2, .pet = 2, .name = "again"}).value();
    }));
    db.commit();
    close_and_compare(db, folder / "world.db");
}

TEST_CASE("inside another transaction the outer one's end decides") {
    const temporary_folder folder;
    auto db = opened(folder);
    CHECK(db.transact([&](pair_world& w) {
        CHECK(db.transact([](pair_world& inner) { inner.players.insert({.id = 1, .pet = 1}).value(); }));
        const auto taken_back = db.transact([](pair_world& inner) -> result<void> {
            inner.players.insert({.id = 2, .pet = 77}).value();
            return error{errc::refused, "no"};
        });
        CHECK_FALSE(taken_back);
        CHECK_FALSE(w.players.contains(2));
        w.pets.insert({.id = 1, .owner = 1}).value();
    }));
    CHECK(db->players.size() == 1);
    CHECK(db.transact([&](pair_world&) {
                static_cast<void>(
                    db.transact([](pair_world& inner) { inner.pets.insert({.id = 5, .owner = 5}).value(); }));
            })
              .why()
              .code == errc::reference);
    CHECK(db->pets.size() == 1);
    db.commit();
    close_and_compare(db, folder / "world.db");
}

TEST_CASE("an erase of many rows that refer to each other goes as one whole") {
    const temporary_folder folder;
    auto db = opened(folder);
    REQUIRE(db.transact([](pair_world& w) {
        for (std::int64_t id = 1; id <= 5; ++id) make(w, id);
    }));
    db.commit();
    const auto done = db->players.erase_where([](const player& row) { return row.id < 3; });
    CHECK(done.why().code == errc::reference);
    CHECK(db->players.size() == 5);
    CHECK(db.transact([](pair_world& w) {
        CHECK(w.players.erase_where([](const player& row) { return row.id < 3; }).value() == 2);
        CHECK(w.pets.erase_where([](const pet& row) { return row.id < 3; }).value() == 2);
    }));
    CHECK(db->pets.size() == 3);
    db.commit();
    close_and_compare(db, folder / "world.db");
}

TEST_CASE("random transactions of deferred references are in the file as in memory") {
    const temporary_folder folder;
    std::mt19937 random(seed());
    auto db = opened(folder);
    const auto some = [&] { return static_cast<std::int64_t>(random() % 6); };
    int kept = 0;
    for (int i = 0; i < 3'000; ++i) {
        const auto before = memory_lines(*db);
        const auto done = db.transact([&](pair_world& w) {
            for (int n = static_cast<int>(random() % 5); n >= 0; --n) switch (random() % 6) {
                case 0: static_cast<void>(w.players.insert({.id = some(), .pet = some()})); break;
                case 1: static_cast<void>(w.pets.insert({.id = some(), .owner = some()})); break;
                case 2: static_cast<void>(w.players.set<&player::pet>(some(), some())); break;
                case 3: static_cast<void>(w.pets.set<&pet::owner>(some(), some())); break;
                case 4: static_cast<void>(w.players.erase(some())); break;
                default: static_cast<void>(w.pets.erase(some()));
                }
        });
        if (!done) REQUIRE(memory_lines(*db) == before);
        kept += done && memory_lines(*db) != before ? 1 : 0;
        for (const auto each : db->players) REQUIRE(db->pets.contains(each->pet));
        for (const auto each : db->pets) REQUIRE(db->players.contains(each->owner));
        if (i % 4 == 0) db.commit();
        if (i % 256 == 0) save(db);
    }
    CHECK(kept > 20);
    db.commit();
    close_and_compare(db, folder / "world.db");
}
