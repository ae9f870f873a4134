// SPDX-License-Identifier: MIT
/// @file
/// Calls to the system that fail in ways that matter each for itself.
#include "support/io_faults.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"
#include "support/wait.hpp"
#include "support/words.hpp"

namespace hf = holdfast;
using namespace holdfast::test;

namespace {

struct coin {
    std::int64_t id = 0;
    std::int32_t worth = 0;
    std::string words{};
};
struct purse {
    hf::table<coin, hf::primary_key<&coin::id>> coins;
};
using kind = io_faults::kind;

} // namespace

TEST_CASE("after a COMMIT that met an I/O error the file is opened again and checked before anything is written") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    const fake_clock standing_still;
    std::atomic<int> opened{0};
    std::atomic<int> synced{0}; // the database's file
    io_faults faults([&](kind what, std::string_view at) {
        if (what == kind::open && at == path) ++opened;
        if (what == kind::sync && at == path) ++synced;
        return what == kind::sync && at == path + "-wal";
    });
    auto db = hf::open<purse>(path, options_with(standing_still)).value();
    db->coins.insert({1, 5}).value();
    db.commit();
    save(db);
    const int before = opened, synced_before = synced;
    db->coins.insert({2, 6}).value();
    db.commit();
    faults.fail(1, 1, EIO);
    save(db); // at the second try
    CHECK(faults.failed() == 1);
    CHECK(db.health().failures == 1);
    CHECK(opened == before + 1);
    CHECK(synced > synced_before); // what the WAL had is in the database, synced
    close_and_compare(db, path);
}

