// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/store/: files that somebody else made are adopted, and what the structs do not name is kept.
#include <holdfast/holdfast.hpp>

#include "support/catch.hpp"
#include "support/game_world.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"
#include "support/words.hpp"

#include <random>

using namespace holdfast::test;
using holdfast::open;

namespace {

const fake_clock standing_still;

struct hero {
    std::int64_t id = 0;
    std::string name{};
    std::int32_t level = 1;
};
struct hero_world {
    holdfast::table<hero, holdfast::primary_key<&hero::id>, holdfast::auto_id<&hero::id>, holdfast::unique<&hero::name>>
        heroes;
};

const std::string their_table =
    "CREATE TABLE heroes (note TEXT, id INTEGER PRIMARY KEY, level INTEGER, seen TEXT NOT NULL DEFAULT 'never', name TEXT, "
    "born TIMESTAMP DEFAULT 'today', doubled AS (level * 2));"
    "INSERT INTO heroes (note, id, level, seen, name) VALUES ('of Aria', 1, 10, 'monday', 'Aria'), "
    "('of Bob', 2, 20, 'tuesday', 'Bob'), (NULL, 0, 5, 'zero', 'Zoe');"
    "CREATE TABLE theirs (x); INSERT INTO theirs VALUES (5);"
    "CREATE VIEW old AS SELECT * FROM heroes; CREATE INDEX their_index ON heroes (level);";

} // namespace

TEST_CASE("a file of somebody else's is adopted with its rows, and marked as theirs") {
    const temporary_folder folder;
    raw_database(folder / "world.db").run(their_table);
    auto db = open<hero_world>(folder / "world.db", options_with(standing_still)).value();
    CHECK_FALSE(db.created());
    CHECK(db->heroes.size() == 3);
    CHECK(db->heroes.find(0)->name == "Zoe");
    CHECK(db->heroes.find_by<&hero::name>("Bob")->level == 20);
    REQUIRE(db.close().complete());
    CHECK(raw_database(folder / "world.db").row("SELECT origin, applied FROM holdfast_meta") == "'adopted' | 0");
}

TEST_CASE("columns that the struct does not name are kept through every change") {
    const temporary_folder folder;
    raw_database(folder / "world.db").run(their_table);
    for (int round = 0; round < 2; ++round) { // adopted, then opened again
        auto db = open<hero_world>(folder / "world.db", options_with(standing_still)).value();
        db->heroes.set<&hero::level>(1, 11 + round).value();
        db->heroes.set<&hero::name>(2, "Robert" + std::to_string(round)).value();
        db->heroes.update(db->heroes.find(0), [&](hero& zoe) { zoe.level = 6 + round; }).value();
        db->heroes.insert({.name = "new " + std::to_string(round)}).value();
        db.commit();
        REQUIRE(db.close().complete());
    }
    raw_database file(folder / "world.db");
    CHECK(file.rows("SELECT id, name, level, doubled, note, seen, born FROM heroes WHERE id < 4 ORDER BY id") ==
          lines{"0 | 'Zoe' | 7 | 14 | NULL | 'zero' | 'today'", "1 | 'Aria' | 12 | 24 | 'of Aria' | 'monday' | 'today'",
                "2 | 'Robert1' | 20 | 40 | 'of Bob' | 'tuesday' | 'today'",
                "3 | 'new 0' | 1 | 2 | NULL | 'never' | 'today'"});
    CHECK(file.rows("SELECT note, seen, born FROM heroes WHERE name = 'new 1'") == lines{"NULL | 'never' | 'today'"});
    CHECK(file.rows("SELECT x FROM theirs") == lines{"5"});
    CHECK(file.row("SELECT count(*) FROM old") == "5");
    CHECK(file.row("SELECT count(*) FROM sqlite_schema WHERE name = 'their_index'") == "1");
}

TEST_CASE("the key 0 of an adopted file is a key like any other") {
    const temporary_folder folder;
    raw_database(folder / "world.db").run(their_table);
    {
        auto db = open<hero_world>(folder / "world.db", options_with(standing_still)).value();
        db->heroes.set<&hero::level>(0, 50).value();
        CHECK(db->heroes.insert({.name = "next"}).value()->id == 3); // 0 asks for an id, and does not mean Zoe
        db.commit();
        REQUIRE(db.close().complete());
    }
    auto db = open<hero_world>(folder / "world.db", options_with(standing_still)).value();
    CHECK(db->heroes.find(0)->name == "Zoe");
    CHECK(db->heroes.find(0)->level == 50);
    CHECK(db->heroes.erase(0));
    db.commit();
    REQUIRE(db.close().complete());
    CHECK(raw_database(folder / "world.db").row("SELECT count(*) FROM heroes WHERE id = 0") == "0");
}

