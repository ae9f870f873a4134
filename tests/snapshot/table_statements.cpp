// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/snapshot/table_statements.hpp.
#include <holdfast/snapshot/table_statements.hpp>

#include "support/catch.hpp"
#include "support/op_writer.hpp"
#include "support/raw_database.hpp"
#include "support/words.hpp"

using namespace holdfast::test;
using holdfast::cell;
using holdfast::column_mask;
using holdfast::errc;
using holdfast::log_table;
using holdfast::table_statements;
using holdfast::sqlite::connection;

namespace {

/// A table whose names need quotes and whose key is of two columns, not in their order.
const log_table named{"the \"table\"", {"value", "or'der", "key 2", "key 1"}, {3, 2}, {false, false, true, true}};

struct shelf {
    shelf() {
        db.run("CREATE TABLE \"the \"\"table\"\"\" (value, \"or'der\" UNIQUE, \"key 2\" TEXT, \"key 1\" INTEGER, "
               "other DEFAULT 'theirs', PRIMARY KEY (\"key 1\", \"key 2\"))")
            .value();
    }
    [[nodiscard]] lines rows() {
        return rows_of(db.get(), "SELECT * FROM \"the \"\"table\"\"\" ORDER BY \"key 1\", \"key 2\"");
    }
    [[nodiscard]] auto update(std::vector<std::uint8_t> columns, const std::vector<cell>& key, const cell& value) {
        column_mask mask;
        for (const std::uint8_t column : columns) mask.add(column);
        return statements.update(mask, key, [&](auto&& bind) {
            for (const std::uint8_t column : columns) bind(column, value);
        });
    }

    [[nodiscard]] auto erase(const std::vector<cell>& key) { return statements.erase(key, taken_along); }

    connection db = connection::open(":memory:", connection::mode::create).value();
    table_statements statements{db, named};
    std::int64_t taken_along = 0; ///< Rows that SQLite deleted by itself.
};

} // namespace

TEST_CASE("rows are inserted, updated and erased by their key") {
    shelf shelf;
    for (std::int64_t i = 1; i <= 3; ++i)
        REQUIRE(shelf.statements.insert({number(10 * i), number(i), text("b"), number(i)}));
    REQUIRE(shelf.update({0}, {number(2), text("b")}, number(21)));
    REQUIRE(shelf.update({0, 1}, {number(3), text("b")}, number(99)));
    REQUIRE(shelf.erase({number(1), text("b")}));
    CHECK(shelf.rows() == lines{"21 | 2 | 'b' | 2 | 'theirs'", "99 | 99 | 'b' | 3 | 'theirs'"});
}

TEST_CASE("a change that does not hit one row is corrupt and names the row by its key") {
    shelf shelf;
    for (const auto& missed :
         {shelf.update({0}, {number(7), text("b")}, number(1)), shelf.erase({number(7), text("b")})}) {
        REQUIRE_FALSE(missed);
        CHECK(missed.why().code == errc::corrupt);
        CHECK(mentions_all(missed.why().detail, "the \"table\"[key 1=7, key 2='b']", "changed 0 rows"));
    }
}

TEST_CASE("an update that hits two rows is corrupt") {
    auto db = connection::open(":memory:", connection::mode::create).value();
    REQUIRE(db.run("CREATE TABLE t (id, x); INSERT INTO t VALUES (1, 0), (1, 0)"));
    const log_table table{"t", {"id", "x"}, {0}, {true, false}};
    table_statements statements(db, table);
    column_mask mask;
    mask.add(1);
    const cell value = number(5);
    const auto updated = statements.update(mask, {number(1)}, [&](auto&& bind) { bind(1, value); });
    REQUIRE_FALSE(updated);
    CHECK(updated.why().code == errc::corrupt);
    CHECK(mentions(updated.why().detail, "changed 2 rows"));
}

TEST_CASE("rows that a delete takes along are counted, and each may be erased once afterwards") {
    auto db = connection::open(":memory:", connection::mode::create).value();
    REQUIRE(db.run("PRAGMA foreign_keys = ON;"
                   "CREATE TABLE t (id INTEGER PRIMARY KEY, x REFERENCES t (id) ON DELETE CASCADE);"
                   "INSERT INTO t VALUES (1, NULL), (2, 1), (3, 2), (9, NULL)"));
    const log_table table{"t", {"id", "x"}, {0}, {true, true}};
    table_statements statements(db, table);
    std::int64_t taken_along = 0;
    REQUIRE(statements.erase({number(1)}, taken_along));
    CHECK(taken_along == 2);
    REQUIRE(statements.erase({number(3)}, taken_along));
    REQUIRE(statements.erase({number(2)}, taken_along));
    CHECK(taken_along == 0);
    CHECK_FALSE(statements.erase({number(2)}, taken_along));
    CHECK(statements.erase({number(9)}, taken_along));
    CHECK(taken_along == 0);
}

TEST_CASE("what SQLite refuses is refused, with the row and SQLite's words") {
    shelf shelf;
    REQUIRE(shelf.statements.insert({number(1), number(1), text("b"), number(1)}));
    const auto key = shelf.statements.insert({number(2), number(2), text("b"), number(1)});
    REQUIRE_FALSE(key);
    CHECK(key.why().code == errc::refused);
    CHECK(mentions_all(key.why().detail, "[key 1=1, key 2='b']", "UNIQUE"));
    REQUIRE(shelf.statements.insert({number(2), number(2), text("b"), number(2)}));
    const auto unique = shelf.update({1}, {number(2), text("b")}, number(1));
    REQUIRE_FALSE(unique);
    CHECK(unique.why().code == errc::refused);
    CHECK(shelf.rows().size() == 2);
}

TEST_CASE("a table that is not there is an error") {
    auto db = connection::open(":memory:", connection::mode::create).value();
    table_statements statements(db, named);
    CHECK_FALSE(statements.insert({number(1), number(1), text("b"), number(1)}));
    std::int64_t taken_along = 0;
    CHECK_FALSE(statements.erase({number(1), text("b")}, taken_along));
    column_mask mask;
    mask.add(0);
    const cell value = number(1);
    CHECK_FALSE(statements.update(mask, {number(1), text("b")}, [&](auto&& bind) { bind(0, value); }));
}

TEST_CASE("a key that is a blob is spelled out in a message") {
    auto db = connection::open(":memory:", connection::mode::create).value();
    REQUIRE(db.run("CREATE TABLE t (id BLOB PRIMARY KEY, x)"));
    const log_table table{"t", {"id", "x"}, {0}, {true, false}};
    table_statements statements(db, table);
    std::int64_t taken_along = 0;
    const auto erased = statements.erase({blob("abc")}, taken_along);
    REQUIRE_FALSE(erased);
    CHECK(mentions(erased.why().detail, "t[id=x'616263']"));
}
