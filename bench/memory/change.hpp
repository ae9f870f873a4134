// SPDX-License-Identifier: MIT
/// @file
/// What does it cost to change a row that is found by its key: one field, or several through a function?
#pragma once

#include "memory/turns.hpp"

namespace bench {

/// `change(key, number)` for each key of the round; no two rounds have a number in common.
template <class Side, class Change>
[[nodiscard]] turn time_changes_by_key(const measuring& at, Side& side, int round, Change&& change) {
    const turn_size is(at.on, 100'000, 100'000);
    const std::int64_t* keys = at.on.window(round, is.keys);
    const std::size_t first = static_cast<std::size_t>(round) * is.operations();
    return time_changes(side, is.operations(),
                        [&](std::size_t i) { return change(keys[i % is.keys], static_cast<std::int32_t>(first + i)); });
}

inline void measure_set(const measuring& at) {
    measure_changing(
        at, "set", nothing_to_prepare,
        [&](auto& side, int round) {
            return time_changes_by_key(at, side, round, [&](std::int64_t key, std::int32_t number) {
                return side.set_level(key, number + 1'000);
            });
        },
        [&](auto& ours) { ours.set_level(at.on.keys[0], -1); });
}

/// What a fight does to a hero.
inline constexpr auto fight = [](std::int32_t number) {
    return [number](std::int32_t& level, std::int32_t& hit_points, double& x) {
        ++level;
        hit_points = number;
        x += 0.5;
    };
};

inline void measure_update(const measuring& at) {
    const auto lie = [&](auto& ours) { ours.update(at.on.keys[0], fight(-1)); };
    measure_changing(
        at, "update, 3 fields", nothing_to_prepare,
        [&](auto& side, int round) {
            return time_changes_by_key(at, side, round, [&](std::int64_t key, std::int32_t number) {
                return side.update(key, fight(number));
            });
        },
        lie);
    measure_changing(
        at, "update, whole row", nothing_to_prepare,
        [&](auto& side, int round) {
            return time_changes_by_key(at, side, round, [&](std::int64_t key, std::int32_t number) {
                return side.update_row(key, fight(number));
            });
        },
        lie);
}

} // namespace bench
