// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/store/: references of every odd shape reach SQLite as memory accepted them.
#include <holdfast/holdfast.hpp>

#include "support/catch.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"

using namespace holdfast::test;
namespace hf = holdfast;

namespace {

const fake_clock standing_still;

struct node {
    std::int64_t id = 0;
    std::int64_t code = 0;
    std::optional<std::int64_t> up{};
};
struct tree {
    hf::table<node, hf::primary_key<&node::id>, hf::references<&node::up, &node::id, "nodes", hf::on_delete::cascade>>
        nodes;
};
struct coded {
    hf::table<node, hf::primary_key<&node::id>, hf::unique<&node::code>,
              hf::references<&node::up, &node::code, "nodes">>
        nodes;
};

struct parent {
    std::int64_t id = 0;
    std::optional<std::string> tag{};
};
struct child {
    std::int64_t id = 0;
    std::optional<std::string> of{};
};
struct tagged {
    hf::table<parent, hf::primary_key<&parent::id>, hf::unique<&parent::tag>> parents;
    hf::table<child, hf::primary_key<&child::id>,
              hf::references<&child::of, &parent::tag, "parents", hf::on_delete::cascade>>
        children;
};

struct middle {
    std::int64_t id = 0;
    std::optional<std::int64_t> top{};
};
struct bottom {
    std::int64_t id = 0;
    std::optional<std::int64_t> of{};
};
struct chain {
    hf::table<node, hf::primary_key<&node::id>> tops;
    hf::table<middle, hf::primary_key<&middle::id>, hf::unique<&middle::top>,
              hf::references<&middle::top, &node::id, "tops", hf::on_delete::set_null>>
        middles;
    hf::table<bottom, hf::primary_key<&bottom::id>, hf::references<&bottom::of, &middle::top, "middles">> bottoms;
};

template <class World> hf::store<World> fresh(const temporary_folder& folder) {
    return hf::open<World>(folder / "world.db", options_with(standing_still)).value();
}

} // namespace

TEST_CASE("regression: rows that refer to each other in a ring are erased together") {
    const temporary_folder folder;
    auto db = fresh<tree>(folder);
    for (const std::int64_t id : {1, 2, 3})
        db->nodes.insert({.id = id, .up = id == 1 ? std::nullopt : std::optional(id - 1)}).value();
    db->nodes.set<&node::up>(1, 3).value();
    db->nodes.insert({.id = 9}).value();
    db.commit();
    save(db);
    db->nodes.erase(2).value();
    CHECK(db->nodes.size() == 1);
    db.commit();
    save(db);
    close_and_compare(db, folder / "world.db");
}

TEST_CASE("regression: a row that changes the key it refers to itself by") {
    const temporary_folder folder;
    auto db = fresh<coded>(folder);
    const auto row = db->nodes.insert({.id = 1, .code = 1}).value();
    db.commit();
    const auto both = [&](std::int64_t code, std::int64_t up) {
        return db->nodes.update<&node::code, &node::up>(row, [&](std::int64_t& c, std::optional<std::int64_t>& u) {
            c = code;
            u = up;
        });
    };
    CHECK(both(2, 1).why().code == hf::errc::reference); // nobody has code 1 any more
    CHECK(both(2, 2));
    CHECK(both(5, 5));
    CHECK(db->nodes.set<&node::code>(row, 6).why().code == hf::errc::reference); // it refers to its own 5
    db.commit();
    close_and_compare(db, folder / "world.db");
}

TEST_CASE("regression: erasing a row whose optional key is empty takes nobody along") {
    const temporary_folder folder;
    auto db = fresh<tagged>(folder);
    db->parents.insert({.id = 1}).value();
    db->parents.insert({.id = 2, .tag = "red"}).value();
    db->children.insert({.id = 1, .of = "red"}).value();
    db->children.insert({.id = 2}).value();
    db->parents.erase(1).value();
    CHECK(db->children.size() == 2);
    db->parents.erase(2).value();
    CHECK(db->children.size() == 1);
    db.commit();
    close_and_compare(db, folder / "world.db");
}

TEST_CASE("regression: a field is not emptied while somebody refers to it") {
    const temporary_folder folder;
    auto db = fresh<chain>(folder);
    db->tops.insert({.id = 7}).value();
    db->middles.insert({.id = 1, .top = 7}).value();
    db->bottoms.insert({.id = 1, .of = 7}).value();
    const auto erased = db->tops.erase(7);
    REQUIRE_FALSE(erased);
    CHECK(erased.why().code == hf::errc::reference);
    CHECK(erased.why().detail.find("bottoms[id=1]") != std::string::npos);
    db->bottoms.erase(1).value();
    CHECK(db->tops.erase(7));
    CHECK_FALSE(db->middles.find(1)->top);
    db.commit();
    close_and_compare(db, folder / "world.db");
}

TEST_CASE("regression: a delete that took rows along which memory still has is not kept") {
    const temporary_folder folder;
    auto db = fresh<tree>(folder);
    db->nodes.insert({.id = 1}).value();
    db.commit();
    save(db);
    db->nodes.insert({.id = 2, .up = 1}).value();
    db.commit();
    save(db);
    db->nodes.erase(2).value();
    db->nodes.erase(1).value();
    db.commit();
    save(db);
    close_and_compare(db, folder / "world.db");
}
