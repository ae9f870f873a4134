// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/schema/compare.hpp: every way in which a table can differ is named.
#include <holdfast/schema.hpp>
#include <holdfast/world.hpp>

#include "support/catch.hpp"
#include "support/game_world.hpp"
#include "support/schema_changes.hpp"
#include "support/words.hpp"

#include <optional>

using holdfast::differences;
using holdfast::file_origin;
using holdfast::read_table;
using holdfast::sqlite::connection;
using holdfast::test::mentions;
using holdfast::test::our_indexes;
using holdfast::test::our_table;
using holdfast::test::schema_change;
using holdfast::test::schema_changes;
using holdfast::test::things_world;

namespace {

holdfast::table_schema wanted() {
    things_world world;
    return holdfast::schema_of(holdfast::tables_of(world).value().front()->description());
}

std::vector<std::string> compared(const std::string& sql, file_origin origin) {
    auto db = connection::open(":memory:", connection::mode::create).value();
    db.run(sql).value();
    return differences(wanted(), *read_table(db, "things").value(), origin);
}

} // namespace

TEST_CASE("our own table has no differences") {
    CHECK(compared(our_table + our_indexes, file_origin::ours).empty());
    CHECK(compared(our_table + our_indexes, file_origin::adopted).empty());
    CHECK(holdfast::create_statements(wanted()).front() == our_table);
}

TEST_CASE("every kind of difference in a file of ours is named") {
    for (const schema_change& one : schema_changes) {
        DYNAMIC_SECTION(one.what) {
            const auto found = compared(one.sql(), file_origin::ours);
            CAPTURE(found);
            CHECK(mentions(holdfast::joined(found), one.named));
        }
    }
}

TEST_CASE("a file of somebody else's is refused for what would harm and for nothing else") {
    for (const schema_change& one : schema_changes) {
        DYNAMIC_SECTION(one.what) {
            const auto found = compared(one.sql(), file_origin::adopted);
            CAPTURE(found);
            if (one.adopted_too)
                CHECK(mentions(holdfast::joined(found), one.named));
            else
                CHECK(found.empty());
        }
    }
}

TEST_CASE("regression: a check in other letters is a check") {
    const std::string in_file = "CHECK (\"level\" >= 0)";
    std::string sql = our_table;
    sql.replace(sql.find(in_file), in_file.size(), in_file + ", check(level < 9)");
    const auto found = compared(sql + our_indexes, file_origin::ours);
    REQUIRE(found.size() == 2);
    CHECK(found[0] == "things has a CHECK (level < 9) in the file, which the struct does not ask for");
    CHECK(found[1].starts_with("things as the structs want it:\n    CREATE TABLE \"things\" (\n        \"id\" "));
}

TEST_CASE("a check that says what the struct does serves, however it is written") {
    const std::string in_file = "CHECK (\"level\" >= 0)";
    for (const char* as : {"level >= 0", "LEVEL>=0", "[level] >= 0", " `Level`\t>=\n0 ", "\"level\">= 0"})
        for (const file_origin origin : {file_origin::ours, file_origin::adopted}) {
            CAPTURE(as);
            std::string sql = our_table;
            sql.replace(sql.find(in_file), in_file.size(), holdfast::words({"CHECK (", as, ")"}));
            CHECK(compared(sql + our_indexes, origin).empty());
        }
    for (const char* as :
         {"level > 0", "'level' >= 0", "level >= '0'", "level >= 0 AND owner > 1", "owner >= 0", "\"level>=0\""}) {
        CAPTURE(as);
        std::string sql = our_table;
        sql.replace(sql.find(in_file), in_file.size(), holdfast::words({"CHECK (", as, ")"}));
        CHECK_FALSE(compared(sql + our_indexes, file_origin::adopted).empty());
    }
}

