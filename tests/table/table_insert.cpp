// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/table/table_insert.hpp: what may come into a table, and under which id.
#include "table/recording.hpp"

#include "support/catch.hpp"

#include <limits>

namespace hf = holdfast;

namespace {

constexpr auto last_id = std::numeric_limits<std::int64_t>::max();

struct hero {
    std::int64_t id = 0;
    std::string name{};
    std::int32_t guild = 0;
    std::int32_t rank = 0;
    std::int64_t gold = 0;
    std::optional<std::int64_t> leader{};

    friend bool operator==(const hero&, const hero&) = default;
};
using heroes_table =
    hf::table<hero, hf::primary_key<&hero::id>, hf::auto_id<&hero::id>, hf::unique<&hero::name>,
              hf::unique<&hero::guild, &hero::rank>, hf::index<&hero::guild>, hf::at_least<&hero::gold, -5>,
              hf::references<&hero::leader, &hero::id, "heroes">, hf::capacity<4>>;
struct world {
    heroes_table heroes{};
};

struct plain {
    std::int64_t id = 0;
    std::string text = "as made";
};

/// The code of a refused insert; fails the test when it was not refused.
template <class Table, class Row> hf::errc refusal(Table& table, Row row) {
    const auto inserted = table.insert(std::move(row));
    REQUIRE_FALSE(inserted);
    return inserted.why().code;
}

std::size_t count_guild(const world& w, std::int32_t guild) {
    std::size_t count = 0;
    for (const hf::row<hero> each : w.heroes.where<&hero::guild>(guild)) count += each->guild == guild ? 1 : 100;
    return count;
}

} // namespace

TEST_CASE("an inserted row is there as it was given") {
    world w;
    const hero given{7, "Aria", 1, 2, 3, std::nullopt};
    const auto aria = w.heroes.insert(given).value();
    CHECK(*aria == given);
    CHECK(w.heroes.size() == 1);
    CHECK(w.heroes.find(7) == aria);
    CHECK(w.heroes.find_by<&hero::name>("Aria") == aria);
    CHECK(w.heroes.find_by<&hero::guild, &hero::rank>(1, 2) == aria);
    CHECK(count_guild(w, 1) == 1);
}

TEST_CASE("a refused insert leaves everything as it was whichever constraint refused it") {
    world w;
    auto tables = hf::tables_of(w);
    REQUIRE(tables);
    const auto aria = w.heroes.insert({7, "Aria", 1, 1, 0, std::nullopt}).value();
    const hero before = *aria;

    CHECK(refusal(w.heroes, hero{7, "Bob", 2, 2, 0, std::nullopt}) == hf::errc::taken);
    CHECK(refusal(w.heroes, hero{8, "Aria", 2, 2, 0, std::nullopt}) == hf::errc::taken);
    CHECK(refusal(w.heroes, hero{8, "Bob", 1, 1, 0, std::nullopt}) == hf::errc::taken);
    CHECK(refusal(w.heroes, hero{8, "Bob", 2, 2, -6, std::nullopt}) == hf::errc::refused);
    CHECK(refusal(w.heroes, hero{8, "Bob", 2, 2, 0, 99}) == hf::errc::reference);

    CHECK(*aria == before);
    CHECK(w.heroes.size() == 1);
    CHECK_FALSE(w.heroes.contains(8));
    CHECK_FALSE(w.heroes.find_by<&hero::name>("Bob"));
    CHECK_FALSE(w.heroes.find_by<&hero::guild, &hero::rank>(2, 2));
    CHECK(w.heroes.where<&hero::guild>(2).empty());
    CHECK(count_guild(w, 1) == 1);
    CHECK(w.heroes.insert({8, "Bob", 2, 2, -5, 7}));
}

TEST_CASE("the message of a refusal names table and field and value") {
    world w;
    REQUIRE(hf::tables_of(w));
    REQUIRE(w.heroes.insert({7, "Aria", 1, 1, 0, std::nullopt}));
    const auto message = [&](hero row) { return w.heroes.insert(std::move(row)).why().message(); };
    CHECK(message({8, "Aria", 2, 2, 0, std::nullopt}) == "taken: heroes: name='Aria' belongs to another row");
    CHECK(message({8, "Bob", 1, 1, 0, std::nullopt}) == "taken: heroes: guild=1, rank=1 belongs to another row");
    CHECK(message({8, "Bob", 2, 2, -6, std::nullopt}) == "refused: heroes[id=8].gold would be -6, and is at least -5");
    CHECK(message({8, "Bob", 2, 2, 0, 99}) == "reference: heroes: leader=99 refers to a row that is not in heroes");
}

TEST_CASE("a full table refuses rows until one is erased") {
    world w;
    for (std::int32_t i = 1; i <= 4; ++i) REQUIRE(w.heroes.insert({0, std::to_string(i), i, 0, 0, std::nullopt}));
    CHECK(refusal(w.heroes, hero{0, "more", 9, 0, 0, std::nullopt}) == hf::errc::full);
    CHECK(w.heroes.size() == 4);
    REQUIRE(w.heroes.erase(1));
    CHECK(w.heroes.insert({0, "more", 9, 0, 0, std::nullopt}));
    CHECK(refusal(w.heroes, hero{0, "yet more", 10, 0, 0, std::nullopt}) == hf::errc::full);
}

