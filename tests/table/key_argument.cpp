// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/table/key_argument.hpp: what may stand for a key in a search.
#include <holdfast/table.hpp>

#include "support/catch.hpp"

#include <chrono>
#include <limits>

namespace hf = holdfast;
using hf::detail::key_argument;
using hf::detail::key_fits;

namespace {

enum class colour : std::uint8_t { red };

struct mob {
    std::int32_t id = 0;
    std::uint64_t serial = 0;
    std::optional<std::int32_t> slot{};
    std::optional<std::uint8_t> seat{};
};
struct fixture {
    hf::table<mob, hf::primary_key<&mob::id>, hf::unique<&mob::serial>, hf::index<&mob::slot>, hf::unique<&mob::seat>>
        mobs{};

    fixture() { mobs.insert({1, 1, 1, std::uint8_t{1}}).value(); }
};

constexpr std::int64_t one_beyond = (std::int64_t{1} << 32) + 1; // its low half is 1

} // namespace

// Integers go with integers of any width, text with whatever is text, anything else with its own type.
static_assert(key_argument<std::int64_t, int> && key_argument<std::int32_t, std::int64_t>);
static_assert(key_argument<std::string, char[5]> && key_argument<std::string, std::string_view>);
static_assert(key_argument<std::string, const char*>);
static_assert(key_argument<colour, colour> && key_argument<bool, bool> && key_argument<hf::uuid, hf::uuid>);
static_assert(key_argument<std::optional<std::int64_t>, int> && key_argument<std::optional<std::string>, char[5]>);
static_assert(key_argument<std::optional<std::int64_t>, std::nullopt_t>);
static_assert(key_argument<std::chrono::milliseconds, std::chrono::seconds>);
static_assert(!key_argument<std::int64_t, double> && !key_argument<std::int64_t, bool> && !key_argument<bool, int>);
static_assert(!key_argument<colour, int> && !key_argument<std::int64_t, colour> && !key_argument<std::string, int>);
static_assert(!key_argument<hf::uuid, std::string> && !key_argument<std::chrono::seconds, std::chrono::milliseconds>);
static_assert(!key_argument<std::int64_t, hf::row<mob>> && !key_argument<std::int64_t, const mob*>);
static_assert(!key_argument<std::optional<std::int64_t>, double> && !key_argument<std::optional<std::int64_t>, bool>);

TEST_CASE("a number that the field cannot hold is the key of no row") {
    fixture f;
    CHECK(f.mobs.contains(1));
    CHECK(f.mobs.contains(std::uint8_t{1}));
    CHECK(f.mobs.contains(std::uint64_t{1}));
    CHECK_FALSE(f.mobs.contains(one_beyond));
    CHECK_FALSE(f.mobs.contains(std::uint64_t{1} << 32 | 1));
    CHECK_FALSE(f.mobs.contains(std::numeric_limits<std::int64_t>::max()));
    CHECK(f.mobs.erase(one_beyond).why().code == hf::errc::not_found);
    CHECK(f.mobs.set<&mob::slot>(one_beyond, 5).why().code == hf::errc::not_found);
    CHECK(f.mobs.find_by<&mob::serial>(1));
    CHECK_FALSE(f.mobs.find_by<&mob::serial>(-1));
}

TEST_CASE("negative numbers are not taken for large ones nor the other way round") {
    fixture f;
    REQUIRE(f.mobs.insert({-1, std::numeric_limits<std::uint64_t>::max(), {}, {}}));
    CHECK_FALSE(f.mobs.find_by<&mob::serial>(-1));
    CHECK_FALSE(f.mobs.find_by<&mob::serial>(std::int64_t{-1}));
    CHECK(f.mobs.find_by<&mob::serial>(std::numeric_limits<std::uint64_t>::max()));
    CHECK(f.mobs.contains(-1));
    CHECK(f.mobs.contains(std::int64_t{-1}));
    CHECK_FALSE(f.mobs.contains(std::numeric_limits<std::uint32_t>::max()));
    CHECK_FALSE(f.mobs.contains(std::numeric_limits<std::uint64_t>::max()));
}

TEST_CASE("a number that an optional field cannot hold is the key of no row") {
    fixture f;
    CHECK_FALSE(f.mobs.where<&mob::slot>(1).empty());
    CHECK(f.mobs.where<&mob::slot>(one_beyond).empty());
    CHECK(f.mobs.find_by<&mob::seat>(1));
    CHECK_FALSE(f.mobs.find_by<&mob::seat>(257));
    CHECK_FALSE(f.mobs.find_by<&mob::seat>(-255));
}

TEST_CASE("every pair of integer types compares by value") {
    const auto fits = []<class Field, class Part>(Field, Part) {
        using field = std::numeric_limits<Field>;
        using part = std::numeric_limits<Part>;
        for (const Part value :
             {part::min(), part::max(), Part{0}, Part{1}, static_cast<Part>(-1), static_cast<Part>(128)}) {
            const bool expected =
                std::cmp_greater_equal(value, field::min()) && std::cmp_less_equal(value, field::max());
            if (key_fits<Field>(value) != expected) FAIL(sizeof(Field) << " " << sizeof(Part) << " " << value + 0);
        }
    };
    const auto with_all = [&](auto field) {
        fits(field, std::int8_t{});
        fits(field, std::uint8_t{});
        fits(field, std::int16_t{});
        fits(field, std::uint16_t{});
        fits(field, std::int32_t{});
        fits(field, std::uint32_t{});
        fits(field, std::int64_t{});
        fits(field, std::uint64_t{});
    };
    with_all(std::int8_t{});
    with_all(std::uint8_t{});
    with_all(std::int16_t{});
    with_all(std::uint16_t{});
    with_all(std::int32_t{});
    with_all(std::uint32_t{});
    with_all(std::int64_t{});
    with_all(std::uint64_t{});
    SUCCEED();
}
