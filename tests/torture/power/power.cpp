// SPDX-License-Identifier: MIT
/// @file
/// Cuts the power, again and again.
#include "power.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

namespace torture {

namespace {

namespace files = std::filesystem;
using kind = disk_event::kind;

constexpr std::uint64_t states_a_recording = 25;
constexpr std::size_t deepest = 3; ///< Cuts in what a cut has left.

/// A store that was recorded: from what, and all that happened then.
struct story {
    disk_image from{};
    tick_range before{};    ///< What it may come back with until it has been opened.
    history worlds{};       ///< In the end.
    std::size_t spent = 0;  ///< Ids that had been given out before.
    bool destroyed = false; ///< Its database may be no database until it has been opened.
    recording events{};
};

/// The moment of a power cut: before which event, and what may be there then.
struct cut {
    std::size_t at = 0;
    tick_range allowed{};
    history worlds{};
};

bool is_segment(const std::string& path) { return path.find(".log/") != std::string::npos && !path.ends_with(".new"); }

/// Mostly next to what matters.
std::size_t draw_moment(const recording& all, dice& from) {
    const std::size_t any = from.below(all.size() + 1);
    if (from.one_in(5)) return any;
    const bool log = from.one_in(3); // frames that are written and not synced
    const auto wanted = log ? kind::sync
                            : from.one_of({kind::sync, kind::sync_folder, kind::sync_folder, kind::rename, kind::remove,
                                           kind::create, kind::truncate, kind::allocate, kind::durable, kind::saved});
    for (std::size_t i = any; i < all.size(); ++i)
        if (all[i].what == wanted && (!log || is_segment(all[i].path)))
            return log || from.one_in(2) ? i : std::min(all.size(), i + from.below(3));
    return any;
}

cut cut_at(const story& of, std::size_t at, bool claims_a_tick_more) {
    cut made{at, of.before, of.worlds};
    for (std::size_t i = 0; i < at; ++i) {
        const disk_event& one = of.events[i];
        if (one.what == kind::will) made.allowed.most = std::max(made.allowed.most, one.at);
        if (one.what == kind::saved) made.allowed.saved = std::max(made.allowed.saved, one.at);
        if (one.what == kind::durable) made.allowed.least = std::max(made.allowed.least, one.at);
    }
    if (claims_a_tick_more) made.allowed.least = std::min(made.allowed.least + 1, made.allowed.most);
    made.worlds.ticks.resize(made.allowed.most + 1);
    made.worlds.spent.resize(std::max(of.spent, made.worlds.ticks.back().spent));
    return made;
}

/// Whether it has a backup, so that the database can be lost.
bool has_backup(const disk_image& image) {
    for (const auto& [path, is] : image)
        if (path.starts_with("world.db.backups/") && hf::parse_backup_name(path.substr(path.rfind('/') + 1)))
            return true;
    return false;
}
/// The database is gone, or not what it was, on top of the power cut. Whether it cannot be used any more: the WAL may have
/// all of it.
bool destroy_database(disk_image& image, dice& from) {
    std::string& bytes = image["world.db"].bytes;
    switch (from.below(3)) {
    case 0:
        image.erase("world.db");
        if (from.one_in(2)) image.erase("world.db-wal");
        return true;
    case 1: bytes.resize(bytes.size() / 2); return false;
    default: bytes.assign(bytes.size(), 'x'); return false;
    }
}

const char* name_of(const recording& all, std::size_t at) {
    if (at == all.size()) return "the end";
    const bool log = all[at].path.find(".log") != std::string::npos;
    const bool wal = all[at].path.ends_with("-wal"), database = all[at].path.ends_with(".db");
    switch (all[at].what) {
    case kind::write: return log ? "a write to the log" : wal ? "a write to the WAL" : "a write to another file";
    case kind::sync:
        return log        ? "the end of a sync of the log"
               : wal      ? "the end of a sync of the WAL"
               : database ? "the end of a sync of the database"
                          : "the end of another sync";
    case kind::sync_folder: return "the end of a sync of a folder";
    case kind::rename: return "a rename";
    case kind::remove: return "a removal";
    case kind::will:
    case kind::saved:
    case kind::durable: return "a commit, or a promise";
    case kind::failed_sync: return "the end of a sync that failed";
    default: return "another change of a name or a size";
    }
}

class run {
public:
    run(const power_choices& chosen, power_tally& counted) : chosen_(chosen), tally_(counted) {
        files::create_directories(chosen_.folder);
        root_ = files::canonical(chosen_.folder).string();
    }

