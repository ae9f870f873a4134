// SPDX-License-Identifier: MIT
/// @file
/// What a store says to the log callback when it begins and ends: what it found, what it could not save.
#pragma once

#include <holdfast/store/health.hpp>
#include <holdfast/store/recover.hpp>
#include <holdfast/store/speaker.hpp>

#include <string>

namespace holdfast {
namespace detail {

[[nodiscard, gnu::cold]] inline std::string why_lost(const recovery_report& is) {
    if (is.damage) return "are lost: " + is.damage->detail;
    if (is.lost == lost_ticks::ring_was_full) return "were committed while the ring was full, and are lost";
    return "were dropped because they could not be written, and are lost: the process ended before every row was "
           "written anew";
}

} // namespace detail

/// What was recovered, what was not, and which rows SQLite still refuses.
/// @param path  Of the database.
[[gnu::cold]] inline void say_found(const speaker& told, const std::string& path, const recovery_report& is,
                                    const dead_report& dead) {
    if (dead.rows != 0)
        told.say(log_level::error, words({path, ": rows that SQLite still refuses: ", dead.rows, ": ", dead.why}));
    if (is.clean && is.backup.empty()) return;
    std::string what = is.lost_from == 0 ? "nothing was to be recovered" : "nothing was recovered";
    if (is.recovered != is.saved)
        what = words(
            {"recovered ticks ", is.saved + 1, " to ", is.recovered, ", ", is.from_ring, " of them from the ring"});
    told.say(log_level::info, words({path, ": was left without a complete close; ", what}));
    if (is.dropped_bytes != 0)
        told.say(log_level::warning,
                 words({path, ": the log ended with ", is.dropped_bytes, " bytes that never were synced"}));
    if (is.lost_from != 0)
        told.say(log_level::error, words({path, ": ticks from ", is.lost_from, " on ", detail::why_lost(is)}));
}

/// Which ticks a store that was closed has not in its file.
[[gnu::cold]] inline void say_unsaved(const speaker& told, const std::string& path, const health_report& last) {
    const bool lost = path == ":memory:" || last.dropped_from == last.saved + 1;
    std::string what =
        words({path, ": closed with ticks ", last.saved + 1, " to ", last.committed, " not in the file"});
    if (!lost) what += "; the next open takes them from the log";
    if (last.dropped_from != 0) what += words({"; those from ", last.dropped_from, " on were dropped, and are lost"});
    told.say(log_level::warning, what);
}

} // namespace holdfast
