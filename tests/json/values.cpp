// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/json: what every type looks like as text, and that it comes back.
#include "json/everything.hpp"

#include <bit>
#include <cmath>

using namespace holdfast;
using namespace holdfast::test;

namespace {

template <class Integer> void check_integer() {
    using limit = std::numeric_limits<Integer>;
    for (const Integer value :
         {limit::min(), Integer(limit::min() + 1), Integer(0), Integer(1), Integer(limit::max() - 1), limit::max()}) {
        CHECK(json_of(value) == std::to_string(value));
        CHECK(there_and_back(value) == value);
    }
}

template <class Real> void check_bits(Real value) {
    const Real back = from_json<Real>(json_of(value));
    INFO(json_of(value));
    CHECK(std::memcmp(&back, &value, sizeof value) == 0);
}

template <class Real> void check_real() {
    using limit = std::numeric_limits<Real>;
    for (const Real value : {Real(0), limit::min(), limit::max(), limit::denorm_min(), limit::epsilon(),
                             limit::infinity(), Real(0.1), Real(1) / 3, Real(1e20), Real(1e22), Real(16777217),
                             Real(9007199254740993), Real(123456789012345680000.0), Real(3.0)}) {
        check_bits(value);
        check_bits(-value);
        if (std::isfinite(value)) check_bits(std::nextafter(value, Real(0)));
    }
    CHECK(std::isnan(from_json<Real>(json_of(limit::quiet_NaN()))));
}

} // namespace

TEST_CASE("every integer comes back in its whole range") {
    check_integer<std::int8_t>();
    check_integer<std::uint8_t>();
    check_integer<std::int16_t>();
    check_integer<std::uint16_t>();
    check_integer<std::int32_t>();
    check_integer<std::uint32_t>();
    check_integer<std::int64_t>();
    check_integer<std::uint64_t>();
    check_integer<long long>();
    CHECK(json_of('a') == "97");
    CHECK(json_of(char32_t{0x1F600}) == "128512");
    CHECK(there_and_back(char32_t{0x1F600}) == char32_t{0x1F600});
}

TEST_CASE("floats and doubles come back bit by bit") {
    check_real<float>();
    check_real<double>();
    CHECK(json_of(1.0) == "1.0");
    CHECK(json_of(-0.0) == "-0.0");
    CHECK(json_of(std::numeric_limits<double>::quiet_NaN()) == "\"NaN\"");
    CHECK(json_of(-std::numeric_limits<float>::infinity()) == "\"-Infinity\"");
}

TEST_CASE("the one float whose shortest text would be cut to another comes back bit by bit") {
    check_bits(std::bit_cast<float>(0x15ae43fdU));
    check_bits(std::bit_cast<float>(0x95ae43fdU));
    CHECK(json_of(std::bit_cast<float>(0x15ae43fcU)).size() < 15);
}

TEST_CASE("floats of every magnitude come back bit by bit") {
    std::uint32_t bits = seed();
    for (int i = 0; i < 200'000; ++i) {
        bits = bits * 1664525 + 1013904223;
        const auto value = std::bit_cast<float>(bits);
        if (std::isnan(value)) continue;
        const auto back = from_json<float>(json_of(value));
        if (std::bit_cast<std::uint32_t>(back) != bits) FAIL(json_of(value));
    }
}

