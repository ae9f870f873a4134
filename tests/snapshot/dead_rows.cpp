// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/snapshot/dead_rows.hpp: a row that SQLite refuses stops nothing, is kept beside its table with
/// everything that follows, and goes back when SQLite accepts it.
#include <holdfast/snapshot.hpp>

#include "support/catch.hpp"
#include "support/delta_target.hpp"
#include "support/words.hpp"

using namespace holdfast::test;
using holdfast::cell;
using holdfast::errc;
using holdfast::rows_with_dead;

namespace {

/// A database where nobody may have 666 pieces of gold or a cursed item, and nobody may erase item 12.
struct cursed : delta_target {
    cursed() {
        for (const std::string change : {"INSERT", "UPDATE"}) {
            REQUIRE(db.run("CREATE TRIGGER no_gold_" + change + " BEFORE " + change +
                           " ON characters WHEN new.gold = 666 BEGIN SELECT RAISE(ABORT, 'cursed gold'); END"));
            REQUIRE(db.run("CREATE TRIGGER no_item_" + change + " BEFORE " + change +
                           " ON items WHEN new.kind = 'cursed' BEGIN SELECT RAISE(ABORT, 'cursed item'); END"));
        }
        REQUIRE(db.run("CREATE TRIGGER stays BEFORE DELETE ON items WHEN old.id = 12 "
                       "BEGIN SELECT RAISE(ABORT, 'it cannot be thrown away'); END"));
    }
    void lift() {
        for (const char* one : {"no_gold_INSERT", "no_gold_UPDATE", "no_item_INSERT", "no_item_UPDATE", "stays"})
            REQUIRE(db.run(holdfast::words({"DROP TRIGGER IF EXISTS ", one})));
    }
    /// Table and dead rows as one.
    lines whole(const char* table, const char* columns) {
        auto dead = holdfast::has_dead_rows(db, table).value();
        const std::string from = dead ? rows_with_dead(table, columns, {"id"}) : std::string(table);
        return rows(holdfast::words({"SELECT ", columns, " FROM ", from, " ORDER BY 1"}));
    }
    holdfast::dead_report retry() { return holdfast::retry_dead_rows(db, delta_schema).value(); }
};

op_writer new_character(std::int64_t id, const char* name, std::int64_t gold) {
    return op_writer().insert(characters, {number(id), text(name), number(1), number(gold)});
}

} // namespace

TEST_CASE("an update that is refused in the middle of a trade is kept beside its table, and the rest is written") {
    cursed target;
    const auto report = target.apply({op_writer()
                                          .set(characters, {number(1)}, character_gold, number(666))
                                          .set(characters, {number(2)}, character_gold, number(34))
                                          .set(items, {number(11)}, item_owner, number(2))});
    REQUIRE(report);
    CHECK(report->applied == 2);
    CHECK(report->dead_rows == 1);
    REQUIRE(report->refused);
    CHECK(report->refused->code == errc::refused);
    CHECK(mentions_all(report->refused->detail, "characters[id=1]", "cursed gold"));
    CHECK(target.marker() == "2");
    CHECK(target.rows("SELECT id, gold FROM characters ORDER BY id") == lines{"1 | 100", "2 | 34"});
    CHECK(target.whole("characters", "id, name, level, gold") == lines{"1 | 'Aria' | 10 | 666", "2 | 'Bob' | 20 | 34"});
    CHECK(target.rows("SELECT id, owner FROM items ORDER BY id") == lines{"11 | 2", "12 | 2"});
    CHECK(target.rows("SELECT holdfast_tick, holdfast_why LIKE '%cursed gold%' FROM holdfast_dead_characters") ==
          lines{"2 | 1"});
}

