// SPDX-License-Identifier: MIT
/// @file
/// Brings a database up to the last tick that its log and its ring have, by the names in the log: the structs are not
/// asked. Killed at any instruction, it is done again from the start.
#pragma once

#include <holdfast/io/boot.hpp>
#include <holdfast/queue/log.hpp>
#include <holdfast/queue/log_archive.hpp>
#include <holdfast/queue/read_log.hpp>
#include <holdfast/queue/ring_file.hpp>
#include <holdfast/sqlite/database_files.hpp>
#include <holdfast/store/database.hpp>
#include <holdfast/store/log_replay.hpp>

#include <algorithm>

namespace holdfast {

/// Why ticks could not be recovered. `health_report::safe` has never named them, unless it is damage.
enum class lost_ticks : unsigned char {
    none,
    ring_was_full, ///< They were committed while the ring was full, and in memory alone when the process was killed.
    dropped,       ///< The same, and took more than `options::hold_bytes`; the resync after that was not complete.
    damage,        ///< They had been synced: see `recovery_report::damage`.
};

/// What `open` found that a process before had left, and did with it.
struct recovery_report {
    bool clean = true;                  ///< The store was closed with everything in its file: nothing was to be done.
    std::uint64_t saved = 0;            ///< The tick up to which the file was true.
    std::uint64_t recovered = 0;        ///< The tick up to which it is true now.
    std::uint64_t from_ring = 0;        ///< How many of these ticks the log did not have.
    std::uint64_t dropped_bytes = 0;    ///< Of an end of the log that never was synced: the machine lost power.
    std::uint64_t lost_from = 0;        ///< This tick, and any behind it, could not be recovered; 0: none is known.
    std::uint64_t lost_through = 0;     ///< The last of them; 0: it is not known.
    lost_ticks lost = lost_ticks::none; ///< Why not.
    std::optional<error> damage{};      ///< What is damaged, when `if_damaged::open` let the store open nevertheless.
    std::string backup{};    ///< This backup took the place of a database that was damaged or gone; empty: none.
    std::string set_aside{}; ///< What that is called now; empty: it was gone.
    std::vector<std::string> steps{}; ///< What was found and done about it, in words.
};

/// Where the log of a database lies.
[[nodiscard, gnu::cold]] inline std::string log_folder(const std::string& path) { return words({path, ".log"}); }
/// Where its ring lies.
[[nodiscard, gnu::cold]] inline std::string ring_path(const std::string& path, const std::string& folder) {
    if (folder.empty()) return words({path, ".ring"});
    const std::size_t slash = path.rfind('/');
    return words({folder, "/", std::string_view(path).substr(slash + 1), ".ring"});
}

/// Reads the log and the ring, and applies what they have behind the database's own marker.
class recovery {
public:
    [[gnu::cold]] recovery(database& of, const options& chosen)
        : database_(of), options_(chosen), folder_(log_folder(of.path)),
          ring_path_(ring_path(of.path, chosen.ring_folder)) {
        report_.clean = of.clean;
        report_.saved = report_.recovered = of.applied;
    }

    [[nodiscard, gnu::cold]] result<void> run() {
        if (database_.path == ":memory:") return {};
        auto boot = boot_id();
        if (!boot) return boot.why();
        boot_ = *boot;
        if (!database_.marked) return expect_nothing();
        if (auto ok = find_log(); !ok) return ok;
        if (auto ok = find_ring(); !ok) return ok;
        find_resync();
        if (auto ok = sqlite::write_wal_again(database_.path); !ok) return ok; // it may have what a sync failed for
        if (auto ok = follow_timeline(); !ok) return ok;
        if (auto ok = log_the_ring(); !ok) return ok;
        if (auto ok = replay(); !ok) return ok;
        if (auto ok = remove_unfinished(); !ok) return ok;
        database_.applied = report_.recovered;
        log_ = found_log(); // their memory
        ring_ = left_ring();
        return {};
    }

