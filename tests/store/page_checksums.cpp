// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/store/trusted_pages.hpp and holdfast/sqlite/last_writer.hpp: damage to a database's file is an error,
/// what another program has written is none.
#include <atomic>
#include <holdfast/holdfast.hpp>
#include <utility>

#include "support/catch.hpp"
#include "support/child_process.hpp"
#include "support/io_faults.hpp"
#include "support/sanitized.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"
#include "support/words.hpp"

#include <filesystem>
#include <iostream>
#include <random>

using namespace holdfast::test;
using holdfast::errc;
using holdfast::log_level;
using holdfast::open;
using holdfast::options;
namespace fs = std::filesystem;

namespace {

struct hero {
    std::int64_t id = 0;
    std::string name{};
    std::int64_t gold = 0;
    std::string story{};
};
struct item {
    std::int64_t id = 0;
    std::int64_t owner = 0;
    double worth = 0;
};
struct world {
    holdfast::table<hero, holdfast::primary_key<&hero::id>, holdfast::unique<&hero::name>> heroes;
    holdfast::table<item, holdfast::primary_key<&item::id>, holdfast::auto_id<&item::id>,
                    holdfast::references<&item::owner, &hero::id, "heroes", holdfast::on_delete::cascade>>
        items;
};

const fake_clock standing_still;
constexpr std::size_t page_bytes = 4'096;
constexpr int flips = plain_or_sanitized(2'000, 200);
constexpr std::uint64_t stride = plain_or_sanitized(1u, 9u); // between the calls that are tried

/// Options that note what is said.
options telling(lines& warnings) {
    options chosen = options_with(standing_still);
    chosen.ring_bytes = 1;
    chosen.segment_bytes = std::size_t{1} << 16;
    chosen.log = [&warnings](log_level level, std::string_view text) {
        if (level != log_level::info) warnings.emplace_back(text);
    };
    return chosen;
}
options quiet() {
    lines nobody_looks;
    options chosen = telling(nobody_looks);
    chosen.log = {};
    return chosen;
}

void fill(holdfast::store<world>& db, std::int64_t first = 1, std::int64_t last = 200) {
    for (std::int64_t id = first; id <= last; ++id) {
        const auto text = std::to_string(id * 7'919);
        db->heroes.insert({id, "hero " + text, id, std::string(static_cast<std::size_t>(id * 5 % 300), 'x') + text})
            .value();
        db->items.insert({.owner = id, .worth = static_cast<double>(id) / 7}).value();
    }
    db->heroes.set<&hero::story>(first, std::string(9'000, 'y')).value(); // pages of its own
    db.commit();
}
/// A database that a store has made and closed.
world_lines make_closed(const std::string& path) {
    auto db = open<world>(path, quiet()).value();
    fill(db);
    REQUIRE(db.close().complete());
    return memory_lines(*db);
}
/// Runs `fn(db)` in a process that is killed then.
template <class Function> void killed_after(const std::string& path, Function fn) {
    kill_when_done([&](const child_process::line& parent) {
        auto db = open<world>(path, quiet());
        if (!db) return parent.say(db.why().message());
        fn(*db);
        parent.done();
    });
}
/// One batch in SQLite, which another one follows, partly in the WAL.
void play(holdfast::store<world>& db) {
    fill(db);
    save(db);
    fill(db, 201, 230);
    save(db);
}
/// A program with SQLite and without checksums that is killed.
template <class Function> void killed_program(const std::string& path, Function fn) {
    kill_when_done([&](const child_process::line& parent) {
        raw_database db(path);
        fn(db);
        parent.done();
    });
}

std::uint32_t number_at(const std::string& path, std::size_t at) {
    const std::string bytes = bytes_of_file(path).substr(at, 4);
    std::uint32_t is = 0;
    for (const char one : bytes) is = is << 8 | static_cast<unsigned char>(one);
    return is;
}
void flip(const std::string& path, std::size_t at, int bit) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    const int was = file.get();
    file.seekp(static_cast<std::streamoff>(at));
    file.put(static_cast<char>(was ^ 1 << bit));
}

/// What became of files with one bit flipped.
struct outcome {
    int refused = 0, equal = 0, wrong = 0;
    int not_corrupt = 0; ///< How many were refused with another code than `corrupt`.
};
/// Flips one bit of a file after the other in copies of the folder, and opens them.
outcome flip_many(const std::string& folder, const std::string& name, int count, const world_lines& expected) {
    const temporary_folder copies(folder_in_memory());
    const std::size_t size = bytes_of_file(folder + "/" + name).size();
    std::mt19937_64 dice(20'221'228);
    outcome found;
    for (int i = 0; i < count; ++i) {
        // The header is small, and matters: some of the flips are there.
        const std::size_t at = i < count / 10 ? dice() % 112 : dice() % size;
        const int bit = static_cast<int>(dice() % 8);
        const std::string copy = copies / "copy";
        fs::copy(folder, copy, fs::copy_options::recursive);
        flip(copy + "/" + name, at, bit);
        {
            auto db = open<world>(copy + "/" + name, quiet());
            if (!db) {
                ++found.refused;
                found.not_corrupt += db.why().code != errc::corrupt;
            } else if (memory_lines(**db) == expected) {
                ++found.equal;
            } else {
                ++found.wrong;
            }
        }
        fs::remove_all(copy);
    }
    return found;
}
void print(const char* what, const outcome& is) {
    std::cout << what << ": " << is.refused << " refused, " << is.equal << " with equal data, " << is.wrong
              << " with wrong data\n";
}

} // namespace

TEST_CASE("a bit that flips anywhere in a closed database is refused, or changes nothing") {
    const temporary_folder folder(folder_in_memory());
    const world_lines expected = make_closed(folder / "world.db");
    const outcome found = flip_many(folder.path(), "world.db", flips, expected);
    print("a closed database of ours", found);
    CHECK(found.wrong == 0);
    CHECK(found.refused > flips * 19 / 20);
    CHECK(found.not_corrupt == 0);
}

TEST_CASE("a bit that flips anywhere in what a killed server has left is refused, or changes nothing") {
    const temporary_folder folder(folder_in_memory());
    (void)make_closed(folder / "world.db");
    killed_after(folder / "world.db", [](auto& db) {
        fill(db, 201, 230); // some pages are in the WAL
        save(db);
    });
    world_lines expected;
    {
        const temporary_folder copies(folder_in_memory());
        fs::copy(folder.path(), copies / "copy", fs::copy_options::recursive);
        expected = memory_lines(*open<world>(copies / "copy/world.db", quiet()).value());
    }
    const outcome file = flip_many(folder.path(), "world.db", flips / 4, expected);
    print("the file of a killed server", file);
    CHECK(file.wrong == 0);
    CHECK(file.refused > flips / 10);
    const outcome wal = flip_many(folder.path(), "world.db-wal", flips / 4, expected);
    print("its WAL", wal);
    CHECK(wal.wrong == 0);
}

TEST_CASE("of a file that was adopted, without checksums, not every bit that flips can be seen") {
    const temporary_folder folder(folder_in_memory());
    const std::string path = folder / "world.db", made = folder / "made.db";
    (void)make_closed(made);
    {
        raw_database from(made);
        from.run("DROP TABLE holdfast_meta; DROP TABLE holdfast_ids");
        raw_database into(path);
        for (const std::string& sql : from.rows("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid"))
            into.run(sql.substr(1, sql.size() - 2));
        into.run("ATTACH '" + made +
                 "' AS made; INSERT INTO heroes SELECT * FROM made.heroes;"
                 "INSERT INTO items SELECT * FROM made.items");
    }
    const temporary_folder alone(folder_in_memory());
    world_lines expected;
    {
        fs::copy(path, alone / "world.db");
        auto db = open<world>(alone / "world.db", quiet()).value();
        expected = memory_lines(*db);
        REQUIRE(db.close().complete());
    }
    CHECK(static_cast<int>(bytes_of_file(alone / "world.db")[20]) == 0); // it stays as it is
    CHECK(raw_database(alone / "world.db").row("PRAGMA journal_mode") == "'wal'");
    print("an adopted file", flip_many(alone.path(), "world.db", flips, expected));
}

TEST_CASE("a database that is closed is in rollback mode, and says which change was the last") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    for (int i = 0; i < 4; ++i) {
        lines said;
        auto db = open<world>(path, telling(said)).value();
        fill(db, i * 1'000 + 1, i * 1'000 + 50);
        if (i % 2 == 0) save(db);
        if (i != 3) REQUIRE(db.close().complete());
        if (i == 3) db = open<world>(":memory:", quiet()).value(); // not closed: dropped, with a tick in the log
        CHECK(said.size() == (i == 3 ? 1U : 0U));
        CHECK(number_at(path, 18) >> 16 == 0x0101);
        CHECK(number_at(path, 68) == (0x48000000U | number_at(path, 24)));
        CHECK_FALSE(fs::exists(path + "-wal"));
        CHECK_FALSE(fs::exists(path + "-journal"));
        CHECK_FALSE(fs::exists(path + "-shm"));
        const std::string before = bytes_of_file(path);
        CHECK(raw_database(path).row("PRAGMA integrity_check") == "'ok'");
        CHECK(bytes_of_file(path) == before);
    }
    lines said;
    auto db = open<world>(path, telling(said)).value();
    CHECK(db->heroes.size() == 200);
    CHECK(said.empty());
}

TEST_CASE("what another program has written to a closed database is taken, with a warning") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    (void)make_closed(path);
    const auto how = GENERATE(0, 1, 2, 3, 4, 5, 6);
    INFO(how);
    const auto change = [](raw_database& theirs) {
        theirs.run("UPDATE heroes SET gold = 7777 WHERE id = 3");
        theirs.run("UPDATE heroes SET gold = 8888 WHERE id = 190");
    };
    if (how == 0)
        raw_database(path).run("UPDATE heroes SET gold = CASE id WHEN 3 THEN 7777 ELSE 8888 END WHERE id IN (3, 190)");
    if (how == 1) {
        raw_database theirs(path);
        theirs.run("PRAGMA journal_mode = WAL");
        change(theirs);
    }
    if (how == 2)
        killed_program(path, [&](raw_database& theirs) {
            theirs.run("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 1");
            change(theirs);
        });
    if (how == 3)
        killed_program(path, [&](raw_database& theirs) { // in the middle of a transaction, some of it written
            change(theirs);
            theirs.run("PRAGMA cache_size = 1; BEGIN; UPDATE heroes SET gold = 0, story = zeroblob(900)");
        });
    if (how == 4) {
        raw_database theirs(path);
        change(theirs);
        theirs.run("VACUUM");
    }
    if (how == 5) {
        raw_database theirs(path);
        change(theirs);
        theirs.run("VACUUM INTO '" + path + "2'");
        fs::rename(path + "2", path);
    }
    if (how == 6) {
        raw_database theirs(path), copy(path + "2");
        change(theirs);
        sqlite3_backup* const work = sqlite3_backup_init(copy.inside(), "main", theirs.inside(), "main");
        REQUIRE(sqlite3_backup_step(work, -1) == SQLITE_DONE);
        sqlite3_backup_finish(work);
        fs::rename(path + "2", path);
    }
    lines said;
    {
        auto db = open<world>(path, telling(said)).value();
        CHECK(db->heroes.find(3)->gold == 7'777);
        CHECK(db->heroes.find(190)->gold == 8'888);
        CHECK(db->heroes.size() == 200);
        REQUIRE(said.size() == 1);
        CHECK(mentions_all(said[0], path, "another program has written", "pages got new checksums"));
        CHECK_FALSE(fs::exists(path + "-shm"));
        db->heroes.set<&hero::gold>(4, 1).value();
        db.commit();
        close_and_compare(db, path);
    }
    said.clear();
    auto db = open<world>(path, telling(said)).value(); // it is ours alone again
    CHECK(db->heroes.find(3)->gold == 7'777);
    CHECK(said.empty());
}

TEST_CASE("what another program has made of a killed server's file is taken, with a warning") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    killed_after(path, play);
    const auto how = GENERATE(0, 1, 2);
    INFO(how);
    const std::string change = "UPDATE heroes SET gold = 7777 WHERE id = 3";
    if (how == 0) CHECK(raw_database(path).row("SELECT count(*) FROM heroes") == "230"); // writes the WAL to the file
    if (how == 1) raw_database(path).run(change);
    if (how == 2)
        killed_program(path, [&](raw_database& theirs) {
            theirs.run("PRAGMA wal_autocheckpoint = 1;" + change);
            theirs.run("UPDATE heroes SET gold = gold + 1 WHERE id = 200");
        });
    CHECK(fs::exists(path + "-wal") == (how == 2));
    lines said;
    auto db = open<world>(path, telling(said)).value();
    CHECK(db->heroes.size() == 230);
    CHECK(db->heroes.find(3)->gold == (how == 0 ? 3 : 7'777));
    CHECK(std::count_if(said.begin(), said.end(), [](const auto& one) { return mentions(one, "another program"); }) ==
          1);
    CHECK_FALSE(fs::exists(path + "-shm"));
    close_and_compare(db, path);
}

TEST_CASE("a killed server's file that nobody else has opened is not taken for another program's") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    for (int i = 0; i < 3; ++i) {
        killed_after(path, [&](auto& db) { fill(db, i * 100 + 1, i * 100 + 50); });
        CHECK(fs::exists(path + "-wal"));
        CHECK_FALSE(fs::exists(path + "-shm"));
    }
    lines said;
    auto db = open<world>(path, telling(said)).value();
    CHECK(db->heroes.size() == 150);
    CHECK(said.empty());
}

TEST_CASE("a process that is killed at any call to the system, from open to close, is not taken for another program") {
    const temporary_folder folder(folder_in_memory());
    const std::string made = folder / "made", at = folder / "at", path = at + "/world.db";
    fs::create_directory(made);
    const int from =
        GENERATE(0, 1, 2, 3, 4); // no file, one that was closed, what a kill left, a disk that fails once, twice
    INFO("from " << from);
    if (from == 1 || from > 2) (void)make_closed(made + "/world.db");
    if (from == 2) killed_after(made + "/world.db", play);
    std::uint64_t nth = 1;
    for (bool killed = true; killed; nth += stride) {
        fs::remove_all(at);
        fs::copy(made, at, fs::copy_options::recursive);
        child_process server([&](const child_process::line&) {
            std::uint64_t calls = 0;
            std::atomic<bool> opened = false;
            bool wal_failed = false, database_failed = false; // each once
            io_faults faults([&](io_faults::kind what, std::string_view name) {
                const bool sqlite = name.starts_with(path) && !name.starts_with(path + ".");
                if (sqlite && what != io_faults::kind::read && ++calls == nth) ::_exit(9);
                if (from < 3 || !opened || what != io_faults::kind::sync) return false;
                bool& failed = name == path ? database_failed : wal_failed;
                return (name == path ? from == 4 : name.ends_with("-wal")) && !std::exchange(failed, true);
            });
            faults.fail(1, 2, EIO);
            auto db = open<world>(path, quiet());
            if (!db) ::_exit(1);
            opened = true;
            fill(*db, 1'001, 1'010);
            (void)db->close();
            ::_exit(0);
        });
        killed = server.wait() == 9;
        INFO("call " << nth);
        REQUIRE((killed || server.wait() == 0));
        {
            const auto left =
                holdfast::sqlite::connection::open(path, holdfast::sqlite::connection::mode::create).value();
            const auto writer = holdfast::sqlite::last_writer_of(left).value();
            CHECK((writer == holdfast::sqlite::last_writer::us || writer == holdfast::sqlite::last_writer::nobody));
        }
        lines said;
        auto db = open<world>(path, telling(said));
        INFO((db ? std::string() : db.why().message()));
        REQUIRE(db);
        CHECK(std::none_of(said.begin(), said.end(), [](const auto& one) { return mentions(one, "another program"); }));
        REQUIRE(db->close().complete());
    }
    CHECK(nth > 20);
}

TEST_CASE("damage to a file that another program has written to is refused when SQLite sees it") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    (void)make_closed(path);
    raw_database(path).run("UPDATE heroes SET gold = 7777 WHERE id = 3");
    std::string bytes = bytes_of_file(path);
    bytes.replace(3 * page_bytes, page_bytes, std::string(page_bytes, '\x55'));
    write_file(path, bytes);
    const auto refused = open<world>(path, quiet());
    REQUIRE_FALSE(refused);
    CHECK(refused.why().code == errc::corrupt);
    CHECK(mentions_all(refused.why().detail, path, "another program has written to it", "restore a backup"));
    CHECK(bytes_of_file(path) == bytes);
}

TEST_CASE("regression: damage to what a killed server has left is refused by the next open, too") {
    const temporary_folder folder(folder_in_memory());
    const std::string made = folder / "made", at = folder / "at", path = at + "/world.db";
    fs::create_directory(made);
    {
        auto db = open<world>(made + "/world.db", quiet()).value();
        fill(db);
        save(db);
        for (std::int64_t id = 1; id <= 150; ++id) db->heroes.erase(id).value();
        db.commit();
        REQUIRE(db.close().complete());
    }
    killed_after(made + "/world.db", [](auto& db) {
        db->heroes.template set<&hero::gold>(200, 7).value();
        save(db);
        db->heroes.template set<&hero::gold>(200, 8).value(); // the log has more than SQLite
        db.wait_durable(db.commit(), long_enough).value();
    });
    const std::size_t pages = bytes_of_file(made + "/world.db").size() / page_bytes;
    int refused = 0;
    for (std::size_t page = 0; page < pages; ++page) {
        CAPTURE(page);
        fs::remove_all(at);
        fs::copy(made, at, fs::copy_options::recursive);
        flip(path, page * page_bytes + 2'000, 3);
        const bool first = static_cast<bool>(open<world>(path, quiet()));
        const auto second = open<world>(path, quiet());
        CHECK(static_cast<bool>(second) == first);
        if (first) continue;
        ++refused;
        CHECK((second || second.why().code == errc::corrupt));
    }
    CHECK(refused > 10);
}

TEST_CASE("a damaged page is named, and what to do") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    (void)make_closed(path);
    const std::string whole = bytes_of_file(path);
    for (const std::size_t at : {std::size_t{20}, std::size_t{30}, std::size_t{700}, page_bytes + 5}) {
        write_file(path, whole);
        flip(path, at, 2);
        const std::string bytes = bytes_of_file(path);
        const auto refused = open<world>(path, quiet());
        REQUIRE_FALSE(refused);
        INFO(refused.why().detail);
        CHECK(refused.why().code == errc::corrupt);
        CHECK(mentions_all(refused.why().detail, path,
                           "page " + std::to_string(at / page_bytes + 1) + " of " + path +
                               ": its checksum does not match its bytes: restore a backup"));
        CHECK(bytes_of_file(path) == bytes);
    }
}

TEST_CASE("whichever call fails while pages get new checksums, the next open takes them all the same") {
    const temporary_folder folder;
    const std::string made = folder / "made", at = folder / "at", path = at + "/world.db";
    fs::create_directory(made);
    const bool killed = GENERATE(false, true);
    if (killed) killed_after(made + "/world.db", play);
    if (!killed) (void)make_closed(made + "/world.db");
    raw_database(made + "/world.db").run("UPDATE heroes SET gold = 7777");
    const auto before = std::stoull(raw_database(made + "/world.db").row("SELECT applied FROM holdfast_meta"));
    std::uint64_t nth = 1;
    for (bool failed = true; failed; nth += stride) {
        fs::remove_all(at);
        fs::copy(made, at, fs::copy_options::recursive);
        {
            io_faults faults([&](io_faults::kind what, std::string_view name) {
                return what != io_faults::kind::read && name.starts_with(path) && !name.starts_with(path + ".");
            });
            faults.fail(nth, io_faults::for_good, EIO);
            (void)open<world>(path, quiet());
            failed = faults.failed() != 0;
        }
        INFO(nth);
        auto db = open<world>(path, quiet());
        INFO((db ? std::string() : db.why().message()));
        REQUIRE(db);
        CHECK((*db)->heroes.find(200)->gold == 7'777);
        CHECK(db->health().committed > before); // a tick of its own, which says that no log has it
        CHECK_FALSE(fs::exists(path + ".changed-by-others"));
        close_and_compare(*db, path);
    }
    CHECK(nth > 20);
}

TEST_CASE("a file of somebody else that reserves eight bytes a page is adopted when they are checksums") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    (void)make_closed(path);
    raw_database theirs(path);
    {
        auto db = holdfast::sqlite::connection::open(path, holdfast::sqlite::connection::mode::existing).value();
        REQUIRE(db.run("DROP TABLE holdfast_meta; DROP TABLE holdfast_ids; PRAGMA application_id = 99"));
    }
    const std::string bytes = bytes_of_file(path);
    {
        auto db = open<world>(path, quiet());
        fs::remove_all(path + ".log"); // of the database that it was
        fs::remove(path + ".ring");
        if (!db) db = open<world>(path, quiet());
        REQUIRE(db);
        CHECK((*db)->heroes.size() == 200);
        (*db)->heroes.set<&hero::gold>(1, 5).value();
        db->commit();
        close_and_compare(*db, path);
        CHECK(number_at(path, 68) == 99);
    }
    for (const char* end : {".log", ".ring"}) fs::remove_all(path + end);
    for (const char* end : {"-wal", "-shm"}) fs::remove(path + end);
    write_file(path, bytes);
    raw_database(path).run("UPDATE heroes SET gold = 1 WHERE id = 100");
    const auto refused = open<world>(path, quiet());
    REQUIRE_FALSE(refused);
    CHECK(refused.why().code == errc::corrupt);
    CHECK(mentions_all(refused.why().detail, path, "8 bytes are reserved on every page"));
}