TEST_CASE("a column that was renamed comes with the statement that renames it, and with the one that adds it") {
    std::string sql = our_table + our_indexes;
    for (std::size_t at = 0; (at = sql.find("level", at)) != std::string::npos;) sql.replace(at, 5, "grade");
    const std::string check = "    CHECK (\"grade\" >= 0),\n"; // with it SQLite could not drop the column
    sql.erase(sql.find(check), check.size());
    for (const file_origin origin : {file_origin::ours, file_origin::adopted}) {
        const std::string found = holdfast::joined(compared(sql, origin));
        CAPTURE(found);
        CHECK(mentions(found, "things.level is not in the file: ALTER TABLE \"things\" ADD COLUMN \"level\""));
        CHECK(mentions(found, "\n    or, if grade is its old name: ALTER TABLE \"things\" RENAME COLUMN \"grade\" TO "
                              "\"level\";"));
        CHECK_FALSE(mentions(found, "if data is its old name"));
        CHECK((origin == file_origin::adopted ||
               mentions(found,
                        "things.grade is in the file and not in the struct: if it is to go, drop its index, if it has "
                        "one, and then ALTER TABLE \"things\" DROP COLUMN \"grade\";")));
    }
}

TEST_CASE("a key of more columns or in another order is named") {
    for (const char* key : {"id, name", "name, id", "name"}) {
        const auto found =
            compared("CREATE TABLE things (id INTEGER, name TEXT, level INTEGER, owner INTEGER, data BLOB, "
                     "PRIMARY KEY (" +
                         std::string(key) + "))",
                     file_origin::adopted);
        CHECK(mentions(holdfast::joined(found), "primary key (" + std::string(key) + ") in the file"));
    }
}

TEST_CASE("the conditions of checks are found wherever they stand, and nothing else is") {
    using holdfast::detail::checks_in;
    using list = std::vector<std::string>;
    CHECK(checks_in("CREATE TABLE t (a CHECK (a > 0), b check(b IN ('(', ')')), CHECK\n (a < (b + 1)))") ==
          list{"a > 0", "b IN ('(', ')')", "a < (b + 1)"});
    CHECK(checks_in("CREATE TABLE t (a DEFAULT 'CHECK (x)', \"CHECK (y)\", [check (z)], `check (q)`)").empty());
    CHECK(checks_in("CREATE TABLE t (a -- CHECK (x)\n, b /* CHECK (y) */)").empty());
    CHECK(checks_in("CREATE TABLE t (recheck (5), checks (5), check_ (5))").empty());
    CHECK(checks_in("CREATE TABLE t (a CHECK (a <> 'it''s (') , b)") == list{"a <> 'it''s ('"});
    for (const char* cut : {"CHECK", "CHECK (", "CHECK (a", "CHECK ('", "'", "\"", "[", "/*", "--", "CHECK (/*", ""})
        CHECK(checks_in(cut).size() <= 1); // whatever stands there, it ends
}

TEST_CASE("all differences are named at once") {
    const auto found =
        compared("CREATE TABLE things (id INTEGER PRIMARY KEY, level TEXT, name BLOB, extra)", file_origin::ours);
    CHECK(found.size() >= 8);
    for (const char* part : {"things.data is not", "things.owner is not", "things.level is TEXT", "things.extra",
                             "is not UNIQUE (name)", "no index (level)", "no CHECK"}) {
        CAPTURE(part);
        CHECK(mentions(holdfast::joined(found), part));
    }
}

