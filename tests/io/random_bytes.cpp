// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/io/random_bytes.hpp.
#include <holdfast/io/random_bytes.hpp>

#include "support/catch.hpp"

#include <array>
#include <cstdint>
#include <set>

using holdfast::random_number;

TEST_CASE("random numbers of 64 bits do not repeat") {
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 1'000; ++i) REQUIRE(seen.insert(random_number<std::uint64_t>()).second);
}

TEST_CASE("every byte of a random value is drawn, also of a large one") {
    // 600 bytes are more than the system gives in one piece at all times; 40 draws leave no byte unchanged by chance.
    using large = std::array<unsigned char, 600>;
    large changed{};
    for (int i = 0; i < 40; ++i) {
        const large next = random_number<large>();
        for (std::size_t b = 0; b < next.size(); ++b) changed[b] = static_cast<unsigned char>(changed[b] | next[b]);
    }
    for (std::size_t b = 0; b < changed.size(); ++b) {
        CAPTURE(b);
        REQUIRE(changed[b] == 0xff);
    }
}

TEST_CASE("a random uuid says that it is of version 4, and the rest of it is drawn") {
    holdfast::uuid zeros, ones;
    ones.bytes.fill(std::byte{0xff});
    for (int i = 0; i < 64; ++i) {
        const holdfast::uuid id = holdfast::random_uuid();
        const std::string text = id.to_string();
        CHECK((text[14] == '4' && std::string("89ab").find(text[19]) != std::string::npos));
        for (std::size_t b = 0; b < id.bytes.size(); ++b) zeros.bytes[b] |= id.bytes[b], ones.bytes[b] &= id.bytes[b];
    }
    CHECK(zeros.to_string() == "ffffffff-ffff-4fff-bfff-ffffffffffff");
    CHECK(ones.to_string() == "00000000-0000-4000-8000-000000000000");
}
