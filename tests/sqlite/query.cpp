// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/sqlite/query.hpp.
#include <holdfast/sqlite/query.hpp>

#include "support/catch.hpp"
#include "support/words.hpp"

#include <vector>

namespace {

using holdfast::errc;
using holdfast::sqlite::ask_number;
using holdfast::sqlite::connection;
using holdfast::sqlite::query;
using holdfast::test::mentions;

TEST_CASE("a query walks its rows and ends without failing") {
    auto db = connection::open(":memory:", connection::mode::create).value();
    query rows(db, "SELECT value, ?1 FROM (SELECT 3 AS value UNION ALL SELECT 4)", "x");
    std::vector<std::int64_t> seen;
    while (rows.next()) {
        seen.push_back(rows->integer(0));
        CHECK(rows->string(1) == "x");
    }
    CHECK(seen == std::vector<std::int64_t>{3, 4});
    CHECK_FALSE(rows.failed());
}

TEST_CASE("a query that the database refuses has no rows and says why") {
    auto db = connection::open(":memory:", connection::mode::create).value();
    query unknown(db, "SELECT * FROM nowhere", "x");
    CHECK_FALSE(unknown.next());
    REQUIRE(unknown.failed());
    CHECK(mentions(unknown.why().detail, "no such table: nowhere"));

    query late(db, "SELECT 1 UNION ALL SELECT abs(-9223372036854775807 - 1)");
    CHECK(late.next());
    CHECK_FALSE(late.next());
    REQUIRE(late.failed());
    CHECK(mentions(late.why().detail, "integer overflow"));
    CHECK_FALSE(late.next());
}

TEST_CASE("ask_number gives the first number, or 0 where there is no row") {
    auto db = connection::open(":memory:", connection::mode::create).value();
    CHECK(ask_number(db, "SELECT 42 UNION ALL SELECT 43").value() == 42);
    CHECK(ask_number(db, "SELECT 42 WHERE 0").value() == 0);
    CHECK(ask_number(db, "SELECT").why().code == errc::io);
}

} // namespace
