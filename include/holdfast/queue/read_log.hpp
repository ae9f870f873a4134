// SPDX-License-Identifier: MIT
/// @file
/// Reads the log that a process left behind: which frames are whole, where it ends, and whether it ends where it should.
///
/// Blocks that were not synced reach a disk in any order, so a bad frame with good ones behind it is what a power cut
/// leaves. A frame is damaged, and not merely unsynced, when something written later says that it had been synced: a
/// frame's `synced_through`, or the first frame of a later segment.
#pragma once

#include <holdfast/io/file.hpp>
#include <holdfast/queue/segment.hpp>

#include <algorithm>
#include <optional>

namespace holdfast {

/// A frame of a log that was read, and where it was found.
struct found_frame {
    std::uint64_t number = 0;
    bytes_view stored{};
    std::size_t segment = 0; ///< Which of `found_log::segments`.
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

/// What there is of a log. Lifetime: frames are views of the segments' bytes.
struct found_log {
    struct segment {
        std::string path;
        std::vector<std::byte> bytes;
        segment_view view;
    };
    std::vector<segment> segments;
    std::vector<found_frame> frames; ///< In order, each once, and none missing but in `gaps`.
    std::vector<log_gap> gaps;
    std::uint64_t dropped_bytes = 0; ///< Of an unsynced end that is not whole.
    std::optional<error> damage;     ///< Synced frames that cannot be read; `frames` ends before them.
    std::vector<std::string> paths;  ///< Of every segment, also those behind one that cannot be read.
    std::uint64_t last_segment = 0;  ///< The largest number that one of them is named with.

