// SPDX-License-Identifier: MIT
/// @file
/// Tests of what no log has: bulk loads, other programs' changes, files that were brought back by hand. A backup that is
/// older never goes on over it in silence.
#include "support/child_process.hpp"
#include "support/hourly_backups.hpp"
#include "support/io_faults.hpp"
#include "support/raw_database.hpp"
#include "support/words.hpp"

#include <filesystem>
#include <utility>

namespace hf = holdfast;
namespace fs = std::filesystem;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

using store = hf::store<purse>;

struct game : hourly_backups {
    [[nodiscard]] hf::result<store> open() const { return hf::open<purse>(path, chosen); }
    /// Once there is a first backup.
    [[nodiscard]] store opened() const {
        auto db = open();
        INFO((db ? std::string() : db.why().message()));
        REQUIRE(db);
        wait_for_first_backup();
        return std::move(*db);
    }
    /// An open that gets to the new log, for which there is no room.
    void fail_to_open_for_room() const {
        io_faults faults([](io_faults::kind what, std::string_view at) {
            return what == io_faults::kind::allocate && mentions(at, ".log/");
        });
        faults.fail(1, io_faults::for_good, ENOSPC);
        const auto failed = open();
        REQUIRE_FALSE(failed);
        CHECK(failed.why().code == hf::errc::full);
    }
    static void add(store& db, int coins = 1) {
        for (int i = 0; i < coins; ++i) db->coins.insert({.worth = i}).value();
        REQUIRE(db.wait_durable(db.commit(), long_enough));
    }
    static void wait_for_backup(const store& db, hf::tick of) {
        REQUIRE(eventually([&] { return db.health().backed_up >= of; }));
    }
    /// Ten coins and ticks, a backup of before, and the file kept.
    void play_ten() {
        {
            auto db = opened();
            for (int i = 0; i < 10; ++i) add(db, 1);
            REQUIRE(db.close().complete());
        }
        keep_file();
    }
    /// The same; then thirty ticks of 100 coins and a backup of them, and the file of before in its place.
    void play_and_put_back() {
        play_ten();
        {
            auto db = opened();
            for (int i = 0; i < 30; ++i) add(db, 100);
            save(db);
            clock.advance(61min);
            wait_for_backup(db, 40);
            REQUIRE(db.close().complete());
        }
        put_kept_file_back();
    }
    void keep_file() const { fs::copy_file(path, folder / "kept.db"); }
    void put_kept_file_back() const {
        fs::copy_file(folder / "kept.db", path, fs::copy_options::overwrite_existing);
        fs::remove_all(path + ".log");
        fs::remove(path + ".ring");
    }
    /// The newest backup cannot be used any more.
    void damage_newest() const {
        std::string bytes = bytes_of_file(backups().back().path);
        bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 4);
        write_file(backups().back().path, bytes);
    }
};

