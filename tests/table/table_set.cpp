// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/table/table.hpp: set and add.
#include "table/two_heroes.hpp"

#include "support/catch.hpp"

#include <limits>

namespace hf = holdfast;
using namespace hf::test::two_heroes;

// What cannot be refused returns nothing; what can returns a result.
static_assert(
    std::is_void_v<decltype(std::declval<heroes_table&>().set<&hero::level>(hf::row<hero>(), std::int8_t{1}))>);
static_assert(std::is_void_v<decltype(std::declval<heroes_table&>().set<&hero::map>(hf::row<hero>(), ""))>);
static_assert(
    std::is_same_v<decltype(std::declval<heroes_table&>().set<&hero::name>(hf::row<hero>(), "")), hf::result<void>>);
static_assert(
    std::is_same_v<decltype(std::declval<heroes_table&>().set<&hero::gold>(hf::row<hero>(), 1)), hf::result<void>>);
static_assert(
    std::is_same_v<decltype(std::declval<heroes_table&>().set<&hero::leader>(hf::row<hero>(), 1)), hf::result<void>>);

TEST_CASE("a field without constraints is set") {
    fixture f;
    f.w.heroes.set<&hero::level>(f.aria, std::int8_t{-128});
    f.w.heroes.set<&hero::score>(f.aria, std::numeric_limits<std::uint64_t>::max());
    f.w.heroes.set<&hero::data>(f.aria, {std::byte{1}, std::byte{2}});
    CHECK(f.aria->level == -128);
    CHECK(f.aria->score == std::numeric_limits<std::uint64_t>::max());
    CHECK(f.aria->data == std::vector<std::byte>{std::byte{1}, std::byte{2}});
    CHECK(f.bob->level == 1);
    CHECK(f.indexes_right());
}

TEST_CASE("nested fields are set one by one and together") {
    fixture f;
    f.w.heroes.set<&hero::pos, &position::y>(f.aria, 2.5);
    CHECK(f.aria->pos == position{0, 2.5});
    f.w.heroes.set<&hero::pos>(f.aria, {1, 2});
    CHECK(f.aria->pos == position{1, 2});
    CHECK(f.bob->pos == position{0, 0});
}

TEST_CASE("a nested field is named by its steps or by path") {
    struct purse {
        std::int64_t gold = 0;
        std::int32_t gems = 0;
    };
    struct trader {
        std::int64_t id = 0;
        purse has{};
    };
    constexpr auto& gold = hf::at<&trader::has, &purse::gold>;
    hf::table<trader, hf::primary_key<&trader::id>, hf::at_least<hf::at<&trader::has, &purse::gold>, 0>> traders;
    const auto one = traders.insert({.id = 1}).value();
    REQUIRE(traders.set<hf::at<&trader::has, &purse::gold>>(one, 5));
    REQUIRE(traders.add<gold>(one, 2));
    REQUIRE(traders.add<&trader::has, &purse::gold>(one, 1));
    CHECK(one->has.gold == 8);
    CHECK(traders.add<gold>(1, -9).why().code == hf::errc::refused);
    REQUIRE(traders.set<gold>(1, 3));
    traders.set<hf::at<&trader::has, &purse::gems>>(one, 4); // no constraint: nothing to test
    CHECK(one->has.gold == 3);
    CHECK(one->has.gems == 4);
}

TEST_CASE("an indexed field that is set is found under its new value only") {
    fixture f;
    f.w.heroes.set<&hero::map>(f.aria, "castle");
    CHECK(f.aria->map == "castle");
    CHECK(f.indexes_right());
}

TEST_CASE("a unique field is set when the value is free and refused when it is taken") {
    fixture f;
    REQUIRE(f.w.heroes.set<&hero::name>(f.aria, "Ariadne"));
    CHECK(f.nobody("Aria"));
    CHECK(f.indexes_right());
    const hero before = *f.aria;
    CHECK(f.w.heroes.set<&hero::name>(f.aria, "Bob").why().code == hf::errc::taken);
    CHECK(*f.aria == before);
    CHECK(f.indexes_right());
    CHECK(f.w.heroes.set<&hero::name>(f.aria, "Ariadne"));
    CHECK(f.w.heroes.set<&hero::name>(f.bob, "Aria"));
    CHECK(f.indexes_right());
}

TEST_CASE("one field of a unique pair is refused when the pair is taken") {
    fixture f;
    CHECK(f.w.heroes.set<&hero::rank>(f.aria, 2).why().code == hf::errc::taken);
    CHECK(f.aria->rank == 1);
    CHECK(f.indexes_right());
    CHECK(f.w.heroes.set<&hero::rank>(f.aria, 3));
    CHECK(f.no_rank(1, 1));
    CHECK(f.w.heroes.set<&hero::guild>(f.bob, 2));
    CHECK(f.indexes_right());
}