TEST_CASE("text of any bytes comes back") {
    CHECK(json_of(std::string("a\"\\\n\r\t\b\x1f\x7f/")) == R"("a\"\\\n\r\t\u0008\u001f)"
                                                            "\x7f/\"");
    CHECK(json_of(std::string(1, '\0')) == R"("\u0000")");
    CHECK(json_of(std::string("\xFF\x00", 2)) == R"({"hex":"ff00"})");
    std::string all;
    for (int c = 0; c < 256; ++c) all.push_back(static_cast<char>(c));
    CHECK(there_and_back(all) == all);
    CHECK(there_and_back(all.substr(0, 128)) == all.substr(0, 128));
    for (const std::string text : {"", "\xC3\xA9", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xC0\x80", "\xE2\x82"})
        CHECK(there_and_back(text) == text);
    CHECK(json_of(std::string_view("view")) == "\"view\"");
}

TEST_CASE("text of ten million bytes comes back") {
    std::string text(10'000'000, 'x');
    for (std::size_t at = 0; at < text.size(); at += 999) text[at] = at % 2 == 0 ? '"' : '\n';
    CHECK(from_json<std::string>(json_of(text)) == text);
    text.back() = '\xFF';
    CHECK(from_json<std::string>(json_of(text)) == text);
}

TEST_CASE("bytes are hexadecimal digits and a uuid is its text") {
    CHECK(json_of(std::vector<unsigned char>{0, 171, 255}) == "\"00abff\"");
    CHECK(json_of(std::array<std::byte, 0>{}) == "\"\"");
    CHECK(from_json<std::vector<unsigned char>>("\"00AbFF\"") == std::vector<unsigned char>{0, 171, 255});
    std::vector<std::byte> long_one(1000, std::byte{0xA5});
    CHECK(there_and_back(long_one) == long_one);
    const auto id = *uuid::parse("123e4567-e89b-12d3-a456-426614174000");
    CHECK(json_of(id) == "\"123e4567-e89b-12d3-a456-426614174000\"");
    CHECK(there_and_back(id) == id);
}

TEST_CASE("a map is an object when every key is text, and else an array of pairs") {
    using names = std::map<std::string, int>;
    CHECK(json_of(names{{"a", 1}, {"b", 2}}) == R"({"a":1,"b":2})");
    CHECK(json_of(names{{"a", 1}, {"\xFF", 2}}) == R"([["a",1],[{"hex":"ff"},2]])");
    CHECK(there_and_back(names{{"a", 1}, {"\xFF", 2}}) == names{{"a", 1}, {"\xFF", 2}});
    CHECK(from_json<names>(R"([["a",1]])") == names{{"a", 1}});
    CHECK(json_of(std::map<int, int>{{1, 2}}) == "[[1,2]]");
    CHECK(json_of(std::multimap<std::string, int>{{"a", 1}, {"a", 2}}) == R"([["a",1],["a",2]])");
    CHECK(from_json<names>("{}").empty());
    CHECK(from_json<names>("[]").empty());
}

TEST_CASE("optionals, variants, pairs and tuples have their forms") {
    CHECK(json_of(std::optional<int>{}) == "null");
    CHECK(json_of(std::optional<int>{7}) == "7");
    using either = std::variant<std::monostate, int, std::string>;
    CHECK(json_of(either{}) == "[0,null]");
    CHECK(json_of(either{"x"}) == R"([2,"x"])");
    for (const either& value : {either{}, either{-1}, either{"x"}}) CHECK(there_and_back(value) == value);
    CHECK(json_of(std::pair{1, true}) == "[1,true]");
    CHECK(json_of(std::tuple<>{}) == "[]");
    CHECK(there_and_back(std::tuple<>{}) == std::tuple<>{});
    using twice = std::variant<int, int>;
    CHECK(there_and_back(twice(std::in_place_index<1>, 5)).index() == 1);
}

TEST_CASE("a struct is an object by the names of its fields") {
    CHECK(json_of(point{1, -2}) == R"({"x":1,"y":-2})");
    CHECK(json_of(node{1, {{2, {}}}}) == R"({"id":1,"children":[{"id":2,"children":[]}]})");
    struct empty {};
    CHECK(json_of(empty{}) == "{}");
    CHECK(as_json::read(*std::make_unique<empty>(), "{}"));
}

namespace {
enum class quality : std::uint8_t { common, rare };
struct amount {
    std::int32_t value = 0;
};
struct amount_later {
    std::int32_t value = 0;
    std::int32_t more = 0;
};
struct amounts {
    std::vector<amount> all{};
};
} // namespace

TEST_CASE("a struct of one plain field is that field until it has two, and an enum is its number") {
    CHECK(json_of(std::vector<amount>{{7}, {8}}) == "[7,8]");
    CHECK(json_of(amount_later{7, 8}) == R"({"value":7,"more":8})");
    std::vector<amount_later> later;
    CHECK(as_json::read(later, "[7,8]").why().code == errc::refused);
    CHECK(json_of(amounts{{{7}}}) == R"({"all":[7]})"); // a container is no plain field
    CHECK(json_of(quality::rare) == "1");
}

TEST_CASE("a struct with a field of every type comes back") {
    // Hashed sets may change their order on the way.
    CHECK(from_json<everything>(json_of(full())) == full());
    CHECK(there_and_back(everything{}) == everything{});
    const std::vector<everything> rows{full(), everything{}, full()};
    CHECK(from_json<std::vector<everything>>(json_of(rows)) == rows);
}

TEST_CASE("reading replaces containers and keeps the fields that the text lacks") {
    everything all = full();
    REQUIRE(as_json::read(all, R"({"numbers":[9],"counts":{},"maybe":null,"bits":[],"where":{"x":0}})"));
    CHECK(all.numbers == std::vector<int>{9});
    CHECK(all.counts.empty());
    CHECK(!all.maybe);
    CHECK(all.bits.empty());
    CHECK(all.where == point{0, 5});
    CHECK(all.tree == full().tree);
}