TEST_CASE("a bulk load whose COMMIT met an I/O error is there, or is not, and the call says which") {
    for (std::uint64_t nth = 1; nth <= 2; ++nth) { // the sync of the WAL; what comes behind it succeeds
        const temporary_folder folder;
        const std::string path = folder / "world.db";
        const fake_clock standing_still;
        io_faults faults([&](kind what, std::string_view at) { return what == kind::sync && at == path + "-wal"; });
        auto db = hf::open<purse>(path, options_with(standing_still)).value();
        faults.fail(1, nth, EIO);
        const auto loaded = db.bulk_load([](purse& w) {
            for (std::int64_t id = 1; id <= 100; ++id) w.coins.insert({id, 1}).value();
        });
        INFO(nth << (loaded ? std::string() : loaded.why().message()));
        CHECK(faults.failed() != 0);
        CHECK(db->coins.size() == (loaded ? 100u : 0u));
        faults.clear();
        if (nth == 2) { // the file could not be opened again either
            REQUIRE_FALSE(loaded);
            CHECK(mentions(loaded.why().detail, "the file may have it: close, and open again"));
            (void)db.close(std::chrono::seconds(0));
            db = hf::open<purse>(path, options_with(standing_still)).value();
            CHECK((db->coins.empty() || db->coins.size() == 100));
        }
        db->coins.insert({1'000, 1}).value();
        db.commit();
        close_and_compare(db, path);
    }
}

TEST_CASE("a write that the system does only in part is gone on with") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    auto chosen = small_options();
    {
        io_faults faults([&](kind what, std::string_view at) {
            return what == kind::write && at.find(".log/") != std::string_view::npos;
        });
        auto db = hf::open<purse>(path, chosen).value();
        faults.fail(1, io_faults::for_good, io_faults::half); // every write, but for what is one byte long
        for (std::int64_t id = 1; id <= 20; ++id) {
            db->coins.insert({id, 1, std::string(5'000, 'x')}).value();
            REQUIRE(db.wait_durable(db.commit(), long_enough));
        }
        CHECK(faults.failed() > 20);
        CHECK(db.health().failures == 0);
    }
    auto db = hf::open<purse>(path, chosen).value();
    CHECK(db->coins.size() == 20);
}

TEST_CASE("a log that cannot be synced is not written to again: its ticks go into a new segment") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    const fake_clock standing_still;
    io_faults faults([&](kind what, std::string_view at) {
        return what == kind::sync && at.find(".log/") != std::string_view::npos && !at.ends_with(".new");
    });
    auto db = hf::open<purse>(path, options_with(standing_still)).value();
    const auto segments = [&] { return hf::names_in(path + ".log").value(); };
    const auto before = segments();
    REQUIRE(before.size() == 1);
    db->coins.insert({1, 5}).value();
    faults.fail(1, 1, EIO);
    REQUIRE(db.wait_durable(db.commit(), long_enough));
    const auto after = segments();
    CHECK(faults.failed() == 1);
    REQUIRE(after.size() == 1); // the first one held nothing that is needed
    CHECK(after.front() > before.front());
    const std::string second = bytes_of_file(path + ".log/" + after.back());
    auto read = hf::read_segment(hf::bytes_view(reinterpret_cast<const std::byte*>(second.data()), second.size()));
    REQUIRE(read);
    CHECK(read->header.first_frame == 1);
    CHECK(hf::read_frame(read->frames, read->header.epoch)->header.number == 1);
    close_and_compare(db, path);
}

TEST_CASE("a boot that cannot be read is not taken for another one") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    auto chosen = small_options();
    chosen.sync_every = std::chrono::hours(1);
    const temporary_folder killed;
    {
        auto db = hf::open<purse>(path, chosen).value();
        db->coins.insert({1, 5}).value();
        db.commit();
        std::filesystem::copy(folder.path(), killed.path(), std::filesystem::copy_options::recursive);
    }
    {
        io_faults faults([&](kind what, std::string_view at) {
            return what == kind::open && at.find("boot_id") != std::string_view::npos;
        });
        faults.fail(1, 1, EIO);
        const auto refused = hf::open<purse>(killed / "world.db", chosen);
        REQUIRE_FALSE(refused);
        CHECK(mentions(refused.why().detail, "boot_id"));
    }
    auto db = hf::open<purse>(killed / "world.db", chosen).value();
    CHECK(db->coins.size() == 1);
    CHECK(db.recovery().from_ring == 1);
}

TEST_CASE("without a boot's number a tick is safe once it is synced, and health says so") {
    const temporary_folder folder;
    auto chosen = small_options();
    chosen.sync_every = std::chrono::hours(1);
    std::string said;
    chosen.log = [&](hf::log_level, std::string_view text) { said += text; };
    io_faults faults([&](kind what, std::string_view at) {
        return what == kind::open && at.find("boot_id") != std::string_view::npos;
    });
    faults.fail(1, 1, ENOENT); // as in a chroot without /proc
    auto db = hf::open<purse>(folder / "world.db", chosen).value();
    CHECK(mentions(said, "there is no /proc"));
    CHECK_FALSE(std::filesystem::exists(folder / "world.db.ring"));
    db->coins.insert({1, 5}).value();
    const hf::tick last = db.commit();
    CHECK(db.health().safe == 0);
    REQUIRE(db.wait_durable(last, long_enough));
    CHECK(db.health().safe == last);
    CHECK(db.close(long_enough).complete());
}

TEST_CASE("a disk that takes files and syncs no tick is not filled with them") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    fake_clock clock;
    io_faults faults([](kind what, std::string_view at) {
        return what == kind::sync && at.find(".log/") != std::string_view::npos && !at.ends_with(".new");
    });
    auto chosen = options_with(clock);
    chosen.save_every = std::chrono::hours(1); // SQLite has not what the log's older files have
    auto db = hf::open<purse>(path, chosen).value();
    const auto add = [&](std::int64_t id) {
        db->coins.insert({.id = id}).value();
        return db.commit();
    };
    REQUIRE(db.wait_durable(add(1), long_enough));
    faults.fail(1, io_faults::for_good, EIO);
    add(2);
    const auto before = hf::names_in(path + ".log").value().size();
    for (std::uint64_t tries = 1; tries <= 6; ++tries)
        REQUIRE(eventually([&] {
            clock.advance(std::chrono::seconds(1));
            return faults.failed() >= tries;
        }));
    CHECK(hf::names_in(path + ".log").value().size() <= before + 3); // one of them may be on its way
    faults.clear();
    REQUIRE(eventually([&] {
        clock.advance(std::chrono::seconds(1));
        return db.health().durable == db.health().committed;
    }));
    close_and_compare(db, path);
}
