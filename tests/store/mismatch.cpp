// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/store/database.hpp: a file that does not match the structs is named, refused and left alone.
#include <holdfast/holdfast.hpp>

#include "support/catch.hpp"
#include "support/schema_changes.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"
#include "support/words.hpp"

using namespace holdfast::test;
using holdfast::errc;
using holdfast::open;

namespace {

const fake_clock standing_still;

/// As docs/format.md says, so that the file is one of ours.
const std::string our_meta = R"sql(
CREATE TABLE holdfast_meta (id INTEGER PRIMARY KEY CHECK (id = 1), format INTEGER NOT NULL, database BLOB NOT NULL,
                            origin TEXT NOT NULL, applied INTEGER NOT NULL, clean INTEGER NOT NULL);
CREATE TABLE holdfast_ids (name TEXT PRIMARY KEY, next INTEGER NOT NULL);
INSERT INTO holdfast_meta VALUES (1, 1, zeroblob(16), 'created', 5, 1);
)sql";

/// Everything that lies in the folder but the lock, byte by byte. SQLite may leave an empty write-ahead log.
std::map<std::string, std::string> files_in(const temporary_folder& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
        if (entry.path().extension() != ".lock" && entry.file_size() != 0)
            files[entry.path().filename()] = bytes_of_file(entry.path());
    return files;
}

} // namespace

TEST_CASE("a file put together as the format says is opened") {
    const temporary_folder folder;
    raw_database(folder / "world.db").run(our_table + our_indexes + our_meta + "INSERT INTO things (id) VALUES (3)");
    auto db = open<things_world>(folder / "world.db", options_with(standing_still)).value();
    CHECK_FALSE(db.created());
    CHECK(db->things.find(3)->level == 1);
    CHECK(db.health().saved == 5);
}

TEST_CASE("a file of ours that differs is refused with the difference named and every byte left alone") {
    const bool wal = GENERATE(false, true);
    for (const schema_change& one : schema_changes) {
        DYNAMIC_SECTION(one.what << (wal ? ", in WAL mode" : "")) {
            const temporary_folder folder;
            raw_database(folder / "world.db")
                .run((wal ? "PRAGMA journal_mode = WAL;" : "") + one.sql() + ";" + our_meta);
            const auto before = files_in(folder);
            const auto db = open<things_world>(folder / "world.db", options_with(standing_still));
            REQUIRE_FALSE(db);
            CHECK(db.why().code == errc::mismatch);
            CAPTURE(db.why().detail);
            CHECK(mentions_all(db.why().detail, folder / "world.db", one.named, "is not opened"));
            CHECK(files_in(folder) == before);
        }
    }
}

TEST_CASE("a file of somebody else's that cannot serve is refused with every byte left alone") {
    for (const schema_change& one : schema_changes) {
        if (!one.adopted_too) continue;
        DYNAMIC_SECTION(one.what) {
            const temporary_folder folder;
            raw_database(folder / "world.db").run(one.sql());
            const auto before = files_in(folder);
            const auto db = open<things_world>(folder / "world.db", options_with(standing_still));
            REQUIRE_FALSE(db);
            CHECK(db.why().code == errc::mismatch);
            CHECK(mentions(db.why().detail, one.named));
            CHECK(files_in(folder) == before);
        }
    }
}

TEST_CASE("a table that is not in the file is named, and so are all other differences") {
    const temporary_folder folder;
    raw_database(folder / "world.db").run("CREATE TABLE other (x)");
    const auto before = files_in(folder);
    const auto db = open<things_world>(folder / "world.db", options_with(standing_still));
    REQUIRE_FALSE(db);
    CHECK(db.why().code == errc::mismatch);
    CHECK(mentions(db.why().detail, "\n  - things is not in the file:\n    CREATE TABLE \"things\" (\n"));
    CHECK(mentions(db.why().detail, "\nCorrect the structs; or change the file, in its place, with sqlite3"));
    CHECK(files_in(folder) == before);
}

