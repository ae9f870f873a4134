// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/store/saver.hpp: when ticks are written, and what is said of it.
#include <holdfast/holdfast.hpp>

#include "support/catch.hpp"
#include "support/game_world.hpp"
#include "support/sqlite_spy.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"
#include "support/wait.hpp"
#include "support/words.hpp"

using namespace holdfast::test;
using namespace std::chrono_literals;
using holdfast::errc;
using holdfast::health_report;
using holdfast::open;
using holdfast::options;

namespace {

using game = holdfast::store<game_world>;

std::string name_of(int i) { return "hero " + std::to_string(i); }

void add_hero(game& db, int i, std::size_t name_bytes = 0) {
    db->characters.insert({.character_name = name_of(i) + std::string(name_bytes, 'x')}).value();
}

/// Commits, and waits until the log has it.
void commit_and_log(game& db) {
    const holdfast::tick sealed = db.commit();
    REQUIRE(eventually([&] { return db.health().durable == sealed; }));
}

} // namespace

TEST_CASE("a tick is saved when save_every is over and not before") {
    const temporary_folder folder;
    fake_clock clock;
    options chosen = options_with(clock);
    chosen.save_every = 1'000ms;
    auto db = open<game_world>(folder / "world.db", chosen).value();
    for (holdfast::tick round = 0; round < 5; ++round) {
        add_hero(db, static_cast<int>(2 * round));
        commit_and_log(db);
        clock.advance(999ms);
        add_hero(db, static_cast<int>(2 * round + 1));
        commit_and_log(db);
        CHECK(db.health().saved == 2 * round);
        CHECK(db.health().oldest_unsaved == 999ms);
        clock.advance(1ms);
        REQUIRE(eventually([&] { return db.health().saved == 2 * round + 2; }));
        CHECK(db.health().batches == round + 1);
        CHECK(db.health().oldest_unsaved == 0ms);
    }
}

