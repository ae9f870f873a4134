// SPDX-License-Identifier: MIT
/// @file
/// The database as it was: a backup, and the log on it up to a tick or a moment, in a file of its own.
#pragma once

#include <holdfast/snapshot/id_table.hpp>
#include <holdfast/store/backup_keeper.hpp>
#include <holdfast/store/database.hpp>
#include <holdfast/store/known_timelines.hpp>
#include <holdfast/store/log_replay.hpp>
#include <holdfast/store/recover.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace holdfast {

/// Which moment is wanted.
class restore_point {
public:
    /// Right after this tick was committed.
    [[nodiscard]] static restore_point at_tick(tick wanted) noexcept {
        restore_point made;
        made.tick_ = wanted;
        return made;
    }
    /// At this time: after the last tick that was committed then, or before. When ticks that cannot be read may be among
    /// these, it is an error that names the last that can.
    [[nodiscard]] static restore_point at_time(std::chrono::system_clock::time_point wanted) noexcept {
        restore_point made;
        made.wall_us_ = std::chrono::duration_cast<std::chrono::microseconds>(wanted.time_since_epoch()).count();
        return made;
    }
    /// Whatever the log has; an error, likewise, when it is known to have had more.
    [[nodiscard]] static restore_point newest() noexcept { return {}; }
    /// The same on another timeline than the newest: see `timelines_of`.
    [[nodiscard]] restore_point on(std::uint64_t timeline) const noexcept {
        restore_point made = *this;
        made.timeline_ = timeline;
        return made;
    }

    /// Whether what was committed as this tick, at this time, belongs to it.
    [[nodiscard]] bool includes(tick number, std::int64_t wall_us) const noexcept {
        return number <= tick_ && wall_us <= wall_us_;
    }
    /// The tick that must be there; 0: any.
    [[nodiscard]] tick wanted() const noexcept { return tick_ == ~tick{0} ? 0 : tick_; }
    /// Nothing: the newest.
    [[nodiscard]] std::optional<std::uint64_t> timeline() const noexcept { return timeline_; }

private:
    tick tick_ = ~tick{0};
    std::int64_t wall_us_ = INT64_MAX;
    std::optional<std::uint64_t> timeline_;
};

/// What a restore has made.
struct restore_report {
    tick restored = 0;                                 ///< The file is what the database was after this tick,
    std::chrono::system_clock::time_point committed{}; ///< which was committed then; 1970: it is the backup's.
    std::uint64_t timeline = 0;                        ///< Which history it is of: of `restore_in_place`, a new one.
    std::string backup{};                              ///< The backup that it was begun with.
    std::string set_aside{};                           ///< What the database of before is called now.
    std::vector<std::string> steps{};                  ///< Backups that are damaged or cannot be read, and why.
};

