// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/store/: the order of changes inside a batch (docs/format.md, "Order of replay"), from
/// edits of the world to what plain sqlite3 finds in the file.
#include <holdfast/holdfast.hpp>

#include "support/catch.hpp"
#include "support/game_world.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"

#include <functional>

using namespace holdfast::test;
using holdfast::result;

namespace {

using game = holdfast::store<game_world>;
using step = std::function<void()>; ///< Stands between two edits: the end of a tick or of a batch, or nothing.

/// Aria (1), Bob (2) and Cleo (3), each with an item (11, 12, 13) and a skill (21, 22, 23).
void populate(game& db) {
    std::int64_t id = 0;
    for (const char* name : {"Aria", "Bob", "Cleo"}) {
        ++id;
        db->characters.insert({.character_id = id, .character_name = name, .gold = 100 * id}).value();
        db->inventory.insert({.inventory_id = 10 + id, .character_id = id, .item_id = "sword"}).value();
        db->skills.insert({.skill_id = 20 + id, .character_id = id, .skill_name = "swim"}).value();
    }
    db->guilds.insert({.guild_id = 31, .guild_name = "Harbor", .leader_id = 3}).value();
    db->guild_members.insert({.member_id = 41, .guild_id = 31, .character_id = 1}).value();
    db.commit();
    (void)save(db);
}

struct scenario {
    const char* name;
    void (*play)(game_world& w, const step& next);
};

void change_owner(game_world& w, const step& next) {
    w.inventory.set<&inventory_item::character_id>(11, 2).value();
    next();
    w.characters.erase(1).value();
}
void change_owner_and_more(game_world& w, const step& next) {
    const auto sword = w.inventory.find(11);
    w.inventory.set<&inventory_item::quantity>(sword, 5);
    next();
    w.inventory
        .update<&inventory_item::character_id, &inventory_item::quantity>(
            sword, [](std::int64_t& owner, std::int32_t& quantity) { owner = 2, quantity = 6; })
        .value();
    next();
    w.characters.erase(1).value();
    next();
    w.inventory.set<&inventory_item::quantity>(sword, 7);
}
void swap_names(game_world& w, const step& next) {
    w.characters.set<&character::character_name>(1, "nobody").value();
    next();
    w.characters.set<&character::character_name>(2, "Aria").value();
    next();
    w.characters.set<&character::character_name>(1, "Bob").value();
}
void new_parent(game_world& w, const step& next) {
    const auto dora = w.characters.insert({.character_name = "Dora"}).value();
    w.inventory.insert({.character_id = dora->character_id, .item_id = "axe"}).value();
    next();
    w.inventory.set<&inventory_item::character_id>(11, dora->character_id).value();
    next();
    w.characters.erase(1).value();
}
void name_freed_by_erase(game_world& w, const step& next) {
    w.characters.erase(2).value();
    next();
    w.characters.insert({.character_name = "Bob", .level = 50}).value();
}
void name_freed_by_change(game_world& w, const step& next) {
    w.characters.set<&character::character_name>(2, "Robert").value();
    next();
    w.characters.set<&character::character_name>(1, "Bob").value();
    next();
    w.characters.insert({.character_name = "Aria"}).value();
}
void key_again(game_world& w, const step& next) {
    w.characters.set<&character::level>(1, 99).value();
    next();
    w.characters.erase(1).value();
    next();
    w.characters.insert({.character_id = 1, .character_name = "Aria"}).value();
    next();
    w.characters.set<&character::experience>(1, 5).value();
    w.inventory.insert({.inventory_id = 11, .character_id = 1, .item_id = "second"}).value();
}
void plain_then_erase(game_world& w, const step& next) {
    w.inventory.set<&inventory_item::quantity>(11, 5).value();
    w.inventory.set<&inventory_item::properties>(11, "{}").value();
    next();
    w.inventory.erase(11).value();
}
void plain_around_mixed(game_world& w, const step& next) {
    w.characters.set<&character::level>(1, 5).value();
    next();
    w.characters
        .update<&character::character_name, &character::level>(
            w.characters.find(1), [](std::string& name, std::int32_t& level) { name = "Ariadne", level = 6; })
        .value();
    next();
    w.characters.set<&character::level>(1, 7).value();
}
void swap_composite_unique(game_world& w, const step& next) {
    w.skills.set<&skill::skill_name>(22, "ride").value();
    next();
    w.skills.set<&skill::skill_name>(21, "nothing").value();
    next();
    w.skills.update(w.skills.find(22), [](skill& s) { s.character_id = 1, s.skill_name = "swim"; }).value();
    next();
    w.skills.update(w.skills.find(21), [](skill& s) { s.character_id = 2, s.skill_name = "ride"; }).value();
}
void cascade(game_world& w, const step& next) {
    w.skills.set<&skill::skill_level>(21, 9).value();
    next();
    w.characters.erase(1).value();
    REQUIRE(w.guild_members.empty());
    next();
    REQUIRE_FALSE(w.characters.erase(3)); // leads a guild
    w.guilds.erase(31).value();
    next();
    w.characters.erase(3).value();
}
void insert_and_erase(game_world& w, const step& next) {
    for (int i = 0; i < 5; ++i) {
        const auto eve = w.characters.insert({.character_name = "Eve"}).value();
        w.inventory.insert({.character_id = eve->character_id, .item_id = "ring"}).value();
        next();
        w.characters.set<&character::gold>(eve, 5).value();
        next();
        w.characters.erase(eve).value();
        next();
    }
}

const scenario scenarios[] = {
    {"an item whose owner changed stays when its old owner is erased", change_owner},
    {"so it does when other columns of it change before, with and after", change_owner_and_more},
    {"two names are swapped through a third", swap_names},
    {"rows come to a parent that is new in the same tick", new_parent},
    {"a name freed by an erase is used again", name_freed_by_erase},
    {"names freed by changes are used again", name_freed_by_change},
    {"a key is erased and inserted again", key_again},
    {"plain columns change before the row is erased", plain_then_erase},
    {"plain columns change before and after a mixed update", plain_around_mixed},
    {"a composite unique key is swapped between two rows", swap_composite_unique},
    {"an erase takes with it what refers to the row", cascade},
    {"rows come and go", insert_and_erase},
};

void play_everything(const char* how, void (*play)(game&, const scenario&)) {
    for (const scenario& one : scenarios) {
        DYNAMIC_SECTION(one.name << ", " << how) {
            const temporary_folder folder;
            const fake_clock clock;
            auto db = holdfast::open<game_world>(folder / "world.db", options_with(clock)).value();
            populate(db);
            play(db, one);
            db.commit();
            const world_lines memory = memory_lines(*db);
            close_and_compare(db, folder / "world.db");
            const auto again = holdfast::open<game_world>(folder / "world.db", options_with(clock));
            REQUIRE(again);
            CHECK(memory_lines(const_cast<game_world&>(**again)) == memory);
        }
    }
}

} // namespace

