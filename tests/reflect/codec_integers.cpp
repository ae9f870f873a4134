// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/reflect/codec.hpp: integers, bool and enums.
#include <holdfast/reflect/codec.hpp>

#include "reflect/stored_form.hpp"
#include "support/catch.hpp"

#include <limits>

using holdfast::cell;
using holdfast::cell_kind;
using holdfast::codec;
using holdfast::test::survives;
using holdfast::test::takes;

namespace {

cell integer(std::int64_t value) { return cell::of_integer(cell_kind::i64, value); }

template <class Integer> void check_round_trip(cell_kind width) {
    using limits = std::numeric_limits<Integer>;
    for (const Integer value :
         {limits::min(), limits::max(), Integer{0}, Integer{1}, static_cast<Integer>(limits::max() / 2)}) {
        CAPTURE(static_cast<std::int64_t>(value));
        CHECK(survives(value, Integer{1}));
        CHECK(codec<Integer>::get(value).kind == width);
    }
}

/// One beyond each end is refused, each end is taken, however wide the cell is.
template <class Integer> void check_limits() {
    constexpr auto least = static_cast<std::int64_t>(std::numeric_limits<Integer>::min());
    constexpr auto most = static_cast<std::int64_t>(std::numeric_limits<Integer>::max());
    CAPTURE(sizeof(Integer), least, most);
    CHECK(takes<Integer>(integer(least)));
    CHECK(takes<Integer>(integer(most)));
    CHECK_FALSE(takes<Integer>(integer(least - 1)));
    CHECK_FALSE(takes<Integer>(integer(most + 1)));
    CHECK_FALSE(takes<Integer>(integer(std::numeric_limits<std::int64_t>::min())));
    CHECK_FALSE(takes<Integer>(integer(std::numeric_limits<std::int64_t>::max())));
    CHECK_FALSE(takes<Integer>(integer(std::int64_t{1} << 32))); // whose low half is 0
}

} // namespace

TEST_CASE("every integer type survives storing at its limits in the narrowest cell that holds it") {
    check_round_trip<bool>(cell_kind::i8);
    check_round_trip<std::int8_t>(cell_kind::i8);
    check_round_trip<std::uint8_t>(cell_kind::i16);
    check_round_trip<std::int16_t>(cell_kind::i16);
    check_round_trip<std::uint16_t>(cell_kind::i32);
    check_round_trip<std::int32_t>(cell_kind::i32);
    check_round_trip<std::uint32_t>(cell_kind::i64);
    check_round_trip<std::int64_t>(cell_kind::i64);
    check_round_trip<std::uint64_t>(cell_kind::i64);
    check_round_trip<char>(std::is_signed_v<char> ? cell_kind::i8 : cell_kind::i16);
    check_round_trip<char16_t>(cell_kind::i32);
    check_round_trip<long long>(cell_kind::i64);
}

TEST_CASE("an integer that does not fit its field is refused") {
    check_limits<bool>();
    check_limits<std::int8_t>();
    check_limits<std::uint8_t>();
    check_limits<std::int16_t>();
    check_limits<std::uint16_t>();
    check_limits<std::int32_t>();
    check_limits<std::uint32_t>();
}

TEST_CASE("an unsigned 64 bit field is stored as two's complement and takes every integer") {
    constexpr auto most = std::numeric_limits<std::uint64_t>::max();
    CHECK(codec<std::uint64_t>::get(most).integer == -1);
    std::uint64_t field = 0;
    CHECK(codec<std::uint64_t>::set(field, integer(-1)));
    CHECK(field == most);
    CHECK(codec<std::uint64_t>::set(field, integer(std::numeric_limits<std::int64_t>::min())));
    CHECK(field == std::uint64_t{1} << 63);
}

TEST_CASE("an integer is taken from a cell of any width") {
    for (const cell_kind width : {cell_kind::i8, cell_kind::i16, cell_kind::i32, cell_kind::i64}) {
        std::int8_t small = 0;
        std::int64_t big = 0;
        CHECK(codec<std::int8_t>::set(small, cell::of_integer(width, -5)));
        CHECK(codec<std::int64_t>::set(big, cell::of_integer(width, -5)));
        CHECK(small == -5);
        CHECK(big == -5);
    }
}

TEST_CASE("an integer field refuses what is not an integer") {
    const auto refuses_all = []<class Integer>(Integer) {
        CHECK_FALSE(takes<Integer>(cell{}));
        CHECK_FALSE(takes<Integer>(cell::of_real(cell_kind::f64, 1.0)));
        CHECK_FALSE(takes<Integer>(cell::of_bytes(cell_kind::text, "1", 1)));
        CHECK_FALSE(takes<Integer>(cell::of_bytes(cell_kind::blob, "1", 1)));
    };
    refuses_all(bool{});
    refuses_all(std::int32_t{});
    refuses_all(std::uint64_t{});
}

TEST_CASE("bool is stored as 0 and 1 and takes nothing else") {
    CHECK(codec<bool>::get(true).integer == 1);
    CHECK(codec<bool>::get(false).integer == 0);
    CHECK_FALSE(takes<bool>(integer(2)));
    CHECK_FALSE(takes<bool>(integer(-1)));
    CHECK_FALSE(takes<bool>(integer(256)));
}

TEST_CASE("enums are stored as their numbers and refuse what their type cannot hold") {
    enum class small : std::uint8_t { none, last = 255 };
    enum class negative : std::int16_t { least = -32768, most = 32767 };
    enum class big : std::uint64_t { last = ~std::uint64_t{0} };
    enum old_style : int { zero, five = 5 };
    CHECK(survives(small::last));
    CHECK(survives(negative::least));
    CHECK(survives(negative::most));
    CHECK(survives(big::last));
    CHECK(survives(five));
    CHECK(codec<small>::get(small::last).integer == 255);
    CHECK_FALSE(takes<small>(integer(256)));
    CHECK_FALSE(takes<small>(integer(-1)));
    CHECK_FALSE(takes<negative>(integer(32768)));
    CHECK_FALSE(takes<small>(cell{}));
}

TEST_CASE("an enum value without a name survives storing") {
    enum class small : std::uint8_t { none };
    CHECK(survives(static_cast<small>(77)));
}

TEST_CASE("integers are columns of whole numbers that are never null") {
    CHECK(codec<std::int32_t>::stored_as == holdfast::storage::integer);
    CHECK_FALSE(codec<std::int32_t>::nullable);
    CHECK(codec<bool>::stored_as == holdfast::storage::integer);
    CHECK_FALSE(codec<bool>::nullable);
}
