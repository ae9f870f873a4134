// SPDX-License-Identifier: MIT
/// @file
/// The tables of an online game: characters, what they own and learn, and their guilds. They are those of an
/// MMO server, whose SQL stands below as its author wrote it.
#pragma once

#include <holdfast/world.hpp>

namespace holdfast::test {

struct place {
    double x = 0, y = 0, z = 0;
};

struct character {
    std::int64_t character_id = 0;
    std::int64_t account_id = 0;
    std::string character_name{};
    std::int32_t level = 1;
    std::int64_t experience = 0;
    std::int32_t str = 10; // "int" is a word of C++: that column is left to its default
    std::int32_t dex = 10;
    std::int64_t gold = 0;
    place position{};
    std::string map_id{};
    std::optional<std::int64_t> last_login{};
};

struct inventory_item {
    std::int64_t inventory_id = 0;
    std::int64_t character_id = 0;
    std::string item_id{};
    std::int32_t slot = 0;
    std::int32_t quantity = 1;
    std::optional<std::string> properties{};
};

struct skill {
    std::int64_t skill_id = 0;
    std::int64_t character_id = 0;
    std::string skill_name{};
    std::int32_t skill_level = 0;
};

struct guild {
    std::int64_t guild_id = 0;
    std::string guild_name{};
    std::int64_t leader_id = 0;
};

struct guild_member {
    std::int64_t member_id = 0;
    std::int64_t guild_id = 0;
    std::int64_t character_id = 0;
    std::string rank{"member"};
};

struct game_world {
    table<character, primary_key<&character::character_id>, auto_id<&character::character_id>,
          unique<&character::character_name>, index<&character::account_id>, index<&character::map_id>,
          at_least<&character::gold, 0>, capacity<10'000>>
        characters;
    table<inventory_item, primary_key<&inventory_item::inventory_id>, auto_id<&inventory_item::inventory_id>,
          references<&inventory_item::character_id, &character::character_id, "characters", on_delete::cascade>,
          index<&inventory_item::character_id, &inventory_item::slot>>
        inventory;
    table<skill, primary_key<&skill::skill_id>, auto_id<&skill::skill_id>,
          unique<&skill::character_id, &skill::skill_name>,
          references<&skill::character_id, &character::character_id, "characters", on_delete::cascade>>
        skills;
    table<guild, primary_key<&guild::guild_id>, auto_id<&guild::guild_id>, unique<&guild::guild_name>,
          references<&guild::leader_id, &character::character_id, "characters">>
        guilds;
    table<guild_member, primary_key<&guild_member::member_id>, auto_id<&guild_member::member_id>,
          unique<&guild_member::guild_id, &guild_member::character_id>,
          references<&guild_member::guild_id, &guild::guild_id, "guilds", on_delete::cascade>,
          references<&guild_member::character_id, &character::character_id, "characters", on_delete::cascade>>
        guild_members;
};

inline constexpr const char* game_sql = R"sql(
CREATE TABLE characters (
    character_id INTEGER PRIMARY KEY,
    account_id INTEGER NOT NULL,
    character_name TEXT UNIQUE NOT NULL,
    level INTEGER NOT NULL DEFAULT 1,
    experience INTEGER NOT NULL DEFAULT 0,
    str INTEGER NOT NULL DEFAULT 10,
    dex INTEGER NOT NULL DEFAULT 10,
    int INTEGER NOT NULL DEFAULT 10,
    con INTEGER NOT NULL DEFAULT 10,
    lck INTEGER NOT NULL DEFAULT 10,
    cha INTEGER NOT NULL DEFAULT 10,
    gold INTEGER NOT NULL DEFAULT 0,
    position_x REAL NOT NULL,
    position_y REAL NOT NULL,
    position_z REAL NOT NULL,
    map_id TEXT NOT NULL,
    last_login TIMESTAMP,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX idx_characters_account ON characters(account_id);
CREATE INDEX idx_characters_name ON characters(character_name);
CREATE INDEX idx_characters_map ON characters(map_id);
CREATE TABLE inventory (
    inventory_id INTEGER PRIMARY KEY,
    character_id INTEGER NOT NULL,
    item_id TEXT NOT NULL,
    slot INTEGER NOT NULL,
    quantity INTEGER NOT NULL DEFAULT 1,
    properties TEXT, -- JSON serialized properties
    FOREIGN KEY (character_id) REFERENCES characters(character_id) ON DELETE CASCADE
);
CREATE INDEX idx_inventory_character ON inventory(character_id);
CREATE INDEX idx_inventory_slot ON inventory(character_id, slot);
CREATE TABLE skills (
    skill_id INTEGER PRIMARY KEY,
    character_id INTEGER NOT NULL,
    skill_name TEXT NOT NULL,
    skill_level INTEGER NOT NULL DEFAULT 0,
    experience INTEGER NOT NULL DEFAULT 0,
    FOREIGN KEY (character_id) REFERENCES characters(character_id) ON DELETE CASCADE,
    UNIQUE(character_id, skill_name)
);
CREATE INDEX idx_skills_character ON skills(character_id);
CREATE TABLE guilds (
    guild_id INTEGER PRIMARY KEY,
    guild_name TEXT UNIQUE NOT NULL,
    leader_id INTEGER NOT NULL,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    FOREIGN KEY (leader_id) REFERENCES characters(character_id)
);
CREATE INDEX idx_guilds_leader ON guilds(leader_id);
CREATE TABLE guild_members (
    member_id INTEGER PRIMARY KEY,
    guild_id INTEGER NOT NULL,
    character_id INTEGER NOT NULL,
    rank TEXT NOT NULL DEFAULT 'member',
    joined_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
    FOREIGN KEY (guild_id) REFERENCES guilds(guild_id) ON DELETE CASCADE,
    FOREIGN KEY (character_id) REFERENCES characters(character_id) ON DELETE CASCADE,
    UNIQUE(guild_id, character_id)
);
CREATE INDEX idx_guild_members_guild ON guild_members(guild_id);
CREATE INDEX idx_guild_members_character ON guild_members(character_id);
)sql";

} // namespace holdfast::test
