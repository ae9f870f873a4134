// SPDX-License-Identifier: MIT
/// @file
/// Reads through handles and indexes, changes through tables, `transact` where several changes are one.
#include "game.hpp"

#include "content.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace mmo {
namespace {

hf::error refused(const char* why) { return {hf::errc::refused, why}; }

timestamp now() { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

/// Adds to a number inside a JSON text.
std::string with_added(const std::optional<std::string>& text, const char* name, int amount) {
    nlohmann::json json = nlohmann::json::parse(text.value_or("{}"));
    json[name] = std::max(0, json.value(name, 0) + amount);
    return json.dump();
}

} // namespace

game::game(hf::store<world>& db, std::uint64_t seed) : db_(db), roll_(seed) {
    walkers_.reserve(db_->characters.size());
    for (const player who : db_->characters) walkers_.push_back({who});
}

template <class Range> typename Range::iterator::value_type game::any_of(const Range& rows) {
    typename Range::iterator::value_type chosen;
    std::size_t seen = 0;
    for (const auto row : rows)
        if (roll_.below(++seen) == 0) chosen = row;
    return chosen;
}

std::size_t game::walk(double share_moving) {
    constexpr double turns_per_tick = 1.0 / 60; // everybody thinks again every three seconds
    constexpr double edge = 1'000;
    std::size_t moved = 0;
    for (walker& w : walkers_) {
        if (roll_.chance(turns_per_tick) || (w.step.x == 0 && w.step.z == 0)) {
            const double angle = roll_.fraction() * 2 * std::numbers::pi;
            w.step = {0.25 * std::cos(angle), 0, 0.25 * std::sin(angle)};
            w.moving = roll_.chance(share_moving);
        }
        if (!w.moving) continue;
        point to = w.who->position;
        if (std::abs(to.x + w.step.x) > edge) w.step.x = -w.step.x;
        if (std::abs(to.z + w.step.z) > edge) w.step.z = -w.step.z;
        to.x += w.step.x;
        to.z += w.step.z;
        db_->characters.set<&character::position>(w.who, to);
        ++moved;
    }
    return moved;
}

hf::result<void> game::log_in(player who) {
    const timestamp at = now();
    db_->characters.set<&character::last_login>(who, at);
    db_->characters.set<&character::updated_at>(who, at);
    return {};
}

hf::result<void> game::loot_coin(player who) {
    return db_->characters.add<&character::gold>(who, roll_.between(1, 50));
}

void game::give_experience(player who, std::int64_t amount) {
    db_->characters.update<&character::experience, &character::level>(
        who, [&](std::int64_t& experience, std::int32_t& level) {
            experience += amount;
            for (; experience >= 1'000 * std::int64_t{level}; ++level) experience -= 1'000 * std::int64_t{level};
        });
}

hf::result<void> game::gain_experience(player who) {
    give_experience(who, roll_.between(5, 120));
    return {};
}

std::optional<std::int32_t> game::free_slot(player who) const {
    for (std::int32_t slot = 0; slot < content::bag_slots; ++slot)
        if (db_->inventory.where<&inventory_item::character_id, &inventory_item::slot>(who->character_id, slot).empty())
            return slot;
    return std::nullopt;
}

hf::result<void> game::put_in_bag(player who, std::string item, std::int32_t quantity) {
    const auto slot = free_slot(who);
    if (!slot) return refused("the bag is full");
    auto made = db_->inventory.insert(
        {.character_id = who->character_id, .item_id = std::move(item), .slot = *slot, .quantity = quantity});
    if (!made) return made.why();
    return {};
}

hf::result<void> game::loot_item(player who) { return put_in_bag(who, content::any_item(roll_), roll_.between(1, 5)); }

hf::result<void> game::loot_rare_item(player who) {
    const timestamp at = now();
    auto made = db_->items.insert({.item_id = roll_.uuid(),
                                   .character_id = who->character_id,
                                   .item_type = content::any_item(roll_),
                                   .properties = content::any_properties(roll_),
                                   .created_at = at,
                                   .updated_at = at});
    if (!made) return made.why();
    return {};
}

/// Drags a stack to another slot: it moves, swaps, or is put on a stack of the same things.
hf::result<void> game::move_in_bag(player who) {
    const auto stack = any_of(db_->inventory.where<&inventory_item::character_id>(who->character_id));
    if (!stack) return refused("the bag is empty");
    const std::int32_t from = stack->slot;
    const std::int32_t to = roll_.between(0, content::bag_slots - 1);
    if (from == to) return {};
    const auto there =
        any_of(db_->inventory.where<&inventory_item::character_id, &inventory_item::slot>(who->character_id, to));
    if (there && there->item_id == stack->item_id && !there->properties && !stack->properties)
        return db_.transact([&](world& w) -> hf::result<void> {
            if (auto ok = w.inventory.add<&inventory_item::quantity>(there, stack->quantity); !ok) return ok;
            return w.inventory.erase(stack);
        });
    if (there) db_->inventory.set<&inventory_item::slot>(there, from);
    db_->inventory.set<&inventory_item::slot>(stack, to);
    return {};
}

hf::result<void> game::wear_down(player who) {
    const auto piece = any_of(db_->equipment.where<&equipment_piece::character_id>(who->character_id));
    if (!piece) return refused("nothing is worn");
    db_->equipment.set<&equipment_piece::properties>(piece, with_added(piece->properties, "durability", -1));
    return {};
}

hf::result<void> game::raise_skill(player who) {
    const auto trained = any_of(db_->skills.where<&skill::character_id>(who->character_id));
    if (!trained) return refused("no skill to train");
    db_->skills.update<&skill::experience, &skill::skill_level>(trained, [](std::int64_t& experience, auto& level) {
        experience += 10;
        if (experience < 100) return;
        experience -= 100;
        ++level;
    });
    return {};
}

hf::result<void> game::advance_quest(player who) {
    for (const auto going : db_->quests.where<&quest::character_id>(who->character_id)) {
        if (going->quest_status != quest_state::active) continue;
        db_->quests.set<&quest::progress>(going, with_added(going->progress, "steps", 1));
        return {};
    }
    return refused("no quest is active");
}

/// Takes on a quest that the player has not met before.
hf::result<void> game::accept_quest(player who) {
    const std::size_t first = roll_.below(content::quests);
    for (std::size_t i = 0; i < content::quests; ++i) {
        const auto accepted = db_->quests.insert({.character_id = who->character_id,
                                                  .quest_name = content::quest_name((first + i) % content::quests),
                                                  .progress = R"({"steps":0})"});
        if (accepted) return {};
        if (accepted.why().code != hf::errc::taken) return accepted.why();
    }
    return refused("every quest is done");
}

/// The reward, the next quest and the mark on this one: all of it or nothing.
hf::result<void> game::complete_quest(player who) {
    hf::row<quest> done;
    for (const auto going : db_->quests.where<&quest::character_id>(who->character_id))
        if (going->quest_status == quest_state::active) done = going;
    if (!done) return refused("no quest is active");
    return db_.transact([&](world& w) -> hf::result<void> {
        w.quests.set<&quest::quest_status>(done, quest_state::completed);
        give_experience(who, 500);
        if (auto ok = w.characters.add<&character::gold>(who, 250); !ok) return ok;
        if (auto ok = raise_skill(who); !ok) return ok;
        if (auto ok = put_in_bag(who, content::any_item(roll_), 1); !ok) return ok;
        return accept_quest(who);
    });
}

hf::result<void> game::buy(player who) {
    return db_.transact([&](world& w) -> hf::result<void> {
        if (auto ok = w.characters.add<&character::gold>(who, -roll_.between(5, 400)); !ok) return ok;
        return put_in_bag(who, content::any_item(roll_), 1);
    });
}

hf::result<void> game::sell(player who) {
    const auto stack = any_of(db_->inventory.where<&inventory_item::character_id>(who->character_id));
    if (!stack) return refused("nothing to sell");
    return db_.transact([&](world& w) -> hf::result<void> {
        if (auto ok = w.characters.add<&character::gold>(who, 4 * stack->quantity); !ok) return ok;
        return w.inventory.erase(stack);
    });
}

hf::result<void> game::visit_vendor(player who) { return roll_.chance(0.5) ? buy(who) : sell(who); }

/// A stack against gold, between two players. A crash at any moment leaves the one or the other, never both.
hf::result<void> game::trade(player who) {
    const player buyer = any_player();
    const auto stack = any_of(db_->inventory.where<&inventory_item::character_id>(who->character_id));
    const auto slot = free_slot(buyer);
    if (buyer == who || !stack || !slot) return refused("no trade");
    const std::int64_t price = roll_.between(10, 2'000);
    return db_.transact([&](world& w) -> hf::result<void> {
        if (auto ok = w.characters.add<&character::gold>(buyer, -price); !ok) return ok;
        if (auto ok = w.characters.add<&character::gold>(who, price); !ok) return ok;
        return w.inventory.update<&inventory_item::character_id, &inventory_item::slot>(
            stack, [&](std::int64_t& owner, std::int32_t& at) {
                owner = buyer->character_id;
                at = *slot;
            });
    });
}

hf::result<void> game::join_or_leave_guild(player who) {
    const auto membership = any_of(db_->guild_members.where<&guild_member::character_id>(who->character_id));
    if (membership && membership->rank == guild_rank::leader) return refused("a leader does not leave");
    if (membership) return db_->guild_members.erase(membership);
    const auto guilds = static_cast<std::int32_t>(db_->guilds.size());
    auto joined = db_->guild_members.insert(
        {.guild_id = roll_.between(1, guilds), .character_id = who->character_id, .joined_at = now()});
    if (!joined) return joined.why();
    return {};
}

} // namespace mmo