    void go() {
        const std::uint64_t first = chosen_.only_state ? *chosen_.only_state / states_a_recording : 0;
        for (std::uint64_t number = first; tally_.findings() < chosen_.most_findings; ++number) {
            if (chosen_.only_state ? number != first : tally_.states >= chosen_.states) break;
            cut_recording(number);
        }
        for (const char* one : {"/life", "/alone", "/boot"}) files::remove_all(root_ + one);
        std::error_code not_empty;
        files::remove(root_, not_empty);
    }

private:
    void cut_recording(std::uint64_t number) {
        dice from(mixed(chosen_.seed) + number, 11);
        story whole;
        state_ = number * states_a_recording;
        try {
            whole = record_new(from);
        } catch (const finding& found) {
            return tell(found, {}, "in a recording, without any power cut");
        }
        std::vector<std::size_t> moments(states_a_recording);
        for (std::size_t& one : moments) one = draw_moment(whole.events, from);
        std::sort(moments.begin(), moments.end());
        cut_story(whole, moments, number * states_a_recording, from, 0);
    }

    /// @param moments  Sorted.
    void cut_story(const story& of, const std::vector<std::size_t>& moments, std::uint64_t first, dice& from,
                   std::size_t depth) {
        disk now(of.from, chosen_.deaf);
        std::size_t taken = 0;
        for (std::size_t i = 0; i < moments.size(); ++i) {
            for (; taken < moments[i]; ++taken) now.take(of.events[taken]);
            if (depth == 0) state_ = first + i;
            dice own(from.next());
            if (depth == 0 && chosen_.only_state && *chosen_.only_state != state_) continue;
            if (tally_.findings() >= chosen_.most_findings || (depth == 0 && tally_.states >= chosen_.states)) return;
            if (depth != 0) ++tally_.nested;
            ++tally_.moments[name_of(of.events, moments[i])];
            open_cut(now, of, cut_at(of, moments[i], chosen_.claims_a_tick_more), own, depth);
        }
    }

    /// One state: built, looked at, opened, played with, closed; and perhaps cut in all that.
    void open_cut(const disk& now, const story& of, cut at, dice& from, std::size_t depth) {
        ++tally_.states;
        recorder_.fail_syncs(0); // whatever it was that the last one was ended by
        std::string lost;
        story next;
        next.from = now.cut_power(from, lost);
        bool needs_backup = false;
        if (from.one_in(6) && has_backup(next.from)) {
            next.destroyed = true;
            needs_backup = destroy_database(next.from, from);
        }
        next.destroyed = next.destroyed || of.destroyed;
        lost = "before event " + std::to_string(at.at) + " of " + std::to_string(of.events.size()) + "; lost:\n" + lost;
        const bool cut_again = depth < deepest && from.one_in(4);
        std::vector<std::size_t> moments;
        try {
            if (!go_on(next, std::move(at), from, cut_again, needs_backup)) return;
            if (cut_again) moments = {draw_moment(next.events, from), draw_moment(next.events, from)};
        } catch (const finding& found) {
            (void)recorder_.stop();
            std::string before;
            for (std::size_t i = 0; i < at.at; ++i)
                before += "  event " + std::to_string(i) + ": " + text_of(of.events[i]) + "\n";
            return tell(found, next.from, lost + "what happened before:\n" + before);
        }
        std::sort(moments.begin(), moments.end());
        cut_story(next, moments, 0, from, depth + 1);
    }

