// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/store/: what was wrong once, each by name.
#include <holdfast/holdfast.hpp>

#include "support/catch.hpp"
#include "support/raw_database.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"

#include <set>
#include <unordered_set>

using namespace holdfast::test;
namespace hf = holdfast;

namespace {

const fake_clock standing_still;

struct hero {
    std::int64_t id = 0;
    std::string name{};
    std::int32_t level = 1;
};
struct world {
    hf::table<hero, hf::primary_key<&hero::id>, hf::unique<&hero::name>> heroes;
};
struct by_name {
    hf::table<hero, hf::primary_key<&hero::name>, hf::unique<&hero::name>, hf::index<&hero::level>> heroes;
};
struct odd_default {
    std::int64_t id = 0;
    std::string text{"a\0b", 3};
    std::string check = "CHECK (level > 5)";
};
struct odd_world {
    hf::table<odd_default, hf::primary_key<&odd_default::id>> rows;
};
struct group {
    std::int64_t id = 0;
    std::int64_t member_id = 0;
};
struct guilds {
    hf::table<group, hf::primary_key<&group::id>, hf::index<&group::member_id>> guild;
    hf::table<group, hf::primary_key<&group::id>, hf::index<&group::member_id>> guild_member;
};
struct small_key {
    std::int32_t id = 0;
    std::uint8_t kind = 0;
};
struct small_world {
    hf::table<small_key, hf::primary_key<&small_key::id>, hf::index<&small_key::kind>> rows;
};

template <class World> hf::result<hf::store<World>> opened(const temporary_folder& folder) {
    return hf::open<World>(folder / "world.db", options_with(standing_still));
}

/// Opens a file made by these statements; it must be refused, naming `word`, and stay as it was.
void refused(const std::string& sql, const std::string& word) {
    const temporary_folder folder;
    raw_database(folder / "world.db").run(sql);
    const std::string before = bytes_of_file(folder / "world.db");
    const auto db = opened<world>(folder);
    INFO(sql);
    REQUIRE_FALSE(db);
    INFO(db.why().message());
    CHECK(db.why().detail.find(word) != std::string::npos);
    CHECK(bytes_of_file(folder / "world.db") == before);
}

} // namespace

TEST_CASE("regression: a foreign file whose rules memory does not know is refused") {
    const std::string columns = "id INTEGER PRIMARY KEY, name TEXT UNIQUE, level INTEGER";
    refused("CREATE TABLE heroes (" + columns + ", CHECK (level < 99))", "CHECK (level < 99)");
    refused("CREATE TABLE heroes (id INTEGER PRIMARY KEY, name TEXT UNIQUE COLLATE NOCASE, level INTEGER)",
            "hf::nocase");
    refused("CREATE TABLE heroes (id INTEGER PRIMARY KEY, name TEXT UNIQUE, level INTEGER) ;"
            "CREATE TABLE pets (owner REFERENCES heroes (id) ON DELETE CASCADE)",
            "pets.owner");
    refused("CREATE TABLE heroes (" + columns +
                "); CREATE TRIGGER louder AFTER INSERT ON HEROES BEGIN "
                "UPDATE heroes SET name = name || '!'; END",
            "louder");
    refused("PRAGMA encoding = 'UTF-16'; CREATE TABLE heroes (" + columns + ")", "UTF-8");
}

TEST_CASE("regression: a refused file in WAL mode keeps its WAL") {
    const temporary_folder folder;
    raw_database theirs(folder / "world.db");
    theirs.run("PRAGMA journal_mode = WAL; CREATE TABLE heroes (id INTEGER PRIMARY KEY)");
    // Copied while it is open: its rows stand in the WAL.
    for (const char* part : {"", "-wal"})
        std::filesystem::copy_file(folder / ("world.db" + std::string(part)), folder / ("copy.db" + std::string(part)));
    const std::string file = bytes_of_file(folder / "copy.db");
    const std::string wal = bytes_of_file(folder / "copy.db-wal");
    REQUIRE_FALSE(wal.empty());
    CHECK(hf::open<world>(folder / "copy.db", options_with(standing_still)).why().code == hf::errc::mismatch);
    CHECK(bytes_of_file(folder / "copy.db") == file);
    CHECK(bytes_of_file(folder / "copy.db-wal") == wal);
}

TEST_CASE("regression: a text key that the file holds as a blob is named") {
    const temporary_folder folder;
    raw_database(folder / "world.db")
        .run("CREATE TABLE heroes (id INTEGER, name TEXT PRIMARY KEY, level INTEGER); "
             "INSERT INTO heroes VALUES (1, x'6162', 1)");
    const auto db = opened<by_name>(folder);
    REQUIRE_FALSE(db);
    CHECK(db.why().code == hf::errc::corrupt);
    CHECK(db.why().detail.find("name") != std::string::npos);
}

