// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/sqlite/page.hpp, page_checksums.hpp and whole_file.hpp.
#include <holdfast/sqlite/whole_file.hpp>

#include "support/catch.hpp"
#include "support/io_faults.hpp"
#include "support/raw_database.hpp"
#include "support/temporary_folder.hpp"
#include "support/words.hpp"

#include <random>
#include <thread>

using namespace holdfast::test;
using holdfast::bytes_view;
using holdfast::errc;
using holdfast::sqlite::checked_file_of;
using holdfast::sqlite::connection;
using holdfast::sqlite::file_header;
using holdfast::sqlite::page_checksum;
using holdfast::sqlite::stored_checksum;

namespace {

constexpr const char* thousand_rows = "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT); CREATE INDEX by_x ON a (x);"
                                      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
                                      "INSERT INTO a SELECT i, hex(randomblob(40)) FROM n";

connection made(const std::string& path, const std::string& first = "") {
    auto db = connection::open(path, connection::mode::create).value();
    REQUIRE(db.run(first + thousand_rows));
    return db;
}
bytes_view view(const std::string& bytes, std::size_t at, std::size_t count) {
    return {reinterpret_cast<const std::byte*>(bytes.data()) + at, count};
}
file_header header(const std::string& bytes) {
    REQUIRE(bytes.size() >= file_header::bytes);
    return file_header::read(view(bytes, 0, file_header::bytes).data()).value();
}
/// How many pages of a file carry a checksum that is not theirs.
std::size_t wrong(const std::string& path) {
    const std::string bytes = bytes_of_file(path);
    const std::size_t page = header(bytes).page_bytes;
    REQUIRE(bytes.size() % page == 0);
    std::size_t count = 0;
    for (std::size_t at = 0; at < bytes.size(); at += page)
        if (page_checksum(view(bytes, at, page)) != stored_checksum(view(bytes, at, page))) ++count;
    return count;
}
std::string all_rows(connection& db) {
    std::string text;
    auto ask = db.prepare("SELECT id, x FROM a ORDER BY id").value();
    while (ask.step().value()) text += ask.string(0) + ask.string(1);
    return text;
}
void flip(const std::string& path, std::size_t at, int bit = 3) {
    std::string bytes = bytes_of_file(path);
    bytes[at] = static_cast<char>(bytes[at] ^ 1 << bit);
    write_file(path, bytes);
}

} // namespace

TEST_CASE("the checksum of a page is that of SQLite's documentation") {
    std::string page(512, '\0');
    CHECK(page_checksum(view(page, 0, 512)) == 0);
    for (std::size_t i = 0; i < page.size(); ++i) page[i] = static_cast<char>(i * 7 + 1);
    CHECK(page_checksum(view(page, 0, 512)) == 0xc034e97cb4fb56c4); // as cksumvfs has it
    page[504] = '?';                                                // not part of it
    CHECK(page_checksum(view(page, 0, 512)) == 0xc034e97cb4fb56c4);
}

TEST_CASE("the checksum of a page of any size is what the words give one after the other") {
    std::mt19937 dice(9);
    for (std::size_t size = 512; size <= 65'536; size *= 2) {
        std::string page(size, '\0');
        for (char& one : page) one = static_cast<char>(dice());
        std::uint32_t even = 0, odd = 0;
        for (std::size_t at = 0; at < size - 8; at += 8) {
            even += holdfast::bytes::get<std::uint32_t>(view(page, at, 4).data()) + odd;
            odd += holdfast::bytes::get<std::uint32_t>(view(page, at + 4, 4).data()) + even;
        }
        CHECK(page_checksum(view(page, 0, size)) == (even | std::uint64_t{odd} << 32));
    }
}

TEST_CASE("one bit that flips in a page is another checksum") {
    std::mt19937 dice(7);
    std::string page(512, '\0');
    for (char& one : page) one = static_cast<char>(dice());
    const std::uint64_t sum = page_checksum(view(page, 0, 512));
    for (std::size_t bit = 0; bit < 504 * 8; ++bit) {
        page[bit / 8] = static_cast<char>(page[bit / 8] ^ 1 << bit % 8);
        REQUIRE(page_checksum(view(page, 0, 512)) != sum);
        page[bit / 8] = static_cast<char>(page[bit / 8] ^ 1 << bit % 8);
    }
}

