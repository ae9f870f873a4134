// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/core/crc32c.hpp.
#include <holdfast/core/crc32c.hpp>

#include "support/catch.hpp"

#include <random>
#include <string_view>
#include <vector>

using holdfast::bytes_view;
using holdfast::crc32c;

namespace {

std::vector<std::byte> random_bytes(std::size_t size) {
    std::mt19937_64 random(holdfast::test::seed());
    std::vector<std::byte> made(size);
    for (std::byte& byte : made) byte = static_cast<std::byte>(random() & 0xff);
    return made;
}

bytes_view view_of(std::string_view text) { return std::as_bytes(std::span(text)); }

} // namespace

TEST_CASE("the checksums of RFC 3720 come out") {
    CHECK(crc32c(std::vector<std::byte>(32, std::byte{0})) == 0x8a9136aau);
    CHECK(crc32c(std::vector<std::byte>(32, std::byte{0xff})) == 0x62a8ab43u);
    std::vector<std::byte> counting(32);
    for (std::size_t i = 0; i < counting.size(); ++i) counting[i] = static_cast<std::byte>(i);
    CHECK(crc32c(counting) == 0x46dd794eu);
    for (std::size_t i = 0; i < counting.size(); ++i) counting[i] = static_cast<std::byte>(31 - i);
    CHECK(crc32c(counting) == 0x113fdb5cu);
    CHECK(crc32c(view_of("123456789")) == 0xe3069283u);
}

TEST_CASE("the checksum of nothing is the seed") {
    CHECK(crc32c({}) == 0u);
    CHECK(crc32c({}, 0x12345678u) == 0x12345678u);
}

TEST_CASE("a checksum continued from a seed is the checksum of the whole") {
    const auto input = random_bytes(200);
    const bytes_view all(input);
    const std::uint32_t whole = crc32c(all);
    for (std::size_t cut = 0; cut <= input.size(); ++cut)
        REQUIRE(crc32c(all.subspan(cut), crc32c(all.first(cut))) == whole);
}

TEST_CASE("every flipped bit changes the checksum") {
    auto input = random_bytes(100);
    const std::uint32_t whole = crc32c(input);
    for (std::size_t bit = 0; bit < input.size() * 8; ++bit) {
        const auto mask = static_cast<std::byte>(1u << (bit % 8));
        input[bit / 8] ^= mask;
        REQUIRE(crc32c(input) != whole);
        input[bit / 8] ^= mask;
    }
}

TEST_CASE("the table gives the known checksum") {
    CHECK(~holdfast::detail::crc32c_by_table(~0u, view_of("123456789")) == 0xe3069283u);
}

#if defined(__x86_64__)
TEST_CASE("hardware and table give the same checksum at every length and alignment") {
    if (__builtin_cpu_supports("sse4.2") == 0) {
        WARN("this processor has no SSE 4.2: only the table is tested");
        return;
    }
    const auto input = random_bytes(128);
    for (std::size_t start = 0; start < 9; ++start)
        for (std::size_t size = 0; start + size <= input.size(); ++size) {
            const bytes_view part(input.data() + start, size);
            for (const std::uint32_t state : {0u, ~0u, 0x12345678u})
                REQUIRE(holdfast::detail::crc32c_in_hardware(state, part) ==
                        holdfast::detail::crc32c_by_table(state, part));
        }
}
#endif
