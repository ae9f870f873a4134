// SPDX-License-Identifier: MIT
/// @file
/// The load: how often players do what, twenty times a second in real time, and what it cost.
#pragma once

#include "game.hpp"

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mmo {

inline constexpr int ticks_per_second = 20;

/// An operation of the workload and how often one player does it. Without `play` there is no table for it here.
struct operation {
    std::string_view name;
    double per_player_per_second;
    hf::result<void> (game::*play)(player);
};

/// The workload, as it is written into the program.
[[nodiscard]] std::vector<operation> built_in_workload();

/// The same operations at the rates of a file such as workload/mmo_workload.json.
/// Errors: `not_found`, `corrupt` (not such a file), `mismatch` (it names an operation that is not known).
[[nodiscard]] hf::result<std::vector<operation>> read_workload(const std::string& path);

struct load_report {
    struct count {
        std::string_view name;
        std::size_t played = 0;
        std::size_t refused = 0;
    };
    std::vector<count> counts{};
    std::vector<std::string_view> left_out{};
    std::vector<std::chrono::nanoseconds> ticks{}; ///< The work of each tick, without its commit; sorted.
    std::chrono::nanoseconds longest_commit{0};
    std::chrono::nanoseconds took{0};
    std::chrono::nanoseconds saver_cpu{0}; ///< Of the background threads, meanwhile.
    std::size_t late_ticks = 0;            ///< Begun more than one millisecond after their time.

    [[nodiscard]] std::chrono::nanoseconds tick_at(double share) const {
        return ticks[static_cast<std::size_t>(share * static_cast<double>(ticks.size() - 1))];
    }
    void print() const;
};

/// Plays for so many seconds, with a commit at the end of each tick.
[[nodiscard]] load_report run_load(hf::store<world>& db, game& playing, std::span<const operation> operations,
                                   int seconds);

} // namespace mmo
