// SPDX-License-Identifier: MIT
/// @file
/// Segments of the log that SQLite has all of, kept for the time when the database is gone, or wanted as it was.
#pragma once

#include <holdfast/queue/read_log.hpp>

#include <string>
#include <vector>

namespace holdfast {

/// Where the segments of a log go that is in `folder`.
[[nodiscard, gnu::cold]] inline std::string archive_of(const std::string& folder) {
    return words({folder, "/archive"});
}

/// A segment that is kept.
struct kept_segment {
    std::string path{};
    std::uint64_t goes_on_at = 0; ///< Every frame before this one is in an earlier segment, or in the backup.
    std::uint64_t bytes = 0;
    std::uint64_t timeline = 0;
    bool readable = true; ///< Its start; otherwise nobody knows where it goes on.
    std::int64_t left_us =
        INT64_MAX; ///< When its timeline was left, if its frames are not in the past of what is played.
};

/// What is in the archive, in order. Errors: `io`.
/// @param known  The timelines that the database tells of.
[[nodiscard, gnu::cold]] inline result<std::vector<kept_segment>> segments_in_archive(const std::string& folder,
                                                                                      timelines known = {}) {
    auto files = detail::segment_files(folder, {}, known);
    if (!files) return files.why();
    std::vector<kept_segment> found;
    for (const detail::segment_file& file : *files) {
        kept_segment one{file.path};
        one.timeline = segment_timeline(file.name());
        auto is = state_of(one.path);
        if (!is) return is.why();
        one.bytes = is->bytes;
        one.readable = bool(file.start);
        if (file.start)
            one.goes_on_at = file.start->goes_on_at();
        else if (file.start.why().code == errc::io)
            return file.start.why();
        if (known.shared(one.timeline, known.newest().id).value_or(0) < one.goes_on_at)
            one.left_us = known.left_us(one.timeline);
        found.push_back(std::move(one));
    }
    return found;
}

/// What a trim has left.
struct archive_report {
    std::uint64_t bytes = 0;
    std::size_t cut_short = 0; ///< Segments removed for want of room that the window would have kept.
};

/// What of the archive is wanted.
struct archive_wish {
    std::uint64_t needed = 0;  ///< Frames before this one are not: the oldest backup that counts has them,
    std::int64_t since_us = 0; ///< which was made then: a timeline that was left before is not wanted.
    std::uint64_t covered = 0; ///< The newest backup has those before this one: one can do without. 0: there is none.
    std::uint64_t most_bytes = 0; ///< 0: any number.
};

namespace detail {

/// The next segment in the past of what is played: it goes on where the one before ends. Null: there is none that can be
/// read.
[[nodiscard, gnu::cold]] inline const kept_segment* next_played(const std::vector<kept_segment>& all, std::size_t i) {
    for (++i; i < all.size(); ++i)
        if (all[i].readable && all[i].left_us == INT64_MAX) return &all[i];
    return nullptr;
}

} // namespace detail

/// Removes segments that are not wanted; and, while there are too many bytes, the oldest of those that can be done without,
/// and of timelines that were left. The last one that is played stays, and all do as long as there is no backup.
[[nodiscard, gnu::cold]] inline result<archive_report> trim_archive(const std::string& folder, const timelines& known,
                                                                    const archive_wish& wish) {
    auto found = segments_in_archive(folder, known);
    if (!found) return found.why();
    archive_report report;
    for (const kept_segment& one : *found) report.bytes += one.bytes;
    bool kept = false; // one that is in the past of what is played: those behind it go on from there
    for (std::size_t i = 0; wish.covered != 0 && i < found->size(); ++i) {
        const kept_segment& one = (*found)[i];
        const bool left = one.left_us != INT64_MAX;
        if (kept && !left) continue;
        const kept_segment* const next = detail::next_played(*found, i);
        const std::uint64_t end = next == nullptr ? ~std::uint64_t{0} : next->goes_on_at;
        bool old = left ? one.left_us <= wish.since_us : end <= wish.needed;
        if (!left && next != nullptr && next->timeline != one.timeline) // it has the first frames of what was left, too
            old = old && known.left_us(one.timeline) <= wish.since_us;
        const bool no_room = wish.most_bytes != 0 && report.bytes > wish.most_bytes && (left || end <= wish.covered);
        if (!old && !no_room) {
            kept = kept || !left;
            continue;
        }
        if (auto ok = remove_file(one.path); !ok) return ok.why();
        report.bytes -= one.bytes;
        if (!old) ++report.cut_short;
    }
    return report;
}

} // namespace holdfast
