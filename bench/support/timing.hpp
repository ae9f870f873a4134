// SPDX-License-Identifier: MIT
/// @file
/// Two sides timed in turn, in one run: what one side has to suffer from the machine, the other has too.
#pragma once

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <stdexcept>
#include <string>
#include <vector>

namespace bench {

/// A side has given a wrong answer: its time means nothing, and the program fails.
struct wrong_answer : std::runtime_error {
    using std::runtime_error::runtime_error;
};

inline void require(bool right, const std::string& what) {
    if (!right) throw wrong_answer(what);
}
template <class Number> void require_equal(Number got, Number expected, const std::string& what) {
    if (!(got == expected))
        throw wrong_answer(what + ": got " + std::to_string(got) + ", expected " + std::to_string(expected));
}

[[nodiscard]] inline std::int64_t read_ns(clockid_t which = CLOCK_MONOTONIC) noexcept {
    timespec now{};
    clock_gettime(which, &now);
    return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

/// By CLOCK_MONOTONIC, as `read_ns` reads it.
inline void sleep_until(std::int64_t when_ns) {
    const timespec to{when_ns / 1'000'000'000, when_ns % 1'000'000'000};
    while (::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &to, nullptr) != 0) {}
}

/// How long `work` takes, in nanoseconds.
template <class Work> [[nodiscard]] double timed(Work&& work) {
    const std::int64_t begun = read_ns();
    work();
    return static_cast<double>(read_ns() - begun);
}

/// How long `work` keeps the calling thread's processor, in nanoseconds: other programs' time is not in it,
/// and neither is waiting. For work that does not wait.
template <class Work> [[nodiscard]] double timed_on_processor(Work&& work) {
    const std::int64_t begun = read_ns(CLOCK_THREAD_CPUTIME_ID);
    work();
    return static_cast<double>(read_ns(CLOCK_THREAD_CPUTIME_ID) - begun);
}

/// The value at `part` (0 to 1) of the sorted values.
[[nodiscard]] inline double quantile(std::vector<double> values, double part) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(part * static_cast<double>(values.size() - 1) + 0.5)];
}
[[nodiscard]] inline double median(const std::vector<double>& values) { return quantile(values, 0.5); }

/// Both sides' values, round by round.
struct rounds {
    std::vector<double> ours{};
    std::vector<double> theirs{};

    [[nodiscard]] std::vector<double> ratios() const {
        std::vector<double> made;
        for (std::size_t i = 0; i < ours.size(); ++i) made.push_back(ours[i] / theirs[i]);
        return made;
    }
};

/// Runs A B A B ...: each side gets the round's number and returns its figure. `between` runs untimed
/// after each pair. The first pair warms up and is left out.
template <class Ours, class Theirs, class Between>
[[nodiscard]] rounds interleave(int count, Ours&& ours, Theirs&& theirs, Between&& between) {
    rounds made;
    for (int round = 0; round <= count; ++round) {
        const double a = ours(round);
        const double b = theirs(round);
        between();
        if (round == 0) continue;
        made.ours.push_back(a);
        made.theirs.push_back(b);
    }
    return made;
}

} // namespace bench
