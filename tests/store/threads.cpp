// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/store/threads.hpp: many stores on one pair of threads, and none of them in the other's way.
#include <holdfast/holdfast.hpp>

#include "support/catch.hpp"
#include "support/dies.hpp"
#include "support/game_world.hpp"
#include "support/small_disk.hpp"
#include "support/sqlite_spy.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"
#include "support/wait.hpp"
#include "support/words.hpp"

#include <filesystem>
#include <optional>
#include <thread>

using namespace holdfast::test;
using namespace std::chrono_literals;
using holdfast::errc;
using holdfast::health_report;
using holdfast::open;
using holdfast::options;
using holdfast::threads;

namespace {

const fake_clock standing_still;
using game = holdfast::store<game_world>;

options options_on(threads& shared) {
    options chosen = options_with(standing_still);
    chosen.run_on = &shared;
    return chosen;
}
game opened(const temporary_folder& folder, int number, threads& shared) {
    return open<game_world>(folder / (std::to_string(number) + ".db"), options_on(shared)).value();
}
void add_hero(game& db, const std::string& name) {
    db->characters.insert({.character_name = name}).value();
    db.commit();
}
std::size_t threads_of_process() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& one : std::filesystem::directory_iterator("/proc/self/task")) ++count;
    return count;
}
/// What the other stores must be able to do while one cannot save: several rounds, none of which takes long.
void must_be_at_ease(game& db) {
    for (int round = 0; round < 4; ++round) {
        add_hero(db, "at ease " + std::to_string(db.health().committed));
        const auto saved = db.save_all(700ms); // less than SQLite would wait for a lock
        INFO((saved ? std::string() : saved.why().message()));
        REQUIRE(saved);
    }
}

} // namespace

TEST_CASE("stores on shared threads save and reload everything") {
    const temporary_folder folder;
    threads shared;
    std::vector<game> stores;
    for (int i = 0; i < 8; ++i) stores.push_back(opened(folder, i, shared));
    for (int round = 0; round < 20; ++round)
        for (int i = 0; i < 8; ++i) add_hero(stores[static_cast<std::size_t>(i)], std::to_string(100 * i + round));
    (void)save(stores[3]);
    for (int i = 0; i < 8; ++i)
        close_and_compare(stores[static_cast<std::size_t>(i)], folder / (std::to_string(i) + ".db"));
    for (int i = 0; i < 8; ++i) {
        const auto again = opened(folder, i, shared);
        CHECK(again->characters.size() == 20);
        CHECK(again->characters.find(1)->character_name == std::to_string(100 * i));
    }
}

TEST_CASE("shared threads save by themselves when save_every is over") {
    const temporary_folder folder;
    threads shared;
    fake_clock clock;
    options chosen = options_with(clock);
    chosen.run_on = &shared;
    auto a = open<game_world>(folder / "a.db", chosen).value();
    auto b = open<game_world>(folder / "b.db", chosen).value();
    add_hero(a, "Aria");
    add_hero(b, "Bob");
    REQUIRE(eventually([&] { return a.health().durable == 1 && b.health().durable == 1; }));
    CHECK(a.health().saved == 0);
    clock.advance(1s);
    CHECK(eventually([&] { return a.health().saved == 1 && b.health().saved == 1; }));
}

TEST_CASE("the number of threads does not grow with the stores that share them") {
    const temporary_folder folder;
    const std::size_t before = threads_of_process();
    {
        threads shared;
        std::vector<game> stores;
        for (int i = 0; i < 10; ++i) stores.push_back(opened(folder, i, shared));
        CHECK(threads_of_process() == before + 3);
        for (game& one : stores) {
            add_hero(one, "Aria");
            (void)save(one);
        }
        CHECK(threads_of_process() == before + 3);
    }
    CHECK(
        eventually([&] { return threads_of_process() == before; })); // a thread that was joined is listed a moment more
}

TEST_CASE("a store whose saving fails does not hold up the others on its threads") {
    const temporary_folder folder;
    threads shared;
    const sqlite_spy spy;
    std::atomic<bool> stop{true}; // asked while the store is closed, too
    auto failing = opened(folder, 1, shared);
    spy.interrupt_while(stop);
    auto other = opened(folder, 2, shared);
    add_hero(failing, "Aria");
    CHECK_FALSE(failing.save_all(1ms));
    REQUIRE(eventually([&] { return failing.health().failures > 0; }));
    must_be_at_ease(other);
    CHECK(failing.health().is == health_report::state::failing);
    CHECK(failing.health().saved == 0);
    stop = false;
    (void)save(failing);
    CHECK(failing.close(long_enough).complete());
    CHECK(other.close(long_enough).complete());
}

