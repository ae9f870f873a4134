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

TEST_CASE("a world in which two tables have one name is refused") {
    struct more {
        heroes_table heroes{};
    };
    struct twice {
        heroes_table heroes{};
        more others{};
    };
    twice w;
    const auto tables = hf::tables_of(w);
    REQUIRE_FALSE(tables);
    CHECK(tables.why().code == hf::errc::mismatch);
    CHECK(tables.why().detail.find("'heroes'") != std::string::npos);
}

TEST_CASE("a reference to a table that is not there is refused") {
    struct lonely {
        items_table<"heroes"> items{};
    };
    lonely w;
    const auto tables = hf::tables_of(w);
    REQUIRE_FALSE(tables);
    CHECK(tables.why().message() == "mismatch: items: its reference names the table 'heroes', which this world does "
                                    "not have; it has items");
}

TEST_CASE("a reference to a field that is not unique is refused") {
    struct trade {
        std::int64_t id = 0;
        std::string hero{};
    };
    struct world {
        heroes_table heroes{}; // its name is not unique
        hf::table<trade, hf::primary_key<&trade::id>, hf::references<&trade::hero, &hero::name, "heroes">> trades{};
    };
    world w;
    const auto tables = hf::tables_of(w);
    REQUIRE_FALSE(tables);
    CHECK(tables.why().message() == "mismatch: trades: its reference names heroes.name, which is neither the primary "
                                    "key nor unique there: add hf::unique for it to heroes");
}

TEST_CASE("a reference to one field of a key of two is refused") {
    struct seat {
        std::int64_t hall = 0;
        std::int64_t number = 0;
    };
    struct ticket {
        std::int64_t id = 0;
        std::int64_t hall = 0;
    };
    struct world {
        hf::table<seat, hf::primary_key<&seat::hall, &seat::number>> seats{};
        hf::table<ticket, hf::primary_key<&ticket::id>, hf::references<&ticket::hall, &seat::hall, "seats">> tickets{};
    };
    world w;
    CHECK(hf::tables_of(w).why().detail.find("names seats.hall, which is neither") != std::string::npos);
}

TEST_CASE("tables that no world has tied do not check their references") {
    items_table<"heroes"> items;
    CHECK(items.insert({1, 99}));
}

TEST_CASE("two fields that make one column are refused") {
    struct position {
        double x = 0;
        double y = 0;
    };
    struct clash {
        std::int64_t id = 0;
        double pos_x = 0;
        position pos{};
    };
    struct cases {
        std::int64_t id = 0;
        std::int32_t level = 0;
        std::int32_t Level = 0;
    };
    const auto refusal = []<class Row>(Row) {
        struct world {
            hf::table<Row, hf::primary_key<&Row::id>> rows{};
        };
        world w;
        const auto tables = hf::tables_of(w);
        REQUIRE_FALSE(tables);
        CHECK(tables.why().code == hf::errc::mismatch);
        return tables.why().detail;
    };
    CHECK(refusal(clash{}).find("'pos_x'") != std::string::npos);
    CHECK(refusal(cases{}).find("'Level'") != std::string::npos);
}

TEST_CASE("a world in no store is made ready by prepare") {
    nested_world w;
    REQUIRE(hf::prepare(w));
    CHECK(w.items.insert({1, 5}).why().message() == "reference: items: owner=5 refers to a row that is not in traders");
    struct lonely {
        items_table<"heroes"> items{};
    };
    lonely bad;
    CHECK(hf::prepare(bad).why().code == hf::errc::mismatch);
}
