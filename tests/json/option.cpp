// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/json/option.hpp: fields that are stored as JSON, in tables and in files.
#include <holdfast/holdfast.hpp>
#include <holdfast/json.hpp>

#include "support/allocations.hpp"
#include "support/catch.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"

#include <fstream>
#include <map>
#include <variant>

namespace hf = holdfast;
using namespace holdfast::test;

namespace {

const fake_clock standing_still;

struct stack {
    std::string kind{};
    double weight = 0;
};
struct bag {
    std::vector<stack> stacks{};
    std::map<std::string, std::int32_t> marks{};
};
struct look {
    std::int32_t hair = 1, eyes = 2;
};
struct node {
    std::vector<node> below{};
};
struct hero {
    std::int64_t id = 0;
    bag carries{};
    look looks{};
    std::variant<std::int64_t, std::string> mood{};
    node tree{};
    std::int32_t after = 7;
};
struct world {
    hf::table<hero, hf::primary_key<&hero::id>, hf::json<&hero::carries>, hf::json<&hero::looks>, hf::json<&hero::mood>,
              hf::json<&hero::tree>>
        heroes;
};

/// Names in which the first inner name stands twice, and the options that change names in either order.
struct corner {
    std::int32_t x = 1, y = 2;
};
struct chest {
    std::array<std::string, 2> labels{};
};
struct named {
    std::int64_t id = 0;
    corner a_x{};
    corner b_x{};
    corner c_x{};
    corner d_x{};
    chest held{};
    std::array<std::string, 2> words{};
};
struct named_world {
    hf::table<named, hf::primary_key<&named::id>, hf::json<&named::a_x>, hf::column_name<&named::b_x, "b">,
              hf::json<&named::c_x>, hf::column_name<&named::c_x, "c">, hf::column_name<&named::d_x, "d">,
              hf::json<&named::d_x>, hf::json<&named::held>, hf::json<&named::words>>
        rows;
};

/// Structs that begin with an empty one: their first column is not where they are.
struct tag {};
struct tagged {
    tag of{};
    std::int32_t x = 1, y = 2;
};
struct one_tagged {
    tag of{};
    std::int32_t x = 1;
};
struct nest {
    tag of{};
    tagged inside{};
};
struct tagged_row {
    std::int64_t id = 0;
    tagged all{};
    one_tagged one{};
    nest outer{};
    nest inner{};
    one_tagged plain{};
    tag last{};
};
struct tagged_world {
    hf::table<tagged_row, hf::primary_key<&tagged_row::id>, hf::json<&tagged_row::all>, hf::json<&tagged_row::one>,
              hf::column_name<&tagged_row::outer, "named">, hf::json<&tagged_row::outer>,
              hf::json<hf::at<&tagged_row::inner, &nest::inside>>, hf::column_name<&tagged_row::plain, "bare">>
        rows;
};

/// A tree of nodes, one below the other.
node deep(int levels) {
    node top;
    node* at = &top;
    for (int i = 0; i < levels; ++i) at = &at->below.emplace_back();
    return top;
}

} // namespace

TEST_CASE("a JSON field is one column of text, whatever it holds") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    {
        auto db = hf::open<world>(path, options_with(standing_still)).value();
        const auto aria = db->heroes.insert({.id = 1}).value();
        db->heroes.update<&hero::carries>(aria, [](bag& all) { all.stacks.push_back({"rope", 0.1}); }).value();
        db->heroes.set<&hero::looks>(aria, {8, 9}).value();
        db->heroes.set<&hero::mood>(aria, "sad").value();
        db->heroes.set<&hero::after>(aria, 9);
        db->heroes.update(aria, [](hero& all) { all.carries.marks["guild"] = 3; }).value();
        db.commit();
        close_and_compare(db, path);
    }
    CHECK(raw_database(path).rows("SELECT * FROM heroes") ==
          lines{R"(1 | '{"stacks":[{"kind":"rope","weight":0.1}],"marks":{"guild":3}}' | '{"hair":8,"eyes":9}' | )"
                R"('[1,"sad"]' | '{"below":[]}' | 9)"});
    auto db = hf::open<world>(path, options_with(standing_still)).value();
    const auto aria = db->heroes.find(1);
    CHECK(aria->carries.stacks.at(0).weight == 0.1);
    CHECK(aria->carries.marks.at("guild") == 3);
    CHECK(aria->looks.eyes == 9);
    CHECK(std::get<1>(aria->mood) == "sad");
}