TEST_CASE("later changes follow a dead row, in the order of the log") {
    cursed target;
    REQUIRE(target.apply({op_writer()
                              .set(characters, {number(1)}, character_level, number(11))
                              .set(characters, {number(1)}, character_name, text("Ariadne"))
                              .set(characters, {number(1)}, character_gold, number(666))
                              .set(characters, {number(1)}, character_level, number(12))}));
    CHECK(target.whole("characters", "id, name, level, gold")[0] == "1 | 'Ariadne' | 12 | 666");
    auto later = target.apply({op_writer()
                                   .set(characters, {number(1)}, character_name, text("Ari"))
                                   .set(characters, {number(1)}, character_level, number(13))
                                   .set(characters, {number(2)}, character_level, number(21))});
    REQUIRE(later);
    CHECK(later->dead_rows == 1);
    CHECK_FALSE(later->refused);
    CHECK(target.whole("characters", "id, name, level, gold") == lines{"1 | 'Ari' | 13 | 666", "2 | 'Bob' | 21 | 200"});
    CHECK(target.rows("SELECT name FROM characters WHERE id = 1") == lines{"'Ariadne'"});
}

TEST_CASE("a row that is refused, and rows that refer to it, are kept; those of other rows are written") {
    cursed target;
    const auto report = target.apply(
        {new_character(3, "Cleo", 666), op_writer()
                                            .insert(items, {number(13), number(3), text("asp")})
                                            .insert(items, {number(14), number(1), text("lamp")})
                                            .insert(skills, {number(23), number(3), text("sail"), number(1)})
                                            .set(items, {number(12)}, item_owner, number(3))});
    REQUIRE(report);
    CHECK(report->dead_rows == 4);
    CHECK(target.rows("SELECT id FROM characters") == lines{"1", "2"});
    CHECK(target.rows("SELECT id FROM holdfast_dead_items ORDER BY id") == lines{"12", "13"});
    CHECK(target.whole("items", "id, owner, kind") ==
          lines{"11 | 1 | 'sword'", "12 | 3 | 'bow'", "13 | 3 | 'asp'", "14 | 1 | 'lamp'"});

    // In a later batch, where nothing is refused but the reference.
    REQUIRE(target.apply({op_writer().insert(items, {number(15), number(3), text("crown")})}));
    CHECK(target.rows("SELECT id FROM holdfast_dead_items ORDER BY id") == lines{"12", "13", "15"});

    SECTION("all of them go back when it is accepted") {
        target.lift();
        CHECK(target.retry().rows == 0);
        CHECK(target.rows("SELECT id, owner FROM items ORDER BY id") ==
              lines{"11 | 1", "12 | 3", "13 | 3", "14 | 1", "15 | 3"});
        CHECK(target.rows("SELECT id, gold FROM characters WHERE id = 3") == lines{"3 | 666"});
        CHECK(target.rows("SELECT name FROM sqlite_schema WHERE name LIKE 'holdfast_dead%'").empty());
    }
    SECTION("they stay while it is not") {
        const auto left = target.retry();
        CHECK(left.rows == 5);
        CHECK(mentions(left.why, "cursed gold"));
    }
    SECTION("they are erased, children first") {
        auto erased = target.apply({op_writer()
                                        .erase(items, {number(13)})
                                        .erase(items, {number(15)})
                                        .set(items, {number(12)}, item_owner, number(1))
                                        .erase(skills, {number(23)})
                                        .erase(characters, {number(3)})});
        REQUIRE(erased);
        CHECK(erased->dead_rows == 1); // item 12: nobody has asked SQLite again
        CHECK(target.whole("items", "id, owner") == lines{"11 | 1", "12 | 1", "14 | 1"});
        CHECK(target.retry().rows == 0);
        CHECK(target.rows("SELECT id, owner FROM items ORDER BY id") == lines{"11 | 1", "12 | 1", "14 | 1"});
    }
}

