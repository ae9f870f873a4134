// SPDX-License-Identifier: MIT
/// @file
/// Tests of a restore: the database as it was after any tick, or at any time, in a file of its own.
#include "store/five_hours.hpp"
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
    fs::remove_all(hf::archive_of(it.path + ".log"));
    const auto gap = it.restore(hf::restore_point::at_tick(it.backups()[1].applied + 5));
    REQUIRE_FALSE(gap);
    CHECK(mentions(gap.why().detail, "the log leads to tick " + std::to_string(it.backups()[1].applied)));
    for (const auto& one : it.backups()) fs::resize_file(one.path, 3'000);
    const auto damaged = it.restore(hf::restore_point::newest());
    REQUIRE_FALSE(damaged);
    CHECK(damaged.why().code == hf::errc::corrupt);
    CHECK_FALSE(fs::exists(it.folder / "then.db"));
    CHECK_FALSE(fs::exists(it.folder / "then.db.new"));
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
