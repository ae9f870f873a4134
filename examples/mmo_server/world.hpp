// SPDX-License-Identifier: MIT
/// @file
/// The state of the example server: eight plain structs, and the tables that hold them. This is its whole schema.
#pragma once

#include <holdfast/world.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace mmo {

namespace hf = holdfast;

using timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

struct point {
    double x = 0;
    double y = 0;
    double z = 0;
};

struct character {
    std::int64_t character_id = 0;
    std::int64_t account_id = 0;
    std::string character_name{};
    std::int32_t level = 1;
    std::int64_t experience = 0;
    std::int32_t str = 10;
    std::int32_t dex = 10;
    std::int32_t intel = 10; // `int` would be the short name
    std::int32_t con = 10;
    std::int32_t lck = 10;
    std::int32_t cha = 10;
    std::int64_t gold = 0;
    point position{}; // columns position_x, position_y, position_z
    std::string map_id{};
    std::optional<timestamp> last_login{};
    timestamp created_at{};
    timestamp updated_at{};
};

/// A stack of things in a bag.
struct inventory_item {
    std::int64_t inventory_id = 0;
    std::int64_t character_id = 0;
    std::string item_id{};
    std::int32_t slot = 0;
    std::int32_t quantity = 1;
    std::optional<std::string> properties{}; // JSON
};

enum class equipment_slot : std::uint8_t { head, chest, legs, feet, hands, main_hand, off_hand, ring };

struct equipment_piece {
    std::int64_t equipment_id = 0;
    std::int64_t character_id = 0;
    equipment_slot slot_type = equipment_slot::head;
    std::string item_id{};
    std::optional<std::string> properties{}; // JSON
};

struct skill {
    std::int64_t skill_id = 0;
    std::int64_t character_id = 0;
    std::string skill_name{};
    std::int32_t skill_level = 0;
    std::int64_t experience = 0;
};

enum class quest_state : std::uint8_t { active, completed, failed };

struct quest {
    std::int64_t quest_id = 0;
    std::int64_t character_id = 0;
    std::string quest_name{};
    quest_state quest_status = quest_state::active;
    std::optional<std::string> progress{}; // JSON
};

/// A thing that exists once, and is never lost.
struct unique_item {
    hf::uuid item_id{};
    std::int64_t character_id = 0;
    std::string item_type{};
    std::string properties{}; // JSON
    timestamp created_at{};
    timestamp updated_at{};
};

struct guild {
    std::int64_t guild_id = 0;
    std::string guild_name{};
    std::int64_t leader_id = 0;
    timestamp created_at{};
};

enum class guild_rank : std::uint8_t { member, officer, leader };

struct guild_member {
    std::int64_t member_id = 0;
    std::int64_t guild_id = 0;
    std::int64_t character_id = 0;
    guild_rank rank = guild_rank::member;
    timestamp joined_at{};
};

inline constexpr std::size_t most_players = 10'000;

/// Names a character that is there, and goes when the character goes.
template <auto Field>
using owned_by_character = hf::references<Field, &character::character_id, "characters", hf::on_delete::cascade>;

struct world {
    hf::table<character, hf::primary_key<&character::character_id>, hf::auto_id<&character::character_id>,
              hf::unique<&character::character_name>, hf::index<&character::account_id>, hf::index<&character::map_id>,
              hf::at_least<&character::gold, 0>, hf::saved_every<&character::position>, hf::capacity<most_players>>
        characters;

    hf::table<inventory_item, hf::primary_key<&inventory_item::inventory_id>,
              hf::auto_id<&inventory_item::inventory_id>, owned_by_character<&inventory_item::character_id>,
              hf::index<&inventory_item::character_id, &inventory_item::slot>>
        inventory;

    hf::table<equipment_piece, hf::primary_key<&equipment_piece::equipment_id>,
              hf::auto_id<&equipment_piece::equipment_id>, owned_by_character<&equipment_piece::character_id>>
        equipment;

    hf::table<skill, hf::primary_key<&skill::skill_id>, hf::auto_id<&skill::skill_id>,
              owned_by_character<&skill::character_id>, hf::unique<&skill::character_id, &skill::skill_name>>
        skills;

    hf::table<quest, hf::primary_key<&quest::quest_id>, hf::auto_id<&quest::quest_id>,
              owned_by_character<&quest::character_id>, hf::unique<&quest::character_id, &quest::quest_name>>
        quests;

    hf::table<unique_item, hf::primary_key<&unique_item::item_id>, owned_by_character<&unique_item::character_id>>
        items;

    // A guild's leader cannot be erased: a reference without `cascade` says no.
    hf::table<guild, hf::primary_key<&guild::guild_id>, hf::auto_id<&guild::guild_id>, hf::unique<&guild::guild_name>,
              hf::references<&guild::leader_id, &character::character_id, "characters">>
        guilds;

    hf::table<guild_member, hf::primary_key<&guild_member::member_id>, hf::auto_id<&guild_member::member_id>,
              hf::references<&guild_member::guild_id, &guild::guild_id, "guilds", hf::on_delete::cascade>,
              owned_by_character<&guild_member::character_id>,
              hf::unique<&guild_member::guild_id, &guild_member::character_id>>
        guild_members;
};

} // namespace mmo
