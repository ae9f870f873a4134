// SPDX-License-Identifier: MIT
/// @file
/// Which snapshot strategy? Those of the literature and of game servers play the same game, in turns, and each has its
/// price in another place.

#include "snapshot/all.hpp"
#include "snapshot/game.hpp"
#include "support/options.hpp"
#include "support/run.hpp"

#include <algorithm>
#include <functional>
#include <map>

namespace {

struct choices : bench::options {
    std::string lying{};

    [[nodiscard]] int rounds() const { return quick ? 1 : 3; }
    [[nodiscard]] bench::game_plan plan() const {
        bench::game_plan is;
        if (quick) is.ticks = 45, is.image_every = 15;
        return is;
    }
};

/// A row of so many bytes.
template <std::size_t Bytes> using row_of = bench::words_row<Bytes / 8>;

void add_costs(bench::report& to, const char* name, const bench::game_costs& is) {
    to.add_sides({name,
                  "",
                  {is.update_ns, is.longest_pause, is.tick_p50, is.tick_p99, is.tick_wall_p99, is.game_cpu,
                   is.writer_cpu, is.image_ms, is.extra_mb, is.images, is.skipped}});
}

using all_costs = std::map<std::string, std::vector<bench::game_costs>>;

/// How far apart the rounds are.
void add_spread(bench::report& to, const char* name, const std::vector<bench::game_costs>& all) {
    bench::sides_row made{name, "", {}};
    for (double bench::game_costs::*one :
         {&bench::game_costs::update_ns, &bench::game_costs::longest_pause, &bench::game_costs::tick_p99,
          &bench::game_costs::game_cpu, &bench::game_costs::image_ms}) {
        const auto [least, most] =
            std::minmax_element(all.begin(), all.end(), [&](const auto& a, const auto& b) { return a.*one < b.*one; });
        made.figures.insert(made.figures.end(), {(*least).*one, (*most).*one});
    }
    to.add_sides(made);
}

template <class Row>
void play_all(bench::report& to, const choices& is, const bench::game_plan& plan, const std::string& title) {
    all_costs costs;
    std::vector<bench::row_number> rows;
    std::vector<std::function<void()>> games;
    std::vector<const char*> names;
    const auto add = [&]<class Strategy>(bench::is_strategy<Strategy>) {
        names.push_back(Strategy::name);
        games.emplace_back([&] {
            bench::game_plan now = plan;
            now.lie = is.lying == Strategy::name;
            costs[Strategy::name].push_back(bench::game<Strategy>(now).play(rows));
        });
    };
    add(bench::is_strategy<bench::no_snapshot<Row>>());
    bench::for_each_strategy<Row>(add);
    for (int round = 0; round < is.rounds(); ++round) {
        rows = bench::draw_rows(plan, static_cast<std::uint64_t>(round));
        const bench::not_forked alone(rows.data(), rows.size() * sizeof(bench::row_number));
        for (const auto& play : games) play();
        std::rotate(games.begin(), games.begin() + 5, games.end()); // none is always the first
    }
    to.section(title, {"ns/update", "pause us", "tick p50 ms", "p99 ms", "p99 wall ms", "mean ms", "writer ms",
                       "image ms", "extra MB", "images", "skipped"});
    for (const char* name : names) add_costs(to, name, bench::median_of(costs[name]));
    if (is.rounds() == 1) return;
    to.section(title + ": the least and the most of " + std::to_string(is.rounds()) + " rounds",
               {"ns least", "ns most", "pause least", "pause most", "p99 least", "p99 most", "mean least", "mean most",
                "image least", "image most"});
    for (const char* name : names) add_spread(to, name, costs[name]);
}

void measure_all(bench::report& to, const choices& is) {
    using bench::pattern;
    const auto count = [](std::size_t n) {
        return n >= 1'000'000 ? std::to_string(n / 1'000'000) + "M" : std::to_string(n / 1'000) + "k";
    };
    const auto small = [&](bench::game_plan plan, const std::string& more = "") {
        play_all<row_of<64>>(to, is, plan,
                             count(plan.rows) + " rows of 64 B, " + count(plan.updates) + " updates a tick" + more);
    };
    if (is.wants("rows"))
        for (const std::size_t rows : {10'000u, 100'000u, 1'000'000u, 4'000'000u}) {
            if ((rows > 1'000'000 && !is.full) || (rows < 100'000 && is.quick)) continue;
            bench::game_plan plan = is.plan();
            plan.rows = rows;
            plan.updates = 4'000;
            small(plan);
        }
    if (is.wants("updates"))
        for (const std::size_t updates : {1'000u, 16'000u, 64'000u}) {
            if (is.quick && updates != 16'000) continue;
            bench::game_plan plan = is.plan();
            plan.updates = updates;
            small(plan);
        }
    if (is.wants("skew") && !is.quick)
        for (const pattern picks : {pattern::hot, pattern::zipf}) {
            bench::game_plan plan = is.plan();
            plan.picks = picks;
            small(plan, picks == pattern::hot ? ", 90 % of them to 5 % of the rows" : ", by Zipf (0.99)");
        }
    if (is.wants("wide") && !is.quick) {
        bench::game_plan plan = is.plan();
        plan.rows = 100'000;
        play_all<row_of<512>>(to, is, plan, "100k rows of 512 B, 16k updates a tick");
    }
    if (is.wants("slow") && (!is.quick || !is.only.empty())) {
        bench::game_plan plan = is.plan();
        plan.rows = 100'000;
        plan.updates = 4'000;
        plan.writer_row_ns = 4'000;
        small(plan, ", a writer that takes 4 us a row");
    }
}

} // namespace

int main(int argc, char** argv) {
    if (!bench::optimized("bench_snapshot")) return 2;
    choices is;
    CLI::App app("Plays the same game with every snapshot strategy. 0: every answer was right; 1: one was wrong.");
    is.add_to(app, "One round of three plans, not three of ten", "Also 4 million rows",
              {"rows", "updates", "skew", "wide", "slow"});
    app.add_option("--lie", is.lying, "Spoil an image of the strategy of this name: the program must fail");
    CLI11_PARSE(app, argc, argv);
    return bench::run(is.json, [&](bench::report& to) { measure_all(to, is); });
}
