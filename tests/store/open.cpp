// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/store/: opening, creating, and being refused.
#include <holdfast/holdfast.hpp>

#include "support/catch.hpp"
#include "support/game_world.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"
#include "support/unprivileged.hpp"
#include "support/words.hpp"

using namespace holdfast::test;
using holdfast::errc;
using holdfast::if_missing;
using holdfast::open;
using holdfast::options;

namespace {

const fake_clock standing_still;
options quiet() { return options_with(standing_still); }

/// A database with one character, closed.
void create(const std::string& path) {
    auto db = open<game_world>(path, quiet()).value();
    db->characters.insert({.character_name = "Aria"}).value();
    db.commit();
    REQUIRE(db.close().complete());
}

} // namespace

TEST_CASE("opening a path without a file creates the database") {
    const temporary_folder folder;
    auto db = open<game_world>(folder / "world.db", quiet());
    REQUIRE(db);
    CHECK(db->created());
    CHECK((*db)->characters.empty());
    CHECK(db->health().committed == 0);
    CHECK(db->close().complete());
    raw_database file(folder / "world.db");
    CHECK(file.row("SELECT format, length(database), origin, applied FROM holdfast_meta") == "1 | 16 | 'created' | 0");
    CHECK(file.row("PRAGMA journal_mode") == "'delete'");
    CHECK(file.row("PRAGMA integrity_check") == "'ok'");
}

