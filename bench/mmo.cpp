// SPDX-License-Identifier: MIT
/// @file
/// A server of 10,000 players, saved in the ways that public servers use, and by Holdfast: what does a tick cost, what do the
/// bad moments cost, and what is lost when the process dies?

#include "mmo/outage.hpp"
#include "support/options.hpp"
#include "support/run.hpp"
#include "support/tmpfs.hpp"

namespace {

struct choices : bench::options {
    std::string workload{}, folder{}, lying{};
};

constexpr int per_second = 20;

using figure = std::optional<double>;

/// One figure of each side, in the order of their names.
template <class Figure> [[nodiscard]] std::vector<figure> of_each(bench::mmo_sides& on, Figure&& of) {
    std::vector<figure> made;
    on.each([&](auto& side) { made.push_back(of(side)); });
    return made;
}

/// The longest commit of all, in microseconds of processor time.
/// @param ticks  In a turn; write-through has a third.
[[nodiscard]] double measure_steady(bench::report& to, bench::mmo_sides& on, const std::vector<bench::operation>& load,
                                    int turns, std::size_t ticks) {
    bench::ticking nothing(on.nothing, load, per_second);
    bench::ticking ours(on.ours, load, per_second);
    bench::ticking whole(on.whole, load, per_second);
    bench::ticking rewrite(on.rewrite, load, per_second);
    bench::ticking through(on.through, load, per_second);
    std::vector<bench::steady_times> got(5);
    bench::rounds p99;
    for (int turn = 0; turn < turns; ++turn) {
        bench::steady_times a, b;
        nothing.warm_up();
        bench::play_turn(nothing, on.nothing, ticks, a);
        ours.warm_up();
        bench::play_turn(ours, on.ours, ticks, b);
        p99.ours.push_back(bench::quantile(b.ticks.wall, 0.99));
        p99.theirs.push_back(bench::quantile(a.ticks.wall, 0.99));
        for (auto [from, into] : {std::pair(&a, &got[0]), std::pair(&b, &got[1])}) {
            for (auto times : {&bench::tick_times::wall, &bench::tick_times::processor, &bench::tick_times::commit,
                               &bench::tick_times::commit_processor})
                (into->ticks.*times)
                    .insert((into->ticks.*times).end(), (from->ticks.*times).begin(), (from->ticks.*times).end());
            into->ticks.changed_bytes += from->ticks.changed_bytes;
            into->ticks.late += from->ticks.late;
            if (from->oldest_ms) into->oldest_ms = std::max(into->oldest_ms.value_or(0), *from->oldest_ms);
            into->seconds += from->seconds;
            into->bytes += from->bytes;
            if (from->rows) into->rows = into->rows.value_or(0) + *from->rows;
        }
        whole.warm_up();
        bench::play_turn(whole, on.whole, ticks, got[2]);
        rewrite.warm_up();
        bench::play_turn(rewrite, on.rewrite, ticks, got[3]);
        bench::play_turn(through, on.through, ticks / 3, got[4]);
    }
    to.section("W1: 10,000 players at 20 ticks a second", bench::mmo_sides::names);
    const auto row = [&](const std::string& name, const std::string& unit, auto&& of) {
        bench::sides_row made{name, unit};
        for (const auto& one : got) made.figures.push_back(of(one));
        to.add_sides(made);
    };
    const auto quantile = [](std::vector<double> bench::tick_times::*which, double part) {
        return [=](const bench::steady_times& one) { return figure(bench::quantile(one.ticks.*which, part) / 1e3); };
    };
    row("tick, p50", "ms", quantile(&bench::tick_times::wall, 0.5));
    row("tick, p99", "ms", quantile(&bench::tick_times::wall, 0.99));
    row("tick, longest", "ms", quantile(&bench::tick_times::wall, 1));
    row("  its processor time, p99", "ms", quantile(&bench::tick_times::processor, 0.99));
    row("ticks that began late", "%", [](const bench::steady_times& one) {
        return figure(100.0 * static_cast<double>(one.ticks.late) / static_cast<double>(one.ticks.wall.size()));
    });
    row("rows to SQLite", "/s", [](const bench::steady_times& one) {
        return one.rows ? figure(static_cast<double>(*one.rows) / one.seconds) : std::nullopt;
    });
    row("to disk", "MB/s",
        [](const bench::steady_times& one) { return figure(static_cast<double>(one.bytes) / 1e6 / one.seconds); });
    row("to disk, for each byte that changed", "", [](const bench::steady_times& one) {
        return figure(static_cast<double>(one.bytes) / static_cast<double>(one.ticks.changed_bytes));
    });
    to.add_sides({"what waits for SQLite, the oldest seen",
                  "ms",
                  {std::nullopt, got[1].oldest_ms, std::nullopt, std::nullopt, std::nullopt}});
    to.add_sides({"lost by kill -9, at most, by design", "s", {std::nullopt, 0, 300, 300, 0}});
    to.section("the tick with saving on; theirs: nothing is saved");
    to.add(bench::compare("MMO tick p99, 20/s", "us", p99, bench::budget::ratio(1.3)));
    to.add({.name = "to disk, log and SQLite, 10,000 players",
            .unit = "GB/h",
            .ours = static_cast<double>(got[1].bytes) / got[1].seconds * 3'600 / 1e9});
    return bench::quantile(got[1].ticks.commit_processor, 1) / 1e3;
}

/// One tick that is much longer than others; the median of so many.
void measure_burst(bench::report& to, bench::mmo_sides& on, const std::string& what,
                   const std::vector<bench::change>& changes, int rounds) {
    to.add_sides({what, "ms", of_each(on, [&](auto& side) {
                      std::vector<double> ticks;
                      std::vector<bench::change> now = changes;
                      for (int round = 0; round < rounds; ++round) {
                          for (bench::change& one : now)
                              for (std::int64_t& value : one.values) value ^= 1; // what is as it was is no change
                          side.side.settle();
                          ticks.push_back(bench::play_tick(side, now));
                      }
                      return figure(bench::median(ticks));
                  })});
}

void measure_storm(bench::report& to, bench::mmo_sides& on) {
    const auto log_in = [&](bench::watched<bench::by_player>& side) {
        side.side.settle();
        std::vector<bench::whole_player> in(5'000);
        const double took = bench::timed([&] {
            for (std::size_t who = 0; who < in.size(); ++who) in[who] = side.side.load(who);
        });
        std::size_t things = 0, expected = 0;
        for (const bench::thing& one : side.expected.things) expected += one.owner < 5'000 ? 1 : 0;
        for (std::size_t who = 0; who < in.size(); ++who) {
            bench::require(same(in[who].row, side.expected.players[who]), "the player who logs in is as he was");
            for (const bench::thing& one : in[who].things)
                bench::require(same(one, side.expected.things[static_cast<std::size_t>(one.id)]),
                               "the things of a player who logs in are as they were");
            things += in[who].things.size();
        }
        bench::require_equal(things, expected, "things of those who log in");
        return figure(took / 1e6);
    };
    // Ours, and what is written through, has everything in memory.
    to.add_sides({"W3: 5,000 logins, read from SQLite",
                  "ms",
                  {std::nullopt, std::nullopt, log_in(on.whole), log_in(on.rewrite), std::nullopt}});
    std::mt19937_64 random(5);
    const auto changes = bench::daily_reset(random);
    const auto shut_down = [&](auto& side, auto&& save) { // each right behind its own last tick
        (void)bench::play_tick(side, changes);
        return figure(bench::timed(save) / 1e6);
    };
    to.add_sides({"W3: shutdown, until all is saved",
                  "ms",
                  {std::nullopt, shut_down(on.ours, [&] { on.ours.side.settle(); }),
                   shut_down(on.whole, [&] { on.whole.side.shut_down(); }),
                   shut_down(on.rewrite, [&] { on.rewrite.side.shut_down(); }), std::nullopt}});
}

void measure_hoarder(bench::report& to, bench::mmo_sides& on, int rounds) {
    std::mt19937_64 random(9);
    const auto things = bench::hoard(random);
    on.each([&](auto& side) {
        (void)bench::play_tick(side, things);
        side.side.settle();
    });
    std::vector<bench::change> some;
    for (std::uint32_t k = 0; k < 100; ++k) {
        bench::change one;
        one.what = bench::change::kind::alter;
        one.numbers = 1;
        one.values[0] = k;
        some.push_back(one);
    }
    const auto tick_of = [&](auto& side, auto&& save) {
        std::vector<double> ticks, saves;
        for (int round = 0; round < rounds; ++round) {
            for (std::uint32_t k = 0; k < some.size(); ++k) { // of the hoarder, whose things came last
                some[k].row = static_cast<std::uint32_t>(side.expected.things.size() - things.size() + k * 100);
                ++some[k].values[0];
            }
            const double tick = bench::play_tick(side, some);
            ticks.push_back(tick + bench::timed([&] { save(0); }) / 1e6);
            saves.push_back(bench::timed([&] { save(1); }) / 1e6);
        }
        return std::pair(figure(bench::median(ticks)), figure(bench::median(saves)));
    };
    const auto player = [](bench::by_player& of) { return [&of](int stage) { stage == 0 ? of.save(7) : of.wait(); }; };
    const auto ours = tick_of(on.ours, [&](int stage) { stage == 0 ? void() : on.ours.side.settle(); });
    const auto whole = tick_of(on.whole, player(on.whole.side));
    const auto rewrite = tick_of(on.rewrite, player(on.rewrite.side));
    const auto through = tick_of(on.through, [](int) {});
    const auto nothing = tick_of(on.nothing, [](int) {});
    to.add_sides({"W7: one has 168,000 things: the tick",
                  "ms",
                  {nothing.first, ours.first, whole.first, rewrite.first, through.first}});
    to.add_sides({"W7: until it is saved, behind it",
                  "ms",
                  {std::nullopt, ours.second, whole.second, rewrite.second, through.second}});
}

/// SQLite's disk is away, that of our log is not; and a copy is made meanwhile.
/// @param lying  The copy of ours gets a wrong value.
void measure_long_moments(bench::report& to, bench::mmo_sides& on, const std::vector<bench::operation>& load,
                          int seconds, const bench::scratch_folder& folder, bool lying) {
    bench::ticking ours(on.ours, load, per_second);
    bench::ticking whole(on.whole, load, per_second);
    bench::ticking rewrite(on.rewrite, load, per_second);
    bench::ticking through(on.through, load, per_second);
    const auto away = [&](auto& side, auto& playing, bool by_threads, auto&& catch_up) {
        return bench::play_without_disk(side, playing, per_second, seconds, by_threads, catch_up);
    };
    const bench::long_moment outage[] = {away(on.ours, ours, true, [&] { on.ours.side.settle(); }),
                                         away(on.whole, whole, true, [&] { on.whole.side.wait(); }),
                                         away(on.rewrite, rewrite, false, [] {}),
                                         away(on.through, through, false, [] {})};
    on.ours.history.emplace(on.ours.expected, on.ours.side.health().committed);
    const bench::long_moment copied[] = {
        bench::play_with_copy(on.ours, ours, per_second,
                              [&](auto done) {
                                  on.ours.side.store().snapshot_to(
                                      folder.file("copy of ours.db"),
                                      [done](const holdfast::result<holdfast::backup_manifest>& made) {
                                          made.value();
                                          done();
                                      });
                              }),
        bench::play_with_copy(on.whole, whole, per_second,
                              [&](auto done) { on.whole.side.copy_to(folder.file("copy of whole.db"), done); }),
        bench::play_with_copy(on.rewrite, rewrite, per_second,
                              [&](auto done) { on.rewrite.side.copy_to(folder.file("copy of rewrite.db"), done); }),
        bench::play_with_copy(on.through, through, per_second, [&](auto done) {
            on.through.side.copy_to(folder.file("copy of through.db"));
            done();
        })};
    if (lying) bench::spoil(folder.file("copy of ours.db"));
    on.ours.history->require_copy(folder.file("copy of ours.db"), on.ours.side.health().committed);
    on.ours.history.reset();
    for (const char* side : {"ours", "whole", "rewrite", "through"})
        bench::require_copy(folder.file(std::string("copy of ") + side + ".db"));
    const auto row = [&](const std::string& name, const bench::long_moment(&of)[4], auto which) {
        bench::sides_row made{name, "ms", {std::nullopt}};
        for (const bench::long_moment& one : of) made.figures.push_back(one.*which);
        to.add_sides(made);
    };
    const std::string time = std::to_string(seconds);
    row("W4: SQLite hangs for " + time + " s, the longest tick", outage, &bench::long_moment::longest_tick_ms);
    row("W4: then until all is caught up", outage, &bench::long_moment::ended_after_ms);
    row("W6: a copy is made, the longest tick", copied, &bench::long_moment::longest_tick_ms);
    row("W6: until the copy is there", copied, &bench::long_moment::ended_after_ms);
}

/// The longest commit of an ordinary time against a copy of every row.
/// @param longest  That of the steady time, us; with it the figure is that of all.
void measure_commit(bench::report& to, bench::mmo_sides& on, const std::vector<bench::operation>& load, int count,
                    double longest) {
    bench::workload changes(load, per_second, 11);
    bench::plain_rows copy;
    double log_bytes = 0; // of a tick, all together
    const bench::rounds both = bench::interleave(
        count,
        [&](int) {
            double here = 0;
            for (int tick = 0; tick < 20; ++tick) {
                const std::vector<bench::change>& now = changes.next();
                for (const bench::change& one : now) on.ours.side.apply(one);
                on.ours.expect(now);
                log_bytes += static_cast<double>(on.ours.side.store().health().open_bytes);
                here = std::max(here, bench::timed_on_processor([&] { on.ours.side.commit(); }));
            }
            return here / 1e3;
        },
        [&](int) { return bench::timed_on_processor([&] { copy = on.ours.expected; }) / 1e3; },
        [&] { on.ours.side.settle(); });
    bench::require_same(copy, on.ours.expected, "the copy of every row");
    to.section("the longest commit; theirs: a copy of every row, processor time");
    bench::measurement made = bench::compare("longest commit of some hundred", "us", both, bench::budget::ratio(0.01));
    made.ours = std::max(longest, bench::quantile(both.ours, 1)); // the longest of all, and not that of a usual round
    made.ratio = made.ours / *made.theirs;
    to.add(made);
    to.add({.name = "log of 10,000 players, an hour",
            .unit = "GB",
            .ours = log_bytes / (20 * count) * per_second * 3'600 / 1e9,
            .limit = bench::budget::ours(3)});
}

void measure_all(bench::report& to, const choices& is) {
    bench::disk_away::install();
    const bench::scratch_folder folder(is.folder);
    bench::warn_of_tmpfs(folder);
    const auto load = is.workload.empty() ? bench::built_in_operations() : bench::read_operations(is.workload);
    bench::mmo_sides on(folder, per_second, is.lying);
    double longest = 0;
    if (is.wants("steady")) longest = measure_steady(to, on, load, is.quick ? 1 : is.full ? 5 : 3, is.quick ? 60 : 160);
    if (is.wants("commit")) measure_commit(to, on, load, is.quick ? 5 : 21, longest);
    if (is.wants("moments")) {
        to.section("the moments that are not ordinary", bench::mmo_sides::names);
        std::mt19937_64 random(3);
        measure_burst(to, on, "W2: a boss is killed by 2,000, the tick", bench::boss_kill(random), is.quick ? 1 : 5);
        measure_burst(to, on, "W2: daily reset of 60,000 rows, the tick", bench::daily_reset(random), is.quick ? 1 : 5);
        measure_storm(to, on);
        measure_hoarder(to, on, is.quick ? 1 : 3);
    }
    if (is.wants("outage") && (!is.quick || !is.only.empty())) {
        to.section("two long moments", bench::mmo_sides::names);
        measure_long_moments(to, on, load, is.quick ? 3 : is.full ? 60 : 20, folder, is.lying == "copy");
    }
    on.check();
    std::printf("\nevery file holds what was changed\n");
}

} // namespace

int main(int argc, char** argv) {
    if (!bench::optimized("bench_mmo")) return 2;
    choices is;
    CLI::App app(
        "Saves a server of 10,000 players as public servers do, and by Holdfast. 0: every answer was right and "
        "every budget met; 3: not every budget; 1: an answer was wrong.");
    is.add_to(app, "One turn of three seconds for each, no outage: three quarters of a minute",
              "Five turns of eight seconds, the database away for a minute", {"steady", "commit", "moments", "outage"});
    app.add_option("--workload", is.workload, "Take the load from this JSON file; without: the same figures, built in");
    app.add_option("--folder", is.folder, "Where the files are made: a real disk, not a tmpfs");
    std::vector<std::string> liars = bench::mmo_sides::names;
    liars.emplace_back("copy");
    app.add_option("--lie", is.lying, "Spoil a value of this side, or of the copy of ours: the program must fail")
        ->check(CLI::IsMember(liars));
    CLI11_PARSE(app, argc, argv);
    return bench::run(is.json, [&](bench::report& to) { measure_all(to, is); });
}
