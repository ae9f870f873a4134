// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/snapshot/delta_writer.hpp: what a batch writes, how often, and in which order.
#include <holdfast/snapshot/delta_writer.hpp>

#include "support/catch.hpp"
#include "support/delta_target.hpp"
#include "support/temporary_folder.hpp"
#include "support/wait.hpp"

#include <thread>

using namespace holdfast::test;
using holdfast::cell;

namespace {

op_writer level_of(std::int64_t id, std::int64_t level) {
    return op_writer().set(characters, {number(id)}, character_level, number(level));
}

/// The row ids that SQLite reports while `fn` runs.
template <class Function> std::vector<std::int64_t> rows_written(delta_target& target, Function fn) {
    std::vector<std::int64_t> ids;
    sqlite3_update_hook(
        target.db.get(),
        [](void* into, int, const char*, const char* table, sqlite3_int64 id) {
            if (std::string(table).find("holdfast_") != 0) static_cast<std::vector<std::int64_t>*>(into)->push_back(id);
        },
        &ids);
    fn();
    sqlite3_update_hook(target.db.get(), nullptr, nullptr);
    return ids;
}

} // namespace

TEST_CASE("a batch reports what it did and marks how far the file is true") {
    delta_target target;
    CHECK(target.marker() == "1");
    const auto report = target.apply({level_of(1, 11), level_of(2, 21), level_of(1, 12)});
    REQUIRE(report);
    CHECK(report->applied == 4);
    CHECK(report->frames == 3);
    CHECK(report->ops == 3);
    CHECK(report->rows == 2);
    CHECK(target.marker() == "4");
}

TEST_CASE("a batch of no frames changes nothing") {
    delta_target target;
    const auto report = target.writer.apply({});
    CHECK(target.marker() == "1");
    REQUIRE(report);
    CHECK(report->applied == 1);
}

TEST_CASE("frames that the file has already are passed over") {
    delta_target target;
    REQUIRE(target.apply({level_of(1, 11), level_of(2, 21)}));
    target.log.append(level_of(1, 12));
    const auto report = target.writer.apply(target.log.frames(0)); // from the first on, inserts included
    REQUIRE(report);
    CHECK(report->applied == 4);
    CHECK(report->frames == 1);
    CHECK(target.rows("SELECT level FROM characters ORDER BY id") == lines{"12", "21"});
}

TEST_CASE("frames that do not follow on what the file has are refused and nothing is written") {
    delta_target target;
    target.log.append(level_of(1, 11));
    target.log.append(level_of(1, 12));
    const lines before = target.all();
    const auto report = target.writer.apply(target.log.frames(2)); // tick 2 is left out
    REQUIRE_FALSE(report);
    CHECK(report.why().code == holdfast::errc::corrupt);
    CHECK(report.why().detail == "tick 3 follows on tick 1: those between are missing");
    CHECK(target.all() == before);
    CHECK(target.apply_all());
}

TEST_CASE("a hundred changes of one row write it once") {
    delta_target target;
    for (int i = 0; i < 100; ++i) {
        target.log.append(level_of(1, 100 + i));
        target.log.append(op_writer().set(characters, {number(1)}, character_gold, number(i)));
    }
    const auto ids = rows_written(target, [&] {
        const auto report = target.apply_all();
        REQUIRE(report);
        CHECK(report->rows == 1);
        CHECK(report->ops == 200);
    });
    CHECK(ids == std::vector<std::int64_t>{1});
    CHECK(target.rows("SELECT level, gold, name FROM characters WHERE id = 1") == lines{"199 | 99 | 'Aria'"});
}

TEST_CASE("only the columns that changed are written") {
    delta_target target;
    // Whatever else stands in the row is not touched, not even to the value that memory has.
    REQUIRE(target.db.run("UPDATE characters SET gold = 777, extra = 'mine' WHERE id = 1"));
    REQUIRE(target.apply({level_of(1, 11)}));
    CHECK(target.rows("SELECT level, gold, extra FROM characters WHERE id = 1") == lines{"11 | 777 | 'mine'"});
}