namespace detail {

/// How far a log goes from what a backup has, up to a point, and by which resync.
struct replay_range {
    std::uint64_t last = 0;
    std::int64_t wall_us = 0;     ///< When it was committed; 0: it is the backup's.
    std::uint64_t resync_end = 0; ///< See `log_replay::run`.
    bool cut_short = false;       ///< What cannot be read behind it may belong to the point, too.
};
/// Clocks go back: a time has the last frame that was stamped then or before, whatever the stamps of those before it.
/// @param backed_up  The last tick of the timeline, and of its past, that a backup has.
[[nodiscard, gnu::cold]] inline replay_range range_up_to(const found_log& log, std::uint64_t applied,
                                                         const restore_point& to, std::uint64_t backed_up) {
    replay_range found{applied};
    std::uint64_t seen = applied;
    bool behind_point = !to.includes(applied + 1, INT64_MIN); // what was read last: then what is missing next is, too
    whole_resync_search search(log.gaps);
    const bool goes_on = log.segments.empty() || log.segments.front().view.goes_on_at() <= applied + 1;
    for (const found_frame& one : log.frames) {
        if (!goes_on || one.number() <= applied) continue;
        const bool included = to.includes(one.number(), one.header.wall_us);
        seen = one.number();
        search.see(one.header);
        const bool behind_gap = std::any_of(log.gaps.begin(), log.gaps.end(), [&](const log_gap& gap) {
            return gap.behind > applied + 1 && gap.behind <= one.number() && gap.behind > search.end();
        });
        if (behind_gap) { // until a resync makes up for what is missing
            found.cut_short = found.cut_short || included || !behind_point;
        } else {
            behind_point = !included;
            if (included) found = {one.number(), one.header.wall_us, search.end()};
        }
        if (!included && to.wanted() != 0) return found;
    }
    bool more = log.damage || !goes_on;
    if (log.timeline != log.timelines.newest().id) // the log of one that was left is trimmed to nothing one day
        more = more || log.segments.empty() || log.last < backed_up;
    for (const log_gap& gap : log.gaps) more = more || gap.behind > seen + 1; // nothing is behind it yet
    found.cut_short = found.cut_short || (more && !behind_point);
    return found;
}

/// What a file becomes that was restored.
struct restored_file {
    uuid id{};
    timelines known{};
    id_leases ids{};
};

[[nodiscard, gnu::cold]] inline result<void> write_identity(sqlite::connection& db, const restored_file& is) {
    auto meta = db.prepare("UPDATE holdfast_meta SET database = ?, clean = 1 WHERE id = 1");
    if (!meta) return meta.why();
    meta->bind(1, codec<uuid>::get(is.id));
    if (auto ok = meta->run(); !ok) return ok;
    if (auto ok = raise_ids(db, is.ids); !ok) return ok;
    return is.known.all().empty() ? result<void>() : write_timelines(db, is.known);
}

/// Plays the log on a copy of a backup.
[[nodiscard, gnu::cold]] inline result<void> play_on(const std::string& path, const found_log& log,
                                                     std::uint64_t applied, const replay_range& range,
                                                     const restored_file& becomes, std::size_t batch_bytes) {
    auto db = sqlite::connection::open(path, sqlite::connection::mode::existing);
    if (!db) return db.why();
    if (auto ok = sqlite::mark_open(*db); !ok) return ok;
    if (auto ok = sqlite::set_up(*db, false); !ok) return ok;
    log_replay playing(*db, log, batch_bytes);
    if (auto ok = playing.run(applied, range.resync_end, range.last); !ok)
        return error{ok.why().code, words({"replaying the log: ", ok.why().detail})};
    if (auto ok = write_identity(*db, becomes); !ok) return ok;
    if (auto ok = sqlite::mark_closed(*db); !ok) return ok;
    return db->set_pragma("journal_mode", "DELETE", "delete");
}

/// Where the files of a database are from which one can restore.
struct restore_source {
    std::string path;
    std::string log;
    std::string backups;
    timelines known;
};
[[nodiscard, gnu::cold]] inline result<restore_source> source_of(const std::string& path, const options& chosen) {
    auto place = canonical_path(path);
    if (!place) return place.why();
    restore_source made{*place, log_folder(*place), backup_folder(*place, chosen.backups), {}};
    auto known = known_timelines(made.log, made.backups);
    if (!known) return known.why();
    made.known = std::move(*known);
    return made;
}

/// Makes the file `fresh` with what there was at a moment. `becomes(report)` says what it is then.
[[nodiscard, gnu::cold]] inline result<restore_report>
make_restored(const restore_source& of, const std::string& fresh, const restore_point& to, const options& chosen,
              const std::function<restored_file(const backup_manifest&, const restore_report&)>& becomes) {
    restore_report report;
    report.timeline = to.timeline().value_or(of.known.newest().id);
    if (report.timeline != 0 && of.known.find(report.timeline) == nullptr)
        return error{errc::not_found, words({of.path, ": no log and no backup is of that timeline"})};
    auto backups = backups_in(of.backups);
    if (!backups) return backups.why();
    const auto owner = owner_of_backups(of.backups);
    if (!owner) return owner.why();
    if (backups->empty()) return error{errc::not_found, words({of.path, ": there is no backup in ", of.backups})};
    std::uint64_t backed_up = 0;
    for (const found_backup& one : *backups)
        if (of.known.shared(one.timeline, report.timeline).value_or(0) >= one.applied)
            backed_up = std::max(backed_up, one.applied);
    for (; !backups->empty(); backups->pop_back()) {
        const found_backup& from = backups->back();
        const auto shared = of.known.shared(from.timeline, report.timeline);
        if (!to.includes(from.applied, from.made_us) || !shared || *shared < from.applied) continue;
        auto is = verify_found(from, owner->id);
        if (!is) {
            report.steps.push_back(is.why().detail);
            continue;
        }
        if (!to.includes(is->applied, is->made_us)) continue; // its name has whole seconds
        const auto read = [&] {
            return read_log(of.log, is->database, is->applied, archive_of(of.log), of.known, report.timeline);
        };
        auto log = read();
        for (int again = 0; again < 10 && !log && log.why().code == errc::not_found; ++again) // moved meanwhile
            log = read();
        if (!log) return log.why();
        const replay_range range = range_up_to(*log, is->applied, to, backed_up);
        const bool by_tick = to.wanted() != 0;
        if (by_tick ? range.last != to.wanted() : range.cut_short)
            return error{log->damage || (!by_tick && !log->gaps.empty()) ? errc::corrupt : errc::not_found,
                         words({of.path, ": ", by_tick ? words({"tick ", to.wanted(), " is"}) : "all of that time is",
                                " not there: from the backup ", from.path, " the log leads to tick ", range.last,
                                by_tick ? "" : ", which at_tick restores", log->damage ? ": " : "",
                                log->damage ? std::string_view(log->damage->detail) : ""})};
        report.restored = range.last;
        report.committed +=
            std::chrono::duration_cast<std::chrono::system_clock::duration>(std::chrono::microseconds(range.wall_us));
        report.backup = from.path;
        if (auto ok = sqlite::remove_database(fresh); !ok) return ok.why();
        auto ok = copy_file(from.path, fresh);
        if (ok) ok = unseal_backup(fresh);
        if (ok) ok = play_on(fresh, *log, is->applied, range, becomes(*is, report), chosen.batch_bytes);
        if (ok) return report;
        (void)sqlite::remove_database(fresh);
        return error{ok.why().code, words({fresh, ": ", ok.why().detail})};
    }
    return error{report.steps.empty() ? errc::not_found : errc::corrupt,
                 words({of.path, ": no backup ", report.steps.empty() ? "is so old" : "that is so old is whole: ",
                        report.steps.empty() ? std::string_view() : std::string_view(report.steps.back())})};
}

} // namespace detail

