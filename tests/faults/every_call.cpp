// SPDX-License-Identifier: MIT
/// @file
/// The Nth call to the system fails, for every N, while a store is opened, played with, saved and closed: once, for good,
/// and until it is mended. Nothing is lost.
#include "support/io_faults.hpp"
#include "support/sanitized.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"

#include <filesystem>
#include <map>
#include <optional>

namespace hf = holdfast;
using namespace holdfast::test;

namespace {

struct hero {
    std::int64_t id = 0;
    std::string name{};
    std::int32_t gold = 0;
};
struct item {
    std::int64_t id = 0;
    std::int64_t owner = 0;
    std::string what{};
};
struct world {
    hf::table<hero, hf::primary_key<&hero::id>, hf::auto_id<&hero::id>, hf::unique<&hero::name>> heroes;
    hf::table<item, hf::primary_key<&item::id>, hf::auto_id<&item::id>,
              hf::references<&item::owner, &hero::id, "heroes", hf::on_delete::cascade>>
        items;
};

/// One tick of a game: a hero comes, another pays and gets something long, and now and then one goes.
void play(world& w, hf::tick tick) {
    const std::int64_t number = static_cast<std::int64_t>(tick);
    const auto who = w.heroes.insert({.name = "hero " + std::to_string(number), .gold = 100}).value()->id;
    w.items.insert({.owner = who, .what = std::string(20'000, static_cast<char>('a' + tick % 26))}).value();
    for (const auto& one : w.heroes) w.heroes.set<&hero::gold>(one->id, one->gold + 1).value();
    if (tick % 3 == 0) w.heroes.erase((*w.heroes.begin())->id).value();
}

/// The world as it was after each tick.
using history = std::map<hf::tick, world_lines>;

void commit(hf::store<world>& db, history& known) {
    const hf::tick before = db.health().committed;
    play(*db, before + 1);
    const hf::tick now = db.commit();
    REQUIRE(now == before + 1);
    known[now] = memory_lines(*db);
}

hf::options chosen(const fake_clock& time) {
    hf::options is = options_with(time);
    is.ring_bytes = std::size_t{1} << 19;
    is.segment_bytes = std::size_t{1} << 16; // so that the log needs several
    return is;
}

/// Files as a killed server leaves them: of its last five ticks two are in SQLite, one in the log, two in the ring only.
struct killed_server {
    temporary_folder folder{folder_in_memory()};
    history known{};

    killed_server() {
        const temporary_folder living(folder_in_memory());
        const fake_clock standing_still;
        auto options = chosen(standing_still);
        options.sync_every = std::chrono::hours(1);
        auto db = hf::open<world>(living / "world.db", options).value();
        known[0] = memory_lines(*db);
        for (int i = 0; i < 2; ++i) commit(db, known);
        save(db);
        commit(db, known);
        REQUIRE(db.wait_durable(3, long_enough));
        for (int i = 0; i < 2; ++i) commit(db, known);
        std::filesystem::copy(living.path(), folder.path(),
                              std::filesystem::copy_options::recursive |
                                  std::filesystem::copy_options::overwrite_existing);
    }
};

enum class how { once, for_good, mended };

/// One run, in which the `nth` call fails. Whether there was such a call.
bool run(const killed_server* from, std::uint64_t nth, how fails, int error) {
    INFO("call " << nth
                 << (fails == how::once       ? " once"
                     : fails == how::for_good ? " for good"
                                              : " until mended")
                 << ", errno " << error << (from != nullptr ? ", after a kill" : ", new file"));
    const temporary_folder folder(folder_in_memory());
    const std::string path = folder / "world.db";
    history known;
    if (from != nullptr) {
        std::filesystem::copy(from->folder.path(), folder.path(),
                              std::filesystem::copy_options::recursive |
                                  std::filesystem::copy_options::overwrite_existing);
        known = from->known;
    } else {
        world empty;
        hf::prepare(empty).value();
        known[0] = memory_lines(empty);
    }
    const auto as_known = [&](hf::store<world>& db) {
        REQUIRE(db.health().committed == known.rbegin()->first);
        REQUIRE(memory_lines(*db) == known.rbegin()->second);
    };
    const fake_clock standing_still;
    io_faults faults;
    faults.fail(nth, fails == how::once ? nth : io_faults::for_good, error);
    std::optional<hf::store<world>> db;
    {
        auto opened = hf::open<world>(path, chosen(standing_still));
        if (!opened) {
            INFO(opened.why().message());
            REQUIRE(faults.failed() != 0);
            CHECK(opened.why().message().find("/") != std::string::npos); // it says which file
            faults.clear();
            auto again = hf::open<world>(path, chosen(standing_still));
            INFO((again ? std::string() : again.why().message()));
            REQUIRE(again);
            as_known(*again);
            close_and_compare(*again, path);
            return true;
        }
        db.emplace(std::move(*opened));
    }
    as_known(*db);
    const auto patience = fails == how::once ? std::chrono::milliseconds(long_enough) : std::chrono::milliseconds(0);
    for (int i = 1; i <= 6; ++i) {
        commit(*db, known);
        const auto durable = i % 2 == 0 ? db->wait_durable(known.rbegin()->first, patience) : hf::result<void>();
        const auto saved = i % 3 == 0 ? bool(db->save_all(patience)) : true;
        if (fails != how::once) continue;
        REQUIRE(durable);
        REQUIRE(saved);
    }
    as_known(*db); // the game has gone on
    if (fails == how::mended) {
        faults.clear();
        save(*db);
        CHECK(db->health().is == hf::health_report::state::good);
        CHECK_FALSE(db->health().last_error);
    }
    if (fails == how::for_good)
        CHECK(db->health().safe == known.rbegin()->first);
    else
        REQUIRE(db->close(long_enough).complete());
    db.reset();
    const bool any = faults.failed() != 0;
    faults.clear();
    auto again = hf::open<world>(path, chosen(standing_still));
    INFO((again ? std::string() : again.why().message()));
    REQUIRE(again);
    as_known(*again);
    close_and_compare(*again, path);
    return any;
}

constexpr std::uint64_t stride = plain_or_sanitized(1u, 7u);

void every_call(const killed_server* from, how fails, int error) {
    std::uint64_t nth = 1;
    while (run(from, nth, fails, error)) nth += stride;
    CHECK(nth > 50);
}

} // namespace

TEST_CASE("whichever call fails once, of a new file, nothing is lost") { every_call(nullptr, how::once, EIO); }
TEST_CASE("whichever call fails once, after a kill, nothing is lost") {
    const killed_server from;
    every_call(&from, how::once, EIO);
}
TEST_CASE("from whichever call on all fail, the game goes on, and everything is there again") {
    const killed_server from;
    every_call(nullptr, how::for_good, EIO);
    every_call(&from, how::for_good, ENOSPC);
}
TEST_CASE("from whichever call on all fail until they are mended, everything is caught up") {
    const killed_server from;
    every_call(nullptr, how::mended, ENOSPC);
    every_call(&from, how::mended, EIO);
}