TEST_CASE("every page of a file that a connection makes has its checksum, whatever is done to it") {
    const int page_bytes = GENERATE(512, 1'024, 4'096, 16'384, 65'536);
    const bool wal = GENERATE(false, true);
    const temporary_folder folder;
    const std::string path = folder / "a.db";
    auto db = made(path, "PRAGMA page_size = " + std::to_string(page_bytes) + ";" +
                             (wal ? "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;" : ""));
    const auto check = [&] {
        if (wal) REQUIRE(db.run("PRAGMA wal_checkpoint(FULL)"));
        REQUIRE(wrong(path) == 0);
    };
    check();
    CHECK(header(bytes_of_file(path)).reserved_bytes == 8);
    CHECK(header(bytes_of_file(path)).page_bytes == static_cast<std::uint32_t>(page_bytes));
    REQUIRE(db.run("UPDATE a SET x = hex(randomblob(60)) WHERE id % 3 = 0; DELETE FROM a WHERE id % 5 = 0"));
    check();
    REQUIRE(db.run("BEGIN; UPDATE a SET x = 'gone'; ROLLBACK"));
    check();
    const std::string rows = all_rows(db);
    REQUIRE(db.run("VACUUM"));
    check();
    REQUIRE(db.run(wal ? "PRAGMA journal_mode = DELETE" : "PRAGMA journal_mode = WAL"));
    REQUIRE(db.run("UPDATE a SET x = x || '' WHERE id < 100"));
    REQUIRE(db.run("PRAGMA journal_mode = PERSIST; VACUUM"));
    check();
    db = connection::open(path, connection::mode::read_only).value();
    CHECK(all_rows(db) == rows);
    CHECK(db.prepare("PRAGMA integrity_check").value().step());
    CHECK(raw_database(path).row("PRAGMA integrity_check") == "'ok'");
}

