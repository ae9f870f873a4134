// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/store/load.hpp: values that a file holds and a struct cannot are named, and the file stays as it
/// is.
#include <holdfast/holdfast.hpp>

#include "support/catch.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"
#include "support/words.hpp"

using namespace holdfast::test;
using holdfast::errc;
using holdfast::open;

namespace {

const fake_clock standing_still;

enum class color : std::int8_t { red = 1, blue = 2 };

struct hero {
    std::string name{};
    std::int64_t id = 0;
    std::int32_t level = 1;
    std::uint8_t age = 0;
    bool alive = true;
    float speed = 0;
    color cape = color::red;
    holdfast::uuid tag{};
    std::optional<std::int64_t> leader{};
};
struct hero_world {
    holdfast::table<hero, holdfast::primary_key<&hero::id>, holdfast::unique<&hero::name>,
                    holdfast::at_least<&hero::level, 0>,
                    holdfast::references<&hero::leader, &hero::id, "heroes", holdfast::on_delete::set_null>>
        heroes;
};

const std::string their_table =
    "CREATE TABLE heroes (name TEXT, id INTEGER PRIMARY KEY, level INTEGER, age INTEGER, alive BOOLEAN, speed REAL, "
    "cape INT, tag BLOB, leader INTEGER);"
    "INSERT INTO heroes VALUES ('Aria', 1, 10, 30, 1, 1.5, 2, zeroblob(16), NULL), "
    "('Bob', 7, 20, 40, 0, 2, 1, zeroblob(16), 1);";

struct misfit {
    const char* what;
    const char* sql;
    std::vector<const char*> named;
};

const misfit misfits[] = {
    {"NULL", "UPDATE heroes SET level = NULL WHERE id = 7", {"heroes[id=7].level", "none", "cannot be empty"}},
    {"NULL in a text", "UPDATE heroes SET name = NULL WHERE id = 7", {"heroes[id=7].name"}},
    {"text in a number", "UPDATE heroes SET level = 'many' WHERE id = 7", {"heroes[id=7].level", "'many'"}},
    {"a blob in a number", "UPDATE heroes SET age = x'01' WHERE id = 7", {"heroes[id=7].age", "x'01'"}},
    {"a fraction in a number", "UPDATE heroes SET level = 1.5 WHERE id = 7", {"heroes[id=7].level", "1.5"}},
    {"a number above the range", "UPDATE heroes SET age = 256 WHERE id = 7", {"heroes[id=7].age", "256"}},
    {"a number below the range", "UPDATE heroes SET age = -1 WHERE id = 7", {"heroes[id=7].age", "-1"}},
    {"a number of 33 bits", "UPDATE heroes SET level = 4294967296 WHERE id = 7", {"heroes[id=7].level", "4294967296"}},
    {"a bool of 2", "UPDATE heroes SET alive = 2 WHERE id = 7", {"heroes[id=7].alive", "2"}},
    {"an enum out of its type's range", "UPDATE heroes SET cape = 200 WHERE id = 7", {"heroes[id=7].cape", "200"}},
    {"a double that no float holds", "UPDATE heroes SET speed = 0.1 WHERE id = 7", {"heroes[id=7].speed", "0.1"}},
    {"text in a float", "UPDATE heroes SET speed = 'fast' WHERE id = 7", {"heroes[id=7].speed", "'fast'"}},
    {"a number in a text",
     "CREATE TABLE copy (name, id INTEGER PRIMARY KEY, level, age, alive, speed REAL, cape, tag, leader);"
     "INSERT INTO copy SELECT * FROM heroes; DROP TABLE heroes; ALTER TABLE copy RENAME TO heroes;"
     "UPDATE heroes SET name = 5 WHERE id = 7",
     {"heroes[id=7].name", "5"}},
    {"a uuid of 15 bytes", "UPDATE heroes SET tag = zeroblob(15) WHERE id = 7", {"heroes[id=7].tag"}},
    {"text in a uuid", "UPDATE heroes SET tag = '0123456789abcdef' WHERE id = 7", {"heroes[id=7].tag"}},
    {"text in an optional", "UPDATE heroes SET leader = 'nobody' WHERE id = 7", {"heroes[id=7].leader", "'nobody'"}},
    {"less than the limit", "UPDATE heroes SET level = -1 WHERE id = 7", {"heroes[id=7]", "level", "-1"}},
    {"a reference to no row", "UPDATE heroes SET leader = 99 WHERE id = 7", {"heroes[id=7]", "leader=99"}},
    {"a unique value twice", "UPDATE heroes SET name = 'Aria' WHERE id = 7", {"heroes", "name='Aria'", "two rows"}},
};

} // namespace

