// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/store/: memory that is ahead of the disk catches up, because ticks were dropped or somebody has
/// changed the file.
#include <holdfast/holdfast.hpp>

#include "support/catch.hpp"
#include "support/io_faults.hpp"
#include "support/raw_database.hpp"
#include "support/sanitized.hpp"
#include "support/sqlite_spy.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"
#include "support/wait.hpp"
#include "support/words.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <random>

using namespace holdfast::test;
using namespace std::chrono_literals;
using holdfast::health_report;
using holdfast::lost_ticks;
using holdfast::open;
using holdfast::options;
using holdfast::tick;
namespace fs = std::filesystem;

namespace {

struct hero {
    std::int64_t id = 0;
    std::string name{};
    std::optional<std::int64_t> friend_of{};
    std::int64_t gold = 0;
    std::string text{};
};
struct item {
    std::int64_t id = 0;
    std::int64_t owner = 0;
    std::int32_t kind = 0;
};
struct event {
    std::int64_t tick = 0;
    std::string what{};
};
struct world {
    holdfast::table<hero, holdfast::primary_key<&hero::id>, holdfast::auto_id<&hero::id>, holdfast::unique<&hero::name>,
                    holdfast::references<&hero::friend_of, &hero::id, "heroes", holdfast::on_delete::set_null>>
        heroes;
    holdfast::table<item, holdfast::primary_key<&item::id>, holdfast::auto_id<&item::id>,
                    holdfast::references<&item::owner, &hero::id, "heroes", holdfast::on_delete::cascade>>
        items;
    holdfast::append_only<event> events;
};
using game = holdfast::store<world>;

const fake_clock standing_still;
constexpr std::size_t held = 200'000;

constexpr int rounds = plain_or_sanitized(900, 300);

options holding(std::size_t bytes = held) {
    options chosen = options_with(standing_still);
    chosen.hold_bytes = bytes;
    chosen.ring_bytes = 1; // as small as there is: 512 KiB
    return chosen;
}

bool ends_with(std::string_view path, std::string_view end) { return path.ends_with(end); }
bool in_database(io_faults::kind what, std::string_view path) {
    return what != io_faults::kind::read && (ends_with(path, "world.db") || ends_with(path, "world.db-wal"));
}
bool in_log(std::string_view path) { return path.find("world.db.log") != std::string_view::npos; }
bool in_both(io_faults::kind what, std::string_view path) {
    return in_database(what, path) ||
           (in_log(path) && what != io_faults::kind::read && what != io_faults::kind::remove);
}

/// The rows of tables that are in memory.
world_lines rows_in(game& db) {
    world_lines found = memory_lines(*db);
    found.erase("events");
    return found;
}
world_lines rows_in(game& db, const std::string& path) {
    world_lines found = file_lines(*db, path);
    found.erase("events");
    return found;
}
/// What the world was after each tick, in short.
using past = std::map<tick, std::size_t>;
std::size_t in_short(const world_lines& rows) {
    std::string all;
    for (const auto& [table, some] : rows)
        for (const std::string& row : some) all += table + row;
    return std::hash<std::string>()(all);
}

/// Heroes 1 to 20, each with an item, saved.
void populate(game& db) {
    for (int i = 1; i <= 20; ++i) {
        const auto made = db->heroes.insert({.name = "hero " + std::to_string(i), .gold = i}).value();
        db->items.insert({.owner = made->id, .kind = i}).value();
    }
    db->events.append({1, "begin"});
    db.commit();
    (void)save(db);
}

/// Changes of every kind in tick after tick, more than `bytes` of them.
void play(game& db, std::size_t bytes, const char* prefix = "new", past* history = nullptr) {
    const std::string filling(2'000, 'x');
    std::size_t done = 0;
    for (int i = 0; done < bytes; ++i) {
        const auto made =
            db->heroes.insert({.name = std::string(prefix) + " " + std::to_string(i), .friend_of = 3}).value();
        db->items.insert({.owner = made->id, .kind = i}).value();
        db->heroes.set<&hero::text>(3, filling + std::to_string(i)).value();
        db->heroes.add<&hero::gold>(5, 1).value();
        if (i % 7 == 3) db->heroes.erase(made).value();
        const tick changed = db.commit();
        db->events.append({static_cast<std::int64_t>(changed), "played"});
        const tick last = db.commit();
        if (history != nullptr) (*history)[changed] = (*history)[last] = in_short(rows_in(db));
        done += filling.size();
    }
}
/// A swap of unique names, a ring of references, a hero who goes with all that is his, and his name and key again.
void tangle(game& db) {
    db->heroes.set<&hero::name>(1, "nobody").value();
    db->heroes.set<&hero::name>(2, "hero 1").value();
    db->heroes.set<&hero::name>(1, "hero 2").value();
    db->heroes.set<&hero::friend_of>(1, 2).value();
    db->heroes.set<&hero::friend_of>(2, 1).value();
    db->heroes.erase(std::int64_t{4}).value();
    db->heroes.insert({.id = 4, .name = "hero 4", .gold = 444}).value();
    db.commit();
}

/// As `close_and_compare`; rows of `events` are in the file alone.
void close_and_compare_rows(game& db, const std::string& path) {
    const world_lines memory = rows_in(db);
    REQUIRE(db.close(long_enough).complete());
    REQUIRE(rows_in(db, path) == memory);
    CHECK(raw_database(path).rows("PRAGMA foreign_key_check").empty());
    CHECK(raw_database(path).row("PRAGMA integrity_check") == "'ok'");
    CHECK(raw_database(path).rows("SELECT name FROM sqlite_schema WHERE name LIKE 'holdfast_resync%'").empty());
}

/// What a kill at this instant would leave: the files, copied until two copies are the same, so that nothing was written
/// between them.
void copy_what_a_kill_leaves(const std::string& folder, const std::string& to) {
    const auto all = [&] {
        std::map<std::string, std::string> files;
        for (const auto& one : fs::recursive_directory_iterator(folder))
            if (one.is_regular_file() && one.path().extension() != ".lock")
                files[fs::relative(one.path(), folder)] = bytes_of_file(one.path());
        return files;
    };
    auto last = all();
    for (auto again = all(); again != last; again = all()) last = std::move(again);
    fs::remove_all(to);
    for (const auto& [name, bytes] : last) {
        fs::create_directories((fs::path(to) / name).parent_path());
        write_file(fs::path(to) / name, bytes);
    }
}

/// A store whose disk fails when the test says so.
struct failing_store {
    explicit failing_store(options how = holding()) : chosen(std::move(how)) {
        chosen.capture_budget = 0us; // a slice of 16 rows with each commit
        db.emplace(open<world>(path, chosen).value());
        populate(*db);
        faults.fail(1, io_faults::for_good, EIO);
    }
    /// Ticks are dropped, and nothing else happens.
    void drop_ticks() {
        database = log = true;
        play(*db, 6 * held, "new", &history);
        REQUIRE(eventually([&] { return db->health().dropped_from != 0; }));
        before = db->health().dropped_from - 1; // the last one that the ring has
        REQUIRE(before > db->durable());
    }
    /// What a kill would leave now, opened.
    game left() {
        copy_what_a_kill_leaves(folder.path(), copied / "copy");
        return open<world>(copied / "copy/world.db", holding()).value();
    }
    /// It is what the world was when ticks began to be dropped, and says so.
    void check_cut(game& found) {
        REQUIRE(found.recovery().recovered == before);
        CHECK(in_short(rows_in(found)) == history.at(before));
        CHECK(found.recovery().lost_from == before + 1);
        CHECK(found.recovery().lost_through == db->health().committed);
        CHECK_FALSE(found.recovery().damage);
    }

    const temporary_folder folder;
    const temporary_folder copied;
    const std::string path = folder / "world.db";
    std::atomic<bool> database{false}, log{false};
    io_faults faults{[this](io_faults::kind what, std::string_view where) {
        return where.starts_with(folder.path()) &&
               ((database && in_database(what, where)) || (log && in_both(what, where) && in_log(where)));
    }};
    options chosen;
    std::optional<game> db;
    tick before = 0;
    past history;
};

} // namespace

TEST_CASE("what SQLite cannot take is dropped from memory, and read from the log when it can") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    io_faults faults([](auto what, std::string_view where) { return in_database(what, where); });
    auto db = open<world>(path, holding()).value();
    populate(db);
    faults.fail(1, io_faults::for_good, EIO);
    play(db, 10 * held);
    tangle(db);
    CHECK_FALSE(db.save_all(1ms));
    REQUIRE(db.wait_durable(db.health().committed, long_enough));
    CHECK(eventually([&] { return db.health().queue_bytes < held; }));
    CHECK(db.health().saved == 1);
    CHECK(db.health().safe == db.health().committed);
    CHECK(db.health().dropped_from == 0);
    CHECK_FALSE(db.health().resyncing);
    faults.clear();
    (void)save(db);
    CHECK(db.health().is == health_report::state::good);
    close_and_compare_rows(db, path);
    CHECK(raw_database(path).row("SELECT count(*), count(DISTINCT tick) FROM events") == "1001 | 1001");
}

