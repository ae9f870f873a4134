// SPDX-License-Identifier: MIT
/// @file
/// How an operation is measured: turns of all sides in one run, A B C A B C, each with the same keys.
#pragma once

#include "memory/sides.hpp"
#include "support/report.hpp"

#include <optional>

namespace bench {

/// Changes of one tick of ours.
inline constexpr std::size_t changes_a_tick = 10'000;

/// What operations are measured with.
struct measuring {
    report& to;
    memory_sides& on;
    std::string rows;            ///< How many, in words.
    int rounds;                  ///< Beside the one that warms up.
    bool lies;                   ///< Ours is given one wrong value, to see that the benchmark fails.
    std::vector<sides_row>& all; ///< Each side's figures, for the end.
};

/// One side's turn.
struct turn {
    double ns;           ///< An operation.
    std::int64_t answer; ///< The same of every side.
};

/// How often each of so many keys is taken in one turn: `operations` in all, and each key once at least.
struct turn_size {
    std::size_t keys;
    std::size_t passes;

    turn_size(const memory_sides& on, std::size_t most_keys, std::size_t operations)
        : keys(std::min(most_keys, on.keys.size())), passes(std::max<std::size_t>(operations / keys, 1)) {}
    [[nodiscard]] std::size_t operations() const { return keys * passes; }
};

/// `read(i)` gives what key number `i` leads to, which is summed up; ns a call.
template <class Read> [[nodiscard]] turn time_reads(const turn_size& is, Read&& read) {
    std::int64_t sum = 0;
    const double took = timed_on_processor([&] {
        for (std::size_t pass = 0; pass < is.passes; ++pass)
            for (std::size_t i = 0; i < is.keys; ++i) sum += read(i);
    });
    return {took / static_cast<double>(is.operations()), sum};
}

/// `change(i)` makes change number `i` and says whether it was done; ns a change, ours with its commits.
template <class Side, class Change> [[nodiscard]] turn time_changes(Side& side, std::size_t count, Change&& change) {
    std::int64_t done = 0;
    const double took = timed_on_processor([&] {
        for (std::size_t i = 0; i < count;) {
            for (const std::size_t end = std::min(i + changes_a_tick, count); i < end; ++i) done += change(i) ? 1 : 0;
            side.end_tick();
        }
    });
    return {took / static_cast<double>(count), done};
}

/// Of each side, round by round; empty of a side that cannot do the work.
using figures = std::vector<std::vector<double>>;

inline constexpr auto nothing_to_prepare = [](int) {};

/// @param prepare  `prepare(round)`, before the sides' turns.
/// @param work     `work(side, round)` gives the side's turn. Answers are compared.
template <class Prepare, class Work>
[[nodiscard]] figures take_turns(const measuring& at, const std::string& name, int count, Prepare&& prepare,
                                 Work&& work) {
    const std::vector<std::string> names = at.on.names();
    figures made(names.size());
    for (int round = 0; round < count; ++round) {
        prepare(round);
        std::vector<std::optional<std::int64_t>> answers;
        at.on.for_each([&]<class Side>(Side& side) {
            answers.emplace_back();
            if constexpr (std::is_invocable_v<Work&, Side&, int>) {
                const turn got = work(side, round);
                made[answers.size() - 1].push_back(got.ns);
                answers.back() = got.answer;
            }
        });
        for (std::size_t i = 0; i < names.size(); ++i)
            if (answers[i]) require_equal(*answers[i], *answers[1], name + ": " + names[i] + " beside flat_map");
        at.on.ours.settle();
    }
    return made;
}

/// Of every `stride` rounds number `kept` counts; the first ones, which warm up, are left out.
inline void report_turns(const measuring& at, const std::string& name, const std::string& unit, const figures& got,
                         std::size_t kept = 0, std::size_t stride = 1) {
    figures chosen(got.size());
    for (std::size_t side = 0; side < got.size(); ++side)
        for (std::size_t round = stride + kept; round < got[side].size(); round += stride)
            chosen[side].push_back(got[side][round]);
    sides_row row{name + ", " + at.rows + " rows", unit};
    for (const std::vector<double>& one : chosen)
        row.figures.push_back(one.empty() ? std::nullopt : std::optional(median(one)));
    at.to.add(compare(row.name, unit, {chosen[0], chosen[1]}));
    at.all.push_back(std::move(row));
}

/// @param lie  `lie(ours)` changes a value that is read in the first round.
template <class Work, class Lie>
void measure_reading(const measuring& at, const std::string& name, const std::string& unit, Work&& work, Lie&& lie) {
    if (at.lies) lie(at.on.ours);
    report_turns(at, name, unit, take_turns(at, name, at.rounds + 1, nothing_to_prepare, work));
}

/// @param lie  `lie(ours)` makes a change that no other side makes. What the rows are at the end is compared.
template <class Prepare, class Work, class Lie>
void measure_changing(const measuring& at, const std::string& name, Prepare&& prepare, Work&& work, Lie&& lie) {
    const figures got = take_turns(at, name, at.rounds + 1, prepare, work);
    if (at.lies) lie(at.on.ours);
    at.on.require_same_rows(name);
    report_turns(at, name, "ns", got);
}

} // namespace bench
