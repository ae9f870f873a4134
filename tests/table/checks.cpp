// SPDX-License-Identifier: MIT
/// @file
/// Tests of limits and checks: whatever changes a row, it is never what they forbid.
#include <holdfast/holdfast.hpp>

#include "support/catch.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"
#include "support/words.hpp"

namespace hf = holdfast;
using namespace hf::test;
using hf::errc;

namespace {

const fake_clock standing_still;

struct body {
    std::int32_t hp = 1;
    std::int32_t most_hp = 10;
};
struct hero {
    std::int64_t id = 0;
    std::int32_t level = 1;
    std::int64_t gold = 0;
    std::int8_t mood = 0;
    body flesh{};
    std::string name{"hero"};
    std::optional<std::int64_t> guild{};
    bool leads = false;

    static bool affordable(std::int64_t gold, std::int32_t level) { return gold <= 1'000 * level; }
    static bool has_guild(const std::optional<std::int64_t>& guild, bool leads) { return guild || !leads; }
};
bool alive(std::int32_t hp, std::int32_t most) { return hp > 0 && hp <= most; }
bool named(const std::string& name) noexcept { return !name.empty(); }

struct guild {
    std::int64_t id = 0;
};
struct world {
    hf::table<guild, hf::primary_key<&guild::id>, hf::auto_id<&guild::id>> guilds;
    hf::table<hero, hf::primary_key<&hero::id>, hf::auto_id<&hero::id>, hf::capacity<3>, hf::at_least<&hero::level, 1>,
              hf::at_most<&hero::level, 60>, hf::at_least<&hero::mood, -5>, hf::at_most<&hero::mood, 5>,
              hf::check<"affordable", &hero::affordable, &hero::gold, &hero::level>,
              hf::check<"alive", &alive, hf::at<&hero::flesh, &body::hp>, hf::at<&hero::flesh, &body::most_hp>>,
              hf::check<"named", &named, &hero::name>,
              hf::check<"has guild", &hero::has_guild, &hero::guild, &hero::leads>,
              hf::references<&hero::guild, &guild::id, "guilds", hf::on_delete::set_null>>
        heroes;
};
struct ready : world {
    hf::row<hero> bob{};
    ready() {
        hf::prepare(static_cast<world&>(*this)).value();
        guilds.insert({}).value();
        bob = heroes.insert({.gold = 500, .name = "Bob"}).value();
    }
    /// Whether nothing has changed.
    [[nodiscard]] bool as_before() const {
        return heroes.size() == 1 && bob->level == 1 && bob->gold == 500 && bob->mood == 0 && bob->flesh.hp == 1 &&
               bob->flesh.most_hp == 10 && bob->name == "Bob" && !bob->guild && !bob->leads;
    }
};

template <class Result> bool refused(const Result& done, std::string_view word) {
    return !done && done.why().code == errc::refused && mentions(done.why().detail, word);
}

} // namespace

TEST_CASE("an insert of what a limit or a check forbids is refused by name") {
    ready w;
    CHECK(refused(w.heroes.insert({.level = 0}), "level would be 0, and is at least 1"));
    CHECK(refused(w.heroes.insert({.level = 61}), "level would be 61, and is at most 60"));
    CHECK(refused(w.heroes.insert({.mood = -6}), "mood"));
    CHECK(refused(w.heroes.insert({.level = 2, .gold = 2'001}), "'affordable' says no with gold=2001, level=2"));
    CHECK(refused(w.heroes.insert({.flesh = {11, 10}}), "'alive' says no with flesh_hp=11, flesh_most_hp=10"));
    CHECK(refused(w.heroes.insert({.name = ""}), "'named'"));
    CHECK(w.as_before());
    CHECK(w.heroes.insert({.level = 1, .mood = -5}));
    CHECK(w.heroes.insert({.level = 60, .gold = 60'000, .mood = 5}));
}

TEST_CASE("capacity and checks go together and a refused insert takes no room") {
    ready w;
    for (int i = 0; i < 10; ++i) CHECK_FALSE(w.heroes.insert({.level = 0}));
    CHECK(w.heroes.insert({}));
    CHECK(w.heroes.insert({}));
    CHECK(w.heroes.insert({}).why().code == errc::full);
    CHECK(w.heroes.erase(w.bob));
    CHECK(refused(w.heroes.insert({.level = 0}), "level"));
    CHECK(w.heroes.insert({}));
}

TEST_CASE("a set and an add that go beyond a limit or a check are refused and change nothing") {
    ready w;
    CHECK(refused(w.heroes.set<&hero::level>(w.bob, 0), "level"));
    CHECK(refused(w.heroes.set<&hero::level>(w.bob, 61), "level"));
    CHECK(refused(w.heroes.set<&hero::gold>(w.bob, 1'001), "affordable"));
    CHECK(refused(w.heroes.set<&hero::flesh, &body::hp>(w.bob, 0), "alive"));
    CHECK(refused(w.heroes.set<&hero::flesh>(w.bob, body{5, 4}), "alive"));
    CHECK(refused(w.heroes.set<&hero::name>(w.bob, ""), "named"));
    CHECK(refused(w.heroes.set<&hero::leads>(w.bob, true), "has guild"));
    CHECK(refused(w.heroes.add<&hero::gold>(w.bob, 501), "affordable"));
    CHECK(refused(w.heroes.add<&hero::level>(w.bob, -1), "level"));
    CHECK(refused(w.heroes.add<&hero::mood>(w.bob, 6), "mood"));
    CHECK(refused(w.heroes.add<&hero::mood>(w.bob, 128), "does not fit"));
    CHECK(refused(w.heroes.add<&hero::gold>(1, INT64_MAX), "does not fit"));
    CHECK(w.as_before());
    CHECK(w.heroes.add<&hero::gold>(w.bob, 500));
    CHECK(w.heroes.set<&hero::mood>(w.bob, std::int8_t{-5}));
    CHECK(w.heroes.set<&hero::level>(w.bob, 60));
}

TEST_CASE("an update is checked by what its fields are together") {
    ready w;
    CHECK(w.heroes.update<&hero::level, &hero::gold>(w.bob, [](std::int32_t& level, std::int64_t& gold) {
        level = 5;
        gold = 5'000; // neither would do first alone
    }));
    CHECK(refused(w.heroes.update<&hero::level>(w.bob, [](std::int32_t& level) { --level; }), "affordable"));
    CHECK(w.heroes.update(w.bob, [](hero& row) {
        row.level = 1;
        row.gold = 500;
        row.flesh = {20, 20};
    }));
    CHECK(refused(w.heroes.update(w.bob, [](hero& row) { row.flesh.most_hp = 19; }), "alive"));
    CHECK(refused(w.heroes.update(w.bob, [](hero& row) { row.level = 100; }), "level"));
    CHECK(refused(w.heroes.update(1, [](hero& row) { row.name.clear(); }), "named"));
    CHECK(w.bob->flesh.most_hp == 20);
    CHECK(w.bob->level == 1);
    CHECK(w.bob->name == "Bob");
}

TEST_CASE("a change of other fields asks no check") {
    ready w;
    CHECK(w.heroes.update<&hero::guild>(w.bob, [](auto& guild) { guild = 1; }));
    CHECK(w.heroes.set<&hero::leads>(w.bob, true));
    CHECK(w.heroes.set<&hero::leads>(w.bob, true));
}

TEST_CASE("an erase that would empty a reference against a check is refused") {
    ready w;
    w.heroes.set<&hero::guild>(w.bob, 1).value();
    w.heroes.set<&hero::leads>(w.bob, true).value();
    CHECK(refused(w.guilds.erase(1), "'has guild' says no with guild=none, leads=1"));
    CHECK(w.guilds.size() == 1);
    CHECK(w.bob->guild == 1);
    w.heroes.set<&hero::leads>(w.bob, false).value();
    CHECK(w.guilds.erase(1));
    CHECK_FALSE(w.bob->guild);
}

TEST_CASE("a file that holds what a limit or a check forbids is corrupt by name") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    {
        auto db = hf::open<world>(path, options_with(standing_still)).value();
        db->heroes.insert({.gold = 500, .name = "Bob"}).value();
        db.commit();
        close_and_compare(db, path);
    }
    raw_database(path).run("UPDATE heroes SET level = 60 WHERE id = 1"); // its own CHECK holds
    CHECK_THROWS(raw_database(path).run("UPDATE heroes SET level = 61"));
    CHECK_THROWS(raw_database(path).run("UPDATE heroes SET mood = -6"));
    CHECK(hf::open<world>(path, options_with(standing_still)));

    raw_database(path).run("UPDATE heroes SET gold = 60001"); // SQLite does not know our functions
    auto opened = hf::open<world>(path, options_with(standing_still));
    REQUIRE_FALSE(opened);
    CHECK(opened.why().code == errc::corrupt);
    CHECK(mentions_all(opened.why().detail, path, "heroes[id=1]", "'affordable'", "gold=60001"));

    raw_database(path).run(
        "UPDATE heroes SET gold = 1; PRAGMA ignore_check_constraints = ON; UPDATE heroes SET level = 61");
    opened = hf::open<world>(path, options_with(standing_still));
    REQUIRE_FALSE(opened);
    CHECK(opened.why().code == errc::corrupt);
    CHECK(mentions_all(opened.why().detail, "heroes[id=1].level", "at most 60"));
}
