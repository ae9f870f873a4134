// SPDX-License-Identifier: MIT
/// @file
/// The pieces of code that docs/tables.md shows, between lines that name them: compiled, and run on a small world.
#include <holdfast/csv.hpp>
#include <holdfast/holdfast.hpp>

#include "support/catch.hpp"
#include "support/in_a_folder.hpp"
#include "support/raw_database.hpp"

#include <fstream>
#include <map>

namespace hf = holdfast;
using holdfast::test::in_a_folder;

namespace {

struct character {
    std::int64_t id = 0;
    std::string name{};
    std::int64_t gold = 100;
    std::string map_id{};
};
struct offer {
    std::int64_t id = 0;
};
struct market_tables {
    hf::table<offer, hf::primary_key<&offer::id>> offers;
};
namespace groups {
// [groups]
struct world {
    hf::table<character, hf::primary_key<&character::id>, hf::unique<&character::name>> characters;
    market_tables market; // a struct of tables
};
// [end]
} // namespace groups

// [place]
struct place {
    std::int32_t map = 0;
    double x = 0, y = 0;
};
struct monster {
    std::int64_t id = 0;
    place pos{};
};
struct dungeon {
    hf::table<monster, hf::primary_key<&monster::id>, hf::index<hf::at<&monster::pos, &place::map>>> monsters;
};
// [end]

struct money {
    std::int64_t cents = 0;
    friend bool operator==(const money&, const money&) = default;
};

struct kind {
    std::string id{};
    std::int32_t weight = 1;
};
namespace content {
// [content]
struct world {
    hf::table<kind, hf::primary_key<&kind::id>, hf::read_only> kinds;
};
// [end]
} // namespace content

struct chat_line {
    std::int64_t who = 0;
    std::string text{};
    std::chrono::system_clock::time_point at{};
};
struct talk {
    // [chat]
    hf::append_only<chat_line, hf::index<&chat_line::who>, hf::created_at<&chat_line::at>> chat;
    // [end]
};

struct town {
    hf::table<character, hf::primary_key<&character::id>, hf::auto_id<&character::id>, hf::index<&character::map_id>>
        characters;
};

} // namespace

// [conversion]
template <> struct hf::conversion<money> {
    static std::int64_t store(const money& value) { return value.cents; }
    static std::optional<money> load(std::int64_t cents) { return money{cents}; }
};
// [end]

namespace {

struct purse {
    std::int64_t id = 0;
    money holds{};
};
struct bank {
    hf::table<purse, hf::primary_key<&purse::id>> purses;
};

} // namespace

TEST_CASE("docs/tables.md: a group of tables is part of the world") {
    const in_a_folder here;
    auto db = hf::open<groups::world>("world.db").value();
    db->characters.insert({.id = 1}).value();
    db->market.offers.insert({.id = 2}).value();
    db.commit();
    REQUIRE(db.close().complete());
    CHECK(holdfast::test::raw_database("world.db").rows("SELECT id FROM offers") == holdfast::test::lines{"2"});
}

TEST_CASE("docs/tables.md: a field inside a nested struct is named by its path") {
    const in_a_folder here;
    auto db = hf::open<dungeon>("world.db").value();
    for (std::int32_t i = 1; i <= 6; ++i) db->monsters.insert({.id = i, .pos = {.map = i % 2 + 2}}).value();
    std::int64_t met = 0;
    // [searches]
    for (hf::row<monster> m : db->monsters.where<hf::at<&monster::pos, &place::map>>(3)) met += m->id;
    // [end]
    CHECK(met == 1 + 3 + 5);
    db->monsters.set<&monster::pos, &place::map>(db->monsters.find(2), 4);
    CHECK(db->monsters.find(2)->pos.map == 4);
}

TEST_CASE("docs/tables.md: a type of its own is stored and comes back") {
    const in_a_folder here;
    {
        auto db = hf::open<bank>("world.db").value();
        db->purses.insert({.id = 1, .holds = {250}}).value();
        db.commit();
        REQUIRE(db.close().complete());
    }
    CHECK(holdfast::test::raw_database("world.db").rows("SELECT holds FROM purses") == holdfast::test::lines{"250"});
    CHECK(hf::open<bank>("world.db").value()->purses.find(1)->holds == money{250});
}

TEST_CASE("docs/tables.md: content comes from a file") {
    using content::world;
    const in_a_folder here;
    std::ofstream("kinds.csv") << "id,weight\nrope,3\n";
    // [fill]
    auto db = hf::open<world>("world.db", {}, [](world& w) { return hf::csv::fill(w.kinds, "kinds.csv"); });
    // [end]
    REQUIRE(db);
    CHECK((*db)->kinds.find("rope")->weight == 3);
}

TEST_CASE("docs/tables.md: rows that are only written") {
    const in_a_folder here;
    auto db = hf::open<talk>("world.db").value();
    // [append]
    db->chat.append({.who = 7, .text = "hello"});
    // [end]
    db.commit();
    REQUIRE(db.close().complete());
    CHECK(holdfast::test::raw_database("world.db").rows("SELECT who, text, at > 0 FROM chat") ==
          holdfast::test::lines{"7 | 'hello' | 1"});
}

TEST_CASE("docs/tables.md: a walk whose rows leave it") {
    const in_a_folder here;
    auto db = hf::open<town>("world.db").value();
    for (int i = 0; i < 3; ++i) db->characters.insert({.map_id = "harbor"}).value();
    // [collect]
    for (hf::row<character> c : db->characters.where<&character::map_id>("harbor").collect())
        db->characters.set<&character::map_id>(c, "market");
    // [end]
    CHECK(db->characters.where<&character::map_id>("market").collect().size() == 3);
}

TEST_CASE("docs/tables.md: a struct that knows what changed") {
    std::map<std::string, std::string> changed;
    // [tracked]
    hf::tracked<character> aria{{.name = "Aria"}};
    aria.set<&character::gold>(70);
    aria.for_each_changed([&](const hf::column& field, const hf::cell& value) { // gold, 70
        changed[field.name] = hf::describe_cell(value);
    });
    aria.clear();
    // [end]
    CHECK(changed == std::map<std::string, std::string>{{"gold", "70"}});
    CHECK_FALSE(aria.changed());
}
