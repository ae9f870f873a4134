// SPDX-License-Identifier: MIT
/// @file
/// Tests of a restore in place: the world goes on from what it was, and what happened since stays another timeline.
#include "store/five_hours.hpp"
#include "support/child_process.hpp"
#include "support/io_faults.hpp"
#include "support/raw_database.hpp"
#include "support/sanitized.hpp"
#include "support/words.hpp"

#include <atomic>
#include <set>

namespace hf = holdfast;
namespace fs = std::filesystem;
using namespace holdfast::test;
using namespace holdfast::test::hours;

namespace {

/// A game of some hours that is over, by a close or a kill, and restored in place.
struct replayed : five_hours {
    std::mt19937 random{23};
    std::map<hf::tick, world_lines> before{}; ///< What `past` was when it was restored.
    hf::tick to = 0;
    hf::restore_report report{};

    explicit replayed(int hours = 3) : five_hours(hours) {}
    void stop() { db.reset(); }
    [[nodiscard]] hf::result<hf::restore_report> in_place(const hf::restore_point& wanted) {
        stop();
        return hf::restore_in_place(path, wanted, chosen);
    }
    void go_back(hf::tick wanted) {
        auto is = in_place(hf::restore_point::at_tick(wanted));
        INFO((is ? std::string() : is.why().message()));
        REQUIRE(is);
        REQUIRE(is->restored == wanted);
        to = wanted;
        report = *is;
        before = past;
        past.erase(past.upper_bound(wanted), past.end());
    }
    void open_again() {
        auto opened = hf::open<world>(path, chosen);
        INFO((opened ? std::string() : opened.why().message()));
        REQUIRE(opened);
        db.emplace(std::move(*opened));
    }
    /// What a file has that `restore` makes.
    [[nodiscard]] world_lines lines_at(const hf::restore_point& wanted) const {
        const auto is = restore(wanted);
        INFO((is ? std::string() : is.why().message()));
        REQUIRE(is);
        world empty;
        hf::prepare(empty).value();
        return file_lines(empty, folder / "then.db");
    }
};

hf::restore_point at(hf::tick wanted) { return hf::restore_point::at_tick(wanted); }

std::set<std::string> names_beside(const std::string& path) {
    std::set<std::string> found;
    for (const auto& one : fs::directory_iterator(fs::path(path).parent_path()))
        found.insert(one.path().filename().string());
    return found;
}

} // namespace

TEST_CASE("after a restore in place the game goes on from there, and both histories can be restored") {
    replayed it;
    const hf::tick last = it.past.rbegin()->first;
    if (GENERATE(true, false)) REQUIRE(it.db->close().complete());
    it.go_back(last - 70);
    CHECK(fs::exists(it.report.set_aside));
    CHECK_FALSE(fs::exists(it.path + ".restore-intent"));
    it.open_again();
    CHECK(memory_lines(**it.db) == it.past.at(it.to));
    CHECK(it.db->recovery().clean);
    it.play(it.random, 50);
    REQUIRE(it.db->wait_durable(it.past.rbegin()->first, long_enough));
    const hf::tick now = it.past.rbegin()->first;
    REQUIRE(now > it.to + 35);
    if (GENERATE(true, false)) { // the new history survives kills, too
        it.stop();
        it.open_again();
        CHECK(memory_lines(**it.db) == it.past.rbegin()->second);
    }
    for (const hf::tick wanted : {it.to - 30, it.to, it.to + 1, it.to + 33, now}) {
        CAPTURE(wanted, it.to);
        CHECK(it.lines_at(at(wanted)) == it.past.at(wanted));
    }
    for (const hf::tick wanted : {it.to - 30, it.to, it.to + 1, it.to + 33, last}) {
        CAPTURE(wanted, it.to);
        CHECK(it.lines_at(at(wanted).on(0)) == it.before.at(wanted));
    }
    CHECK(it.restore(hf::restore_point::newest())->restored == now);
    CHECK(it.restore(hf::restore_point::newest().on(0))->restored == last);
    const auto unknown = it.restore(at(last).on(77));
    REQUIRE_FALSE(unknown);
    CHECK(unknown.why().code == hf::errc::not_found);
    const auto missing = it.restore(at(last));
    REQUIRE_FALSE(missing);
    CHECK(mentions(missing.why().detail, "leads to tick " + std::to_string(now)));
    close_and_compare(*it.db, it.path);
}

