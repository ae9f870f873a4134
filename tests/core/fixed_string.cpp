// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/core/fixed_string.hpp.
#include <holdfast/core/fixed_string.hpp>

#include "support/catch.hpp"

#include <type_traits>

namespace {

template <holdfast::fixed_string Name> struct named {
    static constexpr std::string_view name() { return Name.view(); }
};

} // namespace

TEST_CASE("text given as a template argument is seen without its terminator") {
    CHECK(named<"characters">::name() == "characters");
    CHECK(named<"">::name().empty());
    CHECK(named<"a\0b">::name() == std::string_view("a\0b", 3));
}

TEST_CASE("templates are the same type exactly when their texts are equal") {
    CHECK(std::is_same_v<named<"guild">, named<"guild">>);
    CHECK_FALSE(std::is_same_v<named<"guild">, named<"guilD">>);
    CHECK_FALSE(std::is_same_v<named<"guild">, named<"guild ">>);
}
