// SPDX-License-Identifier: MIT
/// @file
/// Tests of store::bulk_load: very many rows, past the log, whole or not at all.
#include <holdfast/holdfast.hpp>

#include "support/catch.hpp"
#include "support/sqlite_spy.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"
#include "support/wait.hpp"

#include <atomic>

namespace hf = holdfast;
using namespace holdfast::test;

namespace {

const fake_clock standing_still;

struct kind {
    std::int64_t id = 0;
    std::string name{};
};
struct item {
    std::int64_t id = 0;
    std::int64_t kind = 0;
    std::int32_t count = 1;
};
struct world {
    hf::table<kind, hf::primary_key<&kind::id>, hf::auto_id<&kind::id>, hf::unique<&kind::name>> kinds;
    hf::table<item, hf::primary_key<&item::id>, hf::auto_id<&item::id>,
              hf::references<&item::kind, &kind::id, "kinds", hf::on_delete::cascade>>
        items;
};

void fill(world& w, int rows) {
    const auto lamp = w.kinds.insert({.name = "lamp " + std::to_string(w.kinds.size())}).value();
    for (int i = 0; i < rows; ++i) {
        const auto made = w.items.insert({.kind = lamp->id}).value();
        if (i % 3 == 0) w.items.set<&item::count>(made, i);
    }
}

} // namespace

TEST_CASE("a bulk load is saved when it returns, and ticks go on around it") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    {
        auto db = hf::open<world>(path, options_with(standing_still)).value();
        db->kinds.insert({.name = "before"}).value(); // not committed: goes with the commit before the load
        const auto report = db.bulk_load([](world& w) { fill(w, 50'000); });
        REQUIRE(report);
        CHECK(report->saved == 2);
        CHECK(report->rows_written > 50'000);
        CHECK(db.health().saved == 2);
        CHECK(db.commit() == 2);
        db->items.erase(7).value();
        CHECK(db.commit() == 3);
        save(db);
        REQUIRE(db.bulk_load([](world& w) { fill(w, 10); }));
        CHECK(db.health().saved == 4);
        close_and_compare(db, path);
    }
    auto db = hf::open<world>(path, options_with(standing_still)).value();
    CHECK(db->items.size() == 50'009);
    CHECK(db->items.insert({.kind = 1}).value()->id > 50'010); // its ids were leased too
}

TEST_CASE("a bulk load that is refused loads nothing, in memory or in the file") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    auto db = hf::open<world>(path, options_with(standing_still)).value();
    fill(*db, 5);
    const auto refused = db.bulk_load([](world& w) -> hf::result<void> {
        fill(w, 1'000);
        w.kinds.erase(1).value();
        return hf::error{hf::errc::refused, "the file ends too early"};
    });
    CHECK(refused.why().detail == "the file ends too early");
    CHECK(db->items.size() == 5);
    CHECK(db->kinds.size() == 1);
    const auto thrown = [&] { return db.bulk_load([](world& w) { w.items.insert({.kind = 77}).value(); }); };
    CHECK_THROWS(thrown());
    CHECK(db.health().saved == 2); // a tick with the lease of the ids that were given out
    db->items.set<&item::count>(db->items.find(1), 9);
    db.commit();
    close_and_compare(db, path);
}

TEST_CASE("a bulk load that SQLite does not take is taken back, and can be tried again") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    const sqlite_spy spy;
    std::atomic<bool> stop{true}; // asked while the store is closed, too
    auto db = hf::open<world>(path, options_with(standing_still)).value();
    fill(*db, 5);
    db.commit();
    save(db);
    spy.interrupt_while(stop);
    const auto failed = db.bulk_load([](world& w) { fill(w, 100); });
    REQUIRE_FALSE(failed);
    CHECK(failed.why().detail.find("nothing was loaded: ") == 0);
    CHECK(db->items.size() == 5);
    stop = false;
    CHECK(db.bulk_load([](world& w) { fill(w, 100); }));
    CHECK(db->items.size() == 105);
    close_and_compare(db, path);
}

TEST_CASE("after a bulk load nothing waits, and health inside one is in order") {
    const temporary_folder folder;
    fake_clock clock;
    auto db = hf::open<world>(folder / "world.db", options_with(clock)).value();
    REQUIRE(db.bulk_load([&](world& w) {
        fill(w, 10);
        CHECK(db.health().open_bytes == 0);
    }));
    REQUIRE(db.wait_durable(1, long_enough));
    clock.advance(std::chrono::seconds(5));
    CHECK(eventually([&] { return db.health().queue_bytes == 0 && db.health().oldest_unsaved.count() == 0; }));
}

TEST_CASE("a bulk load of which nobody knows whether the file has it takes no tick along") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    const sqlite_spy spy;
    {
        auto db = hf::open<world>(path, options_with(standing_still)).value();
        db->kinds.insert({.name = "before"}).value();
        db.commit();
        save(db);
        // COMMIT is done, and says an error; after that SQLite answers nothing.
        static std::atomic<bool> silent{false};
        silent = false;
        spy.interrupt_while(silent);
        sqlite3_wal_hook(
            spy.connection(),
            [](void*, sqlite3*, const char*, int) {
                silent = true;
                return SQLITE_ERROR;
            },
            nullptr);
        const auto loaded = db.bulk_load([](world& w) { w.kinds.insert({.name = "loaded"}).value(); });
        REQUIRE_FALSE(loaded);
        CHECK(loaded.why().detail.find("the file may have it") != std::string::npos);
        CHECK(db->kinds.size() == 1);
        sqlite3_wal_hook(spy.connection(), nullptr, nullptr);
        silent = false;
        db->kinds.insert({.name = "after"}).value();
        CHECK(db.commit() == 3); // 2 may be in the file
        const auto saved = db.save_all(long_enough);
        REQUIRE_FALSE(saved); // it is
        CHECK(saved.why().code == hf::errc::corrupt);
        CHECK(saved.why().detail.find("the bulk load of tick 2") != std::string::npos);
        CHECK_FALSE(db.close(long_enough).complete());
    }
    auto db = hf::open<world>(path, options_with(standing_still)).value();
    CHECK(db.health().committed == 3);
    CHECK(db->kinds.find_by<&kind::name>("loaded"));
    CHECK(db->kinds.find_by<&kind::name>("after"));
    close_and_compare(db, path);
}

TEST_CASE("a bulk load whose COMMIT was done and says an I/O error is found in the file, by another connection") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    const sqlite_spy spy;
    auto db = hf::open<world>(path, options_with(standing_still)).value();
    sqlite3* const first = spy.connection();
    sqlite3_wal_hook(
        first, [](void*, sqlite3*, const char*, int) { return SQLITE_IOERR; }, nullptr);
    REQUIRE(db.bulk_load([](world& w) { w.kinds.insert({.name = "loaded"}).value(); }));
    CHECK(db->kinds.size() == 1);
    db->kinds.insert({.name = "after"}).value();
    CHECK(db.commit() == 2);
    close_and_compare(db, path);
}

TEST_CASE("a bulk load into a closed store is refused") {
    auto db = hf::open<world>(":memory:", small_options()).value();
    db.close(long_enough);
    CHECK(db.bulk_load([](world& w) { fill(w, 1); }).why().code == hf::errc::closed);
}
