// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/sqlite/connection.hpp.
#include <holdfast/sqlite/connection.hpp>

#include "support/catch.hpp"
#include "support/raw_database.hpp"
#include "support/temporary_folder.hpp"
#include "support/words.hpp"

#include <optional>

using holdfast::errc;
using holdfast::sqlite::connection;
using holdfast::sqlite::quoted;
using holdfast::sqlite::quoted_name;
using holdfast::sqlite::set_up;
using holdfast::sqlite::transaction;
using holdfast::test::lines;
using holdfast::test::mentions;
using holdfast::test::mentions_all;
using holdfast::test::raw_database;
using holdfast::test::temporary_folder;

namespace {

connection in_memory() { return connection::open(":memory:", connection::mode::create).value(); }

std::string ask(connection& db, const std::string& sql) {
    auto row = db.prepare(sql).value();
    return row.step().value() ? row.string(0) : "no row";
}

} // namespace

TEST_CASE("names and texts are quoted as SQL wants them") {
    CHECK(quoted_name("plain") == "\"plain\"");
    CHECK(quoted_name("a\"b") == "\"a\"\"b\"");
    CHECK(quoted("it's", '\'') == "'it''s'");
    CHECK(quoted("", '\'') == "''");
    auto db = in_memory();
    REQUIRE(db.run("CREATE TABLE " + quoted_name("select \"x\"") + " (" + quoted_name("or'der") + ")"));
    CHECK(ask(db, "SELECT name FROM pragma_table_info('select \"x\"')") == "or'der");
}

TEST_CASE("a database is created, or must be there, as the mode says") {
    const temporary_folder folder;
    const auto missing = connection::open(folder / "a.db", connection::mode::existing);
    REQUIRE_FALSE(missing);
    CHECK(missing.why().code == errc::not_found);
    CHECK(mentions(missing.why().detail, folder / "a.db"));
    CHECK_FALSE(std::filesystem::exists(folder / "a.db"));
    CHECK_FALSE(connection::open(folder / "a.db", connection::mode::read_only));
    {
        auto db = connection::open(folder / "a.db", connection::mode::create).value();
        REQUIRE(db.run("CREATE TABLE a (x); INSERT INTO a VALUES (5)"));
    }
    auto db = connection::open(folder / "a.db", connection::mode::existing).value();
    CHECK(ask(db, "SELECT x FROM a") == "5");
}

TEST_CASE("a read-only connection reads and refuses to write") {
    const temporary_folder folder;
    raw_database(folder / "a.db").run("CREATE TABLE a (x); INSERT INTO a VALUES (5)");
    const std::string before = holdfast::test::bytes_of_file(folder / "a.db");
    auto db = connection::open(folder / "a.db", connection::mode::read_only).value();
    CHECK(ask(db, "SELECT x FROM a") == "5");
    const auto refused = db.run("INSERT INTO a VALUES (6)");
    REQUIRE_FALSE(refused);
    CHECK(refused.why().code == errc::io);
    CHECK(mentions(refused.why().detail, "readonly"));
    CHECK(holdfast::test::bytes_of_file(folder / "a.db") == before);
}

TEST_CASE("every setting of a connection that writes is read back") {
    const temporary_folder folder;
    auto db = connection::open(folder / "a.db", connection::mode::create).value();
    REQUIRE(set_up(db, false));
    CHECK(ask(db, "PRAGMA journal_mode") == "wal");
    CHECK(ask(db, "PRAGMA locking_mode") == "exclusive");
    CHECK(ask(db, "PRAGMA synchronous") == "2");
    CHECK(ask(db, "PRAGMA foreign_keys") == "1");
    CHECK(ask(db, "PRAGMA mmap_size") == "0");
    CHECK(ask(db, "PRAGMA busy_timeout") == "1000");
}

TEST_CASE("a database without a file is set up too") {
    auto db = in_memory();
    REQUIRE(set_up(db, true));
    CHECK(ask(db, "PRAGMA foreign_keys") == "1");
    CHECK(ask(db, "PRAGMA synchronous") == "2");
}

TEST_CASE("a pragma that SQLite ignores is an error that names it") {
    auto db = in_memory();
    CHECK(db.set_pragma("foreign_keys", "ON", "1"));
    // A database in memory has no write-ahead log, and SQLite only says so when it is asked.
    const auto ignored = db.set_pragma("journal_mode", "WAL", "wal");
    REQUIRE_FALSE(ignored);
    CHECK(ignored.why().code == errc::io);
    CHECK(mentions_all(ignored.why().detail, "journal_mode", "'memory'", "'wal'"));
    CHECK(mentions(db.set_pragma("no_such_pragma", "1", "1").why().detail, "no_such_pragma"));
}

TEST_CASE("a broken rule of the tables is refused, with SQLite's words") {
    auto db = in_memory();
    REQUIRE(db.run("PRAGMA foreign_keys = ON;"
                   "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT NOT NULL UNIQUE, y CHECK (y > 0));"
                   "CREATE TABLE b (a INTEGER REFERENCES a (id)); INSERT INTO a VALUES (1, 'one', 1)"));
    for (const char* sql : {"INSERT INTO a VALUES (1, 'two', 1)", "INSERT INTO a VALUES (2, 'one', 1)",
                            "INSERT INTO a VALUES (2, NULL, 1)", "INSERT INTO a VALUES (2, 'two', 0)",
                            "INSERT INTO b VALUES (2)", "INSERT INTO a VALUES ('no number', 'two', 1)"}) {
        const auto refused = db.run(sql);
        REQUIRE_FALSE(refused);
        CHECK(refused.why().code == errc::refused);
        CHECK(mentions(refused.why().detail, sql));
    }
}

