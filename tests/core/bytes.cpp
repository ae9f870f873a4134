// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/core/bytes.hpp.
#include <holdfast/core/bytes.hpp>

#include "support/catch.hpp"

#include <array>
#include <limits>
#include <random>
#include <vector>

namespace bytes = holdfast::bytes;
using holdfast::bytes_view;

namespace {

std::vector<std::byte> varint(std::uint64_t value) {
    std::vector<std::byte> stored(bytes::max_varint_bytes);
    stored.resize(static_cast<std::size_t>(bytes::put_varint(stored.data(), value) - stored.data()));
    return stored;
}

std::vector<std::byte> bytes_of(std::initializer_list<int> values) {
    std::vector<std::byte> made;
    for (const int value : values) made.push_back(static_cast<std::byte>(value));
    return made;
}

/// Checks one value: it comes back, nothing is left over, and no prefix of its bytes reads as a varint.
void check_varint(std::uint64_t value, std::size_t size) {
    CAPTURE(value);
    const auto stored = varint(value);
    CHECK(stored.size() == size);
    bytes::reader from(stored);
    CHECK(from.take_varint() == value);
    CHECK(from.left() == 0);
    for (std::size_t cut = 0; cut < stored.size(); ++cut) {
        const std::vector<std::byte> prefix(stored.begin(), stored.begin() + static_cast<std::ptrdiff_t>(cut));
        CHECK_FALSE(bytes::reader(prefix).take_varint());
    }
}

template <class Number> void check_number(Number value) {
    std::array<std::byte, sizeof(Number) + 2> room{};
    std::byte* unaligned = room.data() + 1;
    CHECK(bytes::put(unaligned, value) == unaligned + sizeof(Number));
    CHECK(bytes::get<Number>(unaligned) == value);
    CHECK(room.front() == std::byte{0});
    CHECK(room.back() == std::byte{0});
    for (std::size_t cut = 0; cut < sizeof(Number); ++cut)
        CHECK_FALSE(bytes::reader(bytes_view(unaligned, cut)).take<Number>());
    bytes::reader from(bytes_view(unaligned, sizeof(Number)));
    CHECK(from.take<Number>() == value);
    CHECK(from.left() == 0);
}

} // namespace

TEST_CASE("numbers survive storing at any address and every prefix of them is refused") {
    const auto extremes = []<class Number>(Number) {
        check_number(std::numeric_limits<Number>::min());
        check_number(std::numeric_limits<Number>::lowest());
        check_number(std::numeric_limits<Number>::max());
        check_number(Number{0});
    };
    extremes(std::uint8_t{});
    extremes(std::int16_t{});
    extremes(std::uint32_t{});
    extremes(std::int64_t{});
    extremes(std::uint64_t{});
    extremes(float{});
    extremes(double{});
}

TEST_CASE("stored numbers are little endian") {
    std::array<std::byte, 4> room{};
    bytes::put(room.data(), std::uint32_t{0x01020304});
    const auto expected = bytes_of({4, 3, 2, 1});
    CHECK(std::equal(room.begin(), room.end(), expected.begin()));
}

TEST_CASE("varints survive storing at the edges of every length") {
    check_varint(0, 1);
    for (std::size_t size = 1; size < bytes::max_varint_bytes; ++size) {
        const std::uint64_t limit = std::uint64_t{1} << (7 * size);
        check_varint(limit - 1, size);
        check_varint(limit, size + 1);
        check_varint(limit + 1, size + 1);
    }
    check_varint(std::numeric_limits<std::uint64_t>::max() - 1, 10);
    check_varint(std::numeric_limits<std::uint64_t>::max(), 10);
}

TEST_CASE("varints store the low seven bits first") {
    CHECK(varint(300) == bytes_of({0xac, 0x02}));
    CHECK(varint(std::numeric_limits<std::uint64_t>::max()) ==
          bytes_of({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}));
}

TEST_CASE("random varints of every magnitude survive storing") {
    std::mt19937_64 random(holdfast::test::seed());
    for (int i = 0; i < 2'000; ++i) {
        const std::uint64_t value = random() >> (random() % 64);
        const auto stored = varint(value);
        bytes::reader from(stored);
        REQUIRE(from.take_varint() == value);
        REQUIRE(from.left() == 0);
    }
}

TEST_CASE("a varint that says more than 64 bits is refused") {
    auto most = varint(std::numeric_limits<std::uint64_t>::max());
    most.back() = std::byte{2};
    CHECK_FALSE(bytes::reader(most).take_varint());
    most.back() = std::byte{0x7f};
    CHECK_FALSE(bytes::reader(most).take_varint());
}

TEST_CASE("a varint of more than ten bytes is refused") {
    for (std::size_t length = 11; length < 20; ++length) {
        std::vector<std::byte> endless(length, std::byte{0x80});
        CHECK_FALSE(bytes::reader(endless).take_varint());
        endless.back() = std::byte{0};
        CHECK_FALSE(bytes::reader(endless).take_varint());
        endless.back() = std::byte{1};
        CHECK_FALSE(bytes::reader(endless).take_varint());
    }
}

TEST_CASE("a reader gives bytes only as far as there are any") {
    const auto input = bytes_of({1, 2, 3, 4, 5});
    bytes::reader from(input);
    CHECK(from.left() == 5);
    const auto two = from.take_bytes(2);
    REQUIRE(two);
    CHECK(two->data() == input.data());
    CHECK(two->size() == 2);
    CHECK_FALSE(from.take_bytes(4));
    CHECK_FALSE(from.take_bytes(std::numeric_limits<std::uint64_t>::max()));
    CHECK_FALSE(from.take<std::uint32_t>());
    CHECK(from.left() == 3);
    CHECK(from.at() == input.data() + 2);
    REQUIRE(from.take_bytes(3));
    REQUIRE(from.take_bytes(0));
    CHECK_FALSE(from.take_bytes(1));
}

TEST_CASE("a reader of nothing gives nothing") {
    bytes::reader from{bytes_view()};
    CHECK(from.left() == 0);
    CHECK_FALSE(from.take<std::uint8_t>());
    CHECK_FALSE(from.take_varint());
    CHECK_FALSE(from.take_bytes(1));
    CHECK(from.take_bytes(0));
}

TEST_CASE("a reader goes on behind what it gave") {
    std::vector<std::byte> stored(64);
    std::byte* at = bytes::put(stored.data(), std::uint16_t{513});
    at = bytes::put_varint(at, 300);
    at = bytes::put(at, 1.5);
    bytes::reader from(bytes_view(stored.data(), static_cast<std::size_t>(at - stored.data())));
    CHECK(from.take<std::uint16_t>() == std::uint16_t{513});
    CHECK(from.take_varint() == 300u);
    CHECK(from.take<double>() == 1.5);
    CHECK(from.left() == 0);
}
