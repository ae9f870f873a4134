// SPDX-License-Identifier: MIT
/// @file
/// Reads the log that a process left behind: which frames are whole, where it ends, and whether it ends where it should.
///
/// Blocks that were not synced reach a disk in any order, so a bad frame with good ones behind it is what a power cut
/// leaves. A frame is damaged, and not merely unsynced, when something written later says that it had been synced: a
/// frame's `synced_through`, or the first frame of a later segment.
///
/// Of a log no more than one segment is in memory: what is found is where frames are.
#pragma once

#include <holdfast/io/file.hpp>
#include <holdfast/queue/segment.hpp>

#include <algorithm>
#include <cstring>
#include <optional>

namespace holdfast {

/// A frame of a log that was read, and where it was found.
struct found_frame {
    frame_header header{};
    std::size_t segment = 0; ///< Which of `found_log::segments`,
    std::size_t at = 0;      ///< and which byte of it.

    [[nodiscard]] std::uint64_t number() const noexcept { return header.number; }
    [[nodiscard]] std::size_t end() const noexcept {
        return at + sizeof(header) + static_cast<std::size_t>(header.payload_bytes);
    }
    /// Its bytes in those of its segment; none, when these have become fewer.
    [[nodiscard]] bytes_view in(bytes_view all) const noexcept {
        return end() <= all.size() ? all.subspan(at, end() - at) : bytes_view();
    }
};

/// Frames that were dropped while the log could not be written. What is behind them is of use only with a resync.
struct log_gap {
    std::uint64_t from = 0;       ///< The first that is missing.
    std::uint64_t behind = 0;     ///< The first that is there again.
    std::uint32_t crc_before = 0; ///< The checksum of the frame before; 0 when it is not known.
};

/// Looks among the frames of a log, in order, for the newest resync that is whole: begun, and ended without a gap between.
class whole_resync_search {
public:
    /// Lifetime: the gaps must outlive it.
    explicit whole_resync_search(const std::vector<log_gap>& gaps) noexcept : gaps_(&gaps) {}

    void see(const frame_header& is) noexcept {
        for (const log_gap& gap : *gaps_)
            if (gap.behind == is.number) begun_ = 0;
        if (is.resync_begins != 0) begun_ = is.resync_begins;
        if (is.resync_ends != 0 && is.resync_ends == begun_) end_ = is.number;
    }
    /// Its last frame; 0: there is none.
    [[nodiscard]] std::uint64_t end() const noexcept { return end_; }

private:
    const std::vector<log_gap>* gaps_;
    std::uint32_t begun_ = 0;
    std::uint64_t end_ = 0;
};

/// What there is of a log.
struct found_log {
    struct segment {
        std::string path;
        segment_view view;        ///< Without its frames.
        std::uint64_t last = all; ///< Frames behind this one are of another history than the one that is wanted.

        static constexpr std::uint64_t all = ~std::uint64_t{0};
    };
    /// Everything in the file of a segment, also when it has gone to the archive meanwhile. Errors: `io`, `not_found`.
    [[nodiscard, gnu::cold]] result<std::vector<std::byte>> load(std::size_t number) const {
        const std::string& path = segments[number].path;
        auto from = file::open_to_read(path);
        if (!from && from.why().code == errc::not_found && !archive.empty())
            from = file::open_to_read(words({archive, std::string_view(path).substr(path.rfind('/'))}));
        if (!from) return from.why();
        return from->read_all();
    }
    std::vector<segment> segments;   ///< Those that are of the wanted timeline, or of its past.
    std::vector<found_frame> frames; ///< In order, each once, and none missing but in `gaps`.
    std::vector<log_gap> gaps;
    std::uint64_t dropped_bytes = 0; ///< Of an unsynced end that is not whole.
    std::optional<error> damage;     ///< Synced frames that cannot be read; `frames` ends before them.
    std::vector<std::string> paths;  ///< Of every segment outside the archive, also those behind one that is damaged.
    std::string archive;             ///< Where segments were read, too; empty: nowhere.
    std::uint64_t last_segment = 0;  ///< The largest number that one of them is named with.

    std::uint64_t last = 0;     ///< The number of the last frame, also when SQLite alone has it.
    std::uint32_t last_crc = 0; ///< Its checksum.