TEST_CASE("a row may refer to itself") {
    world w;
    REQUIRE(hf::tables_of(w));
    const auto king = w.heroes.insert({7, "King", 1, 1, 0, 7});
    REQUIRE(king);
    CHECK(refusal(w.heroes, hero{8, "Bob", 2, 2, 0, 9}) == hf::errc::reference);
    const auto own = w.heroes.insert({0, "Own", 3, 3, 0, 8}); // gets id 8
    REQUIRE(own);
    CHECK((*own)->id == 8);
}

TEST_CASE("ids count up from 1 and are never given out again") {
    world w;
    CHECK(w.heroes.insert({0, "a", 1, 0, 0, std::nullopt}).value()->id == 1);
    CHECK(w.heroes.insert({0, "b", 2, 0, 0, std::nullopt}).value()->id == 2);
    REQUIRE(w.heroes.erase(2));
    REQUIRE(w.heroes.erase(1));
    CHECK(w.heroes.insert({0, "c", 3, 0, 0, std::nullopt}).value()->id == 3);
}

TEST_CASE("an id that the caller chose moves the next one on") {
    world w;
    CHECK(w.heroes.insert({100, "a", 1, 0, 0, std::nullopt}).value()->id == 100);
    CHECK(w.heroes.insert({0, "b", 2, 0, 0, std::nullopt}).value()->id == 101);
    CHECK(w.heroes.insert({50, "c", 3, 0, 0, std::nullopt}).value()->id == 50);
    CHECK(w.heroes.insert({0, "d", 4, 0, 0, std::nullopt}).value()->id == 102);
}

TEST_CASE("negative ids are kept and move nothing") {
    world w;
    CHECK(w.heroes.insert({-3, "a", 1, 0, 0, std::nullopt}).value()->id == -3);
    CHECK(w.heroes.insert({0, "b", 2, 0, 0, std::nullopt}).value()->id == 1);
    CHECK(w.heroes.contains(-3));
}

TEST_CASE("an insert that is refused uses no id up") {
    world w;
    REQUIRE(w.heroes.insert({0, "a", 1, 0, 0, std::nullopt}));
    CHECK(refusal(w.heroes, hero{0, "a", 2, 0, 0, std::nullopt}) == hf::errc::taken);
    CHECK(w.heroes.insert({0, "b", 2, 0, 0, std::nullopt}).value()->id == 2);
}

TEST_CASE("when the last id is used there are no more") {
    world w;
    REQUIRE(w.heroes.insert({last_id - 1, "a", 1, 0, 0, std::nullopt}));
    CHECK(refusal(w.heroes, hero{0, "b", 2, 0, 0, std::nullopt}) == hf::errc::full);
    CHECK(w.heroes.insert({last_id, "c", 3, 0, 0, std::nullopt}));
    CHECK(refusal(w.heroes, hero{0, "b", 2, 0, 0, std::nullopt}) == hf::errc::full);
    CHECK(w.heroes.insert({5, "d", 4, 0, 0, std::nullopt}));
}

TEST_CASE("without auto id 0 is a key like any other") {
    hf::table<plain, hf::primary_key<&plain::id>> table;
    CHECK(table.insert({0, "zero"}).value()->id == 0);
    CHECK(table.contains(0));
    CHECK(table.insert({0, "again"}).why().code == hf::errc::taken);
    CHECK(table.find(0)->text == "zero");
}

TEST_CASE("a copy given to an insert that is refused changes neither the table nor the original") {
    hf::table<plain, hf::primary_key<&plain::id>> table;
    REQUIRE(table.insert({1, std::string(100, 'a')}));
    plain given{1, std::string(100, 'b')};
    CHECK(table.insert(given).why().code == hf::errc::taken);
    CHECK(given.text == std::string(100, 'b'));
    CHECK(table.find(1)->text == std::string(100, 'a'));
}

TEST_CASE("rows with an empty optional in a unique key may be many") {
    struct maybe {
        std::int64_t id = 0;
        std::optional<std::string> title{};
        std::optional<std::int32_t> seat{};
        std::int32_t hall = 0;
    };
    hf::table<maybe, hf::primary_key<&maybe::id>, hf::unique<&maybe::title>, hf::unique<&maybe::hall, &maybe::seat>>
        table;
    for (std::int64_t id = 0; id < 5; ++id) CHECK(table.insert({id, std::nullopt, std::nullopt, 1}));
    CHECK(table.insert({10, "King", 1, 1}));
    CHECK(table.insert({11, "King", 2, 1}).why().code == hf::errc::taken);
    CHECK(table.insert({11, "Queen", 1, 1}).why().code == hf::errc::taken);
    CHECK(table.insert({11, "Queen", 1, 2}));
    CHECK(table.insert({12, "", 0, 1}));
    CHECK(table.insert({13, "", 3, 1}).why().code == hf::errc::taken);
}