    [[nodiscard]] const recovery_report& report() const noexcept { return report_; }
    /// Where the log goes on, and the checksum of its last frame.
    [[nodiscard, gnu::cold]] log_place place() const {
        const bool kept = options_.backups.every.count() > 0;
        return {folder_,
                database_.id,
                boot_,
                database_.known.newest(),
                last_segment_,
                options_.segment_bytes,
                kept ? archive_of(folder_) : std::string()};
    }
    [[nodiscard]] std::uint32_t last_crc() const noexcept { return last_crc_; }
    /// The files that hold only what the database has now, and how many bytes of them are written; 0: not known.
    [[nodiscard]] const std::vector<kept_segment>& old_files() const noexcept { return old_files_; }
    [[nodiscard]] const std::string& ring() const noexcept { return ring_path_; }

private:
    /// Damage is an error, or with `if_damaged::open` a line of the report: what was read so far counts.
    [[nodiscard, gnu::cold]] result<void> damaged(const error& why, std::uint64_t lost_from) {
        if (options_.damaged == if_damaged::refuse)
            return error{why.code, words({database_.path, ": ticks from ", lost_from, " on may be lost: ", why.detail,
                                          ": restore a backup, or open it without them (options::damaged)"})};
        if (!report_.damage) report_.damage = why;
        report_.lost_from = report_.lost_from == 0 ? lost_from : std::min(report_.lost_from, lost_from);
        report_.lost = lost_ticks::damage;
        return {};
    }

    /// Beside a database that is not ours yet there must be no log and no ring: they would be of one that was deleted or
    /// moved, or whose WAL was.
    [[nodiscard, gnu::cold]] result<void> expect_nothing() const {
        auto names = names_in(folder_);
        if (!names) return names.why();
        const bool log =
            std::any_of(names->begin(), names->end(), [](const auto& name) { return is_segment_name(name); });
        if (!log && !state_of(ring_path_)) return {};
        return error{errc::mismatch, words({database_.path, " is no store's database, and ", log ? folder_ : ring_path_,
                                            " holds ticks of one: is ", database_.path,
                                            "-wal missing, or was the database deleted or "
                                            "replaced? Put back what belongs together; to begin anew, move ",
                                            folder_, " and ", ring_path_, " away"})};
    }

    [[nodiscard, gnu::cold]] result<void> find_log() {
        auto found = read_log(folder_, database_.id, database_.applied, {}, database_.known);
        if (found && !found->segments.empty() && found->segments.front().view.goes_on_at() > database_.applied + 1)
            found = read_log(folder_, database_.id, database_.applied, archive_of(folder_), database_.known);
        if (!found) return error{found.why().code, words({database_.path, ": ", found.why().detail})};
        log_ = std::move(*found);
        if (log_.timelines.shared(database_.known.newest().id, log_.timeline).value_or(0) < database_.applied)
            return error{errc::mismatch,
                         words({database_.path, ": it is of a timeline that a restore in place has left, and has tick ",
                                database_.applied, " of it; ", folder_, " goes on from ",
                                log_.timelines.find(log_.timeline)->forked_at,
                                ": move this file away, and the next open brings back what was played"})};
        if (auto ok = note_files(); !ok) return ok;
        if (!log_.segments.empty()) last_crc_ = log_.last_crc;
        report_.dropped_bytes = log_.dropped_bytes;
        const std::uint64_t next = database_.applied + 1;
        if (!database_.clean && log_.paths.empty())
            return damaged({errc::corrupt, words({"its log, ", folder_, ", is not there"})}, next);
        if (!log_.segments.empty() && log_.segments.front().view.goes_on_at() > next) {
            const error gap{errc::corrupt, words({"its log, ", folder_, ", begins with tick ",
                                                  log_.segments.front().view.header.first_frame})};
            log_.frames.clear();
            log_.gaps.clear();
            log_.last = database_.applied;
            return damaged(gap, next);
        }
        if (log_.damage) return damaged(*log_.damage, std::max(log_.last + 1, next));
        return {};
    }

