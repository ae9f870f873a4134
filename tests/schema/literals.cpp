// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/schema/ddl.hpp: cells as SQL literals, and initializers as defaults.
#include <holdfast/schema.hpp>
#include <holdfast/world.hpp>

#include "support/catch.hpp"
#include "support/op_writer.hpp"
#include "support/raw_database.hpp"
#include "support/temporary_folder.hpp"

#include <limits>

using holdfast::cell;
using holdfast::same;
using holdfast::sql_literal;
using holdfast::sqlite::connection;
using holdfast::test::blob;
using holdfast::test::number;
using holdfast::test::raw_database;
using holdfast::test::real;
using holdfast::test::temporary_folder;
using holdfast::test::text;
using namespace std::string_literals;
using namespace std::string_view_literals;

namespace {

using floats = std::numeric_limits<double>;
using integers = std::numeric_limits<std::int64_t>;

std::vector<cell> cells_of_every_kind() {
    return {cell{},
            number(0),
            number(-1),
            number(integers::max()),
            number(integers::min()),
            real(0),
            real(1),
            real(-2.5),
            real(0.1),
            real(1e22),
            real(-1e300),
            real(floats::max()),
            real(floats::lowest()),
            real(floats::denorm_min()),
            real(floats::infinity()),
            real(-floats::infinity()),
            text(""),
            text("plain"),
            text("it's"),
            text("''"),
            text("say \"x\"; -- no comment"),
            text("two\nlines"),
            text("\xc3\xa4"),
            text("ab\0cd"sv),
            text("\0"sv),
            text("a\0'b"sv),
            blob(""),
            blob("\0\xff'"sv)};
}

} // namespace

TEST_CASE("the literal of a cell is the cell again when SQLite reads it") {
    auto db = connection::open(":memory:", connection::mode::create).value();
    for (const cell& value : cells_of_every_kind()) {
        const std::string literal = sql_literal(value);
        CAPTURE(literal);
        auto row = db.prepare("SELECT " + literal);
        REQUIRE(row);
        REQUIRE(row->step().value());
        CHECK(same(row->column(0), value));
    }
}

TEST_CASE("literals read as a person would write them") {
    CHECK(sql_literal(number(-5)) == "-5");
    CHECK(sql_literal(real(1)) == "1.0");
    CHECK(sql_literal(real(1e22)) == "1e+22");
    CHECK(sql_literal(text("it's")) == "'it''s'");
    CHECK(sql_literal(blob("\0\xff"sv)) == "X'00FF'");
    CHECK(sql_literal(cell{}) == "NULL");
}

namespace {

struct initialized {
    std::int64_t id = 0;
    std::int64_t lowest = integers::min();
    std::int64_t highest = integers::max();
    std::uint64_t unsigned_highest = std::numeric_limits<std::uint64_t>::max();
    std::int8_t small = -128;
    bool yes = true;
    double tenth = 0.1;
    double whole = 3;
    double minus = -1e-300;
    double infinite = floats::infinity();
    double minus_infinite = -floats::infinity();
    double nan = floats::quiet_NaN();
    float tenth_float = 0.1f;
    std::string empty{};
    std::string quoted{"it's \"x\""};
    std::string word{"CURRENT_TIMESTAMP"};
    std::vector<std::byte> bytes{std::byte{0}, std::byte{255}};
    std::vector<std::byte> no_bytes{};
    std::array<std::byte, 2> fixed{};
    std::optional<std::string> maybe{"said"};
    std::optional<std::int64_t> none{};
};
struct initialized_world {
    holdfast::table<initialized, holdfast::primary_key<&initialized::id>> rows;
};

struct with_nul {
    std::int64_t id = 0;
    std::string name{"ab\0cd"s};
};
struct with_nul_world {
    holdfast::table<with_nul, holdfast::primary_key<&with_nul::id>> rows;
};

/// Makes the table, lets SQLite fill a row by its defaults, and compares it with the struct's own.
template <class World> void defaults_must_hold() {
    World world;
    const auto* table = holdfast::tables_of(world).value().front();
    const auto wanted = holdfast::schema_of(table->description());
    auto db = connection::open(":memory:", connection::mode::create).value();
    for (const std::string& sql : holdfast::create_statements(wanted)) {
        CAPTURE(sql);
        const auto made = db.run(sql);
        REQUIRE(made);
    }
    REQUIRE(db.run("INSERT INTO rows (id) VALUES (0)"));
    auto row = db.prepare("SELECT * FROM rows").value();
    REQUIRE(row.step().value());
    int at = 0;
    for (const holdfast::column& is : table->description().row->columns) {
        CAPTURE(is.name, wanted.columns[static_cast<std::size_t>(at)].default_value);
        CHECK(same(row.column(at++), is.get(table->description().row->initial)));
    }
    const auto have = holdfast::read_table(db, "rows").value();
    REQUIRE(have);
    CHECK(holdfast::joined(holdfast::differences(wanted, *have, holdfast::file_origin::ours)).empty());
}

} // namespace

TEST_CASE("a row that SQLite fills by the defaults is the row that the initializers make") {
    defaults_must_hold<initialized_world>();
}

TEST_CASE("regression: an initializer with an embedded NUL is a default like any other") {
    defaults_must_hold<with_nul_world>();
}
