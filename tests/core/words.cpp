// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/core/words.hpp.
#include <holdfast/core/words.hpp>

#include "support/catch.hpp"

#include <cstdint>
#include <limits>

namespace {

using holdfast::word;
using holdfast::words;

TEST_CASE("words puts texts and numbers one after the other") {
    const std::string path = "a.db";
    CHECK(words({}).empty());
    CHECK(words({"tick ", 7, " of ", path, std::string_view("!?", 1)}) == "tick 7 of a.db!");
    CHECK(words({std::string_view("a\0b", 3)}) == std::string("a\0b", 3));
}

template <class Number> void is_as_to_string(Number number) { CHECK(words({number}) == std::to_string(number)); }

TEST_CASE("words writes every number as std::to_string does") {
    for (const int number : {0, 1, -1, 9, 10, -10, 2'147'483'647}) is_as_to_string(number);
    is_as_to_string(std::numeric_limits<std::int64_t>::min());
    is_as_to_string(std::numeric_limits<std::int64_t>::max());
    is_as_to_string(std::numeric_limits<std::uint64_t>::max());
    is_as_to_string(std::numeric_limits<int>::min());
    is_as_to_string(std::numeric_limits<std::int16_t>::min());
    is_as_to_string(std::uint16_t{65'535});
}

TEST_CASE("a word in quotes doubles the quotes inside") {
    CHECK(words({word("plain", '"'), " ", word("a\"b", '"'), " ", word("it's", '\''), word("", '\'')}) ==
          "\"plain\" \"a\"\"b\" 'it''s'''");
}

} // namespace
