// SPDX-License-Identifier: MIT
/// @file
/// Whether power cuts would find a sync that is missing.
#include "power.hpp"

#include <cstdio>

namespace torture {

namespace {

struct sabotage {
    const char* name;
    void (*spoil)(power_choices&);
};
const sabotage all_ways[] = {
    {"the log is not synced", [](power_choices& of) { of.deaf = deafness::log; }},
    {"a segment is not synced before it has its name", [](power_choices& of) { of.deaf = deafness::new_segments; }},
    {"the folder of the log is not synced", [](power_choices& of) { of.deaf = deafness::log_folder; }},
    {"the folder of the store is not synced", [](power_choices& of) { of.deaf = deafness::store_folder; }},
    {"SQLite does not sync its WAL", [](power_choices& of) { of.deaf = deafness::wal; }},
    {"SQLite does not sync its database", [](power_choices& of) { of.deaf = deafness::database; }},
    {"the ring is taken for one of this boot", [](power_choices& of) { of.never_reboots = true; }},
    {"a tick more is called durable than is", [](power_choices& of) { of.claims_a_tick_more = true; }},
};

} // namespace

bool power_self_test(const power_choices& chosen) {
    bool good = true;
    for (const sabotage& way : all_ways) {
        power_choices spoilt = chosen;
        way.spoil(spoilt);
        spoilt.most_findings = 1;
        spoilt.quiet = true;
        const power_tally found = cut_power(spoilt);
        good = good && found.findings() != 0;
        const char* what = found.losses != 0     ? "found as a loss"
                           : found.broken != 0   ? "found as broken"
                           : found.failures != 0 ? "found as a failure"
                                                 : "NOT FOUND";
        std::printf("%-50s %s, in state %llu\n", way.name, what, static_cast<unsigned long long>(found.states));
    }
    return good;
}

} // namespace torture
