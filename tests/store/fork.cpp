// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/store/: a process that forks while it has a store open.
#include <holdfast/holdfast.hpp>

#include "support/catch.hpp"
#include "support/child_process.hpp"
#include "support/dies.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"
#include "support/words.hpp"

#include <optional>

#include <fcntl.h>

using namespace holdfast::test;
using namespace std::chrono_literals;
using holdfast::errc;
using holdfast::health_report;
using holdfast::open;
using holdfast::result;

namespace {

struct counter {
    std::int64_t id = 0;
    std::int64_t count = 0;
};
struct counting_world {
    holdfast::table<counter, holdfast::primary_key<&counter::id>> counters;
};
using counting_store = holdfast::store<counting_world>;

counting_store opened(const std::string& path, holdfast::threads* run_on = nullptr) {
    holdfast::options chosen = small_options();
    chosen.run_on = run_on;
    return open<counting_world>(path, chosen).value();
}
void add(counting_store& db, std::int64_t id) {
    db->counters.insert({.id = id}).value();
    db.commit();
}

/// What `exit` writes is not the parent's.
[[noreturn]] void end_normally() {
    const int nowhere = ::open("/dev/null", O_WRONLY);
    ::dup2(nowhere, STDOUT_FILENO);
    ::dup2(nowhere, STDERR_FILENO);
    std::exit(0);
}

/// Runs `fn` in a child that then ends as a program does; its exit code.
template <class Function> int end_of_child(Function fn) {
    return child_process([&](const child_process::line&) {
               fn();
               end_normally();
           })
        .wait();
}

/// Which of what a child asked of its parent's store was not refused as it must be; empty: nothing.
std::string wrongly_answered(counting_store& db) {
    std::string wrong;
    const auto expect = [&](bool right, const char* what) {
        if (!right) wrong += std::string(what) + " ";
    };
    const auto refused = [](const auto& answer) {
        return !answer && answer.why().code == errc::wrong_process && mentions(answer.why().detail, "child");
    };
    expect(refused(db.save_all(1ms)), "save_all");
    expect(refused(db.wait_durable(1, 1ms)), "wait_durable");
    expect(refused(db.bulk_load([](counting_world&) {}, 1ms)), "bulk_load");
    const health_report health = db.health();
    expect(health.is == health_report::state::closed && health.committed == 3, "health");
    expect(health.last_error && health.last_error->code == errc::wrong_process, "why");
    const auto report = db.close();
    expect(report.committed == 3 && !report.complete(), "close");
    expect(db->counters.size() == 3 && db->counters.find(2)->count == 0, "reading");
    return wrong;
}

} // namespace

TEST_CASE("in the child of a fork everything that needs the files is refused, and reading works") {
    const temporary_folder folder;
    auto db = opened(folder / "world.db");
    for (const std::int64_t id : {1, 2, 3}) add(db, id);
    (void)save(db);
    child_process child([&](const child_process::line& parent) { parent.say("wrong: " + wrongly_answered(db)); });
    CHECK(child.hear() == "wrong: ");
    CHECK(child.wait() == 0);
    add(db, 4);
    close_and_compare(db, folder / "world.db");
}

TEST_CASE("in the child of a fork a change, and a commit, stop the program") {
    const temporary_folder folder;
    auto db = opened(folder / "world.db");
    add(db, 1);
    (void)save(db);
    const char* const why = "this process is a child of the one that opened the store";
    CHECK(mentions(last_words([&] { db.commit(); }), why));
    CHECK(mentions(last_words([&] { (void)db->counters.insert({.id = 2}); }), why));
    CHECK(mentions(last_words([&] { (void)db->counters.set<&counter::count>(1, 2); }), why));
    CHECK(mentions(last_words([&] { (void)db->counters.erase(std::int64_t{1}); }), why));
    add(db, 3);
    close_and_compare(db, folder / "world.db");
    CHECK(mentions(last_words([&] { (void)db->counters.insert({.id = 4}); }), why)); // of a closed one, too
    auto again = opened(folder / "world.db");
    CHECK(again->counters.size() == 2);
}

// The address sanitizer of g++ 12 and clang 16 lets a child wait for ever for locks of its allocator that threads of the
// parent held: not where children run every destructor while those threads work.
#if !defined(__SANITIZE_ADDRESS__)

