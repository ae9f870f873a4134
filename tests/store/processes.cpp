// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/store/: a second process, and one that is killed.
#include <holdfast/holdfast.hpp>

#include "support/catch.hpp"
#include "support/child_process.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"
#include "support/words.hpp"

#include <filesystem>
#include <random>
#include <thread>

using namespace holdfast::test;
using namespace std::chrono_literals;
using holdfast::errc;
using holdfast::open;

namespace {

struct counter {
    std::int64_t id = 0;
    std::int64_t count = 0;
    std::string text{};
};
struct counting_world {
    holdfast::table<counter, holdfast::primary_key<&counter::id>, holdfast::index<&counter::count>> counters;
};

constexpr std::int64_t rows = 20;

/// A server that gives every row the number of the tick, tells each tick that `commit` gave, and never ends.
[[noreturn]] void count_for_ever(const std::string& path, const child_process::line& parent) {
    holdfast::options chosen = small_options();
    chosen.save_every = 0ms;
    auto db = open<counting_world>(path, chosen);
    if (!db) {
        parent.say(db.why().message());
        ::_exit(1);
    }
    for (std::int64_t id = (*db)->counters.size() == 0 ? 0 : rows; id < rows; ++id)
        (*db)->counters.insert({.id = id, .count = 1}).value();
    auto next = static_cast<std::int64_t>(db->health().committed) + 1;
    for (;; ++next) {
        for (std::int64_t id = 0; id < rows; ++id) (*db)->counters.set<&counter::count>(id, next).value();
        parent.say(std::to_string(db->commit()));
    }
}

} // namespace

TEST_CASE("a second process is refused while the first has the database, and not after it was killed") {
    const temporary_folder folder;
    child_process first([&](const child_process::line& parent) {
        auto db = open<counting_world>(folder / "world.db", small_options());
        if (!db) ::_exit(1);
        (*db)->counters.insert({.id = 7}).value();
        db->commit();
        if (!db->save_all(long_enough)) ::_exit(2);
        parent.say("open");
        parent.wait();
        ::_exit(3);
    });
    REQUIRE(first.hear() == "open");
    {
        const auto second = open<counting_world>(folder / "world.db", small_options());
        REQUIRE_FALSE(second);
        CHECK(second.why().code == errc::busy);
        CHECK(mentions_all(second.why().detail, folder / "world.db", "process " + std::to_string(first.id())));
    }
    first.kill();
    const auto db = open<counting_world>(folder / "world.db", small_options());
    REQUIRE(db);
    CHECK((*db)->counters.contains(7));
}

TEST_CASE("a second process is refused by whatever name it finds the database, and changes nothing") {
    const temporary_folder folder;
    std::filesystem::create_directory(folder / "sub");
    const std::string path = folder / "world.db";
    child_process first([&](const child_process::line& parent) {
        auto db = open<counting_world>(path, small_options());
        if (!db) ::_exit(1);
        (*db)->counters.insert({.id = 7}).value();
        db->commit();
        if (!db->save_all(long_enough)) ::_exit(2);
        parent.say("open");
        parent.wait();
        parent.say(db->health().is == holdfast::health_report::state::good ? "good" : "bad");
        parent.wait();
    });
    REQUIRE(first.hear() == "open");
    std::filesystem::create_symlink(path, folder / "sub/symbolic.db");
    std::filesystem::create_directory_symlink(folder.path(), folder / "sub/folder");
    const std::string bytes = bytes_of_file(path);
    const std::string log = bytes_of_file(path + ".log/0000000000000000-0000000000000001");
    const auto refused = [&](const std::string& name, errc code) {
        INFO(name);
        const auto second = open<counting_world>(name, small_options());
        REQUIRE_FALSE(second);
        CHECK(second.why().code == code);
        CHECK(bytes_of_file(path) == bytes);
        CHECK(bytes_of_file(path + ".log/0000000000000000-0000000000000001") == log);
    };
    refused(path, errc::busy);
    refused(folder / "sub/symbolic.db", errc::busy);
    refused(folder / "sub/folder/world.db", errc::busy);
    refused(folder / "sub/../world.db", errc::busy);
    refused(std::filesystem::relative(path).string(), errc::busy);
    std::filesystem::create_hard_link(path, folder / "sub/hard.db");
    refused(folder / "sub/hard.db", errc::refused);
    refused(path, errc::refused); // which of the names has the log?
    CHECK_FALSE(std::filesystem::exists(folder / "sub/hard.db.lock"));
    first.go_on();
    CHECK(first.hear() == "good");
    first.kill();
    refused(folder / "sub/hard.db", errc::refused);
    std::filesystem::remove(folder / "sub/hard.db");
    const auto db = open<counting_world>(folder / "sub/symbolic.db", small_options());
    REQUIRE(db);
    CHECK((*db)->counters.contains(7));
}

TEST_CASE("a server killed at any moment comes back with every tick that it committed") {
    const std::uint32_t seed = holdfast::test::seed();
    CAPTURE(seed);
    std::mt19937 random(seed);
    const temporary_folder folder;
    for (int round = 0; round < 12; ++round) {
        holdfast::tick told = 0;
        {
            child_process server(
                [&](const child_process::line& parent) { count_for_ever(folder / "world.db", parent); });
            for (auto words = 1 + random() % 400; words > 0; --words) {
                const std::string text = server.hear();
                INFO(text);
                REQUIRE(text.find_first_not_of("0123456789") == std::string::npos);
                told = std::stoull(text);
            }
            server.kill();
        }
        auto db = open<counting_world>(folder / "world.db", small_options()).value();
        const holdfast::tick now = db.health().committed;
        CHECK(now >= told);
        CHECK(now <= told + 100'000); // what a pipe holds: it was committed and not heard
        CHECK_FALSE(db.recovery().clean);
        CHECK(db.recovery().recovered == now);
        REQUIRE(db->counters.size() == rows);
        for (const auto one : db->counters) REQUIRE(one->count == static_cast<std::int64_t>(now));
        if (round % 3 == 0) REQUIRE(db.close(long_enough).complete());
    }
}

TEST_CASE("a child process that ends by itself leaves the parent's store alone") {
    const temporary_folder folder;
    auto db = open<counting_world>(folder / "world.db", small_options()).value();
    db->counters.insert({.id = 1}).value();
    db.commit();
    { // as system() and popen() do; the child touches nothing of ours
        const pid_t child = ::fork();
        if (child == 0) ::execl("/bin/true", "true", nullptr);
        int status = 0;
        ::waitpid(child, &status, 0);
    }
    db->counters.set<&counter::count>(1, 5).value();
    db.commit();
    (void)save(db);
    CHECK_FALSE(open<counting_world>(folder / "world.db", small_options()));
    close_and_compare(db, folder / "world.db");
}