TEST_CASE("a value below its limit is refused") {
    fixture f;
    CHECK(f.w.heroes.set<&hero::gold>(f.aria, -1).why().code == hf::errc::refused);
    CHECK(f.aria->gold == 10);
    CHECK(f.w.heroes.set<&hero::gold>(f.aria, 0));
    CHECK(f.aria->gold == 0);
}

TEST_CASE("a reference is set to a row that is there or to none") {
    fixture f;
    CHECK(f.w.heroes.set<&hero::leader>(f.bob, 1));
    CHECK(f.w.heroes.set<&hero::leader>(f.bob, 99).why().code == hf::errc::reference);
    CHECK(f.bob->leader == 1);
    CHECK(f.w.heroes.set<&hero::leader>(f.bob, std::nullopt));
    CHECK(f.w.heroes.set<&hero::leader>(f.bob, 2));
    CHECK(f.bob->leader == 2);
}

TEST_CASE("fields are set by key and a missing key is not found") {
    fixture f;
    CHECK(f.w.heroes.set<&hero::level>(1, std::int8_t{5}));
    CHECK(f.aria->level == 5);
    CHECK(f.w.heroes.set<&hero::name>(2, "Bobby"));
    CHECK(f.indexes_right());
    CHECK(f.w.heroes.set<&hero::level>(99, std::int8_t{5}).why().code == hf::errc::not_found);
    CHECK(f.w.heroes.set<&hero::name>(99, "x").why().message() == "not found: heroes[id=99] is not there");
    CHECK(f.w.heroes.add<&hero::gold>(99, 1).why().message() == "not found: heroes[id=99] is not there");
    CHECK(f.w.heroes.set<&hero::name>(1, "Bobby").why().code == hf::errc::taken);
}

TEST_CASE("an amount is added unless the sum breaks a limit") {
    fixture f;
    CHECK(f.w.heroes.add<&hero::gold>(f.aria, -10));
    CHECK(f.aria->gold == 0);
    CHECK(f.w.heroes.add<&hero::gold>(f.aria, -1).why().code == hf::errc::refused);
    CHECK(f.aria->gold == 0);
    CHECK(f.w.heroes.add<&hero::gold>(1, std::numeric_limits<std::int64_t>::max()));
    CHECK(f.w.heroes.add<&hero::gold>(f.aria, 1).why().code == hf::errc::refused);
    CHECK(f.aria->gold == std::numeric_limits<std::int64_t>::max());
}

TEST_CASE("a sum that does not fit the field is refused at both ends") {
    fixture f;
    CHECK(f.w.heroes.add<&hero::level>(f.aria, 126));
    CHECK(f.aria->level == 127);
    CHECK(f.w.heroes.add<&hero::level>(f.aria, 1).why().code == hf::errc::refused);
    CHECK(f.w.heroes.add<&hero::level>(f.aria, std::numeric_limits<std::int64_t>::max()).why().code ==
          hf::errc::refused);
    CHECK(f.w.heroes.add<&hero::level>(f.aria, -255));
    CHECK(f.aria->level == -128);
    CHECK(f.w.heroes.add<&hero::level>(f.aria, -1).why().code == hf::errc::refused);
    CHECK(f.w.heroes.add<&hero::score>(f.aria, -1).why().code == hf::errc::refused);
    f.w.heroes.set<&hero::score>(f.aria, std::numeric_limits<std::uint64_t>::max());
    CHECK(f.w.heroes.add<&hero::score>(f.aria, 1).why().code == hf::errc::refused);
    CHECK(f.w.heroes.add<&hero::score>(f.aria, std::numeric_limits<std::int64_t>::min()));
    CHECK(f.aria->score == (std::uint64_t{1} << 63) - 1);
}

TEST_CASE("a field can be set to part of itself and to a field of the same row") {
    fixture f;
    f.w.heroes.set<&hero::map>(f.aria, std::string(100, 'm'));
    f.w.heroes.set<&hero::map>(f.aria, std::string_view(f.aria->map).substr(50));
    CHECK(f.aria->map == std::string(50, 'm'));
    REQUIRE(f.w.heroes.set<&hero::name>(f.aria, f.aria->map));
    CHECK(f.aria->name == std::string(50, 'm'));
    f.w.heroes.set<&hero::data>(f.aria, f.aria->data);
    CHECK(f.indexes_right());
}