TEST_CASE("plain changes are written in the order of the keys") {
    delta_target target;
    std::vector<std::int64_t> expected{1, 2};
    for (std::int64_t i = 0; i < 200; ++i) {
        const std::int64_t id = -1'000 + (i * 7'919 % 200) * 11 + 1;
        if (id == 1 || id == 2) continue;
        expected.push_back(id);
        target.log.append(
            op_writer().insert(characters, {number(id), text("n" + std::to_string(id)), number(0), number(0)}));
    }
    REQUIRE(target.apply_all());
    for (std::size_t i = expected.size(); i-- > 0;) target.log.append(level_of(expected[i], 5));
    std::sort(expected.begin(), expected.end());
    CHECK(rows_written(target, [&] { REQUIRE(target.apply_all()); }) == expected);
}

TEST_CASE("rows and marker become true in one transaction") {
    const temporary_folder folder;
    delta_target target(folder / "a.db");
    raw_database other(folder / "a.db");
    const std::string pair = "SELECT level - 100, (SELECT applied FROM holdfast_meta) FROM characters WHERE id = 1";
    REQUIRE(target.apply({level_of(1, 102)}));
    std::thread writing([&] {
        for (std::int64_t tick = 3; tick <= 300; ++tick) {
            target.log.append(level_of(1, 100 + tick));
            if (!target.apply_all()) return;
        }
    });
    bool equal = true;
    const bool reached = eventually([&] {
        const std::string row = other.row(pair);
        equal = equal && row.substr(0, row.find(' ')) == row.substr(row.rfind(' ') + 1);
        return row == "300 | 300";
    });
    writing.join();
    CHECK(reached);
    CHECK(equal);
}

TEST_CASE("of the leases of ids the highest is kept") {
    delta_target target;
    REQUIRE(
        target.apply({op_writer().lease(characters, 1'000).lease(items, 50), op_writer().lease(characters, 2'000)}));
    REQUIRE(target.apply({op_writer().lease(characters, 1'500)}));
    CHECK(target.rows("SELECT * FROM holdfast_ids ORDER BY name") == lines{"'characters' | 2000", "'items' | 50"});
}

TEST_CASE("values of every kind are written as they are") {
    delta_target target;
    using namespace std::string_view_literals;
    REQUIRE(target.apply({op_writer()
                              .set(items, {number(11)}, item_kind, text("ab\0cd"sv))
                              .set(items, {number(12)}, item_kind, cell{})
                              .insert(items, {number(13), cell{}, text("")})}));
    CHECK(target.rows("SELECT id, hex(kind), typeof(kind) FROM items ORDER BY id") ==
          lines{"11 | '6162006364' | 'text'", "12 | '' | 'null'", "13 | '' | 'text'"});
}

TEST_CASE("more sets of columns than are kept prepared are all written") {
    // 200 columns of which a different pair changes each time: 199 statements.
    holdfast::log_schema schema{{{"wide", {"id"}, {0}, {true}}}};
    std::string sql = "CREATE TABLE holdfast_meta (id INTEGER PRIMARY KEY, applied INTEGER);"
                      "CREATE TABLE holdfast_ids (name TEXT PRIMARY KEY, next INTEGER);"
                      "INSERT INTO holdfast_meta VALUES (1, 0); CREATE TABLE wide (id INTEGER PRIMARY KEY";
    for (int i = 1; i <= 200; ++i) {
        schema.tables[0].columns.push_back("c" + std::to_string(i));
        schema.tables[0].structural.push_back(false);
        sql += ", c" + std::to_string(i) + " INTEGER DEFAULT 0";
    }
    auto db = holdfast::sqlite::connection::open(":memory:", holdfast::sqlite::connection::mode::create).value();
    REQUIRE(db.run(sql + "); INSERT INTO wide (id) VALUES (1)"));
    holdfast::delta_writer writer(db, schema, 7);
    log_editor log;
    for (int round = 0; round < 2; ++round)
        for (int i = 1; i < 200; ++i) {
            const auto column = static_cast<std::uint8_t>(i);
            log.append(op_writer().update(0, {number(1)},
                                          {{column, number(i)}, {static_cast<std::uint8_t>(i + 1), number(i)}}));
            REQUIRE(writer.apply(log.frames(log.last - 1)));
        }
    CHECK(rows_of(db.get(), "SELECT c1, c2, c64, c65, c128, c199, c200 FROM wide") ==
          lines{"1 | 2 | 64 | 65 | 128 | 199 | 199"});
}