TEST_CASE("what neither SQLite nor the log can take is dropped, and every row is written anew when they can") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    io_faults faults([](auto what, std::string_view where) { return in_both(what, where); });
    options chosen = holding();
    chosen.capture_budget = 0us;
    auto db = open<world>(path, chosen).value();
    populate(db);
    const tick before = db.durable();
    faults.fail(1, io_faults::for_good, EIO);
    play(db, 10 * held);
    REQUIRE(eventually([&] { return db.health().dropped_from != 0; }));
    const health_report now = db.health();
    CHECK(now.resyncing);
    CHECK(now.dropped_from > before + 1);
    CHECK(now.durable == before);
    CHECK(now.safe == before);
    CHECK(now.queue_bytes < (1 << 20) + held);
    CHECK_FALSE(db.wait_durable(now.committed, 1ms));
    faults.clear();
    int commits = 0;
    REQUIRE(eventually([&] { // a slice with each commit
        tangle(db);
        ++commits;
        return db.health().dropped_from == 0;
    }));
    CHECK(commits > 50);
    CHECK(db.durable() > now.committed);
    (void)save(db);
    CHECK(db.health().is == health_report::state::good);
    CHECK_FALSE(db.health().resyncing);
    CHECK(db.health().safe == db.health().committed);
    const std::int64_t next = db->heroes.insert({.name = "next"}).value()->id;
    db.commit();
    close_and_compare_rows(db, path);
    auto again = open<world>(path, holding()).value();
    CHECK(again.recovery().clean);
    CHECK(again->heroes.insert({.name = "after"}).value()->id > next);
}

