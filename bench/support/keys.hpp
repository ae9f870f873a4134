// SPDX-License-Identifier: MIT
/// @file
/// Keys in random order, always the same, and the window of them that a round takes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <random>
#include <vector>

namespace bench {

/// Keys 1 to `count` in random order, always the same.
[[nodiscard]] inline std::vector<std::int64_t> shuffled_keys(std::int64_t count) {
    std::vector<std::int64_t> keys(static_cast<std::size_t>(count));
    std::iota(keys.begin(), keys.end(), 1);
    std::shuffle(keys.begin(), keys.end(), std::mt19937_64(42));
    return keys;
}

/// The first of the `count` keys of one round: each round others, each as random.
[[nodiscard]] inline const std::int64_t* window_of(const std::vector<std::int64_t>& keys, int round,
                                                   std::size_t count) {
    const std::size_t windows = std::max<std::size_t>(keys.size() / count, 1);
    return keys.data() + (static_cast<std::size_t>(round) % windows) * count;
}

} // namespace bench
