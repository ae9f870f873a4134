// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/store/: commits and transactions.
#include <holdfast/holdfast.hpp>

#include "support/catch.hpp"
#include "support/game_world.hpp"
#include "support/io_faults.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"

#include <stdexcept>

using namespace holdfast::test;
using holdfast::errc;
using holdfast::error;
using holdfast::open;
using holdfast::result;

namespace {

const fake_clock standing_still;

struct game {
    game() {
        for (const char* name : {"Aria", "Bob"}) {
            const auto hero = db->characters.insert({.character_name = name, .gold = 100}).value();
            db->inventory.insert({.character_id = hero->character_id, .item_id = "sword"}).value();
            db->skills.insert({.character_id = hero->character_id, .skill_name = "swim"}).value();
        }
        db.commit();
    }
    /// Whether memory, the open frame and the file say that nothing has happened.
    void must_be(const world_lines& before, holdfast::tick committed) {
        CHECK(memory_lines(*db) == before);
        CHECK(db.commit() == committed);
        (void)save(db);
        CHECK(memory_lines(*db) == before);
    }

    temporary_folder folder;
    holdfast::store<game_world> db = open<game_world>(folder / "world.db", options_with(standing_still)).value();
};

result<void> give_gold(game_world& w, std::int64_t from, std::int64_t to, std::int64_t amount) {
    if (auto ok = w.characters.add<&character::gold>(to, amount); !ok) return ok;
    return w.characters.add<&character::gold>(from, -amount);
}

} // namespace

TEST_CASE("commits are numbered from 1 on, and go on when the file is opened again") {
    const temporary_folder folder;
    for (holdfast::tick first = 1; first < 10; first += 3) {
        auto db = open<game_world>(folder / "world.db", options_with(standing_still)).value();
        for (holdfast::tick i = first; i < first + 3; ++i) {
            db->characters.insert({.character_name = std::to_string(i)}).value();
            CHECK(db.commit() == i);
            CHECK(db.health().committed == i);
        }
        const auto report = db.close(long_enough);
        CHECK(report.committed == first + 2);
        CHECK(report.saved == first + 2);
        CHECK(raw_database(folder / "world.db").row("SELECT applied FROM holdfast_meta") == std::to_string(first + 2));
    }
}

TEST_CASE("a commit without changes gives the last tick again") {
    const temporary_folder folder;
    auto db = open<game_world>(folder / "world.db", options_with(standing_still)).value();
    CHECK(db.commit() == 0);
    const auto aria = db->characters.insert({.character_name = "Aria"}).value();
    CHECK(db.commit() == 1);
    CHECK(db.commit() == 1);
    db->characters.set<&character::level>(aria, 1); // as it is
    CHECK_FALSE(db->characters.set<&character::gold>(aria, -1));
    CHECK_FALSE(db->characters.insert({.character_name = "Aria"}));
    CHECK(db.commit() == 1);
    db->characters.set<&character::level>(aria, 2);
    CHECK(db.commit() == 2);
}

TEST_CASE("a transaction that returns an error takes everything back") {
    game game;
    const world_lines before = memory_lines(*game.db);
    const auto refused = game.db.transact([](game_world& w) { return give_gold(w, 1, 2, 150); });
    REQUIRE_FALSE(refused);
    CHECK(refused.why().code == errc::refused);
    game.must_be(before, 1);
    CHECK(game.db.transact([](game_world& w) { return give_gold(w, 1, 2, 50); }));
    CHECK(game.db->characters.find(1)->gold == 50);
    CHECK(game.db->characters.find(2)->gold == 150);
    CHECK(game.db.commit() == 2);
}

TEST_CASE("a transaction that throws takes everything back and lets the exception through") {
    game game;
    const world_lines before = memory_lines(*game.db);
    CHECK_THROWS_AS(game.db.transact([](game_world& w) {
        w.characters.erase(1).value();
        w.characters.insert({.character_name = "Aria"}).value();
        throw std::runtime_error("lost the connection");
    }),
                    std::runtime_error);
    game.must_be(before, 1);
    CHECK_THROWS_AS(game.db.apply([](game_world& w) -> result<int> {
        w.characters.erase(2).value();
        throw std::runtime_error("again");
    }),
                    std::runtime_error);
    game.must_be(before, 1);
}

TEST_CASE("a transaction gives back what its function returned") {
    game game;
    const auto made = game.db.transact([](game_world& w) { return w.characters.insert({.character_name = "Cleo"}); });
    REQUIRE(made);
    CHECK((*made)->character_name == "Cleo");
    const result<int> number = game.db.transact([](game_world&) -> result<int> { return 5; });
    CHECK(*number == 5);
    static_assert(std::is_void_v<decltype(game.db.transact([](game_world&) {}))>);
}

TEST_CASE("a transaction sees its own changes, and joins the tick around it") {
    game game;
    game.db->characters.set<&character::level>(1, 5).value();
    game.db.transact([](game_world& w) {
        CHECK(w.characters.find(1)->level == 5);
        w.characters.set<&character::character_name>(1, "Ariadne").value();
        CHECK(w.characters.find_by<&character::character_name>("Ariadne").alive());
        CHECK_FALSE(w.characters.find_by<&character::character_name>("Aria").alive());
    });
    game.db->characters.set<&character::gold>(1, 7).value();
    CHECK(game.db.commit() == 2);
    close_and_compare(game.db, game.folder / "world.db");
    CHECK(raw_database(game.folder / "world.db")
              .row("SELECT character_name, level, gold FROM characters WHERE character_id = 1") == "'Ariadne' | 5 | 7");
}

