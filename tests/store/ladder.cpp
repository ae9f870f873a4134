// SPDX-License-Identifier: MIT
/// @file
/// Tests of what open does about a database that is damaged or gone: the newest backup that is whole, and the log on it.
#include "support/child_process.hpp"
#include "support/hourly_backups.hpp"
#include "support/io_faults.hpp"
#include "support/raw_database.hpp"
#include "support/sanitized.hpp"
#include "support/words.hpp"

#include <atomic>
#include <filesystem>
#include <fstream>

namespace hf = holdfast;
namespace fs = std::filesystem;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

using store = hf::store<purse>;

/// A server that has played for three hours, with a backup for each, and was killed in the fourth.
struct played : hourly_backups {
    world_lines last;      ///< What memory had at the end,
    world_lines at_backup; ///< and when the newest backup was made.
    hf::tick committed = 0;

    played() {
        auto db = hf::open<purse>(path, chosen).value();
        wait_for_first_backup();
        for (int hour = 1; hour <= 3; ++hour) {
            play(db);
            clock.advance(60min);
            const bool made = eventually([&] { return backups().size() == static_cast<std::size_t>(hour) + 1; });
            INFO((db.health().backup_error ? db.health().backup_error->message() : std::string()));
            REQUIRE(made);
            at_backup = memory_lines(*db);
        }
        for (int i = 0; i < 4; ++i) play(db);
        add(db, 7); // in the log alone
        REQUIRE(db.wait_durable(committed, long_enough));
        last = memory_lines(*db);
    }
    void play(store& db) {
        for (int i = 0; i < 5; ++i) add(db, 20);
        save(db);
    }
    void add(store& db, int coins) {
        for (int i = 0; i < coins; ++i) db->coins.insert({.worth = i, .words = std::string(500, 'x')}).value();
        committed = db.commit();
    }

    void destroy(int how) const {
        switch (how) {
        case 0: fs::remove(path); break;
        case 1: fs::resize_file(path, 0); break;
        case 2: write_file(path, "this is a letter, and no database"); break;
        case 3: { // what a page of it says is something else
            std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
            file.seekp(static_cast<std::streamoff>(fs::file_size(path)) / 2);
            file << std::string(4'096, 'z');
            break;
        }
        case 4: fs::resize_file(path, fs::file_size(path) / 2); break;
        default: break;
        }
    }
    [[nodiscard]] hf::result<store> open() const { return hf::open<purse>(path, chosen); }
    [[nodiscard]] std::size_t set_aside() const {
        std::size_t found = 0;
        for (const auto& one : fs::directory_iterator(fs::path(path).parent_path()))
            found += one.path().filename().string().starts_with("world.db.damaged-") ? 1u : 0u;
        return found;
    }
    /// What a kill leaves after the database was set aside, and before another one has its name.
    void stop_half_way() const {
        hf::copy_file(backups().back().path, path + ".restored").value();
        hf::unseal_backup(path + ".restored").value();
        write_file(path + ".restore-intent", "holdfast restore intent 1\naside damaged-then\n");
        fs::rename(path, path + ".damaged-then");
    }
    /// It has everything, and goes on.
    void check_whole(hf::result<store>& db) {
        INFO((db ? std::string() : db.why().message()));
        REQUIRE(db);
        CHECK(memory_lines(**db) == last);
        add(*db, 3);
        close_and_compare(*db, path);
    }
};

} // namespace

TEST_CASE("a database that is damaged or gone is recovered from the newest backup and the log") {
    const int how = GENERATE(0, 1, 2, 3, 4);
    CAPTURE(how);
    played it;
    const bool wal = GENERATE(true, false);
    if (!wal) fs::remove(it.path + "-wal");
    it.destroy(how);
    const std::string broken = how == 0 ? std::string() : bytes_of_file(it.path);
    auto db = it.open();
    INFO((db ? std::string() : db.why().message()));
    REQUIRE(db);
    const auto report = db->recovery();
    CHECK(report.backup == it.backups().back().path);
    CHECK(report.recovered == it.committed);
    CHECK(report.lost_from == 0);
    CHECK(report.steps.size() == 2);
    if (how == 0)
        CHECK_FALSE(fs::exists(report.set_aside));
    else
        CHECK((how == 3 || bytes_of_file(report.set_aside) == broken)); // 3: found while it was written to
    it.check_whole(db);
    auto again = it.open();
    REQUIRE(again);
    CHECK((*again).recovery().steps.empty());
}

