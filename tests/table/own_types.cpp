// SPDX-License-Identifier: MIT
/// @file
/// Tests of types of one's own as fields: ids of a type of their own, conversions, enums by name; and of keys of
/// several fields as one value.
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

struct hero_id {
    std::int64_t value = 0;
    friend bool operator==(const hero_id&, const hero_id&) = default;
};
struct guild_name { // has no operator==
    std::string text{};
};

struct money {
    std::int64_t cents = 0;
};
struct angle {
    double degrees = 0;
};
struct version {
    int major = 0, minor = 0;
    std::string label{};
};
struct mask {
    std::vector<std::byte> bits{};
};

enum class weapon : std::int16_t { fist, sword = 7, bow = 40 };
enum class mood : int { bad = -2, fine = 3 };
enum class stone : std::uint8_t {};

} // namespace

template <> struct hf::enum_range<mood> {
    static constexpr int least = -5;
    static constexpr int most = 5;
};
template <> struct hf::conversion<money> {
    static std::int64_t store(const money& value) { return value.cents; }
    static std::optional<money> load(std::int64_t cents) {
        return cents < 0 ? std::nullopt : std::optional(money{cents});
    }
};
template <> struct hf::conversion<angle> {
    static double store(const angle& value) { return value.degrees / 2; }
    static std::optional<angle> load(double half) { return half > 180 ? std::nullopt : std::optional(angle{half * 2}); }
};
template <> struct hf::conversion<version> {
    static void store(const version& value, std::string& text) {
        text += std::to_string(value.major) + "." + std::to_string(value.minor) + " " + value.label;
    }
    static std::optional<version> load(std::string_view text) {
        const auto dot = text.find('.'), space = text.find(' ');
        if (dot == text.npos || space == text.npos) return std::nullopt;
        return version{std::stoi(std::string(text)), std::stoi(std::string(text.substr(dot + 1))),
                       std::string(text.substr(space + 1))};
    }
};
template <> struct hf::conversion<stone> {
    static void store(const stone& value, std::string& text) {
        text += "stone " + std::to_string(static_cast<int>(value));
    }
    static std::optional<stone> load(std::string_view text) {
        return static_cast<stone>(std::stoi(std::string(text.substr(6))));
    }
};
template <> struct hf::conversion<mask> {
    static void store(const mask& value, std::vector<std::byte>& bytes) {
        bytes.insert(bytes.end(), value.bits.rbegin(), value.bits.rend());
    }
    static std::optional<mask> load(hf::bytes_view bytes) {
        if (bytes.size() > 4) return std::nullopt;
        return mask{{bytes.rbegin(), bytes.rend()}};
    }
};

namespace {

struct hero {
    hero_id id{};
    std::string name{};
    std::optional<hero_id> leader{};
    money purse{};
    angle facing{};
    version seen{1, 2, "first"};
    mask can{};
    weapon wields = weapon::sword;
    mood feels = mood::fine;
    std::optional<money> debt{};
};
struct membership {
    guild_name guild{};
    hero_id hero{};
    std::int32_t rank = 0;
    std::string note{};
};
struct slot {
    weapon kind = weapon::fist;
    std::int32_t amount = 0;
};
struct world {
    hf::table<hero, hf::primary_key<&hero::id>, hf::auto_id<&hero::id>, hf::unique<&hero::name>,
              hf::references<&hero::leader, &hero::id, "heroes", hf::on_delete::set_null>, hf::by_name<&hero::wields>,
              hf::index<&hero::wields>, hf::by_name<&hero::feels>>
        heroes;
    hf::table<membership, hf::primary_key<&membership::guild, &membership::hero>,
              hf::references<&membership::hero, &hero::id, "heroes", hf::on_delete::cascade>>
        members;
    hf::table<slot, hf::primary_key<&slot::kind>, hf::by_name<&slot::kind>> slots;
};
struct ready : world {
    ready() { hf::prepare(static_cast<world&>(*this)).value(); }
};

} // namespace

TEST_CASE("an id of a type of its own is given and found and referred to") {
    ready w;
    const auto a = w.heroes.insert({.name = "a"}).value();
    const auto b = w.heroes.insert({.name = "b", .leader = a->id}).value();
    CHECK(a->id == hero_id{1});
    CHECK(w.heroes.insert({.id = {40}, .name = "c"}).value()->id == hero_id{40});
    CHECK(w.heroes.insert({.name = "d"}).value()->id == hero_id{41});
    CHECK(w.heroes.find(hero_id{2}) == b);
    CHECK_FALSE(w.heroes.contains(hero_id{3}));
    CHECK(w.heroes.where<&hero::leader>(hero_id{1}).collect().size() == 1);
    CHECK(w.heroes.where<&hero::leader>(std::optional(hero_id{1})).collect().size() == 1);
    CHECK(w.heroes.where<&hero::leader>(std::nullopt).collect().size() == 3);
    CHECK(w.heroes.set<&hero::leader>(hero_id{41}, hero_id{7}).why().code == errc::reference);
    CHECK(w.heroes.erase(hero_id{1}));
    CHECK_FALSE(b->leader);
    CHECK(mentions(w.heroes.erase(hero_id{1}).why().detail, "heroes[id=1]"));
    static_assert(!hf::detail::key_argument<hero_id, int>);
    static_assert(!hf::detail::key_argument<hero_id, std::int64_t>);
    static_assert(!hf::detail::key_argument<hero_id, money>);
    static_assert(!hf::detail::key_argument<std::int64_t, hero_id>);
}

