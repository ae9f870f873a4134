// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/store/: an id is never given out twice, whatever happened to its row.
#include <holdfast/holdfast.hpp>

#include "support/catch.hpp"
#include "support/child_process.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"

#include <filesystem>
#include <set>

using namespace holdfast::test;
using holdfast::errc;
using holdfast::error;
using holdfast::open;
using holdfast::result;

namespace {

const fake_clock standing_still;

struct hero {
    std::int64_t id = 0;
    std::string name{};
};
struct hero_world {
    holdfast::table<hero, holdfast::primary_key<&hero::id>, holdfast::auto_id<&hero::id>> heroes;
    holdfast::table<hero, holdfast::primary_key<&hero::id>, holdfast::auto_id<&hero::id>> monsters;
};
using game = holdfast::store<hero_world>;

game reopened(const temporary_folder& folder) {
    return open<hero_world>(folder / "world.db", options_with(standing_still)).value();
}
std::int64_t insert(game& db) { return db->heroes.insert({.name = "x"}).value()->id; }
void close(game& db) {
    db.commit();
    REQUIRE(db.close(long_enough).complete());
}

} // namespace

TEST_CASE("ids begin at 1 and go on one by one, each table for itself") {
    const temporary_folder folder;
    auto db = reopened(folder);
    for (std::int64_t id = 1; id <= 3'000; ++id) REQUIRE(insert(db) == id);
    CHECK(db->monsters.insert({}).value()->id == 1);
    close(db);
    CHECK(raw_database(folder / "world.db").row("SELECT next > 3000 FROM holdfast_ids WHERE name = 'heroes'") == "1");
}

TEST_CASE("an id is not used again after the file was opened again") {
    const temporary_folder folder;
    std::int64_t last = 0;
    for (int life = 0; life < 5; ++life) {
        auto db = reopened(folder);
        for (int i = 0; i < 3; ++i) {
            const std::int64_t id = insert(db);
            REQUIRE(id > last);
            last = id;
        }
        close(db);
    }
}

TEST_CASE("the id of an erased row is not used again, not even the highest, not even after opening again") {
    const temporary_folder folder;
    std::int64_t last = 0;
    {
        auto db = reopened(folder);
        for (int i = 0; i < 3; ++i) last = insert(db);
        db->heroes.erase(last).value();
        CHECK(insert(db) == last + 1);
        last += 1;
        db->heroes.erase(last).value();
        close(db);
    }
    auto db = reopened(folder);
    CHECK(insert(db) > last);
}

TEST_CASE("an empty table goes on where it was") {
    const temporary_folder folder;
    std::int64_t last = 0;
    {
        auto db = reopened(folder);
        last = insert(db);
        db.commit();
        db->heroes.erase(last).value();
        close(db);
    }
    for (int life = 0; life < 3; ++life) {
        auto db = reopened(folder);
        REQUIRE(db->heroes.empty());
        const std::int64_t id = insert(db);
        REQUIRE(id > last);
        last = id;
        db->heroes.erase(id).value();
        close(db);
    }
}

TEST_CASE("an id that a transaction took back is not used again while the store is open") {
    const temporary_folder folder;
    auto db = reopened(folder);
    std::set<std::int64_t> given;
    for (int i = 0; i < 3'000; ++i) {
        const auto taken_back = db.transact([&](hero_world& w) -> result<void> {
            REQUIRE(given.insert(w.heroes.insert({}).value()->id).second);
            return error{errc::refused, "no"};
        });
        REQUIRE_FALSE(taken_back);
        if (i % 3 == 0) REQUIRE(given.insert(insert(db)).second);
    }
    close(db);
    auto again = reopened(folder);
    CHECK(insert(again) > *given.rbegin());
}

TEST_CASE("an id that a transaction took back is not used again after opening again") {
    const temporary_folder folder;
    std::int64_t told = 0; // somebody outside has heard of it
    {
        auto db = reopened(folder);
        const auto taken_back = db.transact([&](hero_world& w) -> result<void> {
            told = w.heroes.insert({}).value()->id;
            return error{errc::refused, "no"};
        });
        REQUIRE_FALSE(taken_back);
        db->monsters.insert({}).value();
        close(db);
    }
    auto db = reopened(folder);
    CHECK(insert(db) > told);
}

TEST_CASE("a lease that a transaction took back with it is written again") {
    const temporary_folder folder;
    std::int64_t last = 0;
    {
        auto db = reopened(folder);
        // The first insert of a life brings the lease.
        const auto taken_back = db.transact([](hero_world& w) -> result<void> {
            (void)w.heroes.insert({}).value();
            return error{errc::refused, "no"};
        });
        REQUIRE_FALSE(taken_back);
        last = insert(db);
        db->heroes.erase(last).value();
        close(db);
    }
    auto db = reopened(folder);
    CHECK(insert(db) > last);
}

TEST_CASE("after a close no number is skipped") {
    const temporary_folder folder;
    for (std::int64_t life = 0; life < 3; ++life) {
        auto db = reopened(folder);
        CHECK(insert(db) == 2 * life + 1);
        const auto taken_back = db.transact([](hero_world& w) -> result<void> {
            (void)w.heroes.insert({}).value();
            return error{errc::refused, "no"};
        });
        REQUIRE_FALSE(taken_back);
        close(db);
    }
}

TEST_CASE("an id whose tick a power cut has taken is not given out again") {
    const temporary_folder folder;
    const fake_clock clock;
    holdfast::options chosen = options_with(clock);
    chosen.sync_every = std::chrono::hours(1); // nothing is synced, unless somebody asks
    const int rows = GENERATE(1, 500, 1'500, 5'000);
    child_process server([&](const child_process::line& parent) {
        auto db = open<hero_world>(folder / "world.db", chosen).value();
        std::int64_t last = 0;
        for (int i = 0; i < rows; ++i) {
            last = insert(db);
            const holdfast::tick now = db.commit();
            if (i % 256 == 200 && !db.wait_durable(now, long_enough)) ::_exit(1);
        }
        parent.say(std::to_string(last));
        parent.wait();
    });
    const std::int64_t last = std::stoll(server.hear());
    server.kill();
    // The machine has lost power: what was in memory is gone with it, as another boot id says of the ring.
    std::filesystem::remove(folder / "world.db.ring");
    chosen.damaged = holdfast::if_damaged::open;
    auto db = open<hero_world>(folder / "world.db", chosen).value();
    CHECK(static_cast<std::int64_t>(db->heroes.size()) <= last);
    CHECK(insert(db) > last);
}

TEST_CASE("an id of the caller's own moves the next one past it") {
    const temporary_folder folder;
    {
        auto db = reopened(folder);
        db->heroes.insert({.id = 5'000}).value();
        CHECK(insert(db) == 5'001);
        db->heroes.insert({.id = 10}).value();
        CHECK(insert(db) == 5'002);
        db->heroes.insert({.id = 100'000}).value();
        db->heroes.erase(100'000).value();
        close(db);
    }
    auto db = reopened(folder);
    CHECK(insert(db) > 100'000);
}

TEST_CASE("negative ids of the caller's own leave the next one alone") {
    const temporary_folder folder;
    auto db = reopened(folder);
    db->heroes.insert({.id = -5}).value();
    db->heroes.insert({.id = INT64_MIN}).value();
    CHECK(insert(db) == 1);
    close(db);
    auto again = reopened(folder);
    CHECK(again->heroes.contains(INT64_MIN));
    CHECK(insert(again) > 1);
}

TEST_CASE("the largest id of all leaves room for no further one or is left behind") {
    const temporary_folder folder;
    {
        auto db = reopened(folder);
        CHECK(insert(db) == 1);
        db->heroes.insert({.id = INT64_MAX}).value();
        CHECK(insert(db) == 2);
        close(db);
    }
    {
        auto db = reopened(folder);
        CHECK(db->heroes.contains(INT64_MAX));
        const std::int64_t id = insert(db);
        CHECK(id > 2);
        db->heroes.insert({.id = INT64_MAX - 1}).value();
        const auto last = db->heroes.insert({});
        REQUIRE_FALSE(last);
        CHECK(last.why().code == errc::full);
        close(db);
    }
}

TEST_CASE("an adopted table goes on behind its largest id") {
    const temporary_folder folder;
    raw_database(folder / "world.db")
        .run(
            "CREATE TABLE heroes (id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE monsters (id INTEGER PRIMARY KEY, name "
            "TEXT); INSERT INTO heroes VALUES (-3, 'a'), (70, 'b'), (7, 'c')");
    auto db = reopened(folder);
    CHECK(insert(db) == 71);
    CHECK(db->monsters.insert({}).value()->id == 1);
}

namespace {

struct ticket {
    std::string holder{};
    std::int64_t number = 0;
};
struct ticket_world {
    holdfast::table<ticket, holdfast::primary_key<&ticket::holder>, holdfast::auto_id<&ticket::number>> tickets;
};

} // namespace

TEST_CASE("numbers of a field that is not the primary key go on too, and two rows may name the same one") {
    const temporary_folder folder;
    const auto reopen = [&] { return open<ticket_world>(folder / "world.db", options_with(standing_still)).value(); };
    {
        auto db = reopen();
        CHECK(db->tickets.insert({.holder = "Aria"}).value()->number == 1);
        CHECK(db->tickets.insert({.holder = "Bob", .number = 1}).value()->number == 1);
        CHECK(db->tickets.insert({.holder = "Cid"}).value()->number == 2);
        db->tickets.erase("Cid").value();
        CHECK(db->tickets.insert({.holder = "Dan"}).value()->number == 3);
        db.commit();
        db.close(long_enough);
    }
    CHECK(reopen()->tickets.insert({.holder = "Eve"}).value()->number > 3);
}
