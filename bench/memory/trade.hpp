// SPDX-License-Identifier: MIT
/// @file
/// What does a transaction cost, and one that is taken back: gold goes from one hero to another, and an item the other
/// way?
#pragma once

#include "memory/turns.hpp"

#include <limits>

namespace bench {

/// The answer is how many trades had this outcome: nearly all, as few have the owner as their buyer.
/// @param salt  Another number: other buyers.
inline void measure_trades(const measuring& at, const std::string& name, outcome wanted, std::int64_t salt) {
    const turn_size is(at.on, 20'000, 20'000);
    const std::int32_t least_level =
        wanted == outcome::made ? std::numeric_limits<std::int32_t>::min() : std::numeric_limits<std::int32_t>::max();
    std::vector<trade> trades(is.operations());
    measure_changing(
        at, name,
        [&](int round) {
            const std::int64_t* keys = at.on.window(round, is.keys);
            for (std::size_t i = 0; i < trades.size(); ++i) {
                const auto number = static_cast<std::int64_t>(static_cast<std::size_t>(round) * trades.size() + i);
                trades[i] = {keys[i % is.keys], at.on.owner(static_cast<std::int64_t>(mixed(number, salt) >> 1)),
                             1 + number % 9, least_level};
            }
        },
        [&](auto& side, int) {
            const turn got =
                time_changes(side, trades.size(), [&](std::size_t i) { return side.make(trades[i]) == wanted; });
            require(got.answer > static_cast<std::int64_t>(trades.size() - trades.size() / 50),
                    name + " of each trade");
            return got;
        },
        [&](by_store& ours) {
            ours.make({1, at.on.owner(ours.item_of(1)->owner), 1, 0});
        });
}

inline void measure_transact(const measuring& at) { measure_trades(at, "transact", outcome::made, 0); }

inline void measure_undo(const measuring& at) {
    const std::uint64_t before = at.on.require_same_rows("what came before undo");
    measure_trades(at, "undo", outcome::taken_back, 1'234'567);
    require(at.on.require_same_rows("undo") == before, "undo leaves every row as it was");
}

} // namespace bench