namespace {

/// The statements that the refusal gives, each at the end of a line.
lines statements_in(const std::string& detail) {
    lines found;
    for (const char* start : {"ALTER TABLE", "CREATE INDEX", ": CREATE UNIQUE INDEX", "DROP INDEX"})
        for (std::size_t at = detail.find(start); at != std::string::npos; at = detail.find(start, at + 1))
            found.push_back(detail.substr(*start == ':' ? at + 2 : at, detail.find('\n', at) - at));
    return found;
}

enum class rank : std::uint8_t { squire, knight };
struct old_account {
    std::int64_t id = 0;
    std::string name{};
};
struct old_world {
    holdfast::table<old_account, holdfast::primary_key<&old_account::id>> accounts;
};
struct pet {
    std::string kind = "it's a \"dog\"";
    std::int32_t age = -1;
};
struct account { // with every kind of new field
    std::int64_t id = 0;
    std::string name{};
    std::int32_t lvl = 1;
    double speed = 1.5;
    double unknown = std::numeric_limits<double>::quiet_NaN();
    std::string odd = std::string("a\0b", 3);
    std::optional<std::string> note{};
    std::vector<std::byte> data{std::byte{7}};
    holdfast::uuid tag{};
    rank title = rank::knight;
    pet first{};
    std::optional<std::int64_t> friend_id{};
    std::optional<std::string> mail{};
};
struct new_world {
    holdfast::table<account, holdfast::primary_key<&account::id>, holdfast::index<&account::lvl>,
                    holdfast::at_least<&account::lvl, 0>, holdfast::unique<&account::mail>,
                    holdfast::references<&account::friend_id, &account::id, "accounts", holdfast::on_delete::set_null>>
        accounts;
};

} // namespace

TEST_CASE("a new field is refused with the statement that adds its column, and that statement opens the file") {
    const temporary_folder folder;
    {
        auto db = open<old_world>(folder / "world.db", options_with(standing_still)).value();
        db->accounts.insert({1, "Aria"}).value();
        db->accounts.insert({2, "Bob"}).value();
        db.commit();
        REQUIRE(db.close().complete());
    }
    const auto refused = open<new_world>(folder / "world.db", options_with(standing_still));
    REQUIRE_FALSE(refused);
    CAPTURE(refused.why().detail);
    CHECK(mentions(refused.why().detail, "\n  - accounts.lvl is not in the file: ALTER TABLE \"accounts\" ADD COLUMN "
                                         "\"lvl\" INTEGER NOT NULL DEFAULT 1 CHECK (\"lvl\" >= 0);\n"));
    const lines statements = statements_in(refused.why().detail);
    CHECK(statements.size() == 12 + 3);
    for (const std::string& sql : statements) raw_database(folder / "world.db").run(sql);

    auto db = open<new_world>(folder / "world.db", options_with(standing_still)).value();
    const auto aria = db->accounts.find(1);
    CHECK(aria->name == "Aria");
    CHECK(aria->lvl == 1);
    CHECK(aria->speed == 1.5);
    CHECK(aria->unknown != aria->unknown);
    CHECK(aria->odd == std::string("a\0b", 3));
    CHECK(aria->data == std::vector{std::byte{7}});
    CHECK(aria->title == rank::knight);
    CHECK(aria->first.kind == "it's a \"dog\"");
    CHECK(aria->first.age == -1);
    db->accounts.set<&account::friend_id>(aria, 2).value();
    db->accounts.erase(2).value();
    CHECK(aria->friend_id == std::nullopt);
    db.commit();
    close_and_compare(db, folder / "world.db");
}

namespace {

struct letter {
    std::int64_t account_id = 0;
    std::int32_t number = 0;
    std::string words = "Dear friend,\n  it's me";
    std::int32_t stamps = 1;
    std::optional<std::string> seal{};
};
struct world_with_letters {
    holdfast::table<old_account, holdfast::primary_key<&old_account::id>> accounts;
    holdfast::table<
        letter, holdfast::primary_key<&letter::account_id, &letter::number>,
        holdfast::references<&letter::account_id, &old_account::id, "accounts", holdfast::on_delete::cascade>,
        holdfast::index<&letter::stamps>, holdfast::unique<&letter::seal>, holdfast::at_least<&letter::stamps, 0>>
        letters;
};

} // namespace

