// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/snapshot/delta_writer.hpp: the order of changes inside a batch, as docs/format.md says it
/// under "Order of replay". Every other order loses a row or breaks a rule of the tables in one of these cases.
#include <holdfast/snapshot/delta_writer.hpp>

#include "support/catch.hpp"
#include "support/delta_target.hpp"

using namespace holdfast::test;
using holdfast::batch_report;
using holdfast::cell;

TEST_CASE("an item whose owner changed stays when its old owner is erased") {
    delta_target target;
    REQUIRE(target.apply({op_writer()
                              .erase(skills, {number(21)})
                              .set(items, {number(11)}, item_owner, number(2))
                              .erase(characters, {number(1)})}));
    CHECK(target.rows("SELECT * FROM items ORDER BY id") == lines{"11 | 2 | 'sword'", "12 | 2 | 'bow'"});
    CHECK(target.rows("SELECT id FROM characters") == lines{"2"});
}

TEST_CASE("an item whose owner changed and whose kind waits stays when its old owner is erased") {
    delta_target target;
    REQUIRE(target.apply({op_writer().set(items, {number(11)}, item_kind, text("rusty")),
                          op_writer().update(items, {number(11)}, {{item_owner, number(2)}, {item_kind, text("old")}}),
                          op_writer().erase(skills, {number(21)}).erase(characters, {number(1)}),
                          op_writer().set(items, {number(11)}, item_kind, text("sharp"))}));
    CHECK(target.rows("SELECT * FROM items ORDER BY id") == lines{"11 | 2 | 'sharp'", "12 | 2 | 'bow'"});
}

TEST_CASE("two names are swapped through a third") {
    delta_target target;
    REQUIRE(target.apply({op_writer()
                              .set(characters, {number(1)}, character_name, text("nobody"))
                              .set(characters, {number(2)}, character_name, text("Aria"))
                              .set(characters, {number(1)}, character_name, text("Bob"))}));
    CHECK(target.rows("SELECT id, name FROM characters ORDER BY id") == lines{"1 | 'Bob'", "2 | 'Aria'"});
}

TEST_CASE("names go round in a ring again and again") {
    delta_target target;
    for (int i = 0; i < 50; ++i)
        target.log.append(op_writer()
                              .set(characters, {number(1)}, character_name, text("nobody"))
                              .set(characters, {number(2)}, character_name, text(i % 2 == 0 ? "Aria" : "Bob"))
                              .set(characters, {number(1)}, character_name, text(i % 2 == 0 ? "Bob" : "Aria")));
    const auto report = target.apply_all();
    REQUIRE(report);
    CHECK(report->rows == 150);
    CHECK(target.rows("SELECT id, name FROM characters ORDER BY id") == lines{"1 | 'Aria'", "2 | 'Bob'"});
}

TEST_CASE("a child comes before its parent in the same batch") {
    delta_target target;
    REQUIRE(target.apply({op_writer().insert(items, {number(13), number(3), text("axe")}),
                          op_writer().set(items, {number(12)}, item_owner, number(3)),
                          op_writer().insert(characters, {number(3), text("Cleo"), number(1), number(0)})}));
    CHECK(target.rows("SELECT id, owner FROM items ORDER BY id") == lines{"11 | 1", "12 | 3", "13 | 3"});
}

TEST_CASE("a parent goes before its child in the same batch") {
    delta_target target;
    // Without the cascade of SQLite, which would take the row away that the log erases: skills have none.
    REQUIRE(target.apply({op_writer().set(items, {number(11)}, item_owner, cell{}).erase(characters, {number(1)}),
                          op_writer().erase(skills, {number(21)})}));
    CHECK(target.rows("SELECT id FROM skills") == lines{"22"});
}

TEST_CASE("a freed name is used again by another row") {
    delta_target target;
    SECTION("freed by an erase") {
        REQUIRE(target.apply({op_writer()
                                  .set(items, {number(12)}, item_owner, cell{})
                                  .erase(skills, {number(22)})
                                  .erase(characters, {number(2)})
                                  .insert(characters, {number(3), text("Bob"), number(1), number(0)})}));
        CHECK(target.rows("SELECT id, name FROM characters ORDER BY id") == lines{"1 | 'Aria'", "3 | 'Bob'"});
    }
    SECTION("freed by a change") {
        REQUIRE(target.apply({op_writer().set(characters, {number(2)}, character_name, text("Robert")),
                              op_writer().insert(characters, {number(3), text("Bob"), number(1), number(0)})}));
        CHECK(target.rows("SELECT id, name FROM characters ORDER BY id") ==
              lines{"1 | 'Aria'", "2 | 'Robert'", "3 | 'Bob'"});
    }
    SECTION("taken by a change") {
        REQUIRE(target.apply({op_writer()
                                  .set(items, {number(12)}, item_owner, cell{})
                                  .erase(skills, {number(22)})
                                  .erase(characters, {number(2)})
                                  .set(characters, {number(1)}, character_name, text("Bob"))}));
        CHECK(target.rows("SELECT id, name FROM characters") == lines{"1 | 'Bob'"});
    }
}

