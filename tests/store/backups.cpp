// SPDX-License-Identifier: MIT
/// @file
/// Tests of backups: made while the store runs, checked, named, sorted out, and the log kept between them.
#include "support/io_faults.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"
#include "support/wait.hpp"
#include "support/words.hpp"

#include <filesystem>

namespace hf = holdfast;
namespace fs = std::filesystem;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

struct coin {
    std::int64_t id = 0;
    std::int32_t worth = 0;
    std::string words{};
};
struct purse {
    hf::table<coin, hf::primary_key<&coin::id>, hf::auto_id<&coin::id>> coins;
};
using store = hf::store<purse>;

/// A server with a clock of its own, which makes backups.
struct server {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    fake_clock clock;
    hf::options chosen = [this] {
        hf::options is = options_with(clock);
        is.segment_bytes = std::size_t{1} << 16;
        is.backups.every = 60min;
        return is;
    }();

    [[nodiscard]] store open() const { return hf::open<purse>(path, chosen).value(); }
    [[nodiscard]] std::vector<hf::found_backup> backups() const { return hf::backups_in(path + ".backups").value(); }
    [[nodiscard]] std::size_t archived() const {
        return hf::segments_in_archive(hf::archive_of(path + ".log")).value().size();
    }
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
    REQUIRE(eventually([&] { return it.backups().size() == 1; }));
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
    REQUIRE(eventually([&] { return it.backups().size() == 1; }));
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
    REQUIRE(eventually([&] { return it.backups().size() == 1; }));
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
    REQUIRE(eventually([&] { return it.backups().size() == 1; }));
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
