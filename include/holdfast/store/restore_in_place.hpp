// SPDX-License-Identifier: MIT
/// @file
/// The database itself becomes what it was; what happened since is kept, as another timeline.
#pragma once

#include <holdfast/store/opening.hpp>
#include <holdfast/store/restore.hpp>

namespace holdfast {
namespace detail {

/// What of the database of before concerns the one that takes its place.
struct left_behind {
    owner_lock owner{};
    log_place place{};
    restored_file becomes{}; ///< Without the new timeline.
};

/// Brings the database up to everything that its log and its ring have, and closes it: so nothing is lost of what is left.
[[nodiscard, gnu::cold]] inline result<left_behind> try_to_leave(opening& place, const options& chosen) {
    auto db = place.open();
    if (!db) return db.why();
    if (!db->marked) return error{errc::refused, words({db->path, ": it is no store's database"})};
    recovery found(*db, chosen);
    if (auto ok = found.run(); !ok) return ok.why();
    left_behind left;
    left.place = found.place();
    left.becomes.id = db->id;
    left.becomes.known = db->known;
    newer_backups newer;
    if (auto ok = find_newer_backups(*db, chosen, newer); !ok) return ok.why();
    left.becomes.ids = std::move(newer.ids);
    if (auto ok = read_ids(db->db, left.becomes.ids); !ok) return ok.why();
    if (found.report().damage && state_of(found.ring()))
        if (auto ok = rename_synced(found.ring(), words({found.ring(), ".damaged"})); !ok) return ok.why();
    if (auto ok = prepare_to_write(*db); !ok) return ok.why();
    if (auto ok = count_changes_of_others(*db); !ok) return ok.why();
    if (auto ok = forget_changes_of_others(*db, chosen); !ok) return ok.why();
    if (found.report().lost != lost_ticks::damage) // else the next open must find that, should nothing be restored
        if (auto ok = db->db.run("UPDATE holdfast_meta SET clean = 1"); !ok) return ok.why();
    if (auto ok = sqlite::mark_closed(db->db); !ok) return ok.why();
    db->db = sqlite::connection();
    if (auto ok = remove_file(found.ring()); !ok) return ok.why(); // the log has it
    left.owner = place.take_owner();
    return left;
}
/// As `try_to_leave`; a database that is damaged is recovered from a backup first.
[[nodiscard, gnu::cold]] inline result<left_behind> leave(const std::string& path, const options& chosen) {
    opening place(path, chosen);
    for (;;) {
        auto left = try_to_leave(place, chosen);
        if (left) return left;
        if (auto ok = place.mend(left.why()); !ok) return ok.why();
    }
}

/// The log of the new timeline: should the database be lost before it is opened, its log says that there is one.
[[nodiscard, gnu::cold]] inline result<void> begin_timeline(log_place place, std::uint64_t restored) {
    if (auto ok = make_folder(place.folder); !ok) return ok;
    log_files log(std::move(place), {}, random_number<std::uint32_t>());
    return log.begin({restored + 1});
}

} // namespace detail

/// Makes the database at `path` what it was at a moment. What happened since is another timeline from here on: it is kept
/// as long as its backups and its log, and `restore` gets at it (`restore_point::on`). Ticks go on behind the restored one;
/// ids that were given out since are not given out again. The file of before stays, as `<path>.replaced-<time>`.
///
/// Nobody may have the store open. Killed at any instruction, the next open finishes it, or finds everything as it was.
///
/// Errors: those of `restore`, and of `open`: first everything that was committed is brought into the file of before. The
///         database is as it was then.
/// Durability: when it returns, it is on the disk. Threads: any. Cost: as `restore`.
[[nodiscard, gnu::cold]] inline result<restore_report>
restore_in_place(const std::string& path, const restore_point& to, const options& chosen = {}) {
    auto from = detail::source_of(path, chosen);
    if (!from) return from.why();
    if (auto backups = backups_in(from->backups); !backups || backups->empty())
        return backups ? error{errc::not_found, words({from->path, ": there is no backup in ", from->backups})}
                       : backups.why();
    auto left = detail::leave(path, chosen);
    if (!left) return left.why();
    from = detail::source_of(path, chosen); // now that its log has everything
    if (!from) return from.why();
    from->known.add(left->becomes.known);
    const clock& time = chosen.time != nullptr ? *chosen.time : machine_clock();
    timeline fresh;
    fresh.id = random_number<std::uint64_t>() | 1;
    fresh.made_us = time.wall_us();
    fresh.generation = from->known.newest().generation + 1;
    restore_intent intent(from->path);
    auto made = detail::make_restored(*from, intent.replacement() + ".new", to, chosen,
                                      [&](const backup_manifest&, const restore_report& is) {
                                          fresh.parent = is.timeline;
                                          fresh.forked_at = is.restored;
                                          detail::restored_file becomes = left->becomes;
                                          becomes.known = from->known;
                                          becomes.known.add(fresh);
                                          return becomes;
                                      });
    if (!made) return made;
    if (auto ok = rename_synced(intent.replacement() + ".new", intent.replacement()); !ok) return ok.why();
    auto aside = intent.make("replaced", fresh.made_us);
    if (!aside) return aside.why();
    made->set_aside = *aside;
    made->timeline = fresh.id;
    left->place.timeline = fresh;
    left->place.boot = {}; // no ring belongs to it
    if (auto ok = detail::begin_timeline(std::move(left->place), made->restored); !ok)
        made->steps.push_back(
            words({"its log is not begun, so open it before anything happens to it: ", ok.why().detail}));
    return made;
}

} // namespace holdfast
