// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/store/: closing, moving and destroying a store.
#include <holdfast/holdfast.hpp>

#include "support/catch.hpp"
#include "support/dies.hpp"
#include "support/game_world.hpp"
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
using holdfast::log_level;
using holdfast::open;
using holdfast::options;

namespace {

const fake_clock standing_still;
using game = holdfast::store<game_world>;

game opened(const temporary_folder& folder) {
    return open<game_world>(folder / "world.db", options_with(standing_still)).value();
}
void add_hero(game& db, const std::string& name) { db->characters.insert({.character_name = name}).value(); }
std::string heroes_in(const temporary_folder& folder) {
    return raw_database(folder / "world.db")
        .row("SELECT coalesce(group_concat(character_name, ' '), '') FROM characters");
}

/// What a store said, from whichever thread.
struct told {
    void say(log_level level, std::string_view text) {
        const holdfast::mutex_lock hold(guard);
        all.push_back((level == log_level::error     ? "error: "
                       : level == log_level::warning ? "warning: "
                                                     : "info: ") +
                      std::string(text));
    }
    [[nodiscard]] lines so_far() {
        const holdfast::mutex_lock hold(guard);
        return all;
    }
    holdfast::mutex guard;
    lines all;
};
options telling(told& to) {
    options chosen = options_with(standing_still);
    chosen.log = [&to](log_level level, std::string_view text) { to.say(level, text); };
    return chosen;
}

} // namespace

TEST_CASE("closing saves what was committed and reports it") {
    const temporary_folder folder;
    auto db = opened(folder);
    for (const char* name : {"Aria", "Bob", "Cleo"}) {
        add_hero(db, name);
        db.commit();
    }
    const auto report = db.close(long_enough);
    CHECK(report.complete());
    CHECK(report.committed == 3);
    CHECK(report.saved == 3);
    CHECK(report.rows_written == 3);
    CHECK_FALSE(report.open_frame_dropped);
    CHECK(heroes_in(folder) == "'Aria Bob Cleo'");
    CHECK_FALSE(std::filesystem::exists(folder / "world.db-wal"));
}

TEST_CASE("changes that nobody committed are dropped at close, and the report says so") {
    const temporary_folder folder;
    {
        auto db = opened(folder);
        add_hero(db, "Aria");
        db.commit();
        add_hero(db, "Bob");
        db->characters.set<&character::level>(1, 9).value();
        const auto report = db.close(long_enough);
        CHECK(report.saved == report.committed);
        CHECK(report.open_frame_dropped);
        CHECK_FALSE(report.complete());
    }
    auto db = opened(folder);
    CHECK(db->characters.size() == 1);
    CHECK(db->characters.find(1)->level == 1);
    CHECK(db.health().committed == 1);
}

TEST_CASE("a closed store is memory only, and says that it is closed") {
    const temporary_folder folder;
    auto db = opened(folder);
    add_hero(db, "Aria");
    db.commit();
    const auto first = db.close(long_enough);
    CHECK(db.health().is == health_report::state::closed);
    CHECK(db.health().saved == 1);
    CHECK(db->characters.find(1)->character_name == "Aria");
    add_hero(db, "Bob");
    CHECK(db.commit() == 1);
    const auto saved = db.save_all(1s);
    REQUIRE_FALSE(saved);
    CHECK(saved.why().code == errc::closed);
    const auto second = db.close(long_enough);
    CHECK(second.saved == first.saved);
    CHECK(second.committed == first.committed);
    CHECK(heroes_in(folder) == "'Aria'");
    auto again = opened(folder); // while the closed one is still there
    CHECK(again->characters.size() == 1);
}

TEST_CASE("regression: closing again gives the report of the first time") {
    const temporary_folder folder;
    auto db = opened(folder);
    add_hero(db, "Aria");
    db.commit();
    add_hero(db, "Bob"); // which nobody commits
    const auto first = db.close(long_enough);
    REQUIRE_FALSE(first.complete());
    add_hero(db, "Cleo");
    db.commit();
    for (int i = 0; i < 2; ++i) {
        const auto again = db.close(long_enough);
        CHECK(again.open_frame_dropped);
        CHECK_FALSE(again.complete());
        CHECK((again.committed == 1 && again.saved == 1 && again.rows_written == 1));
        CHECK(again.took == first.took);
    }
}

TEST_CASE("closing within a time that does not suffice says what is missing") {
    const temporary_folder folder;
    const sqlite_spy spy;
    told heard;
    std::atomic<bool> stop{false};
    {
        auto db = open<game_world>(folder / "world.db", telling(heard)).value();
        add_hero(db, "Aria");
        db.commit();
        (void)save(db);
        spy.interrupt_while(stop);
        stop = true;
        for (const char* name : {"Bob", "Cleo"}) {
            add_hero(db, name);
            db.commit();
        }
        const auto report = db.close(10ms);
        CHECK_FALSE(report.complete());
        CHECK(report.committed == 3);
        CHECK(report.saved == 1);
        CHECK(report.rows_written == 0);
        CHECK(db->characters.size() == 3);
    }
    bool warned = false;
    for (const std::string& text : heard.so_far())
        warned = warned || mentions_all(text, "warning: ", "ticks 2 to 3", folder / "world.db");
    CHECK(warned);
    CHECK(heroes_in(folder) == "'Aria'");
    CHECK(raw_database(folder / "world.db").row("SELECT applied FROM holdfast_meta") == "1");
}