TEST_CASE("a backup that is damaged leads to the one before it") {
    played it;
    it.destroy(2);
    const auto all = it.backups();
    const int bad = GENERATE(1, 3);
    for (int i = 0; i < bad; ++i) {
        const std::string& path = all[all.size() - 1 - static_cast<std::size_t>(i)].path;
        std::string bytes = bytes_of_file(path);
        const std::size_t at = bytes.find("xxxxxxxxxxxxxxxx", bytes.size() / 2);
        bytes[at + 3] = 'y'; // what no check of SQLite's sees
        write_file(path, bytes);
    }
    auto db = it.open();
    INFO((db ? std::string() : db.why().message()));
    REQUIRE(db);
    CHECK(db->recovery().backup == all[all.size() - 1 - static_cast<std::size_t>(bad)].path);
    CHECK(db->recovery().steps.size() == static_cast<std::size_t>(bad) + 2);
    it.check_whole(db);
}

TEST_CASE("without a backup that is whole a damaged database is an error that says so, and nothing is changed") {
    played it;
    it.destroy(2);
    for (const auto& one : it.backups()) fs::resize_file(one.path, 2'000);
    const auto refused = it.open();
    REQUIRE_FALSE(refused);
    CHECK(refused.why().code == hf::errc::corrupt);
    CHECK(mentions(refused.why().detail, "there is no backup left that is whole in " + it.path + ".backups"));
    CHECK(bytes_of_file(it.path) == "this is a letter, and no database");
}

TEST_CASE("ticks that neither a backup nor the log has are named, and the caller decides") {
    played it;
    it.destroy(0);
    const bool all = GENERATE(true, false);
    hf::tick lost_from = 0;
    if (all) { // everything but the backups
        fs::remove_all(it.path + ".log");
        fs::remove(it.path + ".ring");
        fs::remove(it.path + "-wal");
        lost_from = it.backups().back().applied + 1;
    } else { // a piece of the log between
        const auto kept = hf::segments_in_archive(it.archive()).value();
        const auto& victim = kept[kept.size() - 1];
        lost_from = victim.goes_on_at;
        REQUIRE(lost_from > it.backups().back().applied + 1);
        fs::remove(victim.path);
    }
    const auto refused = it.open();
    REQUIRE_FALSE(refused);
    CHECK(mentions(refused.why().detail, "ticks from " + std::to_string(lost_from) + " on may be lost"));
    it.chosen.damaged = hf::if_damaged::open;
    auto db = it.open();
    INFO((db ? std::string() : db.why().message()));
    REQUIRE(db);
    CHECK(db->recovery().lost_from == lost_from);
    CHECK(db->recovery().recovered == lost_from - 1);
    if (all) CHECK(memory_lines(**db) == it.at_backup);
    const auto histories = hf::timelines_of(it.path, it.chosen).value(); // what is lost may turn up one day
    REQUIRE(histories.size() == 1);
    CHECK(histories[0].forked_at == lost_from - 1);
    REQUIRE(eventually([&] { return it.backups().back().applied >= lost_from - 1 && db->health().backed_up != 0; }));
    close_and_compare(*db, it.path);
}

TEST_CASE("regression: a value that another program has written and no struct can hold costs nobody the file") {
    played it;
    const bool closed = GENERATE(true, false);
    if (closed) REQUIRE(it.open()->close(long_enough).complete());
    {
        raw_database theirs(it.path);
        theirs.run("UPDATE coins SET worth = 'many' WHERE id = 3; UPDATE coins SET words = 'by hand' WHERE id = 4");
    }
    const std::string bytes = bytes_of_file(it.path);
    for (int i = 0; i < 2; ++i) {
        const auto refused = it.open();
        REQUIRE_FALSE(refused);
        CHECK(refused.why().code == hf::errc::corrupt);
        CHECK(mentions(refused.why().detail, "worth"));
        CHECK(it.set_aside() == 0);
    }
    if (closed) CHECK(bytes_of_file(it.path) == bytes);
    raw_database(it.path).run("UPDATE coins SET worth = 7 WHERE id = 3");
    auto db = it.open();
    INFO((db ? std::string() : db.why().message()));
    REQUIRE(db);
    CHECK((*db)->coins.find(3)->worth == 7);
    CHECK((*db)->coins.find(4)->words == "by hand");
    CHECK(db->recovery().steps.empty());
}

TEST_CASE("regression: a bit that flips in any page of a killed server's file leads to a backup, in a free page, too") {
    const temporary_folder folder;
    const std::string made = folder / "made", at = folder / "at", path = at + "/world.db";
    fs::create_directory(made);
    fake_clock clock;
    hf::options chosen = options_with(clock);
    chosen.segment_bytes = std::size_t{1} << 16;
    chosen.backups.every = 60min;
    kill_when_done([&](const child_process::line& parent) {
        const std::string name = made + "/world.db";
        {
            auto db = hf::open<purse>(name, chosen).value();
            for (int i = 0; i < 200; ++i) db->coins.insert({.worth = i, .words = std::string(500, 'x')}).value();
            db.commit();
            (void)db.save_all(long_enough);
            for (int i = 1; i <= 150; ++i) db->coins.erase(i).value();
            db.commit();
            (void)db.save_all(long_enough);
            (void)eventually([&] { return hf::backups_in(name + ".backups")->size() == 1; });
            (void)db.close(long_enough);
        }
        auto db = hf::open<purse>(name, chosen).value();
        db->coins.insert({.worth = 1}).value();
        db.commit();
        (void)db.save_all(long_enough);
        parent.done();
    });
    fs::copy(made, at, fs::copy_options::recursive);
    CHECK(raw_database(path).row("PRAGMA freelist_count") > "10");
    const std::size_t pages = bytes_of_file(made + "/world.db").size() / 4'096;
    int mended = 0;
    for (std::size_t page = 0; page < pages; ++page) {
        CAPTURE(page);
        fs::remove_all(at);
        fs::copy(made, at, fs::copy_options::recursive);
        std::string bytes = bytes_of_file(path);
        bytes[page * 4'096 + 2'000] ^= 1;
        write_file(path, bytes);
        for (int i = 0; i < 2; ++i) {
            auto db = hf::open<purse>(path, chosen);
            INFO((db ? std::string() : db.why().message()));
            REQUIRE(db);
            CHECK((*db)->coins.size() == 51);
            CHECK((*db)->coins.find(151)->words == std::string(500, 'x'));
            CHECK(db->recovery().lost_from == 0);
            if (i == 1) CHECK(db->recovery().backup.empty());
            if (i == 0) mended += db->recovery().backup.empty() ? 0 : 1;
            REQUIRE(db->close(long_enough).complete());
        }
    }
    CHECK(mended > 10);
}

TEST_CASE("regression: a database of which less than a page is left is damaged") {
    const std::uintmax_t left = GENERATE(1u, 50u, 99u, 100u, 101u, 600u, 4'088u, 4'095u, 4'096u);
    CAPTURE(left);
    played it;
    if (GENERATE(true, false)) REQUIRE(it.open()->close(long_enough).complete());
    fs::resize_file(it.path, left);
    const std::string broken = bytes_of_file(it.path);
    if (GENERATE(true, false)) {
        fs::remove_all(it.path + ".backups");
        const auto refused = it.open();
        REQUIRE_FALSE(refused);
        CHECK(refused.why().code == (left == 1 ? hf::errc::mismatch : hf::errc::corrupt)); // 1: as an empty one
        CHECK(bytes_of_file(it.path) == broken);
        return;
    }
    auto db = it.open();
    INFO((db ? std::string() : db.why().message()));
    REQUIRE(db);
    CHECK(bytes_of_file(db->recovery().set_aside) == broken);
    it.check_whole(db);
}

TEST_CASE("regression: a backup that cannot be read leads to the one before it") {
    played it;
    const int how = GENERATE(0, 1, 2, 3);
    CAPTURE(how);
    it.destroy(0);
    const std::string bad = it.path + ".backups/20250101T000000Z-0000000000000000-00000000000000099999.db";
    if (how == 0) fs::create_symlink(it.folder / "nowhere/x", bad);
    if (how == 1) fs::create_directory(bad);
    if (how == 2) raw_database(bad).run("CREATE TABLE a(b)");
    if (how == 3) raw_database(bad).run("CREATE TABLE holdfast_backup(b)");
    if (GENERATE(true, false)) {
        auto db = it.open();
        INFO((db ? std::string() : db.why().message()));
        REQUIRE(db);
        CHECK(db->recovery().backup == it.backups()[it.backups().size() - 2].path);
        REQUIRE(db->recovery().steps.size() == 3);
        CHECK(mentions(db->recovery().steps[1], bad));
        return it.check_whole(db);
    }
    for (const auto& one : it.backups())
        if (one.path != bad) fs::remove(one.path);
    const auto refused = it.open();
    REQUIRE_FALSE(refused);
    CHECK(refused.why().code == hf::errc::not_found);
    CHECK(mentions_all(refused.why().detail, "there is no backup left that is whole in", bad));
}

TEST_CASE("regression: a server that must never start empty recovers its database all the same") {
    played it;
    it.chosen.missing = hf::if_missing::refuse;
    const int how = GENERATE(0, 1);
    CAPTURE(how);
    if (how == 0) it.destroy(0);
    if (how == 1) it.stop_half_way();
    auto db = it.open();
    INFO((db ? std::string() : db.why().message()));
    REQUIRE(db);
    it.check_whole(db);
}

TEST_CASE("a database that is not there is not found when what was begun leads to none") {
    const temporary_folder folder;
    hf::options chosen = small_options();
    chosen.missing = hf::if_missing::refuse;
    write_file(folder / "world.db.restore-intent", "holdfast restore intent 1\naside damaged-then\n");
    const auto refused = hf::open<purse>(folder / "world.db", chosen);
    REQUIRE_FALSE(refused);
    CHECK(refused.why().code == hf::errc::not_found);
    CHECK(mentions(refused.why().detail, "is not there, and the options say not to create it"));
    CHECK_FALSE(fs::exists(folder / "world.db"));
}

TEST_CASE("regression: what was set aside once is not lost when it happens again in the same second") {
    played it;
    std::vector<std::string> kept;
    for (int i = 0; i < 3; ++i) {
        it.destroy(0);
        const std::string wal = "of a database that is gone: " + std::to_string(i);
        write_file(it.path + "-wal", wal);
        kept.push_back(wal);
        auto db = it.open();
        INFO((db ? std::string() : db.why().message()));
        REQUIRE(db);
        REQUIRE(db->close(long_enough).complete());
    }
    std::vector<std::string> found;
    for (const auto& one : fs::directory_iterator(it.folder.path()))
        if (one.path().filename().string().starts_with("world.db.damaged-")) found.push_back(bytes_of_file(one.path()));
    std::sort(found.begin(), found.end());
    CHECK(found == kept);
}

TEST_CASE("regression: a recovery that cannot be looked at now is not taken for one that is finished") {
    played it;
    it.stop_half_way();
    {
        io_faults faults([](io_faults::kind what, std::string_view at) {
            return what == io_faults::kind::size && at.ends_with(".restored");
        });
        faults.fail(1, io_faults::for_good, EIO);
        const auto failed = it.open();
        REQUIRE_FALSE(failed);
        CHECK(failed.why().code == hf::errc::io);
        CHECK(faults.failed() != 0);
    }
    CHECK(fs::exists(it.path + ".restore-intent"));
    auto db = it.open();
    REQUIRE(db);
    it.check_whole(db);
}

TEST_CASE("regression: what a process before had begun is told of when it is finished") {
    played it;
    it.stop_half_way();
    auto db = it.open();
    INFO((db ? std::string() : db.why().message()));
    REQUIRE(db);
    const auto report = db->recovery();
    REQUIRE(report.steps.size() == 1);
    CHECK(mentions(report.steps[0], "finished what a process before had begun: "));
    CHECK(mentions(report.steps[0], report.set_aside));
    CHECK(report.set_aside == it.path + ".damaged-then");
    it.check_whole(db);
}

TEST_CASE("the file of a killed server that was cut is recovered, though its WAL makes it as long again, with zeros") {
    played it;
    std::size_t before = 0;
    const bool erased =
        GENERATE(true, false); // the beginning of the list of free pages is lost; the end of a long value
    {
        auto db = it.open().value();
        before = db->coins.size() + (erased ? 0 : 2);
        const std::int64_t long_one = db->coins.insert({.words = std::string(1'000'000, 'x')}).value()->id;
        const std::int64_t behind_it = db->coins.insert({.words = std::string(5'000, 'x')}).value()->id;
        db.commit();
        save(db);
        if (!erased) REQUIRE(db->coins.set<&coin::words>(5, std::string(9'000, 'x')));
        for (const std::int64_t id : {behind_it, long_one})
            if (erased) {
                REQUIRE(db->coins.erase(id));
                it.committed = db.commit();
                save(db);
            }
        db.commit();
        REQUIRE(db.close().complete());
    }
    const bool in_open = GENERATE(false, true); // it is marked as open then, and still says that it was closed
    kill_when_done([&](const child_process::line& parent) {
        const io_faults until([&](io_faults::kind what, std::string_view) {
            if (in_open && what == io_faults::kind::allocate) parent.done();
            return false;
        });
        auto db = it.open().value();
        for (const std::int32_t worth : {101, 102}) { // without a page more
            REQUIRE(db->coins.set<&coin::worth>(1, worth));
            db.commit();
            save(db);
        }
        parent.done();
    });
    REQUIRE(fs::file_size(it.path + "-wal") != 0); // which makes it as long again as it was
    // with more than 64 KB less SQLite would see it itself
    fs::resize_file(it.path, fs::file_size(it.path) - (erased ? 8 : 1) * 4'096);
    auto db = it.open();
    INFO((db ? std::string() : db.why().message()));
    REQUIRE(db);
    CHECK_FALSE(db->recovery().backup.empty());
    CHECK((*db)->coins.size() == before);
    CHECK((*db)->coins.find(1)->worth == (in_open ? 0 : 102));
    CHECK(std::none_of((*db)->coins.begin(), (*db)->coins.end(),
                       [](const auto& one) { return one->words.find(char{0}) != one->words.npos; }));
    close_and_compare(*db, it.path);
}

TEST_CASE(
    "a transaction larger than SQLite's cache that was killed in its last writes is not taken for a file that was cut") {
    const int last_but = GENERATE(0, 1, 2, 3, 4, 5);
    hourly_backups it;
    const auto play = [&](std::uint64_t killed_at) { // in a process; the number of writes to the WAL of the large one
        child_process server([&](const child_process::line& parent) {
            std::atomic<bool> counting = false;
            std::uint64_t writes = 0;
            const io_faults faults([&](io_faults::kind what, std::string_view at) {
                if (counting && what == io_faults::kind::write && at.ends_with(".db-wal") && ++writes == killed_at)
                    ::_exit(0);
                return false;
            });
            auto db = hf::open<purse>(it.path, it.chosen).value();
            for (int i = 0; i < 20; ++i) db->coins.insert({.worth = i}).value();
            db.commit();
            save(db);
            counting = true;
            for (int i = 0; i < 3'000; ++i) db->coins.insert({.words = std::string(1'000, 'x')}).value();
            if (!db.wait_durable(db.commit(), long_enough)) ::_exit(1);
            save(db);
            parent.say(std::to_string(writes));
            parent.wait();
        });
        if (killed_at == 0) {
            const std::uint64_t writes = std::stoull(server.hear());
            server.kill();
            return writes;
        }
        REQUIRE(server.wait() == 0);
        return killed_at;
    };
    const std::uint64_t all = play(0);
    REQUIRE(all > 1'000);
    for (const char* one : {"", "-wal", ".ring", ".lock"}) fs::remove(it.path + one);
    for (const char* one : {".log", ".backups"}) fs::remove_all(it.path + one);
    (void)play(all - static_cast<std::uint64_t>(last_but));
    auto db = hf::open<purse>(it.path, it.chosen);
    INFO((db ? std::string() : db.why().message()));
    REQUIRE(db);
    CHECK(db->recovery().backup.empty());
    CHECK((*db)->coins.size() == 3'020);
    close_and_compare(*db, it.path);
}

TEST_CASE(
    "a file that was cut below its header, and that its WAL makes as long again, is damaged before it is written to") {
    hourly_backups it;
    it.chosen.backups.every = std::chrono::minutes(0);
    {
        auto db = hf::open<purse>(it.path, it.chosen).value();
        db->coins.insert({.words = std::string(5'000, 'x')}).value();
        db.commit();
        REQUIRE(db.close().complete());
    }
    kill_when_done([&](const child_process::line& parent) {
        auto db = hf::open<purse>(it.path, it.chosen).value();
        db->coins.insert({.worth = 1}).value();
        db.commit();
        save(db);
        parent.done();
    });
    fs::resize_file(it.path, 50);
    const auto wal_bytes = fs::file_size(it.path + "-wal");
    const auto db = hf::open<purse>(it.path, it.chosen);
    REQUIRE_FALSE(db);
    CHECK(db.why().code == hf::errc::corrupt);
    CHECK(mentions(db.why().detail, "50 bytes"));
    CHECK(fs::file_size(it.path) == 50);
    CHECK(fs::file_size(it.path + "-wal") == wal_bytes);
}

TEST_CASE("a cut is seen also where the WAL is so long that SQLite writes it back by itself") {
    hourly_backups it;
    {
        auto db = hf::open<purse>(it.path, it.chosen).value();
        it.wait_for_first_backup();
        for (int i = 0; i < 5; ++i) db->coins.insert({.worth = i}).value();
        db.commit();
        save(db);
        REQUIRE(db->coins.set<&coin::words>(5, std::string(9'000, 'x'))); // the end of the file
        db.commit();
        REQUIRE(db.close().complete());
    }
    child_process server([&](const child_process::line&) {
        std::atomic<bool> playing = false;
        const io_faults faults([&](io_faults::kind what, std::string_view at) {
            if (playing && what == io_faults::kind::write && at == it.path) ::_exit(0);
            return false;
        });
        auto db = hf::open<purse>(it.path, it.chosen).value();
        playing = true;
        for (int i = 0; i < 6'000; ++i) db->coins.insert({.words = std::string(1'000, 'x')}).value();
        if (db.wait_durable(db.commit(), long_enough)) save(db);
    });
    REQUIRE(server.wait() == 0);
    REQUIRE(fs::file_size(it.path + "-wal") > 1'000 * 4'096); // pages: from there on it does
    fs::resize_file(it.path, fs::file_size(it.path) - 4'096);
    auto db = hf::open<purse>(it.path, it.chosen);
    INFO((db ? std::string() : db.why().message()));
    REQUIRE(db);
    CHECK_FALSE(db->recovery().backup.empty());
    CHECK((*db)->coins.size() == 6'005);
    CHECK(((*db)->coins.find(5)->words == std::string(9'000, 'x'))); // which nobody wants to read
    close_and_compare(*db, it.path);
}

/// Between the calls that are tried.
constexpr std::uint64_t stride = plain_or_sanitized(1u, 13u);

TEST_CASE("a recovery that is killed at any call is done by the next open") {
    for (std::uint64_t nth = 1;; nth += nth > 40 ? 11 : stride) {
        CAPTURE(nth);
        played it;
        it.destroy(3);
        bool done = false;
        {
            io_faults faults([](io_faults::kind what, std::string_view) { return what != io_faults::kind::read; });
            faults.fail(nth, io_faults::for_good, EIO);
            auto died = it.open(); // or does without what has failed
            if (died) CHECK(memory_lines(**died) == it.last);
            done = faults.failed() == 0;
        }
        auto db = it.open();
        INFO((db ? std::string() : db.why().message()));
        REQUIRE(db);
        CHECK(memory_lines(**db) == it.last);
        if (done) break;
    }
}
