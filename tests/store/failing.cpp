// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/store/: when writing fails nothing is lost, the server goes on, and what can be mended is mended.
#include <holdfast/holdfast.hpp>

#include "support/allocations.hpp"
#include "support/catch.hpp"
#include "support/game_world.hpp"
#include "support/small_disk.hpp"
#include "support/sqlite_spy.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"
#include "support/wait.hpp"
#include "support/words.hpp"

#include <optional>

using namespace holdfast::test;
using namespace std::chrono_literals;
using holdfast::errc;
using holdfast::health_report;
using holdfast::open;
using holdfast::options;

namespace {

const fake_clock standing_still;
using game = holdfast::store<game_world>;

/// Aria and Bob, each with a coin, saved as tick 1.
void populate(game& db) {
    for (const char* name : {"Aria", "Bob"}) {
        const auto hero = db->characters.insert({.character_name = name, .gold = 100}).value();
        db->inventory.insert({.character_id = hero->character_id, .item_id = "coin"}).value();
    }
    db.commit();
    (void)save(db);
}

/// Changes of every kind, more than `bytes` of them, in several ticks, all of them ready for one batch.
void play(game& db, std::size_t bytes) {
    const std::string filling(1'000, 'x');
    for (std::size_t done = 0; done < bytes; done += 10 * filling.size()) {
        for (int i = 0; i < 10; ++i)
            db->inventory.insert({.character_id = 1, .item_id = filling, .quantity = i}).value();
        db.commit();
    }
    db->characters.set<&character::character_name>(2, "nobody").value();
    db->characters.set<&character::character_name>(1, "Bob").value();
    db->characters.set<&character::character_name>(2, "Aria").value();
    db.commit();
    db->inventory.erase(2).value();
    db->characters.set<&character::level>(2, 7).value();
    const holdfast::tick last = db.commit();
    REQUIRE(eventually([&] { return db.health().durable == last || db.health().last_error; }));
}

/// Saving fails; the world goes on, the file stays at tick 1, and health says so.
void must_be_failing(game& db, errc code) {
    REQUIRE(eventually([&] {
        (void)db.save_all(20ms);
        return db.health().last_error.has_value();
    }));
    const auto refused = db.save_all(20ms);
    REQUIRE_FALSE(refused);
    CHECK(refused.why().code == code);
    CHECK(mentions(refused.why().detail, "ticks 2 to " + std::to_string(db.health().committed)));
    const health_report now = db.health();
    CHECK(now.is == health_report::state::failing);
    REQUIRE(now.last_error);
    CHECK(now.last_error->code == code);
    CHECK(now.saved == 1);
    CHECK(now.failures > 0);
    CHECK(now.queue_bytes > 0);
    const holdfast::tick before = now.committed;
    db->characters.add<&character::gold>(1, 1).value();
    CHECK(db.commit() == before + 1);
}

/// Everything reaches the file in the end.
void must_catch_up(game& db, const std::string& path) {
    (void)save(db);
    CHECK(db.health().is == health_report::state::good);
    CHECK_FALSE(db.health().last_error);
    CHECK(db.health().saved == db.health().committed);
    const world_lines memory = memory_lines(*db);
    close_and_compare(db, path);
    auto again = open<game_world>(path, options_with(standing_still)).value();
    CHECK(memory_lines(*again) == memory);
}

} // namespace

TEST_CASE("a failed write keeps every change, and the next try writes all of them") {
    const temporary_folder folder;
    const sqlite_spy spy;
    std::atomic<bool> stop{false};
    auto db = open<game_world>(folder / "world.db", options_with(standing_still)).value();
    spy.interrupt_while(stop);
    populate(db);
    stop = true;
    play(db, 50'000);
    must_be_failing(db, errc::io);
    stop = false;
    must_catch_up(db, folder / "world.db");
}

TEST_CASE("a failure is told once, and the recovery once") {
    const temporary_folder folder;
    const sqlite_spy spy;
    std::atomic<bool> stop{false};
    holdfast::mutex guard;
    lines heard;
    options chosen = options_with(standing_still);
    chosen.log = [&](holdfast::log_level level, std::string_view text) {
        const holdfast::mutex_lock hold(guard);
        if (level == holdfast::log_level::error || mentions(text, "again")) heard.emplace_back(text);
    };
    auto db = open<game_world>(folder / "world.db", chosen).value();
    spy.interrupt_while(stop);
    for (int round = 0; round < 2; ++round) {
        db->characters.insert({.character_name = std::to_string(round)}).value();
        db.commit();
        stop = true;
        const std::uint64_t before = db.health().failures;
        CHECK_FALSE(db.save_all(1ms));
        REQUIRE(eventually([&] { return db.health().failures >= before + 3; }));
        stop = false;
        (void)save(db);
    }
    REQUIRE(db.close(long_enough).complete());
    REQUIRE(heard.size() == 4);
    CHECK(mentions_all(heard[0], "saving failed", "interrupted"));
    CHECK(mentions_all(heard[1], "saving works again, up to tick 1"));
    CHECK(mentions(heard[3], "up to tick 2"));
}

TEST_CASE("memory that runs out in the background delays saving and ends nothing") {
    const temporary_folder folder;
    options chosen = small_options();
    chosen.save_every = 0ms;
    chosen.log = [](holdfast::log_level, std::string_view) {};
    auto db = open<game_world>(folder / "world.db", chosen).value();
    populate(db);
    {
        const holdfast::test::no_memory_elsewhere short_of_it;
        db->characters.set<&character::level>(1, 9).value();
        db->characters.insert({.character_name = std::string(3'000'000, 'n')}).value(); // more than there is in hand
        db.commit();
        REQUIRE(eventually([&] { return db.health().last_error.has_value(); }));
        CHECK(db.health().last_error->detail == "out of memory");
        CHECK(db.health().is == health_report::state::failing);
    }
    (void)save(db);
    CHECK(db.health().is == health_report::state::good);
    close_and_compare(db, folder / "world.db");
}

TEST_CASE("files that may not grow make saving fail, and it goes on when they may") {
    const temporary_folder folder;
    auto db = open<game_world>(folder / "world.db", options_with(standing_still)).value();
    populate(db);
    {
        const file_size_limit limit(folder.path(), 20'000);
        play(db, 2'000'000);
        must_be_failing(db, errc::io);
    }
    must_catch_up(db, folder / "world.db");
}

TEST_CASE("a disk that is full makes saving fail, and it goes on when there is room") {
    const temporary_folder folder;
    const small_disk disk(folder.path(), 4 << 20);
    if (!disk.mounted()) {
        WARN("skipped: a file system of 4 MB cannot be mounted here");
        return;
    }
    auto db = open<game_world>(folder / "world.db", options_with(standing_still)).value();
    populate(db);
    disk.fill(200'000);
    play(db, 300'000);
    must_be_failing(db, errc::full);
    disk.make_room();
    must_catch_up(db, folder / "world.db");
}

TEST_CASE("a disk that is full when the database is created is an error, and a later open creates it") {
    const temporary_folder folder;
    const small_disk disk(folder.path(), 2 << 20);
    if (!disk.mounted()) {
        WARN("skipped: a file system of 2 MB cannot be mounted here");
        return;
    }
    disk.fill(GENERATE(4'000u, 400'000u)); // for the database; for its log
    const auto refused = open<game_world>(folder / "world.db", options_with(standing_still));
    REQUIRE_FALSE(refused);
    CHECK((refused.why().code == errc::full || refused.why().code == errc::io));
    disk.make_room();
    const auto db = open<game_world>(folder / "world.db", options_with(standing_still));
    INFO((db ? std::string() : db.why().message()));
    CHECK(db);
}

TEST_CASE("a row that somebody deleted behind the server's back is reported, and comes back with all the others") {
    const temporary_folder folder;
    const sqlite_spy spy;
    holdfast::mutex guard;
    std::string heard;
    options chosen = options_with(standing_still);
    chosen.log = [&](holdfast::log_level level, std::string_view text) {
        const holdfast::mutex_lock hold(guard);
        if (level == holdfast::log_level::error) heard += text;
    };
    auto db = open<game_world>(folder / "world.db", chosen).value();
    populate(db);
    CHECK(rows_of(spy.connection(), "DELETE FROM inventory WHERE inventory_id = 2 RETURNING character_id") ==
          lines{"2"});

    db->characters.set<&character::level>(1, 50).value();
    db->inventory.set<&inventory_item::quantity>(2, 9).value();
    db.commit();
    (void)save(db);
    {
        const holdfast::mutex_lock hold(guard);
        CHECK(mentions_all(heard, "corrupt", "inventory[inventory_id=2]", "changed 0 rows"));
    }
    CHECK(db.health().is == health_report::state::good);
    CHECK_FALSE(db.health().resyncing);
    CHECK(db->inventory.find(2)->quantity == 9);
    must_catch_up(db, folder / "world.db");
    CHECK(raw_database(folder / "world.db").row("SELECT quantity FROM inventory WHERE inventory_id = 2") == "9");
}

TEST_CASE("a commit that SQLite refuses is tried again, and saved when it is refused no longer") {
    const temporary_folder folder;
    const sqlite_spy spy;
    std::atomic<bool> stop{false};
    auto db = open<game_world>(folder / "world.db", options_with(standing_still)).value();
    sqlite3_commit_hook(
        spy.connection(), [](void* flag) { return static_cast<std::atomic<bool>*>(flag)->load() ? 1 : 0; }, &stop);
    populate(db);
    stop = true;
    play(db, 50'000);
    const auto refused = db.save_all(long_enough);
    REQUIRE_FALSE(refused);
    CHECK(refused.why().code == errc::refused);
    CHECK(db.health().is == health_report::state::failed);
    CHECK(db.health().saved == 1);
    stop = false; // and the next who asks is not told of the try before
    must_catch_up(db, folder / "world.db");
}
