// SPDX-License-Identifier: MIT
/// @file
/// Two translation units use one world and are one program: shop.cpp and this one change the same tables.
#include "link/world.hpp"

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using namespace shared_world;
using holdfast::errc;
using holdfast::test::temporary_folder;

TEST_CASE("two translation units change the same table through the same type") {
    world w;
    const auto tables = holdfast::tables_of(w);
    REQUIRE(tables);
    const auto aria = w.heroes.insert({.name = "Aria", .gold = 10}).value();
    const auto bow = buy(w, aria, "bow", 4);
    REQUIRE(bow);
    CHECK((*bow)->kind == "bow");
    CHECK(aria->gold == 6);
    CHECK(aria->pos.x == 1.5);
    CHECK(w.items.find((*bow)->id) == *bow);
    const auto dear = buy(w, aria, "castle", 1'000);
    REQUIRE_FALSE(dear);
    CHECK(dear.why().code == errc::refused);
    CHECK(items_of(w, aria->id) == 1);
    CHECK(w.heroes.erase(aria));
    CHECK(w.items.empty());
}

TEST_CASE("what the library keeps once is there once in the whole program") {
    CHECK(hero_columns() == &holdfast::row_info_of<hero>());
    CHECK(hero_type_ops() == &holdfast::type_ops_of<std::string>);
}

TEST_CASE("a store that one unit wrote is opened by the other, and the lock holds between them") {
    const temporary_folder folder;
    {
        auto db = holdfast::open<world>(folder / "world.db").value();
        db->heroes.insert({.name = "Aria", .gold = 10}).value();
        db.commit();
        CHECK_THROWS_AS(buy_in_a_store_of_its_own(folder / "world.db", "Aria"), holdfast::failure);
        REQUIRE(db.close().complete());
    }
    CHECK(buy_in_a_store_of_its_own(folder / "world.db", "Aria") == 9);
    auto db = holdfast::open<world>(folder / "world.db").value();
    CHECK(db->heroes.find_by<&hero::name>("Aria")->gold == 9);
    CHECK(items_of(*db, 1) == 1);
}
