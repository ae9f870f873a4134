// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/core/write_cursor.hpp.
#include <holdfast/core/write_cursor.hpp>

#include "support/catch.hpp"

#include <array>
#include <vector>

using holdfast::write_cursor;

namespace {

/// Gives the cursor a second room and remembers what it was asked for.
struct source {
    std::array<std::byte, 16> first{};
    std::array<std::byte, 64> second{};
    std::vector<std::size_t> asked{};

    write_cursor cursor() {
        write_cursor made;
        made.at = first.data();
        made.end = first.data() + first.size();
        made.owner = this;
        made.refill = [](write_cursor& cursor, std::size_t bytes) {
            auto& self = *static_cast<source*>(cursor.owner);
            self.asked.push_back(bytes);
            cursor.at = self.second.data();
            cursor.end = self.second.data() + self.second.size();
        };
        return made;
    }
};

} // namespace

TEST_CASE("a cursor with room enough asks nobody") {
    source from;
    write_cursor cursor = from.cursor();
    cursor.reserve(16);
    cursor.reserve(0);
    CHECK(from.asked.empty());
    CHECK(cursor.at == from.first.data());
}

TEST_CASE("a cursor with one byte too few asks for all that is wanted") {
    source from;
    write_cursor cursor = from.cursor();
    cursor.at += 10;
    cursor.reserve(7);
    REQUIRE(from.asked == std::vector<std::size_t>{7});
    CHECK(cursor.at == from.second.data());
    cursor.reserve(7);
    CHECK(from.asked.size() == 1);
}

TEST_CASE("an empty cursor asks at the first byte") {
    source from;
    write_cursor cursor = from.cursor();
    cursor.at = cursor.end = nullptr;
    cursor.reserve(1);
    CHECK(from.asked == std::vector<std::size_t>{1});
}