TEST_CASE("killed while ticks are dropped, a store opens at the last one that was safe, and says which are lost") {
    failing_store of;
    of.drop_ticks();
    CHECK(of.db->health().safe == 1);
    auto found = of.left();
    of.check_cut(found);
    CHECK(found.recovery().lost == lost_ticks::ring_was_full);
    found->heroes.insert({.name = "next"}).value();
    CHECK(found.commit() == of.before + 1);
    close_and_compare_rows(found, of.copied / "copy/world.db");
    CHECK(open<world>(of.copied / "copy/world.db", holding()).value().recovery().clean);
}

TEST_CASE("killed after any commit of a resync, a store has all of it or what was safe before") {
    failing_store of;
    of.drop_ticks();
    of.log = false;          // SQLite still fails
    REQUIRE(eventually([&] { // a commit without changes makes a tick when it logs rows
        const tick last = of.db->health().committed;
        return of.db->commit() != last;
    }));
    REQUIRE(eventually([&] { return of.db->durable() == of.before; }));
    bool whole = false;
    int cuts = 0;
    for (int i = 0; !whole; ++i) {
        REQUIRE(i < 2'000);
        if (i % 3 == 0) tangle(*of.db);
        if (i % 3 == 1) (*of.db)->heroes.insert({.name = "while it runs " + std::to_string(i)}).value();
        if (i % 3 == 2) (void)(*of.db)->items.erase(std::int64_t{i / 3 + 1});
        const tick last = of.db->commit();
        const world_lines memory = rows_in(*of.db);
        const tick safe = of.db->health().safe;
        CAPTURE(i, last, safe);
        auto found = of.left();
        whole = found.recovery().recovered == last;
        if (!whole) of.check_cut(found);
        if (!whole) CHECK(found.recovery().lost == lost_ticks::dropped);
        cuts += whole ? 0 : 1;
        if (whole) CHECK(rows_in(found) == memory);
        if (whole) CHECK(found.recovery().lost == lost_ticks::none);
        CHECK((whole || safe == of.before));
        close_and_compare_rows(found, of.copied / "copy/world.db");
    }
    CHECK(cuts > 0);
    REQUIRE(of.db->wait_durable(of.db->health().committed, long_enough));
    tangle(*of.db);
    auto found = of.left(); // the end mark is in the log, and ticks behind it
    CHECK(rows_in(found) == rows_in(*of.db));
    CHECK(found.recovery().recovered == of.db->health().committed);
    of.database = false;
    (void)save(*of.db);
    tangle(*of.db);
    auto saved = of.left();
    CHECK(rows_in(saved) == rows_in(*of.db));
    close_and_compare_rows(*of.db, of.path);
}

TEST_CASE("a log that fails again in the middle of a resync leads to another one, and nothing counts before its end") {
    failing_store of;
    of.drop_ticks();
    of.log = false;
    REQUIRE(eventually([&] { // some of it is in the log
        tangle(*of.db);
        return of.db->durable() == of.before;
    }));
    of.log = true;
    play(*of.db, 6 * held, "again");
    const health_report now = of.db->health();
    CHECK(now.durable == of.before);
    CHECK(now.dropped_from == of.before + 1);
    CHECK(now.queue_bytes < 2 << 20);
    auto cut = of.left();
    of.check_cut(cut);
    of.log = of.database = false;
    (void)save(*of.db);
    CHECK(of.db->health().dropped_from == 0);
    close_and_compare_rows(*of.db, of.path);
}

TEST_CASE("rows that somebody changed behind the store's back are what memory has again, and unknown columns stay") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    {
        raw_database made(path);
        made.run(
            "CREATE TABLE heroes (id INTEGER PRIMARY KEY, theirs TEXT NOT NULL DEFAULT 'none', name TEXT NOT NULL "
            "UNIQUE, friend_of INTEGER REFERENCES heroes (id) ON DELETE SET NULL, gold INTEGER NOT NULL DEFAULT 0, "
            "text TEXT NOT NULL DEFAULT '', twice INTEGER AS (gold * 2), more BLOB);"
            "CREATE TABLE items (id INTEGER PRIMARY KEY, owner INTEGER NOT NULL DEFAULT 0 REFERENCES heroes (id) ON "
            "DELETE CASCADE, kind INTEGER NOT NULL DEFAULT 0);"
            "CREATE TABLE events (tick INTEGER NOT NULL DEFAULT 0, what TEXT NOT NULL DEFAULT '', theirs TEXT);"
            "INSERT INTO heroes (id, theirs, name, gold, more) VALUES (1, 'kept', 'Aria', 5, x'0102'), (2, 'kept 2', "
            "'Bob', 6, NULL), (3, 'gone', 'Cleo', 7, 1.5);"
            "INSERT INTO events VALUES (0, 'theirs', 'kept');");
    }
    const sqlite_spy spy;
    auto opened = open<world>(path, holding());
    INFO((opened ? std::string() : opened.why().message()));
    REQUIRE(opened);
    game db = std::move(*opened);
    (void)rows_of(spy.connection(), "UPDATE heroes SET name = 'Dora', gold = 99 WHERE id = 1");
    (void)rows_of(spy.connection(), "DELETE FROM heroes WHERE id = 2");
    (void)rows_of(spy.connection(), "INSERT INTO heroes (id, name) VALUES (77, 'nobody of ours')");
    db.commit();
    db->heroes.erase(std::int64_t{3}).value();
    db->heroes.insert({.name = "Emil", .friend_of = 2, .gold = 8}).value();
    db->heroes.set<&hero::name>(1, "nobody").value();
    db->heroes.set<&hero::name>(2, "Aria").value();
    db->heroes.set<&hero::name>(1, "Bob").value();
    db->heroes.set<&hero::friend_of>(2, 1).value();
    db->heroes.set<&hero::friend_of>(1, 2).value();
    db->events.append({1, "ours"});
    db.commit();
    (void)save(db);
    CHECK(db.health().is == health_report::state::good);
    close_and_compare_rows(db, path);
    raw_database after(path);
    CHECK(after.rows("SELECT id, name, gold, twice, theirs, more FROM heroes ORDER BY id") ==
          lines{"1 | 'Bob' | 5 | 10 | 'kept' | x'0102'", "2 | 'Aria' | 6 | 12 | 'none' | NULL",
                "4 | 'Emil' | 8 | 16 | 'none' | NULL"});
    CHECK(after.rows("SELECT tick, what, theirs FROM events ORDER BY rowid") ==
          lines{"0 | 'theirs' | 'kept'", "1 | 'ours' | NULL"});
}