TEST_CASE("a child that ends normally, with every destructor, harms nothing") {
    const temporary_folder folder;
    static std::optional<counting_store> at_exit; // destroyed by `exit`
    at_exit.emplace(opened(folder / "static.db"));
    holdfast::threads shared;
    auto one = opened(folder / "one.db");
    auto two = std::optional(opened(folder / "two.db", &shared));
    for (std::int64_t id = 0; id < 20; ++id) {
        for (auto* db : {&*at_exit, &one, &*two}) add(*db, id);
        CHECK(end_of_child([&] {
                  const counting_store mine = std::move(one);
                  two.reset();
                  shared.~threads();
              }) == 0);
    }
    for (auto* db : {&*at_exit, &one, &*two}) {
        CHECK(db->health().is == health_report::state::good);
        REQUIRE(db->save_all(long_enough));
    }
    CHECK_FALSE(open<counting_world>(folder / "one.db", small_options())); // it still has its owner
    close_and_compare(*at_exit, folder / "static.db");
    close_and_compare(one, folder / "one.db");
    close_and_compare(*two, folder / "two.db");
    at_exit.reset();
}

TEST_CASE("a server that forks all the time loses no tick, killed or not") {
    const temporary_folder folder;
    child_process server([&](const child_process::line& parent) {
        auto db = opened(folder / "world.db");
        for (std::int64_t id = 0; id < 60; ++id) {
            db->counters.insert({.id = id}).value();
            const pid_t child = ::fork();
            if (child == 0) {
                {
                    const counting_store mine = std::move(db);
                }
                end_normally();
            }
            db.commit();
            int status = 1;
            ::waitpid(child, &status, 0);
            if (status != 0) parent.say("a child ended with " + std::to_string(status));
        }
        parent.say("done");
        parent.wait();
    });
    CHECK(server.hear() == "done");
    server.kill();
    auto db = opened(folder / "world.db");
    CHECK(db->counters.size() == 60);
    CHECK(db.health().committed == 60);
    close_and_compare(db, folder / "world.db");
}

TEST_CASE("a parent that is killed while its child lives can be opened again, and the child's end changes nothing") {
    const temporary_folder folder;
    std::array<int, 2> hold{};
    REQUIRE(::pipe(hold.data()) == 0);
    child_process server([&](const child_process::line& parent) {
        auto db = opened(folder / "world.db");
        for (std::int64_t id = 0; id < 10; ++id) add(db, id);
        db->counters.insert({.id = 10}).value();
        if (::fork() == 0) {
            ::close(hold[1]);
            char end{};
            if (::read(hold[0], &end, 1) != 1) ::_exit(1); // until the test says so
            { const counting_store mine = std::move(db); }
            parent.say("child ended");
            end_normally();
        }
        parent.say("forked");
        parent.wait();
    });
    REQUIRE(server.hear() == "forked");
    server.kill();
    auto db = opened(folder / "world.db");
    CHECK(db->counters.size() == 10);
    CHECK(db.health().committed == 10);
    add(db, 20);
    REQUIRE(::write(hold[1], "!", 1) == 1);
    CHECK(server.hear() == "child ended");
    add(db, 21);
    close_and_compare(db, folder / "world.db");
    CHECK(opened(folder / "world.db")->counters.size() == 12);
    for (const int end : hold) ::close(end);
}

#endif

TEST_CASE("a fork inside a transaction leaves it to the parent") {
    const temporary_folder folder;
    auto db = opened(folder / "world.db");
    add(db, 1);
    (void)save(db);
    pid_t child = -1;
    const auto done = db.transact([&](counting_world& w) -> result<void> {
        w.counters.insert({.id = 2}).value();
        child = ::fork();
        if (child == 0) return holdfast::error{errc::refused, "in the child"};
        w.counters.insert({.id = 3}).value();
        return {};
    });
    if (child == 0) ::_exit(done || db->counters.size() != 1 ? 1 : 0);
    int status = 1;
    ::waitpid(child, &status, 0);
    CHECK(status == 0);
    CHECK(done);
    db.commit();

    const auto loaded = db.bulk_load(
        [&](counting_world& w) {
            w.counters.insert({.id = 4}).value();
            child = ::fork();
        },
        long_enough);
    if (child == 0) ::_exit(!loaded && loaded.why().code == errc::wrong_process && db->counters.size() == 3 ? 0 : 1);
    ::waitpid(child, &status, 0);
    CHECK(status == 0);
    CHECK(loaded);
    CHECK(db->counters.size() == 4);
    close_and_compare(db, folder / "world.db");
}

TEST_CASE("threads of before a fork are refused in the child, with a sentence") {
    const temporary_folder folder;
    holdfast::threads shared;
    CHECK(mentions(last_words([&] { (void)opened(folder / "world.db", &shared); }), "before the fork"));
}

TEST_CASE("regression: a store with static storage, opened in main, ends with the program") {
    const temporary_folder folder;
    CHECK(end_of_child([&] {
              static std::optional<counting_store> at_exit;
              at_exit.emplace(opened(folder / "world.db"));
              add(*at_exit, 1);
          }) == 0);
    CHECK(opened(folder / "world.db")->counters.size() == 1);
}
