// SPDX-License-Identifier: MIT
/// @file
/// A disk of 1 MB that fills up while the game goes on: for the log, for SQLite, for both.
#include "support/io_faults.hpp"
#include "support/small_disk.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"
#include "support/wait.hpp"

#include <map>

namespace hf = holdfast;
using namespace holdfast::test;

namespace {

struct letter {
    std::int64_t id = 0;
    std::string text{};
};
struct post {
    hf::table<letter, hf::primary_key<&letter::id>, hf::auto_id<&letter::id>> letters;
};
using kind = io_faults::kind;

hf::options chosen(const fake_clock& time, const std::string& ring_folder) {
    hf::options is = options_with(time);
    is.segment_bytes = std::size_t{1} << 16;
    is.ring_bytes = std::size_t{1} << 19;
    is.ring_folder = ring_folder; // the disk has no room for it
    return is;
}

/// The world after each tick.
using history = std::map<hf::tick, world_lines>;
void write_letters(hf::store<post>& db, history& known, int ticks) {
    for (int i = 0; i < ticks; ++i) {
        db->letters.insert({.text = std::string(6'000, static_cast<char>('a' + i % 26))}).value();
        if (i % 3 == 2) db->letters.erase((*db->letters.begin())->id).value();
        const hf::tick now = db.commit();
        known[now] = memory_lines(*db);
    }
}

/// Who has the space, and who has none. The paths tell the two apart.
enum class full { log, sqlite, both };
bool is_log(std::string_view path) { return path.find(".log/") != std::string_view::npos; }

} // namespace

TEST_CASE("a disk that fills up under load loses no tick that health names as safe, and all is caught up") {
    const temporary_folder folder;
    const temporary_folder elsewhere;
    const small_disk disk(folder.path(), std::size_t{1} << 20);
    if (!disk.mounted()) {
        WARN("skipped: a file system of 1 MB cannot be mounted here");
        return;
    }
    const std::string path = folder / "world.db";
    const fake_clock standing_still;
    const auto options = chosen(standing_still, elsewhere.path());
    history known;
    {
        auto db = hf::open<post>(path, options).value();
        write_letters(db, known, 5);
        save(db);
        const int ticks = GENERATE(15, 35); // the log fits, and SQLite does not; neither
        disk.fill(ticks == 15 ? 80'000 : 40'000);
        write_letters(db, known, ticks);
        CHECK_FALSE(db.save_all(std::chrono::milliseconds(300)));
        const auto bad = db.health();
        CHECK(bad.is == hf::health_report::state::failing);
        REQUIRE(bad.last_error);
        CHECK(bad.last_error->code == hf::errc::full);
        CHECK(bad.committed == known.rbegin()->first);
        CHECK(bad.safe <= bad.committed);
        CHECK(bad.safe >= bad.durable);
        CHECK((ticks == 15 || bad.durable < bad.committed));
        known[bad.safe + 1'000'000] = known.at(bad.safe); // what a kill leaves
        if (GENERATE(true, false)) {                      // room comes
            disk.make_room();
            known.erase(bad.safe + 1'000'000);
            save(db);
            CHECK(db.health().is == hf::health_report::state::good);
            CHECK_FALSE(db.health().last_error);
            close_and_compare(db, path);
        }
    } // or the server ends on a full disk
    disk.make_room();
    auto again = hf::open<post>(path, options);
    INFO((again ? std::string() : again.why().message()));
    REQUIRE(again);
    CHECK(memory_lines(**again) == known.rbegin()->second);
}

TEST_CASE("a disk without space for one kind of file: the game goes on, and all is caught up") {
    const full who = GENERATE(full::log, full::sqlite, full::both);
    const temporary_folder folder(folder_in_memory());
    const std::string path = folder / "world.db";
    const fake_clock standing_still;
    io_faults faults([&](kind what, std::string_view at) {
        if (what != kind::write && what != kind::allocate) return false;
        return who == full::both || (who == full::log) == is_log(at);
    });
    history known;
    auto db = hf::open<post>(path, chosen(standing_still, "")).value();
    write_letters(db, known, 5);
    save(db);
    faults.fail(1, io_faults::for_good, ENOSPC);
    write_letters(db, known, 40);
    CHECK_FALSE(db.save_all(std::chrono::milliseconds(100)));
    if (who == full::sqlite) REQUIRE(db.wait_durable(known.rbegin()->first, long_enough));
    REQUIRE(eventually([&] { return db.health().is == hf::health_report::state::failing; }));
    const auto bad = db.health();
    REQUIRE(bad.last_error);
    CHECK(bad.last_error->code == hf::errc::full);
    CHECK(bad.safe == bad.committed); // the ring has them
    CHECK((bad.durable == bad.committed) == (who == full::sqlite));
    {
        const temporary_folder killed(folder_in_memory());
        std::filesystem::copy(folder.path(), killed.path(), std::filesystem::copy_options::recursive);
        const auto refused = hf::open<post>(killed / "world.db", chosen(standing_still, ""));
        if (!refused) CHECK(refused.why().code == hf::errc::full); // and nothing is changed by it
        faults.clear();
        auto again = hf::open<post>(killed / "world.db", chosen(standing_still, "")).value();
        CHECK(memory_lines(*again) == known.at(bad.safe));
    }
    save(db);
    CHECK(db.health().is == hf::health_report::state::good);
    close_and_compare(db, path);
}

TEST_CASE("a disk that fills up is written to with what was kept for that, which is kept again when there is room") {
    const temporary_folder folder;
    const temporary_folder elsewhere;
    const small_disk disk(folder.path(), std::size_t{2} << 20);
    if (!disk.mounted()) {
        WARN("skipped: a file system of 2 MB cannot be mounted here");
        return;
    }
    const std::string path = folder / "world.db";
    fake_clock clock;
    auto options = chosen(clock, elsewhere.path());
    options.reserve_bytes = std::size_t{1} << 18;
    history known;
    auto db = hf::open<post>(path, options).value();
    CHECK(std::filesystem::file_size(path + ".reserve") == options.reserve_bytes);
    write_letters(db, known, 5);
    save(db);
    disk.fill(8'000);
    for (int i = 0; i < 6; ++i) { // the segment has room, SQLite's WAL has none
        write_letters(db, known, 1);
        save(db); // the most that the WAL can take: a transaction a letter
    }
    CHECK(db.health().is == hf::health_report::state::good);
    CHECK(db.health().reserve_used);
    CHECK_FALSE(std::filesystem::exists(path + ".reserve"));
    disk.make_room();
    clock.advance(std::chrono::seconds(2));
    write_letters(db, known, 1);
    save(db);
    CHECK_FALSE(db.health().reserve_used);
    CHECK(std::filesystem::file_size(path + ".reserve") == options.reserve_bytes);
    close_and_compare(db, path);
    CHECK_FALSE(std::filesystem::exists(path + ".reserve"));
}

TEST_CASE("a disk without room for the reserve is no reason not to open, and health says so") {
    const temporary_folder folder(folder_in_memory());
    const fake_clock standing_still;
    io_faults faults([](kind what, std::string_view at) {
        return what == kind::allocate && at.find(".reserve") != std::string_view::npos;
    });
    faults.fail(1, io_faults::for_good, ENOSPC);
    auto options = chosen(standing_still, "");
    options.reserve_bytes = std::size_t{1} << 18;
    std::string said;
    options.log = [&](hf::log_level level, std::string_view text) {
        if (level == hf::log_level::warning) said = text;
    };
    auto db = hf::open<post>(folder / "world.db", options).value();
    CHECK(said.find("cannot take 262144 bytes for " + (folder / "world.db.reserve")) != std::string::npos);
    CHECK(db.health().reserve_used);
    CHECK(db.health().is == hf::health_report::state::good);
    REQUIRE(db.close(long_enough).complete());
}