TEST_CASE("a new table is refused with the statements that make it, and those open the file") {
    const temporary_folder folder;
    {
        auto db = open<old_world>(folder / "world.db", options_with(standing_still)).value();
        db->accounts.insert({1, "Aria"}).value();
        db.commit();
        REQUIRE(db.close().complete());
    }
    const auto refused = open<world_with_letters>(folder / "world.db", options_with(standing_still));
    REQUIRE_FALSE(refused);
    const std::string& why = refused.why().detail;
    CAPTURE(why);
    const std::string before = "letters is not in the file:\n", behind = "\nCorrect the structs";
    const std::size_t begin = why.find(before), end = why.find(behind);
    REQUIRE(begin < end);
    REQUIRE(end != std::string::npos);
    {
        raw_database file(folder / "world.db");
        file.run(why.substr(begin + before.size(), end - begin - before.size()));
        file.run("INSERT INTO letters (account_id, number) VALUES (1, 7)");
    }
    auto db = open<world_with_letters>(folder / "world.db", options_with(standing_still)).value();
    CHECK(db->letters.find(1, 7)->words == letter().words);
    db->accounts.erase(1).value();
    CHECK(db->letters.size() == 0);
    db.commit();
    close_and_compare(db, folder / "world.db");
}

namespace {

struct harbor {
    std::int64_t id = 0;
};
struct sailor {
    std::int64_t id = 0;
    std::string name{};
    std::int32_t hp = 10;
    std::optional<std::int64_t> home{};
};
struct ship {
    holdfast::table<harbor, holdfast::primary_key<&harbor::id>> harbors;
    holdfast::table<sailor, holdfast::primary_key<&sailor::id>, holdfast::auto_id<&sailor::id>,
                    holdfast::index<&sailor::hp>, holdfast::unique<&sailor::name>,
                    holdfast::references<&sailor::home, &harbor::id, "harbors", holdfast::on_delete::set_null>>
        sailors;
};
struct pirate { // the same one, years later
    std::int64_t id = 0;
    std::int32_t health = 10;
    std::string name{};
    std::optional<std::int64_t> home{};
};
struct later_ship {
    holdfast::table<harbor, holdfast::primary_key<&harbor::id>> harbors;
    holdfast::table<pirate, holdfast::primary_key<&pirate::id>, holdfast::auto_id<&pirate::id>,
                    holdfast::unique<&pirate::name>,
                    holdfast::references<&pirate::home, &harbor::id, "harbors", holdfast::on_delete::set_null>>
        pirates;
};

} // namespace

TEST_CASE("a table and a field that got other names keep their rows and ids, as docs/store.md says") {
    const temporary_folder folder;
    {
        auto db = open<ship>(folder / "world.db", options_with(standing_still)).value();
        db->harbors.insert({5}).value();
        for (const char* name : {"Anne", "Jack", "Mary"})
            db->sailors.insert({.name = name, .hp = 7, .home = 5}).value();
        db->sailors.erase(3).value();
        db.commit();
        REQUIRE(db.close().complete());
    }
    const auto refusal = [&] {
        auto refused = open<later_ship>(folder / "world.db", options_with(standing_still));
        REQUIRE_FALSE(refused);
        return refused.why().detail;
    };
    CHECK(mentions_all(refusal(), "pirates is not in the file", "sailors.home refers to harbors"));
    raw_database(folder / "world.db")
        .run("DROP INDEX \"idx_sailors.hp\"; ALTER TABLE sailors RENAME COLUMN hp TO health");

    const std::string rename =
        "ALTER TABLE \"sailors\" RENAME TO \"pirates\"; UPDATE OR REPLACE holdfast_ids SET name = "
        "'pirates' WHERE lower(name) = 'sailors';";
    const std::string why = refusal();
    CAPTURE(why);
    CHECK(mentions_all(why, "\n    or, if sailors is its old name: " + rename + "\n", "rename first and open again"));
    CHECK_FALSE(mentions(why, "sailors.home")); // somebody might remove the table for it
    raw_database(folder / "world.db").run(rename);

    auto db = open<later_ship>(folder / "world.db", options_with(standing_still)).value();
    CHECK(db->pirates.find_by<&pirate::name>("Anne")->health == 7);
    CHECK(db->pirates.insert({.name = "Mary", .home = 5}).value()->id == 4);
    db.commit();
    close_and_compare(db, folder / "world.db");
}