TEST_CASE("the page size of a file with checksums cannot be changed") {
    const temporary_folder folder;
    auto db = made(folder / "a.db");
    const std::string rows = all_rows(db);
    for (const char* size : {"512", "65536"}) {
        REQUIRE(db.run(holdfast::words({"PRAGMA page_size = ", size, "; VACUUM"})));
        CHECK(header(bytes_of_file(folder / "a.db")).page_bytes == 4'096);
        CHECK(wrong(folder / "a.db") == 0);
        CHECK(all_rows(db) == rows);
    }
}

TEST_CASE("a bit that flips in a page is an error that names file and page") {
    const temporary_folder folder;
    const std::string path = folder / "a.db";
    (void)made(path);
    const std::string whole = bytes_of_file(path);
    for (std::size_t page = 0; page < whole.size() / 4'096; ++page) {
        for (const std::size_t in : {std::size_t{20}, std::size_t{200}, std::size_t{4'090}}) {
            write_file(path, whole);
            flip(path, page * 4'096 + in);
            auto db = connection::open(path, connection::mode::existing).value();
            auto check = db.prepare("SELECT count(*), sum(length(x)) FROM a NOT INDEXED");
            auto index = db.prepare("SELECT count(x) FROM a INDEXED BY by_x WHERE x > ''");
            const auto read = !check ? check.why() : [&] {
                auto row = check->step();
                if (!row) return row.why();
                auto other = index->step();
                INFO("page " << page + 1 << ", byte " << in);
                REQUIRE_FALSE(other);
                return other.why();
            }();
            CHECK(read.code == errc::corrupt);
            CHECK(read.detail == "page " + std::to_string(page + 1) + " of " + path +
                                     ": its checksum does not match its bytes: restore a backup");
        }
    }
}

TEST_CASE("files without the reserved bytes go through as they are") {
    const temporary_folder folder;
    const std::string path = folder / "a.db";
    raw_database(path).run(thousand_rows);
    const std::string rows = raw_database(path).row("SELECT group_concat(x) FROM a");
    {
        auto db = connection::open(path, connection::mode::create).value();
        REQUIRE(db.run("UPDATE a SET x = 'y' WHERE id = 1; VACUUM"));
        CHECK_FALSE(checked_file_of(db.get())->has_checksums);
    }
    CHECK(header(bytes_of_file(path)).reserved_bytes == 0);
    CHECK(raw_database(path).row("PRAGMA integrity_check") == "'ok'");
}

TEST_CASE("a backup has the checksums that its source has, and is verified as it is read") {
    const temporary_folder folder;
    const bool checksums = GENERATE(true, false);
    if (!checksums) raw_database(folder / "a.db").run(thousand_rows);
    auto from =
        checksums ? made(folder / "a.db") : connection::open(folder / "a.db", connection::mode::existing).value();
    const auto copy = [&](const std::string& to) {
        auto into = connection::open(to, connection::mode::create).value();
        REQUIRE(into.run("PRAGMA cache_size = 5")); // pages are written before the first one is
        sqlite3_backup* const work = sqlite3_backup_init(into.get(), "main", from.get(), "main");
        REQUIRE(work != nullptr);
        const int code = sqlite3_backup_step(work, -1);
        sqlite3_backup_finish(work);
        return code;
    };
    CHECK(copy(folder / "b.db") == SQLITE_DONE);
    CHECK(header(bytes_of_file(folder / "b.db")).reserved_bytes == (checksums ? 8U : 0U));
    if (checksums) CHECK(wrong(folder / "b.db") == 0);
    CHECK(raw_database(folder / "b.db").row("PRAGMA integrity_check") == "'ok'");
    CHECK(raw_database(folder / "b.db").rows("SELECT * FROM a") ==
          raw_database(folder / "a.db").rows("SELECT * FROM a"));
    if (!checksums) return;
    from = connection();
    flip(folder / "a.db", 5 * 4'096 + 77);
    from = connection::open(folder / "a.db", connection::mode::existing).value();
    CHECK(copy(folder / "c.db") == SQLITE_IOERR_DATA);
}

TEST_CASE("a part of a page is not read past its checksum") {
    const temporary_folder folder;
    (void)made(folder / "a.db");
    flip(folder / "a.db", 2 * 4'096 + 77);
    auto db = connection::open(folder / "a.db", connection::mode::existing).value();
    sqlite3_file* const file = &checked_file_of(db.get())->seen;
    char some[64];
    CHECK(file->pMethods->xRead(file, some, 64, 4'096 + 10) == SQLITE_OK);
    CHECK(file->pMethods->xRead(file, some, 64, 2 * 4'096 + 3'000) == SQLITE_IOERR_DATA);
    CHECK(file->pMethods->iVersion == 2); // no mmap
    CHECK((file->pMethods->xDeviceCharacteristics(file) & 0x8000) == 0);
}

TEST_CASE("the calls of a connection go to the VFS that is the default when it is opened, which stays the default") {
    const temporary_folder folder;
    const std::string path = folder / "a.db";
    sqlite3_vfs* const before = sqlite3_vfs_find(nullptr);
    (void)made(path);
    CHECK(sqlite3_vfs_find(nullptr) == before);
    io_faults faults([&](io_faults::kind, std::string_view at) { return at == path; });
    auto db = connection::open(path, connection::mode::existing).value();
    faults.fail(1, io_faults::for_good, EIO);
    const auto refused = db.run("SELECT * FROM a");
    REQUIRE_FALSE(refused);
    CHECK(refused.why().code == errc::io); // not taken for damage
    faults.clear();
    CHECK(db.run("SELECT * FROM a"));
}

TEST_CASE("a page that was torn while it was written comes back from the rollback journal") {
    const temporary_folder folder;
    const std::string path = folder / "a.db";
    std::string rows;
    {
        auto db = made(path);
        rows = all_rows(db);
    }
    for (std::uint64_t nth = 1; nth < 12; ++nth) {
        io_faults faults(
            [&](io_faults::kind what, std::string_view at) { return what == io_faults::kind::write && at == path; });
        auto db = connection::open(path, connection::mode::existing).value();
        faults.fail(nth, io_faults::for_good, EIO); // half of a page, then nothing
        (void)db.run("UPDATE a SET x = 'new'");
        CHECK(faults.failed() != 0);
        faults.fail(1, io_faults::for_good, EIO);
        db = connection();
        faults.clear();
        db = connection::open(path, connection::mode::existing).value();
        CHECK(all_rows(db) == rows);
        CHECK(wrong(path) == 0);
    }
}

TEST_CASE("a path that is longer than SQLite takes is refused") {
    const temporary_folder folder;
    std::string deep = folder.path();
    for (int i = 0; i < 4; ++i) deep += "/" + std::string(180, 'd');
    std::filesystem::create_directories(deep);
    CHECK_FALSE(connection::open(deep + "/a.db", connection::mode::create));
}

TEST_CASE("many threads open files at the same time") {
    const temporary_folder folder;
    std::vector<std::thread> all;
    std::atomic<int> good{0};
    for (int i = 0; i < 4; ++i)
        all.emplace_back([&, i] {
            auto db = connection::open(folder / std::to_string(i), connection::mode::create);
            if (db && db->run(thousand_rows)) ++good;
        });
    for (std::thread& one : all) one.join();
    CHECK(good == 4);
    for (int i = 0; i < 4; ++i) CHECK(wrong(folder / std::to_string(i)) == 0);
}

TEST_CASE("the pages that are wrong are found past SQLite, and get the checksums of their bytes") {
    const temporary_folder folder;
    const std::string path = folder / "a.db";
    (void)made(path);
    raw_database(path).run("UPDATE a SET x = 'theirs' WHERE id IN (1, 1000)");
    const std::size_t theirs = wrong(path);
    CHECK(theirs >= 4); // the first, of the table two, of the index one
    {
        auto db = connection::open(path, connection::mode::existing).value();
        REQUIRE_FALSE(db.prepare("SELECT * FROM a"));
        const auto& file = *checked_file_of(db.get());
        CHECK(holdfast::sqlite::wrong_pages(file, 4'096).value().size() == theirs);
        CHECK(holdfast::sqlite::write_checksums_anew(file, 4'096).value() == theirs);
        CHECK(holdfast::sqlite::wrong_pages(file, 4'096).value().empty());
    }
    auto db = connection::open(path, connection::mode::existing).value();
    CHECK(db.prepare("SELECT x FROM a WHERE id = 1000").value().step());
    CHECK(wrong(path) == 0);
}
