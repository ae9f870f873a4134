// SPDX-License-Identifier: MIT
/// @file
/// Tests of a restore: the database as it was after any tick, or at any time, in a file of its own.
#include "store/five_hours.hpp"
#include "support/io_faults.hpp"
#include "support/raw_database.hpp"
#include "support/words.hpp"

namespace hf = holdfast;
namespace fs = std::filesystem;
using namespace holdfast::test;
using namespace holdfast::test::hours;

TEST_CASE("any tick since the first backup can be restored, while the server runs and after it was killed") {
    five_hours it;
    std::mt19937 random(11);
    const bool runs = GENERATE(true, false);
    if (!runs) it.db.reset();
    for (int i = 0; i < 12; ++i) {
        const hf::tick wanted = 1 + random() % it.past.rbegin()->first;
        CAPTURE(wanted);
        const auto is = it.restore(hf::restore_point::at_tick(wanted));
        INFO((is ? std::string() : is.why().message()));
        REQUIRE(is);
        CHECK(is->restored == wanted);
        world empty;
        hf::prepare(empty).value();
        CHECK(file_lines(empty, it.folder / "then.db") == it.past.at(wanted));
    }
    CHECK(it.restore(hf::restore_point::newest())->restored == it.past.rbegin()->first);
    auto opened = hf::open<world>(it.folder / "then.db", it.chosen).value();
    CHECK(memory_lines(*opened) == it.past.rbegin()->second);
    CHECK(opened.recovery().clean);
    opened->heroes.insert({.id = 77, .name = "new"}).value();
    opened.commit();
    close_and_compare(opened, it.folder / "then.db");
    if (runs) close_and_compare(*it.db, it.path);
}

TEST_CASE("a time means the last tick that was committed then") {
    const five_hours it;
    std::mt19937 random(12);
    for (int i = 0; i < 8; ++i) {
        const hf::tick wanted = 1 + random() % (it.past.rbegin()->first - 1);
        const std::int64_t us = it.when.at(wanted) + static_cast<std::int64_t>(random() % 59'000'000);
        const std::chrono::system_clock::time_point time{std::chrono::microseconds(us)};
        const auto is = it.restore(hf::restore_point::at_time(time));
        REQUIRE(is);
        CHECK(is->restored == wanted);
    }
    const auto early =
        it.restore(hf::restore_point::at_time(std::chrono::system_clock::time_point(std::chrono::microseconds(1))));
    REQUIRE_FALSE(early);
    CHECK(early.why().code == hf::errc::not_found);
    CHECK(mentions(early.why().detail, "no backup is so old"));
}

namespace {

hf::restore_point at_us(std::int64_t us) {
    return hf::restore_point::at_time(std::chrono::system_clock::time_point(std::chrono::microseconds(us)));
}
/// Of these ticks: the last one that was stamped then or before.
hf::tick last_at(const std::map<hf::tick, std::int64_t>& when, std::int64_t us) {
    hf::tick found = 0;
    for (const auto& [tick, stamped] : when)
        if (stamped <= us) found = tick;
    return found;
}
void flip_bit(const std::string& path, std::size_t at) {
    std::string all = bytes_of_file(path);
    all.at(at) = static_cast<char>(all[at] ^ 1);
    write_file(path, all);
}

} // namespace

TEST_CASE("regression: a damaged log is an error also for a time and for the newest, but not before the damage") {
    five_hours it(4);
    it.db.reset();
    const auto last = it.past.rbegin()->first;
    const auto all = it.backups();
    for (std::size_t i = 1; i < all.size(); ++i) fs::remove(all[i].path); // all of the log is needed
    const auto archived = hf::segments_in_archive(hf::archive_of(it.path + ".log")).value();
    REQUIRE_FALSE(archived.empty());
    flip_bit(archived[0].path, fs::file_size(archived[0].path) / 2);
    hf::tick reached = last;
    while (!it.restore(hf::restore_point::at_tick(reached))) --reached;
    CAPTURE(reached, last);
    REQUIRE(reached > 2);
    REQUIRE(reached < last);
    for (const auto& to : {hf::restore_point::newest(), at_us(it.clock.wall_us()), at_us(it.when.at(reached))}) {
        const auto is = it.restore(to);
        REQUIRE_FALSE(is);
        CHECK(is.why().code == hf::errc::corrupt);
        CHECK(mentions(is.why().detail, "leads to tick " + std::to_string(reached) + ", which at_tick restores"));
    }
    CHECK(it.restore(at_us(it.when.at(reached - 1)))->restored == reached - 1);
    fs::remove(archived[0].path); // now the log begins behind the backup
    const auto is = it.restore(hf::restore_point::newest());
    REQUIRE_FALSE(is);
    CHECK(mentions(is.why().detail, "leads to tick " + std::to_string(all.front().applied) + ","));
    CHECK(it.restore(hf::restore_point::at_tick(all.front().applied))->restored == all.front().applied);
}

