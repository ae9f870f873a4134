// SPDX-License-Identifier: MIT
/// @file
/// The SQL that the documents show, run as it stands there.
#include <holdfast/holdfast.hpp>

#include "support/catch.hpp"
#include "support/in_a_folder.hpp"
#include "support/raw_database.hpp"

#include <fstream>
#include <sstream>

namespace hf = holdfast;
using namespace holdfast::test;

namespace {

/// The only block of SQL in a document.
std::string sql_of(const std::string& document) {
    std::ifstream file(HOLDFAST_TEST_SOURCE_DIR "/../docs/" + document);
    std::stringstream all;
    all << file.rdbuf();
    const std::string text = all.str(), begin = "\n```sql\n";
    const std::size_t from = text.find(begin);
    REQUIRE(from != std::string::npos);
    REQUIRE(text.find(begin, from + 1) == std::string::npos);
    return text.substr(from + begin.size(), text.find("\n```\n", from + 1) - from - begin.size());
}

// [hero]
struct hero {
    std::int64_t id = 0;
    std::string name{};
    std::int32_t level = 1;
};
struct world {
    hf::table<hero, hf::primary_key<&hero::id>, hf::auto_id<&hero::id>, hf::unique<&hero::name>> heroes;
};
// [end]

struct character {
    std::int64_t id = 0;
    std::int64_t level = 1;
};
struct old_world {
    hf::table<character, hf::primary_key<&character::id>, hf::index<&character::level>> characters;
};
struct new_world {
    hf::table<character, hf::primary_key<&character::id>, hf::index<&character::level>,
              hf::at_least<&character::level, 1>>
        characters;
};

struct item {
    std::int64_t id = 0;
    std::int64_t owner = 0;
};
struct bag {
    hf::table<item, hf::primary_key<&item::id>> items;
};

} // namespace

TEST_CASE("docs/adoption.md: the table serves for the structs") {
    const in_a_folder here;
    raw_database("world.db").run(sql_of("adoption.md"));
    raw_database("world.db").run("INSERT INTO heroes (id, name, level) VALUES (7, 'Aria', 3)");
    auto db = hf::open<world>("world.db").value();
    CHECK(db->heroes.find(7)->level == 3);
    db->heroes.insert({.name = "Bob"}).value();
    db.commit();
    REQUIRE(db.close().complete());
    CHECK(raw_database("world.db").rows("SELECT id, name, level, seen FROM heroes ORDER BY id") ==
          lines{"7 | 'Aria' | 3 | 'never'", "8 | 'Bob' | 1 | 'never'"});
}

TEST_CASE("docs/store.md: a table that is made anew serves for the new structs") {
    const in_a_folder here;
    {
        auto db = hf::open<old_world>("world.db").value();
        db->characters.insert({.id = 1, .level = -3}).value();
        db->characters.insert({.id = 2, .level = 5}).value();
        db.commit();
        REQUIRE(db.close().complete());
    }
    const auto refused = hf::open<new_world>("world.db");
    REQUIRE_FALSE(refused);
    CHECK(refused.why().code == hf::errc::mismatch);
    raw_database("world.db").run(sql_of("store.md"));
    auto db = hf::open<new_world>("world.db").value();
    CHECK(db->characters.find(1)->level == 1);
    CHECK(db->characters.find(2)->level == 5);
}

TEST_CASE("docs/format.md: what memory has is in a table and its dead rows") {
    const in_a_folder here;
    {
        auto db = hf::open<bag>("world.db").value();
        db->items.insert({.id = 1, .owner = 10}).value();
        db->items.insert({.id = 2, .owner = 10}).value();
        db.commit();
        REQUIRE(db.close().complete());
    }
    raw_database("world.db")
        .run( // which takes no owner 20
            "CREATE INDEX picky ON items (json_extract(CASE owner WHEN 20 THEN 'no JSON' ELSE '{}' END, '$'))");
    {
        auto db = hf::open<bag>("world.db").value();
        db->items.set<&item::owner>(2, 20).value();
        db.commit();
        REQUIRE(db.close().complete());
    }
    CHECK(raw_database("world.db").rows("SELECT owner FROM items WHERE id = 2") == lines{"10"});
    CHECK(raw_database("world.db").rows(sql_of("format.md") + " ORDER BY id") == lines{"1 | 10", "2 | 20"});
}
