// SPDX-License-Identifier: MIT
/// @file
/// Tests of fields that are saved_every: marked when they change, logged with a commit every interval.
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"

#include <filesystem>

namespace hf = holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

struct place {
    double x = 0, y = 0;
};
struct hero {
    std::int64_t id = 0;
    std::int32_t level = 1;
    place at{};
    std::string mood{};
    std::int32_t zone = 0;
};
struct world {
    hf::table<hero, hf::primary_key<&hero::id>, hf::saved_every<&hero::at>, hf::saved_every<&hero::mood>,
              hf::saved_every<&hero::zone>, hf::index<&hero::zone>>
        heroes;
};
using store = hf::store<world>;

store with_heroes(const std::string& path, const hf::options& chosen, std::int64_t heroes) {
    auto db = hf::open<world>(path, chosen).value();
    for (std::int64_t id = 1; id <= heroes; ++id) db->heroes.insert({.id = id}).value();
    db.commit();
    return db;
}

/// What a process that is killed now leaves, opened again. Nothing may write while the files are copied one by one.
store after_a_kill(store& db, const std::string& path, const temporary_folder& into, const hf::options& chosen) {
    REQUIRE(db.wait_durable(db.health().committed, long_enough));
    std::filesystem::copy(std::filesystem::path(path).parent_path(), into.path(),
                          std::filesystem::copy_options::recursive);
    return hf::open<world>(into / std::filesystem::path(path).filename().string(), chosen).value();
}

} // namespace

TEST_CASE("a field of class interval is logged once an interval, with the newest value") {
    const temporary_folder folder;
    fake_clock clock;
    const auto chosen = options_with(clock);
    auto db = with_heroes(folder / "world.db", chosen, 3);
    const hf::tick before = db.health().committed;
    const std::size_t empty = db.health().open_bytes;
    for (int i = 0; i < 100; ++i) {
        db->heroes.set<&hero::at, &place::x>(1, i).value();
        db->heroes.set<&hero::mood>(2, std::to_string(i)).value();
        CHECK(db.commit() == before); // nothing is in the frame
    }
    CHECK(db.health().open_bytes == empty);
    clock.advance(chosen.interval);
    CHECK(db.commit() == before + 1);
    CHECK(db.commit() == before + 1);
    CHECK(save(db).rows_written == 5); // three inserts, two updates
    const temporary_folder killed;
    auto again = after_a_kill(db, folder / "world.db", killed, chosen);
    CHECK(again->heroes.find(1)->at.x == 99);
    CHECK(again->heroes.find(2)->mood == "99");
    CHECK(memory_lines(*again) == memory_lines(*db));
}

TEST_CASE("a commit logs such fields for no longer than its budget, and the next one goes on") {
    const temporary_folder folder;
    fake_clock clock;
    auto chosen = options_with(clock);
    chosen.capture_budget = 0us;
    auto db = with_heroes(folder / "world.db", chosen, 100);
    for (std::int64_t id = 1; id <= 100; ++id) db->heroes.set<&hero::zone>(id, 7).value();
    clock.advance(chosen.interval);
    const hf::tick before = db.health().committed;
    const auto logged = [&](hf::tick tick) {
        const temporary_folder killed;
        auto again = after_a_kill(db, folder / "world.db", killed, chosen);
        CHECK(again.health().committed == tick);
        return again->heroes.where<&hero::zone>(7).collect().size();
    };
    CHECK(db.commit() == before + 1);
    CHECK(logged(before + 1) == 16);
    db->heroes.set<&hero::zone>(1, 8).value(); // the round has passed it: that is for the next one
    for (int i = 2; i <= 7; ++i) CHECK(db.commit() == before + static_cast<hf::tick>(i));
    CHECK(db.commit() == before + 7);
    CHECK(logged(before + 7) == 100);
    clock.advance(chosen.interval);
    CHECK(db.commit() == before + 8);
    CHECK(logged(before + 8) == 99);
}

TEST_CASE("what is not of class interval is logged with its tick, in whichever way it changes") {
    const temporary_folder folder;
    const fake_clock clock;
    const auto chosen = options_with(clock);
    auto db = with_heroes(folder / "world.db", chosen, 2);
    db->heroes
        .update<&hero::level, &hero::zone>(1,
                                           [](std::int32_t& level, std::int32_t& zone) {
                                               level = 9;
                                               zone = 3;
                                           })
        .value();
    db->heroes
        .update(2,
                [](hero& h) {
                    h.level = 5;
                    h.at = {1, 2};
                    h.mood = "happy";
                })
        .value();
    db->heroes
        .update<&hero::level, &hero::mood>(1,
                                           [](std::int32_t& level, std::string& mood) {
                                               ++level;
                                               mood = "calm";
                                           })
        .value();
    db->heroes.set<&hero::at>(1, place{3, 4}).value();
    db.commit();
    const temporary_folder killed;
    auto again = after_a_kill(db, folder / "world.db", killed, chosen);
    CHECK((again->heroes.find(1)->level == 10 && again->heroes.find(1)->zone == 0));
    CHECK((again->heroes.find(1)->at.x == 0 && again->heroes.find(1)->mood.empty()));
    CHECK(
        (again->heroes.find(2)->level == 5 && again->heroes.find(2)->at.y == 0 && again->heroes.find(2)->mood.empty()));
    close_and_compare(db, folder / "world.db"); // closing logs the rest
    auto closed = hf::open<world>(folder / "world.db", chosen).value();
    CHECK((closed->heroes.find(1)->zone == 3 && closed->heroes.find(2)->at.y == 2));
    CHECK((closed->heroes.find(1)->at.y == 4 && closed->heroes.find(1)->mood == "calm"));
    CHECK(closed->heroes.find(2)->mood == "happy");
}