TEST_CASE("a JSON field has the field's name, or that of column_name, whatever is inside it") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    {
        auto db = hf::open<named_world>(path, options_with(standing_still)).value();
        db->rows.insert({.id = 1, .held = {{"", "rope"}}, .words = {"one", "two"}}).value();
        db.commit();
        close_and_compare(db, path);
    }
    CHECK(raw_database(path).rows("SELECT name FROM pragma_table_info('rows')") ==
          lines{"'id'", "'a_x'", "'b_x'", "'b_y'", "'c'", "'d'", "'held'", "'words'"});
    auto db = hf::open<named_world>(path, options_with(standing_still)).value();
    CHECK(db->rows.find(1)->held.labels[1] == "rope");
    CHECK(db->rows.find(1)->words[0] == "one");
    CHECK(db->rows.find(1)->d_x.y == 2);
}

TEST_CASE("regression: a JSON struct may begin with an empty one") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    {
        auto db = hf::open<tagged_world>(path, options_with(standing_still)).value();
        const auto row = db->rows.insert({.id = 1, .all = {{}, 3, 4}}).value();
        db->rows.set<&tagged_row::one>(row, {{}, 5}).value();
        db->rows.update<&tagged_row::outer>(row, [](nest& all) { all.inside.y = 6; }).value();
        db->rows.set<&tagged_row::inner, &nest::inside>(row, {{}, 7, 8}).value();
        db.commit();
        close_and_compare(db, path);
    }
    CHECK(raw_database(path).rows("SELECT name FROM pragma_table_info('rows')") ==
          lines{"'id'", "'all'", "'one'", "'named'", "'inner_inside'", "'bare_x'"});
    CHECK(raw_database(path).rows("SELECT * FROM rows") == lines{R"(1 | '{"of":{},"x":3,"y":4}' | '{"of":{},"x":5}' | )"
                                                                 R"('{"of":{},"inside":{"of":{},"x":1,"y":6}}' | )"
                                                                 R"('{"of":{},"x":7,"y":8}' | 1)"});
    auto db = hf::open<tagged_world>(path, options_with(standing_still)).value();
    CHECK(db->rows.find(1)->all.y == 4);
    CHECK(db->rows.find(1)->one.x == 5);
    CHECK(db->rows.find(1)->outer.inside.y == 6);
    CHECK(db->rows.find(1)->inner.inside.x == 7);
}

TEST_CASE("a JSON field that does not change is not written") {
    auto db = hf::open<world>(":memory:", options_with(standing_still)).value();
    const auto aria = db->heroes.insert({.id = 1, .carries = {{{"rope", -0.0}}, {}}}).value();
    db.commit();
    db->heroes.set<&hero::looks>(aria, {1, 2}).value();
    db->heroes.update<&hero::carries>(aria, [](bag&) {}).value();
    db->heroes.update(aria, [](hero&) {}).value();
    CHECK(db.health().open_bytes <= 64);                                                         // headers alone
    db->heroes.update<&hero::carries>(aria, [](bag& all) { all.stacks[0].weight = 0; }).value(); // the other zero
    CHECK(db.health().open_bytes > 64);
}

TEST_CASE("a JSON value beyond the limits is refused and changes nothing") {
    world w;
    hf::prepare(w).value();
    const auto aria = w.heroes.insert({.id = 1, .tree = deep(20)}).value();
    const auto refused = w.heroes.set<&hero::tree>(aria, deep(40));
    REQUIRE_FALSE(refused);
    CHECK(refused.why().code == hf::errc::refused);
    CHECK(refused.why().detail.find("the check 'at most 64 levels and 64 MiB of JSON' says no") != std::string::npos);
    CHECK(aria->tree.below.size() == 1);
    CHECK(w.heroes.insert({.id = 2, .tree = deep(40)}).why().code == hf::errc::refused);
    hf::result<void> inside;
    w.heroes.update<&hero::tree>(aria, [&](node&) { inside = w.heroes.set<&hero::looks>(aria, {}); }).value();
    inside = w.heroes.update<&hero::tree>(aria, [&](node&) -> hf::result<void> {
        return w.heroes.set<&hero::looks>(aria, {3, 3});
    });
    CHECK(inside.why().code == hf::errc::busy);
}

