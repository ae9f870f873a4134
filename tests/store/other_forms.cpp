// SPDX-License-Identifier: MIT
/// @file
/// Tests of `health_report::other_forms`: values that the file has in another form are counted, and come back.
#include <holdfast/holdfast.hpp>

#include "support/catch.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"

#include <chrono>
#include <cmath>
#include <limits>

namespace hf = holdfast;
using namespace hf::test;

namespace {

const fake_clock standing_still;

enum class flags : std::uint64_t { none = 0, all = ~std::uint64_t{0} };
struct mask {
    std::uint64_t bits = 0;
};
struct thing {
    std::int64_t id = 0;
    std::string name{};
    double price = 0;
    float weight = 0;
    std::uint64_t number = 0;
    flags has{};
    mask seen{};
    std::optional<std::uint64_t> maybe{};
    std::chrono::duration<std::uint64_t> age{};
    std::int64_t debt = 0;
    std::optional<std::int64_t> owner{};
};
struct world {
    hf::table<thing, hf::primary_key<&thing::id>> things{};
};
struct spell {
    std::string name{};
    std::int32_t power = 0;
};
struct spell_world {
    hf::table<spell, hf::primary_key<&spell::name>> spells{};
};

template <class World> std::uint64_t counted(hf::store<World>& db) {
    const std::uint64_t before = db.health().other_forms;
    db.commit();
    REQUIRE(db.save_all(std::chrono::seconds(60)));
    return db.health().other_forms - before;
}

} // namespace

TEST_CASE("values that the file has in another form are counted as they are written") {
    const temporary_folder folder;
    auto db = hf::open<world>(folder / "world.db", options_with(standing_still)).value();
    const auto one = db->things.insert({.id = -1, .name = "a", .debt = -5}).value();
    CHECK(counted(db) == 0); // a negative number is one, and an empty optional is NULL
    constexpr std::uint64_t large = std::uint64_t{1} << 63;

    SECTION("in a row that is inserted") {
        const float nan = std::numeric_limits<float>::quiet_NaN();
        REQUIRE(db->things.insert({.id = 2,
                                   .name = "\xff",
                                   .price = -0.0,
                                   .weight = nan,
                                   .number = large,
                                   .has = flags::all,
                                   .seen = {large},
                                   .maybe = large,
                                   .age = std::chrono::duration<std::uint64_t>(large)}));
        CHECK(counted(db) == 8);
        const auto closed = db.close(std::chrono::seconds(60));
        REQUIRE(closed.complete());
        db = hf::open<world>(folder / "world.db", options_with(standing_still)).value();
        const auto back = db->things.find(2);
        CHECK((back->name == "\xff" && std::signbit(back->price) && std::isnan(back->weight)));
        CHECK((back->number == large && back->has == flags::all && back->seen.bits == large && back->maybe == large));
    }
    SECTION("in fields that change, each time that one is written") {
        db->things.set<&thing::price>(one, std::numeric_limits<double>::quiet_NaN());
        db->things.set<&thing::number>(one, large - 1);
        CHECK(counted(db) == 1);
        db->things.set<&thing::number>(one, large);
        db->things.set<&thing::debt>(one, -6);
        CHECK(counted(db) == 1);
        db->things.set<&thing::number>(one, 1);
        CHECK(counted(db) == 0);
    }
    SECTION("in a bulk load") {
        REQUIRE(db.bulk_load([&](world& all) -> hf::result<void> {
            for (std::int64_t id = 10; id < 20; ++id)
                if (auto ok = all.things.insert({.id = id, .number = large}); !ok) return ok.why();
            return {};
        }));
        CHECK(db.health().other_forms == 10);
    }
}

TEST_CASE("a key that the file has in another form is counted with its row and not with each change of that") {
    const temporary_folder folder;
    auto db = hf::open<spell_world>(folder / "world.db", options_with(standing_still)).value();
    const auto fire = db->spells.insert({.name = "\xff"}).value();
    CHECK(counted(db) == 1);
    db->spells.set<&spell::power>(fire, 3);
    CHECK(counted(db) == 0);
    REQUIRE(db->spells.erase(fire));
    CHECK(counted(db) == 0);
}