TEST_CASE(
    "a table that may be an old one goes with its dead rows, and another program's table is no reason for an error") {
    const temporary_folder folder;
    REQUIRE(open<ship>(folder / "world.db", options_with(standing_still)).value().close().complete());
    raw_database(folder / "world.db")
        .run("ALTER TABLE sailors RENAME COLUMN hp TO health; CREATE TABLE holdfast_dead_sailors (id);"
             "CREATE TABLE holdfast_dead_harbors (port);"
             "PRAGMA writable_schema = ON; INSERT INTO sqlite_schema VALUES ('table', 'maps', 'maps', 0, "
             "'CREATE VIRTUAL TABLE maps USING nobody_has_it (x)')");
    const auto refused = open<later_ship>(folder / "world.db", options_with(standing_still));
    REQUIRE_FALSE(refused);
    CAPTURE(refused.why().detail);
    CHECK(mentions(refused.why().detail, "RENAME TO \"pirates\"; ALTER TABLE \"holdfast_dead_sailors\" RENAME TO "
                                         "\"holdfast_dead_pirates\"; UPDATE"));
    CHECK(mentions(refused.why().detail,
                   "holdfast_dead_harbors, which has rows that SQLite refuses, lacks id: ALTER TABLE "
                   "\"holdfast_dead_harbors\" ADD COLUMN \"id\";\n    or, if port is its old name: ALTER TABLE "
                   "\"holdfast_dead_harbors\" RENAME COLUMN \"port\" TO \"id\";"));
}

TEST_CASE("a field less whose column SQLite cannot drop is a table that is made anew") {
    struct homeless {
        std::int64_t id = 0;
        std::int32_t hp = 10;
    };
    struct smaller_ship {
        holdfast::table<harbor, holdfast::primary_key<&harbor::id>> harbors;
        holdfast::table<homeless, holdfast::primary_key<&homeless::id>, holdfast::auto_id<&homeless::id>,
                        holdfast::index<&homeless::hp>>
            sailors;
    };
    const temporary_folder folder;
    REQUIRE(open<ship>(folder / "world.db", options_with(standing_still)).value().close().complete());
    const auto refused = open<smaller_ship>(folder / "world.db", options_with(standing_still));
    REQUIRE_FALSE(refused);
    CAPTURE(refused.why().detail);
    for (const char* column : {"name", "home"})
        CHECK(mentions(refused.why().detail,
                       holdfast::words({"sailors.", column,
                                        " is in the file and not in the struct, and its key, reference, "
                                        "UNIQUE or CHECK keeps SQLite from dropping it"})));
    CHECK_FALSE(mentions(refused.why().detail, "DROP COLUMN"));
    CHECK(mentions(refused.why().detail, "sailors as the structs want it:\n    CREATE TABLE \"sailors\" (\n"));
}

TEST_CASE("a field less is a column less, as docs/store.md says") {
    struct nameless {
        std::int64_t id = 0;
        std::string name{};
        std::optional<std::int64_t> home{};
    };
    struct smaller_ship {
        holdfast::table<harbor, holdfast::primary_key<&harbor::id>> harbors;
        holdfast::table<nameless, holdfast::primary_key<&nameless::id>, holdfast::auto_id<&nameless::id>,
                        holdfast::unique<&nameless::name>,
                        holdfast::references<&nameless::home, &harbor::id, "harbors", holdfast::on_delete::set_null>>
            sailors;
    };
    const temporary_folder folder;
    {
        auto db = open<ship>(folder / "world.db", options_with(standing_still)).value();
        db->sailors.insert({.name = "Anne"}).value();
        db.commit();
        REQUIRE(db.close().complete());
    }
    const auto refused = open<smaller_ship>(folder / "world.db", options_with(standing_still));
    REQUIRE_FALSE(refused);
    const char* drop = "ALTER TABLE \"sailors\" DROP COLUMN \"hp\";";
    CHECK(mentions(refused.why().detail,
                   holdfast::words({"sailors.hp is in the file and not in the struct: if it is to go, drop its "
                                    "index, if it has one, and then ",
                                    drop, "\n"})));
    raw_database(folder / "world.db").run(holdfast::words({"DROP INDEX \"idx_sailors.hp\";", drop}));
    auto db = open<smaller_ship>(folder / "world.db", options_with(standing_still)).value();
    CHECK(db->sailors.find(1)->name == "Anne");
}