    /// Of an error that says "ticks from N on may be lost".
    static bool first_lost_is_a_load(std::string_view says, const history& of) {
        constexpr std::string_view before = "ticks from ";
        const std::size_t at = says.find(before);
        if (at == says.npos) return false;
        const std::uint64_t tick = std::strtoull(says.data() + at + before.size(), nullptr, 10);
        return tick < of.ticks.size() && of.ticks[tick].imported;
    }
    /// False: the database is lost, and the newest backup is older than a bulk load, which no log has.
    bool go_on(story& next, cut at, dice& own, bool recorded, bool needs_backup) {
        const std::string folder = root_ + "/life";
        write_image(next.from, root_ + "/alone");
        const alone is = next.destroyed ? alone() : look_alone(root_ + "/alone/world.db", at.worlds);
        write_image(next.from, folder);
        if (!chosen_.never_reboots) reboot(own);
        next.spent = at.worlds.spent.size();
        next.worlds = std::move(at.worlds);
        if (recorded) recorder_.start(folder, dice(own.next()));
        played_store play(workload_, folder + "/world.db", next.worlds, recorder_, dice(own.next()));
        try {
            play.open(at.allowed);
        } catch (const finding& found) {
            // A bulk load is on the disk before the tick that says so: then the log lacks that, or has a part of it.
            const std::string_view says = found.what();
            const bool lacks_a_load =
                says.find("is in no log") != std::string_view::npos ||
                says.find("were synced and are missing") != std::string_view::npos ||
                (says.find("it had been synced") != std::string_view::npos && first_lost_is_a_load(says, next.worlds));
            if (!next.destroyed || !lacks_a_load) throw;
            (void)recorder_.stop();
            ++tally_.unlogged;
            return false;
        }
        if (needs_backup) {
            ++tally_.destroyed;
            const holdfast::recovery_report& did = play.recovery();
            const bool finished =
                !did.steps.empty() && did.steps[0].find("finished what a process before") != did.steps[0].npos;
            if (did.backup.empty() && !finished) // the power went when one was about to
                throw finding(finding::kind::failure, "the database was destroyed, and no backup took its place");
        }
        const std::uint64_t came_back = next.worlds.last();
        if (!next.destroyed && is.applied < at.allowed.saved)
            throw finding(finding::kind::loss, "SQLite's file had tick " + std::to_string(at.allowed.saved) +
                                                   ", and has come back at tick " + std::to_string(is.applied));
        check(is, play.recovery(), came_back);
        next.before = {came_back, came_back, is.applied}; // it was found on the disk, so it is on the disk
        count(at.allowed, play.recovery(), came_back);
        play.play(recorded ? own.up_to(30) : own.between(1, 4));
        if (!recorded || !own.one_in(3))
            play.close();
        else
            play.leave();
        play.open_again();
        if (recorded) play.play(own.between(0, 6));
        play.close();
        next.events = recorder_.stop();
        const alone after = look_alone(folder + "/world.db", next.worlds);
        if (!after.clean || after.applied != next.worlds.last())
            throw finding(finding::kind::broken, "SQLite's file says it has tick " + std::to_string(after.applied) +
                                                     " after a close at tick " + std::to_string(next.worlds.last()));
        return true;
    }

