// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/reflect/codec.hpp: durations and time points.
#include <holdfast/reflect/codec.hpp>

#include "reflect/stored_form.hpp"
#include "support/catch.hpp"

#include <chrono>
#include <limits>

using holdfast::cell;
using holdfast::cell_kind;
using holdfast::codec;
using holdfast::test::survives;
using holdfast::test::takes;

namespace {

using std::chrono::system_clock;
using seconds_since = std::chrono::time_point<system_clock, std::chrono::seconds>;

cell integer(std::int64_t value) { return cell::of_integer(cell_kind::i64, value); }

/// A clock as libc++'s system clock is: it ticks in microseconds.
struct micro_clock {
    using duration = std::chrono::microseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<micro_clock>;
    static constexpr bool is_steady = false;
};

} // namespace

TEST_CASE("durations are stored as their count and survive at their limits") {
    using std::chrono::milliseconds;
    using short_seconds = std::chrono::duration<std::int32_t>;
    for (const milliseconds value : {milliseconds::min(), milliseconds(-1), milliseconds(0), milliseconds::max()})
        CHECK(survives(value, milliseconds(7)));
    CHECK(codec<milliseconds>::get(milliseconds(1500)).integer == 1500);
    CHECK(survives(short_seconds::max()));
    CHECK(codec<short_seconds>::get(short_seconds(1)).kind == cell_kind::i32);
    CHECK_FALSE(takes<short_seconds>(integer(std::int64_t{1} << 31)));
    CHECK_FALSE(takes<milliseconds>(cell{}));
    CHECK_FALSE(takes<milliseconds>(cell::of_real(cell_kind::f64, 1.0)));
}

TEST_CASE("time points of a fixed unit are stored as their count since the epoch") {
    const seconds_since moment(std::chrono::seconds(1'700'000'000));
    CHECK(codec<seconds_since>::get(moment).integer == 1'700'000'000);
    CHECK(survives(moment));
    CHECK(survives(seconds_since::min()));
    CHECK(survives(seconds_since::max()));
    CHECK_FALSE(takes<seconds_since>(cell{}));
    CHECK_FALSE(takes<seconds_since>(cell::of_bytes(cell_kind::text, "2024", 4)));
}

TEST_CASE("a time point of the system clock is stored in nanoseconds whatever the clock ticks in") {
    const system_clock::time_point moment(std::chrono::duration_cast<system_clock::duration>(std::chrono::hours(1)));
    CHECK(codec<system_clock::time_point>::get(moment).integer == 3'600'000'000'000);
    CHECK(survives(moment));
    const micro_clock::time_point same_moment{std::chrono::hours(1)};
    CHECK(codec<micro_clock::time_point>::get(same_moment).integer == 3'600'000'000'000);
    CHECK(survives(same_moment));
}

TEST_CASE("a clock of microseconds keeps its limits and is cut off beyond what nanoseconds reach") {
    using time = micro_clock::time_point;
    constexpr auto least = std::numeric_limits<std::int64_t>::min();
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    CHECK(survives(time::max(), time{}));
    CHECK(survives(time::min(), time{}));
    CHECK(codec<time>::get(time(std::chrono::microseconds(most / 1000 + 1))).integer == most);
    CHECK(codec<time>::get(time(std::chrono::microseconds(least / 1000 - 1))).integer == least);
    const time last_exact(std::chrono::microseconds(most / 1000));
    const time first_exact(std::chrono::microseconds(least / 1000));
    CHECK(survives(last_exact));
    CHECK(survives(first_exact));
    CHECK_FALSE(takes<time>(cell{}));
}

TEST_CASE("times before the epoch survive storing") {
    const micro_clock::time_point before{std::chrono::microseconds(-1)};
    CHECK(codec<micro_clock::time_point>::get(before).integer == -1'000);
    CHECK(survives(before));
    const system_clock::time_point system_before{system_clock::duration(-1)};
    CHECK(survives(system_before));
}

TEST_CASE("an optional time is null or its count") {
    using field = std::optional<seconds_since>;
    const field moment = seconds_since(std::chrono::seconds(5));
    CHECK(survives(moment, field()));
    CHECK(survives(field(), moment));
}

TEST_CASE("times are columns of whole numbers") {
    CHECK(codec<std::chrono::seconds>::stored_as == holdfast::storage::integer);
    CHECK(codec<system_clock::time_point>::stored_as == holdfast::storage::integer);
    CHECK_FALSE(codec<system_clock::time_point>::nullable);
}
