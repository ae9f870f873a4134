// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/core/uuid.hpp.
#include <holdfast/core/uuid.hpp>

#include "support/catch.hpp"

#include <random>

using holdfast::uuid;

namespace {

constexpr std::string_view example = "123e4567-e89b-12d3-a456-426614174000";

} // namespace

TEST_CASE("a uuid is read from its text and printed as it was") {
    const auto id = uuid::parse(example);
    REQUIRE(id);
    CHECK(id->bytes[0] == std::byte{0x12});
    CHECK(id->bytes[4] == std::byte{0xe8});
    CHECK(id->bytes[15] == std::byte{0});
    CHECK(id->to_string() == example);
}

TEST_CASE("a uuid in capitals is read and printed in small letters") {
    const auto id = uuid::parse("123E4567-E89B-12D3-A456-42661417ABCF");
    REQUIRE(id);
    CHECK(id->to_string() == "123e4567-e89b-12d3-a456-42661417abcf");
}

TEST_CASE("random uuids survive printing") {
    std::mt19937_64 random(holdfast::test::seed());
    for (int i = 0; i < 1'000; ++i) {
        uuid id;
        for (std::byte& byte : id.bytes) byte = static_cast<std::byte>(random() & 0xff);
        const std::string text = id.to_string();
        REQUIRE(text.size() == 36);
        REQUIRE(uuid::parse(text) == id);
    }
}

TEST_CASE("every prefix of a uuid is refused and so is one character more") {
    for (std::size_t size = 0; size < example.size(); ++size) CHECK_FALSE(uuid::parse(example.substr(0, size)));
    CHECK_FALSE(uuid::parse(std::string(example) + "0"));
    CHECK_FALSE(uuid::parse("{" + std::string(example) + "}"));
}

TEST_CASE("a character that does not belong in a uuid is refused at every place") {
    for (std::size_t at = 0; at < example.size(); ++at)
        for (const char wrong : {'g', 'G', '/', ':', '@', '`', ' ', '\0', '\x80', example[at] == '-' ? '0' : '-'}) {
            std::string text(example);
            text[at] = wrong;
            CAPTURE(at, static_cast<int>(wrong));
            CHECK_FALSE(uuid::parse(text));
        }
}

TEST_CASE("the nil uuid is all zero") {
    CHECK(uuid{}.is_nil());
    CHECK(uuid{}.to_string() == "00000000-0000-0000-0000-000000000000");
    uuid one;
    one.bytes[15] = std::byte{1};
    CHECK_FALSE(one.is_nil());
}

TEST_CASE("uuids are ordered as their texts are") {
    std::mt19937_64 random(holdfast::test::seed());
    for (int i = 0; i < 1'000; ++i) {
        uuid a;
        uuid b;
        for (std::byte& byte : a.bytes) byte = static_cast<std::byte>(random() % 3);
        for (std::byte& byte : b.bytes) byte = static_cast<std::byte>(random() % 3);
        REQUIRE((a < b) == (a.to_string() < b.to_string()));
        REQUIRE((a == b) == (a.to_string() == b.to_string()));
    }
}