    std::uint64_t last = 0;     ///< The number of the last frame, also when SQLite alone has it.
    std::uint32_t last_crc = 0; ///< Its checksum.
};

namespace detail {

[[nodiscard]] inline bool only_zeros(bytes_view all) noexcept {
    for (const std::byte one : all)
        if (one != std::byte{0}) return false;
    return true;
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
[[nodiscard, gnu::cold]] inline std::size_t read_frames(found_log& log, std::size_t segment, std::string& why) {
    const segment_view& from = log.segments[segment].view;
    bytes_view left = from.frames;
    std::uint64_t number = from.header.first_frame;
    std::uint32_t previous = from.header.previous_crc;
    while (!only_zeros(left.first(std::min(left.size(), sizeof(frame_header))))) {
        const auto frame = read_frame(left, from.header.epoch);
        const std::size_t at = from.frames_at + from.frames.size() - left.size();
        if (!frame)
            why = words({"at byte ", at, ": ", frame.why().detail});
        else if (frame->header.number != number)
            why = words({"at byte ", at, ": frame ", frame->header.number, " stands where frame ", number, " should"});
        else if (frame->header.previous_crc != previous)
            why = words({"at byte ", at, ": frame ", number, " does not follow on the one before it"});
        if (!why.empty()) return left.size();
        log.frames.push_back({number, left.first(frame->stored_bytes), segment});
        log.last = number++;
        log.last_crc = previous = frame->header.crc;
        left = left.subspan(frame->stored_bytes);
    }
    if (!only_zeros(left))
        why = words({"at byte ", from.frames_at + from.frames.size() - left.size(), ": zeros before the end"});
    return why.empty() ? 0 : left.size();
}

/// Opens one segment. Errors: `io`; `mismatch`, `too_new`: it is not for us; `corrupt`: its start cannot be read, or says
/// that it is another one than its name does.
[[nodiscard, gnu::cold]] inline result<found_log::segment> open_segment(const std::string& folder,
                                                                        const std::string& name, const uuid& database) {
    found_log::segment one;
    one.path = words({folder, "/", name});
    auto from = file::open_to_read(one.path);
    if (!from) return from.why();
    auto all = from->read_all();
    if (!all) return all.why();
    one.bytes = std::move(*all);
    auto view = read_segment(one.bytes);
    if (!view) return error{view.why().code, words({one.path, ": ", view.why().detail})};
    if (view->header.database != database)
        return error{errc::mismatch, words({one.path, ": it is the log of another database: move ", folder,
                                            " to where its database is"})};
    const std::string means = segment_name(view->header.timeline, view->header.number);
    if (means != name) return error{errc::corrupt, words({one.path, ": by what is in it, it is segment ", means})};
    if (view->header.timeline != 0)
        return error{errc::too_new, words({one.path, ": it is of another timeline, and this library knows only one"})};
    one.view = std::move(*view);
    return one;
}

/// Opens the segments in `folder`, in order, up to the first one whose start cannot be read: that one is damage.
[[nodiscard, gnu::cold]] inline result<void> open_segments(found_log& log, const std::string& folder,
                                                           const uuid& database) {
    auto names = names_in(folder);
    if (!names) return names.why();
    for (const std::string& name : *names) {
        if (!is_segment_name(name)) continue;
        log.paths.push_back(words({folder, "/", name}));
        log.last_segment = std::max(log.last_segment, segment_number(name));
        if (log.damage) continue;
        auto one = open_segment(folder, name, database);
        if (one)
            log.segments.push_back(std::move(*one));
        else if (one.why().code == errc::corrupt)
            log.damage = one.why();
        else
            return one.why();
    }
    return {};
}

/// Takes away the frames from `number` on: a later segment has them again, or says that there are none.
inline std::vector<found_frame> take_from(found_log& log, std::uint64_t number) {
    const auto first = std::find_if(log.frames.begin(), log.frames.end(),
                                    [&](const found_frame& one) { return one.number >= number; });
    std::vector<found_frame> taken(first, log.frames.end());
    log.frames.erase(first, log.frames.end());
    std::erase_if(log.gaps, [&](const log_gap& one) { return one.behind > number; });
    return taken;
}
/// Puts back those behind the last one, which segment `segment` was begun with and did not get: they are of the process
/// that began it, so they are the frames that it would have had.
inline void put_back(found_log& log, const std::vector<found_frame>& taken, std::size_t segment) {
    for (const found_frame& one : taken) {
        const frame_header header = header_of(one.stored.data());
        if (one.number != log.last + 1 || header.previous_crc != log.last_crc ||
            log.segments[one.segment].view.header.epoch != log.segments[segment].view.header.epoch)
            continue;
        log.frames.push_back({one.number, one.stored, segment});
        log.last = one.number;
        log.last_crc = header.crc;
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

/// Reads the frames of the segments that were opened, one after the other, until the log ends.
[[gnu::cold]] inline void read_segments(found_log& log, std::uint64_t applied) {
    for (std::size_t s = 0; s < log.segments.size(); ++s) {
        std::vector<found_frame> taken;
        if (s != 0) {
            const std::uint64_t next = log.last + 1, from = log.segments[s].view.goes_on_at();
            if (from > next && from > applied + 1) {
                log.damage = error{errc::corrupt, words({log.segments[s - 1].path, ": frames ", next, " to ", from - 1,
                                                         " were synced and are missing"})};
                s = begun_behind(log, s, next);
                if (s == log.segments.size()) return;
                log.damage.reset();
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
        std::string why;
        const std::size_t left = read_frames(log, s, why);
        put_back(log, taken, s);
        if (left == 0) continue;
        const std::uint64_t bad = log.last + 1;
        const bytes_view rest = log.segments[s].view.frames.last(left);
        bool synced = says_synced(rest, is.epoch, bad);
        if (s + 1 < log.segments.size()) // what the database has is not missed: it may never have been synced here
            synced = synced || log.segments[s + 1].view.goes_on_at() > std::max(bad, applied + 1);
        if (synced && begun_behind(log, s + 1, bad) == log.segments.size()) {
            log.damage = error{errc::corrupt, words({log.segments[s].path, ", ", why, "; it had been synced"})};
            return;
        }
        log.dropped_bytes += left;
    }
}

} // namespace detail

/// Reads the log in `folder`. A folder that is not there is a log without segments.
/// @param applied  Frames up to this one are in the database: a bulk load never was in the log.
/// Errors: `io`; `mismatch`: the log of another database; `too_new`. What is damaged is told in `damage`.
[[nodiscard, gnu::cold]] inline result<found_log> read_log(const std::string& folder, const uuid& database,
                                                           std::uint64_t applied) {
    found_log log;
    if (auto ok = detail::open_segments(log, folder, database); !ok) return ok.why();
    detail::read_segments(log, applied);
    return log;
}

} // namespace holdfast
