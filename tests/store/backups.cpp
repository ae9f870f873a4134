// SPDX-License-Identifier: MIT
/// @file
/// Tests of backups: made while the store runs, checked, named, sorted out, and the log kept between them.
#include "support/allocations.hpp"
#include "support/hourly_backups.hpp"
#include "support/io_faults.hpp"
#include "support/words.hpp"

#include <filesystem>

namespace hf = holdfast;
namespace fs = std::filesystem;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

using store = hf::store<purse>;

struct server : hourly_backups {
    [[nodiscard]] store open() const { return hf::open<purse>(path, chosen).value(); }
    [[nodiscard]] std::size_t archived() const { return hf::segments_in_archive(archive()).value().size(); }
};
hf::tick add(store& db, int coins, std::size_t bytes = 1) {
    for (int i = 0; i < coins; ++i) db->coins.insert({.worth = i, .words = std::string(bytes, 'x')}).value();
    return db.commit();
}
[[nodiscard]] bool wait_for_backup(store& db, hf::tick of) {
    return eventually([&] { return db.health().backed_up >= of; });
}
/// What a plain SQLite finds in a backup.
world_lines lines_of(store& db, const std::string& file) { return file_lines(*db, file); }

} // namespace

TEST_CASE("the first backup is made at the first open, and says what it is") {
    server it;
    auto db = it.open();
    REQUIRE(eventually([&] { return db.health().last_backup != std::chrono::system_clock::time_point(); }));
    REQUIRE(it.backups().size() == 1);
    const hf::found_backup first = it.backups().front();
    CHECK(first.applied == 0);
    const auto is = hf::verify_backup(first.path, hf::sqlite::check_depth::thorough).value();
    CHECK(is.applied == 0);
    CHECK(is.made_us == it.clock.wall_us());
    CHECK(std::any_of(is.tables.begin(), is.tables.end(), [](const auto& one) { return one.name == "coins"; }));
    close_and_compare(db, it.path);
}

TEST_CASE("backups are made on time, when anything has changed, and are what the file was at their tick") {
    server it;
    auto db = it.open();
    it.wait_for_first_backup();
    for (int hour = 1; hour <= 3; ++hour) {
        const hf::tick now = add(db, 100);
        (void)save(db);
        CHECK(db.health().backed_up < now); // not yet
        it.clock.advance(60min);
        REQUIRE(wait_for_backup(db, now));
        CHECK(it.backups().size() == static_cast<std::size_t>(hour) + 1);
        CHECK(it.backups().back().applied == now);
        CHECK(lines_of(db, it.backups().back().path) == memory_lines(*db));
        CHECK_FALSE(fs::exists(it.backups().back().path + "-wal"));
    }
    close_and_compare(db, it.path);
}