TEST_CASE("a divergence is mended with the commits that follow, in slices, while the game goes on") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    const sqlite_spy spy;
    options chosen = holding();
    chosen.capture_budget = 0us;
    chosen.save_every = 0ms;
    auto db = open<world>(path, chosen).value();
    populate(db);
    play(db, held, "before");
    (void)save(db);
    (void)rows_of(spy.connection(), "DELETE FROM items WHERE id = 2");
    db->items.set<&item::kind>(2, 9).value();
    const tick bad = db.commit();
    REQUIRE(eventually([&] { return db.health().resyncing; }));
    CHECK(db.health().dropped_from == 0);
    CHECK(db.health().safe == bad);
    int commits = 0;
    REQUIRE(eventually([&] {
        db->heroes.insert({.name = "meanwhile " + std::to_string(commits)}).value();
        tangle(db);
        ++commits;
        return !db.health().resyncing;
    }));
    CHECK(commits > 5);
    CHECK(db.health().saved > bad);
    close_and_compare_rows(db, path);
}

TEST_CASE("killed after a divergence, a store is what memory was once the resync is in the log, and damaged before") {
    failing_store of;
    const sqlite_spy spy; // of the next connection
    of.database = of.log = false;
    REQUIRE(of.db->close(long_enough).complete());
    of.db.reset();
    of.chosen.save_every = 0ms;
    of.db.emplace(open<world>(of.path, of.chosen).value());
    (void)rows_of(spy.connection(), "DELETE FROM items WHERE id = 2");
    (*of.db)->items.set<&item::kind>(2, 9).value();
    of.db->commit();
    REQUIRE(eventually([&] { return of.db->health().resyncing; }));
    of.database = true;
    copy_what_a_kill_leaves(of.folder.path(), of.copied / "copy");
    const auto refused = open<world>(of.copied / "copy/world.db", holding());
    REQUIRE_FALSE(refused);
    CHECK(refused.why().code == holdfast::errc::corrupt);
    CHECK(mentions_all(refused.why().detail, "items[id=2]", "options::damaged"));
    for (int i = 0; i < 20; ++i) tangle(*of.db); // 16 rows each
    REQUIRE(of.db->wait_durable(of.db->health().committed, long_enough));
    CHECK(of.db->health().resyncing);
    auto found = of.left();
    CHECK(rows_in(found) == rows_in(*of.db));
    CHECK_FALSE(found.recovery().damage);
    close_and_compare_rows(found, of.copied / "copy/world.db");
}