    holdfast::timelines timelines{}; ///< What was known of them, and what is in the segments.
    std::uint64_t timeline = 0;      ///< Which of them was read.
};

namespace detail {

/// The first byte is, and each is what the one before it is. A segment has megabytes of them.
[[nodiscard]] inline bool only_zeros(bytes_view all) noexcept {
    return all.empty() || (all[0] == std::byte{0} && std::memcmp(all.data(), all.data() + 1, all.size() - 1) == 0);
}

/// Whether a good frame of this epoch, somewhere in `all`, says that frame `number` had been synced.
[[nodiscard, gnu::cold]] inline bool says_synced(bytes_view all, std::uint32_t epoch, std::uint64_t number) {
    constexpr std::uint32_t magic = frame_header{}.magic;
    for (std::size_t at = 0; at + sizeof(frame_header) <= all.size(); ++at) {
        if (bytes::get<std::uint32_t>(all.data() + at) != magic) continue;
        const auto frame = read_frame(all.subspan(at), epoch);
        if (frame && frame->header.synced_through >= number) return true;
    }
    return false;
}

/// Reads the frames of one segment behind those that are known. Where it stops before the end: how many bytes are left.
[[nodiscard, gnu::cold]] inline std::size_t read_frames(found_log& log, std::size_t segment, bytes_view all,
                                                        std::string& why) {
    const segment_view& from = log.segments[segment].view;
    const std::uint64_t last = log.segments[segment].last;
    bytes_view left = all.subspan(std::min(from.frames_at, all.size()));
    std::uint64_t number = from.header.first_frame;
    std::uint32_t previous = from.header.previous_crc;
    while (number <= last && !only_zeros(left.first(std::min(left.size(), sizeof(frame_header))))) {
        const auto frame = read_frame(left, from.header.epoch);
        const std::size_t at = all.size() - left.size();
        if (!frame)
            why = words({"at byte ", at, ": ", frame.why().detail});
        else if (frame->header.number != number)
            why = words({"at byte ", at, ": frame ", frame->header.number, " stands where frame ", number, " should"});
        else if (frame->header.previous_crc != previous)
            why = words({"at byte ", at, ": frame ", number, " does not follow on the one before it"});
        if (!why.empty()) return left.size();
        log.frames.push_back({frame->header, segment, at});
        log.last = number++;
        log.last_crc = previous = frame->header.crc;
        left = left.subspan(frame->stored_bytes);
    }
    if (number > last) return 0;
    if (!only_zeros(left)) why = words({"at byte ", all.size() - left.size(), ": zeros before the end"});
    return why.empty() ? 0 : left.size();
}

/// The start of a segment's file: its frames are not read. Errors: `io`, `corrupt`, `too_new`.
[[nodiscard, gnu::cold]] inline result<segment_view> read_segment_start(const std::string& path) {
    auto from = file::open_to_read(path);
    if (!from) return from.why();
    constexpr std::uint64_t mostly_enough = 1 << 16;
    auto start = from->read_all(mostly_enough);
    if (!start) return start.why();
    const std::uint64_t needed = segment_start_bytes(*start);
    if (needed > start->size()) start = from->read_all(needed);
    if (!start) return start.why();
    auto view = read_segment(*start);
    if (!view) return error{view.why().code, words({path, ": ", view.why().detail})};
    view->frames = {};
    return view;
}

/// A segment's file.
struct segment_file {
    std::string path;
    bool archived = false;
    result<segment_view> start; ///< Without its frames.