TEST_CASE("an erase that is refused hides the row, and the key can be used again") {
    cursed target;
    auto report = target.apply({op_writer().erase(items, {number(12)}).erase(items, {number(11)})});
    REQUIRE(report);
    CHECK(report->dead_rows == 1);
    CHECK(target.rows("SELECT id FROM items") == lines{"12"});
    CHECK(target.whole("items", "id").empty());
    SECTION("erased in the file when that is possible") {
        target.lift();
        CHECK(target.retry().rows == 0);
        CHECK(target.rows("SELECT id FROM items").empty());
    }
    SECTION("inserted again") {
        REQUIRE(target.apply({op_writer().insert(items, {number(12), number(1), text("harp")})}));
        CHECK(target.whole("items", "id, owner, kind") == lines{"12 | 1 | 'harp'"});
        CHECK(target.retry().rows == 0); // as a change of the row that is there
        CHECK(target.rows("SELECT id, owner, kind FROM items") == lines{"12 | 1 | 'harp'"});
    }
    SECTION("inserted and erased again") {
        REQUIRE(target.apply({op_writer().insert(items, {number(12), number(1), text("harp")})}));
        auto again = target.apply({op_writer().erase(items, {number(12)})});
        REQUIRE(again);
        CHECK(again->dead_rows == 1);
        CHECK(target.whole("items", "id").empty());
    }
}

TEST_CASE("an insert of a key that somebody else has used takes that row's place") {
    cursed target;
    REQUIRE(target.db.run("INSERT INTO characters VALUES (3, 'from outside', 0, 0, '')"));
    const auto report = target.apply({new_character(3, "Cleo", 5)});
    REQUIRE(report);
    CHECK(report->dead_rows == 0);
    CHECK(mentions_all(report->refused->detail, "characters[id=3]"));
    CHECK(target.rows("SELECT id, name, gold FROM characters WHERE id = 3") == lines{"3 | 'Cleo' | 5"});
}

TEST_CASE("a row that hides one of the table may lose it to a cascade") {
    cursed target;
    REQUIRE(target.apply({op_writer()
                              .set(items, {number(11)}, item_kind, text("cursed"))
                              .set(items, {number(11)}, item_owner, number(2))}));
    // The owner that the file still names goes, and SQLite takes the hidden row along.
    auto report = target.apply({op_writer().erase(skills, {number(21)}).erase(characters, {number(1)})});
    REQUIRE(report);
    CHECK(report->dead_rows == 1);
    CHECK(target.rows("SELECT id FROM characters") == lines{"2"});
    CHECK(target.whole("items", "id, owner, kind") == lines{"11 | 2 | 'cursed'", "12 | 2 | 'bow'"});
    target.lift();
    CHECK(target.retry().rows == 0);
    CHECK(target.rows("SELECT id, owner, kind FROM items ORDER BY id") == lines{"11 | 2 | 'cursed'", "12 | 2 | 'bow'"});
}

