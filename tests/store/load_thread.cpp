// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/store/load_thread.hpp: many rows are loaded by two threads, and are what they are otherwise.
#include <holdfast/holdfast.hpp>

#include "support/allocations.hpp"
#include "support/catch.hpp"
#include "support/child_process.hpp"
#include "support/raw_database.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"
#include "support/wait.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include <sys/resource.h>
#include <unistd.h>

using namespace holdfast::test;
namespace hf = holdfast;

namespace {

constexpr std::int64_t many = 60'000;

struct hero {
    std::int64_t id = 0;
    std::string name = "unnamed";
    std::int64_t gold = 0;
    std::int32_t level = 1;
    std::optional<std::int64_t> leader{};
    std::optional<std::int64_t> badge{};
    std::int64_t seconds = 0;
};
struct heroes_world {
    hf::table<hero, hf::primary_key<&hero::id>, hf::auto_id<&hero::id>, hf::unique<&hero::name>,
              hf::unique<&hero::badge>, hf::index<&hero::gold>, hf::ordered<&hero::level>,
              hf::references<&hero::leader, &hero::id, "heroes">, hf::saved_every<&hero::seconds>>
        heroes{};
};

hero hero_of(std::int64_t id) {
    return {.id = id,
            .name = "hero" + std::to_string(id),
            .gold = id % 1'000,
            .level = static_cast<std::int32_t>(id * 7'919 % 1'000),
            .leader = id > 1 ? std::optional(id / 2) : std::nullopt,
            .badge = id % 100 == 0 ? std::optional(id) : std::nullopt};
}

/// Every row of the world is there and right, and every index finds it.
void must_have_all(heroes_world& world) {
    REQUIRE(world.heroes.size() == many);
    for (std::int64_t id = 1; id <= many; ++id) {
        const hero should = hero_of(id);
        const auto found = world.heroes.find(id);
        if (!found || found->name != should.name || found->leader != should.leader) FAIL("row " << id << " is wrong");
        if (world.heroes.find_by<&hero::name>(should.name) != found) FAIL("row " << id << " is not found by its name");
        if (should.badge && world.heroes.find_by<&hero::badge>(*should.badge) != found)
            FAIL("row " << id << " is not found by its badge");
    }
    std::int64_t before = 0, count = 0;
    for (const auto each : world.heroes.where<&hero::gold>(7)) {
        CHECK(each->id > before); // in the order of the file
        before = each->id;
        ++count;
    }
    CHECK(count == many / 1'000);
    std::pair<std::int32_t, std::int64_t> last{-1, 0};
    count = 0;
    for (const auto each : world.heroes.ordered_by<&hero::level>()) {
        const std::pair now{each->level, each->id}; // those of one level in the order of the file
        if (now <= last) FAIL("out of order at row " << each->id);
        last = now;
        ++count;
    }
    CHECK(count == many);
    CHECK(world.heroes.erase(1).why().code == hf::errc::reference);
}

struct fixture {
    heroes_world w{};
    hf::table_base& base = *hf::tables_of(w).value().front();

    /// Loads rows as the store does; `row(n)` gives number n.
    /// @param counted  How many there are said to be.
    /// @param waits    The last row is not loaded before the second thread has failed.
    template <class Row>
    hf::result<void> load(std::int64_t count, Row&& row, std::int64_t counted = -1, bool waits = false) {
        hf::load_thread beside(base, static_cast<std::size_t>(counted < 0 ? count : counted));
        for (std::size_t done = 0; done < static_cast<std::size_t>(count); ++done) {
            if (done == beside.room() && !beside.go_on(done)) break;
            if (waits && done + 1 == static_cast<std::size_t>(count) &&
                !eventually([&] { return !beside.go_on(done); }))
                return hf::error{hf::errc::timeout, "it has not failed"};
            void* slot = base.begin_load();
            *static_cast<hero*>(base.row_in(slot)) = row(static_cast<std::int64_t>(done) + 1);
            if (auto ok = base.finish_load(slot); !ok) {
                base.drop_load(slot);
                return ok;
            }
        }
        return beside.finish();
    }
    /// Whether exactly these rows are there.
    [[nodiscard]] bool has(std::int64_t count) const {
        if (w.heroes.size() != static_cast<std::size_t>(count)) return false;
        for (std::int64_t id = 1; id <= count; ++id)
            if (!w.heroes.contains(id)) return false;
        return true;
    }
};

void make_file(const std::string& path, std::int64_t count) {
    auto db = hf::open<heroes_world>(path).value();
    for (std::int64_t id = 1; id <= count; ++id) db->heroes.insert(hero_of(id)).value();
    db.commit();
    REQUIRE(db.close().complete());
}

std::size_t threads_of_process() {
    const std::filesystem::directory_iterator all("/proc/self/task");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

} // namespace

TEST_CASE("a table of many rows is loaded with the help of a second thread, one of few without") {
    const temporary_folder folder;
    for (const std::int64_t count : {many, std::int64_t{5'000}}) {
        const std::string path = folder / (std::to_string(count) + ".db");
        make_file(path, count);
        const std::size_t before = threads_of_process();
        std::size_t most = 0;
        hf::options chosen;
        chosen.progress = [&](const hf::load_progress&) { most = std::max(most, threads_of_process()); };
        auto db = hf::open<heroes_world>(path, chosen).value();
        CHECK(most == before + (count == many ? 1 : 0));
        if (count == many) must_have_all(*db);
        db->heroes.set<&hero::seconds>(db->heroes.find(count),
                                       77); // beyond the rows that a table has marks for at first
        db.commit();
        REQUIRE(db.close().complete());
        CHECK(raw_database(path).row("SELECT id FROM heroes WHERE seconds = 77") == std::to_string(count));
    }
}

TEST_CASE("a value that does not fit is found while the second thread is at work") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    make_file(path, many);
    raw_database(path).run("UPDATE heroes SET gold = 'much' WHERE id = 40000");
    const auto db = hf::open<heroes_world>(path);
    REQUIRE_FALSE(db);
    CHECK(db.why().code == hf::errc::corrupt);
    CHECK(db.why().detail.find("heroes[id=40000].gold holds 'much'") != std::string::npos);
}

TEST_CASE("a function that is told how far loading is may throw") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    make_file(path, many);
    hf::options chosen;
    chosen.progress = [](const hf::load_progress& at) {
        if (at.rows == 20'000) throw std::runtime_error("enough");
    };
    CHECK_THROWS_WITH(hf::open<heroes_world>(path, chosen), "enough");
    must_have_all(*hf::open<heroes_world>(path).value());
}

TEST_CASE("rows that are in a table before it is loaded are an error") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    const auto fill = [](heroes_world& w) -> hf::result<void> {
        if (auto row = w.heroes.insert({.id = many + 1}); !row) return row.why();
        return {};
    };
    for (const std::int64_t count : {std::int64_t{0}, many}) {
        if (count != 0) make_file(path, count);
        const auto db = hf::open<heroes_world>(path, {}, fill);
        REQUIRE_FALSE(db);
        CHECK(db.why().code == hf::errc::refused);
        CHECK(db.why().detail.find("heroes has rows before it is loaded") != std::string::npos);
    }
}

TEST_CASE("two loaded rows of one key are found wherever they stand") {
    struct place {
        std::int64_t first, second;
        bool early; ///< The second thread finds them while others are loaded.
    };
    constexpr place places[] = {
        {3, 9, true}, {3, 30'000, true}, {30'000, 40'000, true}, {3, many, false}, {many - 1, many, false}};
    for (const auto& [first, second, early] : places) {
        INFO(first << " and " << second);
        fixture same_id, same_name;
        const auto by_id = same_id.load(
            many, [&, at = first, in = second](std::int64_t n) { return hero_of(n == in ? at : n); }, -1, early);
        REQUIRE_FALSE(by_id);
        CHECK(by_id.why().code == hf::errc::corrupt);
        CHECK(by_id.why().detail.find("heroes: two rows have id=" + std::to_string(first)) == 0);
        const auto by_name = same_name.load(
            many,
            [&, at = first, in = second](std::int64_t n) {
                hero made = hero_of(n);
                if (n == in) made.name = hero_of(at).name;
                return made;
            },
            -1, early);
        REQUIRE_FALSE(by_name);
        CHECK(by_name.why().detail.find("heroes: two rows have name='hero" + std::to_string(first)) == 0);
    }
}

TEST_CASE("no memory for the second thread is no memory for the load") {
    fixture f;
    const no_memory_elsewhere none;
    CHECK_THROWS_AS(f.load(many, hero_of, -1, true), std::bad_alloc);
}

TEST_CASE("any number of rows is loaded, whatever was counted") {
    constexpr std::pair<std::int64_t, std::int64_t> counts[] = {
        {0, 0},         {1, 1},           {2, 2},           {3, 3},           {4, 4},           {5, 5},
        {8'191, 8'191}, {5, 4},           {100, 3},         {20'000, 0},      {0, many},        {5, many},
        {20'000, many}, {45'000, 40'000}, {50'000, 40'000}, {50'001, 40'000}, {130'000, 40'000}};
    for (const auto& [rows, counted] : counts) {
        INFO(rows << " rows, counted as " << counted);
        fixture f;
        REQUIRE(f.load(rows, hero_of, counted));
        CHECK(f.has(rows));
    }
}

TEST_CASE("room that a table asks for is there beside what is loaded") {
    struct roomy_world {
        hf::table<hero, hf::primary_key<&hero::id>, hf::capacity<200'000>> heroes{};
    } w{};
    hf::table_base& base = *hf::tables_of(w).value().front();
    hf::load_thread beside(base, many);
    for (std::size_t done = 0; done < many; ++done) {
        if (done == beside.room()) REQUIRE(beside.go_on(done));
        void* slot = base.begin_load();
        static_cast<hero*>(base.row_in(slot))->id = static_cast<std::int64_t>(done) + 1;
        REQUIRE(base.finish_load(slot));
    }
    REQUIRE(beside.finish());
    const no_allocation none;
    for (std::int64_t id = many + 1; id <= 200'000; ++id) w.heroes.insert({.id = id, .name = ""}).value();
}

TEST_CASE("where the system has no thread to give, one loads all") {
    child_process alone([](child_process::line to) {
        const rlimit none{0, 0};
        if (::geteuid() == 0 && ::setuid(65'534) != 0) return to.say("cannot be somebody else");
        if (::setrlimit(RLIMIT_NPROC, &none) != 0) return to.say("no limit");
        try {
            std::thread([] {}).join();
            return to.say("there is a thread");
        } catch (const std::system_error&) {}
        fixture f;
        if (!f.load(many, hero_of)) return to.say("not loaded");
        to.say(f.has(many) ? "all are there" : "lost");
    });
    CHECK(alone.hear() == "all are there");
}
