// SPDX-License-Identifier: MIT
/// @file
/// Tests of store::lanes: several threads edit, each its own rows, and what they did is one tick.
#include <holdfast/holdfast.hpp>

#include "support/allocations.hpp"
#include "support/catch.hpp"
#include "support/child_process.hpp"
#include "support/dies.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"
#include "support/words.hpp"

#include <thread>

using namespace holdfast::test;
using namespace std::chrono_literals;
using holdfast::open;
using holdfast::options;
using holdfast::tick;

namespace {

const fake_clock standing_still;

struct place {
    double x = 0, y = 0;
};
struct monster {
    std::int64_t id = 0;
    std::string mood{};
    std::int32_t life = 100;
    place home{};
    place at{};
    std::int32_t aim = 0;
};
struct world {
    holdfast::table<monster, holdfast::primary_key<&monster::id>, holdfast::auto_id<&monster::id>,
                    holdfast::saved_every<&monster::at>, holdfast::transient<&monster::aim>>
        monsters;
};
using store = holdfast::store<world>;

constexpr std::int64_t monsters = 4'000;
constexpr std::size_t threads = 4;

void populate(store& db) {
    for (std::int64_t id = 1; id <= monsters; ++id) (void)db->monsters.insert({.mood = "calm"}).value();
    db.commit();
}

/// Each thread changes its quarter of the monsters, some of them often.
tick play(store& db, int round) {
    auto zones = db.lanes(threads);
    std::vector<std::thread> running;
    for (std::size_t zone = 0; zone < threads; ++zone)
        running.emplace_back([&, zone] {
            for (std::int64_t id = 1 + static_cast<std::int64_t>(zone); id <= monsters; id += threads) {
                const auto one = db->monsters.find(id);
                for (int again = 0; again < 3; ++again)
                    db->monsters.set<&monster::life>(zones[zone], one, 100 - round - again);
                db->monsters.set<&monster::mood>(zones[zone], one, "angry " + std::to_string(round));
                db->monsters.set<&monster::home>(zones[zone], one, {static_cast<double>(id), round * 1.0});
                db->monsters.set<&monster::home, &place::y>(zones[zone], one, round * 2.0);
                db->monsters.set<&monster::at>(zones[zone], one, {static_cast<double>(-id), round * 1.0});
                db->monsters.set<&monster::aim>(zones[zone], one, 7);
            }
        });
    for (std::thread& one : running) one.join();
    zones.join();
    return db.commit();
}

options eager() {
    options chosen = options_with(standing_still);
    chosen.interval = 0ms; // saved_every with each commit
    chosen.capture_budget = 1s;
    return chosen;
}
options with_the_least_ring() {
    options chosen = eager();
    chosen.ring_bytes = 0;
    chosen.sync_every = std::chrono::hours(1);
    return chosen;
}

} // namespace

TEST_CASE("what several threads change through lanes is one tick, in memory and in the file") {
    const temporary_folder folder;
    auto db = open<world>(folder / "world.db", eager()).value();
    populate(db);
    for (int round = 1; round <= 5; ++round) CHECK(play(db, round) == static_cast<tick>(round + 1));
    for (std::int64_t id = 1; id <= monsters; ++id) {
        const monster& one = *db->monsters.find(id);
        REQUIRE(one.life == 93);
        REQUIRE(one.mood == "angry 5");
        REQUIRE((one.home.x == static_cast<double>(id) && one.home.y == 10));
        REQUIRE((one.at.x == static_cast<double>(-id) && one.at.y == 5));
        REQUIRE(one.aim == 7);
    }
    close_and_compare(db, folder / "world.db");
}

TEST_CASE("what was changed through lanes survives a kill once it is committed, and not before") {
    const temporary_folder folder;
    child_process server([&](const child_process::line& parent) {
        auto db = open<world>(folder / "world.db", eager()).value();
        populate(db);
        if (!db.wait_durable(play(db, 1), long_enough)) ::_exit(1); // it is larger than the ring
        auto zones = db.lanes(1);
        db->monsters.set<&monster::life>(zones[0], db->monsters.find(1), -1);
        zones.join();
        parent.say("played");
        parent.wait();
    });
    REQUIRE(server.hear() == "played");
    server.kill();
    auto db = open<world>(folder / "world.db", eager()).value();
    CHECK(db.recovery().recovered == 2);
    for (std::int64_t id = 1; id <= monsters; ++id) {
        const monster& one = *db->monsters.find(id);
        REQUIRE(one.life == 97);
        REQUIRE(one.mood == "angry 1");
        REQUIRE(one.at.y == 1);
    }
}

TEST_CASE("a lane that sets what is there already changes nothing, and an empty phase makes no tick") {
    const temporary_folder folder;
    auto db = open<world>(folder / "world.db", eager()).value();
    populate(db);
    {
        auto zones = db.lanes(2);
        CHECK(zones.size() == 2);
        db->monsters.set<&monster::mood>(zones[1], db->monsters.find(1), "calm");
    } // joined by its end
    CHECK(db.commit() == 1);
    db->monsters.set<&monster::life>(1, 5).value();
    CHECK(db.commit() == 2);
}