TEST_CASE("save_all saves at once, and the wall clock may jump as it likes") {
    const temporary_folder folder;
    fake_clock clock;
    auto db = open<game_world>(folder / "world.db", options_with(clock)).value();
    for (int i = 0; i < 10; ++i) {
        add_hero(db, i);
        db.commit();
        clock.set_wall_us(i % 2 == 0 ? 0 : 4'000'000'000'000'000);
        const auto report = save(db);
        CHECK(report.complete());
        CHECK(report.committed == report.saved);
        CHECK(report.rows_written == 1);
        CHECK_FALSE(report.open_frame_dropped);
    }
    CHECK(save(db).rows_written == 0);
}

TEST_CASE("more than a batch is saved without waiting for the time") {
    const temporary_folder folder;
    const fake_clock clock;
    options chosen = options_with(clock);
    chosen.batch_bytes = 3 << 20;
    auto db = open<game_world>(folder / "world.db", chosen).value();
    for (int i = 0; i < 40; ++i) {
        add_hero(db, i, 100'000);
        db.commit();
    }
    CHECK(eventually([&] { return db.health().saved >= 9; }));
    close_and_compare(db, folder / "world.db");
}

TEST_CASE("a batch limit smaller than a tick still saves the tick whole") {
    const temporary_folder folder;
    const fake_clock clock;
    options chosen = options_with(clock);
    chosen.batch_bytes = 1;
    auto db = open<game_world>(folder / "world.db", chosen).value();
    for (int i = 0; i < 5; ++i) {
        add_hero(db, 2 * i, 100'000);
        add_hero(db, 2 * i + 1, 100'000);
        db.commit();
    }
    (void)save(db);
    CHECK(db.health().batches == 5);
    close_and_compare(db, folder / "world.db");
}

TEST_CASE("a tick larger than the ring is saved like any other") {
    const temporary_folder folder;
    const fake_clock clock;
    auto db = open<game_world>(folder / "world.db", options_with(clock)).value();
    add_hero(db, 1);
    for (int i = 0; i < 60'000; ++i) db->inventory.insert({.character_id = 1, .item_id = "coin"}).value();
    CHECK(db.health().overflow_bytes > 1 << 20);
    CHECK(db.health().open_bytes > 2 << 20);
    CHECK(db.commit() == 1);
    CHECK(save(db).rows_written == 60'001);
    CHECK(db.health().overflow_bytes <= 1 << 18);
    close_and_compare(db, folder / "world.db");
}

TEST_CASE("health tells how much waits, for how long, and what was done") {
    const temporary_folder folder;
    fake_clock clock;
    auto db = open<game_world>(folder / "world.db", options_with(clock)).value();
    health_report now = db.health();
    CHECK(now.is == health_report::state::good);
    CHECK_FALSE(now.last_error);
    CHECK(now.committed + now.durable + now.saved + now.batches + now.rows_written + now.failures == 0);
    CHECK(now.queue_bytes == 0);
    CHECK(now.overflow_bytes == 0);
    const std::size_t empty_frame = now.open_bytes;

    add_hero(db, 1, 1'000);
    now = db.health();
    CHECK(now.open_bytes > empty_frame + 1'000);
    CHECK(now.committed == 0);
    commit_and_log(db);
    clock.advance(300ms);
    now = db.health();
    CHECK(now.open_bytes == empty_frame);
    CHECK(now.committed == 1);
    CHECK(now.saved == 0);
    CHECK(now.queue_bytes > 1'000);
    CHECK(now.oldest_unsaved == 300ms);
    CHECK(now.saver_cpu > 0ns);

    (void)save(db);
    now = db.health();
    CHECK(now.saved == 1);
    CHECK(now.batches == 1);
    CHECK(now.rows_written == 1);
    CHECK(now.oldest_unsaved == 0ns);
    CHECK(now.last_batch >= 0ns);
    CHECK(now.longest_batch >= now.last_batch);
}

TEST_CASE("regression: nothing waits any more once everything is saved") {
    const temporary_folder folder;
    const fake_clock clock;
    auto db = open<game_world>(folder / "world.db", options_with(clock)).value();
    add_hero(db, 1, 1'000);
    db.commit();
    (void)save(db);
    CHECK(db.health().queue_bytes == 0); // "Of ticks that are not in SQLite yet."
}

TEST_CASE("regression: ticks that were saved do not make a small batch due") {
    const temporary_folder folder;
    const fake_clock clock;
    options chosen = options_with(clock);
    chosen.batch_bytes = 10'000;
    auto db = open<game_world>(folder / "world.db", chosen).value();
    add_hero(db, 1, 20'000);
    db.commit();
    (void)save(db);
    for (int i = 2; i < 20; ++i) {
        add_hero(db, i);
        commit_and_log(db);
    }
    // No time has passed, and far less than a batch waits. A writer that wrote has done so by now.
    const bool wrote = eventually([&] { return db.health().saved > 1; }, 1s);
    CHECK_FALSE(wrote);
}

TEST_CASE("save_all that runs out of time names the ticks, and a later one saves them") {
    const temporary_folder folder;
    const fake_clock clock;
    const sqlite_spy spy;
    auto db = open<game_world>(folder / "world.db", options_with(clock)).value();
    std::atomic<bool> hold{false};
    spy.wait_while(hold);
    add_hero(db, 1);
    db.commit();
    (void)save(db);

    hold = true;
    for (int i = 2; i < 5; ++i) {
        add_hero(db, i);
        db.commit();
    }
    const auto late = db.save_all(20ms);
    REQUIRE_FALSE(late);
    CHECK(late.why().code == errc::timeout);
    CHECK(mentions_all(late.why().detail, "ticks 2 to 4", folder / "world.db", "20 ms"));
    CHECK(db.health().saved == 1);

    // The server goes on meanwhile.
    db->characters.set<&character::level>(1, 9).value();
    CHECK(db.commit() == 5);
    CHECK(db->characters.find(1)->level == 9);
    CHECK_FALSE(db.save_all(0ms));

    hold = false;
    CHECK(save(db).saved == 5);
    close_and_compare(db, folder / "world.db");
}

TEST_CASE("ticks are saved in the background by the machine's clock too") {
    const temporary_folder folder;
    options chosen = small_options();
    chosen.save_every = 1ms;
    auto db = open<game_world>(folder / "world.db", chosen).value();
    for (int i = 0; i < 20; ++i) {
        add_hero(db, i);
        const holdfast::tick sealed = db.commit();
        REQUIRE(eventually([&] { return db.health().saved >= sealed; }));
    }
}
