// SPDX-License-Identifier: MIT
/// @file
/// What happens in a tick: a function of the seed, the tick's number and the world before it, and of nothing else. So a
/// server that was killed goes on where it was, and the oracle does the same without a store.
#pragma once

#include "model.hpp"

#include <optional>
#include <vector>

namespace torture {

/// One thing that players do. Who and what are ids.
struct action {
    enum class kind : unsigned char {
        begin,      ///< The bank, a guild with all the gold there is.
        join,       ///< A new player, with some of the bank's gold.
        found,      ///< A new guild.
        enter,      ///< A player enters a guild, or leaves his (`to` is 0).
        rename,     ///< A player takes a name that is free.
        level_up,   ///< And walks on.
        pay,        ///< Gold from one player to another.
        trade,      ///< An item against gold.
        loot,       ///< New items, `count` of them.
        drop,       ///< An item is gone.
        send,       ///< A mail with gold, perhaps with an item.
        read,       ///< A mail is emptied and thrown away.
        leave,      ///< The bank gets a player's gold; the player goes, with items, mails, and what was in them.
        disband,    ///< A guild's gold to the bank; its members have none then.
        donate,     ///< Gold from a player to the guild.
        raid,       ///< Every member of a guild has a level more.
        cheat,      ///< A trade that the buyer cannot pay: taken back.
        steal_name, ///< A new player with a name that is taken: refused.
        novel,      ///< Everybody has a long text.
        stampede,   ///< Everybody walks, `count` times.
        import,     ///< New items by bulk_load: a tick of its own.
    };
    kind what = kind::level_up;
    std::int64_t from = 0;
    std::int64_t to = 0;
    std::int64_t thing = 0; ///< An item, or a mail.
    std::int64_t gold = 0;
    std::int64_t count = 0;
    std::string text{};
};

/// How the ticks of a store are.
struct workload {
    std::uint64_t seed = 0;
    std::int64_t largest = 0; ///< Changes in a tick of 100,000, or of how many; 0: none is so large.
    bool imports = true;      ///< Some ticks are a bulk_load, which puts everything into SQLite.
};

/// The actions of one tick, one by one, each drawn from the world after the one before.
class tick_plan {
public:
    tick_plan(const workload& from, std::uint64_t tick);

    [[nodiscard]] std::optional<action> next(const model& now);

private:
    [[nodiscard]] action draw(const model& now);

    workload from_;
    std::uint64_t tick_;
    dice dice_;
    std::int64_t left_;
    std::int32_t done_ = 0;
};

/// The ids that a tick gave out, in order.
class given_ids {
public:
    explicit given_ids(const std::vector<std::int64_t>& ids) noexcept : ids_(ids) {}
    /// The next one, which is of a row of this table.
    template <class Row> [[nodiscard]] std::int64_t next() { return take(table_name<Row>); }
    /// The table of each id that was used.
    [[nodiscard]] const std::vector<std::string_view>& tables() const noexcept { return tables_; }
    [[nodiscard]] bool all_used() const noexcept { return tables_.size() == ids_.size(); }

private:
    [[nodiscard]] std::int64_t take(std::string_view table);

    const std::vector<std::int64_t>& ids_;
    std::vector<std::string_view> tables_;
};

/// Does to the model what a store must do.
void apply(model& to, const action& one, given_ids& ids);

/// A whole tick. The table of each of its ids.
std::vector<std::string_view> apply_tick(model& to, const workload& from, std::uint64_t tick,
                                         const std::vector<std::int64_t>& ids);

/// The text that everybody has after a `novel`.
[[nodiscard]] std::string novel(std::int64_t reader, const action& one);

} // namespace torture
