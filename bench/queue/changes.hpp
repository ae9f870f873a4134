// SPDX-License-Identifier: MIT
/// @file
/// What does a changed field cost, commit included; what does a commit alone; how long is the longest edit?
///
/// Every side changes the same field of the same players, through a pointer or a handle, in the same order. Between the
/// sides' turns, untimed, each side's leftovers are dealt with: the store has saved everything, so that its threads are
/// at rest while another side is timed; the journals are read back and compared.
#pragma once

#include "queue/sides.hpp"
#include "support/report.hpp"

#include <numeric>
#include <random>

namespace bench {

/// Players by lot; as many as a mask can count.
[[nodiscard]] inline const std::vector<std::uint32_t>& drawn_players() {
    static const std::vector<std::uint32_t> drawn = [] {
        std::vector<std::uint32_t> made(std::size_t{1} << 14);
        std::mt19937_64 random(42);
        for (std::uint32_t& one : made) one = static_cast<std::uint32_t>(random() % players_in_world);
        return made;
    }();
    return drawn;
}

/// Changes go on where the block before ended, with a value that no row has.
struct progress {
    std::size_t at = 0;
    std::int64_t value = 1'000;
};

/// Calls `pay(player, gold)` for so many changes.
template <class Pay> void pay_players(progress& now, std::size_t changes, Pay&& pay) {
    const std::uint32_t* players = drawn_players().data();
    const std::size_t mask = drawn_players().size() - 1;
    for (std::size_t i = 0; i < changes; ++i) pay(players[now.at++ & mask], ++now.value);
}

struct block_cost {
    double wall = 0;      ///< ns a change.
    double processor = 0; ///< The same, of the thread's processor time.
};

/// A side's turn: so many commits of so many changes.
template <class Side>
[[nodiscard]] block_cost time_block(watched<Side>& of, progress& now, std::size_t changes, std::size_t commits) {
    Side& side = of.side;
    progress expected = now;
    const std::int64_t cpu = read_ns(CLOCK_THREAD_CPUTIME_ID);
    const std::int64_t begun = read_ns();
    for (std::size_t c = 0; c < commits; ++c) {
        pay_players(now, changes, [&](std::uint32_t who, std::int64_t gold) { side.pay(who, gold); });
        side.commit();
    }
    const auto wall = static_cast<double>(read_ns() - begun);
    const auto processor = static_cast<double>(read_ns(CLOCK_THREAD_CPUTIME_ID) - cpu);
    side.look();
    side.settle();
    pay_players(expected, changes * commits,
                [&](std::uint32_t who, std::int64_t gold) { of.expected.players[who].gold = gold; });
    const auto each = static_cast<double>(changes * commits);
    return {wall / each, processor / each};
}

/// How much each side does in one turn.
struct turn {
    std::size_t changes; ///< A commit.
    std::size_t commits; ///< Of ours and of the journals: no more than a ring holds.
    std::size_t full;    ///< Of SQLite that waits for the disk.
    std::size_t normal;  ///< Of SQLite that does not.
};
inline constexpr turn turns[] = {
    {1, 100'000, 20, 2'000}, {10, 50'000, 20, 1'000}, {1'000, 1'000, 10, 50}, {100'000, 10, 1, 1}};

[[nodiscard]] inline std::string grouped(std::size_t number) {
    std::string text = std::to_string(number);
    for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, 1, ',');
    return text;
}
[[nodiscard]] inline std::string change_of(std::size_t changes) { return "change, " + grouped(changes) + " a commit"; }
[[nodiscard]] inline std::string commit_of(std::size_t changes) { return "commit of " + grouped(changes); }

/// Where each side is in the order of changes.
struct all_progress {
    progress ours{}, memcpy{}, write{}, full{}, normal{};
};

/// Rounds of one size: ns a change of each side.
struct change_rounds {
    std::vector<double> ours_processor{}, memcpy_processor{};
    std::vector<double> ours{}, memcpy{}, write{}, full{}, normal{};
};

[[nodiscard]] inline change_rounds time_changes(queue_sides& on, all_progress& now, const turn& is, int count,
                                                std::size_t less) {
    change_rounds made;
    const std::size_t commits = std::max<std::size_t>(is.commits / less, 1);
    for (int round = 0; round <= count; ++round) {
        const block_cost ours = time_block(on.ours, now.ours, is.changes, commits);
        const block_cost memcpy = time_block(on.memcpy, now.memcpy, is.changes, commits);
        const block_cost write = time_block(on.write, now.write, is.changes, commits);
        const block_cost full = time_block(on.full, now.full, is.changes, is.full);
        const block_cost normal = time_block(on.normal, now.normal, is.changes, is.normal);
        if (round == 0) continue; // it warms up
        made.ours_processor.push_back(ours.processor);
        made.memcpy_processor.push_back(memcpy.processor);
        made.ours.push_back(ours.wall);
        made.memcpy.push_back(memcpy.wall);
        made.write.push_back(write.wall);
        made.full.push_back(full.wall);
        made.normal.push_back(normal.wall);
    }
    return made;
}

inline void measure_changes(report& to, queue_sides& on, all_progress& now, int count, std::size_t less) {
    std::vector<std::pair<turn, change_rounds>> all;
    for (const turn& is : turns) all.emplace_back(is, time_changes(on, now, is, count, less));
    to.section("a changed field, its share of the commit included; ns, median of " + std::to_string(count) + " rounds",
               {"ours", "memcpy", "write", "sqlite-full", "sqlite-normal"});
    for (const auto& [is, got] : all)
        to.add_sides({change_of(is.changes),
                      "ns",
                      {median(got.ours), median(got.memcpy), median(got.write), median(got.full), median(got.normal)}});
    to.section("the same, side against side; the first by processor time, which other programs do not lengthen");
    for (const auto& [is, got] : all) {
        const bool judged = is.changes == 1'000;
        to.add(compare(change_of(is.changes) + ", memcpy", "ns", {got.ours_processor, got.memcpy_processor},
                       judged ? budget::ratio(2.0) : budget{}));
        to.add(compare(change_of(is.changes) + ", write", "ns", {got.ours, got.write}));
        to.add(compare(change_of(is.changes) + ", SQLite synchronous=FULL", "ns", {got.ours, got.full},
                       is.changes == 1 ? budget::ratio(1.0 / 50) : budget{}));
        to.add(compare(change_of(is.changes) + ", SQLite synchronous=NORMAL", "ns", {got.ours, got.normal}));
    }
}

/// A side's turn: the time of each commit alone, in microseconds.
template <class Side>
void time_commits(watched<Side>& of, progress& now, std::size_t changes, std::size_t commits,
                  std::vector<double>& into) {
    progress expected = now;
    for (std::size_t c = 0; c < commits; ++c) {
        pay_players(now, changes, [&](std::uint32_t who, std::int64_t gold) { of.side.pay(who, gold); });
        into.push_back(timed([&] { of.side.commit(); }) / 1e3);
    }
    of.side.look();
    of.side.settle();
    pay_players(expected, changes * commits,
                [&](std::uint32_t who, std::int64_t gold) { of.expected.players[who].gold = gold; });
}

inline void measure_commits(report& to, queue_sides& on, all_progress& now, int count, std::size_t less) {
    struct times {
        std::size_t changes;
        std::vector<double> ours{}, memcpy{}, write{}, full{};
    };
    std::vector<times> all;
    for (const turn& is : turns) {
        times& got = all.emplace_back(times{is.changes});
        const std::size_t commits = std::max<std::size_t>(std::min<std::size_t>(is.commits, 10'000) / less, 1);
        for (int round = 0; round < count; ++round) {
            time_commits(on.ours, now.ours, is.changes, commits, got.ours);
            time_commits(on.memcpy, now.memcpy, is.changes, commits, got.memcpy);
            time_commits(on.write, now.write, is.changes, commits, got.write);
            time_commits(on.full, now.full, is.changes, is.full, got.full);
        }
    }
    to.section("a commit alone; us, reading the clock twice included", {"ours", "memcpy", "write", "sqlite-full"});
    for (const times& got : all)
        for (const auto& [part, name] : {std::pair(0.5, "p50"), std::pair(0.99, "p99"), std::pair(1.0, "longest")})
            to.add_sides({commit_of(got.changes) + ", " + name + (part < 0.9 ? " of " + grouped(got.ours.size()) : ""),
                          "us",
                          {quantile(got.ours, part), quantile(got.memcpy, part), quantile(got.write, part),
                           quantile(got.full, part)}});
    to.section("commits, judged");
    for (const times& got : all)
        to.add({.name = commit_of(got.changes) + ", p99",
                .unit = "us",
                .ours = quantile(got.ours, 0.99),
                .limit = budget::ours(10)});
}

/// A side's turn: the time of each edit alone, in nanoseconds; a commit, untimed, after each thousand.
template <class Side> void time_edits(watched<Side>& of, progress& now, std::size_t count, std::vector<double>& into) {
    progress expected = now;
    std::size_t edits = 0;
    pay_players(now, count, [&](std::uint32_t who, std::int64_t gold) {
        const std::int64_t begun = read_ns();
        of.side.pay(who, gold);
        into.push_back(static_cast<double>(read_ns() - begun));
        if (++edits % 1'000 == 0) of.side.commit();
    });
    of.side.look();
    of.side.settle();
    pay_players(expected, count, [&](std::uint32_t who, std::int64_t gold) { of.expected.players[who].gold = gold; });
}

inline void measure_edits(report& to, queue_sides& on, all_progress& now, int count) {
    constexpr std::size_t each = 100'000;
    std::vector<double> ours, memcpy, nothing;
    for (std::vector<double>* one : {&ours, &memcpy, &nothing}) one->reserve(each * static_cast<std::size_t>(count));
    for (int round = 0; round < count; ++round) {
        time_edits(on.ours, now.ours, each, ours);
        time_edits(on.memcpy, now.memcpy, each, memcpy);
        for (std::size_t i = 0; i < each; ++i) nothing.push_back(timed([] {}));
    }
    to.section("a single edit; ns, reading the clock twice included; `clock`: that alone", {"ours", "memcpy", "clock"});
    for (const auto& [part, name] :
         {std::pair(0.5, "p50"), std::pair(0.99, "p99"), std::pair(0.9999, "p99.99"), std::pair(1.0, "longest")})
        to.add_sides({std::string("edit, ") + name + (part < 0.9 ? " of " + grouped(ours.size()) : ""),
                      "ns",
                      {quantile(ours, part), quantile(memcpy, part), quantile(nothing, part)}});
}

} // namespace bench