TEST_CASE("what a missing column is to have comes with the statement that adds it") {
    std::string sql = our_table;
    for (const char* part :
         {"    \"level\" INTEGER NOT NULL DEFAULT 1,\n", "    \"owner\" INTEGER,\n", "    CHECK (\"level\" >= 0),\n",
          ",\n    FOREIGN KEY (\"owner\") REFERENCES \"things\" (\"id\") ON DELETE CASCADE"}) {
        REQUIRE(sql.find(part) != std::string::npos);
        sql.erase(sql.find(part), std::string(part).size());
    }
    CHECK(compared(sql, file_origin::ours) ==
          std::vector<std::string>{
              "things.level is not in the file: ALTER TABLE \"things\" ADD COLUMN \"level\" INTEGER NOT NULL DEFAULT 1 "
              "CHECK (\"level\" >= 0);",
              "things.owner is not in the file: ALTER TABLE \"things\" ADD COLUMN \"owner\" INTEGER REFERENCES "
              "\"things\" (\"id\") ON DELETE CASCADE;",
              "things has no index (level) in the file: CREATE INDEX \"idx_things.level\" ON \"things\" (\"level\");",
              "things has no index (owner) in the file: CREATE INDEX \"idx_things.owner\" ON \"things\" (\"owner\");"});
}

TEST_CASE("a column of the key that is missing is named without a statement, as none can add it") {
    const auto found = compared("CREATE TABLE things (name TEXT)", file_origin::adopted);
    CHECK(mentions(holdfast::joined(found), "things.id is not in the file, and is part of the key"));
}

TEST_CASE("columns in other letters are named once, whatever refers to them") {
    std::string sql = our_table + our_indexes;
    for (const std::string name : {"id", "owner", "level"})
        for (const std::string before : {"\"", "("})
            for (std::size_t at = 0; (at = sql.find(before + name, at)) != std::string::npos; ++at)
                sql[at + 1] = static_cast<char>(sql[at + 1] - 'a' + 'A');
    const auto found = compared(sql, file_origin::adopted);
    CAPTURE(found);
    REQUIRE(found.size() >= 3);
    CHECK(mentions(found[0], "things.id is spelled Id in the file"));
    CHECK(mentions(found[1], "things.level is spelled Level in the file"));
    CHECK(mentions(found[2], "things.owner is spelled Owner in the file"));
}

TEST_CASE("a view cannot serve as a table") {
    for (const file_origin origin : {file_origin::ours, file_origin::adopted}) {
        const auto found = compared(
            "CREATE VIEW things AS SELECT 1 AS id, '' AS name, 1 AS level, NULL AS owner, x'' AS data", origin);
        REQUIRE(found.size() == 1);
        CHECK(mentions(found.front(), "things is a view"));
    }
}

TEST_CASE("the tables of somebody else's may be written in another way") {
    for (const char* sql :
         {"CREATE TABLE Things (id INTEGER PRIMARY KEY, name VARCHAR(20), level INT, owner BIGINT, data BLOB)",
          "CREATE TABLE things (id INT PRIMARY KEY, name, level NUMERIC, owner, data)",
          "CREATE TABLE things (data BLOB, owner INTEGER, level INTEGER DEFAULT 7, name TEXT, id INTEGER PRIMARY KEY, "
          "extra TEXT NOT NULL DEFAULT 'x', other)",
          "CREATE TABLE things (id INTEGER NOT NULL PRIMARY KEY, name TEXT UNIQUE, level INTEGER, data BLOB, owner "
          "INTEGER REFERENCES things ON DELETE CASCADE) WITHOUT ROWID",
          "CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT, level INTEGER, owner INTEGER, data BLOB) STRICT"}) {
        CAPTURE(sql);
        CHECK(holdfast::joined(compared(sql, file_origin::adopted)).empty());
    }
}

TEST_CASE("of the tables of an MMO server in its own SQL only the positions differ, which a NaN would leave empty") {
    auto db = connection::open(":memory:", connection::mode::create).value();
    db.run(holdfast::test::game_sql).value();
    holdfast::test::game_world world;
    std::vector<std::string> found;
    for (const auto* table : holdfast::tables_of(world).value()) {
        const auto have = read_table(db, table->description().name).value();
        REQUIRE(have);
        for (const auto& difference :
             differences(holdfast::schema_of(table->description()), *have, file_origin::adopted))
            found.push_back(difference);
    }
    REQUIRE(found.size() == 3);
    for (const std::string& difference : found) CHECK(mentions(difference, "characters.position_"));
}