TEST_CASE("a store destroyed without close neither waits nor harms the file") {
    const temporary_folder folder;
    told heard;
    const auto begun = std::chrono::steady_clock::now();
    {
        auto db = open<game_world>(folder / "world.db", telling(heard)).value();
        add_hero(db, "Aria");
        db.commit();
        (void)save(db);
        add_hero(db, "Bob");
        db.commit();
        add_hero(db, "Cleo");
    }
    CHECK(std::chrono::steady_clock::now() - begun < 20s);
    CHECK(mentions(heard.so_far().back(), "ticks 2 to 2 not in the file; the next open takes them"));
    auto db = opened(folder);
    CHECK(db->characters.size() == 2);
    CHECK(db.health().committed == 2);
}

TEST_CASE("a store destroyed while saving fails does not wait for the next try") {
    const temporary_folder folder;
    const sqlite_spy spy;
    std::atomic<bool> stop{true};
    const auto begun = [&] {
        auto db = opened(folder);
        spy.interrupt_while(stop);
        add_hero(db, "Aria");
        db.commit();
        // After some tries the pause between them is seconds long.
        (void)db.save_all(1ms);
        REQUIRE(eventually([&] { return db.health().failures >= 6; }));
        return std::chrono::steady_clock::now();
    }();
    CHECK(std::chrono::steady_clock::now() - begun < 700ms);
    CHECK(heroes_in(folder) == "''");
}

TEST_CASE("a store moves while its threads run") {
    const temporary_folder folder;
    options chosen = small_options();
    chosen.save_every = 0ms;
    std::optional<game> here(open<game_world>(folder / "world.db", chosen).value());
    std::optional<game> there;
    for (int i = 0; i < 2'000; ++i) {
        (*here)->characters.insert({.character_name = std::to_string(i)}).value();
        here->commit();
        there.emplace(std::move(*here));
        std::swap(here, there);
        there.reset();
    }
    CHECK((*here)->characters.size() == 2'000);
    close_and_compare(*here, folder / "world.db");
}

TEST_CASE("a store assigned over another ends the other") {
    const temporary_folder one, two;
    auto db = opened(one);
    add_hero(db, "Aria");
    db.commit();
    db = opened(two);
    add_hero(db, "Bob");
    db.commit();
    REQUIRE(db.close(long_enough).complete());
    CHECK(heroes_in(two) == "'Bob'");
    CHECK(opened(one)->characters.size() == 1); // not closed, so not saved, but in the log; and its lock is free
}

TEST_CASE("regression: a store that was moved from stops the program with a sentence whatever is asked of it") {
    const auto moved_from = [](auto use) {
        return last_words([&] {
            auto one = open<game_world>(":memory:", options_with(standing_still)).value();
            const game other = std::move(one);
            use(one);
        });
    };
    const std::string why = "[holdfast] this store was moved from: use the one that it was moved to";
    CHECK(moved_from([](game& db) { add_hero(db, "Aria"); }).starts_with(why));
    CHECK(moved_from([](const game& db) { static_cast<void>((*db).characters.size()); }).starts_with(why));
    CHECK(moved_from([](game& db) { db.commit(); }).starts_with(why));
    CHECK(moved_from([](game& db) { db.transact([](game_world&) {}); }).starts_with(why));
    CHECK(moved_from([](game& db) { static_cast<void>(db.bulk_load([](game_world&) {})); }).starts_with(why));
    CHECK(moved_from([](game& db) { static_cast<void>(db.save_all(1s)); }).starts_with(why));
    CHECK(moved_from([](game& db) { db.close(1s); }).starts_with(why));
    CHECK(moved_from([](const game& db) { static_cast<void>(db.health()); }).starts_with(why));
    CHECK(moved_from([](const game& db) { static_cast<void>(db.durable()); }).starts_with(why));
    CHECK(moved_from([](game& db) { static_cast<void>(db.wait_durable(1, 1s)); }).starts_with(why));
    CHECK(moved_from([](game& db) { db.on_durable(1, {}); }).starts_with(why));
    CHECK(moved_from([](const game& db) { static_cast<void>(db.recovery().saved); }).starts_with(why));
    CHECK(moved_from([](const game& db) { static_cast<void>(db.created()); }).starts_with(why));
}

TEST_CASE("the log is told what happens from opening to closing") {
    const temporary_folder folder;
    told heard;
    {
        auto db = open<game_world>(folder / "world.db", telling(heard)).value();
        add_hero(db, "Aria");
        db.commit();
        REQUIRE(db.close(long_enough).complete());
    }
    { const auto db = open<game_world>(folder / "world.db", telling(heard)); }
    const lines all = heard.so_far();
    REQUIRE(all.size() == 2);
    CHECK(mentions_all(all[0], "info: ", folder / "world.db", "created", "tick 0"));
    CHECK(mentions_all(all[1], "info: ", "loaded", "tick 1"));
}
