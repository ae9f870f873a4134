// SPDX-License-Identifier: MIT
/// @file
/// How long is a tick, and the longest commit, under the load of 10,000 players in real time?
///
/// The sides take turns of some seconds; while one plays, the others are at rest. A tick is timed from its first change
/// to the end of its commit; what is to be changed was decided before. The noise of the machine is what a loop sees that
/// does nothing but read the clock: in the pauses between our ticks, with our threads at work behind it, and alone.
#pragma once

#include "queue/changes.hpp"
#include "queue/workload.hpp"

#include <sys/resource.h>

namespace bench {

/// What was seen of the ticks of one side; microseconds.
struct tick_times {
    std::vector<double> wall{}, processor{}, commit{}, commit_processor{};
    std::size_t late = 0;            ///< Begun more than a millisecond after their time.
    std::size_t put_off = 0;         ///< How often another thread was given the processor instead.
    std::uint64_t changed_bytes = 0; ///< Of the values themselves.
    std::size_t faults = 0;          ///< Pages that a tick met, and that the kernel had to make writable again.
};

/// What the kernel has counted of the calling thread.
[[nodiscard]] inline rusage counts_of_thread() {
    rusage now{};
    ::getrusage(RUSAGE_THREAD, &now);
    return now;
}

/// Reads the clock until `end`, and nothing else: the longest time between two readings, in nanoseconds.
[[nodiscard]] inline double longest_gap(std::int64_t end_ns) {
    std::int64_t longest = 0;
    for (std::int64_t before = read_ns(); before < end_ns;) {
        const std::int64_t now = read_ns();
        longest = std::max(longest, now - before);
        before = now;
    }
    return static_cast<double>(longest);
}

/// A side at play.
template <class Side> class ticking {
public:
    ticking(watched<Side>& on, const std::vector<operation>& operations, int per_second)
        : on_(on), load_(operations, per_second, 7), period_ns_(1'000'000'000 / per_second) {}

    /// Untimed: five seconds of the load at once, so that the pages of a ring, which the kernel has written back while
    /// others had their turns, are those of a server that has been at work.
    void warm_up() {
        for (std::int64_t left_ns = 5'000'000'000; left_ns > 0; left_ns -= period_ns_) {
            const std::vector<change>& changes = load_.next();
            for (const change& one : changes) on_.side.apply(one);
            on_.side.commit();
            on_.expect(changes);
            on_.side.look();
        }
        on_.side.settle();
    }

    /// A turn of so many ticks; `pause(next)` runs from the end of each to the start of the next. Settles behind it.
    template <class Pause> void play(std::size_t ticks, tick_times& into, Pause&& pause) {
        play_on(ticks, into, pause);
        on_.side.settle();
    }
    /// The same, and its threads are left at their work.
    template <class Pause> void play_on(std::size_t ticks, tick_times& into, Pause&& pause) {
        const auto before = counts_of_thread().ru_nivcsw;
        std::int64_t next = read_ns() + period_ns_;
        for (std::size_t i = 0; i < ticks; ++i, next += period_ns_) {
            const std::vector<change>& changes = load_.next();
            pause(next);
            if (read_ns() - next > 1'000'000) ++into.late;
            const auto faults = counts_of_thread().ru_minflt;
            time_tick(changes, into);
            into.faults += static_cast<std::size_t>(counts_of_thread().ru_minflt - faults);
            on_.expect(changes);
            for (const change& one : changes) into.changed_bytes += one.bytes();
            on_.side.look();
        }
        into.put_off += static_cast<std::size_t>(counts_of_thread().ru_nivcsw - before);
    }

private:
    void time_tick(const std::vector<change>& changes, tick_times& into) {
        Side& side = on_.side;
        const std::int64_t cpu = read_ns(CLOCK_THREAD_CPUTIME_ID);
        const std::int64_t begun = read_ns();
        for (const change& one : changes) side.apply(one);
        const std::int64_t edited = read_ns();
        const std::int64_t commit_cpu = read_ns(CLOCK_THREAD_CPUTIME_ID);
        const std::int64_t committing = read_ns();
        side.commit();
        const std::int64_t ended = read_ns();
        const std::int64_t cpu_end = read_ns(CLOCK_THREAD_CPUTIME_ID);
        into.wall.push_back(static_cast<double>(edited - begun + ended - committing) / 1e3);
        into.commit.push_back(static_cast<double>(ended - committing) / 1e3);
        into.processor.push_back(static_cast<double>(cpu_end - cpu) / 1e3);
        into.commit_processor.push_back(static_cast<double>(cpu_end - commit_cpu) / 1e3);
    }

    watched<Side>& on_;
    workload load_;
    std::int64_t period_ns_;
};

/// How long the turns are, and how many.
struct tick_plan {
    int per_second = 20;
    int turns = 4;
    std::size_t ours = 100;   ///< Ticks in a turn.
    std::size_t theirs = 100; ///< Of the journals.
    std::size_t sqlite = 100;
    std::size_t noise = 100; ///< Of each of the two.
};

struct tick_results {
    tick_times ours{}, memcpy{}, write{}, full{}, spun{};
    double gap_behind_load = 0; ///< ns
    double gap_alone = 0;
    std::uint64_t changes = 0;
};

[[nodiscard]] inline tick_results time_ticks(queue_sides& on, const std::vector<operation>& operations,
                                             const tick_plan& plan) {
    ticking ours(on.ours, operations, plan.per_second);
    ticking memcpy(on.memcpy, operations, plan.per_second);
    ticking write(on.write, operations, plan.per_second);
    ticking full(on.full, operations, plan.per_second);
    tick_results made;
    for (int turn = 0; turn < plan.turns; ++turn) {
        ours.warm_up();
        ours.play(plan.ours, made.ours, sleep_until);
        memcpy.warm_up();
        memcpy.play(plan.theirs, made.memcpy, sleep_until);
        write.warm_up();
        write.play(plan.theirs, made.write, sleep_until);
        full.play(plan.sqlite, made.full, sleep_until);
        ours.warm_up();
        ours.play(plan.noise, made.spun,
                  [&](std::int64_t next) { made.gap_behind_load = std::max(made.gap_behind_load, longest_gap(next)); });
        const auto alone_ns = static_cast<std::int64_t>(plan.noise) * 1'000'000'000 / plan.per_second;
        made.gap_alone = std::max(made.gap_alone, longest_gap(read_ns() + alone_ns));
    }
    return made;
}

inline void report_ticks(report& to, const tick_results& got, const tick_plan& plan) {
    const std::string rate = std::to_string(plan.per_second) + "/s";
    to.section("ticks at " + rate + " of 10,000 players, synced every 100 ms; us; " + grouped(got.ours.wall.size()) +
                   " ticks of ours",
               {"ours", "memcpy", "write", "sqlite-full"});
    const std::vector<const tick_times*> sides{&got.ours, &got.memcpy, &got.write, &got.full};
    const auto row = [&](const std::string& name, std::vector<double> tick_times::*which, double part) {
        sides_row made{rate + " " + name, "us"};
        for (const tick_times* one : sides) {
            const bool enough = part >= 1 || static_cast<double>((one->*which).size()) * (1 - part) > 0.99;
            made.figures.push_back(enough ? std::optional(quantile(one->*which, part)) : std::nullopt);
        }
        to.add_sides(made);
    };
    for (const auto& [part, name] :
         {std::pair(0.5, "p50"), std::pair(0.99, "p99"), std::pair(0.9999, "p99.99"), std::pair(1.0, "longest")}) {
        row(std::string("tick, ") + name, &tick_times::wall, part);
        row(std::string("  processor time, ") + name, &tick_times::processor, part);
    }
    row("commit, p99", &tick_times::commit, 0.99);
    row("commit, longest", &tick_times::commit, 1);
    row("  processor time, longest", &tick_times::commit_processor, 1);
    sides_row late{rate + " ticks that began late", ""}, put_off{rate + " times put off, in all", ""},
        faults{rate + " page faults in ticks, in all", ""};
    for (const tick_times* one : sides) {
        late.figures.emplace_back(static_cast<double>(one->late));
        put_off.figures.emplace_back(static_cast<double>(one->put_off));
        faults.figures.emplace_back(static_cast<double>(one->faults));
    }
    to.add_sides(late);
    to.add_sides(put_off);
    to.add_sides(faults);
}

inline void judge_ticks(report& to, const tick_results& got, const tick_plan& plan) {
    const std::string rate = std::to_string(plan.per_second) + " ticks a second";
    to.section("the longest commit at " + rate + "; theirs: the longest gap that a loop sees that reads the clock");
    to.add({.name = "longest commit, noise behind our threads",
            .unit = "ms",
            .ours = quantile(got.ours.commit, 1) / 1e3,
            .theirs = got.gap_behind_load / 1e6,
            .limit = budget::more(1)});
    to.add({.name = "longest commit, noise of the machine alone",
            .unit = "ms",
            .ours = quantile(got.ours.commit, 1) / 1e3,
            .theirs = got.gap_alone / 1e6});
    to.add({.name = "longest commit, its processor time",
            .unit = "ms",
            .ours = quantile(got.ours.commit_processor, 1) / 1e3,
            .limit = budget::ours(1)});
}

} // namespace bench