TEST_CASE("JSON in a file that the struct cannot hold is an error that names row and column") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    {
        auto db = hf::open<world>(path, options_with(standing_still)).value();
        db->heroes.insert({.id = 1}).value();
        db.commit();
        REQUIRE(db.close(long_enough).complete());
    }
    for (const std::string text : {"{", "{\"hair\":1,\"ears\":2}", "{\"hair\":\"red\"}", "[]", ""}) {
        raw_database(path).run("UPDATE heroes SET looks = '" + text + "'");
        const auto db = hf::open<world>(path, options_with(standing_still));
        REQUIRE_FALSE(db);
        CHECK(db.why().detail.find("heroes[id=1].looks holds '" + text + "'") != std::string::npos);
    }
    raw_database(path).run("UPDATE heroes SET looks = ' { \"eyes\" : 5 } '"); // absent: as the initializer makes it
    auto db = hf::open<world>(path, options_with(standing_still)).value();
    CHECK(db->heroes.find(1)->looks.hair == 1);
    CHECK(db->heroes.find(1)->looks.eyes == 5);
}

TEST_CASE("a JSON field comes back when its transaction is taken back") {
    auto db = hf::open<world>(":memory:", options_with(standing_still)).value();
    const auto aria = db->heroes.insert({.id = 1, .carries = {{{"rope", 1}}, {}}}).value();
    CHECK_FALSE(db.transact([&](world& w) -> hf::result<void> {
        w.heroes.set<&hero::looks>(aria, {5, 5}).value();
        w.heroes.update<&hero::carries>(aria, [](bag& all) { all.stacks.clear(); }).value();
        return hf::error{hf::errc::refused, "no"};
    }));
    CHECK(aria->looks.hair == 1);
    CHECK(aria->carries.stacks.size() == 1);
}

TEST_CASE("a change of a JSON field that runs out of memory changes nothing") {
    auto db = hf::open<world>(":memory:", options_with(standing_still)).value();
    const auto aria = db->heroes.insert({.id = 1}).value();
    const bag large{std::vector<stack>(500, {"a rope of silk and silver thread", 0.1}), {}};
    for (std::size_t nth = 1;; ++nth) {
        bool failed = false;
        try {
            const fail_allocation memory(nth);
            db->heroes.set<&hero::carries>(aria, large).value();
        } catch (const std::bad_alloc&) {
            failed = true;
        }
        CHECK(aria->carries.stacks.size() == (failed ? 0u : 500u));
        if (!failed) break;
        REQUIRE(nth < 10'000);
    }
}

TEST_CASE("a read-only table is filled from a JSON file") {
    struct kind {
        std::int32_t id = 0;
        std::string name{"nameless"};
        std::vector<std::string> tags{};
    };
    struct content {
        hf::table<kind, hf::primary_key<&kind::id>, hf::json<&kind::tags>, hf::read_only> kinds;
    };
    const temporary_folder folder;
    const std::string path = folder / "kinds.json";
    std::ofstream(path) << R"([{"id":7,"name":"Lantern","tags":["light"]},{"id":8}])";
    content c;
    hf::prepare(c).value();
    hf::as_json::fill(c.kinds, path).value();
    CHECK(c.kinds.find(7)->tags == std::vector<std::string>{"light"});
    CHECK(c.kinds.find(8)->name == "nameless");
    std::ofstream(path) << R"([{"id":9},{"id":9}])";
    CHECK(hf::as_json::fill(c.kinds, path).why().message() ==
          "taken: " + path + "[1]: kinds: id=9 belongs to another row");
}
