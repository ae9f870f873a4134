// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/io/fork.hpp, and of what the child of a fork has of threads, conditions and locks.
#include <holdfast/io/fork.hpp>
#include <holdfast/io/owner_lock.hpp>
#include <holdfast/io/thread.hpp>

#include "support/catch.hpp"
#include "support/child_process.hpp"
#include "support/temporary_folder.hpp"

#include <memory>
#include <optional>

using namespace holdfast;
using holdfast::test::child_process;
using holdfast::test::temporary_folder;

namespace {

struct listener final : detail::fork_listener {
    std::string heard;

private:
    void before_fork() noexcept override { heard += "before "; }
    void in_parent() noexcept override { heard += "parent "; }
    void in_child() noexcept override { heard += "child "; }
};

/// A thread that waits for something that never comes, until it is told to end.
struct waiter {
    waiter() { started = body.start<&waiter::run>(*this); }
    ~waiter() {
        {
            const mutex_lock hold(guard);
            ending = true;
        }
        woken.notify_all();
        body.join();
    }
    void run() noexcept {
        mutex_lock hold(guard);
        waiting = true;
        woken.notify_all();
        woken.wait_for(hold, 600'000'000'000, [&] { return ending; });
    }
    void wait_until_it_waits() {
        mutex_lock hold(guard);
        woken.wait_for(hold, 60'000'000'000, [&] { return waiting; });
    }
    mutex guard;
    condition woken;
    bool started = false;
    bool waiting = false;
    bool ending = false;
    thread body;
};

} // namespace

TEST_CASE("those who listen hear of a fork, in the parent and in the child, until they are gone") {
    listener one;
    std::optional<listener> other(std::in_place), third(std::in_place);
    other.reset();
    third.emplace();
    const unsigned here = detail::forks();
    child_process child([&](const child_process::line& parent) {
        parent.say(one.heard + third->heard + (detail::forks() == here ? "same" : "another") + " process");
    });
    CHECK(child.hear() == "before child before child another process");
    CHECK(one.heard == "before parent ");
    CHECK(detail::forks() == here);
}

TEST_CASE("a child ends a thread that it does not have, and a condition that its parent's thread waits for") {
    auto one = std::make_unique<waiter>();
    REQUIRE(one->started);
    one->wait_until_it_waits();
    child_process child([&](const child_process::line& parent) {
        one.reset();
        parent.say("gone");
    });
    CHECK(child.hear() == "gone");
    CHECK(child.wait() == 0);
}

TEST_CASE("the child of a fork holds no database, and its end lets go of none") {
    const temporary_folder folder;
    auto lock = std::optional(owner_lock::take(folder / "lock").value());
    {
        child_process child([&](const child_process::line& parent) {
            const auto refused = owner_lock::take(folder / "lock");
            parent.say(refused ? "held" : refused.why().detail);
            lock.reset();
            parent.wait();
            parent.say(owner_lock::take(folder / "lock") ? "held" : "refused");
        });
        CHECK(child.hear().find("is held by process " + std::to_string(::getpid())) != std::string::npos);
        child.go_on();
        CHECK(child.hear() == "refused");
        lock.reset();
    }
    CHECK(owner_lock::take(folder / "lock"));
}