TEST_CASE("a column that the file spells in other letters is named, with the statement that renames it") {
    const temporary_folder folder;
    raw_database(folder / "world.db")
        .run("CREATE TABLE accounts (ID INTEGER PRIMARY KEY, Name TEXT); INSERT INTO accounts VALUES (1, 'Aria')");
    const auto refused = open<old_world>(folder / "world.db", options_with(standing_still));
    REQUIRE_FALSE(refused);
    CAPTURE(refused.why().detail);
    CHECK(mentions(refused.why().detail, "accounts.id is spelled ID in the file: spell the field so, or ALTER TABLE"));
    CHECK_FALSE(mentions(refused.why().detail, "is not in the file"));
    CHECK_FALSE(mentions(refused.why().detail, "primary key"));
    for (const std::string& sql : statements_in(refused.why().detail)) raw_database(folder / "world.db").run(sql);
    auto db = open<old_world>(folder / "world.db", options_with(standing_still)).value();
    CHECK(db->accounts.find(1)->name == "Aria");
}

TEST_CASE("a view in place of a table is refused with every byte left alone") {
    const temporary_folder folder;
    raw_database(folder / "world.db")
        .run("CREATE VIEW things AS SELECT 1 AS id, '' AS name, 1 AS level, NULL AS owner, x'' AS data;" + our_meta);
    const auto before = files_in(folder);
    const auto db = open<things_world>(folder / "world.db", options_with(standing_still));
    REQUIRE_FALSE(db);
    CHECK(db.why().code == errc::mismatch);
    CHECK(mentions(db.why().detail, "things is a view"));
    CHECK(files_in(folder) == before);
}

TEST_CASE("what a killed server left in the write-ahead log is kept when the file is refused") {
    const temporary_folder folder;
    {
        raw_database db(folder / "live.db");
        db.run(
            "PRAGMA journal_mode = WAL; CREATE TABLE things (id TEXT PRIMARY KEY); INSERT INTO things VALUES ('kept')");
        std::filesystem::copy(folder / "live.db", folder / "world.db");
        std::filesystem::copy(folder / "live.db-wal", folder / "world.db-wal");
    }
    REQUIRE_FALSE(open<things_world>(folder / "world.db", options_with(standing_still)));
    CHECK(raw_database(folder / "world.db").rows("SELECT id FROM things") == lines{"'kept'"});
}

TEST_CASE("a file that grew a difference after it was opened is refused at the next open") {
    const temporary_folder folder;
    {
        auto db = open<things_world>(folder / "world.db", options_with(standing_still)).value();
        db->things.insert({.id = 1, .name = "one"}).value();
        db.commit();
        REQUIRE(db.close().complete());
    }
    raw_database(folder / "world.db").run("ALTER TABLE things ADD COLUMN extra TEXT");
    const auto db = open<things_world>(folder / "world.db", options_with(standing_still));
    REQUIRE_FALSE(db);
    CHECK(mentions(db.why().detail, "things.extra is in the file and not in the struct"));
    CHECK(raw_database(folder / "world.db").rows("SELECT id, name FROM things") == lines{"1 | 'one'"});
}

TEST_CASE("an index that becomes unique is refused with the statements that make it so") {
    struct plain_world {
        holdfast::table<old_account, holdfast::primary_key<&old_account::id>, holdfast::index<&old_account::name>>
            accounts;
    };
    struct unique_world {
        holdfast::table<old_account, holdfast::primary_key<&old_account::id>, holdfast::unique<&old_account::name>>
            accounts;
    };
    const temporary_folder folder;
    REQUIRE(open<plain_world>(folder / "world.db", options_with(standing_still)).value().close().complete());
    const auto refused = open<unique_world>(folder / "world.db", options_with(standing_still));
    REQUIRE_FALSE(refused);
    const lines statements = statements_in(refused.why().detail);
    REQUIRE(statements.size() == 1);
    CHECK(statements[0].starts_with("DROP INDEX IF EXISTS \"idx_accounts.name\"; CREATE UNIQUE INDEX"));
    raw_database(folder / "world.db").run(statements[0]);
    CHECK(open<unique_world>(folder / "world.db", options_with(standing_still)));
}

