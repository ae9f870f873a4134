// SPDX-License-Identifier: MIT
/// @file
/// Catch2, version 3 or 2, and the seed of this run: every test includes this instead of Catch2 itself.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include <cstdint>

namespace holdfast::test {

/// The seed of this run: random unless `--rng-seed` names one, printed when the program starts.
[[nodiscard]] inline std::uint32_t seed() {
#if __has_include(<catch2/catch_all.hpp>)
    return Catch::getSeed();
#else
    return Catch::rngSeed();
#endif
}

} // namespace holdfast::test
