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