TEST_CASE("what a dead row hides takes no live row along when it goes") {
    cursed target;
    REQUIRE(target.db.run("CREATE TABLE marks (id INTEGER PRIMARY KEY, item INTEGER REFERENCES items (id) ON DELETE "
                          "CASCADE, name TEXT REFERENCES characters (name) ON DELETE CASCADE)"));
    holdfast::log_schema schema = delta_schema;
    schema.tables.push_back({"marks", {"id", "item", "name"}, {0}, {true, true, true}});
    holdfast::delta_writer writer(target.db, schema, 7);
    std::uint64_t applied = 1;
    const auto apply = [&](const op_writer& ops) {
        target.log.append(ops);
        const auto report = writer.apply(target.log.frames(applied));
        REQUIRE(report);
        applied = report->applied;
        return report->dead_rows;
    };
    const auto marks = [&] {
        const std::string from = holdfast::has_dead_rows(target.db, "marks").value()
                                     ? rows_with_dead("marks", "id, item, name", {"id"})
                                     : "marks";
        return target.rows("SELECT id, item, name FROM " + from + " ORDER BY id");
    };
    SECTION("by the reference that it has no longer") {
        CHECK(apply(op_writer().insert(3, {number(1), number(11), cell{}})) == 0);
        CHECK(apply(op_writer().set(items, {number(11)}, item_kind, text("cursed"))) == 1);
        CHECK(apply(op_writer().set(items, {number(11)}, item_owner, number(2))) == 1);
        CHECK(apply(op_writer().erase(skills, {number(21)}).erase(characters, {number(1)})) == 1);
        CHECK(marks() == lines{"1 | 11 | NULL"});
        CHECK(target.whole("items", "id, owner, kind") == lines{"11 | 2 | 'cursed'", "12 | 2 | 'bow'"});
    }
    SECTION("by the name that it has no longer") {
        CHECK(apply(op_writer().set(characters, {number(1)}, character_gold, number(666))) == 1);
        CHECK(apply(op_writer().set(characters, {number(1)}, character_name, text("Ariadne"))) == 1);
        CHECK(apply(new_character(3, "Aria", 5)) == 2); // the name is still taken in the file
        CHECK(apply(op_writer().insert(3, {number(1), cell{}, text("Aria")})) == 2);
        CHECK(apply(op_writer()
                        .set(items, {number(11)}, item_owner, cell{})
                        .erase(skills, {number(21)})
                        .erase(characters, {number(1)})) >= 1);
        CHECK(marks() == lines{"1 | NULL | 'Aria'"});
        CHECK(target.whole("characters", "id, name") == lines{"2 | 'Bob'", "3 | 'Aria'"});
    }
    target.lift();
    CHECK(holdfast::retry_dead_rows(target.db, schema).value().rows == 0);
    CHECK(target.rows("PRAGMA foreign_key_check").empty());
    CHECK(target.rows("SELECT count(*) FROM marks") == lines{"1"});
    CHECK(target.rows("PRAGMA foreign_keys") == lines{"1"});
}

TEST_CASE("conflict clauses of somebody else's do not decide what becomes of a batch") {
    for (const std::string clause : {"ROLLBACK", "REPLACE", "IGNORE", "FAIL"}) {
        CAPTURE(clause);
        delta_target target;
        REQUIRE(
            target.db.run("CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT UNIQUE ON CONFLICT " + clause + ")"));
        holdfast::log_schema schema = delta_schema;
        schema.tables.push_back({"names", {"id", "name"}, {0}, {true, true}});
        holdfast::delta_writer writer(target.db, schema, 7);
        target.db.run("INSERT INTO names VALUES (9, 'Aria')").value(); // behind the store's back
        target.log.append(op_writer()
                              .insert(3, {number(1), text("Bob")})
                              .insert(3, {number(2), text("Aria")})
                              .insert(3, {number(3), text("Cleo")})
                              .set(3, {number(3)}, 1, text("Aria")));
        const auto report = writer.apply(target.log.frames(1));
        REQUIRE(report);
        CHECK(report->dead_rows == 2);
        CHECK(target.rows("SELECT id, name FROM names ORDER BY id") == lines{"1 | 'Bob'", "3 | 'Cleo'", "9 | 'Aria'"});
        CHECK(target.rows("SELECT id, name FROM holdfast_dead_names ORDER BY id") == lines{"2 | 'Aria'", "3 | 'Aria'"});
        CHECK(target.marker() == "2");
    }
}

TEST_CASE("rows that refer to each other in a ring are no dead rows because another one is") {
    cursed target;
    REQUIRE(target.db.run("CREATE TABLE pairs (id INTEGER PRIMARY KEY, other INTEGER REFERENCES pairs (id))"));
    holdfast::log_schema schema = delta_schema;
    schema.tables.push_back({"pairs", {"id", "other"}, {0}, {true, true}});
    holdfast::delta_writer writer(target.db, schema, 7);
    target.log.append(op_writer()
                          .insert(3, {number(1), number(2)})
                          .insert(3, {number(2), number(1)})
                          .set(characters, {number(1)}, character_gold, number(666)));
    const auto report = writer.apply(target.log.frames(1));
    REQUIRE(report);
    CHECK(report->dead_rows == 1);
    CHECK(target.rows("SELECT id, other FROM pairs") == lines{"1 | 2", "2 | 1"});
}