TEST_CASE("regression: a marker that is no tick is refused") {
    const temporary_folder folder;
    opened<world>(folder).value().close();
    raw_database(folder / "world.db").run("UPDATE holdfast_meta SET applied = -1");
    CHECK(opened<world>(folder).why().code == hf::errc::corrupt);
}

TEST_CASE("regression: schemas that could not be made or opened again") {
    const temporary_folder keys, defaults, names;
    for (int times = 0; times < 2; ++times) {
        CHECK(opened<by_name>(keys));
        auto odd = opened<odd_world>(defaults).value();
        if (times == 0) odd->rows.insert({}).value();
        CHECK(odd->rows.find(0)->text == std::string("a\0b", 3));
        odd.commit();
        CHECK(odd.close().complete());
        CHECK(opened<guilds>(names));
    }
}

TEST_CASE("regression: a key that its field cannot hold finds nothing") {
    auto db = hf::open<small_world>(":memory:").value();
    db->rows.insert({.id = 5}).value();
    CHECK_FALSE(db->rows.contains(std::int64_t{4'294'967'301})); // 2^32 + 5
    CHECK(db->rows.erase(std::int64_t{4'294'967'301}).why().code == hf::errc::not_found);
    CHECK(db->rows.where<&small_key::kind>(256).empty());
    CHECK(db->rows.contains(5u));
}

TEST_CASE("regression: a row cannot be changed or erased behind its own update") {
    auto db = hf::open<world>(":memory:").value();
    const auto row = db->heroes.insert({.id = 1, .name = "Aria"}).value();
    db->heroes
        .update(row,
                [&](hero& copy) {
                    copy.level = 2;
                    CHECK(db->heroes.erase(row).why().code == hf::errc::busy);
                    CHECK(db->heroes.set<&hero::name>(row, "Bob").why().code == hf::errc::busy);
                    CHECK(db->heroes.insert({.id = 2, .name = "Cleo"}));
                })
        .value();
    CHECK(row->level == 2);
    CHECK(db->heroes.erase(row));
    CHECK(db->heroes.size() == 1);
}

TEST_CASE("regression: an update function that returns an error changes nothing") {
    auto db = hf::open<world>(":memory:").value();
    const auto row = db->heroes.insert({.id = 1, .name = "Aria"}).value();
    const auto whole = db->heroes.update(row, [](hero& copy) -> hf::result<void> {
        copy.level = 9;
        return hf::error{hf::errc::refused, "no"};
    });
    CHECK(whole.why().detail == "no");
    const hf::result<void> field = db->heroes.update<&hero::level>(row, [](std::int32_t& level) -> hf::result<void> {
        level = 9;
        return hf::error{hf::errc::refused, "no"};
    });
    CHECK_FALSE(field);
    CHECK(row->level == 1);
}

TEST_CASE("regression: after close transact still takes back, and nothing is saved") {
    const temporary_folder folder;
    auto db = opened<world>(folder).value();
    const auto row = db->heroes.insert({.id = 1, .name = "Aria"}).value();
    const auto committed = db.commit();
    REQUIRE(db.close().complete());
    CHECK_FALSE(db.transact([&](world& w) -> hf::result<void> {
        w.heroes.set<&hero::level>(row, 50);
        return hf::error{hf::errc::refused, "no"};
    }));
    CHECK(row->level == 1);
    CHECK(db.commit() == committed);
    CHECK(db.save_all(long_enough).why().code == hf::errc::closed);
}

TEST_CASE("regression: changes that nobody committed are not complete") {
    auto db = hf::open<world>(":memory:").value();
    db->heroes.insert({.id = 1}).value();
    const auto report = db.close();
    CHECK(report.open_frame_dropped);
    CHECK_FALSE(report.complete());
}

TEST_CASE("regression: transactions taken back use no places up") {
    auto db = hf::open<world>(":memory:").value();
    for (int i = 0; i < 100'000; ++i)
        CHECK_FALSE(db.transact([](world& w) -> hf::result<void> {
            w.heroes.insert({.id = 1}).value();
            return hf::error{hf::errc::refused, "no"};
        }));
    hf::for_each_table(*db, [](hf::table_base& table, std::string_view) { CHECK(table.slots().used() < 10); });
}

TEST_CASE("regression: handles of erased rows keep their order and their place in sets") {
    auto db = hf::open<world>(":memory:").value();
    std::set<hf::row<hero>> ordered;
    std::unordered_set<hf::row<hero>> hashed;
    for (std::int64_t id = 0; id < 100; ++id) {
        const auto row = db->heroes.insert({.id = id, .name = std::to_string(id)}).value();
        ordered.insert(row);
        hashed.insert(row);
    }
    for (const auto& row : db->heroes.collect())
        if (row->id % 3 == 0) db->heroes.erase(row).value();
    CHECK(ordered.size() == 100);
    std::size_t alive = 0;
    for (const auto& row : ordered) {
        CHECK(hashed.count(row) == 1);
        alive += row.alive() ? 1 : 0;
    }
    CHECK(alive == 66);
}
