// SPDX-License-Identifier: MIT
/// @file
/// The process that is killed: opens a store, plays ticks and says so, perhaps closes it, and waits for its end.
#pragma once

#include <holdfast/store/options.hpp>

#include "messages.hpp"
#include "workload.hpp"

namespace torture {

/// What one server does in its life.
struct life {
    enum class ending : unsigned char { plays_on, closes, leaves_without_close };

    std::string path;
    workload ticks{};
    hf::options options{};
    std::int64_t most_ticks = 1'000'000;
    ending end = ending::plays_on;
    bool waits = true;             ///< Now and then for a sync, or for everything to be saved.
    bool syncs_each_tick = false;  ///< Waits for each tick to be durable.
    bool steps_clock = false;      ///< The machine's wall clock jumps by an hour now and then, both ways.
    std::int64_t pause_log_ms = 0; ///< How long the log thread stands still, now and then.
    std::uint64_t seed = 0;

    // For --self-test: lies that must be found out.
    bool claims_a_tick_more = false;
    bool gives_an_id_twice = false;
};

/// Runs a life in this process, which ends with it.
[[noreturn]] void serve(const life& of, int to_parent, whereabouts& where);

} // namespace torture
