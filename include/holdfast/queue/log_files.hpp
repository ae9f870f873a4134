// SPDX-License-Identifier: MIT
/// @file
/// Writes a log: frames into segments, each made whole and named before it is used.
#pragma once

#include <holdfast/io/file.hpp>
#include <holdfast/io/mutex.hpp>
#include <holdfast/queue/segment.hpp>

#include <algorithm>
#include <vector>

namespace holdfast {

/// Where a log is, and whose it is.
struct log_place {
    std::string folder;
    uuid database{};
    uuid boot{};
    holdfast::timeline timeline{};
    std::uint64_t last_segment = 0;                    ///< The number of the newest segment that is there.
    std::size_t segment_bytes = std::size_t{16} << 20; ///< How large a segment is, unless a frame needs more.
    std::string archive{}; ///< Where segments go that SQLite has all of; empty: nowhere, they are removed.
};

/// Where a segment begins.
struct segment_start {
    std::uint64_t first_frame = 0;
    std::uint32_t previous_crc = 0;
    std::size_t room = 0;           ///< The bytes of the first frame: the segment is made large enough for it.
    std::uint64_t dropped_from = 0; ///< From this frame up to the first one they were dropped; 0: none was.
};

/// Gives up a segment that the log needs no longer: moves it to the archive, if there is one.
/// @param used  How many bytes of it are written; 0: not known.
[[nodiscard, gnu::cold]] inline result<void> retire_segment(const std::string& path, const std::string& archive,
                                                            std::uint64_t used) {
    if (archive.empty()) return remove_file(path);
    const std::string to = words({archive, std::string_view(path).substr(path.rfind('/'))});
    if (used != 0) {
        auto whole = file::open(path, O_RDWR);
        if (auto ok = whole ? whole->cut(used) : result<void>(whole.why()); !ok && ok.why().code != errc::not_found)
            return ok;
    }
    if (system_call::rename(path, to) != 0 && errno != ENOENT)
        return os_error(words({"cannot move to ", archive, " the file"}), path, errno);
    return {};
}

/// See the file's sentence. A segment is allocated whole, synced, renamed, and only then written to, so that a full disk
/// is met when a segment is begun, and no later. Threads: one at a time; `find`, any.
class log_files {
public:
    [[gnu::cold]] log_files(log_place place, log_schema schema, std::uint32_t epoch)
        : place_(std::move(place)), schema_(std::move(schema)), epoch_(epoch) {}

    /// Begins a segment. What is before its first frame must be durable, or dropped. Of segments that a sync has failed for
    /// the last one stays, until frames behind it are durable.
    /// Errors: `full`, `io`. What was written before stays as it is.
    [[nodiscard, gnu::cold]] result<void> begin(const segment_start& from) {
        segment_header header;
        header.database = place_.database;
        header.boot = place_.boot;
        header.belongs_to(place_.timeline);
        header.number = place_.last_segment + 1;
        header.first_frame = from.first_frame;
        header.previous_crc = from.previous_crc;
        header.dropped_from = from.dropped_from;
        header.epoch = epoch_;
        const std::vector<std::byte> start = encode_segment(header, schema_);
        const std::size_t bytes = std::max(place_.segment_bytes, start.size() + from.room);
        const std::string path = next_path();
        auto made = make(words({path, ".new"}), start, bytes);
        if (!made) {
            (void)remove_file(words({path, ".new"}));
            return made.why();
        }
        auto is = made->state();
        if (!is) return is.why();
        if (auto ok = rename_synced(words({path, ".new"}), path); !ok) return ok;
        ++place_.last_segment;
        {
            const mutex_lock hold(guard_);
            remove_superseded();
            if (!segments_.empty()) segments_.back().used = at_;
            if (!segments_.empty()) segments_.back().last = std::min(segments_.back().last, from.first_frame - 1);
            for (segment& before : segments_) // what was dropped is of no use in a segment either
                if (from.dropped_from != 0) before.last = std::min(before.last, from.dropped_from - 1);
            segments_.push_back({path, *is, header.number, header.first_frame, no_last, 0});
        }
        file_ = std::move(*made);
        file_.named(path);
        at_ = start.size();
        capacity_ = bytes;
        return {};
    }