TEST_CASE("a key of several fields is one value for every change") {
    ready w;
    const auto hero = w.heroes.insert({.name = "a"}).value()->id;
    const guild_name owls{"owls"};
    w.members.insert({owls, hero, 1, ""}).value();
    CHECK(w.members.find(owls, hero)->rank == 1);
    CHECK(w.members.find(hf::key(owls, hero)) == w.members.find(owls, hero));
    CHECK(w.members.find(hf::key("owls", hero)) == w.members.find(std::string("owls"), hero));
    CHECK(w.members.find(hf::key(std::string_view("owls"), hero)).alive());
    CHECK(w.members.contains(hf::key(owls, hero)));
    CHECK(w.members.set<&membership::rank>(hf::key(owls, hero), 3));
    CHECK(w.members.add<&membership::rank>(hf::key("owls", hero), 4));
    CHECK(w.members.update<&membership::rank>(hf::key(owls, hero), [](std::int32_t& rank) { rank *= 2; }));
    CHECK(w.members.update(hf::key(owls, hero), [](membership& row) { row.note = "old"; }));
    CHECK(w.members.find(owls, hero)->rank == 14);
    CHECK(w.members.find(owls, hero)->note == "old");
    const auto none = hf::key("bears", hero);
    for (const auto& done :
         {w.members.set<&membership::rank>(none, 3), w.members.add<&membership::rank>(none, 3),
          w.members.update(none, [](membership&) {}), w.members.erase(none), w.members.erase("bears", hero)}) {
        REQUIRE_FALSE(done);
        CHECK(done.why().code == errc::not_found);
        CHECK(mentions(done.why().detail, "members[guild='bears', hero=1] is not there"));
    }
    CHECK(w.members.erase(hf::key(owls, hero)));
    CHECK(w.members.empty());
    CHECK(w.heroes.set<&hero::name>(hf::key(hero), "b")); // one field is a list, too
}

TEST_CASE("a text is found by every kind of text") {
    ready w;
    const auto a = w.heroes.insert({.name = "Aria"}).value();
    const char* pointer = "Aria";
    const char array[] = "Aria";
    CHECK(w.heroes.find_by<&hero::name>(pointer) == a);
    CHECK(w.heroes.find_by<&hero::name>(array) == a);
    CHECK(w.heroes.find_by<&hero::name>(std::string_view("Aria, Queen").substr(0, 4)) == a);
    CHECK(w.heroes.find_by<&hero::name>(std::string("Aria")) == a);
    CHECK_FALSE(w.heroes.find_by<&hero::name>("Ariadne"));
}

TEST_CASE("a conversion that stores the same value is no change") {
    ready w;
    const auto a = w.heroes.insert({.name = "a"}).value();
    w.heroes.set<&hero::seen>(a, {1, 2, "first"});
    w.heroes.set<&hero::seen>(a, {1, 3, std::string(200, 'x')});
    CHECK(a->seen.label.size() == 200);
    w.heroes.set<&hero::purse>(a, money{7});
    w.heroes.update<&hero::can, &hero::facing>(a, [](mask& can, angle& facing) {
        can.bits.push_back(std::byte{1});
        facing.degrees = 90;
    });
    CHECK(a->purse.cents == 7);
    CHECK(a->facing.degrees == 90);
    CHECK(a->can.bits.size() == 1);
    CHECK(w.heroes.where<&hero::wields>(weapon::sword).collect().size() == 1);
}