TEST_CASE("a store whose file is locked does not hold up the others on its threads") {
    const temporary_folder folder;
    threads shared;
    const sqlite_spy spy;
    auto locked = opened(folder, 1, shared);
    sqlite3* const inside = spy.connection();
    auto other = opened(folder, 2, shared);
    // A write of the store will lock this second file as well, and somebody else has it.
    using holdfast::sqlite::connection;
    auto somebody = connection::open(folder / "second.db", connection::mode::create).value();
    somebody.run("CREATE TABLE t (a); BEGIN IMMEDIATE").value();
    (void)rows_of(inside, "ATTACH '" + (folder / "second.db") + "' AS second");

    add_hero(locked, "Aria");
    const auto refused = locked.save_all(100ms);
    REQUIRE_FALSE(refused);
    CHECK(refused.why().code == errc::busy);
    for (int round = 0; round < 3; ++round) {
        CHECK_FALSE(locked.save_all(1ms)); // it is tried at once
        must_be_at_ease(other);
    }
    CHECK(locked.health().is == health_report::state::failing);
    somebody.run("ROLLBACK").value();
    (void)save(locked);
    CHECK(locked.close(long_enough).complete());
}

TEST_CASE("a store whose disk is full does not hold up the others on its threads") {
    const temporary_folder folder, roomy;
    const small_disk disk(folder.path(), 4 << 20);
    if (!disk.mounted()) {
        WARN("skipped: a file system of 4 MB cannot be mounted here");
        return;
    }
    threads shared;
    auto full = opened(folder, 1, shared);
    auto other = opened(roomy, 2, shared);
    add_hero(full, "Aria");
    (void)save(full);
    disk.fill(200'000);
    for (int i = 0; i < 300; ++i)
        full->inventory.insert({.character_id = 1, .item_id = std::string(1'000, 'x'), .quantity = i}).value();
    full.commit();
    CHECK_FALSE(full.save_all(200ms));
    must_be_at_ease(other);
    CHECK(full.health().saved == 1);
    disk.make_room();
    (void)save(full);
}

TEST_CASE("deadlines hold, and a store can be closed, while a batch of another is being written") {
    const temporary_folder folder;
    threads shared;
    const sqlite_spy spy;
    std::atomic<bool> hold{true}; // asked for as long as the store has its connection
    auto slow = opened(folder, 1, shared);
    spy.wait_while(hold);
    auto other = opened(folder, 2, shared);
    add_hero(slow, "Aria");
    CHECK_FALSE(slow.save_all(1ms));
    add_hero(other, "Bob");
    const auto late = other.save_all(50ms);
    REQUIRE_FALSE(late);
    CHECK(late.why().code == errc::timeout);
    CHECK(other.close(1ms).saved == 0); // it waits for its own batch only: it has none
    auto fresh = opened(folder, 2, shared);
    CHECK(fresh->characters.size() == 1); // from the log
    hold = false;
    add_hero(fresh, "Cleo");
    (void)save(fresh);
    (void)save(slow);
}

TEST_CASE("stores are opened, closed and dropped by several threads while others save") {
    const temporary_folder folder;
    threads shared;
    auto steady = opened(folder, 100, shared);
    std::atomic<int> running{3};
    std::vector<std::thread> openers;
    for (int number = 0; number < 3; ++number)
        openers.emplace_back([&, number] {
            for (int round = 0; round < 15; ++round) {
                auto db = opened(folder, number, shared);
                add_hero(db, "hero " + std::to_string(round));
                if (round % 3 != 2 && !db.close(long_enough).complete()) break; // or destroyed with its batch unwritten
            }
            --running;
        });
    int saved = 0;
    while (running != 0) {
        add_hero(steady, "hero " + std::to_string(saved++));
        (void)save(steady);
    }
    for (std::thread& one : openers) one.join();
    CHECK(steady.health().saved == static_cast<holdfast::tick>(saved));
    for (int number = 0; number < 3; ++number) {
        const auto db = opened(folder, number, shared);
        CHECK(db->characters.size() >= 10);
        CHECK(db->characters.find(1)->character_name == "hero 0");
    }
    close_and_compare(steady, folder / "100.db");
}

TEST_CASE("a store that is destroyed without close leaves its threads to the others") {
    const temporary_folder folder;
    threads shared;
    std::optional<game> dropped(opened(folder, 1, shared));
    auto other = opened(folder, 2, shared);
    add_hero(*dropped, "Aria");
    dropped.reset();
    must_be_at_ease(other);
    CHECK(opened(folder, 1, shared)->characters.size() == 1);
}

TEST_CASE("an exception in a log callback ends the saving of its store and of no other") {
    const temporary_folder folder;
    threads shared;
    const sqlite_spy spy;
    options chosen = options_on(shared);
    chosen.log = [](holdfast::log_level level, std::string_view) {
        if (level == holdfast::log_level::error) throw std::runtime_error("out of ideas");
    };
    const std::atomic<bool> stop{true}; // asked while the store is closed, too
    auto throwing = open<game_world>(folder / "1.db", chosen).value();
    spy.interrupt_while(stop);
    auto other = opened(folder, 2, shared);
    add_hero(throwing, "Aria");
    CHECK_FALSE(throwing.save_all(1ms));
    REQUIRE(eventually([&] { return throwing.health().is == health_report::state::failed; }));
    CHECK(mentions(throwing.health().last_error->detail, "out of ideas"));
    must_be_at_ease(other);
}

TEST_CASE("threads that go before a store that runs on them stop the program") {
    CHECK(mentions(last_words([] {
                       std::optional<threads> shared(std::in_place);
                       auto db = open<game_world>(":memory:", options_on(*shared)).value();
                       shared.reset();
                   }),
                   "[holdfast] threads are gone before a store that runs on them"));
}