TEST_CASE("a file whose values fit is adopted") {
    const temporary_folder folder;
    raw_database(folder / "world.db").run(their_table);
    auto db = open<hero_world>(folder / "world.db", options_with(standing_still)).value();
    const auto bob = db->heroes.find(7);
    CHECK(bob->name == "Bob");
    CHECK(bob->age == 40);
    CHECK_FALSE(bob->alive);
    CHECK(bob->cape == color::red);
    CHECK(bob->leader == 1);
    CHECK_FALSE(db.created());
}

TEST_CASE("a value that the struct cannot hold is named by table, key and column, and the file stays as it is") {
    for (const misfit& one : misfits) {
        DYNAMIC_SECTION(one.what) {
            const temporary_folder folder;
            raw_database(folder / "world.db").run(their_table + one.sql);
            const std::string before = bytes_of_file(folder / "world.db");
            const auto db = open<hero_world>(folder / "world.db", options_with(standing_still));
            REQUIRE_FALSE(db);
            CHECK(db.why().code == errc::corrupt);
            CAPTURE(db.why().detail);
            CHECK(mentions(db.why().detail, folder / "world.db"));
            for (const char* part : one.named) CHECK(mentions(db.why().detail, part));
            CHECK(bytes_of_file(folder / "world.db") == before);
            CHECK_FALSE(std::filesystem::exists(folder / "world.db-wal"));
        }
    }
}

TEST_CASE("a key that is NULL is named") {
    const temporary_folder folder;
    std::string sql = their_table;
    sql.replace(sql.find("INTEGER PRIMARY KEY"), 19, "INT PRIMARY KEY");
    raw_database(folder / "world.db").run(sql + "UPDATE heroes SET id = NULL WHERE id = 7");
    const auto db = open<hero_world>(folder / "world.db", options_with(standing_still));
    REQUIRE_FALSE(db);
    CHECK(mentions_all(db.why().detail, "heroes", ".id", "cannot be empty"));
}

TEST_CASE("numbers that fit are taken however SQLite stores them") {
    const temporary_folder folder;
    raw_database(folder / "world.db")
        .run(their_table + "UPDATE heroes SET speed = 3, name = x'41', level = 2147483647, age = 255 WHERE id = 7");
    auto db = open<hero_world>(folder / "world.db", options_with(standing_still)).value();
    CHECK(db->heroes.find(7)->speed == 3.0f);
    CHECK(db->heroes.find(7)->name == "A");
    CHECK(db->heroes.find(7)->level == 2'147'483'647);
    CHECK(db->heroes.find(7)->age == 255);
}

TEST_CASE("a NULL in a float is NaN") {
    const temporary_folder folder;
    raw_database(folder / "world.db").run(their_table + "UPDATE heroes SET speed = NULL WHERE id = 7");
    auto db = open<hero_world>(folder / "world.db", options_with(standing_still)).value();
    const float speed = db->heroes.find(7)->speed;
    CHECK(speed != speed);
}

TEST_CASE("more rows than the capacity are loaded, and no further one is let in") {
    struct small_world {
        holdfast::table<hero, holdfast::primary_key<&hero::id>, holdfast::capacity<1>> heroes;
    };
    const temporary_folder folder;
    raw_database(folder / "world.db").run(their_table);
    auto db = open<small_world>(folder / "world.db", options_with(standing_still)).value();
    CHECK(db->heroes.size() == 2);
    const auto third = db->heroes.insert({.id = 8});
    REQUIRE_FALSE(third);
    CHECK(third.why().code == errc::full);
}

TEST_CASE("regression: a key that the file has in another form than ours is corrupt, and named") {
    // It would load, and the first change of its row would find no row to update.
    enum class place : std::uint8_t { harbor, market };
    struct shop {
        place where = place::harbor;
        std::int64_t gold = 0;
    };
    struct shop_world {
        holdfast::table<shop, holdfast::primary_key<&shop::where>, holdfast::by_name<&shop::where>> shops;
    };
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    raw_database(path).run("CREATE TABLE shops (\"where\" TEXT PRIMARY KEY, gold INTEGER);"
                           "INSERT INTO shops VALUES ('1', 5)");
    const auto refused = open<shop_world>(path, small_options());
    REQUIRE_FALSE(refused);
    CHECK(refused.why().detail.find("shops[where='market'].where holds '1'") != std::string::npos);
    raw_database(path).run("UPDATE shops SET \"where\" = 'market'");
    CHECK(open<shop_world>(path, small_options()));
}
