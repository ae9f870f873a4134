// SPDX-License-Identifier: MIT
/// @file
/// Which timelines there are of a database that cannot be asked itself, and one that begins by itself.
#pragma once

#include <holdfast/io/clock.hpp>
#include <holdfast/queue/log_archive.hpp>
#include <holdfast/snapshot/backup_folder.hpp>
#include <holdfast/snapshot/timeline_table.hpp>
#include <holdfast/store/backup_keeper.hpp>
#include <holdfast/store/database.hpp>

#include <string>

namespace holdfast {

/// The timelines that the log tells of, its archive, and backups. Errors: `io`.
/// @param log_folder, backups  Folders; either may be missing.
[[nodiscard, gnu::cold]] inline result<timelines> known_timelines(const std::string& log_folder,
                                                                  const std::string& backups) {
    timelines known;
    const auto files = detail::segment_files(log_folder, archive_of(log_folder), known);
    if (!files) return files.why();
    const auto all = backups_in(backups);
    if (!all) return all.why();
    for (const found_backup& one : *all) {
        if (one.timeline == 0 || known.find(one.timeline) != nullptr) continue;
        auto db = sqlite::connection::open(one.path, sqlite::connection::mode::read_only);
        const auto tells = db ? read_timelines(*db) : result<timelines>(db.why());
        if (tells) known.add(*tells); // another one of the same timeline may be whole
    }
    return known;
}

/// A database that is older than its backups was brought back by hand: what they have is another timeline from here on, or
/// one day they would be taken for its future. Errors: `full`, `io`.
[[nodiscard, gnu::cold]] inline result<void> leave_newer_backups(database& opened, const options& chosen) {
    if (!opened.marked || opened.path == ":memory:") return {};
    const auto all = backups_in(backup_folder(opened.path, chosen.backups), opened.known);
    if (!all) return all.why();
    const found_backup* newest = newest_backup(*all);
    if (newest == nullptr || newest->applied <= opened.applied) return {};
    const timeline now = opened.known.newest();
    const clock& time = chosen.time != nullptr ? *chosen.time : machine_clock();
    opened.known.add({random_number<std::uint64_t>() | 1, now.id, opened.applied, time.wall_us(), now.generation + 1});
    if (chosen.log)
        chosen.log(log_level::warning,
                   words({opened.path, ": it has tick ", opened.applied, ", and there is a backup of tick ",
                          newest->applied, ": it goes on as another timeline (hf::timelines_of)"}));
    if (auto ok = prepare_to_write(opened); !ok) return ok;
    return write_timelines(opened.db, opened.known);
}

} // namespace holdfast
