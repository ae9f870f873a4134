// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/table/table_update.hpp: the forms of update, each refused whole or done whole.
#include "table/two_heroes.hpp"

#include "support/catch.hpp"
#include "support/dies.hpp"

namespace hf = holdfast;
using namespace hf::test::two_heroes;

TEST_CASE("several fields change together") {
    fixture f;
    f.w.heroes.update<&hero::level, &hero::map>(f.aria, [](std::int8_t& level, std::string& map) {
        ++level;
        map += " castle";
    });
    CHECK(f.aria->level == 2);
    CHECK(f.aria->map == "harbor castle");
    CHECK(f.indexes_right());
    REQUIRE(f.w.heroes.update<&hero::guild, &hero::rank, hf::at<&hero::pos, &position::x>>(
        f.aria, [](std::int32_t& guild, std::int32_t& rank, double& x) {
            guild = 7;
            rank = 8;
            x = 9;
        }));
    CHECK(f.aria->pos.x == 9);
    CHECK(f.no_rank(1, 1));
    CHECK(f.indexes_right());
}

TEST_CASE("an update of several fields is refused whole") {
    fixture f;
    const hero before = *f.aria;
    const auto changed = f.w.heroes.update<&hero::level, &hero::map, &hero::rank, &hero::gold>(
        f.aria, [](std::int8_t& level, std::string& map, std::int32_t& rank, std::int64_t& gold) {
            level = 99;
            map = "castle";
            rank = 2; // taken
            gold = 5;
        });
    CHECK(changed.why().code == hf::errc::taken);
    CHECK(*f.aria == before);
    CHECK(f.indexes_right());
}

TEST_CASE("both fields of a unique pair can change to a pair that shares one with another row") {
    fixture f;
    REQUIRE(f.w.heroes.update<&hero::guild, &hero::rank>(f.aria, [](std::int32_t& guild, std::int32_t& rank) {
        guild = 2;
        rank = 2;
    }));
    CHECK(f.indexes_right());
    CHECK(f.no_rank(1, 1));
}

TEST_CASE("a whole row is changed by comparing it") {
    fixture f;
    REQUIRE(f.w.heroes.update(f.aria, [](hero& row) {
        row.name = "Ariadne";
        row.pos = {3, 4};
        row.data.assign(5, std::byte{5});
        row.guild = 9;
    }));
    CHECK(f.aria->name == "Ariadne");
    CHECK(f.aria->pos == position{3, 4});
    CHECK(f.indexes_right());
    CHECK(f.nobody("Aria"));
}

TEST_CASE("a whole row is refused whole") {
    fixture f;
    const hero before = *f.aria;
    const auto refusal = [&](auto change) {
        const auto changed = f.w.heroes.update(f.aria, [&](hero& row) {
            row.map = "castle";
            row.level = 100;
            change(row);
        });
        REQUIRE_FALSE(changed);
        CHECK(*f.aria == before);
        CHECK(f.indexes_right());
        return changed.why().code;
    };
    CHECK(refusal([](hero& row) { row.name = "Bob"; }) == hf::errc::taken);
    CHECK(refusal([](hero& row) { row.rank = 2; }) == hf::errc::taken);
    CHECK(refusal([](hero& row) { row.gold = -1; }) == hf::errc::refused);
    CHECK(refusal([](hero& row) { row.leader = 99; }) == hf::errc::reference);
    CHECK(refusal([](hero& row) { row.id = 3; }) == hf::errc::refused);
    CHECK_FALSE(f.w.heroes.contains(3));
}

TEST_CASE("when the function throws nothing has changed") {
    fixture f;
    const hero before = *f.aria;
    CHECK_THROWS_AS((f.w.heroes.update<&hero::level, &hero::map>(f.aria,
                                                                 [](std::int8_t& level, std::string& map) {
                                                                     level = 9;
                                                                     map = "castle";
                                                                     throw std::runtime_error("no");
                                                                 })),
                    std::runtime_error);
    CHECK_THROWS_AS((void)f.w.heroes.update(f.aria,
                                            [](hero& row) {
                                                row.name = "x";
                                                throw std::runtime_error("no");
                                            }),
                    std::runtime_error);
    CHECK(*f.aria == before);
    CHECK(f.indexes_right());
}