TEST_CASE("a log whose files cannot be read back any more is made up for, and what it had is not taken from it") {
    const bool removed = GENERATE(true, false);
    CAPTURE(removed);
    fake_clock time;
    const temporary_folder folder, copied;
    const std::string path = folder / "world.db";
    std::atomic<bool> fails{false};
    io_faults faults([&](auto what, std::string_view where) { return fails && in_database(what, where); });
    options chosen = holding();
    chosen.time = &time;
    auto db = open<world>(path, chosen).value();
    populate(db);
    const world_lines saved = rows_in(db);
    faults.fail(1, io_faults::for_good, EIO);
    fails = true;
    play(db, 10 * held);
    REQUIRE(db.wait_durable(db.health().committed, long_enough));
    REQUIRE(eventually([&] { return db.health().queue_bytes < held; }));
    std::vector<std::string> segments;
    for (const auto& one : fs::directory_iterator(path + ".log")) segments.push_back(one.path());
    std::sort(segments.begin(), segments.end());
    REQUIRE(segments.size() > 3);
    if (removed) {
        fs::remove(segments[1]);
        time.advance(2s); // it looks once a second
        REQUIRE(eventually([&] { return db.health().dropped_from != 0; }));
        CHECK(db.health().durable == 1);
    } else {
        std::string bytes = bytes_of_file(segments[1]);
        bytes[bytes.size() / 2] ^= 1;
        write_file(segments[1], bytes);
        fails = false;
        CHECK(eventually([&] {
            (void)db.save_all(1ms);
            return db.health().dropped_from != 0 || db.health().saved == db.health().committed;
        }));
    }
    fails = false;
    (void)save(db);
    CHECK(db.health().is == health_report::state::good);
    CHECK(eventually([&] { // what was asked for meanwhile goes on with commits
        db.commit();
        return db.health().dropped_from == 0;
    }));
    tangle(db);
    copy_what_a_kill_leaves(folder.path(), copied / "copy");
    auto found = open<world>(copied / "copy/world.db", holding()).value();
    CAPTURE(found.recovery().recovered, found.recovery().saved, db.health().committed, found.recovery().lost_from);
    CHECK(in_short(rows_in(found)) == in_short(rows_in(db)));
    close_and_compare_rows(db, path);
}