hf::result<hf::save_report> load(store& db, int coins) {
    return db.bulk_load(
        [&](purse& to) -> hf::result<void> {
            for (int i = 0; i < coins; ++i)
                if (auto ok = to.coins.insert({.worth = 1'000}); !ok) return ok.why();
            return {};
        },
        long_enough);
}

} // namespace

TEST_CASE("a backup from before a bulk load does not go on over it in silence") {
    game it;
    hf::tick loaded = 0;
    std::size_t before = 0;
    {
        auto db = it.opened();
        game::add(db, 5);
        game::wait_for_backup(db, 0);
        before = db->coins.size();
        loaded = load(db, 300).value().committed;
        game::wait_for_backup(db, loaded);
        game::add(db, 3);
    }
    fs::remove(it.path);
    const bool newest_is_whole = GENERATE(true, false);
    if (newest_is_whole) {
        CHECK(it.opened()->coins.size() == before + 303);
        return;
    }
    it.damage_newest();
    const auto refused = it.open();
    REQUIRE_FALSE(refused);
    CHECK(mentions_all(refused.why().detail, "ticks from " + std::to_string(loaded) + " on may be lost",
                       "is in no log (a bulk load"));
    it.chosen.damaged = hf::if_damaged::open;
    auto db = it.opened();
    CHECK(db->coins.size() == before);
    CHECK(db.recovery().lost_from == loaded);
    const auto restored =
        hf::restore(it.path, it.folder / "then.db", hf::restore_point::at_tick(loaded + 1), it.chosen);
    REQUIRE_FALSE(restored);
    CHECK_FALSE(fs::exists(it.folder / "then.db"));
    game::add(db, 2);
    close_and_compare(db, it.path);
}

TEST_CASE("a bulk load is backed up at once, also while another backup is made") {
    for (int i = 0; i < 10; ++i) {
        game it;
        auto db = it.opened(); // its first backup begins
        const hf::tick loaded = load(db, 20).value().committed;
        game::wait_for_backup(db, loaded);
    }
}

TEST_CASE("a backup that is wanted and could not be made is made by the next process") {
    game it;
    fs::create_directories(it.path + ".backups/backup.new/in the way");
    hf::tick loaded = 0;
    {
        auto db = it.open().value();
        loaded = load(db, 20).value().committed;
        REQUIRE(eventually([&] { return db.health().backup_error.has_value(); }));
        CHECK(db.health().backed_up == 0);
    }
    fs::remove_all(it.path + ".backups/backup.new");
    write_file(it.path + ".backups/" + hf::backup_name({{}, it.clock.wall_us(), 0, loaded, false}),
               "as if there were one");
    auto db = it.opened();
    REQUIRE(eventually([&] { return it.backups().size() == 1 && fs::file_size(it.backups()[0].path) > 1'000; }));
    CHECK(eventually([&] { return !fs::exists(it.path + ".backups/wanted"); }));
}

TEST_CASE("two databases of one name do not share a folder of backups") {
    game a, b;
    const temporary_folder elsewhere;
    a.chosen.backups.folder = b.chosen.backups.folder = elsewhere / "";
    a.chosen.backups.folder.pop_back();
    b.chosen.backups.folder.pop_back();
    auto first = a.opened();
    game::add(first, 9);
    REQUIRE(eventually([&] { return first.health().last_backup.time_since_epoch().count() != 0; }));
    const auto refused = b.open();
    REQUIRE_FALSE(refused);
    CHECK(refused.why().code == hf::errc::mismatch);
    CHECK(mentions_all(refused.why().detail, "are of another database", a.path, "options::backups", "owner"));
    const std::string shared = std::exchange(b.chosen.backups.folder, "");
    {
        auto second = b.opened(); // it has a folder of its own, so nothing is shared
        game::add(second);
    }
    b.chosen.backups.folder = shared;
    CHECK_FALSE(b.open());
    close_and_compare(first, a.path);
    fs::remove(a.path);
    CHECK(a.opened()->coins.size() == 9);
}

TEST_CASE("an older file that was put back by hand begins a history of its own") {
    game it;
    it.play_and_put_back();
    hf::tick last = 0;
    {
        auto db = it.opened();
        CHECK(db->coins.size() == 10);
        REQUIRE(eventually([&] { return it.backups().size() == 3; }));     // although there is one of a higher tick
        CHECK(db->coins.insert({.worth = 1}).value()->id > 10 + 30 * 100); // ids that the backup knows to be given out
        for (int i = 0; i < 45; ++i) game::add(db, i == 0 ? 0 : 1);
        last = db.commit();
    }
    const auto histories = hf::timelines_of(it.path, it.chosen).value();
    REQUIRE(histories.size() == 1);
    CHECK(histories[0].forked_at == 10);
    fs::remove(it.path);
    auto db = it.opened();
    CHECK(db->coins.size() == 55);
    CHECK(db.recovery().recovered == last);
    close_and_compare(db, it.path);
}

TEST_CASE(
    "ids that newer backups have are passed over, also by the open after one that failed, and by a restore in place") {
    game it;
    it.play_and_put_back();
    if (GENERATE(true, false)) {
        it.fail_to_open_for_room();
    } else {
        REQUIRE(hf::restore_in_place(it.path, hf::restore_point::at_tick(0), it.chosen));
    }
    CHECK(it.opened()->coins.insert({.worth = 1}).value()->id > 10 + 30 * 100);
}

TEST_CASE("a newer backup that cannot be read when an older file is put back never becomes its future") {
    game it;
    it.play_and_put_back();
    const std::string newest = it.backups().back().path;
    {
        io_faults faults([&](io_faults::kind, std::string_view at) { return at == newest; });
        faults.fail(1, io_faults::for_good, EIO);
        auto db = it.opened();
        faults.clear();
        game::wait_for_backup(db, 10);
        for (int i = 0; i < 20; ++i) game::add(db, 1);
        REQUIRE(db.close().complete());
    }
    CHECK(hf::timelines_of(it.path, it.chosen).value().size() == 1);
    fs::remove(it.path);
    auto db = it.opened();
    CHECK(db->coins.size() == 30);
    CHECK(db.recovery().recovered == 30);
    close_and_compare(db, it.path);
}

TEST_CASE("histories whose backups cannot be read when an older file is put back stay left, however many there were") {
    game it;
    it.play_ten();
    std::vector<std::string> hidden;
    for (const hf::tick to : {hf::tick{5}, hf::tick{7}}) {
        const auto left = hf::restore_in_place(it.path, hf::restore_point::at_tick(to), it.chosen).value();
        auto db = it.opened();
        game::wait_for_backup(db, to);
        for (int i = 0; i < 30; ++i) game::add(db, 1);
        save(db);
        it.clock.advance(61min);
        game::wait_for_backup(db, to + 30);
        for (const auto& one : it.backups())
            if (one.timeline == left.timeline) hidden.push_back(one.path);
        CHECK(hidden.size() % 2 == 0);
        REQUIRE(db.close().complete());
    }
    it.put_kept_file_back();
    {
        io_faults faults([&](io_faults::kind, std::string_view at) {
            return std::find(hidden.begin(), hidden.end(), at) != hidden.end();
        });
        faults.fail(1, io_faults::for_good, EIO);
        auto db = it.opened();
        game::wait_for_backup(db, 10); // no log leads there
        for (int i = 0; i < 6; ++i) game::add(db, 1);
        REQUIRE(db.close().complete());
    }
    fs::remove(it.path);
    auto db = it.opened();
    CHECK(db.recovery().recovered == 16);
    CHECK(db->coins.size() == 16);
    const std::size_t histories = hf::timelines_of(it.path, it.chosen).value().size();
    REQUIRE(db.close().complete());
    db = it.opened();
    CHECK(hf::timelines_of(it.path, it.chosen).value().size() == histories); // not one more each time
    close_and_compare(db, it.path);
}

TEST_CASE("what another program has written is backed up also after a restore in place that failed") {
    game it;
    {
        auto db = it.opened();
        for (int i = 0; i < 5; ++i) game::add(db, 1);
        REQUIRE(db.close().complete());
    }
    raw_database(it.path).run("INSERT INTO coins VALUES (1000, 77, '')");
    if (GENERATE(true, false)) {
        REQUIRE_FALSE(hf::restore_in_place(it.path, hf::restore_point::at_tick(999), it.chosen));
    } else { // where no backup can be wished for, the store opens all the same
        io_faults faults([](io_faults::kind, std::string_view at) { return at.ends_with(".backups/wanted"); });
        faults.fail(1, io_faults::for_good, EROFS);
        (void)it.opened();
        CHECK(fs::exists(it.path + ".changed-by-others"));
    }
    {
        auto db = it.opened();
        REQUIRE(eventually([&] { return it.backups().back().applied > 5; }));
        game::add(db);
        REQUIRE(db.close().complete());
    }
    CHECK_FALSE(fs::exists(it.path + ".changed-by-others"));
    fs::remove(it.path);
    auto db = it.opened();
    CHECK(db->coins.size() == 7);
    close_and_compare(db, it.path);
}

TEST_CASE("a restore in place that cannot be made leaves the loss of a log to be found") {
    game it;
    {
        auto db = it.opened();
        for (int i = 0; i < 6; ++i) {
            game::add(db);
            if (i == 2) save(db);
        }
    }
    fs::remove_all(it.path + ".log");
    hf::options without = it.chosen;
    without.damaged = hf::if_damaged::open;
    const auto failed = hf::restore_in_place(it.path, hf::restore_point::at_tick(9'999), without);
    REQUIRE_FALSE(failed);
    CHECK(failed.why().code == hf::errc::not_found);
    const auto refused = it.open();
    REQUIRE_FALSE(refused);
    CHECK(mentions(refused.why().detail, "ticks from 4 on may be lost"));
    it.chosen = without;
    CHECK(it.opened().recovery().lost_from == 4);
}

TEST_CASE("an older file that was put back without its log leaves every timeline that backups tell of") {
    game it;
    it.play_ten();
    {
        auto db = it.opened();
        for (int i = 0; i < 10; ++i) game::add(db, 100);
        REQUIRE(db.close().complete());
    }
    const auto left = hf::restore_in_place(it.path, hf::restore_point::at_tick(15), it.chosen).value();
    {
        auto db = it.opened();
        REQUIRE(eventually([&] { return it.backups().back().timeline == left.timeline; }));
        REQUIRE(db.close().complete());
    }
    it.put_kept_file_back();
    hf::tick last = 0;
    {
        const std::size_t backups = it.backups().size();
        auto db = it.opened();
        CHECK(db->coins.size() == 10);
        REQUIRE(eventually([&] { return it.backups().size() > backups; })); // no log leads to tick 10
        for (int i = 0; i < 45; ++i) game::add(db, 1);
        last = db.commit();
    }
    const auto histories = hf::timelines_of(it.path, it.chosen).value();
    REQUIRE(histories.size() == 2);
    CHECK((histories[1].parent == 0 && histories[1].forked_at == 10 && histories[1].generation == 2));
    CHECK(hf::restore(it.path, it.folder / "then.db", hf::restore_point::newest(), it.chosen).value().restored == last);
    fs::remove(it.path);
    auto db = it.opened();
    CHECK(db->coins.size() == 55);
    close_and_compare(db, it.path);
}

TEST_CASE("a copy of a database does not share its folder of backups, and one that was moved keeps it") {
    game it;
    const temporary_folder elsewhere, copies;
    it.chosen.backups.folder = elsewhere / "kept";
    fs::create_directory(it.chosen.backups.folder);
    {
        auto db = it.opened();
        game::add(db, 9);
        REQUIRE(db.close().complete());
    }
    const std::string copy = copies / "world.db";
    fs::copy_file(it.path, copy);
    const auto refused = hf::open<purse>(copy, it.chosen);
    REQUIRE_FALSE(refused);
    CHECK(mentions_all(refused.why().detail, "are of another database", it.path));
    fs::remove(it.path);
    CHECK(hf::open<purse>(copy, it.chosen).value()->coins.size() == 9);
    const auto gone = it.open();
    REQUIRE_FALSE(gone);
    INFO(gone.why().detail);
    CHECK(mentions(gone.why().detail, copy));
}

TEST_CASE("a file that is called like a backup, and is another database's, is passed over") {
    game it, other;
    {
        auto db = other.opened();
        for (int i = 0; i < 50; ++i) game::add(db, 1);
        other.clock.advance(61min);
        game::wait_for_backup(db, 50);
    }
    {
        auto db = it.opened();
        game::add(db, 7);
    }
    const std::string foreign = other.backups().back().path;
    fs::copy_file(foreign, it.path + ".backups" + foreign.substr(foreign.rfind('/')));
    {
        auto db = it.opened();
        CHECK(hf::timelines_of(it.path, it.chosen).value().empty());
        CHECK(hf::restore(it.path, it.folder / "then.db", hf::restore_point::newest(), it.chosen).value().restored ==
              db.commit());
    }
    fs::remove(it.path);
    auto db = it.opened();
    CHECK(db->coins.size() == 7);
    CHECK(mentions(db.recovery().steps[1], "not what its name and its folder say"));
}

TEST_CASE("what another program has written is backed up at once, and no older backup goes on over it") {
    game it;
    hf::tick before = 0;
    {
        auto db = it.opened();
        game::add(db, 5);
        before = db.commit();
        REQUIRE(db.close().complete());
    }
    raw_database(it.path).run("INSERT INTO coins VALUES (1000, 77, '')");
    {
        auto db = it.opened();
        CHECK(db->coins.size() == 6);
        game::wait_for_backup(db, before + 1);
        game::add(db, 2);
        CHECK(db.commit() == before + 2); // the other program's is a tick of its own
    }
    fs::remove(it.path);
    if (GENERATE(true, false)) {
        CHECK(it.opened()->coins.size() == 8);
        return;
    }
    it.damage_newest();
    const auto refused = it.open();
    REQUIRE_FALSE(refused);
    INFO(refused.why().detail << " before " << before);
    CHECK(mentions(refused.why().detail, "ticks from " + std::to_string(before + 1) + " on may be lost"));
}

TEST_CASE(
    "what another program left in a WAL, and what was written by it when an open failed, is backed up at once as well") {
    game it;
    const auto killed = [](auto fn) {
        child_process one([&](const child_process::line&) {
            fn();
            ::_exit(0);
        });
        REQUIRE(one.wait() == 0);
    };
    const bool in_wal = GENERATE(true, false);
    killed([&] {
        auto db = it.open();
        if (!db || !eventually([&] { return !it.backups().empty(); })) ::_exit(3);
        for (int i = 0; i < 5; ++i) game::add(*db);
        (void)db->save_all(long_enough);
        if (in_wal) ::_exit(0); // before it is closed
    });
    killed([&] {
        raw_database theirs(it.path);
        theirs.run("PRAGMA wal_autocheckpoint = 0; INSERT INTO coins VALUES (1000, 77, '')");
        if (in_wal) ::_exit(0);
    });
    if (!in_wal) it.fail_to_open_for_room();
    CHECK(fs::exists(it.path + "-shm") == in_wal);
    {
        auto db = it.opened();
        CHECK(db->coins.size() == 6);
        CHECK(db.health().committed > 5);
        game::add(db);
        REQUIRE(eventually([&] { return it.backups().size() == 2; }));
        REQUIRE(db.close().complete());
    }
    CHECK_FALSE(fs::exists(it.path + ".changed-by-others"));
    fs::remove(it.path);
    auto db = it.opened();
    CHECK(db->coins.size() == 7);
    close_and_compare(db, it.path);
}

TEST_CASE("ids that a server has given out are not given again after its database was lost") {
    game it;
    std::int64_t last = 0;
    for (int life = 0; life < 4; ++life) {
        auto db = it.opened();
        for (int i = 0; i < 400; ++i) {
            last = db->coins.insert({.worth = 1}).value()->id;
            REQUIRE(db->coins.erase(last));
        }
        REQUIRE(db.wait_durable(db.commit(), long_enough));
    }
    fs::create_directories(it.path + ".backups/backup.new/in the way"); // no backup has what is given out from here on
    std::string before;                                                 // the newest segment of the server before
    for (int again = 0; again < 4; ++again) {
        fs::remove(it.path);
        {
            auto db = it.opened();
            REQUIRE_FALSE(db.recovery().backup.empty());
            const std::int64_t next = db->coins.insert({.worth = 1}).value()->id; // no tick has it
            CHECK(next > last);
            last = next;
        }
        if (again > 0) REQUIRE(fs::remove(it.archive() + "/" + before)); // it has no tick, and goes one day
        before.clear();
        for (const auto& one : fs::directory_iterator(it.path + ".log"))
            if (one.is_regular_file()) before = std::max(before, one.path().filename().string());
    }
}