TEST_CASE("ids that were given out in a history that was left are not given out again") {
    replayed it;
    const std::int64_t highest = [&] {
        (*it.db)->heroes.insert({.id = 1'000, .name = "owner"}).value();
        return (*it.db)->items.insert({.owner = 1'000}).value()->id;
    }();
    const hf::tick last = it.db->commit();
    it.past[last] = memory_lines(**it.db);
    REQUIRE(it.db->wait_durable(last, long_enough));
    it.go_back(last - 40);
    it.open_again();
    (*it.db)->heroes.insert({.id = 2'000, .name = "another"}).value();
    CHECK((*it.db)->items.insert({.owner = 2'000}).value()->id > highest);
    it.db->commit();
    close_and_compare(*it.db, it.path);
}

TEST_CASE("a history of a history: each is told of, and can be restored") {
    replayed it;
    const auto first = it.past;
    it.go_back(it.past.rbegin()->first - 60);
    const hf::restore_report one = it.report;
    it.open_again();
    it.play(it.random, 30);
    REQUIRE(it.db->wait_durable(it.past.rbegin()->first, long_enough));
    const auto second = it.past;
    const hf::tick fork = one.restored + (GENERATE(true, false) ? 10 : -20); // of the second, or of the first
    it.go_back(fork);
    it.open_again();
    it.play(it.random, 20);
    REQUIRE(it.db->wait_durable(it.past.rbegin()->first, long_enough));
    const auto all = hf::timelines_of(it.path, it.chosen).value();
    REQUIRE(all.size() == 2);
    CHECK((all[0].id == one.timeline && all[0].parent == 0 && all[0].forked_at == one.restored));
    CHECK((all[1].id == it.report.timeline && all[1].parent == one.timeline && all[1].forked_at == fork));
    CHECK(all[0].made_us < all[1].made_us);
    for (hf::tick wanted = fork - 5; wanted <= fork + 15; wanted += 5) {
        CAPTURE(wanted);
        CHECK(it.lines_at(at(wanted)) == it.past.at(wanted));
        CHECK(it.lines_at(at(wanted).on(one.timeline)) == second.at(wanted));
        CHECK(it.lines_at(at(wanted).on(0)) == first.at(wanted));
    }
    close_and_compare(*it.db, it.path);
}

TEST_CASE("a database that is lost after a restore in place is recovered as it was then, and never as before") {
    replayed it;
    it.go_back(it.past.rbegin()->first - 70);
    const int played = GENERATE(0, 1, 25, 80);
    CAPTURE(played);
    if (played != 0) {
        it.open_again();
        it.play(it.random, played);
        REQUIRE(it.db->wait_durable(it.past.rbegin()->first, long_enough));
        it.stop();
    }
    fs::remove(it.path);
    it.open_again();
    CHECK(memory_lines(**it.db) == it.past.rbegin()->second);
    const auto found = it.db->recovery();
    CHECK(found.recovered == it.past.rbegin()->first);
    CHECK(found.lost_from == 0);
    it.play(it.random, 5);
    REQUIRE(it.db->wait_durable(it.past.rbegin()->first, long_enough));
    CHECK(it.lines_at(at(it.to + 1)) == it.past.at(it.to + 1));
    CHECK(it.lines_at(at(it.to + 1).on(0)) == it.before.at(it.to + 1));
    close_and_compare(*it.db, it.path);
}

TEST_CASE("a backup is made of the new timeline at once, and those of the old one go when their time has come") {
    replayed it;
    it.go_back(it.past.rbegin()->first - 100);
    const auto of_new = [&] {
        const auto all = it.backups();
        return std::count_if(all.begin(), all.end(),
                             [&](const auto& one) { return one.timeline == it.report.timeline; });
    };
    CHECK(of_new() == 0);
    it.open_again();
    REQUIRE(eventually([&] { return of_new() == 1; }));
    const auto old = it.backups().back();
    CHECK(old.timeline == 0); // it has a higher tick
    it.clock.advance(24h * 31);
    it.play(it.random, 1);
    save(*it.db);
    REQUIRE(eventually([&] { return !fs::exists(old.path); }));
    CHECK(eventually([&] { return it.db->health().backed_up == it.past.rbegin()->first; }));
    close_and_compare(*it.db, it.path);
}

TEST_CASE("the log of a history that was left goes when its time has come, or when there is no room for it") {
    replayed it(8);
    const hf::tick last = it.past.rbegin()->first;
    const auto at_time = [when = it.when](hf::tick of) {
        return hf::restore_point::at_time(
            std::chrono::system_clock::time_point(std::chrono::microseconds(when.at(of))));
    };
    it.go_back(last - 350);
    const bool no_room = GENERATE(false, true);
    if (no_room) it.chosen.backups.most_log_bytes = 1;
    it.open_again();
    const auto left = [&] {
        const auto kept = hf::segments_in_archive(it.archive(), hf::known_timelines(it.path + ".log", "").value());
        if (!kept) return std::ptrdiff_t{-1}; // one has gone meanwhile
        return std::count_if(kept->begin(), kept->end(), [](const auto& one) { return one.left_us != INT64_MAX; });
    };
    const auto back_up = [&] {
        it.play(it.random, 1);
        save(*it.db);
        REQUIRE(eventually([&] { return it.db->health().backed_up == it.past.rbegin()->first; }));
    };
    if (!no_room) {
        REQUIRE(eventually([&] { return it.db->health().backed_up == it.to; }));
        CHECK(left() > 1);
        for (int hours = 0; hours < 27; ++hours) { // until the oldest backup in the window is of the new one
            it.clock.advance(1h);
            back_up();
        }
    }
    CHECK(eventually([&] { return left() == 0; }));
    CHECK(it.past.rbegin()->first < last); // which may take any time to have as many ticks
    for (const hf::restore_point& wanted :
         {at(last - 1), hf::restore_point::newest(), at_time(last - 5), at_time(it.to - 75)}) {
        const auto gone = it.restore(hf::restore_point(wanted).on(0)); // there still are backups of before
        REQUIRE_FALSE(gone);
        CHECK(gone.why().code == hf::errc::not_found);
    }
    CHECK(it.lines_at(at(it.past.rbegin()->first)) == it.past.rbegin()->second);
    close_and_compare(*it.db, it.path);
}

TEST_CASE("the segment from which two histories go on is kept as long as either is wanted") {
    replayed it(8);
    it.go_back(it.backups()[4].applied); // so that nothing before it is wanted for the new one
    it.open_again();
    const auto backups_of_new = [&] {
        const auto all = it.backups();
        return std::any_of(all.begin(), all.end(), [](const auto& one) { return one.timeline != 0; });
    };
    REQUIRE(eventually(backups_of_new));
    for (int hours = 0; hours < 22; ++hours) {
        it.clock.advance(1h);
        it.play(it.random, 1);
        save(*it.db);
        REQUIRE(eventually([&] { return it.db->health().backed_up == it.past.rbegin()->first; }));
    }
    REQUIRE(it.db->close().complete()); // what is tidied is
    CHECK(it.lines_at(at(it.to + 1).on(0)) == it.before.at(it.to + 1));
}

TEST_CASE("a segment of the old history that cannot be read is missed when the new one needs it") {
    replayed it(8);
    it.go_back(it.past.rbegin()->first - 100);
    const bool all_gone = GENERATE(false, true); // nothing of the new one behind it
    if (all_gone) {
        it.open_again();
        REQUIRE(eventually([&] { return it.db->health().backed_up == it.to; }));
        REQUIRE(it.db->close().complete());
        it.stop();
    }
    const auto known = hf::known_timelines(it.path + ".log", it.path + ".backups").value();
    for (const std::string& folder : {it.path + ".log", it.archive()})
        for (const auto& one : hf::segments_in_archive(folder, known).value()) {
            if (all_gone && one.timeline != 0) fs::remove(one.path);
            if (one.timeline == 0 && one.left_us == INT64_MAX) write_file(one.path, "no segment begins like this");
        }
    const auto missing = it.restore(all_gone ? hf::restore_point::newest() : at(it.to));
    REQUIRE_FALSE(missing);
    CHECK(missing.why().code == (all_gone ? hf::errc::corrupt : hf::errc::not_found));
}

TEST_CASE("a segment of the old history that cannot be read is not missed when it has nothing of the new one") {
    replayed it(8);
    it.go_back(it.past.rbegin()->first - 350);
    const auto known = hf::known_timelines(it.path + ".log", "").value();
    int spoiled = 0;
    for (const std::string& folder : {it.path + ".log", it.archive()})
        for (const auto& one : hf::segments_in_archive(folder, known).value()) {
            if (one.left_us == INT64_MAX) continue;
            write_file(one.path, "no segment begins like this");
            ++spoiled;
        }
    REQUIRE(spoiled > 0);
    if (GENERATE(false, true)) fs::remove(it.path);
    it.open_again();
    CHECK(it.db->recovery().lost_from == 0);
    CHECK(memory_lines(**it.db) == it.past.at(it.to));
    it.play(it.random, 10);
    REQUIRE(it.db->wait_durable(it.past.rbegin()->first, long_enough));
    for (const hf::tick wanted : {it.to, it.past.rbegin()->first}) CHECK(it.lines_at(at(wanted)) == it.past.at(wanted));
    const auto missing = it.restore(at(it.to + 340).on(0));
    CHECK_FALSE(missing);
    close_and_compare(*it.db, it.path);
}

TEST_CASE("the file of a history that was left is refused in the place of the one that is played") {
    replayed it;
    it.go_back(it.past.rbegin()->first - 70);
    it.open_again();
    it.play(it.random, 10);
    REQUIRE(it.db->close().complete());
    fs::copy_file(it.report.set_aside, it.path, fs::copy_options::overwrite_existing);
    const auto refused = hf::open<world>(it.path, it.chosen);
    REQUIRE_FALSE(refused);
    CHECK(refused.why().code == hf::errc::mismatch);
    CHECK(mentions_all(refused.why().detail, "a timeline that a restore in place has left",
                       "goes on from " + std::to_string(it.to)));
}

TEST_CASE("a restore in place that cannot be made leaves everything as it was") {
    replayed it;
    const hf::tick last = it.past.rbegin()->first;
    const auto used = hf::restore_in_place(it.path, at(last - 5), it.chosen);
    REQUIRE_FALSE(used);
    CHECK(used.why().code == hf::errc::busy);
    const auto late = it.in_place(at(last + 1));
    REQUIRE_FALSE(late);
    CHECK(late.why().code == hf::errc::not_found);
    CHECK(hf::timelines_of(it.path, it.chosen).value().empty());
    it.open_again();
    CHECK(memory_lines(**it.db) == it.past.at(last));
    close_and_compare(*it.db, it.path);
    for (const auto& one : it.backups()) fs::remove(one.path);
    const auto none = it.in_place(at(last - 5));
    REQUIRE_FALSE(none);
    CHECK(mentions(none.why().detail, "there is no backup in"));
    const auto nothing = hf::restore_in_place(it.folder / "no.db", at(1), it.chosen);
    REQUIRE_FALSE(nothing);
    CHECK(names_beside(it.path).count("no.db") == 0);
}

namespace {

/// Runs `what` in a process that ends at the `nth` call that changes a file in `folder`. False: there were not so many.
template <class Function> bool killed_at(std::uint64_t nth, Function what) {
    child_process doomed([&](const child_process::line&) {
        std::atomic<std::uint64_t> calls{0};
        io_faults faults([&](io_faults::kind is, std::string_view) {
            if (is != io_faults::kind::read && ++calls == nth) ::_exit(9);
            return false;
        });
        what();
        ::_exit(0);
    });
    const int ended = doomed.wait();
    REQUIRE((ended == 0 || ended == 9));
    return ended == 9;
}

constexpr std::uint64_t stride = plain_or_sanitized(2u, 13u);

} // namespace

TEST_CASE("a restore in place that is killed at any call has been made, or not") {
    replayed it(1);
    it.stop();
    const hf::tick last = it.past.rbegin()->first, wanted = last - 20;
    const std::string at_folder = it.folder / "at", path = at_folder + "/world.db";
    const std::string made = it.folder / "made";
    fs::create_directory(made);
    for (const auto& name : names_beside(it.path))
        if (name.starts_with("world.db")) fs::rename(it.folder / name, made + "/" + name);
    int as_before = 0, restored = 0;
    std::uint64_t nth = 1;
    for (bool killed = true; killed; nth += stride) {
        CAPTURE(nth);
        fs::remove_all(at_folder);
        fs::copy(made, at_folder, fs::copy_options::recursive);
        killed = killed_at(nth, [&] { (void)hf::restore_in_place(path, at(wanted), it.chosen); });
        if (nth % 3 == 0) // and so is the open that finishes it
            (void)killed_at(1 + nth % 17, [&] { (void)hf::open<world>(path, it.chosen); });
        auto db = hf::open<world>(path, it.chosen);
        INFO((db ? std::string() : db.why().message()));
        REQUIRE(db);
        const auto lines = memory_lines(**db);
        const bool is_restored = lines == it.past.at(wanted);
        CHECK((is_restored || lines == it.past.at(last)));
        if (!killed) CHECK(is_restored);
        (is_restored ? restored : as_before) += 1;
        CHECK((restored == 0 || is_restored)); // there is one moment at which it happens
        const auto all = hf::timelines_of(path, it.chosen).value();
        CHECK(all.size() == (is_restored ? 1u : 0u));
        REQUIRE(db->close().complete());
        const auto names = names_beside(path);
        CHECK(std::none_of(names.begin(), names.end(), [](const std::string& name) {
            return name.ends_with(".restore-intent") || name.ends_with(".restored");
        }));
    }
    CHECK(as_before > 5);
    CHECK(restored > 1);
}

TEST_CASE("a recovery from a backup that is killed, in which a recovery is killed, loses nothing") {
    replayed it(1);
    it.stop();
    const std::string at_folder = it.folder / "at", path = at_folder + "/world.db";
    const std::string made = it.folder / "made";
    fs::create_directory(made);
    for (const auto& name : names_beside(it.path))
        if (name.starts_with("world.db")) fs::rename(it.folder / name, made + "/" + name);
    std::uint64_t nth = 1;
    for (bool killed = true; killed; nth += stride) {
        CAPTURE(nth);
        fs::remove_all(at_folder);
        fs::copy(made, at_folder, fs::copy_options::recursive);
        if (nth % 2 == 0)
            fs::remove(path);
        else
            fs::resize_file(path, fs::file_size(path) / 2);
        const auto open = [&] { (void)hf::open<world>(path, it.chosen); };
        killed = killed_at(nth, open);
        if (nth % 4 < 2 && fs::exists(path))
            fs::resize_file(path, fs::file_size(path) / 3); // what was put there is lost, too
        (void)killed_at(1 + nth * 7 % 29, open);
        auto db = hf::open<world>(path, it.chosen);
        INFO((db ? std::string() : db.why().message()));
        REQUIRE(db);
        CHECK(memory_lines(**db) == it.past.rbegin()->second);
        CHECK(db->recovery().lost_from == 0);
        close_and_compare(*db, path);
    }
    CHECK(nth > 20);
}