TEST_CASE("a file that is no database is corrupt") {
    const temporary_folder folder;
    holdfast::test::write_file(folder / "a.db", std::string(8'192, 'x'));
    auto db = connection::open(folder / "a.db", connection::mode::existing).value();
    const auto read = db.prepare("SELECT * FROM sqlite_schema");
    REQUIRE_FALSE(read);
    CHECK(read.why().code == errc::corrupt);
    CHECK(mentions(read.why().detail, "not a database"));
}

TEST_CASE("a database with a damaged page is corrupt") {
    const temporary_folder folder;
    {
        raw_database db(folder / "a.db");
        db.run("PRAGMA page_size = 512; CREATE TABLE a (x);"
               "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)"
               "INSERT INTO a SELECT i FROM n");
    }
    std::string bytes = holdfast::test::bytes_of_file(folder / "a.db");
    bytes.replace(1'024, bytes.size() - 1'024, std::string(bytes.size() - 1'024, '\x7f'));
    holdfast::test::write_file(folder / "a.db", bytes);
    auto db = connection::open(folder / "a.db", connection::mode::existing).value();
    const auto read = db.prepare("SELECT sum(x) FROM a").value().step();
    REQUIRE_FALSE(read);
    CHECK(read.why().code == errc::corrupt);
}

TEST_CASE("a database that somebody else has locked is busy") {
    const temporary_folder folder;
    raw_database other(folder / "a.db");
    other.run("CREATE TABLE a (x); BEGIN EXCLUSIVE");
    auto db = connection::open(folder / "a.db", connection::mode::existing).value();
    sqlite3_busy_timeout(db.get(), 1);
    const auto refused = db.run("INSERT INTO a VALUES (1)");
    REQUIRE_FALSE(refused);
    CHECK(refused.why().code == errc::busy);
    other.run("COMMIT");
    CHECK(db.run("INSERT INTO a VALUES (1)"));
}

TEST_CASE("a database that may not grow is full") {
    auto db = in_memory();
    REQUIRE(db.run("CREATE TABLE a (x); PRAGMA max_page_count = 10"));
    const auto refused = db.run("INSERT INTO a VALUES (zeroblob(1000000))");
    REQUIRE_FALSE(refused);
    CHECK(refused.why().code == errc::full);
}

TEST_CASE("mistakes in SQL are errors that show it, cut short") {
    auto db = in_memory();
    const auto bad = db.prepare("SELEKT 1");
    REQUIRE_FALSE(bad);
    CHECK(mentions_all(bad.why().detail, "SELEKT 1", "syntax error"));
    const auto long_one = db.run("SELEKT " + std::string(10'000, 'x'));
    REQUIRE_FALSE(long_one);
    CHECK(long_one.why().detail.size() < 500);
}

TEST_CASE("a transaction that is not committed is rolled back") {
    const temporary_folder folder;
    auto db = connection::open(folder / "a.db", connection::mode::create).value();
    REQUIRE(db.run("CREATE TABLE a (x)"));
    {
        const auto open = transaction::begin(db);
        REQUIRE(open);
        REQUIRE(db.run("INSERT INTO a VALUES (1)"));
    }
    CHECK(ask(db, "SELECT count(*) FROM a") == "0");
    {
        auto open = transaction::begin(db).value();
        REQUIRE(db.run("INSERT INTO a VALUES (1)"));
        transaction moved(std::move(open));
        REQUIRE(moved.commit());
    }
    CHECK(ask(db, "SELECT count(*) FROM a") == "1");
    CHECK(raw_database(folder / "a.db").rows("SELECT x FROM a") == lines{"1"});
}

TEST_CASE("a transaction whose commit is refused is rolled back, and the next one can begin") {
    auto db = in_memory();
    REQUIRE(db.run("PRAGMA foreign_keys = ON; CREATE TABLE a (id INTEGER PRIMARY KEY);"
                   "CREATE TABLE b (a REFERENCES a (id) DEFERRABLE INITIALLY DEFERRED)"));
    {
        auto open = transaction::begin(db);
        REQUIRE(open);
        REQUIRE(db.run("INSERT INTO b VALUES (1)"));
        const auto refused = open->commit();
        REQUIRE_FALSE(refused);
        CHECK(refused.why().code == errc::refused);
    }
    CHECK(ask(db, "SELECT count(*) FROM b") == "0");
    CHECK(transaction::begin(db));
}

TEST_CASE("a transaction inside another one is refused") {
    auto db = in_memory();
    const auto first = transaction::begin(db);
    REQUIRE(first);
    CHECK_FALSE(transaction::begin(db));
}

TEST_CASE("the rows that a statement changed are counted") {
    auto db = in_memory();
    REQUIRE(db.run("CREATE TABLE a (x); INSERT INTO a VALUES (1), (2), (3)"));
    CHECK(db.changes() == 3);
    REQUIRE(db.prepare("UPDATE a SET x = 5 WHERE x = 2").value().run());
    CHECK(db.changes() == 1);
    REQUIRE(db.prepare("UPDATE a SET x = 5 WHERE x = 9").value().run());
    CHECK(db.changes() == 0);
}

TEST_CASE("a connection moves, and closes when its last owner ends") {
    const temporary_folder folder;
    std::optional<connection> kept;
    {
        auto db = connection::open(folder / "a.db", connection::mode::create).value();
        REQUIRE(set_up(db, false));
        REQUIRE(db.run("CREATE TABLE a (x)"));
        kept.emplace(std::move(db));
    }
    CHECK(kept->run("INSERT INTO a VALUES (1)"));
    *kept = connection();
    CHECK(raw_database(folder / "a.db").rows("SELECT x FROM a") == lines{"1"});
    CHECK_FALSE(std::filesystem::exists(folder / "a.db-wal"));
}
