// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/reflect/codec.hpp: float and double.
#include <holdfast/reflect/codec.hpp>

#include "reflect/stored_form.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <limits>
#include <random>

using holdfast::cell;
using holdfast::cell_kind;
using holdfast::codec;
using holdfast::test::store_and_load;
using holdfast::test::takes;

namespace {

cell integer(std::int64_t value) { return cell::of_integer(cell_kind::i64, value); }
cell real(double value) { return cell::of_real(cell_kind::f64, value); }

/// Whether the value has the same bits after its way through its stored bytes.
template <class Float> bool bits_survive(Float value) {
    Float field{7};
    return store_and_load(value, field) && std::memcmp(&field, &value, sizeof(Float)) == 0;
}

template <class Float> void check_edges() {
    using limits = std::numeric_limits<Float>;
    for (const Float value :
         {Float{0}, -Float{0}, Float{1.5}, limits::min(), limits::max(), limits::lowest(), limits::epsilon(),
          limits::denorm_min(), -limits::denorm_min(), limits::infinity(), -limits::infinity()}) {
        CAPTURE(value);
        CHECK(bits_survive(value));
    }
}

} // namespace

TEST_CASE("floats and doubles survive storing bit by bit at every edge") {
    check_edges<float>();
    check_edges<double>();
}

TEST_CASE("random bit patterns survive storing unless they are NaN") {
    std::mt19937_64 random(holdfast::test::seed());
    for (int i = 0; i < 5'000; ++i) {
        const std::uint64_t bits = random();
        const auto wide = std::bit_cast<double>(bits);
        const auto narrow = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
        REQUIRE((std::isnan(wide) || bits_survive(wide)));
        REQUIRE((std::isnan(narrow) || bits_survive(narrow)));
    }
}

TEST_CASE("NaN is stored as null and null is read as NaN") {
    const auto check = []<class Float>(Float) {
        const Float nan = std::numeric_limits<Float>::quiet_NaN();
        CHECK(codec<Float>::get(nan).kind == cell_kind::null);
        CHECK(codec<Float>::get(-nan).kind == cell_kind::null);
        Float back{7};
        REQUIRE(store_and_load(nan, back));
        CHECK(std::isnan(back));
        CHECK(codec<Float>::nullable);
    };
    check(float{});
    check(double{});
}

TEST_CASE("a float takes four bytes and a double eight") {
    CHECK(codec<float>::get(1.5f).kind == cell_kind::f32);
    CHECK(codec<double>::get(1.5).kind == cell_kind::f64);
}

TEST_CASE("a float refuses a double that it cannot hold exactly") {
    CHECK(takes<float>(real(0.5)));
    CHECK(takes<float>(real(static_cast<double>(std::numeric_limits<float>::max()))));
    CHECK(takes<float>(real(std::numeric_limits<double>::infinity())));
    CHECK(takes<float>(real(-0.0)));
    CHECK_FALSE(takes<float>(real(0.1)));
    CHECK_FALSE(takes<float>(real(1e300)));
    CHECK_FALSE(takes<float>(real(-1e300)));
    CHECK_FALSE(takes<float>(real(std::numeric_limits<double>::denorm_min())));
    CHECK_FALSE(takes<float>(real(16'777'217.0)));
}

TEST_CASE("a double takes what a float stored") {
    double field = 0;
    CHECK(codec<double>::set(field, codec<float>::get(0.1f)));
    CHECK(field == static_cast<double>(0.1f));
}

TEST_CASE("a whole number is taken by a real field when it is exact there") {
    double wide = 0;
    CHECK(codec<double>::set(wide, integer(-3)));
    CHECK(wide == -3.0);
    CHECK(takes<double>(integer((std::int64_t{1} << 53) - 1)));
    CHECK_FALSE(takes<double>(integer((std::int64_t{1} << 53) + 1)));
    CHECK_FALSE(takes<double>(integer(std::numeric_limits<std::int64_t>::max())));
    CHECK_FALSE(takes<double>(integer(std::numeric_limits<std::int64_t>::min())));
    CHECK(takes<float>(integer(16'777'216)));
    CHECK_FALSE(takes<float>(integer(16'777'217)));
    CHECK_FALSE(takes<float>(integer(std::numeric_limits<std::int64_t>::max())));
}

TEST_CASE("a real field refuses text and blobs") {
    CHECK_FALSE(takes<double>(cell::of_bytes(cell_kind::text, "1.5", 3)));
    CHECK_FALSE(takes<float>(cell::of_bytes(cell_kind::blob, "1.5", 3)));
}