TEST_CASE("a game that goes on while a backup is made gets one that is whole") {
    server it;
    it.chosen.save_every = 0ms;
    it.chosen.batch_bytes = 1 << 12;
    auto db = it.open();
    add(db, 20'000, 100); // some MB
    (void)save(db);
    REQUIRE(eventually([&] { return db.health().last_backup != std::chrono::system_clock::time_point(); }));
    const hf::tick before = db.health().committed;
    hf::tick last = before;
    REQUIRE(eventually([&] {
        for (std::int64_t id = 1; id <= 50; ++id)
            (void)db->coins.set<&coin::worth>(id, static_cast<std::int32_t>(last));
        last = db.commit();
        it.clock.advance(1min);
        return db.health().backed_up > before;
    }));
    const auto is = hf::verify_backup(it.backups().back().path, hf::sqlite::check_depth::thorough).value();
    CHECK(is.applied > before);
    CHECK(is.applied <= last);
    close_and_compare(db, it.path);
}

TEST_CASE("backups that nobody needs go, and with them the log behind which they are") {
    server it;
    auto db = it.open();
    it.wait_for_first_backup();
    for (int hour = 0; hour < 80; ++hour) {
        const hf::tick now = add(db, 20, 1'000);
        (void)save(db);
        it.clock.advance(60min);
        REQUIRE(wait_for_backup(db, now));
    }
    const auto left = it.backups();
    const std::int64_t now = it.clock.wall_us();
    const auto hours = [&](std::int64_t made_us) { return (now - made_us) / 3'600'000'000; };
    const auto young =
        std::count_if(left.begin(), left.end(), [&](const auto& one) { return hours(one.made_us) <= 24; });
    CHECK(young >= 24);
    CHECK(left.size() - static_cast<std::size_t>(young) <= 5); // one a day, and the one that the log goes on from
    CHECK(hours(left.front().made_us) > 48);
    const auto log = hf::segments_in_archive(hf::archive_of(it.path + ".log")).value();
    CHECK(log.front().goes_on_at <= hf::base_backup(left, now, 24ll * 3'600'000'000)->applied + 1);
    CHECK(log.size() < 24 + 5); // each hour fills less than one
    CHECK(db.health().archive_bytes > 0);
    close_and_compare(db, it.path);
}

TEST_CASE("the log that is kept has its own limit, and what a backup does not have stays") {
    server it;
    it.chosen.backups.most_log_bytes = 200'000;
    std::string said;
    it.chosen.log = [&](hf::log_level level, std::string_view text) {
        if (level == hf::log_level::warning) said = text;
    };
    auto db = it.open();
    it.wait_for_first_backup();
    hf::tick now = 0;
    for (int i = 0; i < 40; ++i) {
        now = add(db, 10, 1'000);
        (void)save(db);
    }
    CHECK(it.archived() > 5);
    it.clock.advance(60min);
    REQUIRE(wait_for_backup(db, now));
    REQUIRE(eventually([&] { return db.health().archive_bytes != 0; }));
    CHECK(db.health().archive_bytes <= 200'000);
    CHECK(db.close(long_enough).complete());
    CHECK(mentions(said, "cannot be restored"));
}

TEST_CASE("a copy of the database goes to a file of one's choice") {
    server it;
    it.chosen.backups.every = 0min;
    auto db = it.open();
    add(db, 1'000, 100);
    (void)save(db);
    std::vector<std::string> told;
    const auto tell = [&](const hf::result<hf::backup_manifest>& is) {
        told.push_back(is ? "tick " + std::to_string(is->applied) : is.why().detail);
    };
    db.snapshot_to(it.folder / "copy.db", tell);
    REQUIRE(eventually([&] {
        db.commit();
        return !told.empty();
    }));
    CHECK(told.back() == "tick 1");
    CHECK(lines_of(db, it.folder / "copy.db") == memory_lines(*db));
    db.snapshot_to(it.folder / "copy.db", tell);
    REQUIRE(eventually([&] {
        db.commit();
        return told.size() == 2;
    }));
    CHECK(told.back() == it.folder / "copy.db" + " is there");
    CHECK_FALSE(fs::exists(it.path + ".backups"));
    close_and_compare(db, it.path);
    db.snapshot_to(it.folder / "late.db", tell);
    CHECK(mentions(told.back(), "the store is closed"));
}

TEST_CASE("a backup that cannot be written harms nothing, is told, and is tried again") {
    server it;
    it.chosen.backups.every = 1min;
    io_faults faults([](io_faults::kind what, std::string_view at) {
        return at.find(".backups/") != std::string_view::npos && what == io_faults::kind::write;
    });
    auto db = it.open();
    it.wait_for_first_backup();
    const hf::tick now = add(db, 1'000, 100);
    (void)save(db);
    faults.fail(1, io_faults::for_good, ENOSPC);
    it.clock.advance(2min);
    REQUIRE(eventually([&] { return db.health().backup_error.has_value(); }));
    CHECK(db.health().is == hf::health_report::state::good);
    CHECK(db.health().backed_up == 0);
    CHECK(it.backups().size() == 1);
    faults.clear();
    it.clock.advance(2min);
    REQUIRE(wait_for_backup(db, now));
    CHECK_FALSE(db.health().backup_error);
    close_and_compare(db, it.path);
}

TEST_CASE("regression: a backup that was copied into the place of the database by hand gets backups again") {
    server it;
    hf::tick now = 0;
    {
        auto db = it.open();
        now = add(db, 100);
        (void)save(db);
        it.clock.advance(61min);
        REQUIRE(wait_for_backup(db, now));
        REQUIRE(db.close(long_enough).complete());
    }
    fs::copy_file(it.backups().back().path, it.path, fs::copy_options::overwrite_existing);
    auto db = it.open();
    CHECK(db->coins.size() == 100);
    for (int i = 0; i < 2; ++i) {
        now = add(db, 10);
        (void)save(db);
        it.clock.advance(61min);
        const bool made = wait_for_backup(db, now);
        INFO((db.health().backup_error ? db.health().backup_error->message() : std::string()));
        REQUIRE(made);
        const auto is = hf::verify_backup(it.backups().back().path, hf::sqlite::check_depth::thorough);
        INFO((is ? std::string() : is.why().message()));
        REQUIRE(is);
        CHECK(is->applied == now);
    }
    close_and_compare(db, it.path);
}

namespace {

/// So many hours, each with a change and its backup.
void play_hours(server& it, store& db, int hours) {
    for (int hour = 0; hour < hours; ++hour) {
        const hf::tick now = add(db, 20, 1'000);
        (void)save(db);
        it.clock.advance(60min);
        REQUIRE(wait_for_backup(db, now));
    }
}
/// Every file system is full, to those who ask; not yet.
io_faults full_disks() {
    return io_faults([](io_faults::kind what, std::string_view) { return what == io_faults::kind::space; });
}
/// Asks for a copy, and what has become of it.
std::string snapshot(store& db, const std::string& to) {
    std::string told;
    db.snapshot_to(to, [&](const hf::result<hf::backup_manifest>& is) { told = is ? "made" : is.why().message(); });
    REQUIRE(eventually([&] {
        db.commit();
        return !told.empty();
    }));
    return told;
}

} // namespace

TEST_CASE("regression: ages of more years than there are keep everything") {
    server it;
    it.chosen.backups.keep_all = it.chosen.backups.keep_daily = it.chosen.backups.log_window =
        std::chrono::hours::max();
    auto db = it.open();
    it.wait_for_first_backup();
    play_hours(it, db, 5);
    CHECK(it.backups().size() == 6);
    close_and_compare(db, it.path);
    it.chosen.backups.every = std::chrono::minutes::max();
    auto again = it.open();
    add(again, 1);
    (void)save(again);
    it.clock.advance(60min);
    CHECK_FALSE(eventually([&] { return again.health().backed_up > 5; }, 1s));
    close_and_compare(again, it.path);
}

TEST_CASE("regression: a clock that is set wrong does not take the backups with it") {
    server it;
    std::atomic<int> warned{0};
    it.chosen.log = [&](hf::log_level, std::string_view text) { warned += mentions(text, "the clock was set by"); };
    auto db = it.open();
    it.wait_for_first_backup();
    play_hours(it, db, 11);
    REQUIRE(it.backups().size() == 12);
    CHECK(warned == 0);
    it.clock.set_wall_us(it.clock.wall_us() + 40ll * 86'400'000'000);
    play_hours(it, db, 1);
    CHECK(it.backups().size() == 13);
    play_hours(it, db, 1); // it stays there: by and by
    CHECK(it.backups().size() == 14 - 4);
    it.clock.set_wall_us(it.clock.wall_us() - 40ll * 86'400'000'000);
    play_hours(it, db, 2);
    CHECK(it.backups().size() == 12);
    CHECK(it.backups().front().applied == 4);
    close_and_compare(db, it.path);
    CHECK(warned == 2);
}

TEST_CASE("regression: a copy for which there is no room is not begun, and says how much is missing") {
    server it;
    auto faults = full_disks();
    auto db = it.open();
    it.wait_for_first_backup();
    const hf::tick now = add(db, 100);
    (void)save(db);
    faults.fail(1, io_faults::for_good, ENOSPC);
    it.clock.advance(60min);
    REQUIRE(eventually([&] { return db.health().backup_error.has_value(); }));
    CHECK(db.health().backup_error->code == hf::errc::full);
    CHECK(mentions(db.health().backup_error->detail, "bytes, and 0 are free"));
    CHECK(mentions(snapshot(db, it.folder / "copy.db"), "bytes, and 0 are free"));
    CHECK_FALSE(fs::exists(it.path + ".backups/backup.new"));
    CHECK_FALSE(fs::exists(it.folder / "copy.db.holdfast-new"));
    faults.fail(1, io_faults::for_good, EIO); // nobody knows how much there is
    it.clock.advance(2min);
    REQUIRE(wait_for_backup(db, now));
    CHECK_FALSE(db.health().backup_error);
    close_and_compare(db, it.path);
}

TEST_CASE("regression: while backups fail the log is trimmed and measured, and it is measured when a store opens") {
    server it;
    auto faults = full_disks();
    auto db = it.open();
    it.wait_for_first_backup();
    const auto grow = [&] {
        for (int i = 0; i < 20; ++i) {
            add(db, 10, 1'000);
            (void)save(db);
        }
    };
    grow();
    it.clock.advance(60min);
    REQUIRE(wait_for_backup(db, 20));
    const auto bytes = [&] { return db.health().archive_bytes; };
    REQUIRE(eventually([&] { return bytes() != 0; }));
    const std::uint64_t first = bytes();
    faults.fail(1, io_faults::for_good, ENOSPC);
    grow();
    it.clock.advance(60min);
    REQUIRE(eventually([&] { return bytes() > first; }));
    CHECK(db.health().backup_error.has_value());
    const auto archived = [&] { return hf::names_in(hf::archive_of(it.path + ".log")).value().size(); };
    const std::size_t kept = archived();
    it.clock.advance(25h); // nobody wants what was before the backup any more
    REQUIRE(eventually([&] { return archived() < kept; }));
    const std::uint64_t before = [&] {
        CHECK(db.close(long_enough).complete());
        std::uint64_t all = 0;
        for (const auto& one : hf::segments_in_archive(hf::archive_of(it.path + ".log")).value()) all += one.bytes;
        return all;
    }();
    auto again = it.open();
    CHECK(again.health().archive_bytes >= before);
    close_and_compare(again, it.path);
}

TEST_CASE("regression: a copy takes no file's place, and no file that is called like it is removed") {
    server it;
    it.chosen.backups.every = 0min;
    bool meanwhile = false;
    it.chosen.backups.progress = [&](const hf::backup_progress&) {
        if (meanwhile) write_file(it.folder / "late.db", "mine");
    };
    auto db = it.open();
    add(db, 100);
    (void)save(db);
    write_file(it.folder / "copy.db.new", "mine");
    CHECK(snapshot(db, it.folder / "copy.db") == "made");
    CHECK(bytes_of_file(it.folder / "copy.db.new") == "mine");
    meanwhile = true;
    CHECK(mentions(snapshot(db, it.folder / "late.db"), "late.db is there"));
    CHECK(bytes_of_file(it.folder / "late.db") == "mine");
    CHECK_FALSE(fs::exists(it.folder / "late.db.holdfast-new"));
    write_file(it.folder / "old.db-wal", "mine");
    CHECK(mentions(snapshot(db, it.folder / "old.db"), "old.db-wal is there"));
    close_and_compare(db, it.path);
}

TEST_CASE("regression: a folder that is named by a relative path stays where it was when the store was opened") {
    server it;
    const fs::path was = fs::current_path();
    fs::create_directories(it.folder / "one/backups");
    fs::create_directories(it.folder / "two/backups");
    it.chosen.backups.folder = "backups";
    fs::current_path(it.folder / "one");
    auto db = it.open();
    fs::current_path(it.folder / "two");
    const hf::tick now = add(db, 1);
    (void)save(db);
    it.clock.advance(60min);
    const bool made = wait_for_backup(db, now);
    fs::current_path(was);
    REQUIRE(made);
    CHECK(hf::backups_in(it.folder / "one/backups/world.db.backups").value().back().applied == now);
    CHECK(fs::is_empty(it.folder / "two/backups"));
    close_and_compare(db, it.path);
}

namespace {

/// A keeper without a store, and a database of some steps.
struct keeper {
    server it;
    hf::speaker told{it.chosen};
    hf::sqlite::connection db;
    std::optional<hf::backup_keeper> made;

    keeper() {
        it.chosen.backups.every = 0min;
        {
            auto filled = it.open();
            add(filled, 1'000, 1'000);
            CHECK(filled.close(long_enough).complete());
        }
        db = hf::sqlite::connection::open(it.path, hf::sqlite::connection::mode::existing).value();
        made.emplace(it.path, hf::timelines(), hf::tick{1}, it.chosen, it.clock, told);
    }
};

} // namespace

TEST_CASE("nothing is copied of a transaction that could not be rolled back") {
    keeper it;
    (void)it.made->ask(it.it.folder / "copy.db");
    REQUIRE(it.made->copy(it.db, 1));
    REQUIRE(it.db.run("BEGIN IMMEDIATE; DELETE FROM coins"));
    CHECK_FALSE(it.made->copy(it.db, 1)); // SQLite itself says that it is busy
    it.db.roll_back();
    while (it.made->copy(it.db, 1)) {}
    REQUIRE(it.made->copied());
    (void)it.made->check();
    const auto outcomes = it.made->take_outcomes();
    REQUIRE(outcomes.size() == 1);
    const auto& tables = outcomes.front().made.tables;
    CHECK(std::any_of(tables.begin(), tables.end(),
                      [](const auto& one) { return one.name == "coins" && one.rows == 1'000; }));
}

TEST_CASE("regression: a copy is abandoned also when there is no memory, and what was asked for is made later") {
    keeper it;
    const std::string to = it.it.folder / "copy.db";
    REQUIRE(it.made->ask(to) == 1);
    bool failed = true;
    for (std::size_t nth = 1; failed; ++nth) {
        REQUIRE(it.made->copy(it.db, 1));
        const fail_allocation none(nth);
        it.made->abandon();
        failed = none.failed();
    }
    CHECK_FALSE(fs::exists(to + ".holdfast-new"));
    while (it.made->copy(it.db, 1)) {}
    REQUIRE(it.made->copied());
    (void)it.made->check();
    const auto outcomes = it.made->take_outcomes();
    REQUIRE(outcomes.size() == 1);
    CHECK(outcomes.front().request == 1);
    CHECK_FALSE(outcomes.front().failure);
    CHECK(fs::exists(to));
}
