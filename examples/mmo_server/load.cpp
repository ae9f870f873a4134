// SPDX-License-Identifier: MIT
/// @file
/// The schedule: each operation falls due at its rate, for a player drawn by lot.
#include "load.hpp"

#include "progress_bar.hpp"
#include "text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <thread>
#include <utility>

namespace mmo {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::string_view movement = "pos 20Hz*0.55 moving";
constexpr hf::result<void> (game::*no_table)(player) = nullptr;

/// Names and rates are those of workload/mmo_workload.json, which counted and estimated them from public
/// servers. Logging in means all rows of a player there; here they are in memory already.
constexpr operation workload[] = {
    {movement, 11.0, no_table}, // all players at once: game::walk
    {"durability/charges", 0.3, &game::wear_down},
    {"inventory move/split/stack", 0.12, &game::move_in_bag},
    {"xp", 0.1, &game::gain_experience},
    {"loot item create (non-rare)", 0.05, &game::loot_item},
    {"loot coin", 0.05, &game::loot_coin},
    {"quest progress counter", 0.05, &game::advance_quest},
    {"skill/reputation up", 0.05, &game::raise_skill},
    {"vendor buy/sell", 0.02, &game::visit_vendor},
    {"rare loot / craft", 0.006, &game::loot_rare_item},
    {"quest complete (quest+xp+gold+rep+item)", 0.004, &game::complete_quest},
    {"login or logout", 0.0011, &game::log_in},
    {"player trade (2 players)", 0.001, &game::trade},

    {"hp/mana/power", 3.5, no_table},
    {"aura/cooldown add/tick/remove", 1.2, no_table},
    {"activity-log append (non chat)", 0.35, no_table},
    {"ach/criteria progress", 0.3, no_table},
    {"map chunk/world object change", 0.05, no_table},
    {"settings/hotbar/social", 0.01, no_table},
    {"house/world container move", 0.01, no_table},
    {"mail send/take", 0.004, no_table},
    {"auction post/bid/buy", 0.003, no_table},
    {"guild bank deposit/withdraw", 0.001, no_table},
};

/// The file has no operation on guild members; this rate is that of the guild bank.
constexpr operation guild_life{"guild join or leave", 0.001, &game::join_or_leave_guild};

hf::result<void> take_rates(const nlohmann::json& from, std::vector<operation>& to) {
    for (const auto& given : from.at("ops")) {
        const auto name = given.at("name").get<std::string>();
        const auto known = std::find_if(to.begin(), to.end(), [&](const operation& is) { return is.name == name; });
        if (known == to.end())
            return hf::error{hf::errc::mismatch, "'" + name + "' is not an operation of this server"};
        known->per_player_per_second = given.at("per_player_per_s").get<double>();
    }
    return {};
}

/// An operation, and how many of it are owed to the players.
struct due_operation {
    operation is;
    load_report::count counted;
    double owed = 0;

    void play_one_tick(game& playing) {
        owed += is.per_player_per_second * static_cast<double>(playing.players()) / ticks_per_second;
        for (; owed >= 1; --owed) {
            ++counted.played;
            if (!(playing.*is.play)(playing.any_player())) ++counted.refused;
        }
    }
};

} // namespace

std::vector<operation> built_in_workload() {
    std::vector<operation> all(std::begin(workload), std::end(workload));
    all.push_back(guild_life);
    return all;
}

hf::result<std::vector<operation>> read_workload(const std::string& path) {
    std::ifstream file(path);
    if (!file) return hf::error{hf::errc::not_found, path + " cannot be read"};
    std::vector<operation> all = built_in_workload();
    try {
        if (auto ok = take_rates(nlohmann::json::parse(file), all); !ok)
            return hf::error{ok.why().code, path + ": " + ok.why().detail};
    } catch (const nlohmann::json::exception& why) {
        return hf::error{hf::errc::corrupt, path + ": " + why.what()};
    }
    return all;
}

load_report run_load(hf::store<world>& db, game& playing, std::span<const operation> operations, int seconds) {
    load_report report;
    report.counts.push_back({movement});
    double share_moving = 0;
    std::vector<due_operation> due;
    for (const operation& is : operations) {
        if (is.name == movement)
            share_moving = is.per_player_per_second / ticks_per_second;
        else if (is.play == nullptr)
            report.left_out.push_back(is.name);
        else
            due.push_back({is, {is.name}});
    }

    progress_bar bar;
    const auto total = static_cast<std::size_t>(seconds) * ticks_per_second;
    report.ticks.reserve(total);
    const auto cpu_before = db.health().saver_cpu;
    const auto begun = clock::now();
    for (std::size_t tick = 0; tick < total; ++tick) {
        const auto starts = begun + tick * std::chrono::milliseconds(1'000) / ticks_per_second;
        std::this_thread::sleep_until(starts);
        const auto before = clock::now();
        if (before - starts > std::chrono::milliseconds(1)) ++report.late_ticks;
        report.counts.front().played += playing.walk(share_moving);
        for (due_operation& one : due) one.play_one_tick(playing);
        const auto worked = clock::now();
        db.commit();
        const auto committed = clock::now();
        report.ticks.push_back(worked - before);
        report.longest_commit = std::max<std::chrono::nanoseconds>(report.longest_commit, committed - worked);
        bar.show("playing", tick, total);
    }
    report.took = clock::now() - begun;
    report.saver_cpu = db.health().saver_cpu - cpu_before;
    for (const due_operation& one : due) report.counts.push_back(one.counted);
    std::sort(report.ticks.begin(), report.ticks.end());
    return report;
}

void load_report::print() const {
    std::printf("played %.0f s at %d ticks a second:\n", in_seconds(took), ticks_per_second);
    for (const count& one : counts) {
        std::printf("  %-42.*s %12s", static_cast<int>(one.name.size()), one.name.data(), grouped(one.played).c_str());
        if (one.refused != 0) std::printf("   %s refused", grouped(one.refused).c_str());
        std::putchar('\n');
    }
    std::printf("left out, because this server has no table for it:\n");
    std::string line;
    for (const std::string_view name : left_out) {
        if (line.size() + name.size() > 96) std::printf("  %s,\n", std::exchange(line, {}).c_str());
        line += (line.empty() ? "" : ", ") + std::string(name);
    }
    std::printf("  %s\n\n", line.c_str());
}

} // namespace mmo
