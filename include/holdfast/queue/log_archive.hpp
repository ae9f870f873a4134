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
};

/// What is in the archive, in order. One whose start cannot be read counts as the one before it. Errors: `io`.
[[nodiscard, gnu::cold]] inline result<std::vector<kept_segment>> segments_in_archive(const std::string& folder) {
    timelines known;
    auto files = detail::segment_files(folder, {}, known);
    if (!files) return files.why();
    std::vector<kept_segment> found;
    for (const detail::segment_file& file : *files) {
        kept_segment one{file.path, found.empty() ? 0 : found.back().goes_on_at};
        auto is = state_of(one.path);
        if (!is) return is.why();
        one.bytes = is->bytes;
        if (file.start)
            one.goes_on_at = file.start->goes_on_at();
        else if (file.start.why().code == errc::io)
            return file.start.why();
        found.push_back(std::move(one));
    }
    return found;
}

/// What a trim has left.
struct archive_report {
    std::uint64_t bytes = 0;
    std::size_t too_many = 0;  ///< So many bytes more than wanted, which no backup covers.
    std::size_t cut_short = 0; ///< Segments removed for want of room that the window would have kept.
};

/// Removes segments whose frames are all before `needed`; and, while more than `most_bytes` are left, the oldest of those
/// that are before `covered`, which the newest backup has. The last one stays, and all do when `covered` is 0: no backup.
/// @param most_bytes  0: any number.
[[nodiscard, gnu::cold]] inline result<archive_report> trim_archive(const std::string& folder, std::uint64_t needed,
                                                                    std::uint64_t covered, std::uint64_t most_bytes) {
    auto found = segments_in_archive(folder);
    if (!found) return found.why();
    archive_report report;
    for (const kept_segment& one : *found) report.bytes += one.bytes;
    for (std::size_t i = 0; covered != 0 && i + 1 < found->size(); ++i) {
        const std::uint64_t end = (*found)[i + 1].goes_on_at;
        const bool old = end <= needed;
        const bool no_room = most_bytes != 0 && report.bytes > most_bytes && end <= covered;
        if (!old && !no_room) break;
        if (auto ok = remove_file((*found)[i].path); !ok) return ok.why();
        report.bytes -= (*found)[i].bytes;
        if (!old) ++report.cut_short;
    }
    if (most_bytes != 0 && report.bytes > most_bytes)
        report.too_many = static_cast<std::size_t>(report.bytes - most_bytes);
    return report;
}

} // namespace holdfast
