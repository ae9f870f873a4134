// SPDX-License-Identifier: MIT
/// @file
/// Cuts the power, again and again: stores are recorded, what the disk may have at some moment of that is built, and
/// opened.
#pragma once

#include "disk.hpp"
#include "played_store.hpp"

#include <optional>

namespace torture {

struct power_choices {
    std::uint64_t states = 20'000;
    std::uint64_t seed = 1;
    std::optional<std::uint64_t> only_state{};
    std::string folder{};            ///< Where states are built; those stay in which something was found.
    deafness deaf = deafness::none;  ///< Which syncs are not heard of.
    bool never_reboots = false;      ///< The machine says that it was never off.
    bool claims_a_tick_more = false; ///< The store is said to have called one tick more durable than it did.
    std::uint64_t most_findings = 10;
    bool quiet = false; ///< Nothing is printed.
};

struct power_tally {
    std::uint64_t states = 0;     ///< Built and opened, and
    std::uint64_t nested = 0;     ///< of these, after a power cut in what another one was opened and played with.
    std::uint64_t recordings = 0; ///< Of which they are moments.
    std::uint64_t events = 0;     ///< Operations on files that were recorded in them.
    std::uint64_t ticks = 0;      ///< Ticks that were called durable, and found again.
    std::uint64_t lucky = 0;      ///< Ticks that were not, and were there.
    std::uint64_t dropped = 0;    ///< States whose log had an end that was cut off.
    std::uint64_t replayed = 0;   ///< States whose log had ticks that SQLite did not.
    std::uint64_t destroyed = 0;  ///< States whose database was destroyed, and recovered from a backup,
    std::uint64_t unlogged = 0;   ///< or refused, since the backup is older than a bulk load.
    std::map<std::string, std::uint64_t> moments{}; ///< By what the power was cut in front of.
    std::uint64_t losses = 0, broken = 0, failures = 0;

    [[nodiscard]] std::uint64_t findings() const noexcept { return losses + broken + failures; }
};

[[nodiscard]] power_tally cut_power(const power_choices& chosen);
void print_power_figures(const power_tally& of, double seconds);

/// Lets disks be deaf to one kind of sync after the other, and stores claim too much. Whether each was found.
[[nodiscard]] bool power_self_test(const power_choices& chosen);

} // namespace torture