    /// As `begin`, also when the folder has gone.
    [[nodiscard, gnu::cold]] result<void> begin_again(const segment_start& from) {
        if (auto ok = make_folder(place_.folder); !ok) return ok;
        return begin(from);
    }
    /// Whether a segment could be begun now: one is made, synced, and removed.
    [[nodiscard, gnu::cold]] result<void> probe() {
        if (auto ok = make_folder(place_.folder); !ok) return ok;
        const std::string path = words({next_path(), ".new"});
        auto made = make(path, encode_segment({}, schema_), place_.segment_bytes);
        auto gone = remove_file(path);
        return made ? std::move(gone) : result<void>(made.why());
    }
    /// The path of the first segment that holds a frame behind `number`; empty: none does.
    [[nodiscard, gnu::cold]] std::string find(std::uint64_t number) const {
        const mutex_lock hold(guard_);
        for (const segment& one : segments_)
            if (one.last > number) return one.path;
        return {};
    }
    /// Gives up what is left of the segments before this number.
    [[gnu::cold]] result<void> drop_before(std::uint64_t number) {
        while (segments_.front().number < number)
            if (auto ok = retire_first(); !ok) return ok;
        return {};
    }
    /// Whether every segment is still there, whole. Errors: as `check_still_there`.
    [[nodiscard, gnu::cold]] result<void> look() const {
        for (const segment& one : segments_)
            if (auto ok = check_still_there(one.path, one.is); !ok) return ok;
        return {};
    }

    /// Whether a frame of so many bytes fits into the segment.
    [[nodiscard]] bool fits(std::size_t bytes) const noexcept { return capacity_ - at_ >= bytes; }

    /// Writes frames, one behind the other; they fit. Errors: `full`, `io`: nothing more may be written to this segment.
    [[nodiscard]] result<void> append(std::span<const bytes_view> frames) {
        if (auto ok = file_.write_at(at_, frames); !ok) return ok;
        for (const bytes_view one : frames) at_ += one.size();
        return {};
    }
    /// Errors: as `append`.
    [[nodiscard]] result<void> sync() { return file_.sync(); }

    /// Gives up segments that hold no frame behind `number`; never the last one.
    [[gnu::cold]] result<void> drop_through(std::uint64_t number) {
        while (segments_.size() > 1 && segments_.front().last <= number)
            if (auto ok = retire_first(); !ok) return ok;
        return {};
    }

    [[nodiscard]] std::uint32_t epoch() const noexcept { return epoch_; }
    [[nodiscard]] std::uint64_t last_segment() const noexcept { return place_.last_segment; }
    /// The file that is written to. Only after `begin`.
    [[nodiscard]] const std::string& path() const noexcept { return segments_.back().path; }

private:
    struct segment {
        std::string path;
        file_state is;
        std::uint64_t number;
        std::uint64_t first; ///< Its first frame.
        std::uint64_t last;  ///< Its last frame; known when the next one was begun,
        std::uint64_t used;  ///< as is how many bytes are written.
    };
    static constexpr std::uint64_t no_last = ~std::uint64_t{0};

    [[nodiscard]] std::string next_path() const {
        return words({place_.folder, "/", segment_name(place_.timeline.id, place_.last_segment + 1)});
    }
    [[nodiscard, gnu::cold]] result<void> retire_first() {
        segment& first = segments_.front();
        const bool empty = first.last < first.first;
        if (first.used != 0) first.is.bytes = std::min(first.is.bytes, first.used); // it is cut before it is moved
        if (auto ok = retire_segment(first.path, empty ? std::string() : place_.archive, first.used); !ok) return ok;
        const mutex_lock hold(guard_);
        segments_.erase(segments_.begin());
        return {};
    }

    /// Removes segments that later ones have taken every frame of, as those do whose sync has failed. Not the last one: the
    /// frames that it has may not be in the next one yet. What cannot be removed now goes with the others.
    [[gnu::cold]] void remove_superseded() {
        std::erase_if(segments_, [](const segment& one) { return one.last < one.first && remove_file(one.path); });
    }

    [[nodiscard, gnu::cold]] static result<file> make(const std::string& path, const std::vector<std::byte>& start,
                                                      std::size_t bytes) {
        auto made = file::create(path);
        if (!made) return made;
        if (auto ok = made->allocate(bytes); !ok) return ok.why();
        const bytes_view all(start);
        if (auto ok = made->write_at(0, {&all, 1}); !ok) return ok.why();
        if (auto ok = made->sync(); !ok) return ok.why();
        return made;
    }

    log_place place_;
    log_schema schema_;
    std::uint32_t epoch_;
    file file_;
    std::uint64_t at_ = 0;
    std::uint64_t capacity_ = 0;
    mutable mutex guard_; ///< The segments, while they change and while another thread looks for one.
    std::vector<segment> segments_;
};

} // namespace holdfast
