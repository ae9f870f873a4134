// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/store/recover.hpp: what `open` does with the log and the ring of a store that was not closed.
#include <holdfast/holdfast.hpp>

#include "support/catch.hpp"
#include "support/child_process.hpp"
#include "support/raw_database.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"
#include "support/words.hpp"

#include <filesystem>
#include <fstream>

using namespace holdfast::test;
using namespace std::chrono_literals;
using holdfast::errc;
using holdfast::if_damaged;
using holdfast::log_level;
using holdfast::open;
using holdfast::options;
using holdfast::tick;

namespace {

struct hero {
    std::int64_t id = 0;
    std::string name{};
    std::int64_t gold = 0;
};
struct item {
    std::int64_t id = 0;
    std::int64_t owner = 0;
    std::int32_t kind = 0;
};
struct world {
    holdfast::table<hero, holdfast::primary_key<&hero::id>, holdfast::auto_id<&hero::id>, holdfast::unique<&hero::name>>
        heroes;
    holdfast::table<item, holdfast::primary_key<&item::id>, holdfast::auto_id<&item::id>,
                    holdfast::references<&item::owner, &hero::id, "heroes", holdfast::on_delete::cascade>>
        items;
};
struct other_world { // the same tables, as other structs
    holdfast::table<item, holdfast::primary_key<&item::id>> things;
};

const fake_clock standing_still;

/// Whoever else asks it for the time waits for ever: a log thread that does not keep up.
class stopping_clock final : public holdfast::clock {
public:
    [[nodiscard]] std::int64_t wall_us() const noexcept override { return standing_still.wall_us(); }
    [[nodiscard]] std::int64_t steady_ns() const noexcept override {
        while (stopped_ && ::pthread_equal(edits_, ::pthread_self()) == 0) ::pause();
        return standing_still.steady_ns();
    }
    void stop_others() const noexcept {
        edits_ = ::pthread_self();
        stopped_ = true;
    }

private:
    mutable pthread_t edits_{};
    mutable std::atomic<bool> stopped_{false};
};

/// Saved by nobody: the clock stands still. What survives does so in the log or in the ring.
options unsaved(std::chrono::milliseconds sync_every = 0ms) {
    options chosen = options_with(standing_still);
    chosen.sync_every = sync_every;
    return chosen;
}

/// Three ticks: a hero with two items; a rename and some gold; an item gone.
void play(holdfast::store<world>& db) {
    const auto aria = db->heroes.insert({.name = "Aria", .gold = 10}).value();
    for (int i = 0; i < 2; ++i) db->items.insert({.owner = aria->id, .kind = i}).value();
    db.commit();
    db->heroes.set<&hero::name>(aria, "Ariadne").value();
    db->heroes.add<&hero::gold>(aria, 5).value();
    db.commit();
    db->items.erase(std::int64_t{1}).value();
    db.commit();
}

/// A process that runs `fn(db)` in a store at `path` and is killed then.
template <class Function> void killed_after(const std::string& path, const options& chosen, Function fn) {
    kill_when_done([&](const child_process::line& parent) {
        auto db = open<world>(path, chosen);
        if (!db) {
            parent.say(db.why().message());
            ::_exit(1);
        }
        fn(*db);
        parent.done();
    });
}

void check_played(const holdfast::store<world>& db) {
    REQUIRE(db->heroes.size() == 1);
    CHECK(db->heroes.find(1)->name == "Ariadne");
    CHECK(db->heroes.find(1)->gold == 15);
    REQUIRE(db->items.size() == 1);
    CHECK(db->items.find(2)->kind == 1);
}

std::vector<std::string> files_in(const std::string& folder) {
    std::vector<std::string> found;
    for (const auto& one : std::filesystem::directory_iterator(folder)) found.push_back(one.path());
    std::sort(found.begin(), found.end());
    return found;
}
void flip(const std::string& path, std::size_t at) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    const char old = static_cast<char>(file.get());
    file.seekp(static_cast<std::streamoff>(at));
    file.put(static_cast<char>(old ^ 4));
}

} // namespace

TEST_CASE(
    "a table that was changed while its log had ticks for it is named, and the ticks wait until it is as it was") {
    struct change {
        const char *sql, *back, *named;
    };
    for (const change& one :
         {change{"ALTER TABLE heroes RENAME COLUMN gold TO coins", "ALTER TABLE heroes RENAME COLUMN coins TO gold",
                 "heroes.gold"},
          change{"ALTER TABLE items RENAME TO things", "ALTER TABLE things RENAME TO items", "items"}}) {
        const temporary_folder folder;
        const std::string path = folder / "world.db";
        killed_after(path, unsaved(), play);
        raw_database(path).run(one.sql);
        for (int tries = 0; tries < 2; ++tries) {
            const auto refused = open<world>(path, unsaved());
            REQUIRE_FALSE(refused);
            CHECK(refused.why().code == errc::mismatch);
            CHECK(mentions(refused.why().detail, holdfast::words({path, ": its log has ticks for ", one.named,
                                                                  ", which is not in the file any more: take back"})));
        }
        raw_database(path).run(one.back);
        auto db = open<world>(path, unsaved()).value();
        CHECK(db->heroes.find(1)->gold == 15);
        CHECK(db->items.size() == 1);
    }
}

