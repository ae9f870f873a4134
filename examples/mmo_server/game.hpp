// SPDX-License-Identifier: MIT
/// @file
/// What players do. Each function is one operation of a game, written as a server would write it.
#pragma once

#include "dice.hpp"
#include "world.hpp"

#include <holdfast/holdfast.hpp>

#include <optional>
#include <string>
#include <vector>

namespace mmo {

using player = hf::row<character>;

/// The rules of the game, over a world that keeps itself. An operation that the rules or the tables refuse
/// says why, and has changed nothing.
class game {
public:
    /// Everybody in the world is online.
    game(hf::store<world>& db, std::uint64_t seed);

    [[nodiscard]] std::size_t players() const noexcept { return walkers_.size(); }
    [[nodiscard]] player any_player() { return walkers_[roll_.below(walkers_.size())].who; }

    /// One tick of movement, of so many of the players. Returns how many moved.
    std::size_t walk(double share_moving);

    hf::result<void> log_in(player who);
    hf::result<void> loot_coin(player who);
    hf::result<void> gain_experience(player who);
    hf::result<void> loot_item(player who);
    hf::result<void> loot_rare_item(player who);
    hf::result<void> move_in_bag(player who);
    hf::result<void> wear_down(player who);
    hf::result<void> raise_skill(player who);
    hf::result<void> advance_quest(player who);
    hf::result<void> complete_quest(player who);
    hf::result<void> visit_vendor(player who);
    hf::result<void> trade(player who);
    hf::result<void> join_or_leave_guild(player who);

private:
    struct walker {
        player who{};
        point step{};
        bool moving = false;
    };

    /// One of the rows that belong to the player; empty when there is none.
    template <class Range> [[nodiscard]] typename Range::iterator::value_type any_of(const Range& rows);
    [[nodiscard]] std::optional<std::int32_t> free_slot(player who) const;
    void give_experience(player who, std::int64_t amount);
    hf::result<void> put_in_bag(player who, std::string item, std::int32_t quantity);
    hf::result<void> accept_quest(player who);
    hf::result<void> buy(player who);
    hf::result<void> sell(player who);

    hf::store<world>& db_;
    dice roll_;
    std::vector<walker> walkers_{};
};

} // namespace mmo