TEST_CASE("a reference that leads nowhere makes a dead row") {
    delta_target target;
    const auto report = target.apply({op_writer().set(characters, {number(1)}, character_level, number(11)),
                                      op_writer().set(items, {number(11)}, item_owner, number(99))});
    REQUIRE(report);
    CHECK(report->dead_rows == 1);
    CHECK(mentions_all(report->refused->detail, "items", "not in characters", "holdfast_dead_items"));
    CHECK(target.rows("SELECT id, owner FROM holdfast_dead_items") == lines{"11 | 99"});
    CHECK(target.rows("SELECT level FROM characters WHERE id = 1") == lines{"11"});
}

TEST_CASE("a batch that fails for another reason leaves no dead row") {
    cursed target;
    REQUIRE(target.db.run("DELETE FROM skills WHERE id = 22"));
    const lines before = target.all();
    REQUIRE_FALSE(target.apply({op_writer()
                                    .set(characters, {number(1)}, character_gold, number(666))
                                    .set(skills, {number(22)}, skill_level, number(9))}));
    CHECK(target.all() == before);
    CHECK(target.rows("SELECT name FROM sqlite_schema WHERE name LIKE 'holdfast_dead%'").empty());
}

TEST_CASE("a value that an index of somebody else's does not take makes a dead row") {
    delta_target target;
    REQUIRE(target.db.run("UPDATE items SET kind = '{}'; CREATE INDEX theirs ON items (json_extract(kind, '$.a'))"));
    const auto report = target.apply({op_writer().set(items, {number(11)}, item_kind, text("no JSON"))});
    REQUIRE(report);
    CHECK(report->dead_rows == 1);
    CHECK(mentions_all(report->refused->detail, "items[id=11]", "malformed JSON"));
}

TEST_CASE("rows of a table without a key are dead one by one") {
    delta_target target;
    REQUIRE(target.db.run("CREATE TABLE trades (price INTEGER, CHECK (price < 5))"));
    holdfast::log_schema schema = delta_schema;
    schema.tables.push_back({"trades", {"price"}, {}, {false}});
    holdfast::delta_writer writer(target.db, schema, 7);
    for (int price = 3; price < 8; ++price) target.log.append(op_writer().insert(3, {number(price)}));
    target.log.append(op_writer().insert(3, {number(4)}));
    const auto report = writer.apply(target.log.frames(1));
    REQUIRE(report);
    CHECK(report->dead_rows == 3);
    CHECK(target.rows("SELECT price FROM trades") == lines{"3", "4", "4"});
    CHECK(target.rows("SELECT price FROM holdfast_dead_trades") == lines{"5", "6", "7"});
    REQUIRE(target.db.run("DROP TABLE trades; CREATE TABLE trades (price INTEGER)"));
    CHECK(holdfast::retry_dead_rows(target.db, schema).value().rows == 0);
    CHECK(target.rows("SELECT price FROM trades") == lines{"5", "6", "7"});
}

TEST_CASE("dead rows of a key without regard to case are found by it") {
    delta_target target;
    REQUIRE(
        target.db.run("CREATE TABLE names (name TEXT COLLATE NOCASE PRIMARY KEY, level INTEGER CHECK (level < 5))"));
    holdfast::log_schema schema = delta_schema;
    schema.tables.push_back({"names", {"name", "level"}, {0}, {true, false}});
    holdfast::delta_writer writer(target.db, schema, 7);
    target.log.append(op_writer().insert(3, {text("Aria"), number(9)}));
    target.log.append(op_writer().set(3,
                                      {
                                          text("ARIA"),
                                      },
                                      1, number(7)));
    const auto report = writer.apply(target.log.frames(1));
    REQUIRE(report);
    CHECK(report->dead_rows == 1);
    CHECK(target.rows("SELECT name, level FROM holdfast_dead_names") == lines{"'Aria' | 7"});
}