/// Makes a file at `into` with the database at `path` as it was at a moment: for a look at what there was, for what a
/// player has lost, or to go on from it. Nothing else is changed; a server may have the database open meanwhile. The file
/// is a database of its own, with an id of its own, and can be opened as a store.
///
/// What can be restored begins with the oldest backup and ends with the last tick that is synced; ticks between two backups
/// are there as long as `backup_options::log_window` says.
///
/// Errors: `refused`: there is a file at `into`, or a WAL or journal that is called like it; `not_found`: no backup, or not
///         that tick: it says which there are; `corrupt`: no backup is whole, and can be read, that could lead there, or the
///         log is damaged before, or may be: it names the last tick that can be restored; `full`, `io`.
/// @param chosen  As the store is opened with: where backups are, how much is written at once.
/// Threads: any. Cost: a copy of the backup, and of what the log has behind it; a segment of it is in memory.
[[nodiscard, gnu::cold]] inline result<restore_report> restore(const std::string& path, const std::string& into,
                                                               const restore_point& to, const options& chosen = {}) {
    if (auto ok = sqlite::check_unused(into); !ok) return ok.why();
    auto from = detail::source_of(path, chosen);
    if (!from) return from.why();
    const std::string fresh = words({into, ".holdfast-new"});
    auto made = detail::make_restored(*from, fresh, to, chosen, [](const backup_manifest&, const restore_report&) {
        return detail::restored_file{random_number<uuid>()};
    });
    if (!made) return made;
    if (auto ok = name_synced(fresh, into); !ok) {
        (void)sqlite::remove_database(fresh);
        return ok.why();
    }
    return made;
}

/// The timelines of the database at `path` that its log and its backups tell of, the newest last; the first one of all is
/// not among them. Errors: `io`. Threads: any.
[[nodiscard, gnu::cold]] inline result<std::vector<timeline>> timelines_of(const std::string& path,
                                                                           const options& chosen = {}) {
    auto from = detail::source_of(path, chosen);
    if (!from) return from.why();
    std::vector<timeline> all = from->known.all();
    std::sort(all.begin(), all.end(), [](const timeline& a, const timeline& b) { return a.generation < b.generation; });
    return all;
}

} // namespace holdfast
