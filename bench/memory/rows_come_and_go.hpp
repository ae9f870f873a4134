// SPDX-License-Identifier: MIT
/// @file
/// What does it cost that rows come and go, in a table that keeps its size?
///
/// In one round rows by lot are erased on each side, in the next one they come again as they were, when the other sides'
/// turns have made the caches forget them. Items have one index, heroes two: a unique text and an order.
#pragma once

#include "memory/turns.hpp"

namespace bench {

enum class come_or_go : unsigned char { go, come };

/// @param of     `of(side, key)` finds a row.
/// @param erase  `erase(side, key)`; whether it was done.
template <class Row, class Of, class Erase, class Lie>
void measure_come_and_go(const measuring& at, const std::string& name, come_or_go is, Of&& of, Erase&& erase,
                         Lie&& lie) {
    const std::size_t count = std::min<std::size_t>(at.on.keys.size() / 5, 10'000);
    std::vector<Row> rows(count);
    const auto keys = [&](int round) { return at.on.window(round / 2, count); };
    const figures got = take_turns(
        at, name, 2 * (at.rounds + 1),
        [&](int round) {
            for (std::size_t i = 0; i < count && round % 2 == 0; ++i) rows[i] = *of(at.on.dense, keys(round)[i]);
        },
        [&](keeps<Row> auto& side, int round) {
            const std::int64_t* gone = keys(round);
            if (round % 2 == 0) return time_changes(side, count, [&](std::size_t i) { return erase(side, gone[i]); });
            return time_changes(side, count, [&](std::size_t i) { return side.add(rows[i]); });
        });
    if (at.lies) lie(at.on.ours);
    at.on.require_same_rows(name);
    report_turns(at, name, "ns", got, is == come_or_go::go ? 0 : 1, 2);
}

template <class Lie> void measure_items(const measuring& at, const std::string& name, come_or_go is, Lie&& lie) {
    measure_come_and_go<item>(
        at, name + ", 1 index", is, [](auto& side, std::int64_t id) { return side.item_of(id); },
        [](auto& side, std::int64_t id) { return side.erase_item(id); }, lie);
}
template <class Lie> void measure_heroes(const measuring& at, const std::string& name, come_or_go is, Lie&& lie) {
    measure_come_and_go<hero>(
        at, name + ", 2 indexes", is, [](auto& side, std::int64_t id) { return side.hero_of(id); },
        [](auto& side, std::int64_t id) { return side.erase_hero(id); }, lie);
}

inline void measure_insert(const measuring& at) {
    const auto lie = [&](by_store& ours) { ours.add(make_item(at.on.count() + 1, 1)); };
    measure_items(at, "insert", come_or_go::come, lie);
    measure_heroes(at, "insert", come_or_go::come, lie);
}
inline void measure_erase(const measuring& at) {
    const auto lie = [](by_store& ours) { ours.erase_item(1); };
    measure_items(at, "erase", come_or_go::go, lie);
    measure_heroes(at, "erase", come_or_go::go, lie);
}

} // namespace bench