    static void check(const alone& is, const hf::recovery_report& says, std::uint64_t came_back) {
        const auto wrong = [](const std::string& what) { throw finding(finding::kind::failure, what); };
        if (is.applied > came_back) wrong("SQLite's file was ahead of the log");
        if (is.marked && says.saved != is.applied) wrong("the report and SQLite do not agree on what was saved");
        if (is.clean && is.applied != came_back) wrong("SQLite's file was marked as closed, and the log had more");
        if (says.from_ring != 0) wrong("ticks are said to come from the ring of another boot");
    }
    void count(tick_range allowed, const hf::recovery_report& says, std::uint64_t came_back) {
        tally_.ticks += allowed.least;
        tally_.lucky += came_back - allowed.least;
        tally_.dropped += says.dropped_bytes != 0 ? 1 : 0;
        tally_.replayed += says.recovered != says.saved ? 1 : 0;
    }

    story record_new(dice& from) {
        ++tally_.recordings;
        story made;
        const std::string folder = root_ + "/life";
        write_image({}, folder);
        reboot(from);
        workload_ = {.seed = from.next(), .largest = 0, .imports = true};
        recorder_.start(folder, dice(from.next()));
        played_store play(workload_, folder + "/world.db", made.worlds, recorder_, dice(from.next()));
        play.open({});
        for (std::int64_t lives = from.between(1, 4); lives > 0; --lives) {
            play.play(from.up_to(40));
            if (from.one_in(2))
                play.close();
            else
                play.leave();
            if (lives > 1) play.open_again();
        }
        made.events = recorder_.stop();
        tally_.events += made.events.size();
        return made;
    }

    void reboot(dice& from) {
        static constexpr char digits[] = "0123456789abcdef";
        std::string id = "00000000-0000-4000-8000-000000000000";
        for (char& one : id)
            if (one == '0') one = digits[from.below(16)];
        std::ofstream(root_ + "/boot") << id << '\n';
        recorder_.reboot(root_ + "/boot");
    }

    void tell(const finding& found, const disk_image& image, const std::string& how) {
        const bool loss = found.is() == finding::kind::loss, broken = found.is() == finding::kind::broken;
        ++(loss ? tally_.losses : broken ? tally_.broken : tally_.failures);
        if (chosen_.quiet) return;
        const std::string kept = root_ + "/state_" + std::to_string(state_);
        write_image(image, kept);
        std::ofstream(kept + "/how.txt") << how;
        std::printf("%s: %s\n  the disk as it was, and how it came to that (how.txt), in %s\n"
                    "  again with: ./dev torture --power --seed %llu --state %llu\n",
                    loss     ? "LOSS"
                    : broken ? "BROKEN"
                             : "FAILURE",
                    found.what(), kept.c_str(), static_cast<unsigned long long>(chosen_.seed),
                    static_cast<unsigned long long>(state_));
        std::fflush(stdout);
    }

    const power_choices& chosen_;
    power_tally& tally_;
    std::string root_;
    recorder recorder_;
    workload workload_;
    std::uint64_t state_ = 0;
};

} // namespace

power_tally cut_power(const power_choices& chosen) {
    power_tally counted;
    run(chosen, counted).go();
    return counted;
}

void print_power_figures(const power_tally& of, double seconds) {
    const auto line = [](const std::string& what, std::uint64_t count) {
        std::printf("  %-46s %10llu\n", what.c_str(), static_cast<unsigned long long>(count));
    };
    std::printf("power cuts (states of a disk)                    %10llu\n",
                static_cast<unsigned long long>(of.states));
    line("of these, in what another cut had left", of.nested);
    line("stores recorded", of.recordings);
    line("operations on files in them", of.events);
    for (const auto& [name, count] : of.moments) line("before " + name, count);
    std::printf("checked\n");
    line("ticks called durable, found again", of.ticks);
    line("ticks not called so, and there", of.lucky);
    line("states with ticks that SQLite did not have", of.replayed);
    line("states whose log had a torn end", of.dropped);
    line("databases destroyed, too, and recovered", of.destroyed);
    line("the same behind a bulk load, refused", of.unlogged);
    std::printf("found, in %.1f s\n", seconds);
    line("losses", of.losses);
    line("worlds that never were", of.broken);
    line("stores that failed", of.failures);
}

} // namespace torture