TEST_CASE("what was committed comes back from the log, or from the ring, when the process is killed") {
    for (const auto sync_every : {0ms, 3'600'000ms}) { // at once, and never
        const temporary_folder folder;
        const std::string path = folder / "world.db";
        killed_after(path, unsaved(sync_every), [&](holdfast::store<world>& db) {
            play(db);
            db->heroes.insert({.name = "uncommitted"}).value();
            if (sync_every == 0ms) (void)db.wait_durable(3, long_enough);
        });
        auto db = open<world>(path, unsaved()).value();
        check_played(db);
        CHECK_FALSE(db.recovery().clean);
        CHECK(db.recovery().saved == 0);
        CHECK(db.recovery().recovered == 3);
        CHECK(db.recovery().from_ring == (sync_every == 0ms ? 0 : 3));
        CHECK(db.recovery().lost_from == 0);
        CHECK(db.health().committed == 3);
        CHECK(db.health().saved == 3);
        const auto next = db->heroes.insert({.name = "next"}).value(); // an id that nobody had
        CHECK(next->id > 1);
        CHECK(db.commit() == 4);
        close_and_compare(db, path);
        CHECK(open<world>(path, unsaved()).value().recovery().clean);
    }
}

TEST_CASE("regression: the log callback is told what was recovered, and not of ticks when there were none") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    const auto said_when_opened = [&] {
        std::string said;
        options chosen = unsaved();
        chosen.log = [&](log_level, std::string_view text) { said += std::string(text) + "\n"; };
        auto db = open<world>(path, chosen).value();
        db.close();
        return said;
    };
    killed_after(path, unsaved(), [&](holdfast::store<world>& db) {
        play(db);
        (void)db.save_all(long_enough);
    });
    CHECK(mentions(said_when_opened(), path + ": was left without a complete close; nothing was to be recovered\n"));
    CHECK_FALSE(mentions(said_when_opened(), "was left"));
    killed_after(path, unsaved(1h), [&](holdfast::store<world>& db) {
        db->heroes.insert({.name = "Bob"}).value();
        db.commit();
    });
    CHECK(mentions(said_when_opened(),
                   "was left without a complete close; recovered ticks 4 to 4, 1 of them from the ring\n"));
}

TEST_CASE("ticks that were committed while the ring was full are lost without damage, and their numbers given again") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    const stopping_clock only_one_thread;
    options chosen = unsaved(1h);
    chosen.time = &only_one_thread;
    killed_after(path, chosen, [&](holdfast::store<world>& db) {
        only_one_thread.stop_others();
        for (int i = 0; i < 8; ++i) {
            db->heroes.insert({.name = std::string(200'000, static_cast<char>('a' + i))}).value();
            db.commit();
        }
    });
    std::string said;
    options telling = unsaved();
    telling.log = [&](log_level, std::string_view text) { said += std::string(text) + "\n"; };
    auto db = open<world>(path, telling).value();
    const tick last = db.recovery().recovered;
    CHECK((last > 0 && last < 8));
    CHECK(db.recovery().lost_from == last + 1);
    CHECK_FALSE(db.recovery().damage);
    CHECK(db->heroes.size() == last);
    CHECK(mentions(said, "ticks from " + std::to_string(last + 1) +
                             " on were committed while the ring was full, and are lost\n"));
    db->heroes.insert({.name = "Aria"}).value();
    CHECK(db.commit() == last + 1);
    close_and_compare(db, path);
}

TEST_CASE("a store that is destroyed without close loses nothing that was committed") {
    const temporary_folder folder;
    {
        auto db = open<world>(folder / "world.db", unsaved(1h)).value(), &alive = db;
        play(alive);
    }
    auto db = open<world>(folder / "world.db", unsaved()).value();
    check_played(db);
}

TEST_CASE("a server that is killed again while it recovers recovers the same") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    killed_after(path, unsaved(1h), [&](holdfast::store<world>& db) { play(db); });
    for (int round = 0; round < 40; ++round) {
        const pid_t child = ::fork();
        if (child == 0) {
            (void)open<world>(path, unsaved(1h));
            ::_exit(0);
        }
        ::usleep(static_cast<useconds_t>(round * 150)); // anywhere in it: the test is right wherever it is
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
    }
    auto db = open<world>(path, unsaved()).value();
    check_played(db);
    CHECK(db.health().committed == 3);
}

TEST_CASE("one store is killed many times running") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    for (std::int64_t round = 1; round <= 20; ++round)
        killed_after(path, unsaved(round % 2 == 0 ? 0ms : 1h), [&](holdfast::store<world>& db) {
            if (static_cast<std::int64_t>(db->heroes.size()) + 1 != round) ::_exit(2);
            db->heroes.insert({.name = std::to_string(round), .gold = round}).value();
            db.commit();
        });
    auto db = open<world>(path, unsaved()).value();
    REQUIRE(db->heroes.size() == 20);
    for (const auto one : db->heroes) CHECK(one->name == std::to_string(one->gold));
    CHECK(files_in(path + ".log").size() == 1); // nothing is left of those before
    close_and_compare(db, path);
}

