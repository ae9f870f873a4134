// SPDX-License-Identifier: MIT
/// @file
/// Which timelines there are of a database that cannot be asked itself.
#pragma once

#include <holdfast/queue/log_archive.hpp>
#include <holdfast/snapshot/backup_folder.hpp>
#include <holdfast/snapshot/timeline_table.hpp>

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

} // namespace holdfast