TEST_CASE(
    "whatever fails while a resync is written to SQLite, it is written in the end, and the file is whole before") {
    for (std::uint64_t call = 1, again = 0; again == 0;
         call += call < plain_or_sanitized(12u, 3u) ? 1 : call / plain_or_sanitized(4u, 2u)) {
        CAPTURE(call);
        failing_store of;
        of.drop_ticks();
        of.log = of.database = false;
        const world_lines memory = rows_in(*of.db);
        of.faults.clear();
        of.database = true;
        of.faults.fail(call, call, call % 2 == 0 ? EIO : ENOSPC);
        (void)save(*of.db);
        if (of.faults.seen() < call) again = 1;
        CHECK(rows_in(*of.db) == memory);
        close_and_compare_rows(*of.db, of.path);
    }
}

TEST_CASE("random changes, disks that fail and kills at random times lose no tick that was ever named safe") {
    const std::uint32_t seed = holdfast::test::seed();
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto any = [&](std::uint32_t below) { return static_cast<std::int64_t>(random() % below); };
    options how = holding(20'000);
    how.save_every = 0ms;
    failing_store of(how);
    game& db = *of.db;
    past history{{1, in_short(rows_in(db))}};
    tick safe = 0;
    std::size_t cuts = 0, drops = 0;
    bool dropping = false;
    for (int round = 0; round < rounds; ++round) {
        CAPTURE(round);
        for (std::int64_t i = any(4); i >= 0; --i) {
            const std::int64_t id = any(120);
            switch (any(6)) {
            case 0: (void)db->heroes.insert({.id = id, .name = "n" + std::to_string(any(90)), .gold = any(9)}); break;
            case 1: (void)db->heroes.erase(id); break;
            case 2: (void)db->items.insert({.owner = id, .kind = round}); break;
            case 3: (void)db->heroes.set<&hero::name>(id, "n" + std::to_string(any(90))); break;
            case 4: (void)db->heroes.set<&hero::friend_of>(id, any(120)); break;
            default: (void)db->heroes.set<&hero::text>(id, std::string(static_cast<std::size_t>(any(40'000)), 't'));
            }
        }
        if (db->items.size() > 100)
            (void)db->items.erase_where([&](const item& one) { return one.kind < round - 100; });
        if (round % 300 >= 200) db->events.append({round, std::string(30'000, 'e')}); // see below
        const tick last = db.commit();
        history[last] = in_short(rows_in(db));
        const bool fixed = round % 300 >= 200;
        if (!fixed && any(40) == 0) of.database = any(2) == 0;
        if (!fixed && any(40) == 0) of.log = any(2) == 0;
        if (round % 300 == 0) of.database = of.log = false;
        if (round % 300 == 200) of.database = of.log = true; // long enough for a ring to be full
        if (any(30) == 0) (void)db.wait_durable(last, 20ms);
        const health_report now = db.health();
        safe = std::max(safe, now.safe);
        drops += now.dropped_from != 0 && !dropping ? 1 : 0;
        dropping = now.dropped_from != 0;
        if (any(20) != 0) continue;
        auto found = of.left();
        const auto& is = found.recovery();
        CAPTURE(safe, now.durable, now.saved, last, is.recovered);
        REQUIRE(is.recovered >= safe); // whatever was named safe, at any time
        REQUIRE(history.contains(is.recovered));
        REQUIRE(in_short(rows_in(found)) == history[is.recovered]);
        REQUIRE_FALSE(is.damage);
        cuts += is.lost == lost_ticks::none ? 0 : 1;
        if (any(4) == 0) close_and_compare_rows(found, of.copied / "copy/world.db");
    }
    of.log = of.database = false;
    (void)save(db);
    close_and_compare_rows(db, of.path);
    CHECK(cuts > 0);
    CHECK(drops > 0);
}

TEST_CASE("regression: a resync is replayed by its own tables, whatever segment comes behind it") {
    options chosen = holding();
    chosen.backups.every = 60min;
    failing_store it(chosen);
    const auto backups = [&] { return holdfast::backups_in(it.path + ".backups").value(); };
    REQUIRE(eventually([&] { return !backups().empty(); }));
    const std::string oldest = backups().front().path;
    it.drop_ticks();
    it.database = it.log = false;
    (void)save(*it.db);
    (*it.db)->heroes.set<&hero::gold>(1, 4'711).value();
    const tick last = it.db->commit();
    REQUIRE(it.db->close(long_enough).complete());
    const world_lines rows = rows_in(*it.db);
    for (const auto& one : backups())
        if (one.path != oldest) fs::remove(one.path);
    const auto restored = [&] {
        fs::remove(it.copied / "then.db");
        const auto is = holdfast::restore(it.path, it.copied / "then.db", holdfast::restore_point::newest(), it.chosen);
        INFO((is ? std::string() : is.why().message()));
        REQUIRE(is);
        CHECK(is->restored == last);
        return rows_in(*it.db, it.copied / "then.db");
    };
    CHECK(restored() == rows);
    REQUIRE(holdfast::restore_in_place(it.path, holdfast::restore_point::newest(), it.chosen));
    CHECK(rows_in(*it.db, it.path) == rows);
    CHECK(restored() == rows); // its last segment names no tables
}