    [[nodiscard]] std::string_view name() const noexcept { return std::string_view(path).substr(path.size() - 33); }
};
/// The segments in these folders, in the order in which they were begun, and the timelines that they tell of. Errors: `io`.
/// @param archive  Empty: none.
[[nodiscard, gnu::cold]] inline result<std::vector<segment_file>>
segment_files(const std::string& folder, const std::string& archive, timelines& known) {
    const auto live = names_in(folder); // first: one that moves to the archive meanwhile is in both, not in neither
    if (!live) return live.why();
    const auto kept =
        archive.empty() ? result<std::vector<std::string>>(std::vector<std::string>()) : names_in(archive);
    if (!kept) return kept.why();
    std::vector<std::string> paths;
    for (const auto* names : {&*kept, &*live}) {
        const std::string& in = names == &*kept ? archive : folder;
        for (const std::string& name : *names) {
            if (!is_segment_name(name)) continue;
            if (names == &*live && std::binary_search(kept->begin(), kept->end(), name)) continue;
            const auto later = std::upper_bound(
                paths.begin(), paths.end(), segment_number(name), [](std::uint64_t at, const std::string& path) {
                    return at < segment_number(std::string_view(path).substr(path.size() - 33));
                });
            paths.insert(later, words({in, "/", name}));
        }
    }
    std::vector<segment_file> found;
    for (std::string& path : paths) {
        auto start = read_segment_start(path);
        if (start) known.add(start->header.history());
        const bool archived = !archive.empty() && path.size() == archive.size() + 34 && path.starts_with(archive);
        found.push_back({std::move(path), archived, std::move(start)});
    }
    return found;
}

/// What is wrong with a segment that is to be read: its start cannot be read, or it is not for us, or not what its name
/// says.
[[nodiscard, gnu::cold]] inline std::optional<error> unfit(const segment_file& is, const uuid& database) {
    if (!is.start) return is.start.why();
    const segment_header& header = is.start->header;
    if (header.database != database)
        return error{errc::mismatch, words({is.path, ": it is the log of another database: move ", folder_of(is.path),
                                            " to where its database is"})};
    const std::string means = segment_name(header.timeline, header.number);
    if (means == is.name()) return {};
    return error{errc::corrupt, words({is.path, ": by what is in it, it is segment ", means})};
}

/// Takes the segments of the wanted timeline, in order, up to the first one whose start cannot be read: that one is damage.
/// Of those in the archive, the ones that have frames behind `applied`. One of a timeline in its past may have nothing that
/// is wanted: then the segments behind tell whether anything is missing.
[[nodiscard, gnu::cold]] inline result<void> take_segments(found_log& log, std::vector<segment_file>&& files,
                                                           const uuid& database, std::uint64_t applied) {
    std::optional<error> in_doubt;
    for (segment_file& file : files) {
        if (!file.archived) {
            log.paths.push_back(file.path);
            log.last_segment = std::max(log.last_segment, segment_number(file.name()));
        }
        const std::uint64_t of = segment_timeline(file.name());
        const bool known = of == 0 || log.timelines.find(of) != nullptr;
        const auto last = log.timelines.shared(of, log.timeline);
        if (known && (!last || (file.start && file.start->goes_on_at() > *last))) continue;
        if (file.archived && file.start && file.start->goes_on_at() <= applied + 1) {
            log.segments.clear();
            log.damage.reset();
        }
        if (log.damage) continue;
        auto wrong = unfit(file, database);
        if (!wrong && !known) wrong = error{errc::corrupt, words({file.path, ": nothing tells of its timeline"})};
        if (!wrong) {
            log.segments.push_back({std::move(file.path), std::move(*file.start), *last});
            in_doubt.reset();
        } else if (wrong->code != errc::corrupt)
            return *wrong;
        else
            (known && of != log.timeline ? in_doubt : log.damage) = wrong;
    }
    if (!log.damage) log.damage = std::move(in_doubt);
    return {};
}

/// Takes away the frames from `number` on: a later segment has them again, or says that there are none.
inline std::vector<found_frame> take_from(found_log& log, std::uint64_t number) {
    const auto first = std::find_if(log.frames.begin(), log.frames.end(),
                                    [&](const found_frame& one) { return one.number() >= number; });
    std::vector<found_frame> taken(first, log.frames.end());
    log.frames.erase(first, log.frames.end());
    std::erase_if(log.gaps, [&](const log_gap& one) { return one.behind > number; });
    return taken;
}
/// Puts back those behind the last one, which segment `segment` was begun with and did not get: they are of the process
/// that began it, so they are the frames that it would have had.
inline void put_back(found_log& log, const std::vector<found_frame>& taken, std::size_t segment) {
    for (const found_frame& one : taken) {
        if (one.number() != log.last + 1 || one.header.previous_crc != log.last_crc ||
            log.segments[one.segment].view.header.epoch != log.segments[segment].view.header.epoch)
            continue;
        log.frames.push_back(one);
        log.last = one.number();
        log.last_crc = one.header.crc;
    }
}

/// The first segment from `at` on that says that frame `number`, and others, were dropped: what is missing from there on
/// is not missed. The number of segments when there is none.
[[nodiscard, gnu::cold]] inline std::size_t begun_behind(const found_log& log, std::size_t at, std::uint64_t number) {
    while (at < log.segments.size() &&
           (log.segments[at].view.header.dropped_from == 0 || log.segments[at].view.header.dropped_from > number))
        ++at;
    return at;
}

template <class Load>
[[nodiscard, gnu::cold]] result<void> read_segments(found_log& log, std::uint64_t applied, Load&& load, std::size_t s);

/// Whether the segments from `s` on have a whole resync, which makes up for frames from `missing` on that cannot be read:
/// then the log goes on with them, behind a gap.
template <class Load>
[[nodiscard, gnu::cold]] bool resynced_behind(found_log& log, std::size_t s, std::uint64_t missing,
                                              std::uint64_t applied, Load& load) {
    if (s == log.segments.size()) return false;
    found_log rest;
    const std::uint64_t behind = log.segments[s].view.header.first_frame;
    rest.last = log.segments[s].view.goes_on_at() - 1;
    if (behind <= missing) return false;
    rest.segments.swap(log.segments);
    const bool read = bool(read_segments(rest, applied, load, s));
    rest.segments.swap(log.segments);
    if (!read || rest.damage) return false;
    whole_resync_search search(rest.gaps);
    for (const found_frame& one : rest.frames) search.see(one.header);
    if (search.end() == 0) return false;
    log.gaps.push_back({missing, behind, log.last_crc});
    for (const log_gap& one : rest.gaps)
        if (one.behind != behind) log.gaps.push_back(one);
    log.frames.insert(log.frames.end(), rest.frames.begin(), rest.frames.end());
    log.last = rest.last;
    log.last_crc = rest.last_crc;
    log.dropped_bytes += rest.dropped_bytes;
    return true;
}

/// Reads the frames of the segments that were opened, one after the other, until the log ends. `load(log, s)` gives everything
/// that is in the file of segment `s`. Errors: its.
/// @param s  Where to begin.
template <class Load>
[[nodiscard, gnu::cold]] result<void> read_segments(found_log& log, std::uint64_t applied, Load&& load, std::size_t s) {
    for (const std::size_t first = s; s < log.segments.size(); ++s) {
        std::vector<found_frame> taken;
        if (s != first) {
            const std::uint64_t next = log.last + 1, from = log.segments[s].view.goes_on_at();
            if (from > next && from > applied + 1) {
                log.damage = error{errc::corrupt, words({log.segments[s - 1].path, ": frames ", next, " to ", from - 1,
                                                         " were synced and are missing"})};
                const std::size_t goes_on = begun_behind(log, s, next);
                if (goes_on == log.segments.size()) {
                    if (resynced_behind(log, s, next, applied, load)) log.damage.reset();
                    return {};
                }
                log.damage.reset();
                s = goes_on;
            }
            if (log.segments[s].view.goes_on_at() > next)
                take_from(log, 0); // all of them are applied
            else
                taken = take_from(log, log.segments[s].view.goes_on_at());
        }
        const segment_header& is = log.segments[s].view.header;
        if (is.dropped_from != 0) {
            log.gaps.push_back({is.dropped_from, is.first_frame, is.previous_crc});
            taken.clear();
        }
        log.last = is.first_frame - 1;
        log.last_crc = is.previous_crc;
        const result<std::vector<std::byte>> all = load(log, s);
        if (!all) return all.why();
        std::string why;
        const std::size_t left = read_frames(log, s, *all, why);
        put_back(log, taken, s);
        if (left == 0) continue;
        const std::uint64_t bad = log.last + 1;
        const bytes_view rest = bytes_view(*all).last(left);
        bool synced = says_synced(rest, is.epoch, bad);
        if (s + 1 < log.segments.size()) // what the database has is not missed: it may never have been synced here
            synced = synced || log.segments[s + 1].view.goes_on_at() > std::max(bad, applied + 1);
        if (synced && begun_behind(log, s + 1, bad) == log.segments.size()) {
            if (resynced_behind(log, s + 1, bad, applied, load)) return {};
            log.damage = error{errc::corrupt, words({log.segments[s].path, ", ", why, "; it had been synced"})};
            return {};
        }
        log.dropped_bytes += left;
    }
    return {};
}

} // namespace detail

/// Reads the log in `folder`. A folder that is not there is a log without segments.
/// @param applied  Frames up to this one are in the database: a bulk load never was in the log.
/// @param archive  Where older segments are, if they are wanted, too.
/// @param known    The timelines that the database tells of.
/// @param wanted   Which of them is read, with its past; nothing: the newest that the database or a segment tells of.
/// Errors: `io`; `mismatch`: the log of another database; `too_new`. What is damaged is told in `damage`.
[[nodiscard, gnu::cold]] inline result<found_log> read_log(const std::string& folder, const uuid& database,
                                                           std::uint64_t applied, const std::string& archive = {},
                                                           const timelines& known = {},
                                                           std::optional<std::uint64_t> wanted = {}) {
    found_log log;
    log.archive = archive;
    log.timelines = known;
    auto files = detail::segment_files(folder, archive, log.timelines);
    if (!files) return files.why();
    log.timeline = wanted ? *wanted : log.timelines.newest().id;
    if (auto ok = detail::take_segments(log, std::move(*files), database, applied); !ok) return ok.why();
    if (auto ok = detail::read_segments(
            log, applied, [](const found_log& of, std::size_t s) { return of.load(s); }, 0);
        !ok)
        return ok.why();
    return log;
}

} // namespace holdfast
