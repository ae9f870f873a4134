// SPDX-License-Identifier: MIT
/// @file
/// The pieces of code that docs/store.md and docs/backups.md show, between lines that name them: compiled, and run on a
/// small world.
#include <holdfast/holdfast.hpp>

#include "support/catch.hpp"
#include "support/in_a_folder.hpp"
#include "support/wait.hpp"

#include <filesystem>
#include <iostream>
#include <thread>

namespace hf = holdfast;
using holdfast::test::in_a_folder;

namespace {

struct character {
    std::int64_t id = 0;
    std::int64_t gold = 10;
    std::int32_t hp = 100;
    std::int32_t zone = 0;
};
struct item {
    std::int64_t id = 0;
    std::int64_t owner = 0;
    std::string kind{};
};
struct world {
    hf::table<character, hf::primary_key<&character::id>, hf::auto_id<&character::id>,
              hf::at_least<&character::gold, 0>>
        characters;
    hf::table<item, hf::primary_key<&item::id>, hf::auto_id<&item::id>,
              hf::references<&item::owner, &character::id, "characters", hf::on_delete::cascade>>
        items;
};

/// A player's connection.
struct connection {
    void answer(bool sure) { said = sure ? "sure" : "not sure"; }
    void refuse(const std::string& why) { said = why; }
    std::string said{};
};

hf::result<void> buy(world& w, hf::row<character> who, const std::string& kind) {
    if (auto paid = w.characters.add<&character::gold>(who, -6); !paid) return paid;
    if (auto made = w.items.insert({.owner = who->id, .kind = kind}); !made) return made.why();
    return {};
}

template <class Work> void run_in_parallel(std::size_t count, const Work& work) {
    std::vector<std::thread> all;
    for (std::size_t i = 0; i < count; ++i) all.emplace_back([&work, i] { work(i); });
    for (std::thread& one : all) one.join();
}

} // namespace

TEST_CASE("docs/store.md: a change that is whole, and a tick of its own") {
    const in_a_folder here;
    auto db = hf::open<world>("world.db").value();
    const auto aria = db->characters.insert({}).value();
    const auto one = [&] {
        // [apply]
        auto bought = db.apply([&](world& w) -> hf::result<void> {
            if (auto paid = w.characters.add<&character::gold>(aria, -5); !paid) return paid;
            if (auto made = w.items.insert({.owner = aria->id, .kind = "rope"}); !made) return made.why();
            return {};
        });
        // [end]
        return bool(bought);
    };
    CHECK(one());
    CHECK(one());
    CHECK_FALSE(one());
    CHECK(db->items.size() == 2);
}

TEST_CASE("docs/store.md: an answer that is sure") {
    const in_a_folder here;
    auto db = hf::open<world>("world.db").value();
    const auto player = db->characters.insert({}).value();
    const auto client = std::make_shared<connection>();
    const std::string rope = "rope";
    const auto purchase = [&] {
        // [on_durable]
        if (auto bought = db.transact([&](world& w) { return buy(w, player, rope); }); !bought)
            client->refuse(bought.why().message());
        else
            db.on_durable(db.commit(), [client](const hf::result<void>& sure) { client->answer(bool(sure)); });
        // [end]
    };
    purchase();
    db.save_all(std::chrono::seconds(30)).value();
    CHECK(client->said == "sure");
    purchase();
    CHECK(client->said == "refused: characters[id=1].gold would be -2, and is at least 0");
}

TEST_CASE("docs/store.md: what the store has to say") {
    const in_a_folder here;
    // [log]
    hf::options chosen;
    chosen.log = [](hf::log_level level, std::string_view text) {
        if (level != hf::log_level::info) std::clog << text << '\n';
    };
    auto db = hf::open<world>("world.db", chosen).value();
    // [end]
    CHECK(db.created());
}

TEST_CASE("docs/store.md: several stores on the same threads") {
    const in_a_folder here;
    // [threads]
    hf::threads shared; // declared first: must outlive the stores
    auto a = hf::open<world>("a.db", {.run_on = &shared}).value();
    auto b = hf::open<world>("b.db", {.run_on = &shared}).value();
    // [end]
    CHECK((a.created() && b.created()));
}

TEST_CASE("docs/store.md: several threads that edit") {
    const in_a_folder here;
    auto db = hf::open<world>("world.db").value();
    for (std::int32_t i = 0; i < 40; ++i) db->characters.insert({.zone = i % 4}).value();
    const auto fighters_of = [&](std::size_t zone) {
        std::vector<hf::row<character>> found;
        for (hf::row<character> one : db->characters)
            if (one->zone == static_cast<std::int32_t>(zone)) found.push_back(one);
        return found;
    };
    const std::vector<hf::row<character>> fighters[] = {fighters_of(0), fighters_of(1), fighters_of(2), fighters_of(3)};
    // [lanes]
    auto zones = db.lanes(4); // nothing else may change from here on
    run_in_parallel(4, [&](std::size_t zone) {
        for (hf::row<character> one : fighters[zone]) db->characters.set<&character::hp>(zones[zone], one, one->hp - 1);
    });
    zones.join(); // the threads are done: one tick again
    db.commit();
    // [end]
    for (const hf::row<character> one : db->characters) CHECK(one->hp == 99);
}

TEST_CASE("docs/backups.md: a copy, the world as it was, what one player had, going back") {
    const in_a_folder here;
    const auto yesterday_at_nine = std::chrono::system_clock::now() - std::chrono::hours(24);
    {
        auto db = hf::open<world>("world.db").value();
        REQUIRE(holdfast::test::eventually(
            [&] { return db.health().last_backup != std::chrono::system_clock::time_point(); })); // of no tick yet
        bool is_made = false;
        for (int i = 0; i < 20; ++i) {
            db->characters.insert({}).value();
            db.commit();
        }
        db.save_all(std::chrono::seconds(30)).value();
        // [snapshot]
        db.snapshot_to("before-the-war.db", [&](const hf::result<hf::backup_manifest>& made) {
            is_made = bool(made); // inside a later commit, on the thread that edits: made->applied, or made.why()
        });
        // [end]
        CHECK(holdfast::test::eventually([&] {
            db.commit();
            return is_made;
        }));
        CHECK(std::filesystem::exists("before-the-war.db"));
        REQUIRE(db.close().complete());
    }
    {
        // [restore]
        auto made = hf::restore("world.db", "then.db", hf::restore_point::at_tick(12));
        auto same = hf::restore("world.db", "nine.db", hf::restore_point::at_time(yesterday_at_nine));
        // [end]
        INFO((made ? std::string() : made.why().message()));
        CHECK(made);
        CHECK_FALSE(same); // there was no world then
        CHECK(hf::open<world>("then.db").value()->characters.size() == 12);
    }
    {
        // [export]
        auto had =
            hf::export_rows("world.db", "characters", "id = 7", hf::restore_point::at_tick(12), "character-7.sql");
        // [end]
        INFO((had ? std::string() : had.why().message()));
        CHECK(had);
        CHECK(std::filesystem::file_size("character-7.sql") > 0);
    }
    {
        // [in_place]
        auto made = hf::restore_in_place("world.db", hf::restore_point::at_tick(15)); // no server has it open
        // [end]
        INFO((made ? std::string() : made.why().message()));
        CHECK(made);
        CHECK(hf::open<world>("world.db").value()->characters.size() == 15);
    }
}
