// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/sqlite/statement.hpp: cells go in and come out as they were.
#include <holdfast/sqlite/connection.hpp>
#include <holdfast/sqlite/statement.hpp>

#include "support/catch.hpp"
#include "support/op_writer.hpp"
#include "support/words.hpp"

#include <cmath>
#include <cstdint>
#include <limits>

using holdfast::cell;
using holdfast::cell_kind;
using holdfast::errc;
using holdfast::same;
using holdfast::sqlite::connection;
using holdfast::sqlite::statement;
using holdfast::test::blob;
using holdfast::test::mentions_all;
using holdfast::test::number;
using holdfast::test::real;
using holdfast::test::text;

namespace {

connection in_memory() { return connection::open(":memory:", connection::mode::create).value(); }

/// A table whose column converts nothing, one row of it for each value that is written.
struct shelf {
    shelf() {
        db.run("CREATE TABLE shelf (id INTEGER PRIMARY KEY, held)").value();
        put = db.prepare("INSERT INTO shelf (held) VALUES (?1)").value();
        get = db.prepare("SELECT held, typeof(held), length(held) FROM shelf WHERE id = last_insert_rowid()").value();
    }
    /// Calls `look(statement)` on the row that holds the value.
    template <class Function> void pass(const cell& value, Function look) {
        put.bind(1, value);
        REQUIRE(put.run());
        auto row = get.step();
        REQUIRE(row);
        REQUIRE(*row);
        look(get);
        get.reset();
    }

    connection db = in_memory();
    statement put;
    statement get;
};

} // namespace

TEST_CASE("every integer survives the round trip") {
    shelf shelf;
    for (const cell_kind kind : {cell_kind::i8, cell_kind::i16, cell_kind::i32, cell_kind::i64})
        for (const std::int64_t value :
             {std::int64_t{0}, std::int64_t{1}, std::int64_t{-1}, std::int64_t{127}, std::int64_t{-128},
              std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()})
            shelf.pass(cell::of_integer(kind, value), [&](statement& row) {
                CHECK(row.column(0).kind == cell_kind::i64);
                CHECK(row.column(0).integer == value);
                CHECK(row.integer(0) == value);
                CHECK(row.string(1) == "integer");
            });
}

TEST_CASE("every real survives the round trip, bit by bit") {
    shelf shelf;
    using limits = std::numeric_limits<double>;
    for (const double value : {0.0, -0.0, 1.0, 0.1, -2.5, limits::max(), limits::lowest(), limits::min(),
                               limits::denorm_min(), limits::infinity(), -limits::infinity()})
        shelf.pass(real(value), [&](statement& row) {
            const bool negative_zero = value == 0 && std::signbit(value); // SQLite would drop its sign
            if (negative_zero)
                CHECK(row.column(0).view() == std::string_view(reinterpret_cast<const char*>(&value), sizeof(value)));
            else
                CHECK(same(row.column(0), real(value)));
            CHECK(row.string(1) == (negative_zero ? "blob" : "real"));
        });
    const auto small = static_cast<double>(0.1f);
    shelf.pass(cell::of_real(cell_kind::f32, small), [&](statement& row) { CHECK(same(row.column(0), real(small))); });
}

TEST_CASE("null survives the round trip") {
    shelf shelf;
    shelf.pass(cell{}, [](statement& row) {
        CHECK(row.column(0).kind == cell_kind::null);
        CHECK(row.string(0).empty());
        CHECK(row.integer(0) == 0);
    });
}