TEST_CASE("health says how old the logged values may be") {
    const temporary_folder folder;
    fake_clock clock;
    auto chosen = options_with(clock);
    chosen.capture_budget = 0ms; // 16 rows a commit
    auto db = with_heroes(folder / "world.db", chosen, 40);
    clock.advance(300ms);
    CHECK(db.health().oldest_interval == 300ms);
    clock.advance(700ms);
    for (std::int64_t id = 1; id <= 40; ++id) db->heroes.set<&hero::zone>(id, 5).value();
    db.commit();
    db.commit();
    CHECK(db.health().oldest_interval == 1s); // the round is not through
    clock.advance(10ms);
    db.commit();
    CHECK(db.health().oldest_interval == 10ms);
}

TEST_CASE("what a transaction took back is not what is logged") {
    const temporary_folder folder;
    fake_clock clock;
    const auto chosen = options_with(clock);
    auto db = with_heroes(folder / "world.db", chosen, 2);
    const auto refused = db.transact([](world& w) -> hf::result<void> {
        w.heroes.set<&hero::zone>(1, 4).value();
        w.heroes.set<&hero::mood>(1, "lost").value();
        w.heroes.insert({.id = 3}).value();
        w.heroes.set<&hero::zone>(3, 4).value();
        return hf::error{hf::errc::refused, "no"};
    });
    REQUIRE_FALSE(refused);
    REQUIRE(db.transact([](world& w) -> hf::result<void> {
        w.heroes.set<&hero::zone>(2, 6).value();
        return {};
    }));
    clock.advance(chosen.interval);
    db.commit();
    const temporary_folder killed;
    auto again = after_a_kill(db, folder / "world.db", killed, chosen);
    CHECK(memory_lines(*again) == memory_lines(*db));
    CHECK(again->heroes.find(2)->zone == 6);
    CHECK(again->heroes.size() == 2);
}

TEST_CASE("rows that are gone are not logged, nor those that have come in their place with what they had") {
    const temporary_folder folder;
    fake_clock clock;
    const auto chosen = options_with(clock);
    auto db = with_heroes(folder / "world.db", chosen, 3);
    for (std::int64_t id = 1; id <= 3; ++id) db->heroes.set<&hero::zone>(id, 5).value();
    db->heroes.erase(1).value();
    db->heroes.erase(2).value();
    db.commit();
    db->heroes.insert({.id = 20, .zone = 1}).value(); // in a slot that is marked
    clock.advance(chosen.interval);
    db.commit();
    close_and_compare(db, folder / "world.db");
    auto again = hf::open<world>(folder / "world.db", chosen).value();
    CHECK((again->heroes.size() == 2 && again->heroes.find(20)->zone == 1 && again->heroes.find(3)->zone == 5));
}

TEST_CASE("saving logs such fields at once, but not while there are changes that nobody has committed") {
    const temporary_folder folder;
    const fake_clock clock;
    const auto chosen = options_with(clock);
    auto db = with_heroes(folder / "world.db", chosen, 1);
    db->heroes.set<&hero::zone>(1, 5).value();
    const hf::tick before = db.health().committed;
    CHECK(save(db).committed == before + 1);
    {
        const temporary_folder killed;
        CHECK(after_a_kill(db, folder / "world.db", killed, chosen)->heroes.find(1)->zone == 5);
    }
    db->heroes.insert({.id = 2}).value();
    db->heroes.set<&hero::zone>(2, 5).value();
    CHECK(save(db).committed == before + 1);
    const auto report = db.close(long_enough);
    CHECK(report.open_frame_dropped);
    auto again = hf::open<world>(folder / "world.db", chosen).value();
    CHECK(again->heroes.size() == 1);
}

TEST_CASE("rows that were loaded, and many that came since, are marked as well") {
    const temporary_folder folder;
    fake_clock clock;
    const auto chosen = options_with(clock);
    {
        auto db = with_heroes(folder / "world.db", chosen, 40'000);
        db.close();
    }
    auto db = hf::open<world>(folder / "world.db", chosen).value();
    for (std::int64_t id = 40'001; id <= 70'000; ++id) db->heroes.insert({.id = id}).value();
    for (std::int64_t id = 1; id <= 70'000; id += 7) db->heroes.set<&hero::zone>(id, 2).value();
    db.commit();
    close_and_compare(db, folder / "world.db");
}
