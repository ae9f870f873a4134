// SPDX-License-Identifier: MIT
/// @file
/// What does reading cost: a row by its key, by another unique field, by an index, in order, and all of them?
#pragma once

#include "memory/turns.hpp"

namespace bench {

inline void measure_find(const measuring& at) {
    const turn_size is(at.on, 200'000, 200'000);
    measure_reading(
        at, "find", "ns",
        [&](auto& side, int round) {
            const std::int64_t* keys = at.on.window(round, is.keys);
            return time_reads(is, [&](std::size_t i) { return side.hero_of(keys[i])->gold; });
        },
        [&](auto& ours) { ours.pay(at.on.keys[0], 1); });
}

inline void measure_find_by(const measuring& at) {
    const turn_size is(at.on, 200'000, 200'000);
    std::vector<std::string> names;
    for (const std::int64_t key : at.on.keys) names.push_back(hero_name(key));
    measure_reading(
        at, "find_by a text", "ns",
        [&](finds_names auto& side, int round) {
            const std::string* first = names.data() + (at.on.window(round, is.keys) - at.on.keys.data());
            return time_reads(is, [&](std::size_t i) { return side.named(first[i])->gold; });
        },
        [&](auto& ours) { ours.pay(at.on.keys[0], 1); });
}

inline void measure_where(const measuring& at) {
    const turn_size is(at.on, 20'000, 20'000);
    measure_reading(
        at, "where, 10 rows", "ns",
        [&](auto& side, int round) {
            const std::int64_t* keys = at.on.window(round, is.keys);
            return time_reads(is, [&](std::size_t i) {
                std::int64_t sum = 0;
                side.owned(at.on.owner(keys[i]), [&](const item& one) { sum += one.price; });
                return sum;
            });
        },
        [&](auto& ours) {
            std::int64_t first = 0;
            ours.owned(at.on.owner(at.on.keys[0]), [&](const item& one) { first = one.id; });
            ours.erase_item(first);
        });
}

inline void measure_range(const measuring& at) {
    constexpr std::int64_t length = 100;
    const turn_size is(at.on, 2'000, 2'000);
    const auto begin = [&](std::int64_t key) { return 1 + key % (at.on.count() - length + 1); };
    measure_reading(
        at, "range of 100 rows", "ns",
        [&](finds_names auto& side, int round) {
            const std::int64_t* keys = at.on.window(round, is.keys);
            return time_reads(is, [&](std::size_t i) {
                const std::int64_t from = begin(keys[i]);
                std::int64_t sum = 0;
                side.between(from, from + length, [&](const hero& one) { sum += one.gold; });
                return sum;
            });
        },
        [&](auto& ours) {
            const std::int64_t from = begin(at.on.keys[0]);
            std::int64_t first = 0;
            ours.between(from, from + 1, [&](const hero& one) { first = one.id; });
            ours.pay(first, 1);
        });
}

inline void measure_scan(const measuring& at) {
    const std::size_t passes = std::max<std::size_t>(200'000 / at.on.keys.size(), 1);
    measure_reading(
        at, "scan", "ns/row",
        [&](auto& side, int) {
            std::int64_t sum = 0;
            const double took = timed_on_processor([&] {
                for (std::size_t pass = 0; pass < passes; ++pass)
                    side.each_hero([&](const hero& one) { sum += one.gold; });
            });
            return turn{took / static_cast<double>(passes * at.on.keys.size()), sum};
        },
        [&](auto& ours) { ours.pay(at.on.keys[0], 1); });
}

} // namespace bench