TEST_CASE("a key is erased and inserted again") {
    delta_target target;
    REQUIRE(target.apply({op_writer()
                              .set(items, {number(11)}, item_kind, text("waits"))
                              .erase(items, {number(11)})
                              .insert(items, {number(11), number(2), text("new")}),
                          op_writer().set(items, {number(11)}, item_kind, text("newer"))}));
    CHECK(target.rows("SELECT * FROM items WHERE id = 11") == lines{"11 | 2 | 'newer'"});
}

TEST_CASE("a key that is erased and inserted again leaves nothing of the old row behind") {
    // An update in place of the two would leave what a column of somebody else's says of the old row.
    delta_target target;
    REQUIRE(target.db.run("UPDATE characters SET extra = 'of the first Aria' WHERE id = 1"));
    REQUIRE(target.apply({op_writer()
                              .set(items, {number(11)}, item_owner, cell{})
                              .erase(skills, {number(21)})
                              .erase(characters, {number(1)})
                              .insert(characters, {number(1), text("Aria"), number(10), number(100)})}));
    CHECK(target.rows("SELECT extra FROM characters WHERE id = 1") == lines{"'theirs'"});
}

TEST_CASE("plain columns that change before the row is erased are not written") {
    delta_target target;
    const auto report = target.apply(
        {op_writer().set(items, {number(11)}, item_kind, text("waits")), op_writer().erase(items, {number(11)})});
    REQUIRE(report);
    CHECK(report->rows == 1);
    CHECK(target.rows("SELECT id FROM items") == lines{"12"});
}

TEST_CASE("the newest of a mixed update and plain changes counts") {
    delta_target target;
    const auto mixed = [] {
        return op_writer().update(characters, {number(1)},
                                  {{character_name, text("Ariadne")}, {character_level, number(11)}});
    };
    const auto plain = [](std::int64_t level) {
        return op_writer().set(characters, {number(1)}, character_level, number(level));
    };
    SECTION("plain after mixed") { REQUIRE(target.apply({mixed(), plain(12)})); }
    SECTION("plain before and after mixed") { REQUIRE(target.apply({plain(9), mixed(), plain(12)})); }
    SECTION("mixed last") {
        REQUIRE(target.apply({plain(9), mixed()}));
        CHECK(target.rows("SELECT level FROM characters WHERE id = 1") == lines{"11"});
        REQUIRE(target.apply({plain(12)}));
    }
    CHECK(target.rows("SELECT name, level, gold FROM characters WHERE id = 1") == lines{"'Ariadne' | 12 | 100"});
}

TEST_CASE("a composite unique key is swapped between two rows") {
    delta_target target;
    REQUIRE(target.apply({op_writer()
                              .update(skills, {number(21)}, {{skill_owner, number(1)}, {skill_name, text("nothing")}})
                              .update(skills, {number(22)}, {{skill_owner, number(1)}, {skill_name, text("swim")}})
                              .update(skills, {number(21)}, {{skill_owner, number(2)}, {skill_name, text("ride")}})}));
    CHECK(target.rows("SELECT * FROM skills ORDER BY id") == lines{"21 | 2 | 'ride' | 5", "22 | 1 | 'swim' | 6"});
}

TEST_CASE("rows that refer to each other in a ring are erased together") {
    delta_target target;
    REQUIRE(target.db.run(
        "CREATE TABLE ring (id INTEGER PRIMARY KEY, next INTEGER REFERENCES ring (id) ON DELETE CASCADE);"
        "INSERT INTO ring VALUES (1, NULL), (2, 1), (3, 2), (4, 4); UPDATE ring SET next = 3 WHERE id = 1"));
    holdfast::delta_writer writer(target.db, {{{"ring", {"id", "next"}, {0}, {true, true}}}}, 7);
    log_editor log(7, target.applied);
    log.append(op_writer().erase(0, {number(2)}).erase(0, {number(3)}).erase(0, {number(1)}));
    log.append(op_writer().erase(0, {number(4)}).insert(0, {number(1), cell{}}));
    REQUIRE(writer.apply(log.frames(target.applied)));
    CHECK(target.rows("SELECT * FROM ring") == lines{"1 | NULL"});
}

TEST_CASE("an update that names a unique column twice means the last") {
    delta_target target;
    REQUIRE(target.apply({op_writer().update(characters, {number(1)},
                                             {{character_name, text("Ann")},
                                              {character_gold, number(1)},
                                              {character_name, text("Eve")},
                                              {character_gold, number(2)}})}));
    CHECK(target.rows("SELECT name, gold FROM characters WHERE id = 1") == lines{"'Eve' | 2"});
}

TEST_CASE("a row is inserted, changed in every way and erased within one batch") {
    delta_target target;
    const auto report = target.apply({op_writer().insert(characters, {number(3), text("Cleo"), number(1), number(0)}),
                                      op_writer().set(characters, {number(3)}, character_level, number(2)),
                                      op_writer().set(characters, {number(3)}, character_name, text("Cleopatra")),
                                      op_writer().erase(characters, {number(3)})});
    REQUIRE(report);
    CHECK(report->rows == 3);
    CHECK(report->ops == 4);
    CHECK(target.rows("SELECT id FROM characters ORDER BY id") == lines{"1", "2"});
}
