// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/table/row_range.hpp: walking all rows, and those of one key.
#include "table/recording.hpp"

#include "support/catch.hpp"
#include "support/dies.hpp"

#include <iterator>
#include <numeric>
#include <set>

namespace hf = holdfast;

namespace {

struct hero {
    std::int64_t id = 0;
    std::string map{};
    std::int32_t guild = 0;
    std::int32_t rank = 0;
};
struct world {
    hf::table<hero, hf::primary_key<&hero::id>, hf::index<&hero::map>, hf::index<&hero::guild, &hero::rank>> heroes{};
};

template <class Range> std::vector<std::int64_t> ids(const Range& range) {
    std::vector<std::int64_t> found;
    for (const hf::row<hero> each : range) found.push_back(each->id);
    return found;
}

using list = std::vector<std::int64_t>;

} // namespace

TEST_CASE("a walk over an empty table meets nothing") {
    const world w;
    CHECK(w.heroes.begin() == w.heroes.end());
    CHECK(ids(w.heroes).empty());
}

TEST_CASE("a walk meets every row once in the order of places") {
    world w;
    list expected(20'000);
    std::iota(expected.begin(), expected.end(), 0);
    for (const std::int64_t id : expected) REQUIRE(w.heroes.insert({id, "harbor", 0, 0}));
    CHECK(ids(w.heroes) == expected);
}

TEST_CASE("a walk passes over erased rows even where whole chunks are empty") {
    world w;
    for (std::int64_t id = 0; id < 20'000; ++id) REQUIRE(w.heroes.insert({id, "harbor", 0, 0}));
    for (std::int64_t id = 0; id < 20'000; ++id)
        if (id != 7'000 && id != 19'999) REQUIRE(w.heroes.erase(id));
    CHECK(ids(w.heroes) == list{7'000, 19'999});
    REQUIRE(w.heroes.erase(7'000));
    REQUIRE(w.heroes.erase(19'999));
    CHECK(ids(w.heroes).empty());
}

TEST_CASE("rows can be erased and changed while all rows are walked") {
    world w;
    for (std::int64_t id = 0; id < 1'000; ++id) REQUIRE(w.heroes.insert({id, "harbor", 0, 0}));
    for (const hf::row<hero> each : w.heroes) {
        if (each->id % 3 == 0)
            REQUIRE(w.heroes.erase(each));
        else
            w.heroes.set<&hero::map>(each, "castle");
    }
    CHECK(w.heroes.size() == 666);
    for (const hf::row<hero> each : w.heroes) REQUIRE(each->map == "castle");
}

TEST_CASE("a walk of all rows meets those that were there once, whatever is inserted or erased meanwhile") {
    world w;
    for (std::int64_t id = 0; id < 20'000; ++id) REQUIRE(w.heroes.insert({id, "harbor", 0, 0}));
    list met;
    for (const hf::row<hero> each : w.heroes) {
        if (each->id >= 20'000) continue; // what was inserted may be met, or not
        met.push_back(each->id);
        REQUIRE(w.heroes.insert({20'000 + each->id, "harbor", 0, 0}));
        if (each->id % 2 == 0) REQUIRE(w.heroes.erase(each->id + 1));
    }
    CHECK(met.size() == 10'000);
    CHECK(std::ranges::is_sorted(met));
    CHECK(w.heroes.size() == 20'000);
}

TEST_CASE("rows of a key come in the order in which they came to have it") {
    world w;
    for (std::int64_t id = 1; id <= 5; ++id) REQUIRE(w.heroes.insert({id, "harbor", 0, 0}));
    CHECK(ids(w.heroes.where<&hero::map>("harbor")) == list{1, 2, 3, 4, 5});
    w.heroes.set<&hero::map>(w.heroes.find(2), "castle");
    w.heroes.set<&hero::map>(w.heroes.find(1), "castle");
    CHECK(ids(w.heroes.where<&hero::map>("harbor")) == list{3, 4, 5});
    CHECK(ids(w.heroes.where<&hero::map>("castle")) == list{2, 1});
    w.heroes.set<&hero::map>(w.heroes.find(2), "harbor");
    CHECK(ids(w.heroes.where<&hero::map>("harbor")) == list{3, 4, 5, 2});
}

TEST_CASE("setting the value that is there leaves the order alone") {
    world w;
    for (std::int64_t id = 1; id <= 3; ++id) REQUIRE(w.heroes.insert({id, "harbor", 0, 0}));
    w.heroes.set<&hero::map>(w.heroes.find(1), "harbor");
    CHECK(ids(w.heroes.where<&hero::map>("harbor")) == list{1, 2, 3});
}

TEST_CASE("a key that no row has gives an empty range") {
    world w;
    REQUIRE(w.heroes.insert({1, "harbor", 0, 0}));
    const auto nowhere = w.heroes.where<&hero::map>("nowhere");
    CHECK(nowhere.empty());
    CHECK(nowhere.begin() == nowhere.end());
    CHECK_FALSE(w.heroes.where<&hero::map>("harbor").empty());
}

TEST_CASE("rows are found by several fields together") {
    world w;
    REQUIRE(w.heroes.insert({1, "", 1, 2}));
    REQUIRE(w.heroes.insert({2, "", 2, 1}));
    REQUIRE(w.heroes.insert({3, "", 1, 2}));
    CHECK(ids(w.heroes.where<&hero::guild, &hero::rank>(1, 2)) == list{1, 3});
    CHECK(ids(w.heroes.where<&hero::guild, &hero::rank>(2, 1)) == list{2});
    CHECK(w.heroes.where<&hero::guild, &hero::rank>(2, 2).empty());
}

TEST_CASE("where on the primary key gives the one row") {
    world w;
    REQUIRE(w.heroes.insert({1, "harbor", 0, 0}));
    CHECK(ids(w.heroes.where<&hero::id>(1)) == list{1});
    CHECK(w.heroes.where<&hero::id>(2).empty());
}

TEST_CASE("iterators step before and after") {
    world w;
    for (std::int64_t id = 1; id <= 3; ++id) REQUIRE(w.heroes.insert({id, "harbor", 0, 0}));
    auto all = w.heroes.begin();
    CHECK((*all++)->id == 1);
    CHECK((*all)->id == 2);
    CHECK((*++all)->id == 3);
    CHECK(++all == w.heroes.end());
    const auto range = w.heroes.where<&hero::map>("harbor");
    auto some = range.begin();
    CHECK((*some++)->id == 1);
    CHECK((*some)->id == 2);
    CHECK((*++some)->id == 3);
    CHECK(++some == range.end());
}

TEST_CASE("a walk of one key works with standard algorithms") {
    world w;
    for (std::int64_t id = 1; id <= 3; ++id) REQUIRE(w.heroes.insert({id, "harbor", 0, 0}));
    const auto range = w.heroes.where<&hero::map>("harbor");
    CHECK(std::ranges::distance(range.begin(), range.end()) == 3);
    CHECK(std::ranges::count_if(range, [](const hf::row<hero>& each) { return each->id > 1; }) == 2);
    CHECK(std::ranges::any_of(w.heroes, [](const hf::row<hero>& each) { return each->id == 3; }));
}

TEST_CASE("collected handles can be erased and changed while they are walked") {
    world w;
    for (std::int64_t id = 1; id <= 9; ++id) REQUIRE(w.heroes.insert({id, id % 2 == 0 ? "even" : "odd", 0, 0}));
    for (const hf::row<hero> each : w.heroes.where<&hero::map>("odd").collect()) REQUIRE(w.heroes.erase(each));
    CHECK(ids(w.heroes) == list{2, 4, 6, 8});
    CHECK(w.heroes.where<&hero::map>("odd").empty());
    for (const hf::row<hero> each : w.heroes.where<&hero::map>("even").collect())
        w.heroes.set<&hero::map>(each, "moved");
    CHECK(ids(w.heroes.where<&hero::map>("moved")) == list{2, 4, 6, 8});
    CHECK(w.heroes.collect().size() == 4);
    CHECK(w.heroes.where<&hero::map>("nowhere").collect().empty());
}

TEST_CASE("rows other than the one at hand can be erased while a key is walked") {
    world w;
    for (std::int64_t id = 1; id <= 9; ++id) REQUIRE(w.heroes.insert({id, "harbor", 0, 0}));
    list met;
    for (const hf::row<hero> each : w.heroes.where<&hero::map>("harbor")) {
        met.push_back(each->id);
        if (each->id % 2 == 1 && each->id < 9) REQUIRE(w.heroes.erase(each->id + 1));
    }
    CHECK(met == list{1, 3, 5, 7, 9});
}

TEST_CASE("rows that come to have the key during its walk are met at the end, those that lose it are not") {
    world w;
    for (std::int64_t id = 1; id <= 6; ++id) REQUIRE(w.heroes.insert({id, id == 6 ? "castle" : "harbor", 0, 0}));
    list met;
    for (const hf::row<hero> each : w.heroes.where<&hero::map>("harbor")) {
        met.push_back(each->id);
        if (each->id != 2) continue;
        REQUIRE(w.heroes.insert({7, "harbor", 0, 0}));
        w.heroes.set<&hero::map>(6, "harbor").value();
        w.heroes.set<&hero::map>(4, "castle").value();
    }
    CHECK(met == list{1, 2, 3, 5, 7, 6});
}

TEST_CASE("the first row of a key stays what it is while the key is walked, or the program stops") {
    const auto walk = [&](auto change) {
        return hf::test::last_words([&] {
            world w;
            for (std::int64_t id = 1; id <= 3; ++id) w.heroes.insert({id, "harbor", 0, 0}).value();
            for (const hf::row<hero> each : w.heroes.where<&hero::map>("harbor"))
                if (each->id == 2) change(w);
        });
    };
    CHECK(
        walk([](world& w) { w.heroes.erase(1).value(); }).starts_with("[holdfast] the row at hand, or the first one,"));
    CHECK(walk([](world& w) {
              w.heroes.set<&hero::map>(1, "castle").value();
          }).starts_with("[holdfast] the row at hand, or the first one,"));
    CHECK(walk([](world& w) { w.heroes.erase(3).value(); }) == "survived");
}

TEST_CASE("changing what the walk goes by stops the program with a sentence wherever the row stands") {
    const std::string why = "[holdfast] the row at hand, or the first one, was erased, or its indexed field changed";
    for (std::int64_t at = 1; at <= 3; ++at) {
        CAPTURE(at);
        const auto walk = [&](auto change) {
            return hf::test::last_words([&] {
                world w;
                for (std::int64_t id = 1; id <= 3; ++id) w.heroes.insert({id, "harbor", 0, 0}).value();
                for (const hf::row<hero> each : w.heroes.where<&hero::map>("harbor"))
                    if (each->id == at) change(w, each);
            });
        };
        CHECK(walk([](world& w, hf::row<hero> each) { w.heroes.erase(each).value(); }).starts_with(why));
        CHECK(walk([](world& w, hf::row<hero> each) { w.heroes.set<&hero::map>(each, "castle"); }).starts_with(why));
        CHECK(walk([](world& w, hf::row<hero> each) { w.heroes.set<&hero::rank>(each, 5); }) == "survived");
    }
}

TEST_CASE("a walk whose row at hand was erased gives no row") {
    world w;
    for (std::int64_t id = 1; id <= 3; ++id) REQUIRE(w.heroes.insert({id, "harbor", 0, 0}));
    const auto all = w.heroes.begin();
    const auto harbor = w.heroes.where<&hero::map>("harbor").begin();
    REQUIRE(*all == *harbor);
    REQUIRE(w.heroes.erase(*all));
    CHECK_FALSE((*all).alive());
    CHECK_FALSE((*harbor).alive());
    CHECK(w.heroes.erase(*all).why().code == hf::errc::not_found);
    CHECK(w.heroes.erase(*harbor).why().code == hf::errc::not_found);
    CHECK_FALSE((*w.heroes.where<&hero::map>("nowhere").begin()).alive());
    CHECK(w.heroes.size() == 2);
}
