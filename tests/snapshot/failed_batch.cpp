// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/snapshot/delta_writer.hpp: a batch that fails is named, leaves the file as it was, and can be applied
/// later.
#include <holdfast/snapshot/delta_writer.hpp>

#include "support/catch.hpp"
#include "support/delta_target.hpp"
#include "support/temporary_folder.hpp"
#include "support/words.hpp"

using namespace holdfast::test;
using holdfast::cell;
using holdfast::errc;

namespace {

op_writer level_of(std::int64_t id, std::int64_t level) {
    return op_writer().set(characters, {number(id)}, character_level, number(level));
}

} // namespace

TEST_CASE("a change of a row that is not there is corrupt and nothing of the batch is written") {
    delta_target target;
    REQUIRE(target.db.run("DELETE FROM skills WHERE id = 22; DELETE FROM characters WHERE id = 2"));
    const lines before = target.all();
    std::string row = "characters[id=2]";
    op_writer ops;
    SECTION("of a plain column") { ops = level_of(2, 5); }
    SECTION("of a unique column") { ops.set(characters, {number(2)}, character_name, text("Robert")); }
    SECTION("by an erase") { ops.erase(characters, {number(2)}); }
    SECTION("in a table of another key") {
        ops.erase(skills, {number(22)});
        row = "skills[id=22]";
    }
    const auto report =
        target.apply({level_of(1, 11), op_writer().insert(characters, {number(3), text("Cleo"), number(1), number(1)}),
                      op_writer().lease(characters, 99), ops});
    REQUIRE_FALSE(report);
    CHECK(report.why().code == errc::corrupt);
    CHECK(mentions_all(report.why().detail, row, "changed 0 rows"));
    CHECK(target.all() == before);
}

TEST_CASE("rows that a delete takes along and memory does not know are corrupt and nothing is written") {
    delta_target target;
    REQUIRE(target.db.run("CREATE TABLE theirs (character INTEGER REFERENCES characters (id) ON DELETE CASCADE);"
                          "INSERT INTO theirs VALUES (1)"));
    const lines before = target.all();
    const auto report = target.apply({op_writer()
                                          .set(items, {number(11)}, item_owner, cell{})
                                          .erase(skills, {number(21)})
                                          .erase(characters, {number(1)})});
    REQUIRE_FALSE(report);
    CHECK(report.why().code == errc::corrupt);
    CHECK(target.all() == before);
    CHECK(target.rows("SELECT * FROM theirs") == lines{"1"});
}

TEST_CASE("a batch that failed can be applied later, whole") {
    delta_target target;
    bool refuse = true;
    sqlite3_commit_hook(
        target.db.get(), [](void* flag) { return *static_cast<bool*>(flag) ? 1 : 0; }, &refuse);
    const lines before = target.all();
    const auto batch = [&] { return target.apply_all(); };
    target.log.append(level_of(1, 11));
    target.log.append(op_writer().lease(characters, 500).erase(items, {number(12)}));
    target.log.append(op_writer().insert(characters, {number(3), text("Cleo"), number(1), number(1)}));
    target.log.append(level_of(3, 30));
    for (int i = 0; i < 3; ++i) {
        REQUIRE_FALSE(batch());
        CHECK(target.all() == before);
    }
    refuse = false;
    const auto report = batch();
    REQUIRE(report);
    CHECK(report->applied == 5);
    CHECK(report->rows == 4);
    CHECK(target.rows("SELECT id, level FROM characters ORDER BY id") == lines{"1 | 11", "2 | 20", "3 | 30"});
    CHECK(target.rows("SELECT id FROM items") == lines{"11"});
    CHECK(target.rows("SELECT * FROM holdfast_ids") == lines{"'characters' | 500"});
}

TEST_CASE("a database that somebody has locked is busy, and the batch is applied when it is free") {
    const temporary_folder folder;
    delta_target target(folder / "a.db");
    sqlite3_busy_timeout(target.db.get(), 1);
    {
        raw_database other(folder / "a.db");
        other.run("BEGIN IMMEDIATE");
        const auto report = target.apply({level_of(1, 11)});
        REQUIRE_FALSE(report);
        CHECK(report.why().code == errc::busy);
        other.run("COMMIT");
    }
    REQUIRE(target.apply_all());
    CHECK(target.rows("SELECT level FROM characters WHERE id = 1") == lines{"11"});
}

TEST_CASE("the marker's row must be there") {
    delta_target target;
    REQUIRE(target.db.run("DELETE FROM holdfast_meta"));
    const lines before = target.all();
    const auto report = target.apply({level_of(1, 11)});
    REQUIRE_FALSE(report);
    CHECK(report.why().code == errc::corrupt);
    CHECK(mentions(report.why().detail, "holdfast_meta"));
    CHECK(target.all() == before);
}

TEST_CASE("a damaged frame is corrupt and nothing of the batch is written") {
    delta_target target;
    const lines before = target.all();
    target.log.append(level_of(1, 11));
    target.log.append(level_of(2, 22));
    auto frames = target.log.frames(1);
    std::vector<std::byte> damaged(frames[1].begin(), frames[1].end());
    damaged.back() ^= std::byte{1};
    frames[1] = damaged;
    const auto report = target.writer.apply(frames);
    REQUIRE_FALSE(report);
    CHECK(report.why().code == errc::corrupt);
    CHECK(mentions(report.why().detail, "frame 3"));
    CHECK(target.all() == before);
}

TEST_CASE("a frame that holds no ops of ours is corrupt and nothing of the batch is written") {
    delta_target target;
    const lines before = target.all();
    const auto report = target.apply({level_of(1, 11), op_writer().raw(std::string(4, '\x7f'))});
    REQUIRE_FALSE(report);
    CHECK(report.why().code == errc::corrupt);
    CHECK(mentions(report.why().detail, "frame 3"));
    CHECK(target.all() == before);
}

TEST_CASE("a batch tells a bent frame from a file that somebody has changed") {
    delta_target to;
    to.log.append(op_writer().set(characters, {number(1)}, character_gold, number(1)));
    const auto frames = to.log.frames(1);
    std::vector<std::byte> bent(frames.front().begin(), frames.front().end());
    bent.back() ^= std::byte{1};
    CHECK_FALSE(to.writer.apply({holdfast::bytes_view(bent)}));
    CHECK(to.writer.bad_frame());
    CHECK_FALSE(to.writer.diverged());
    REQUIRE(to.apply_all());
    CHECK_FALSE(to.writer.bad_frame());
    to.db.run("DELETE FROM items WHERE id = 12").value();
    CHECK_FALSE(to.apply({op_writer().erase(items, {number(12)})}));
    CHECK(to.writer.diverged());
    CHECK_FALSE(to.writer.bad_frame());
}