TEST_CASE("what stood in the tick before a transaction stays when the transaction is taken back") {
    game game;
    (void)save(game.db);
    game.db->characters.set<&character::level>(1, 5).value();
    REQUIRE_FALSE(game.db.transact([](game_world& w) -> result<void> {
        w.characters.set<&character::level>(1, 6).value();
        w.characters.set<&character::character_name>(2, std::string(300'000, 'x')).value(); // over the end of a chunk
        return error{errc::refused, "no"};
    }));
    CHECK(game.db->characters.find(1)->level == 5);
    CHECK(game.db.commit() == 2);
    CHECK(save(game.db).rows_written == 1);
    close_and_compare(game.db, game.folder / "world.db");
}

TEST_CASE("a transaction inside another is a savepoint") {
    game game;
    const auto done = game.db.transact([&](game_world& w) -> result<void> {
        w.characters.add<&character::gold>(1, 1).value();
        const auto inner = game.db.transact([&](game_world& same) -> result<void> {
            same.characters.add<&character::gold>(1, 10).value();
            game.db.transact([](game_world& third) { third.characters.add<&character::gold>(1, 100).value(); });
            return error{errc::refused, "the inner one"};
        });
        CHECK_FALSE(inner);
        CHECK(w.characters.find(1)->gold == 101);
        game.db.transact([](game_world& same) { same.characters.add<&character::gold>(1, 1'000).value(); });
        return {};
    });
    REQUIRE(done);
    CHECK(game.db->characters.find(1)->gold == 1'101);
    game.db.commit();
    close_and_compare(game.db, game.folder / "world.db");
}

TEST_CASE("an outer transaction takes back what an inner one had kept") {
    game game;
    const world_lines before = memory_lines(*game.db);
    REQUIRE_FALSE(game.db.transact([&](game_world&) -> result<void> {
        game.db.transact([](game_world& w) {
            w.characters.erase(1).value();
            w.characters.insert({.character_name = "Aria"}).value();
        });
        return error{errc::refused, "the outer one"};
    }));
    game.must_be(before, 1);
}

TEST_CASE("a cascade inside a transaction is taken back with every row that it took") {
    game game;
    const auto aria = game.db->characters.find(1);
    const auto sword = *game.db->inventory.where<&inventory_item::character_id>(std::int64_t{1}).begin();
    const world_lines before = memory_lines(*game.db);
    REQUIRE_FALSE(game.db.transact([&](game_world& w) -> result<void> {
        w.characters.erase(aria).value();
        CHECK_FALSE(aria.alive());
        CHECK_FALSE(sword.alive());
        CHECK(w.inventory.size() == 1);
        return error{errc::refused, "no"};
    }));
    CHECK(aria.alive());
    CHECK(sword.alive());
    CHECK(sword->character_id == 1);
    CHECK(game.db->characters.find(1) == aria);
    game.must_be(before, 1);
}

TEST_CASE("a row inserted and erased in one transaction leaves nothing") {
    game game;
    const world_lines before = memory_lines(*game.db);
    game.db.transact([](game_world& w) {
        const auto cleo = w.characters.insert({.character_name = "Cleo"}).value();
        w.inventory.insert({.character_id = cleo->character_id, .item_id = "bow"}).value();
        w.characters.erase(cleo).value();
    });
    CHECK(memory_lines(*game.db) == before);
    game.db.commit();
    close_and_compare(game.db, game.folder / "world.db");
}

TEST_CASE("apply is a transaction and a commit") {
    game game;
    game.db.apply([](game_world& w) { w.characters.set<&character::level>(1, 5).value(); });
    CHECK(game.db.health().committed == 2);
    CHECK(game.db.apply([](game_world& w) { return give_gold(w, 1, 2, 50); }));
    CHECK(game.db.health().committed == 3);
    CHECK_FALSE(game.db.apply([](game_world& w) { return give_gold(w, 1, 2, 500); }));
    CHECK(game.db.health().committed == 3);
    CHECK(game.db->characters.find(2)->gold == 150);
}

TEST_CASE("a commit waits for a ring that is full, for as long as the options say") {
    const temporary_folder folder;
    const bool broken = GENERATE(false, true);
    holdfast::test::io_faults disk([](io_faults::kind what, std::string_view path) {
        return what == io_faults::kind::sync && path.find(".log/") != std::string_view::npos;
    });
    holdfast::options chosen = small_options();
    chosen.ring_bytes = 0; // the least
    chosen.sync_every = std::chrono::hours(1);
    chosen.wait_when_full = broken ? std::chrono::milliseconds(20) : std::chrono::milliseconds(long_enough);
    auto db = open<game_world>(folder / "world.db", chosen).value();
    const auto hero = db->characters.insert({.character_name = "Aria"}).value();
    const holdfast::tick first = db.commit(); // the ring has room: nobody waits
    CHECK(db.durable() < first);
    if (broken) disk.fail(1, io_faults::for_good, EIO);
    (void)db->characters.set<&character::map_id>(hero, std::string(2'000'000, 'x'));
    const auto begun = std::chrono::steady_clock::now();
    const holdfast::tick second = db.commit();
    if (broken) {
        CHECK(std::chrono::steady_clock::now() - begun >= chosen.wait_when_full);
        CHECK(db.durable() < second);
        CHECK(db.health().safe < second);
    } else {
        CHECK(db.durable() == second);
        CHECK(db.health().safe == second);
    }
    disk.clear();
    close_and_compare(db, folder / "world.db");
}