TEST_CASE("the log is replayed by its own names, also for structs that do not match the file") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    killed_after(path, unsaved(), [&](holdfast::store<world>& db) { play(db); });
    const auto refused = open<other_world>(path, unsaved());
    REQUIRE_FALSE(refused);
    CHECK(refused.why().code == errc::mismatch);
    CHECK(raw_database(path).rows("SELECT name, gold FROM heroes") == lines{"'Ariadne' | 15"});
    check_played(open<world>(path, unsaved()).value());
}

TEST_CASE("a log or a ring that is gone is an error that names the tick, and can be done without") {
    for (const bool log : {true, false}) {
        const temporary_folder folder;
        const std::string path = folder / "world.db";
        killed_after(path, unsaved(log ? 0ms : 1h), [&](holdfast::store<world>& db) {
            play(db);
            (void)db.save_all(long_enough);
            db->heroes.set<&hero::gold>(1, 1000).value();
            db.commit();
        });
        const std::string gone = path + (log ? ".log" : ".ring");
        std::filesystem::remove_all(gone);
        const auto refused = open<world>(path, unsaved());
        REQUIRE_FALSE(refused);
        CHECK(refused.why().code == errc::corrupt);
        CHECK(mentions_all(refused.why().detail, path, gone, "is not there", "ticks from 4 on may be lost"));
        options without = unsaved();
        without.damaged = if_damaged::open;
        auto db = open<world>(path, without).value();
        check_played(db);
        CHECK(db.recovery().lost_from == 4);
        CHECK(db.recovery().damage);
        close_and_compare(db, path);
        CHECK(open<world>(path, unsaved()));
    }
}

TEST_CASE("a log that is damaged is an error; without what it had the store opens, and the log is kept") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    killed_after(path, unsaved(), [&](holdfast::store<world>& db) {
        for (int i = 0; i < 3; ++i) { // each syncs what the one before said
            db->heroes.insert({.name = std::to_string(i)}).value();
            (void)db.wait_durable(db.commit(), long_enough);
        }
    });
    const std::string segment = files_in(path + ".log").at(0);
    std::ifstream from(segment, std::ios::binary);
    const std::string all{std::istreambuf_iterator<char>(from), {}};
    flip(segment, all.find("HFfr", all.find("HFfr") + 4) + 80); // inside tick 2
    const auto refused = open<world>(path, unsaved());
    REQUIRE_FALSE(refused);
    CHECK(refused.why().code == errc::corrupt);
    CHECK(mentions_all(refused.why().detail, segment, "ticks from 2 on may be lost", "frame 2", "options::damaged"));
    options without = unsaved();
    without.damaged = if_damaged::open;
    auto db = open<world>(path, without).value();
    CHECK(db->heroes.size() == 1);
    CHECK(db.recovery().recovered == 1);
    CHECK(db.recovery().lost_from == 2);
    CHECK(std::filesystem::exists(segment + ".damaged"));
    close_and_compare(db, path);
}

TEST_CASE("the log of a database that was deleted is not taken for that of a new one") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    killed_after(path, unsaved(), [&](holdfast::store<world>& db) { play(db); });
    for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path + end);
    const auto refused = open<world>(path, unsaved());
    REQUIRE_FALSE(refused);
    CHECK(refused.why().code == errc::mismatch);
    CHECK(mentions_all(refused.why().detail, path + " is no store's database", path + ".log", path + "-wal missing"));
    CHECK_FALSE(std::filesystem::exists(path + "-wal"));
    std::filesystem::rename(path + ".log", folder / "aside");
    CHECK(mentions(open<world>(path, unsaved()).why().detail, path + ".ring holds ticks"));
    std::filesystem::rename(path + ".ring", folder / "aside.ring");
    CHECK(open<world>(path, unsaved()));
}

