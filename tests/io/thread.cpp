// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/io/thread.hpp.
#include <holdfast/io/thread.hpp>

#include "support/catch.hpp"

#include <atomic>
#include <chrono>
#include <limits>

using holdfast::condition;
using holdfast::mutex;
using holdfast::mutex_lock;
using holdfast::thread;

namespace {

using steady = std::chrono::steady_clock;

std::int64_t ns_since(steady::time_point start) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(steady::now() - start).count();
}

struct counter {
    void count() noexcept {
        for (int i = 0; i < 100'000; ++i) {
            const mutex_lock hold(guard);
            ++sum;
        }
    }
    mutex guard;
    long sum = 0;
};

/// Two threads hand a number back and forth.
struct ping_pong {
    void pong() noexcept {
        mutex_lock hold(guard);
        for (int i = 0; i < 1'000; ++i) {
            changed.wait_for(hold, std::numeric_limits<std::int64_t>::max(), [&] { return number % 2 == 1; });
            ++number;
            changed.notify_all();
        }
    }
    mutex guard;
    condition changed;
    int number = 0;
};

struct flag {
    void raise() noexcept { up = true; }
    std::atomic<bool> up{false};
};

} // namespace

TEST_CASE("a mutex keeps threads apart") {
    counter counting;
    {
        thread one, two;
        REQUIRE(one.start<&counter::count>(counting));
        REQUIRE(two.start<&counter::count>(counting));
    }
    CHECK(counting.sum == 200'000);
}

TEST_CASE("a thread has ended after join, and join may be called again") {
    flag raised;
    thread one;
    one.join();
    REQUIRE(one.start<&flag::raise>(raised));
    one.join();
    CHECK(raised.up);
    one.join();
    raised.up = false;
    REQUIRE(one.start<&flag::raise>(raised));
    one.join();
    CHECK(raised.up);
}

TEST_CASE("a lock lets go between unlock and lock") {
    counter counting;
    mutex_lock hold(counting.guard);
    thread other;
    REQUIRE(other.start<&counter::count>(counting));
    hold.unlock();
    other.join();
    hold.lock();
    CHECK(counting.sum == 100'000);
    CHECK(&hold.held() == &counting.guard);
}

TEST_CASE("a lock that was let go is not let go again at its end") {
    mutex guard;
    {
        mutex_lock hold(guard);
        hold.unlock();
    }
    CHECK(pthread_mutex_trylock(guard.native()) == 0);
    guard.unlock();
}

TEST_CASE("a condition wakes the thread that waits for it") {
    ping_pong game;
    thread other;
    REQUIRE(other.start<&ping_pong::pong>(game));
    mutex_lock hold(game.guard);
    for (int i = 0; i < 1'000; ++i) {
        REQUIRE(game.changed.wait_for(hold, std::numeric_limits<std::int64_t>::max(),
                                      [&] { return game.number % 2 == 0; }));
        ++game.number;
        game.changed.notify_all();
    }
    REQUIRE(game.changed.wait_for(hold, 60'000'000'000, [&] { return game.number == 2'000; }));
    hold.unlock();
}

TEST_CASE("waiting ends when the time is over and says that nothing came") {
    mutex guard;
    condition never;
    mutex_lock hold(guard);
    const auto start = steady::now();
    CHECK_FALSE(never.wait_for(hold, 20'000'000, [] { return false; }));
    CHECK(ns_since(start) >= 20'000'000);
    CHECK_FALSE(never.wait_for(hold, 0, [] { return false; }));
    CHECK_FALSE(never.wait_for(hold, -5, [] { return false; }));
    CHECK(never.wait_for(hold, 0, [] { return true; }));
    // Over a second boundary of the clock's fraction, whatever it is now.
    for (const std::int64_t ns : {999'999'999, 1'000'000'001}) {
        const auto begun = steady::now();
        CHECK_FALSE(never.wait_for(hold, ns, [] { return false; }));
        CHECK(ns_since(begun) >= ns);
        CHECK(ns_since(begun) < 60'000'000'000);
    }
}

TEST_CASE("waiting without a question ends when the time is over, at the latest") {
    mutex guard;
    condition never;
    mutex_lock hold(guard);
    const auto start = steady::now();
    never.wait_for(hold, 5'000'000);
    never.wait_for(hold, 0);
    never.wait_for(hold, -1);
    CHECK(ns_since(start) < 60'000'000'000);
}
