// SPDX-License-Identifier: MIT
/// @file
/// Files that somebody removes, cuts or replaces while a store has them open: it is noticed, and nothing is lost that need
/// not be.
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"
#include "support/wait.hpp"
#include "support/words.hpp"

#include <filesystem>

namespace fs = std::filesystem;
namespace hf = holdfast;
using namespace holdfast::test;

namespace {

struct coin {
    std::int64_t id = 0;
    std::string text{};
};
struct purse {
    hf::table<coin, hf::primary_key<&coin::id>> coins;
};

/// A store whose ticks are all in the log, in several segments, and none of them in SQLite; and what it says.
struct opened {
    temporary_folder folder{};
    std::string path = folder / "world.db";
    fake_clock clock{};
    hf::mutex guard{};
    std::string said{};
    hf::options chosen = [this] {
        hf::options is = options_with(clock);
        is.segment_bytes = std::size_t{1} << 16;
        is.save_every = std::chrono::hours(10);
        is.log = [this](hf::log_level, std::string_view text) {
            const hf::mutex_lock hold(guard);
            said += std::string(text) + "\n";
        };
        return is;
    }();
    hf::store<purse> db = hf::open<purse>(path, chosen).value();

    opened() { add(1, 30); }
    void add(std::int64_t first, std::int64_t last) {
        for (std::int64_t id = first; id <= last; ++id) {
            db->coins.insert({id, std::string(10'000, 'x')}).value();
            REQUIRE(db.wait_durable(db.commit(), long_enough));
        }
    }
    [[nodiscard]] std::vector<std::string> segments() const { return hf::names_in(path + ".log").value(); }
    /// The store looks, and has said something of it.
    void look(const std::string& words) {
        clock.advance(std::chrono::seconds(2));
        REQUIRE(eventually([&] {
            const hf::mutex_lock hold(guard);
            return mentions(said, words);
        }));
    }
    /// What a kill leaves now.
    [[nodiscard]] std::size_t coins_after_a_kill() const {
        const temporary_folder killed;
        fs::copy(folder.path(), killed.path(), fs::copy_options::recursive);
        hf::options quiet = chosen;
        quiet.log = {};
        auto again = hf::open<purse>(killed / "world.db", quiet);
        INFO((again ? std::string() : again.why().message()));
        REQUIRE(again);
        return (*again)->coins.size();
    }
};

} // namespace

TEST_CASE("a segment of the log that is removed, cut or replaced is written again from memory") {
    opened it;
    REQUIRE(it.segments().size() > 3);
    const std::string victim = it.path + ".log/" + it.segments()[GENERATE(0u, 1u, 3u)];
    const int what = GENERATE(0, 1, 2, 3);
    if (what == 0) fs::remove(victim);
    if (what == 1) fs::resize_file(victim, 1'000);
    if (what == 2) {
        fs::copy(victim, victim + ".copy");
        fs::rename(victim + ".copy", victim);
    }
    if (what == 3) fs::remove_all(it.path + ".log");
    it.look("what it had is written again");
    it.add(31, 33);
    CHECK(it.coins_after_a_kill() == 33);
    CHECK(it.db.health().is == hf::health_report::state::good);
    close_and_compare(it.db, it.path);
}

TEST_CASE("without its ring's file a tick survives a kill once it is synced, and health says so") {
    opened it;
    fs::remove(it.path + ".ring");
    it.look("from now on a tick survives a kill once it is synced");
    const auto now = it.db.health();
    CHECK(now.safe == now.durable);
    it.add(31, 32);
    close_and_compare(it.db, it.path);
}

TEST_CASE("a database file that is removed or replaced is written to no more, and the log keeps what is not saved") {
    opened it;
    save(it.db);
    it.add(31, 40);
    const bool replaced = GENERATE(true, false);
    fs::rename(it.path, it.path + ".moved");
    if (replaced) write_file(it.path, "something else");
    it.look("nothing is saved any more");
    CHECK(it.db.health().is == hf::health_report::state::failed);
    const auto refused = it.db.save_all(long_enough);
    REQUIRE_FALSE(refused);
    CHECK(mentions(refused.why().detail, replaced ? "another file in its place" : "somebody has removed it"));
    const auto report = it.db.close(long_enough);
    CHECK_FALSE(report.complete());
    fs::rename(it.path + ".moved", it.path); // put back
    CHECK(it.coins_after_a_kill() == 40);
}