TEST_CASE("opening again loads what was committed") {
    const temporary_folder folder;
    world_lines before;
    {
        auto db = open<game_world>(folder / "world.db", quiet()).value();
        for (int i = 0; i < 100; ++i) {
            const auto hero = db->characters
                                  .insert({.account_id = i / 3,
                                           .character_name = "hero " + std::to_string(i),
                                           .gold = i,
                                           .position = {1.0 * i, -0.5, 1e300},
                                           .map_id = "harbor"})
                                  .value();
            if (i % 2 == 0) db->characters.set<&character::last_login>(hero, 1'700'000'000 + i);
            db->inventory.insert({.character_id = hero->character_id, .item_id = "sword", .slot = i}).value();
            db.commit();
        }
        before = memory_lines(*db);
        REQUIRE(db.close().complete());
    }
    auto db = open<game_world>(folder / "world.db", quiet()).value();
    CHECK_FALSE(db.created());
    CHECK(memory_lines(*db) == before);
    CHECK(db.health().committed == 100);
    CHECK(db.health().saved == 100);
    // Found by every index.
    CHECK(db->characters.find(7)->character_name == "hero 6");
    CHECK(db->characters.find_by<&character::character_name>("hero 50")->gold == 50);
    std::size_t in_account = 0, in_map = 0;
    for ([[maybe_unused]] const auto hero : db->characters.where<&character::account_id>(std::int64_t{5})) ++in_account;
    for ([[maybe_unused]] const auto hero : db->characters.where<&character::map_id>("harbor")) ++in_map;
    CHECK(in_account == 3);
    CHECK(in_map == 100);
    std::size_t slots = 0;
    for ([[maybe_unused]] const auto item :
         db->inventory.where<&inventory_item::character_id, &inventory_item::slot>(std::int64_t{7}, 6))
        ++slots;
    CHECK(slots == 1);
}

TEST_CASE("opening and closing without a change leaves the file's rows and ticks as they were") {
    const temporary_folder folder;
    create(folder / "world.db");
    const auto everything = [&] {
        raw_database file(folder / "world.db");
        lines found;
        for (const std::string& table : file.rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"))
            for (const std::string& row : file.rows("SELECT * FROM " + table.substr(1, table.size() - 2)))
                found.push_back(table + ": " + row);
        return found;
    };
    const lines before = everything();
    REQUIRE(before.size() > 5);
    for (int i = 0; i < 3; ++i) {
        auto db = open<game_world>(folder / "world.db", quiet()).value();
        CHECK(db.commit() == 1);
        REQUIRE(db.close().complete());
        CHECK(everything() == before);
    }
}

TEST_CASE("a database without a file behaves the same") {
    auto db = open<game_world>(":memory:", quiet()).value();
    auto other = open<game_world>(":memory:", quiet()).value();
    CHECK(db.created());
    const auto aria = db->characters.insert({.character_name = "Aria"}).value();
    CHECK(db.commit() == 1);
    CHECK(save(db).saved == 1);
    db->characters.set<&character::level>(aria, 2);
    db.commit();
    CHECK(save(db).rows_written == 1);
    CHECK(other->characters.empty());
    CHECK(db.close().complete());
}

TEST_CASE("a store is refused while this process has the database open") {
    const temporary_folder folder;
    auto db = open<game_world>(folder / "world.db", quiet()).value();
    std::filesystem::create_symlink(folder / "world.db", folder / "link.db");
    for (const char* name : {"world.db", "link.db"}) {
        const auto second = open<game_world>(folder / name, quiet());
        REQUIRE_FALSE(second);
        CHECK(second.why().code == errc::busy);
        CHECK(mentions_all(second.why().detail, "world.db", "this process has it open already"));
    }
    db->characters.insert({.character_name = "Aria"}).value();
    db.commit();
    REQUIRE(db.close().complete());
    const auto again = open<game_world>(folder / "link.db", quiet());
    REQUIRE(again);
    CHECK((*again)->characters.size() == 1);
}

TEST_CASE("a folder that is not there is named") {
    const temporary_folder folder;
    const auto db = open<game_world>(folder / "nowhere/world.db", quiet());
    REQUIRE_FALSE(db);
    CHECK(db.why().code == errc::not_found);
    CHECK(mentions(db.why().detail, folder / "nowhere"));
}

TEST_CASE("a missing file is refused where the options say so, and nothing is created") {
    const temporary_folder folder;
    options chosen = quiet();
    chosen.missing = if_missing::refuse;
    const auto db = open<game_world>(folder / "world.db", chosen);
    REQUIRE_FALSE(db);
    CHECK(db.why().code == errc::not_found);
    CHECK(mentions(db.why().detail, folder / "world.db"));
    CHECK(std::filesystem::is_empty(folder.path()));
    create(folder / "world.db");
    CHECK(open<game_world>(folder / "world.db", chosen));
}

TEST_CASE("regression: a file without tables is refused where the options say not to start empty") {
    const temporary_folder folder;
    write_file(folder / "world.db", "");
    options chosen = quiet();
    chosen.missing = if_missing::refuse;
    const auto db = open<game_world>(folder / "world.db", chosen);
    REQUIRE_FALSE(db);
    CHECK(db.why().code == errc::not_found);
    CHECK(db.why().detail == folder / "world.db" + ": has no tables, and the options say not to create it");
    CHECK(bytes_of_file(folder / "world.db").empty());
    CHECK(open<game_world>(":memory:", chosen)); // is asked for by name
    CHECK(open<game_world>(folder / "world.db", quiet())->created());
}

TEST_CASE("a file that is no database is corrupt and stays as it is") {
    const temporary_folder folder;
    const std::string bytes = GENERATE(std::string(5'000, 'x'), std::string("SQLite format 3"), std::string("short"));
    write_file(folder / "world.db", bytes);
    const auto db = open<game_world>(folder / "world.db", quiet());
    REQUIRE_FALSE(db);
    CHECK(db.why().code == errc::corrupt);
    CHECK(db.why().detail == folder / "world.db" + ": not a SQLite database: check the path");
    CHECK(bytes_of_file(folder / "world.db") == bytes);
}

TEST_CASE("a file that another program has locked is busy, and says what to do") {
    const temporary_folder folder;
    create(folder / "world.db");
    raw_database(folder / "world.db").run("PRAGMA journal_mode = DELETE");
    {
        raw_database other(folder / "world.db");
        // Locked for everybody, or read by somebody while it is to be written.
        const bool for_all = GENERATE(true, false);
        other.run(for_all ? "BEGIN EXCLUSIVE" : "BEGIN");
        CHECK(other.row("SELECT count(*) FROM characters") == "1");
        const auto db = open<game_world>(folder / "world.db", quiet());
        REQUIRE_FALSE(db);
        CHECK(db.why().code == errc::busy);
        CHECK(db.why().detail == folder / "world.db" + ": another program uses it: close it, then open again");
    }
    CHECK(open<game_world>(folder / "world.db", quiet()));
}

TEST_CASE("a folder in place of the file is an error") {
    const temporary_folder folder;
    std::filesystem::create_directory(folder / "world.db");
    const auto db = open<game_world>(folder / "world.db", quiet());
    REQUIRE_FALSE(db);
    CHECK(db.why().code == errc::not_found);
    CHECK(db.why().detail == folder / "world.db" + " is a folder: name a file in it");
    CHECK_FALSE(std::filesystem::exists(folder / "world.db.lock"));
}

TEST_CASE("a file that may only be read is refused and stays as it is") {
    const temporary_folder folder;
    create(folder / "world.db");
    std::filesystem::permissions(folder.path(), std::filesystem::perms::all);
    std::filesystem::permissions(folder / "world.db.lock", std::filesystem::perms::all);
    std::filesystem::permissions(folder / "world.db", std::filesystem::perms::owner_read |
                                                          std::filesystem::perms::group_read |
                                                          std::filesystem::perms::others_read);
    const std::string before = bytes_of_file(folder / "world.db");
    {
        const unprivileged nobody;
        const auto db = open<game_world>(folder / "world.db", quiet());
        REQUIRE_FALSE(db);
        CHECK(db.why().code == errc::io);
        CHECK(mentions(db.why().message(), folder / "world.db"));
    }
    CHECK(bytes_of_file(folder / "world.db") == before);
    // The owner may, once it may be written again.
    std::filesystem::permissions(folder / "world.db", std::filesystem::perms::all);
    CHECK(open<game_world>(folder / "world.db", quiet()));
}

TEST_CASE("a lock file that may not be written is refused") {
    const temporary_folder folder;
    create(folder / "world.db");
    std::filesystem::permissions(folder / "world.db.lock", std::filesystem::perms::none);
    std::filesystem::permissions(folder.path(), std::filesystem::perms::all);
    const unprivileged nobody;
    const auto db = open<game_world>(folder / "world.db", quiet());
    REQUIRE_FALSE(db);
    CHECK(db.why().code == errc::io);
    CHECK(mentions_all(db.why().detail, folder / "world.db.lock", "Permission denied"));
}

TEST_CASE("a file of a newer format is refused and stays as it is") {
    const temporary_folder folder;
    create(folder / "world.db");
    raw_database(folder / "world.db").run("PRAGMA journal_mode = DELETE; UPDATE holdfast_meta SET format = 7");
    const std::string before = bytes_of_file(folder / "world.db");
    const auto db = open<game_world>(folder / "world.db", quiet());
    REQUIRE_FALSE(db);
    CHECK(db.why().code == errc::too_new);
    CHECK(mentions_all(db.why().detail, folder / "world.db", "format 7"));
    CHECK(bytes_of_file(folder / "world.db") == before);
}

TEST_CASE("a file whose marker is damaged is corrupt and stays as it is") {
    const temporary_folder folder;
    create(folder / "world.db");
    raw_database(folder / "world.db")
        .run("PRAGMA journal_mode = DELETE;" + GENERATE(std::string("DELETE FROM holdfast_meta"),
                                                        std::string("ALTER TABLE holdfast_meta DROP COLUMN applied")));
    const std::string before = bytes_of_file(folder / "world.db");
    const auto db = open<game_world>(folder / "world.db", quiet());
    REQUIRE_FALSE(db);
    CHECK(db.why().code == errc::corrupt);
    CHECK(mentions(db.why().detail, folder / "world.db"));
    CHECK(bytes_of_file(folder / "world.db") == before);
}

TEST_CASE("a store that was refused holds no lock") {
    const temporary_folder folder;
    write_file(folder / "world.db", "no database");
    REQUIRE_FALSE(open<game_world>(folder / "world.db", quiet()));
    std::filesystem::remove(folder / "world.db");
    CHECK(open<game_world>(folder / "world.db", quiet()));
}

TEST_CASE("loading tells how far it is") {
    const temporary_folder folder;
    {
        auto db = open<game_world>(folder / "world.db", quiet()).value();
        db->characters.insert({.character_name = "Aria"}).value();
        for (int i = 0; i < 25'000; ++i) db->inventory.insert({.character_id = 1, .item_id = "coin"}).value();
        db.commit();
        REQUIRE(db.close().complete());
    }
    lines seen;
    options chosen = quiet();
    chosen.progress = [&](const holdfast::load_progress& at) {
        seen.push_back(std::string(at.table) + " " + std::to_string(at.rows) + "/" + std::to_string(at.total_rows));
    };
    REQUIRE(open<game_world>(folder / "world.db", chosen));
    CHECK(seen == lines{"characters 1/1", "inventory 10000/25000", "inventory 20000/25000", "inventory 25000/25000",
                        "skills 0/0", "guilds 0/0", "guild_members 0/0"});
}