TEST_CASE("a function that returns an error refuses the update") {
    fixture f;
    const hero before = *f.aria;
    const auto refuse = hf::error{hf::errc::refused, "not today"};
    const auto some = f.w.heroes.update<&hero::level, &hero::map>(
        f.aria, [&](std::int8_t& level, std::string& map) -> hf::result<void> {
            level = 9;
            map = "castle";
            return refuse;
        });
    CHECK(some.why().detail == "not today");
    const auto whole = f.w.heroes.update(f.aria, [&](hero& row) -> hf::result<void> {
        row.name = "x";
        return refuse;
    });
    CHECK(whole.why().detail == "not today");
    CHECK(*f.aria == before);
    CHECK(f.w.heroes.update<&hero::level>(f.aria, [](std::int8_t& level) -> hf::result<void> {
        level = 9;
        return {};
    }));
    CHECK(f.aria->level == 9);
    CHECK(f.indexes_right());
}

TEST_CASE("a row is not erased or changed inside its own update") {
    fixture f;
    auto& heroes = f.w.heroes;
    CHECK(heroes.update(f.aria, [&](hero& row) {
        CHECK(heroes.erase(f.aria).why().code == hf::errc::busy);
        CHECK(heroes.set<&hero::name>(f.aria, "x").why().code == hf::errc::busy);
        CHECK(heroes.set<&hero::name>(f.bob, "Bobby"));
        CHECK(heroes.update(f.bob, [&](hero& inner) {
            CHECK(heroes.erase(f.aria).why().code == hf::errc::busy);
            inner.level = 7;
        }));
        row.level = 5;
    }));
    CHECK(f.aria->level == 5);
    CHECK(f.bob->level == 7);
    CHECK(heroes.set<&hero::name>(f.aria, "free again"));
    CHECK_THROWS_AS((void)heroes.update(f.aria, [](hero&) { throw std::runtime_error("no"); }), std::runtime_error);
    CHECK(heroes.erase(f.aria));
    const auto forbidden = [&](auto&& change) {
        return hf::test::last_words([&] { (void)heroes.update(f.bob, [&](hero&) { change(); }); })
            .starts_with("[holdfast] a change of a row inside its own update");
    };
    CHECK(forbidden([&] { heroes.set<&hero::level>(f.bob, std::int8_t{1}); }));
    CHECK(forbidden([&] { heroes.set<&hero::map>(f.bob, "castle"); })); // in an index, and nothing refuses it
    CHECK(forbidden([&] { heroes.set<&hero::pos>(f.bob, {1, 2}); }));
    CHECK(forbidden([&] { heroes.update<&hero::level>(f.bob, [](std::int8_t& level) { ++level; }); }));
}

TEST_CASE("fields and whole rows are updated by key and a missing key is not found") {
    fixture f;
    const auto promote = [](std::int8_t& level, std::string& map) {
        ++level;
        map = "castle";
    };
    REQUIRE(f.w.heroes.update<&hero::level, &hero::map>(1, promote));
    CHECK(f.aria->level == 2);
    CHECK(f.aria->map == "castle");
    REQUIRE(f.w.heroes.update(2, [](hero& row) { row.name = "Bobby"; }));
    CHECK(f.bob->name == "Bobby");
    CHECK(f.indexes_right());

    CHECK(f.w.heroes.update<&hero::name>(1, [](std::string& name) { name = "Bobby"; }).why().code == hf::errc::taken);
    CHECK(f.w.heroes.update(1, [](hero& row) { row.gold = -1; }).why().code == hf::errc::refused);
    const auto refuse = [](auto&) -> hf::result<void> { return hf::error{hf::errc::refused, "not today"}; };
    CHECK(f.w.heroes.update<&hero::level>(1, refuse).why().detail == "not today");
    CHECK(f.w.heroes.update(1, refuse).why().detail == "not today");

    const auto never = [](auto&) { FAIL("called without a row"); };
    CHECK(f.w.heroes.update<&hero::level>(99, never).why().message() == "not found: heroes[id=99] is not there");
    CHECK(f.w.heroes.update(99, never).why().message() == "not found: heroes[id=99] is not there");
}

TEST_CASE("the address of a row does not change with its fields") {
    fixture f;
    const hero* address = f.aria;
    REQUIRE(f.w.heroes.update(f.aria, [](hero& row) {
        row.name = std::string(1'000, 'n');
        row.map = std::string(1'000, 'm');
    }));
    CHECK(static_cast<const hero*>(f.aria) == address);
}
