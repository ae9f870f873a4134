// SPDX-License-Identifier: MIT
/// @file
/// What a game keeps in its data files: the names of maps, things, skills and quests.
#pragma once

#include "dice.hpp"

#include <array>
#include <string>
#include <string_view>

namespace mmo::content {

inline constexpr std::size_t maps = 100;
inline constexpr std::size_t quests = 240;
inline constexpr std::int32_t bag_slots = 80;

inline constexpr std::array<std::string_view, 20> skills{"swords",    "archery",     "axes",    "staves",     "shields",
                                                         "stealth",   "lockpicking", "mining",  "smithing",   "fishing",
                                                         "cooking",   "alchemy",     "healing", "taming",     "riding",
                                                         "tailoring", "carpentry",   "farming", "navigation", "lore"};

/// Reads as a name; the same number gives the same one, and no two numbers below 27,000 share one.
inline std::string character_name(std::size_t number) {
    static constexpr std::array<std::string_view, 30> syllables{
        "ka",  "lo",  "rin", "dar", "mel", "tu", "sha", "vor", "ne",  "bri", "gal", "os", "wen", "ith", "qua",
        "zor", "fel", "mi",  "ral", "dun", "ey", "har", "jo",  "lis", "pra", "tor", "ul", "van", "xan", "ysa"};
    const std::size_t spread = number * 7'919 % 27'000; // 7,919 is prime: neighbours get unlike names
    std::string name(syllables[spread / 900]);
    name += syllables[spread / 30 % 30];
    name += '\'';
    name += syllables[spread % 30];
    name[0] = static_cast<char>(name[0] - 'a' + 'A');
    return name;
}

inline std::string map_name(std::size_t number) {
    static constexpr std::array<std::string_view, 10> places{"harbor", "forest", "moor",   "mines", "keep",
                                                             "desert", "swamp",  "plains", "ruins", "isles"};
    return std::string(places[number % 10]) + "_" + std::to_string(number / 10 + 1);
}

inline std::string item_name(std::size_t number) {
    static constexpr std::array<std::string_view, 12> materials{"iron", "oak",  "silver", "bone", "leather", "wool",
                                                                "jade", "gold", "bronze", "silk", "crystal", "steel"};
    static constexpr std::array<std::string_view, 15> things{"sword", "bow",   "potion", "arrow",  "helmet",
                                                             "ring",  "ore",   "plate",  "cloak",  "shield",
                                                             "rope",  "tonic", "gloves", "amulet", "boots"};
    return std::string(materials[number % 12]) + "_" + std::string(things[number / 12 % 15]);
}

inline std::string any_item(dice& roll) { return item_name(roll.below(12 * 15)); }

inline std::string quest_name(std::size_t number) {
    static constexpr std::array<std::string_view, 12> deeds{"find",  "defend", "cleanse", "escort", "hunt",    "repair",
                                                            "light", "map",    "deliver", "rescue", "silence", "wake"};
    static constexpr std::array<std::string_view, 20> goals{
        "the_lost_heir", "the_old_mill", "the_well",   "the_caravan", "the_wolves", "the_bridge", "the_beacon",
        "the_caves",     "the_letter",   "the_miners", "the_bells",   "the_giant",  "the_lake",   "the_gate",
        "the_orchard",   "the_crypt",    "the_ferry",  "the_tower",   "the_herd",   "the_library"};
    return std::string(deeds[number % 12]) + "_" + std::string(goals[number / 12 % 20]);
}

inline std::string guild_name(std::size_t number) {
    static constexpr std::array<std::string_view, 10> kinds{"Order",   "Company", "Hand", "Brotherhood", "Circle",
                                                            "Knights", "Keepers", "Crew", "Lanterns",    "League"};
    return std::string(kinds[number % 10]) + " of " + character_name(number + 11'000);
}

/// All that makes one thing unlike another of its kind, as JSON.
inline std::string any_properties(dice& roll) {
    static constexpr std::array<std::string_view, 6> spells{"frost", "fire", "haste", "leech", "ward", "luck"};
    std::string json = R"({"attributes":{"attack":)" + std::to_string(roll.between(1, 60)) + R"(,"defense":)" +
                       std::to_string(roll.between(0, 40)) + R"(},"durability":)" +
                       std::to_string(roll.between(40, 100)) + R"(,"enchantments":[)";
    if (roll.chance(0.4)) json += '"' + std::string(spells[roll.below(spells.size())]) + '"';
    return json + "]}";
}

} // namespace mmo::content