TEST_CASE("a value of any length goes through a lane") {
    const temporary_folder folder;
    auto db = open<world>(folder / "world.db", eager()).value();
    populate(db);
    auto zones = db.lanes(2);
    std::int64_t id = 0;
    for (const std::size_t size : {0u, 1u, 65'000u, 65'536u, 300'000u, 5u})
        db->monsters.set<&monster::mood>(zones[0], db->monsters.find(++id), std::string(size, 'm'));
    zones.join();
    db.commit();
    close_and_compare(db, folder / "world.db");
}

TEST_CASE("memory that runs out in a lane changes nothing, and at the join delays the tick") {
    const temporary_folder folder;
    auto db = open<world>(folder / "world.db", with_the_least_ring()).value();
    populate(db);
    const tick before = db.commit();
    const std::string text(60'000, 't');
    auto zones = db.lanes(1);
    const auto one = db->monsters.find(1);
    {
        const fail_allocation here(2); // the first is the value's own
        CHECK_THROWS_AS(db->monsters.set<&monster::mood>(zones[0], one, text), std::bad_alloc);
        CHECK(here.failed());
    }
    CHECK(one->mood == "calm");
    for (std::int64_t id = 1; id <= 40; ++id) // more than the ring has
        db->monsters.set<&monster::mood>(zones[0], db->monsters.find(id), text);
    {
        const fail_allocation here(1);
        zones.join();
        CHECK(here.failed());
    }
    {
        const fail_allocation here(1);
        CHECK(db.commit() == before); // half of it must not become true
    }
    CHECK(db.commit() == before + 1);
    db->monsters.set<&monster::mood>(one, "newer");
    CHECK(db.commit() == before + 2);
    close_and_compare(db, folder / "world.db");
}

TEST_CASE("whoever uses lanes wrongly is told") {
    const temporary_folder folder;
    auto db = open<world>(folder / "world.db", eager()).value();
    populate(db);
    auto other = open<world>(":memory:").value();
    const auto theirs = other->monsters.insert({}).value();
    const auto one = db->monsters.find(1);
    const auto in_a_phase = [&](auto&& fn) {
        return last_words([&] {
            auto zones = db.lanes(1);
            fn(zones);
        });
    };
    CHECK(mentions(in_a_phase([&](holdfast::lanes&) { db->monsters.set<&monster::life>(one, 3); }), "lanes are open"));
    CHECK(mentions(in_a_phase([&](holdfast::lanes&) { (void)db->monsters.insert({}); }), "lanes are open"));
    CHECK(mentions(in_a_phase([&](holdfast::lanes&) { db.commit(); }), "join the lanes first"));
    CHECK(mentions(in_a_phase([&](holdfast::lanes&) { (void)db.lanes(1); }), "join the lanes first"));
    CHECK(mentions(in_a_phase([&](holdfast::lanes&) { db.close(); }), "join the lanes first"));
    CHECK(mentions(in_a_phase([&](holdfast::lanes& zones) { (void)zones[1]; }), "fewer lanes"));
    CHECK(mentions(in_a_phase([&](holdfast::lanes& zones) {
                       holdfast::lane& first = zones[0];
                       zones.join();
                       db->monsters.set<&monster::life>(first, one, 3);
                   }),
                   "a phase that is over"));
    CHECK(
        mentions(in_a_phase([&](holdfast::lanes& zones) { other->monsters.set<&monster::life>(zones[0], theirs, 3); }),
                 "a lane of another store"));
}

TEST_CASE("a store that is closed while memory is too short to join its lanes says that changes were dropped") {
    const temporary_folder folder;
    auto db = open<world>(folder / "world.db", with_the_least_ring()).value();
    populate(db);
    (void)save(db);
    auto zones = db.lanes(1);
    for (std::int64_t id = 1; id <= 40; ++id)
        db->monsters.set<&monster::mood>(zones[0], db->monsters.find(id), std::string(60'000, 't'));
    {
        const fail_allocation here(1);
        zones.join();
    }
    const bool room = GENERATE(true, false);
    holdfast::save_report report;
    if (room) {
        report = db.close(long_enough);
        CHECK(report.open_frame_dropped); // joined, and committed by nobody
    } else {
        const fail_allocation here(1);
        report = db.close(long_enough);
        CHECK(report.open_frame_dropped);
    }
    CHECK_FALSE(report.complete());
    db->monsters.set<&monster::life>(1, 7).value(); // memory goes on
    db.commit();
}

TEST_CASE("a change that would come to the log before what lanes still owe stops the program") {
    holdfast::edit_session session;
    session.log.refill = [](holdfast::write_cursor&, std::size_t) { throw std::bad_alloc(); };
    holdfast::lane_set set;
    set.open(session, 1);
    set[0].log().reserve(10);
    set[0].log().at += 10;
    CHECK_FALSE(set.join(session));
    CHECK(set.owed());
    CHECK(mentions(last_words([&] { session.log.reserve(1); }), "memory was too short to join them"));
    std::array<std::byte, 100> room{};
    CHECK(set.give_up(session));
    session.log.at = room.data();
    session.log.end = room.data() + room.size();
    session.log.reserve(1);
}

TEST_CASE("the child of a fork may leave a phase that the parent has opened") {
    const temporary_folder folder;
    auto db = open<world>(folder / "world.db", eager()).value();
    populate(db);
    auto zones = db.lanes(1);
    db->monsters.set<&monster::life>(zones[0], db->monsters.find(1), 3);
    child_process child([&](const child_process::line& parent) {
        zones.join();
        parent.say("left");
    });
    CHECK(child.hear() == "left");
    CHECK(child.wait() == 0);
    zones.join();
    db.commit();
    close_and_compare(db, folder / "world.db");
}