    [[nodiscard, gnu::cold]] result<void> note_files() {
        std::vector<std::uint64_t> used(log_.segments.size());
        for (const found_frame& one : log_.frames)
            used[one.segment] = std::max<std::uint64_t>(used[one.segment], one.end());
        for (const std::string& path : log_.paths) {
            kept_segment& old = old_files_.emplace_back(kept_segment{path});
            for (std::size_t s = 0; s < used.size(); ++s) // of another timeline it may have more
                if (log_.segments[s].path == path && log_.segments[s].last == found_log::segment::all)
                    old.bytes = used[s];
        }
        auto kept = names_in(archive_of(folder_));
        if (!kept) return kept.why();
        last_segment_ = log_.last_segment;
        for (const std::string& name : *kept)
            if (is_segment_name(name)) last_segment_ = std::max(last_segment_, segment_number(name));
        return {};
    }

    /// A backup from before a restore in place goes on with what was made of it.
    [[nodiscard, gnu::cold]] result<void> follow_timeline() {
        if (log_.timeline == database_.known.newest().id) return {};
        if (auto ok = prepare_to_write(database_); !ok) return ok;
        database_.known = log_.timelines;
        return write_timelines(database_.db, database_.known);
    }

    /// What a process left that was killed while it began a segment: nothing was written to it.
    [[nodiscard, gnu::cold]] result<void> remove_unfinished() const {
        auto names = names_in(folder_);
        if (!names) return names.why();
        for (const std::string& name : *names)
            if (name.ends_with(".new"))
                if (auto ok = remove_file(words({folder_, "/", name})); !ok) return ok;
        return {};
    }

    [[nodiscard, gnu::cold]] result<void> find_ring() {
        const std::uint64_t logged = std::max(log_.last, database_.applied);
        report_.recovered = logged;
        if (report_.damage) return {}; // ticks behind lost ones cannot be true
        auto found = read_ring(ring_path_, database_.id, boot_, logged, database_.clean);
        if (!found && found.why().code == errc::corrupt) return damaged(found.why(), logged + 1);
        if (!found) return error{found.why().code, words({database_.path, ": ", found.why().detail})};
        ring_ = std::move(*found);
        const bool same_boot =
            !log_.segments.empty() && log_.segments.back().view.header.boot == boot_ && boot_ != uuid{};
        if (!ring_.there && !database_.clean && same_boot)
            return damaged({errc::corrupt, words({"its ring, ", ring_path_,
                                                  ", is not there (if options::ring_folder was "
                                                  "changed, set it back for this once)"})},
                           logged + 1);
        report_.from_ring = ring_.frames.size();
        report_.lost_from = ring_.only_on_heap;
        if (ring_.only_on_heap != 0) {
            report_.lost = lost_ticks::ring_was_full;
            report_.lost_through = ring_.sealed;
        }
        report_.recovered = logged + ring_.frames.size();
        return {};
    }

    /// A resync that is whole makes up for what was dropped before it. Without one the log ends where ticks were dropped.
    [[gnu::cold]] void find_resync() {
        whole_resync_search search(log_.gaps);
        for (const found_frame& one : log_.frames)
            if (one.number() > database_.applied) search.see(one.header);
        for (const left_frame& one : ring_.frames) search.see(one.header);
        resync_end_ = search.end();
        for (const log_gap& gap : log_.gaps)
            if (gap.behind > resync_end_ && gap.behind > database_.applied + 1) return cut(gap);
    }
    [[gnu::cold]] void cut(const log_gap& gap) {
        report_.lost_from = gap.from;
        report_.lost_through = ring_.usable ? std::max(report_.recovered, ring_.sealed) : 0;
        report_.lost = lost_ticks::dropped;
        report_.from_ring = 0;
        report_.recovered = std::max(gap.from - 1, database_.applied);
        ring_.frames.clear();
        std::erase_if(log_.frames, [&](const found_frame& one) { return one.number() >= gap.from; });
        last_crc_ = gap.crc_before;
    }

