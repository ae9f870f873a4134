// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/table/append_only.hpp: rows that are written, and not kept in memory.
#include <holdfast/holdfast.hpp>

#include "support/catch.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"

#include <chrono>

namespace hf = holdfast;
using namespace holdfast::test;

namespace {

const fake_clock standing_still;

struct said {
    std::int64_t who = 0;
    std::string text{};
    std::chrono::sys_seconds at{};
};
struct trade {
    std::int64_t item = 0;
    std::int64_t price = 0;
};
struct hero {
    std::int64_t id = 0;
    std::int64_t gold = 0;
};
struct world {
    hf::table<hero, hf::primary_key<&hero::id>> heroes;
    hf::append_only<said, hf::index<&said::who>, hf::created_at<&said::at>> chat;
    hf::append_only<trade, hf::at_least<&trade::price, 0>, hf::column_name<&trade::item, "what">> trades;
};

hf::result<void> refuse(world&) { return hf::error{hf::errc::refused, "changed my mind"}; }

} // namespace

TEST_CASE("appended rows are in the file in their order, and a restart goes on behind them") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    for (std::int64_t run = 0; run < 2; ++run) {
        auto db = hf::open<world>(path, options_with(standing_still)).value();
        db->chat.append({.who = 7, .text = "hello " + std::to_string(run)});
        db->chat.append({.who = 7, .text = "hello " + std::to_string(run)}); // no key: twice is twice
        db->trades.append({.item = 3, .price = run}).value();
        db.commit();
        REQUIRE(db.close(long_enough).complete());
    }
    raw_database file(path);
    CHECK(file.rows("SELECT rowid, who, text FROM chat ORDER BY rowid") ==
          lines{"1 | 7 | 'hello 0'", "2 | 7 | 'hello 0'", "3 | 7 | 'hello 1'", "4 | 7 | 'hello 1'"});
    CHECK(file.rows("SELECT what, price FROM trades") == lines{"3 | 0", "3 | 1"});
    CHECK(file.row("SELECT count(*) FROM chat WHERE at > 0") == "4");
    CHECK(file.rows("PRAGMA index_list(chat)").size() == 1);
}

TEST_CASE("a table that only grows needs no options") {
    struct plain {
        hf::append_only<hero> fallen;
    };
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    auto db = hf::open<plain>(path, options_with(standing_still)).value();
    db->fallen.append({.id = 3, .gold = 1});
    db->fallen.append({.id = 3, .gold = 2});
    db.commit();
    REQUIRE(db.close(long_enough).complete());
    CHECK(raw_database(path).rows("SELECT id, gold FROM fallen") == lines{"3 | 1", "3 | 2"});
}

TEST_CASE("an append goes with its transaction, and with its tick") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    auto db = hf::open<world>(path, options_with(standing_still)).value();
    CHECK_FALSE(db.transact([](world& w) {
        w.chat.append({.text = "taken back"});
        return refuse(w);
    }));
    db.transact([](world& w) {
        w.chat.append({.text = "kept"});
        w.heroes.insert({.id = 1}).value();
    });
    db.commit();
    db->chat.append({.text = "never committed"});
    CHECK(db.close(long_enough).open_frame_dropped);
    CHECK(raw_database(path).rows("SELECT text FROM chat") == lines{"'kept'"});
}

TEST_CASE("an append that a limit refuses writes nothing") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    auto db = hf::open<world>(path, options_with(standing_still)).value();
    const auto refused = db->trades.append({.price = -1});
    REQUIRE_FALSE(refused);
    CHECK(refused.why().message() == "refused: trades.price would be -1, and is at least 0");
    db.commit();
    REQUIRE(db.close(long_enough).complete());
    CHECK(raw_database(path).rows("SELECT * FROM trades").empty());
}

TEST_CASE("a world in no store checks and forgets what is appended") {
    world w;
    hf::prepare(w).value();
    w.chat.append({.text = "into the wind"});
    CHECK_FALSE(w.trades.append({.price = -1}));
    CHECK(w.trades.append({.price = 1}));
}

TEST_CASE("a table of somebody else's that only grows is adopted with the key it has") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    raw_database(path).run(
        "CREATE TABLE heroes (id INTEGER PRIMARY KEY, gold INTEGER);"
        "CREATE TABLE chat (id INTEGER PRIMARY KEY AUTOINCREMENT, who INTEGER, text TEXT, at INTEGER);"
        "CREATE TABLE trades (what INTEGER, price INTEGER);"
        "INSERT INTO chat (who, text) VALUES (1, 'long ago')");
    {
        auto db = hf::open<world>(path, options_with(standing_still)).value();
        db->chat.append({.text = "today"});
        db.commit();
        REQUIRE(db.close(long_enough).complete());
    }
    CHECK(raw_database(path).rows("SELECT id, text FROM chat") == lines{"1 | 'long ago'", "2 | 'today'"});
}
