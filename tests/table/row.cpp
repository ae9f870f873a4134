// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/table/row.hpp: handles.
#include "table/recording.hpp"

#include "support/catch.hpp"
#include "support/dies.hpp"

#include <set>
#include <unordered_set>

namespace hf = holdfast;

namespace {

struct hero {
    std::int64_t id = 0;
    std::string name{};
    std::int32_t level = 1;
};
struct world {
    hf::table<hero, hf::primary_key<&hero::id>> heroes{};
};

} // namespace

TEST_CASE("an empty handle is not alive and points nowhere") {
    const hf::row<hero> none;
    CHECK_FALSE(none.alive());
    CHECK_FALSE(none);
    CHECK(static_cast<const hero*>(none) == nullptr);
    CHECK(none == hf::row<hero>());
}

TEST_CASE("a search that finds nothing gives an empty handle") {
    const world w;
    CHECK_FALSE(w.heroes.find(1).alive());
    CHECK(w.heroes.find(1) == hf::row<hero>());
}

TEST_CASE("a handle reads its row and turns into its address") {
    world w;
    const auto aria = w.heroes.insert({1, "Aria", 5}).value();
    CHECK(aria);
    CHECK(aria->name == "Aria");
    CHECK((*aria).level == 5);
    const hero* address = aria;
    CHECK(address == &*aria);
    CHECK(address == static_cast<const hero*>(w.heroes.find(1)));
}

TEST_CASE("handles of one row are equal and those of two are not") {
    world w;
    const auto aria = w.heroes.insert({1, "Aria", 5}).value();
    const auto bob = w.heroes.insert({2, "Bob", 5}).value();
    CHECK(w.heroes.find(1) == aria);
    CHECK_FALSE(aria == bob);
    CHECK_FALSE(aria == hf::row<hero>());
}

TEST_CASE("handles go into ordered and hashed sets") {
    world w;
    std::set<hf::row<hero>> ordered;
    std::unordered_set<hf::row<hero>> hashed;
    for (std::int64_t id = 0; id < 100; ++id) {
        const auto each = w.heroes.insert({id, "x", 1}).value();
        CHECK(ordered.insert(each).second);
        CHECK(hashed.insert(each).second);
    }
    for (std::int64_t id = 0; id < 100; ++id) {
        CHECK(ordered.count(w.heroes.find(id)) == 1);
        CHECK(hashed.count(w.heroes.find(id)) == 1);
    }
    CHECK(ordered.count(hf::row<hero>()) == 0);
}

TEST_CASE("a handle of one use of a place differs in order from that of another use") {
    world w;
    const auto first = w.heroes.insert({1, "x", 1}).value();
    REQUIRE(w.heroes.erase(first));
    const auto second = w.heroes.insert({1, "x", 1}).value();
    CHECK((first < second || second < first));
    CHECK_FALSE(first == second);
}

TEST_CASE("a handle of another table stops the program with a sentence") {
    world one;
    world other;
    const auto aria = one.heroes.insert({1, "Aria", 5}).value();
    REQUIRE(other.heroes.insert({1, "Aria", 5}));
    const std::string why = "[holdfast] a handle of another table";
    CHECK(hf::test::last_words([&] { other.heroes.set<&hero::level>(aria, 2); }).starts_with(why));
    CHECK(hf::test::last_words([&] { (void)other.heroes.erase(aria); }).starts_with(why));
    CHECK(hf::test::last_words([&] { (void)other.heroes.update(aria, [](hero&) {}); }).starts_with(why));
}

TEST_CASE("a handle sees changes made through others and through the key") {
    world w;
    const auto aria = w.heroes.insert({1, "Aria", 5}).value();
    w.heroes.set<&hero::level>(w.heroes.find(1), 6);
    CHECK(aria->level == 6);
    CHECK(w.heroes.set<&hero::level>(1, 7));
    CHECK(aria->level == 7);
}

TEST_CASE("a row keeps its address while thousands come and go around it") {
    world w;
    const auto aria = w.heroes.insert({-1, "Aria", 5}).value();
    const hero* address = aria;
    for (std::int64_t i = 0; i < 5'000; ++i) REQUIRE(w.heroes.insert({i, "x", 1}));
    for (std::int64_t i = 0; i < 5'000; i += 2) REQUIRE(w.heroes.erase(i));
    CHECK(static_cast<const hero*>(aria) == address);
    CHECK(aria->name == "Aria");
}

TEST_CASE("a handle dies with its row and stays dead when the place is used again") {
    world w;
    hf::test::recording record(w);
    const auto aria = w.heroes.insert({1, "Aria", 5}).value();
    const hero* address = aria;
    REQUIRE(w.heroes.erase(aria));
    CHECK_FALSE(aria.alive());
    CHECK(static_cast<const hero*>(aria) == nullptr);
    ++record.session.tick;
    const auto again = w.heroes.insert({1, "Aria", 5}).value();
    REQUIRE(static_cast<const hero*>(again) == address);
    CHECK_FALSE(aria.alive());
    CHECK_FALSE(aria == again);
    CHECK(again.alive());
}

TEST_CASE("a freed place is not used again before the next tick") {
    world w;
    hf::test::recording record(w);
    const auto aria = w.heroes.insert({1, "Aria", 5}).value();
    const hero* address = aria;
    REQUIRE(w.heroes.erase(aria));
    for (std::int64_t id = 10; id < 20; ++id)
        CHECK(static_cast<const hero*>(w.heroes.insert({id, "new", 1}).value()) != address);
    ++record.session.tick;
    CHECK(static_cast<const hero*>(w.heroes.insert({20, "new", 1}).value()) == address);
}

TEST_CASE("reading through a handle whose row is gone stops the program with a sentence") {
    world w;
    const auto aria = w.heroes.insert({1, "Aria", 5}).value();
    REQUIRE(w.heroes.erase(aria));
    const std::string why = "[holdfast] this row handle is empty or its row was erased";
    CHECK(hf::test::last_words([&] { (void)aria->level; }).starts_with(why));
    CHECK(hf::test::last_words([&] { (void)*aria; }).starts_with(why));
    CHECK(hf::test::last_words([] { (void)hf::row<hero>()->level; }).starts_with(why));
}

TEST_CASE("changing through a handle whose row is gone stops the program with a sentence") {
    world w;
    const auto aria = w.heroes.insert({1, "Aria", 5}).value();
    REQUIRE(w.heroes.erase(aria));
    const std::string why = "[holdfast] a change through a handle that is empty or whose row was erased";
    CHECK(hf::test::last_words([&] { w.heroes.set<&hero::level>(aria, 2); }).starts_with(why));
    CHECK(hf::test::last_words([&] { (void)w.heroes.add<&hero::level>(aria, 2); }).starts_with(why));
    CHECK(hf::test::last_words([&] { w.heroes.update<&hero::level>(aria, [](std::int32_t&) {}); }).starts_with(why));
    CHECK(hf::test::last_words([&] { (void)w.heroes.update(aria, [](hero&) {}); }).starts_with(why));
}

TEST_CASE("a table in no session uses the places of erased rows again") {
    world w;
    for (std::int64_t id = 0; id < 10'000; ++id) {
        REQUIRE(w.heroes.insert({id, "x", 1}));
        if (id >= 5) REQUIRE(w.heroes.erase(id - 5));
    }
    CHECK(w.heroes.size() == 5);
    CHECK(hf::tables_of(w).value().front()->slots().used() < 20);
}
