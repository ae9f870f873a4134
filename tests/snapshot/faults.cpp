// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/snapshot/delta_writer.hpp: SQLite gives up at every single step of a batch, and each time
/// the file is as it was, and the same batch can be written afterwards.
#include <holdfast/snapshot/delta_writer.hpp>

#include "support/catch.hpp"
#include "support/delta_target.hpp"
#include "support/temporary_folder.hpp"
#include "support/words.hpp"

using namespace holdfast::test;
using holdfast::cell;
using holdfast::errc;

namespace {

/// A tick of every kind: inserts, erases, structural and plain changes, leases.
void append_changes(log_editor& log, std::int64_t round) {
    const std::int64_t id = 100 + round;
    log.append(op_writer()
                   .lease(characters, static_cast<std::uint64_t>(1'000 * (round + 1)))
                   .insert(characters, {number(id), text("new " + std::to_string(id)), number(1), number(0)})
                   .insert(skills, {number(id), number(1), text("skill " + std::to_string(id)), number(1)}));
    log.append(op_writer()
                   .set(characters, {number(1)}, character_level, number(id))
                   .set(characters, {number(1)}, character_name, text("Aria " + std::to_string(id)))
                   .update(items, {number(11)}, {{item_owner, number(2 - round % 2)}, {item_kind, text("worn")}})
                   .erase(items, {number(12)})
                   .insert(items, {number(12), number(id), text("again")}));
    log.append(op_writer().set(skills, {number(id)}, skill_level, number(round)));
}

/// SQLite's machine stops after `steps` steps inside statements that read or write rows, or (`at_the_edges`) inside
/// those that begin and end the transaction.
class stop_after {
public:
    enum class place { in_rows, at_the_edges };

    stop_after(sqlite3* of, int steps, place where) : db_(of), left_(steps), where_(where) {
        sqlite3_trace_v2(
            db_, SQLITE_TRACE_STMT,
            [](unsigned, void* self, void*, void* text) {
                const std::string_view sql(static_cast<const char*>(text));
                const bool edge = sql.starts_with("BEGIN") || sql.starts_with("COMMIT") || sql.starts_with("ROLLBACK");
                auto& stop = *static_cast<stop_after*>(self);
                stop.here_ = (edge ? place::at_the_edges : place::in_rows) == stop.where_;
                return 0;
            },
            this);
        sqlite3_progress_handler(
            db_, 1,
            [](void* self) {
                auto& stop = *static_cast<stop_after*>(self);
                return stop.here_ && --stop.left_ < 0 ? 1 : 0;
            },
            this);
    }
    stop_after(const stop_after&) = delete;
    stop_after& operator=(const stop_after&) = delete;
    ~stop_after() {
        sqlite3_progress_handler(db_, 0, nullptr, nullptr);
        sqlite3_trace_v2(db_, 0, nullptr, nullptr);
    }

private:
    sqlite3* db_;
    int left_;
    place where_;
    bool here_ = false;
};

} // namespace

TEST_CASE("a batch interrupted at any step leaves the file as it was and is written whole afterwards") {
    delta_target target;
    int interrupted = 0;
    for (std::int64_t round = 0; round < 2; ++round) { // with statements to be prepared, and with all of them there
        append_changes(target.log, round);
        const lines before = target.all();
        for (int steps = 0;; ++steps) {
            const auto report = [&] {
                const stop_after stop(target.db.get(), steps, stop_after::place::in_rows);
                return target.apply_all();
            }();
            if (report) {
                CHECK(report->frames == 3);
                break;
            }
            ++interrupted;
            REQUIRE(report.why().code == errc::io);
            REQUIRE(mentions(report.why().detail, "interrupted"));
            REQUIRE(target.all() == before);
        }
    }
    CHECK(interrupted > 100);
    CHECK(target.marker() == "7");
    CHECK(target.rows("SELECT level, name FROM characters WHERE id = 1") == lines{"101 | 'Aria 101'"});
    CHECK(target.rows("SELECT * FROM items ORDER BY id") == lines{"11 | 1 | 'worn'", "12 | 101 | 'again'"});
    CHECK(target.rows("SELECT id, level FROM skills WHERE id > 90 ORDER BY id") == lines{"100 | 0", "101 | 1"});
    CHECK(target.rows("SELECT * FROM holdfast_ids") == lines{"'characters' | 2000"});
}

TEST_CASE("a batch interrupted where its transaction begins or ends is written, once, by the next try") {
    // BEGIN and COMMIT may report an error after they have done their work.
    for (int steps = 0; steps < 12; ++steps) {
        delta_target target;
        append_changes(target.log, 0);
        auto report = [&] {
            const stop_after stop(target.db.get(), steps, stop_after::place::at_the_edges);
            return target.apply_all();
        }();
        if (!report) report = target.apply_all();
        CAPTURE(steps);
        INFO((report ? std::string() : report.why().message()));
        REQUIRE(report);
        CHECK(target.rows("SELECT id FROM characters ORDER BY id") == lines{"1", "2", "100"});
        CHECK(target.marker() == "4");
    }
}

TEST_CASE("a batch whose commit is refused is written whole afterwards") {
    const temporary_folder folder;
    delta_target target(folder / "a.db");
    const lines before = target.all();
    append_changes(target.log, 0);
    for (int i = 0; i < 3; ++i) {
        sqlite3_commit_hook(
            target.db.get(), [](void*) { return 1; }, nullptr);
        const auto report = target.apply_all();
        REQUIRE_FALSE(report);
        CHECK(report.why().code == errc::refused);
        sqlite3_commit_hook(target.db.get(), nullptr, nullptr);
        CHECK(target.all() == before);
    }
    REQUIRE(target.apply_all());
    CHECK(raw_database(folder / "a.db").row("SELECT applied FROM holdfast_meta") == "4");
}

TEST_CASE("a batch that finds no memory in SQLite leaves the file as it was and is written whole afterwards") {
    delta_target target;
    append_changes(target.log, 0);
    const lines before = target.all();
    // SQLite refuses to hold more than this; the rows need some pages more.
    const sqlite3_int64 limit = sqlite3_memory_used() + 1'000;
    (void)sqlite3_hard_heap_limit64(limit);
    const auto report = target.apply_all();
    (void)sqlite3_hard_heap_limit64(0);
    REQUIRE_FALSE(report);
    CHECK(target.all() == before);
    REQUIRE(target.apply_all());
    CHECK(target.marker() == "4");
}