TEST_CASE("waiting for a tick that was not committed, or with a store that is closed, is an error") {
    const temporary_folder folder;
    auto db = open<world>(folder / "world.db", unsaved(1h)).value();
    play(db);
    CHECK(db.durable() == 0);
    CHECK(db.health().safe == 3);
    db.wait_durable(2, long_enough).value();
    CHECK(db.durable() == 3); // a sync takes all that there is
    CHECK(db.wait_durable(4, long_enough).why().code == errc::not_found);
    REQUIRE(db.close(long_enough).complete());
    CHECK(db.wait_durable(3, long_enough));
}

TEST_CASE("bulk loads and ticks between them survive a kill") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    killed_after(path, unsaved(1h), [&](holdfast::store<world>& db) {
        for (int round = 0; round < 3; ++round) {
            (void)db.bulk_load([&](world& w) {
                for (int i = 0; i < 100; ++i)
                    w.heroes.insert({.name = std::to_string(round) + "." + std::to_string(i)}).value();
            });
            db->heroes.set<&hero::gold>(1, round + 1).value();
            db.commit();
        }
        (void)db.bulk_load([](world& w) { w.heroes.insert({.name = "last"}).value(); });
        (void)db.bulk_load([](world& w) { w.heroes.insert({.name = "very last"}).value(); });
    });
    auto db = open<world>(path, unsaved()).value();
    CHECK(db->heroes.size() == 302);
    CHECK(db->heroes.find(1)->gold == 3);
    CHECK(db.health().committed == 8);
    close_and_compare(db, path);
}

TEST_CASE("ticks larger than the ring are in the log as soon as it can be") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    killed_after(path, unsaved(1h), [&](holdfast::store<world>& db) {
        for (int i = 0; i < 8; ++i) {
            for (int h = 0; h < 10; ++h)
                db->heroes.insert({.name = std::to_string(i * 10 + h) + std::string(50'000, 'n')}).value();
            db.commit();
        }
        while (db.health().safe < 8) ::usleep(1'000);
    });
    auto db = open<world>(path, unsaved()).value();
    CHECK(db->heroes.size() == 80);
    close_and_compare(db, path);
}

TEST_CASE("rows larger than a chunk of the ring survive a kill like any other") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    options large = unsaved(1h);
    large.ring_bytes = std::size_t{8} << 20;
    killed_after(path, large, [&](holdfast::store<world>& db) {
        for (std::size_t i = 1; i <= 9; ++i) {
            db->heroes.insert({.name = std::string(i * 100'000, static_cast<char>('a' + i))}).value();
            db.commit();
            if (i % 4 == 0) REQUIRE(db.wait_durable(i, long_enough)); // its space is used again
            CHECK(db.health().safe == i);
        }
    });
    auto db = open<world>(path, large).value();
    REQUIRE(db->heroes.size() == 9);
    for (std::int64_t i = 1; i <= 9; ++i)
        CHECK(db->heroes.find(i)->name ==
              std::string(static_cast<std::size_t>(i) * 100'000, static_cast<char>('a' + i)));
    close_and_compare(db, path);
}

TEST_CASE("regression: a ring that fills several segments of the log is recovered, and its segments are gone then") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    const auto chosen = [](std::chrono::milliseconds sync_every) {
        options small = unsaved(sync_every);
        small.segment_bytes = std::size_t{1} << 16;
        return small;
    };
    killed_after(path, chosen(1h), [&](holdfast::store<world>& db) {
        for (int i = 0; i < 40; ++i) {
            db->heroes.insert({.name = std::to_string(i) + std::string(10'000, 'n')}).value();
            db.commit();
        }
    });
    killed_after(path, chosen(0ms), [&](holdfast::store<world>& db) { // its ticks are in the log alone
        if (db.recovery().from_ring != 40) ::_exit(2);
        for (int i = 0; i < 3; ++i) {
            db->heroes.insert({.name = "later " + std::to_string(i)}).value();
            if (!db.wait_durable(db.commit(), long_enough)) ::_exit(3);
        }
    });
    CHECK(files_in(path + ".log").size() == 1);
    auto db = open<world>(path, unsaved()).value();
    CHECK(db->heroes.size() == 43);
    CHECK(db.health().committed == 43);
    close_and_compare(db, path);
}

TEST_CASE("regression: a segment that was not finished when the process was killed is removed") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    killed_after(path, unsaved(), [&](holdfast::store<world>& db) { play(db); });
    const std::string unfinished = path + ".log/0000000000000000-0000000000000007.new";
    std::ofstream(unfinished) << "begun";
    check_played(open<world>(path, unsaved()).value());
    CHECK_FALSE(std::filesystem::exists(unfinished));
}