TEST_CASE("a key that SQLite calls INT is a key, and rows keep their hidden row numbers") {
    const temporary_folder folder;
    raw_database(folder / "world.db")
        .run("CREATE TABLE heroes (id INT PRIMARY KEY, name TEXT, level INT);"
             "INSERT INTO heroes (rowid, id, name, level) VALUES (7, 100, 'Aria', 1), (3, 200, 'Bob', 2)");
    auto db = open<hero_world>(folder / "world.db", options_with(standing_still)).value();
    db->heroes.set<&hero::level>(100, 9).value();
    db->heroes.insert({.id = 50, .name = "Cleo"}).value();
    db.commit();
    close_and_compare(db, folder / "world.db");
    CHECK(raw_database(folder / "world.db").rows("SELECT rowid, id, level FROM heroes ORDER BY id") ==
          lines{"8 | 50 | 1", "7 | 100 | 9", "3 | 200 | 2"});
}

TEST_CASE("an adopted file may order its rows and columns, and name its types, as it likes") {
    const temporary_folder folder;
    const char* sql = GENERATE(
        "CREATE TABLE heroes (level INT, name TEXT, id INTEGER PRIMARY KEY) STRICT",
        "CREATE TABLE heroes (name TEXT UNIQUE, level NUMERIC, id INT PRIMARY KEY) WITHOUT ROWID",
        "CREATE TABLE Heroes (name, level, id INTEGER PRIMARY KEY AUTOINCREMENT)",
        "PRAGMA page_size = 512; PRAGMA auto_vacuum = FULL; CREATE TABLE heroes (name TEXT, level INT, id INTEGER "
        "PRIMARY KEY)");
    CAPTURE(sql);
    raw_database(folder / "world.db")
        .run(std::string(sql) + "; INSERT INTO heroes (id, name, level) VALUES (5, 'Zo\xc3\xa9', 3)");
    {
        auto db = open<hero_world>(folder / "world.db", options_with(standing_still)).value();
        CHECK(db->heroes.find(5)->name == "Zo\xc3\xa9");
        db->heroes.set<&hero::name>(5, "Zo\xc3\xab").value();
        db->heroes.insert({.name = "Aria", .level = 2}).value();
        db.commit();
        close_and_compare(db, folder / "world.db");
    }
    auto db = open<hero_world>(folder / "world.db", options_with(standing_still)).value();
    CHECK(db->heroes.find_by<&hero::name>("Zo\xc3\xab")->level == 3);
    CHECK(db->heroes.find_by<&hero::name>("Aria")->id == 6);
}

TEST_CASE("a second table may be named when the file is opened again") {
    struct quest {
        std::int64_t id = 0;
        std::string title{};
    };
    struct larger_world {
        holdfast::table<hero, holdfast::primary_key<&hero::id>> heroes;
        holdfast::table<quest, holdfast::primary_key<&quest::id>> quests;
    };
    const temporary_folder folder;
    raw_database(folder / "world.db").run(their_table + "CREATE TABLE quests (id INTEGER PRIMARY KEY, title TEXT)");
    REQUIRE(open<hero_world>(folder / "world.db", options_with(standing_still)));
    auto db = open<larger_world>(folder / "world.db", options_with(standing_still)).value();
    CHECK(db->heroes.size() == 3);
    db->quests.insert({.id = 1, .title = "Find the ring"}).value();
    db.commit();
    close_and_compare(db, folder / "world.db");
}

namespace {

struct block {
    std::int64_t pos = 0;
    std::vector<std::byte> data{};
};
struct map_world {
    holdfast::table<block, holdfast::primary_key<&block::pos>> blocks;
};

} // namespace

TEST_CASE("the map of a Luanti server is adopted, changed and read back, every block of it") {
    const std::string from = std::string(HOLDFAST_TEST_SHARED_DIR) + "/data/luanti_map1.sqlite";
    if (!std::filesystem::exists(from)) {
        WARN("skipped: there is no " << from);
        return;
    }
    const std::uint32_t seed = holdfast::test::seed();
    CAPTURE(seed);
    std::mt19937 random(seed);
    const temporary_folder folder;
    std::filesystem::copy(from, folder / "map.sqlite");
    std::filesystem::permissions(folder / "map.sqlite", std::filesystem::perms::owner_all);
    auto db = open<map_world>(folder / "map.sqlite", options_with(standing_still)).value();
    CHECK(db->blocks.size() == 16'111);
    CHECK(db->blocks.contains(0));
    CHECK(memory_lines(*db) == file_lines(*db, from));

    std::vector<std::int64_t> keys;
    for (const auto one : db->blocks) keys.push_back(one->pos);
    for (int tick = 0; tick < 50; ++tick) {
        for (int i = 0; i < 100; ++i) {
            const std::int64_t pos = keys[random() % keys.size()];
            const auto there = db->blocks.find(pos);
            if (random() % 5 == 0) {
                if (there.alive()) db->blocks.erase(there).value();
            } else if (there.alive()) {
                db->blocks.set<&block::data>(there,
                                             std::vector<std::byte>(random() % 5'000, static_cast<std::byte>(i)));
            } else {
                db->blocks.insert({.pos = pos, .data = {std::byte{1}}}).value();
            }
        }
        db.commit();
        if (tick % 20 == 0) (void)save(db);
    }
    const world_lines memory = memory_lines(*db);
    close_and_compare(db, folder / "map.sqlite");
    auto again = open<map_world>(folder / "map.sqlite", options_with(standing_still)).value();
    CHECK(memory_lines(*again) == memory);
}