TEST_CASE("values of one's own types come back from the file") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    {
        auto db = hf::open<world>(path, options_with(standing_still)).value();
        const auto a =
            db->heroes.insert({.name = "a", .purse = {5}, .facing = {90}, .can = {{std::byte{1}, std::byte{2}}}});
        const auto id = a.value()->id;
        db->heroes
            .insert(
                {.name = "b", .leader = id, .wields = static_cast<weapon>(-9), .feels = mood::bad, .debt = money{3}})
            .value();
        db->heroes.insert({.name = "c", .wields = static_cast<weapon>(1234), .feels = static_cast<mood>(-3)}).value();
        db->members.insert({{"owls"}, id, 2, ""}).value();
        db.commit();
        db->heroes.set<&hero::seen>(*a, {20, 21, "later"});
        db->heroes.set<&hero::wields>(*a, weapon::bow);
        db->members.set<&membership::rank>(hf::key("owls", id), 9).value();
        db->members.set<&membership::note>(hf::key("owls", id), "new").value();
        db.commit();
        close_and_compare(db, path);
    }
    CHECK(raw_database(path).rows("SELECT id, purse, facing, seen, can, wields, feels, debt FROM heroes ORDER BY id") ==
          lines{"1 | 5 | 45 | '20.21 later' | x'0201' | 'bow' | 'fine' | NULL",
                "2 | 0 | 0 | '1.2 first' | x'' | '-9' | 'bad' | 3",
                "3 | 0 | 0 | '1.2 first' | x'' | '1234' | '-3' | NULL"});
    auto again = hf::open<world>(path, options_with(standing_still)).value();
    const auto a = again->heroes.find(hero_id{1}), b = again->heroes.find(hero_id{2}),
               c = again->heroes.find(hero_id{3});
    CHECK(a->facing.degrees == 90);
    CHECK(a->seen.minor == 21);
    CHECK(a->can.bits == std::vector{std::byte{1}, std::byte{2}});
    CHECK(a->wields == weapon::bow);
    CHECK(b->leader == a->id);
    CHECK(b->wields == static_cast<weapon>(-9));
    CHECK(b->feels == mood::bad);
    CHECK(b->debt->cents == 3);
    CHECK(c->wields == static_cast<weapon>(1234));
    CHECK(c->feels == static_cast<mood>(-3));
    CHECK(again->members.find("owls", a->id)->note == "new");
    CHECK(again->heroes.insert({.name = "d"}).value()->id.value > 3);
}

TEST_CASE("regression: a row whose primary key is an enum by name is saved when another field is set") {
    const temporary_folder folder;
    auto db = hf::open<world>(folder / "world.db", options_with(standing_still)).value();
    const auto bow = db->slots.insert({weapon::bow, 1}).value();
    db->slots.insert({static_cast<weapon>(99), 1}).value();
    db.commit();
    db->slots.set<&slot::amount>(bow, 5);
    db->slots.add<&slot::amount>(static_cast<weapon>(99), 5).value();
    db.commit();
    close_and_compare(db, folder / "world.db");
    CHECK(raw_database(folder / "world.db").rows("SELECT kind, amount FROM slots ORDER BY kind") ==
          lines{"'99' | 6", "'bow' | 5"});
}

TEST_CASE("a file with a value that is none of the type's is corrupt by name") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    const auto why = [&](const std::string& set) {
        {
            auto db = hf::open<world>(path, options_with(standing_still)).value();
            if (db->heroes.empty()) db->heroes.insert({.name = "a"}).value();
            db.commit();
            close_and_compare(db, path);
        }
        raw_database(path).run("UPDATE heroes SET " + set);
        std::string text = "opened";
        if (const auto opened = hf::open<world>(path, options_with(standing_still)); !opened)
            text = opened.why().message();
        raw_database(path).run("UPDATE heroes SET purse = 0, facing = 0.0, seen = '1.2 x', can = x'', wields = 'fist'");
        return text;
    };
    CHECK(mentions_all(why("wields = 'spoon'"), "corrupt", "heroes[id=1].wields holds 'spoon'"));
    CHECK(mentions_all(why("wields = '40000'"), "corrupt", "wields")); // not in 16 bits
    CHECK(mentions_all(why("wields = ''"), "corrupt", "wields"));
    CHECK(mentions_all(why("wields = '7x'"), "corrupt", "wields"));
    CHECK(why("wields = '40'") == "opened"); // from a time when 40 had no name
    CHECK(mentions_all(why("purse = -1"), "corrupt", "heroes[id=1].purse holds -1"));
    CHECK(mentions_all(why("facing = 181.5"), "corrupt", "heroes[id=1].facing"));
    CHECK(mentions_all(why("seen = 'new'"), "corrupt", "heroes[id=1].seen holds 'new'"));
    CHECK(mentions_all(why("can = x'0102030405'"), "corrupt", "heroes[id=1].can"));
}

TEST_CASE("regression: a row refers to no other for its key being stored in the same memory") {
    struct wall {
        stone id{};
        stone below{};
        weapon code{};
        std::optional<weapon> next{};
    };
    struct quarry {
        hf::table<wall, hf::primary_key<&wall::id>, hf::references<&wall::below, &wall::id, "walls">,
                  hf::unique<&wall::code>, hf::by_name<&wall::code>, hf::by_name<&wall::next>,
                  hf::references<&wall::next, &wall::code, "walls">>
            walls;
    };
    quarry w;
    REQUIRE(hf::prepare(w));
    const auto made = [&](int id, int below, int code, std::optional<int> next) {
        return w.walls.insert({static_cast<stone>(id), static_cast<stone>(below), static_cast<weapon>(code),
                               next ? std::optional(static_cast<weapon>(*next)) : std::nullopt});
    };
    CHECK(made(1, 2, 100, {}).why().code == errc::reference);
    CHECK(made(1, 1, 100, 101).why().code == errc::reference); // neither has a name: both are digits in one place
    CHECK(made(1, 1, 100, 100));
    CHECK(made(2, 1, 101, 100));
    CHECK(w.walls.set<&wall::next>(static_cast<stone>(2), static_cast<weapon>(102)).why().code == errc::reference);
    CHECK(w.walls.set<&wall::next>(static_cast<stone>(2), static_cast<weapon>(101)));
}
