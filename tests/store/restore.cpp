// SPDX-License-Identifier: MIT
/// @file
/// Tests of a restore: the database as it was after any tick, or at any time, in a file of its own.
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"
#include "support/wait.hpp"
#include "support/words.hpp"

#include <filesystem>
#include <map>
#include <random>

namespace hf = holdfast;
namespace fs = std::filesystem;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

struct hero {
    std::int64_t id = 0;
    std::string name{};
    std::int64_t gold = 0;
};
struct item {
    std::int64_t id = 0;
    std::int64_t owner = 0;
};
struct world {
    hf::table<hero, hf::primary_key<&hero::id>, hf::unique<&hero::name>> heroes;
    hf::table<item, hf::primary_key<&item::id>, hf::auto_id<&item::id>,
              hf::references<&item::owner, &hero::id, "heroes", hf::on_delete::cascade>>
        items;
};
using store = hf::store<world>;

/// Five hours of a game, with what the world was after each tick, and when that was.
struct played {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    fake_clock clock;
    hf::options chosen = [this] {
        hf::options is = options_with(clock);
        is.segment_bytes = std::size_t{1} << 16;
        is.backups.every = 60min;
        return is;
    }();
    std::map<hf::tick, world_lines> past;
    std::map<hf::tick, std::int64_t> when;
    std::optional<store> db;

    played() : db(hf::open<world>(path, chosen).value()) {
        std::mt19937 random(7);
        past[0] = memory_lines(**db);
        for (int hour = 0; hour < 5; ++hour) {
            REQUIRE(eventually([&] { return backups().size() == static_cast<std::size_t>(hour) + 1; }));
            for (int i = 0; i < 60; ++i) {
                clock.advance(1min);
                change(random);
                const hf::tick now = db->commit();
                past[now] = memory_lines(**db);
                when[now] = clock.wall_us();
                if (i % 10 == 0) save(*db);
            }
        }
        REQUIRE(db->wait_durable(past.rbegin()->first, long_enough));
    }
    void change(std::mt19937& random) {
        world& w = **db;
        for (int i = 0; i < 4; ++i) {
            const auto id = static_cast<std::int64_t>(random() % 30);
            const std::string name = std::to_string(random() % 40) + std::string(400, 'n');
            switch (random() % 5) {
            case 0: (void)w.heroes.erase(id); break;
            case 1: (void)w.heroes.set<&hero::gold>(id, static_cast<std::int64_t>(random() % 1'000)); break;
            case 2: (void)w.items.insert({.owner = id}); break;
            default: (void)w.heroes.insert({.id = id, .name = name});
            }
        }
    }
    [[nodiscard]] std::vector<hf::found_backup> backups() const { return hf::backups_in(path + ".backups").value(); }
    [[nodiscard]] hf::result<hf::restore_report> restore(const hf::restore_point& to) const {
        fs::remove(folder / "then.db");
        return hf::restore(path, folder / "then.db", to, chosen);
    }
};

} // namespace

TEST_CASE("any tick since the first backup can be restored, while the server runs and after it was killed") {
    played it;
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
    const played it;
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
    played it;
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
