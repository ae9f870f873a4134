// SPDX-License-Identifier: MIT
/// @file
/// The MMO load: what 10,000 players do, how often, and how many rows and bytes each of it changes.
#pragma once

#include "queue/rows.hpp"

#include <nlohmann/json.hpp>

#include <fstream>
#include <random>

namespace bench {

struct operation {
    std::string name{};
    double per_player_per_second = 0;
    std::uint32_t rows = 1;
    std::uint32_t bytes = 0;
    std::string kind{};
};

/// Counted and estimated from public servers; what a file given with --workload says instead.
[[nodiscard]] inline std::vector<operation> built_in_operations() {
    return {{"pos 20Hz*0.55 moving", 11.0, 1, 16, "volatile"},
            {"hp/mana/power", 3.5, 1, 8, "volatile"},
            {"aura/cooldown add/tick/remove", 1.2, 1, 32, "volatile"},
            {"durability/charges", 0.3, 1, 4, "important"},
            {"ach/criteria progress", 0.3, 1, 8, "important"},
            {"inventory move/split/stack", 0.12, 2, 16, "important"},
            {"loot item create (non-rare)", 0.05, 2, 96, "important"},
            {"loot coin", 0.05, 1, 8, "important"},
            {"xp", 0.1, 1, 8, "important"},
            {"quest progress counter", 0.05, 1, 8, "important"},
            {"skill/reputation up", 0.05, 1, 8, "important"},
            {"settings/hotbar/social", 0.01, 1, 32, "important"},
            {"vendor buy/sell", 0.02, 3, 80, "critical"},
            {"quest complete (quest+xp+gold+rep+item)", 0.004, 8, 240, "critical"},
            {"rare loot / craft", 0.006, 3, 120, "critical"},
            {"player trade (2 players)", 0.001, 8, 160, "critical"},
            {"mail send/take", 0.004, 5, 220, "critical"},
            {"auction post/bid/buy", 0.003, 5, 200, "critical"},
            {"guild bank deposit/withdraw", 0.001, 4, 120, "critical"},
            {"house/world container move", 0.01, 3, 100, "critical"},
            {"map chunk/world object change", 0.05, 1, 400, "important"},
            {"activity-log append (non chat)", 0.35, 1, 64, "log"},
            {"login or logout", 0.0011, 1400, 0, "session"}};
}

/// Throws when the file is not there or is no such file.
[[nodiscard]] inline std::vector<operation> read_operations(const std::string& path) {
    std::ifstream file(path);
    if (!file) throw std::runtime_error("cannot read " + path);
    std::vector<operation> made;
    for (const auto& one : nlohmann::json::parse(file).at("ops"))
        made.push_back({one.at("name").get<std::string>(), one.at("per_player_per_s").get<double>(),
                        one.at("rows").get<std::uint32_t>(), one.at("bytes").get<std::uint32_t>(),
                        one.at("class").get<std::string>()});
    return made;
}

/// The changes of one tick after the other; the same for the same seed.
///
/// A position is two doubles of a player, vital signs two integers, a log entry an event. What makes an item makes
/// things; everything else changes things of one player, each by its share of the bytes: up to four integers, and a text
/// for the rest. To log in changes one field: the rows are in memory already.
class workload {
public:
    workload(const std::vector<operation>& operations, int ticks_per_second, std::uint64_t seed)
        : operations_(operations), owed_(operations.size()), ticks_(ticks_per_second), random_(seed) {}

    /// Lifetime of what it gives: until the next call.
    [[nodiscard]] const std::vector<change>& next() {
        made_.clear();
        for (std::size_t i = 0; i < operations_.size(); ++i) {
            owed_[i] += operations_[i].per_player_per_second * static_cast<double>(players_in_world) / ticks_;
            for (; owed_[i] >= 1; --owed_[i]) make(operations_[i]);
        }
        return made_;
    }

private:
    void make(const operation& is) {
        change one;
        for (std::int64_t& value : one.values) value = static_cast<std::int64_t>(random_() >> 1);
        one.row = static_cast<std::uint32_t>(random_() % players_in_world);
        const std::uint32_t each = (is.bytes + is.rows - 1) / is.rows;
        if (is.name.starts_with("pos")) {
            one.what = change::kind::move;
            one.row = walker_++ % static_cast<std::uint32_t>(players_in_world);
            for (int i = 0; i < 2; ++i)
                one.values[i] = std::bit_cast<std::int64_t>(static_cast<double>(one.values[i] % 2'000'000 + 1) / 1'000);
        } else if (is.kind == "volatile" && is.bytes == 8) {
            one.what = change::kind::hurt;
            for (int i = 0; i < 2; ++i) one.values[i] %= 1'000'000'000;
        } else if (is.kind == "log") {
            one.what = change::kind::note_down;
            one.text = static_cast<std::uint16_t>(each > 24 ? each - 24 : 0);
        } else if (is.kind == "session") {
            one.what = change::kind::pay;
        } else {
            return make_things(is, one, each);
        }
        made_.push_back(one);
    }
    void make_things(const operation& is, change one, std::uint32_t bytes_each) {
        const bool fresh = is.name.find("create") != std::string::npos;
        one.what = fresh ? change::kind::add : change::kind::alter;
        one.numbers = static_cast<std::uint8_t>(std::clamp<std::uint32_t>((bytes_each + 7) / 8, 1, 4));
        one.text = static_cast<std::uint16_t>(bytes_each > 32 ? bytes_each - 32 : 0);
        const std::uint32_t owner = one.row;
        for (std::uint32_t i = 0; i < is.rows; ++i) {
            if (!fresh)
                one.row = static_cast<std::uint32_t>(owner * things_of_a_player + random_() % things_of_a_player);
            one.values[0] = static_cast<std::int64_t>(random_() >> 1);
            made_.push_back(one);
        }
    }

    const std::vector<operation>& operations_;
    std::vector<double> owed_;
    const double ticks_;
    std::mt19937_64 random_;
    std::uint32_t walker_ = 0;
    std::vector<change> made_{};
};

} // namespace bench
