// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/table/world.hpp: a plain struct of tables as a schema.
#include <holdfast/world.hpp>

#include "support/catch.hpp"

namespace hf = holdfast;

namespace {

struct hero {
    std::int64_t id = 0;
    std::string name{};
};
struct item {
    std::int64_t id = 0;
    std::int64_t owner = 0;
};
using heroes_table = hf::table<hero, hf::primary_key<&hero::id>>;
template <hf::fixed_string Parent>
using items_table = hf::table<item, hf::primary_key<&item::id>, hf::references<&item::owner, &hero::id, Parent>>;

struct market_tables {
    heroes_table traders{};
    items_table<"heroes"> offers{};
};
struct nested_world {
    items_table<"traders"> items{};
    market_tables market{};
    heroes_table heroes{};
};

template <class World> std::vector<std::string> names(World& w) {
    std::vector<std::string> found;
    hf::for_each_table(w, [&](hf::table_base&, std::string_view name) { found.emplace_back(name); });
    return found;
}

} // namespace

TEST_CASE("tables have the names of their members and stand in their order") {
    nested_world w;
    CHECK(names(w) == std::vector<std::string>{"items", "traders", "offers", "heroes"});
    const auto tables = hf::tables_of(w).value();
    REQUIRE(tables.size() == 4);
    CHECK(tables[1]->description().name == "traders");
    CHECK(tables[3]->description().name == "heroes");
}

TEST_CASE("references are tied by name wherever the tables stand") {
    nested_world w;
    REQUIRE(hf::tables_of(w));
    CHECK(w.items.insert({1, 5}).why().code == hf::errc::reference);
    REQUIRE(w.market.traders.insert({5, "Aria"}));
    CHECK(w.items.insert({1, 5}));
    CHECK(w.market.offers.insert({1, 5}).why().code == hf::errc::reference);
    REQUIRE(w.heroes.insert({5, "Aria"}));
    CHECK(w.market.offers.insert({1, 5}));
    CHECK(w.market.traders.erase(5).why().code == hf::errc::reference);
}

TEST_CASE("tables that no world has tied do not check their references") {
    items_table<"heroes"> items;
    CHECK(items.insert({1, 99}));
}

TEST_CASE("a world in no store is made ready by prepare") {
    nested_world w;
    REQUIRE(hf::prepare(w));
    CHECK(w.items.insert({1, 5}).why().message() == "reference: items: owner=5 refers to a row that is not in traders");
}
