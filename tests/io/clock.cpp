// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/io/clock.hpp.
#include <holdfast/io/clock.hpp>

#include "support/catch.hpp"
#include "support/fake_clock.hpp"

#include <ctime>

using holdfast::machine_clock;
using holdfast::thread_cpu_ns;

TEST_CASE("the machine's wall clock is UTC in microseconds since 1970") {
    const std::int64_t before = std::time(nullptr);
    const std::int64_t now_us = machine_clock().wall_us();
    const std::int64_t after = std::time(nullptr);
    CHECK(now_us >= (before - 1) * 1'000'000); // time() may lag by a tick of the kernel
    CHECK(now_us <= (after + 2) * 1'000'000);
}

TEST_CASE("the machine's steady clock never goes back") {
    std::int64_t last = machine_clock().steady_ns();
    std::size_t moved = 0;
    for (int i = 0; i < 100'000; ++i) {
        const std::int64_t now = machine_clock().steady_ns();
        REQUIRE(now >= last);
        moved += now > last ? 1 : 0;
        last = now;
    }
    CHECK(moved > 0);
}

TEST_CASE("a thread's processor time grows while it works") {
    const std::int64_t before = thread_cpu_ns();
    volatile std::uint64_t sum = 0;
    while (thread_cpu_ns() - before < 1'000'000)
        for (unsigned i = 0; i < 10'000; ++i) sum = sum + i;
    CHECK(thread_cpu_ns() > before);
}

TEST_CASE("a clock of the caller's own is read through the interface") {
    holdfast::test::fake_clock mine;
    const holdfast::clock& seen = mine;
    const std::int64_t steady = seen.steady_ns();
    const std::int64_t wall = seen.wall_us();
    CHECK(seen.steady_ns() == steady);
    mine.advance(std::chrono::seconds(3));
    CHECK(seen.steady_ns() - steady == 3'000'000'000);
    CHECK(seen.wall_us() - wall == 3'000'000);
    mine.set_wall_us(5);
    CHECK(seen.wall_us() == 5);
}