TEST_CASE("a new field that needs another value in each row is refused without a statement") {
    struct guarded {
        std::int64_t id = 0;
        std::string name{};
        std::int64_t leader = 0;
        std::string code{};
    };
    struct guarded_world {
        holdfast::table<guarded, holdfast::primary_key<&guarded::id>, holdfast::unique<&guarded::code>,
                        holdfast::references<&guarded::leader, &guarded::id, "accounts">>
            accounts;
    };
    const temporary_folder folder;
    REQUIRE(open<old_world>(folder / "world.db", options_with(standing_still)).value().close().complete());
    const auto refused = open<guarded_world>(folder / "world.db", options_with(standing_still));
    REQUIRE_FALSE(refused);
    for (const char* column : {"leader", "code"}) {
        CAPTURE(refused.why().detail, column);
        CHECK(
            mentions(refused.why().detail, std::string("accounts.") + column +
                                               " is not in the file, and no one value fits all rows: make the field a "
                                               "std::optional, or copy the rows to a new table"));
    }
    CHECK_FALSE(mentions(refused.why().detail, "ADD COLUMN"));
}

namespace {

struct hero {
    std::int64_t id = 0;
    std::int32_t level = 0;
    std::optional<std::int64_t> leader{};
};
struct later_hero { // another default, and with it a limit
    std::int64_t id = 0;
    std::int32_t level = 1;
    std::optional<std::int64_t> leader{};
};
struct item {
    std::int64_t id = 0;
    std::int64_t owner = 0;
};
template <class Hero, class... More> struct heroes_world {
    holdfast::table<Hero, holdfast::primary_key<&Hero::id>, holdfast::auto_id<&Hero::id>, holdfast::index<&Hero::level>,
                    holdfast::references<&Hero::leader, &Hero::id, "heroes">, More...>
        heroes;
    holdfast::table<item, holdfast::primary_key<&item::id>, holdfast::auto_id<&item::id>,
                    holdfast::references<&item::owner, &Hero::id, "heroes", holdfast::on_delete::cascade>>
        items;
};
using before_change = heroes_world<hero>;
using after_change = heroes_world<later_hero, holdfast::at_least<&later_hero::level, 1>>;

} // namespace

TEST_CASE("a file of ours whose table is made anew as the docs say has another default and check") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    {
        auto db = open<before_change>(path, options_with(standing_still)).value();
        db->heroes.insert({.id = 7, .level = 3}).value();
        db->heroes.insert({.level = 4, .leader = 7}).value();
        db->items.insert({.owner = 7}).value();
        db.commit();
        db.close(long_enough);
    }
    CHECK(
        mentions(open<after_change>(path, options_with(standing_still)).why().detail, "heroes.level has the default"));
    open<after_change>(folder / "fresh.db", options_with(standing_still)).value().close(long_enough);
    const auto made = raw_database(folder / "fresh.db")
                          .rows("SELECT substr(sql, instr(sql, '(')) FROM sqlite_schema WHERE name = 'heroes'")
                          .at(0);
    raw_database(path).run("PRAGMA foreign_keys = OFF; BEGIN; CREATE TABLE new_heroes " +
                           made.substr(1, made.size() - 2) +
                           "; INSERT INTO new_heroes (id, level, leader) SELECT id, level, leader FROM heroes;"
                           "DROP TABLE heroes; ALTER TABLE new_heroes RENAME TO heroes;"
                           "CREATE INDEX \"idx_heroes.level\" ON heroes (level);"
                           "CREATE INDEX \"idx_heroes.leader\" ON heroes (leader); COMMIT");
    CHECK(raw_database(path).rows("PRAGMA foreign_key_check").empty());
    auto db = open<after_change>(path, options_with(standing_still)).value();
    CHECK((db->heroes.size() == 2 && db->heroes.find(8)->leader == 7 && db->items.size() == 1));
    CHECK(db->heroes.insert({}).value()->id > 8);
    CHECK(db->heroes.insert({.level = 0}).why().code == errc::refused);
    db.commit();
    db.close(long_enough);
    CHECK(raw_database(path).row("SELECT count(*), sum(level) FROM heroes") == "3 | 8");
}
