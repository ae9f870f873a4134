// SPDX-License-Identifier: MIT
/// @file
/// Inserts characters with all that they own, a commit for every hundred, then the guilds.
#include "generate.hpp"

#include "content.hpp"
#include "dice.hpp"
#include "files.hpp"
#include "progress_bar.hpp"
#include "text.hpp"

#include <chrono>
#include <filesystem>
#include <vector>

namespace mmo {
namespace {

constexpr timestamp first_day{std::chrono::sys_days(std::chrono::year(2024) / 1 / 1)};

class generator {
public:
    generator(hf::store<world>& db, std::uint64_t seed) : db_(db), roll_(seed) {}

    void add_character(std::size_t number) {
        const auto made = db_->characters
                              .insert({.account_id = static_cast<std::int64_t>(number / 3 + 1),
                                       .character_name = content::character_name(number),
                                       .level = roll_.between(1, 60),
                                       .experience = roll_.between(0, 999),
                                       .str = roll_.between(8, 20),
                                       .dex = roll_.between(8, 20),
                                       .intel = roll_.between(8, 20),
                                       .con = roll_.between(8, 20),
                                       .lck = roll_.between(8, 20),
                                       .cha = roll_.between(8, 20),
                                       .gold = roll_.between(0, 50'000),
                                       .position = {any_place(), 0, any_place()},
                                       .map_id = content::map_name(roll_.below(content::maps)),
                                       .last_login = any_time(),
                                       .created_at = first_day,
                                       .updated_at = first_day})
                              .value();
        characters_.push_back(made->character_id);
        fill_bag(made->character_id);
        dress(made->character_id);
        teach(made->character_id);
    }

    void add_guilds() {
        const std::size_t guilds = characters_.size() * 3 / 100 + 1;
        const std::size_t members = characters_.size() * 8 / 10;
        for (std::size_t number = 0; number < guilds; ++number)
            db_->guilds
                .insert({.guild_name = content::guild_name(number),
                         .leader_id = characters_[number],
                         .created_at = any_time()})
                .value();
        for (std::size_t number = 0; number < members; ++number)
            db_->guild_members
                .insert({.guild_id = static_cast<std::int64_t>(number % guilds + 1),
                         .character_id = characters_[number],
                         .rank = number < guilds ? guild_rank::leader : guild_rank::member,
                         .joined_at = any_time()})
                .value();
    }

private:
    double any_place() { return roll_.fraction() * 2'000 - 1'000; }
    timestamp any_time() { return first_day + std::chrono::seconds(roll_.between(0, 365 * 86'400)); }

    void fill_bag(std::int64_t owner) {
        const std::int32_t stacks = roll_.between(28, 48);
        for (std::int32_t slot = 0; slot < stacks; ++slot) {
            inventory_item stack{.character_id = owner,
                                 .item_id = content::any_item(roll_),
                                 .slot = slot,
                                 .quantity = roll_.between(1, 20)};
            if (roll_.chance(0.2)) stack.properties = content::any_properties(roll_);
            db_->inventory.insert(std::move(stack)).value();
        }
        for (std::int32_t rare = roll_.between(2, 6); rare > 0; --rare)
            db_->items
                .insert({.item_id = roll_.uuid(),
                         .character_id = owner,
                         .item_type = content::any_item(roll_),
                         .properties = content::any_properties(roll_),
                         .created_at = any_time(),
                         .updated_at = first_day})
                .value();
    }

    void dress(std::int64_t owner) {
        for (int slot = 0; slot <= static_cast<int>(equipment_slot::ring); ++slot)
            db_->equipment
                .insert({.character_id = owner,
                         .slot_type = static_cast<equipment_slot>(slot),
                         .item_id = content::any_item(roll_),
                         .properties = content::any_properties(roll_)})
                .value();
    }

    void teach(std::int64_t owner) {
        const std::size_t first = roll_.below(content::skills.size());
        for (std::size_t i = 0; i < 12; ++i)
            db_->skills
                .insert({.character_id = owner,
                         .skill_name = std::string(content::skills[(first + i) % content::skills.size()]),
                         .skill_level = roll_.between(0, 100),
                         .experience = roll_.between(0, 99)})
                .value();
        const std::size_t first_quest = roll_.below(content::quests);
        for (std::size_t i = 0; i < 6; ++i)
            db_->quests
                .insert({.character_id = owner,
                         .quest_name = content::quest_name((first_quest + i) % content::quests),
                         .quest_status = i < 3 ? quest_state::completed : quest_state::active,
                         .progress = R"({"steps":)" + std::to_string(roll_.between(0, 9)) + "}"})
                .value();
    }

    hf::store<world>& db_;
    dice roll_;
    std::vector<std::int64_t> characters_{};
};

/// `save_all` a little at a time, so that the bar can move.
hf::result<void> save_with_bar(hf::store<world>& db, progress_bar& bar) {
    for (;;) {
        auto saved = db.save_all(std::chrono::milliseconds(100));
        if (saved) return {};
        if (saved.why().code != hf::errc::timeout) return saved.why();
        const hf::health_report health = db.health();
        bar.show("saving the new world", health.saved, health.committed);
    }
}

} // namespace

void generate(const std::string& path, std::size_t characters, std::uint64_t seed) {
    const auto begun = std::chrono::steady_clock::now();
    const std::string unfinished = path + ".unfinished";
    remove_database(unfinished);
    auto db = hf::open<world>(unfinished).value();

    progress_bar bar;
    generator making(db, seed);
    for (std::size_t number = 0; number < characters; ++number) {
        making.add_character(number);
        if (number % 100 != 99) continue;
        db.commit();
        bar.show("generating", number, characters);
    }
    making.add_guilds();
    db.commit();
    save_with_bar(db, bar).value();
    db.close();
    remove_database(path); // the log of one that is gone
    std::filesystem::rename(unfinished, path);
    remove_database(unfinished);
    bar.clear();
    std::printf("generated %s characters from seed %s in %.1f s\n", grouped(characters).c_str(),
                std::to_string(seed).c_str(), in_seconds(std::chrono::steady_clock::now() - begun));
}

} // namespace mmo