    /// Ticks that only the ring has go into a segment of their own first, so that the log has every tick.
    [[nodiscard, gnu::cold]] result<void> log_the_ring() {
        if (ring_.frames.empty()) return {};
        if (log_.segments.empty())
            return error{errc::corrupt, words({ring_path_, ": there is no log that names its tables"})};
        const std::uint64_t before = ring_.frames.front().header.number - 1;
        auto files =
            std::make_unique<log_files>(place(), log_.segments.back().view.schema, random_number<std::uint32_t>());
        if (auto ok = files->begin({before + 1, last_crc_}); !ok) return ok;
        const log_files& made = *files;
        frame_log log(made.epoch(), before, std::move(files), last_crc_);
        for (const left_frame& one : ring_.frames) log.append({one.header, one.sections});
        if (auto ok = log.sync(); !ok) return ok;
        last_crc_ = log.last_crc();
        while (last_segment_ < made.last_segment()) // a ring may fill several
            old_files_.push_back({words({folder_, "/", segment_name(log_.timeline, ++last_segment_)})});
        auto again = read_log(folder_, database_.id, database_.applied, log_.archive, database_.known);
        if (!again) return error{again.why().code, words({database_.path, ": ", again.why().detail})};
        log_ = std::move(*again);
        return {};
    }

    /// What SQLite refuses, it will refuse again: ticks from there on are damage.
    [[nodiscard, gnu::cold]] result<void> replay() {
        if (report_.recovered == database_.applied) return {};
        if (auto ok = prepare_to_write(database_); !ok) return ok;
        log_replay playing(database_.db, log_, options_.batch_bytes);
        auto ok = playing.run(database_.applied, resync_end_, report_.recovered);
        if (ok) return ok;
        const error why{ok.why().code, words({"replaying its log: ", ok.why().detail})};
        if (why.code != errc::refused && why.code != errc::corrupt) {
            auto lacks = what_the_file_lacks();
            if (lacks && !lacks->empty())
                return error{
                    errc::mismatch,
                    words({database_.path, ": its log has ticks for ", *lacks,
                           ", which is not in the file any more: take back what was changed in its tables, open it "
                           "with the structs as they were, close it, and then change it"})};
            return error{why.code, words({database_.path, ": ", why.detail})};
        }
        if (auto open = damaged(why, playing.applied() + 1); !open) return open;
        const std::uint64_t logged = report_.recovered - report_.from_ring;
        report_.recovered = playing.applied();
        report_.lost_through = 0;
        report_.from_ring = playing.applied() > logged ? playing.applied() - logged : 0;
        return {};
    }

    /// A table or a column that the newest segment names, and that somebody has removed or renamed; empty: there is none.
    [[nodiscard, gnu::cold]] result<std::string> what_the_file_lacks() {
        for (const log_table& table : log_.segments.back().view.schema.tables) {
            auto there = read_table(database_.db, table.name);
            if (!there) return there.why();
            if (!*there) return table.name;
            for (const std::string& column : table.columns)
                if ((*there)->column(column) == nullptr) return words({table.name, ".", column});
        }
        return std::string();
    }

    database& database_;
    const options options_;
    uuid boot_{};
    const std::string folder_;
    const std::string ring_path_;
    found_log log_;
    left_ring ring_;
    std::uint64_t last_segment_ = 0;
    std::uint32_t last_crc_ = 0;
    std::uint64_t resync_end_ = 0; ///< The last tick of the newest resync that is whole; 0: there is none.
    std::vector<kept_segment> old_files_;
    recovery_report report_;
};

} // namespace holdfast