TEST_CASE("the order of changes inside a tick reaches the file") {
    play_everything("in one tick", [](game& db, const scenario& one) { one.play(*db, [] {}); });
}

TEST_CASE("the order of changes of many ticks in one batch reaches the file") {
    play_everything("in a tick each", [](game& db, const scenario& one) { one.play(*db, [&] { db.commit(); }); });
}

TEST_CASE("the order of changes of many batches reaches the file") {
    play_everything("in a batch each", [](game& db, const scenario& one) {
        one.play(*db, [&] {
            db.commit();
            (void)save(db);
        });
    });
}

TEST_CASE("the order of changes inside a transaction reaches the file") {
    play_everything("in a transaction",
                    [](game& db, const scenario& one) { db.transact([&](game_world& w) { one.play(w, [] {}); }); });
}

TEST_CASE("changes that a transaction takes back never reach the file") {
    play_everything("taken back, then done", [](game& db, const scenario& one) {
        const world_lines before = memory_lines(*db);
        const auto undone = db.transact([&](game_world& w) -> result<void> {
            one.play(w, [] {});
            return holdfast::error{holdfast::errc::refused, "not today"};
        });
        REQUIRE_FALSE(undone);
        REQUIRE(memory_lines(*db) == before);
        one.play(*db, [] {});
    });
}

TEST_CASE("a hundred changes of one row in a batch write it once") {
    const temporary_folder folder;
    const fake_clock clock;
    auto db = holdfast::open<game_world>(folder / "world.db", options_with(clock)).value();
    populate(db);
    for (int i = 0; i < 100; ++i) {
        db->characters.set<&character::level>(1, i).value();
        db->characters.set<&character::position, &place::x>(1, i).value();
        db.commit();
    }
    REQUIRE(db.wait_durable(db.health().committed, long_enough)); // so that all of it is one batch
    CHECK(save(db).rows_written == 1);
    close_and_compare(db, folder / "world.db");
}
