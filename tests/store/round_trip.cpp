// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/store/: every value that a field can hold comes back from the file as it was.
#include <holdfast/holdfast.hpp>

#include "support/catch.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"

#include <chrono>
#include <cmath>
#include <limits>
#include <random>

using namespace holdfast::test;
using holdfast::open;
using namespace std::string_literals;

namespace {

const fake_clock standing_still;

enum class mood : std::uint8_t { calm = 0, angry = 255 };
struct position {
    double x = 0, y = 0;
};
struct tagged {
    std::int64_t value = 0;
};
using bytes = std::vector<std::byte>;
using limits = std::numeric_limits<double>;

struct everything {
    std::int64_t id = 0;
    bool yes = false;
    std::int8_t i8 = 0;
    std::int16_t i16 = 0;
    std::int32_t i32 = 0;
    std::int64_t i64 = 0;
    std::uint8_t u8 = 0;
    std::uint16_t u16 = 0;
    std::uint32_t u32 = 0;
    std::uint64_t u64 = 0;
    float real32 = 0;
    double real64 = 0;
    mood feels = mood::calm;
    std::string text{};
    bytes data{};
    std::array<std::byte, 4> fixed{};
    holdfast::uuid tag{};
    std::chrono::milliseconds took{0};
    std::chrono::system_clock::time_point when{};
    position pos{};
    tagged wrapped{};
    std::optional<std::string> maybe_text{};
    std::optional<std::int32_t> maybe_number{};
    std::optional<bytes> maybe_data{};
    std::optional<holdfast::uuid> maybe_tag{};
};
struct everything_world {
    holdfast::table<everything, holdfast::primary_key<&everything::id>> rows;
};

everything lowest() {
    return {.id = std::numeric_limits<std::int64_t>::min(),
            .i8 = -128,
            .i16 = -32'768,
            .i32 = std::numeric_limits<std::int32_t>::min(),
            .i64 = std::numeric_limits<std::int64_t>::min(),
            .real32 = -std::numeric_limits<float>::infinity(),
            .real64 = limits::lowest(),
            .text = "\0"s,
            .took = std::chrono::milliseconds::min(),
            .when = std::chrono::system_clock::time_point(std::chrono::hours(-24 * 365)),
            .pos = {-limits::infinity(), limits::denorm_min()},
            .wrapped = {-1},
            .maybe_text = "",
            .maybe_number = 0,
            .maybe_data = bytes{},
            .maybe_tag = holdfast::uuid{}};
}
everything highest() {
    everything row{.id = std::numeric_limits<std::int64_t>::max(),
                   .yes = true,
                   .i8 = 127,
                   .i16 = 32'767,
                   .i32 = std::numeric_limits<std::int32_t>::max(),
                   .i64 = std::numeric_limits<std::int64_t>::max(),
                   .u8 = 255,
                   .u16 = 65'535,
                   .u32 = std::numeric_limits<std::uint32_t>::max(),
                   .u64 = std::numeric_limits<std::uint64_t>::max(),
                   .real32 = std::numeric_limits<float>::max(),
                   .real64 = limits::max(),
                   .feels = mood::angry,
                   .text = "ab\0cd 'quoted' \xff\xfe not utf-8"s,
                   .data = bytes(1 << 20, std::byte{0x5a}),
                   .took = std::chrono::milliseconds::max(),
                   .when = std::chrono::system_clock::now(),
                   .pos = {limits::infinity(), 0.1},
                   .maybe_text = "x\0y"s,
                   .maybe_number = -5,
                   .maybe_data = bytes{std::byte{0}, std::byte{255}}};
    row.fixed.fill(std::byte{0xff});
    row.tag.bytes.fill(std::byte{0x80});
    row.maybe_tag = row.tag;
    return row;
}

} // namespace

TEST_CASE("every value of every type of field comes back as it was") {
    const temporary_folder folder;
    world_lines before;
    everything high = highest();
    {
        auto db = open<everything_world>(folder / "world.db", options_with(standing_still)).value();
        db->rows.insert({}).value();
        db->rows.insert(lowest()).value();
        db->rows.insert(high).value();
        everything changed = highest(); // inserted as it is by default, then changed in every field
        changed.id = 5;
        db->rows.insert({.id = 5}).value();
        db->rows.update(db->rows.find(5), [&](everything& row) { row = changed; }).value();
        db.commit();
        before = memory_lines(*db);
        close_and_compare(db, folder / "world.db");
    }
    auto db = open<everything_world>(folder / "world.db", options_with(standing_still)).value();
    CHECK(memory_lines(*db) == before);
    CHECK(db->rows.find(high.id)->text == high.text);
    CHECK(db->rows.find(high.id)->data == high.data);
    CHECK(db->rows.find(high.id)->u64 == high.u64);
    CHECK(db->rows.find(high.id)->when == high.when);
    CHECK(db->rows.find(high.id)->maybe_tag == high.maybe_tag);
    CHECK(db->rows.find(0)->maybe_text == std::nullopt);
    CHECK(db->rows.find(lowest().id)->maybe_text == "");
    CHECK(db->rows.find(lowest().id)->maybe_data == bytes{});
}

TEST_CASE("a NaN comes back as a NaN") {
    const temporary_folder folder;
    {
        auto db = open<everything_world>(folder / "world.db", options_with(standing_still)).value();
        db->rows.insert({.id = 1, .real32 = std::numeric_limits<float>::quiet_NaN(), .real64 = -limits::quiet_NaN()})
            .value();
        db->rows.insert({.id = 2}).value();
        db->rows.set<&everything::real64>(2, limits::signaling_NaN()).value();
        db.commit();
        close_and_compare(db, folder / "world.db");
    }
    auto db = open<everything_world>(folder / "world.db", options_with(standing_still)).value();
    CHECK(std::isnan(db->rows.find(1)->real32));
    CHECK(std::isnan(db->rows.find(1)->real64));
    CHECK(std::isnan(db->rows.find(2)->real64));
}

TEST_CASE("a zero keeps its sign") {
    // SQLite's own would not: a REAL column stores -0.0 as the integer 0.
    const temporary_folder folder;
    {
        auto db = open<everything_world>(folder / "world.db", options_with(standing_still)).value();
        db->rows.insert({.id = 1, .real64 = -0.0}).value();
        db.commit();
        REQUIRE(db.close(long_enough).complete());
    }
    auto db = open<everything_world>(folder / "world.db", options_with(standing_still)).value();
    CHECK(std::signbit(db->rows.find(1)->real64));
}

TEST_CASE("random texts and blobs come back as they were") {
    const std::uint32_t seed = holdfast::test::seed();
    CAPTURE(seed);
    std::mt19937 random(seed);
    const temporary_folder folder;
    const auto random_bytes = [&](std::size_t longest) {
        std::string made(random() % longest, '\0');
        for (char& one : made) one = static_cast<char>(random());
        return made;
    };
    world_lines before;
    {
        auto db = open<everything_world>(folder / "world.db", options_with(standing_still)).value();
        for (int i = 0; i < 300; ++i) {
            const std::string data = random_bytes(2'000);
            const auto* start = reinterpret_cast<const std::byte*>(data.data());
            db->rows.insert({.id = i, .text = random_bytes(2'000), .data = bytes(start, start + data.size())}).value();
            db.commit();
        }
        before = memory_lines(*db);
        close_and_compare(db, folder / "world.db");
    }
    auto db = open<everything_world>(folder / "world.db", options_with(standing_still)).value();
    CHECK(memory_lines(*db) == before);
}