TEST_CASE("regression: a backup has the time that it says, not the whole second of its name") {
    five_hours it(0);
    it.wait_for_first_backup();
    it.clock.advance(60min); // one is due as soon as anything is saved
    const std::int64_t second = it.clock.wall_us();
    REQUIRE(second % 1'000'000 == 0);
    const auto commit_after = [&](std::chrono::milliseconds time) {
        it.clock.advance(time);
        (*it.db)->heroes.insert({.id = time.count(), .name = std::to_string(time.count())}).value();
        return it.db->commit();
    };
    const hf::tick one = commit_after(200ms), two = commit_after(500ms);
    it.clock.advance(200ms);
    save(*it.db);
    REQUIRE(eventually([&] { return it.db->health().backed_up == two; }));
    CHECK(it.restore(at_us(second + 500'000))->restored == one);
    CHECK(it.restore(at_us(second + 950'000))->restored == two);
}

TEST_CASE("regression: a time means the last tick that was committed then or before, also when a clock went back") {
    five_hours it(1);
    std::mt19937 random(14);
    it.db.reset();
    it.clock.set_wall_us(it.clock.wall_us() - 30ll * 60'000'000);
    it.db.emplace(hf::open<world>(it.path, it.chosen).value());
    it.play(random, 20);
    REQUIRE(it.db->wait_durable(it.past.rbegin()->first, long_enough));
    for (const int minutes : {-25, -10, 0, 5, 15, 40}) {
        const std::int64_t us = it.when.rbegin()->second + minutes * 60'000'000ll;
        CAPTURE(minutes);
        const auto is = it.restore(at_us(us));
        INFO((is ? std::string() : is.why().message()));
        REQUIRE(is);
        CHECK(is->restored == last_at(it.when, us));
    }
}

TEST_CASE("a point that may lie in a gap of the log is not taken for the last one before it") {
    hf::found_log log;
    const auto add = [&](std::uint64_t number, std::int64_t wall_us) -> hf::frame_header& {
        log.frames.push_back({});
        hf::frame_header& is = log.frames.back().header;
        is.number = number;
        is.wall_us = wall_us;
        return is;
    };
    const auto reached = [&](const hf::restore_point& to, std::uint64_t applied = 0) {
        const auto range = hf::detail::range_up_to(log, applied, to, applied);
        return range.cut_short ? -static_cast<int>(range.last) : static_cast<int>(range.last);
    };
    const auto newest = hf::restore_point::newest();
    for (const std::uint64_t number : {1u, 2u, 3u}) add(number, static_cast<std::int64_t>(10 * number));
    CHECK(reached(newest) == 3);
    log.gaps.push_back({4, 7, 0}); // nothing is behind it yet
    CHECK(reached(newest) == -3);
    CHECK(reached(at_us(30)) == -3);
    CHECK(reached(at_us(29)) == 2);
    CHECK(reached(hf::restore_point::at_tick(0)) == 0);
    CHECK(reached(newest, 6) == 6); // the backup has what is missing
    add(7, 70), add(8, 80), add(9, 90);
    CHECK(reached(newest) == -3);
    CHECK(reached(at_us(50)) == -3);
    CHECK(reached(at_us(29)) == 2);
    CHECK(reached(newest, 6) == 9);
    log.frames[3].header.resync_begins = log.frames[4].header.resync_ends = 1;
    CHECK(reached(newest) == 9);
    CHECK(reached(at_us(80)) == 8);
    CHECK(reached(at_us(75)) == -3); // half of a resync
    CHECK(reached(at_us(25)) == 2);
    log.damage = hf::error{hf::errc::corrupt, "frame 10"};
    CHECK(reached(at_us(90)) == -9);
    CHECK(reached(at_us(89)) == 8);
    add(10, 15); // a clock that went back
    CHECK(reached(at_us(89)) == -10);
}

TEST_CASE("what cannot be restored is an error that says why, and leaves no file") {
    five_hours it;
    const auto last = it.past.rbegin()->first;
    const auto late = it.restore(hf::restore_point::at_tick(last + 1));
    REQUIRE_FALSE(late);
    CHECK(late.why().code == hf::errc::not_found);
    CHECK(mentions(late.why().detail, "the log leads to tick " + std::to_string(last)));
    write_file(it.folder / "there.db", "mine");
    const auto there = hf::restore(it.path, it.folder / "there.db", hf::restore_point::newest(), it.chosen);
    REQUIRE_FALSE(there);
    CHECK(there.why().code == hf::errc::refused);
    CHECK(bytes_of_file(it.folder / "there.db") == "mine");
    write_file(it.folder / "then.db.new", "mine");
    write_file(it.folder / "then.db-wal", "mine");
    const auto beside = it.restore(hf::restore_point::newest());
    REQUIRE_FALSE(beside);
    CHECK(mentions(beside.why().detail, "then.db-wal is there"));
    fs::remove(it.folder / "then.db-wal");
    CHECK(it.restore(hf::restore_point::newest()));
    CHECK(bytes_of_file(it.folder / "then.db.new") == "mine");
    fs::remove(it.folder / "then.db");
    fs::remove_all(hf::archive_of(it.path + ".log"));
    const auto gap = it.restore(hf::restore_point::at_tick(it.backups()[1].applied + 5));
    REQUIRE_FALSE(gap);
    CHECK(mentions(gap.why().detail, "the log leads to tick " + std::to_string(it.backups()[1].applied)));
    for (const auto& one : it.backups()) fs::resize_file(one.path, 3'000);
    const auto damaged = it.restore(hf::restore_point::newest());
    REQUIRE_FALSE(damaged);
    CHECK(damaged.why().code == hf::errc::corrupt);
    CHECK_FALSE(fs::exists(it.folder / "then.db"));
    CHECK_FALSE(fs::exists(it.folder / "then.db.holdfast-new"));
}

TEST_CASE("regression: a segment may go to the archive while a restore is made") {
    five_hours it(1);
    const hf::tick last = it.past.rbegin()->first;
    int moved = 0;
    io_faults faults([&](io_faults::kind what, std::string_view at) {
        if (what == io_faults::kind::open && at.ends_with("then.db.holdfast-new") && moved == 0)
            for (const auto& one : fs::directory_iterator(it.path + ".log")) // as the running server does
                if (one.is_regular_file()) fs::rename(one.path(), it.archive() / one.path().filename()), ++moved;
        return false;
    });
    const auto made = it.restore(hf::restore_point::at_tick(last));
    INFO((made ? std::string() : made.why().message()));
    REQUIRE(made);
    CHECK(moved != 0);
}

TEST_CASE("regression: a restore passes over a backup that cannot be read") {
    five_hours it(2);
    const std::string bad = it.path + ".backups/20250101T000000Z-0000000000000000-00000000000000000110.db";
    const int how = GENERATE(0, 1, 2);
    CAPTURE(how);
    if (how == 0) fs::create_symlink(it.folder / "nowhere/x", bad);
    if (how == 1) fs::create_directory(bad);
    if (how == 2) raw_database(bad).run("CREATE TABLE a(b)");
    const auto is = it.restore(hf::restore_point::newest());
    INFO((is ? std::string() : is.why().message()));
    REQUIRE(is);
    CHECK(is->restored == it.past.rbegin()->first);
    const auto all = it.backups();
    if (all.back().path == bad) {
        REQUIRE(is->steps.size() == 1);
        CHECK(mentions(is->steps[0], bad));
    }
    for (const auto& one : all)
        if (one.path != bad) fs::remove(one.path);
    const auto none = it.restore(hf::restore_point::newest());
    REQUIRE_FALSE(none);
    CHECK(none.why().code == hf::errc::corrupt);
    CHECK(mentions(none.why().detail, bad));
}
