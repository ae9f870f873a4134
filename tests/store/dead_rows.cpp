// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/store/: a row that SQLite refuses stops nothing and is lost by nothing.
#include <holdfast/holdfast.hpp>

#include "support/catch.hpp"
#include "support/child_process.hpp"
#include "support/game_world.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"
#include "support/words.hpp"

using namespace holdfast::test;
using holdfast::errc;
using holdfast::health_report;
using holdfast::open;
using holdfast::options;

namespace {

const fake_clock standing_still;
using game = holdfast::store<game_world>;

/// A database to which somebody has added an index that takes properties that are JSON only.
struct picky_folder {
    picky_folder() {
        REQUIRE(open_it().close(long_enough).complete());
        raw_database(path).run("CREATE INDEX by_colour ON inventory (json_extract(properties, '$.colour'))");
    }
    [[nodiscard]] game open_it() const { return open<game_world>(path, options_with(standing_still)).value(); }
    temporary_folder folder{};
    std::string path = folder / "world.db";
};

/// Aria (1) and Bob (2) with 100 coins each; Aria has a cloak (1).
void populate(game& db) {
    for (const char* name : {"Aria", "Bob"}) (void)db->characters.insert({.character_name = name, .gold = 100}).value();
    (void)db->inventory.insert({.character_id = 1, .item_id = "cloak", .properties = "{}"}).value();
    db.commit();
}
/// Bob buys the cloak for 30, and it gets a mark on the way that the index does not take; then one of its own.
void trade(game& db) {
    db.transact([](game_world& w) -> holdfast::result<void> {
          if (auto paid = w.characters.add<&character::gold>(2, -30); !paid) return paid;
          if (auto marked = w.inventory.set<&inventory_item::properties>(1, "was Aria's"); !marked) return marked;
          if (auto given = w.inventory.set<&inventory_item::character_id>(1, 2); !given) return given;
          return w.characters.add<&character::gold>(1, 30);
      }).value();
    db.commit();
}
void must_be_complete(game& db) {
    CHECK(db->characters.find(1)->gold == 130);
    CHECK(db->characters.find(2)->gold == 70);
    CHECK(db->inventory.size() == 1);
    CHECK(db->inventory.find(1)->character_id == 2);
    CHECK(db->inventory.find(1)->properties == "was Aria's");
}
void must_be_red(const game& db) {
    const health_report now = db.health();
    CHECK(now.is == health_report::state::incomplete);
    CHECK(now.dead_rows == 1);
    REQUIRE(now.last_error);
    CHECK(now.last_error->code == errc::refused);
    CHECK(mentions_all(now.last_error->detail, "inventory[inventory_id=1]", "malformed JSON"));
}

} // namespace

TEST_CASE("a row that SQLite refuses in the middle of a trade is kept, and the trade is saved whole") {
    const picky_folder folder;
    std::vector<std::string> said;
    options chosen = options_with(standing_still);
    holdfast::mutex guard;
    chosen.log = [&](holdfast::log_level level, std::string_view text) {
        const holdfast::mutex_lock hold(guard);
        if (level == holdfast::log_level::error) said.emplace_back(text);
    };
    {
        auto db = open<game_world>(folder.path, chosen).value();
        populate(db);
        (void)save(db);
        CHECK(db.health().is == health_report::state::good);
        trade(db);
        const auto report = save(db);
        CHECK(report.saved == db.health().committed);
        must_be_red(db);
        REQUIRE(db.close(long_enough).complete());
        REQUIRE(said.size() == 1);
        CHECK(mentions_all(said[0], "inventory[inventory_id=1]", "malformed JSON", "holdfast_dead_inventory"));
    }
    {
        auto db = open<game_world>(folder.path, chosen).value();
        must_be_complete(db);
        must_be_red(db);
        CHECK(mentions_all(said.back(), "rows that SQLite still refuses: 1", "holdfast_dead_inventory"));
        // What follows goes beside the table, too, until the next open.
        db->inventory.set<&inventory_item::properties>(1, R"({"colour": "red"})").value();
        db->inventory.set<&inventory_item::quantity>(1, 2).value();
        db.commit();
        (void)save(db);
        must_be_red(db);
        REQUIRE(db.close(long_enough).complete());
    }
    auto db = folder.open_it();
    CHECK(db.health().is == health_report::state::good);
    CHECK(db.health().dead_rows == 0);
    CHECK_FALSE(db.health().last_error);
    CHECK(db->inventory.find(1)->quantity == 2);
    close_and_compare(db, folder.path);
    CHECK(raw_database(folder.path).rows("SELECT name FROM sqlite_schema WHERE name LIKE 'holdfast_dead%'").empty());
}

