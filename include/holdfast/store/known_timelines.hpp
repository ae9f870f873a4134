// SPDX-License-Identifier: MIT
/// @file
/// Which timelines there are of a database that cannot be asked itself, and one that begins by itself.
#pragma once

#include <holdfast/io/clock.hpp>
#include <holdfast/queue/log_archive.hpp>
#include <holdfast/snapshot/backup_file.hpp>
#include <holdfast/snapshot/backup_folder.hpp>
#include <holdfast/snapshot/timeline_table.hpp>
#include <holdfast/store/backup_place.hpp>
#include <holdfast/store/database.hpp>
#include <holdfast/store/load.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace holdfast {

namespace detail {

/// What the newest backup of each timeline tells. Errors: `io`.
[[nodiscard, gnu::cold]] inline result<void> ask_backups(timelines& known, const std::string& folder) {
    auto all = backups_in(folder);
    if (!all) return all.why();
    std::uint64_t asked = 0; // backups of one timeline stand together, mostly
    for (; !all->empty(); all->pop_back()) {
        const found_backup& one = all->back();
        if (one.timeline == 0 || one.timeline == asked) continue;
        auto db = sqlite::connection::open(one.path, sqlite::connection::mode::read_only);
        const auto tells = db ? read_timelines(*db) : result<timelines>(db.why());
        if (!tells) continue; // another one of the same timeline may be whole
        known.add(*tells);
        asked = one.timeline;
    }
    return {};
}

/// A backup, if it is one of this database, and the one that its name says. Nothing of it is verified.
[[nodiscard, gnu::cold]] inline result<sqlite::connection> open_backup_of(const found_backup& one, const uuid& id) {
    auto db = sqlite::connection::open(one.path, sqlite::connection::mode::read_only);
    if (!db) return db;
    const auto is = read_manifest(*db);
    if (!is) return is.why();
    if (is->database == id && is->applied == one.applied && is->timeline == one.timeline) return db;
    return error{errc::mismatch, words({one.path, ": it is another one's"})};
}

/// Backups of what came after a database, or of timelines that it does not know.
struct newer_backups {
    bool any = false;
    id_leases ids{};          ///< That they tell of.
    timelines not_readable{}; ///< Of those whose timeline is not known: what their names tell of it.
};
/// Looks for them. One that cannot be read is taken for one, and the log callback is told. Errors: `io`.
[[nodiscard, gnu::cold]] inline result<void> find_newer_backups(const database& opened, const options& chosen,
                                                                newer_backups& found) {
    const auto all = backups_in(backup_folder(opened.path, chosen.backups), opened.known);
    if (!all) return all.why();
    for (const found_backup& one : *all) {
        const bool unknown = one.timeline != 0 && opened.known.find(one.timeline) == nullptr;
        const bool later = !one.abandoned && one.applied > opened.applied;
        if (!unknown && !later) continue;
        auto is = open_backup_of(one, opened.id);
        if (!is && is.why().code == errc::mismatch) continue;
        found.any = true;
        if (unknown) found.not_readable.add({one.timeline, 0, 0, one.made_us, 0});
        const auto read = is ? read_ids(*is, found.ids) : result<void>(is.why());
        if (!read && chosen.log)
            chosen.log(log_level::warning,
                       words({one.path, ": ids that it has may be given out again: ", read.why().detail}));
    }
    return {};
}

} // namespace detail

/// The timelines that the log tells of, its archive, and backups. Errors: `io`.
/// @param log_folder, backups  Folders; either may be missing.
[[nodiscard, gnu::cold]] inline result<timelines> known_timelines(const std::string& log_folder,
                                                                  const std::string& backups) {
    timelines known;
    const auto files = detail::segment_files(log_folder, archive_of(log_folder), known);
    if (!files) return files.why();
    if (auto ok = detail::ask_backups(known, backups); !ok) return ok.why();
    return known;
}

/// A database that is older than its backups, or of a timeline that was left, was brought back by hand, or has lost ticks:
/// what they have is another timeline from here on, or one day they would be taken for its future. The ids that they have
/// are not given out again. Errors: `full`, `io`.
/// @param lost  Ticks were lost that a backup may have which cannot be read now.
[[nodiscard, gnu::cold]] inline result<void> leave_newer_backups(database& opened, const options& chosen, bool lost,
                                                                 const std::vector<table_base*>& tables) {
    if (!opened.marked || opened.path == ":memory:") return {};
    const std::string folder = backup_folder(opened.path, chosen.backups);
    timelines known = opened.known;
    if (auto ok = detail::ask_backups(known, folder); !ok) return ok;
    const timeline now = opened.known.newest();
    detail::newer_backups newer;
    if (auto ok = detail::find_newer_backups(opened, chosen, newer); !ok) return ok;
    if (!newer.any && !lost) return {};
    const clock& time = chosen.time != nullptr ? *chosen.time : machine_clock();
    std::uint32_t hidden = 0; // generations that timelines have which nobody can read now: no more, surely
    for (const timeline& one : newer.not_readable.all())
        if (known.find(one.id) == nullptr) hidden = 1u << 20;
    const std::uint32_t generation = known.newest().generation + hidden + 1;
    opened.known.add(known);
    opened.known.add(newer.not_readable);
    opened.known.add({random_number<std::uint64_t>() | 1, now.id, opened.applied, time.wall_us(), generation});
    if (chosen.log)
        chosen.log(log_level::warning,
                   words({opened.path, ": it has tick ", opened.applied, ", and ",
                          lost ? "ticks behind it are lost" : "there are backups of what came after",
                          ": it goes on as another timeline (hf::timelines_of)"}));
    if (auto ok = prepare_to_write(opened); !ok) return ok;
    if (auto ok = raise_ids(opened.db, newer.ids); !ok) return ok; // first: nobody looks for them in a known timeline
    if (auto ok = write_timelines(opened.db, opened.known); !ok) return ok;
    return resume_ids(opened.db, tables);
}

} // namespace holdfast
