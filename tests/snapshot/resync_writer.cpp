// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/snapshot/resync_writer.hpp and shadow_table.hpp: the rows of a resync take the place of those that the
/// file has, all at once or not at all.
#include <holdfast/snapshot/resync_writer.hpp>

#include "support/catch.hpp"
#include "support/delta_target.hpp"
#include "support/words.hpp"

#include <algorithm>

using namespace holdfast::test;
using holdfast::batch_report;
using holdfast::cell;
using holdfast::errc;
using holdfast::log_schema;
using holdfast::log_table;
using holdfast::result;
using holdfast::resync_marks;
using holdfast::resync_writer;

namespace {

/// Gives a writer everything in the log.
result<batch_report> resync(delta_target& to, const log_schema& schema = delta_schema) {
    resync_writer writer(to.db, schema);
    if (auto ok = writer.begin(); !ok) return ok.why();
    for (auto frames = to.log.frames(); !frames.empty(); frames = to.log.frames(writer.applied()))
        for (const auto stored : frames)
            if (auto ok = writer.take(stored, 7); !ok) return ok.why();
    return writer.end();
}
bool references_are_on(delta_target& of) { return of.rows("PRAGMA foreign_keys") == lines{"1"}; }
lines temporary_tables(delta_target& of) { return of.rows("SELECT name FROM temp.sqlite_schema"); }

/// Aria and Bob have each other's names; Cleo is new; whoever else was there is gone.
const op_writer& everybody() {
    static const op_writer ops = op_writer()
                                     .row(characters, {number(1), text("Bob"), number(11), number(101)})
                                     .row(characters, {number(2), text("Aria"), number(21), number(201)})
                                     .row(characters, {number(3), text("Cleo"), number(31), number(301)})
                                     .row(items, {number(11), number(3), text("sword")})
                                     .row(skills, {number(22), number(1), text("ride"), number(7)})
                                     .lease(characters, 1'000);
    return ops;
}
void check_everybody(delta_target& of) {
    CHECK(of.rows("SELECT * FROM characters ORDER BY id") == lines{"1 | 'Bob' | 11 | 101 | 'kept'",
                                                                   "2 | 'Aria' | 21 | 201 | 'theirs'",
                                                                   "3 | 'Cleo' | 31 | 301 | 'theirs'"});
    CHECK(of.rows("SELECT * FROM items") == lines{"11 | 3 | 'sword'"});
    CHECK(of.rows("SELECT * FROM skills") == lines{"22 | 1 | 'ride' | 7"});
    CHECK(of.rows("SELECT * FROM holdfast_ids") == lines{"'characters' | 1000"});
    CHECK(references_are_on(of));
    CHECK(temporary_tables(of).empty());
}
void keep_a_column(delta_target& of) { of.db.run("UPDATE characters SET extra = 'kept' WHERE id = 1").value(); }

} // namespace

TEST_CASE("rows of a resync replace what the file has, and columns that they do not name stay with their keys") {
    delta_target to;
    keep_a_column(to);
    to.db.run("DELETE FROM skills WHERE owner = 2; DELETE FROM characters WHERE id = 2").value(); // behind our back
    to.log.append(everybody(), {1, 1});
    const auto report = resync(to);
    INFO((report ? std::string() : report.why().message()));
    REQUIRE(report);
    CHECK(report->applied == 2);
    check_everybody(to);
    CHECK(to.marker() == "2");
    to.applied = 2; // and it goes on from there
    to.apply({op_writer().set(characters, {number(3)}, character_gold, number(5))}).value();
    CHECK(to.rows("SELECT gold FROM characters WHERE id = 3") == lines{"5"});
}

TEST_CASE("changes among the rows count from where they stand, and those of a row that is not there are passed over") {
    delta_target to;
    keep_a_column(to);
    to.log.append(op_writer().insert(characters, {number(9), text("before"), number(1), number(1)})); // it began later
    to.log.append(op_writer()
                      .set(characters, {number(1)}, character_gold, number(101)) // its row comes with it in it
                      .erase(characters, {number(9)})
                      .update(items, {number(11)}, {{item_owner, number(2)}, {item_kind, text("bow")}}),
                  {1, 0});
    to.log.append(op_writer()
                      .row(characters, {number(1), text("Aria"), number(1), number(101)})
                      .row(characters, {number(2), text("Bob"), number(21), number(201)})
                      .row(characters, {number(4), text("Dora"), number(1), number(1)})
                      .row(items, {number(12), number(4), text("rope")}));
    to.log.append(op_writer()
                      .erase(items, {number(12)})
                      .erase(characters, {number(4)})
                      .set(characters, {number(1)}, character_name, text("nobody"))
                      .set(characters, {number(2)}, character_name, text("Aria"))
                      .set(characters, {number(1)}, character_name, text("Bob"))
                      .update(characters, {number(1)}, {{character_level, number(11)}, {character_level, number(11)}})
                      .insert(characters, {number(3), text("Cleo"), number(1), number(301)})
                      .row(characters, {number(3), text("Cleo"), number(1), number(301)}) // a second time
                      .set(characters, {number(3)}, character_level, number(31))
                      .row(items, {number(11), number(3), text("sword")})
                      .row(skills, {number(22), number(1), text("ride"), number(7)})
                      .lease(characters, 1'000),
                  {0, 1});
    REQUIRE(resync(to));
    check_everybody(to);
}

TEST_CASE("the last resync that began is the one that counts, over any gap") {
    delta_target to;
    keep_a_column(to);
    to.log.append(op_writer().row(characters, {number(7), text("Gus"), number(1), number(1)}), {1, 0});
    to.log.drop(20);
    to.log.append(op_writer().row(characters, {number(8), text("Hal"), number(1), number(1)}));
    to.log.append(op_writer(), {2, 0});
    to.log.append(everybody(), {0, 2});
    REQUIRE(resync(to));
    check_everybody(to);
    CHECK(to.marker() == "25");
}

TEST_CASE("what is not a whole resync replaces nothing") {
    struct piece {
        resync_marks marks;
        std::uint64_t dropped_before = 0;
    };
    const auto refused = [](const std::vector<piece>& pieces) {
        delta_target to;
        const lines before = to.all();
        for (const piece& one : pieces) {
            if (one.dropped_before != 0) to.log.drop(one.dropped_before);
            to.log.append(everybody(), one.marks);
        }
        const auto report = resync(to);
        REQUIRE_FALSE(report);
        CHECK(report.why().code == errc::corrupt);
        CHECK(mentions(report.why().detail, "does not end a resync"));
        CHECK(to.all() == before);
        CHECK(references_are_on(to));
        CHECK(temporary_tables(to).empty());
    };
    refused({});
    refused({{{1, 0}}});
    refused({{{0, 1}}});
    refused({{{1, 0}}, {{2, 0}}, {{0, 1}}});
    refused({{{1, 0}}, {{0, 1}, 3}});
    refused({{{1, 1}}, {{}}}); // it goes on
}

TEST_CASE("frames of a process whose tables had other numbers are read by its names in a resync") {
    delta_target to;
    to.db.run("CREATE TABLE said (who INTEGER, what TEXT)").value();
    const log_table said{"said", {"who", "what"}, {}, {0, 0}};
    log_schema before = delta_schema, now = delta_schema;
    std::reverse(before.tables.begin(), before.tables.end());
    before.tables.insert(before.tables.begin(), said);
    now.tables.push_back(said);
    const auto last = static_cast<std::uint16_t>(now.tables.size() - 1);
    // By the numbers of the second process this would be a row of a table with a key.
    to.log.append(op_writer().insert(0, {number(1), text("hello")}).raw(std::string_view("\7\0\0\0", 4)), {});
    op_writer then = everybody();
    to.log.append(then.insert(last, {number(2), text("goodbye")}), {1, 1});
    const auto frames = to.log.frames();
    REQUIRE(frames.size() == 3); // the first one is applied
    const auto take_both = [&](resync_writer& writer) {
        writer.begin().value();
        writer.take(frames[1], 7, &before).value();
        writer.take(frames[2], 7, &now).value();
        return writer.end();
    };
    {
        resync_writer writer(to.db, now);
        const auto report = take_both(writer);
        INFO((report ? std::string() : report.why().message()));
        REQUIRE(report);
    }
    CHECK(to.rows("SELECT * FROM said") == lines{"1 | 'hello'", "2 | 'goodbye'"});
    CHECK(to.rows("SELECT name FROM characters ORDER BY id") == lines{"'Bob'", "'Aria'", "'Cleo'"});
    before.tables[0].columns[1] = "words";
    resync_writer writer(to.db, now);
    writer.begin().value();
    to.log.append(op_writer().insert(0, {number(1), text("hello")}), {});
    const auto refused = writer.take(to.log.frames().back(), 7, &before);
    REQUIRE_FALSE(refused);
    CHECK(mentions_all(refused.why().detail, "said", "other columns"));
}

TEST_CASE("a tick whose changes are in no log makes a resync around it incomplete") {
    delta_target to;
    to.log.append(everybody(), {1, 0});
    to.log.append(op_writer().raw(std::string_view("\7\0\0\0", 4)), {});
    to.log.append(op_writer().row(items, {number(11), cell{}, text("sword")}), {0, 1});
    const auto report = resync(to);
    REQUIRE_FALSE(report);
    CHECK(mentions(report.why().detail, "does not end a resync"));
}

TEST_CASE("a frame that is bent is refused in a resync") {
    delta_target to;
    to.log.append(op_writer().row(items, {number(11), cell{}, text("sword")}), {1, 1});
    auto frames = to.log.frames();
    std::vector<std::byte> bent(frames.back().begin(), frames.back().end());
    bent.back() ^= std::byte{1};
    resync_writer writer(to.db, delta_schema);
    REQUIRE(writer.begin());
    CHECK_FALSE(writer.take(bent, 7));
}

TEST_CASE("rows that SQLite refuses in a resync are kept beside their tables, with those that refer to them") {
    delta_target to;
    to.db
        .run("UPDATE characters SET extra = 'kept'; CREATE TRIGGER curse BEFORE INSERT ON characters "
             "WHEN new.gold = 666 BEGIN SELECT RAISE(ABORT, 'cursed gold'); END")
        .value();
    // Dead before, and as memory has it now.
    to.log.append(op_writer().insert(characters, {number(4), text("Dan"), number(1), number(666)}));
    REQUIRE(to.apply_all().value().dead_rows == 1);
    to.log.append(op_writer()
                      .row(characters, {number(2), text("Robert"), number(21), number(3)})
                      .row(characters, {number(1), text("Bob"), number(11), number(666)})
                      .row(items, {number(11), number(1), text("sword")})
                      .row(items, {number(12), number(2), text("bow")})
                      .row(items, {number(13), number(9), text("of nobody")}),
                  {1, 1});
    const auto report = resync(to);
    REQUIRE(report);
    CHECK(report->dead_rows == 3);
    REQUIRE(report->refused);
    CHECK(mentions_all(report->refused->detail, "characters", "cursed gold", "holdfast_dead_characters"));
    CHECK(to.rows("SELECT * FROM characters") == lines{"2 | 'Robert' | 21 | 3 | 'kept'"});
    CHECK(to.rows("SELECT id, name, gold FROM holdfast_dead_characters") == lines{"1 | 'Bob' | 666"});
    CHECK(to.rows("SELECT id, owner, kind FROM holdfast_dead_items ORDER BY id") ==
          lines{"11 | 1 | 'sword'", "13 | 9 | 'of nobody'"});
    CHECK(references_are_on(to));

    to.db.run("DROP TRIGGER curse").value();
    const auto left = holdfast::retry_dead_rows(to.db, delta_schema).value();
    CHECK(left.rows == 1);
    CHECK(to.rows("SELECT id, name, gold FROM characters ORDER BY id") == lines{"1 | 'Bob' | 666", "2 | 'Robert' | 3"});
    CHECK(to.rows("SELECT id FROM holdfast_dead_items") == lines{"13"});
}

TEST_CASE("conflict clauses of somebody else's do not decide what becomes of a resync") {
    for (const std::string clause : {"ROLLBACK", "REPLACE", "IGNORE", "FAIL"}) {
        CAPTURE(clause);
        delta_target to;
        to.db
            .run("CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE UNIQUE ON CONFLICT " + clause +
                 ")")
            .value();
        log_schema schema = delta_schema;
        schema.tables.push_back({"names", {"id", "name"}, {0}, {1, 1}});
        to.log.append(op_writer()
                          .row(3, {number(1), text("Aria")})
                          .row(3, {number(2), text("ARIA")}) // another name, for us
                          .row(3, {number(3), text("Cleo")}),
                      {1, 1});
        const auto report = resync(to, schema);
        INFO((report ? std::string() : report.why().message()));
        REQUIRE(report);
        CHECK(report->dead_rows == 1);
        CHECK(to.rows("SELECT id, name FROM names ORDER BY id") == lines{"1 | 'Aria'", "3 | 'Cleo'"});
        CHECK(to.rows("SELECT id, name FROM holdfast_dead_names") == lines{"2 | 'ARIA'"});
    }
}

TEST_CASE("a column of the name that SQLite gives the number of a row is only a column in a resync") {
    delta_target to;
    to.db.run("CREATE TABLE odd (id INTEGER PRIMARY KEY, rowid INTEGER, text TEXT CHECK (text <> 'bad')) ").value();
    log_schema schema = delta_schema;
    schema.tables.push_back({"odd", {"id", "rowid", "text"}, {0}, {1, 0, 0}});
    to.log.append(op_writer(everybody())
                      .row(3, {number(1), cell{}, text("a")})
                      .row(3, {number(2), cell{}, text("bad")})
                      .row(3, {number(3), cell{}, text("c")}),
                  {1, 1});
    const auto report = resync(to, schema);
    REQUIRE(report);
    CHECK(report->dead_rows == 1);
    CHECK(to.rows("SELECT id, text FROM odd ORDER BY id") == lines{"1 | 'a'", "3 | 'c'"});
    CHECK(to.rows("SELECT id, text FROM holdfast_dead_odd") == lines{"2 | 'bad'"});
}

TEST_CASE("a table without a key gets what was added, and the rows that it had stay") {
    delta_target to;
    to.db.run("CREATE TABLE chat (line TEXT, theirs TEXT DEFAULT 'x'); INSERT INTO chat VALUES ('old', 'kept')")
        .value();
    log_schema schema = delta_schema;
    schema.tables.push_back({"chat", {"line"}, {}, {0}});
    to.log.append(op_writer().insert(3, {text("one")}));
    to.log.append(op_writer().insert(3, {text("two")}), {1, 0});
    to.log.append(op_writer(everybody()).insert(3, {text("two")}), {0, 1});
    REQUIRE(resync(to, schema));
    CHECK(to.rows("SELECT * FROM chat ORDER BY rowid") ==
          lines{"'old' | 'kept'", "'one' | 'x'", "'two' | 'x'", "'two' | 'x'"});
}

TEST_CASE("keys of text, of several columns and without regard to case find their rows in a resync") {
    delta_target to;
    to.db
        .run(
            "CREATE TABLE names (name TEXT COLLATE NOCASE, slot INT, value BLOB, extra, PRIMARY KEY (name, slot)) "
            "WITHOUT ROWID; INSERT INTO names VALUES ('Aria', 1, 1.5, 'a'), ('bob', 2, x'00', 'b'), ('Cleo', 3, 3, 'c')")
        .value();
    log_schema schema = delta_schema;
    schema.tables.push_back({"names", {"name", "slot", "value"}, {0, 1}, {1, 1, 0}});
    to.log.append(op_writer(everybody())
                      .row(3, {text("Aria"), number(1), real(2.5)})
                      .row(3, {text("BOB"), number(2), blob("x")})
                      .row(3, {text("dora"), number(4), number(4)})
                      .row(3, {text("emil"), number(5), number(5)})
                      .set(3, {text("dora"), number(4)}, 2, number(44))
                      .erase(3, {text("emil"), number(5)}),
                  {1, 1});
    REQUIRE(resync(to, schema));
    CHECK(to.rows("SELECT * FROM names ORDER BY slot") ==
          lines{"'Aria' | 1 | 2.5 | 'a'", "'BOB' | 2 | x'78' | 'b'", "'dora' | 4 | 44 | NULL"});
}