TEST_CASE("a trade with a row that SQLite refuses survives a kill, before it is saved and afterwards") {
    const picky_folder folder;
    const bool saved = GENERATE(false, true);
    child_process server([&](const child_process::line& parent) {
        auto db = folder.open_it();
        populate(db);
        trade(db);
        if (saved && !db.save_all(long_enough)) ::_exit(1);
        parent.say("traded");
        parent.wait();
    });
    REQUIRE(server.hear() == "traded");
    server.kill();
    for (int round = 0; round < 2; ++round) {
        auto db = folder.open_it();
        CHECK(db.recovery().lost_from == 0);
        must_be_complete(db);
        must_be_red(db);
        REQUIRE(db.close(long_enough).complete());
    }
}

TEST_CASE("a row that SQLite refuses can be erased, and rows that refer to it follow it") {
    const picky_folder folder;
    raw_database(folder.path).run("CREATE INDEX theirs ON characters (json_extract(map_id, '$.x'))");
    {
        auto db = folder.open_it();
        (void)db->characters.insert({.character_name = "Aria", .map_id = "{}"}).value();
        (void)db->characters.insert({.character_name = "Bob", .map_id = "the harbour"}).value();
        db.commit();
        (void)save(db);
        (void)db->inventory.insert({.character_id = 2, .item_id = "pipe"}).value();
        (void)db->inventory.insert({.character_id = 1, .item_id = "lamp"}).value();
        db.commit();
        (void)save(db);
        CHECK(db.health().dead_rows == 2);
        REQUIRE(db.close(long_enough).complete());
    }
    auto db = folder.open_it();
    CHECK(db->characters.find(2)->map_id == "the harbour");
    CHECK(db->inventory.find(1)->item_id == "pipe");
    CHECK(db->inventory.size() == 2);
    db->characters.erase(2).value();
    db.commit();
    (void)save(db);
    CHECK(db.health().is == health_report::state::good);
    close_and_compare(db, folder.path);
}

TEST_CASE("a bulk load with a row that SQLite refuses loads nothing") {
    const picky_folder folder;
    auto db = folder.open_it();
    populate(db);
    const auto refused = db.bulk_load([](game_world& w) -> holdfast::result<void> {
        for (const char* properties : {"{}", "no JSON"})
            if (auto ok = w.inventory.insert({.character_id = 1, .properties = properties}); !ok) return ok.why();
        return {};
    });
    REQUIRE_FALSE(refused);
    CHECK(mentions_all(refused.why().detail, "nothing was loaded", "inventory[inventory_id=3]", "malformed JSON"));
    CHECK(db.health().dead_rows == 0);
    CHECK(db->inventory.size() == 1);
    close_and_compare(db, folder.path);
}

namespace {

struct older {
    std::int64_t id = 0;
    std::string text{};
};
struct newer {
    std::int64_t id = 0;
    std::string text{};
    std::int32_t level = 3;
};
template <class Row> struct note_world {
    holdfast::table<Row, holdfast::primary_key<&Row::id>> notes;
};

} // namespace

TEST_CASE("a column that dead rows lack is added by the statement that open names") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    raw_database(path).run("CREATE TABLE notes (id INTEGER PRIMARY KEY NOT NULL, text TEXT NOT NULL);"
                           "CREATE INDEX theirs ON notes (json_extract(text, '$.x'))");
    {
        auto db = open<note_world<older>>(path, options_with(standing_still)).value();
        (void)db->notes.insert({1, "no JSON"}).value();
        db.commit();
        REQUIRE(db.close(long_enough).complete());
    }
    raw_database(path).run("ALTER TABLE notes ADD COLUMN level INTEGER NOT NULL DEFAULT 3");
    const auto refused = open<note_world<newer>>(path, options_with(standing_still));
    REQUIRE_FALSE(refused);
    CHECK(refused.why().code == errc::mismatch);
    const std::string said = refused.why().detail;
    const std::size_t from = said.find("ALTER TABLE \"holdfast_dead_notes\"");
    REQUIRE(from != std::string::npos);
    raw_database(path).run(said.substr(from, said.find('\n', from) - from));
    auto db = open<note_world<newer>>(path, options_with(standing_still)).value();
    CHECK(db->notes.find(1)->text == "no JSON");
    CHECK(db->notes.find(1)->level == 3);
    CHECK(db.health().dead_rows == 1);
}