TEST_CASE("text survives the round trip with every byte, NUL among them") {
    shelf shelf;
    using namespace std::string_literals;
    for (const std::string& value :
         {"plain"s, ""s, "ab\0cd"s, "\0"s, "\0\0\0"s, "it's \"quoted\""s, "\xc3\xa4\xf0\x9f\x98\x80"s,
          "not utf-8: \xff\xfe\x80"s, std::string(100'000, 'x')})
        shelf.pass(text(value), [&](statement& row) {
            const bool is_text = holdfast::is_utf8(value); // other bytes are a blob
            CHECK(row.column(0).kind == (is_text ? cell_kind::text : cell_kind::blob));
            CHECK(row.column(0).view() == value);
            CHECK(row.string(0) == value);
            CHECK(row.string(1) == (is_text ? "text" : "blob"));
        });
}

TEST_CASE("text without a pointer is empty and not null") {
    shelf shelf;
    shelf.pass(cell::of_bytes(cell_kind::text, nullptr, 0), [](statement& row) {
        CHECK(row.string(1) == "text");
        CHECK(row.column(0).view().empty());
    });
}

TEST_CASE("a blob survives the round trip, and an empty one is not null") {
    shelf shelf;
    using namespace std::string_literals;
    for (const std::string& value : {"\0\xff\x80"s, ""s, "text"s, std::string(300, '\0')})
        shelf.pass(blob(value), [&](statement& row) {
            CHECK(row.column(0).kind == cell_kind::blob);
            CHECK(row.column(0).view() == value);
            CHECK(row.string(1) == "blob");
            CHECK(row.integer(2) == static_cast<std::int64_t>(value.size()));
        });
    shelf.pass(cell::of_bytes(cell_kind::blob, nullptr, 0), [](statement& row) { CHECK(row.string(1) == "blob"); });
}

TEST_CASE("a blob of 10 MB survives the round trip") {
    shelf shelf;
    std::string value(10 << 20, '\0');
    for (std::size_t i = 0; i < value.size(); ++i) value[i] = static_cast<char>(i * 31 + (i >> 12));
    shelf.pass(blob(value), [&](statement& row) { CHECK(row.column(0).view() == value); });
}

TEST_CASE("a statement is run many times with other values") {
    shelf shelf;
    for (std::int64_t i = 0; i < 100; ++i) shelf.pass(number(i), [&](statement& row) { CHECK(row.integer(0) == i); });
    auto count = shelf.db.prepare("SELECT count(*), sum(held) FROM shelf").value();
    REQUIRE(count.step().value());
    CHECK(count.integer(0) == 100);
    CHECK(count.integer(1) == 4'950);
    CHECK_FALSE(count.step().value());
}

TEST_CASE("a statement that failed can be run again") {
    auto db = in_memory();
    REQUIRE(db.run("CREATE TABLE names (name TEXT UNIQUE)"));
    auto put = db.prepare("INSERT INTO names VALUES (?1)").value();
    put.bind(1, text("Bob"));
    REQUIRE(put.run());
    const auto again = put.run();
    REQUIRE_FALSE(again);
    CHECK(again.why().code == errc::refused);
    CHECK(mentions_all(again.why().detail, "INSERT INTO names", "UNIQUE", "names.name"));
    put.bind(1, text("Eve"));
    CHECK(put.run());

    // Also where the rows are asked for.
    put.bind(1, text("Eve"));
    const auto stepped = put.step();
    REQUIRE_FALSE(stepped);
    CHECK(stepped.why().code == errc::refused);
    put.bind(1, text("Zoe"));
    CHECK(put.run());
}

TEST_CASE("a statement knows whether it was prepared, and moves") {
    auto db = in_memory();
    statement none;
    CHECK_FALSE(none);
    auto one = db.prepare("SELECT 1").value();
    CHECK(one);
    statement moved(std::move(one));
    CHECK(moved);
    CHECK_FALSE(one); // NOLINT: moved from, and empty
    none = std::move(moved);
    REQUIRE(none.step().value());
    CHECK(none.integer(0) == 1);
}

TEST_CASE("a read that ends too early is damage") {
    const holdfast::error cut = holdfast::sqlite::sqlite_error(nullptr, SQLITE_IOERR_SHORT_READ, "heroes");
    CHECK(cut.code == holdfast::errc::corrupt);
    CHECK(cut.detail == "heroes: the file or its WAL was cut: restore a backup");
    CHECK(holdfast::sqlite::sqlite_error(nullptr, SQLITE_IOERR_READ, "heroes").code == holdfast::errc::io);
}
