// SPDX-License-Identifier: MIT
/// @file
/// The log: sealed frames, numbered and checksummed, in files that are synced, and in memory until SQLite has them: the
/// writer reads them there, and what a failed sync leaves in doubt is written again from there. When they take too much
/// memory, those that are synced are read from the files instead; those that cannot be written are dropped, which leaves
/// a gap that a resync makes up for.
#pragma once

#include <holdfast/io/thread.hpp>
#include <holdfast/queue/held_frames.hpp>
#include <holdfast/queue/log_files.hpp>
#include <holdfast/queue/read_log.hpp>
#include <holdfast/queue/ring.hpp>

#include <algorithm>
#include <memory>

namespace holdfast {

/// A resync in the log.
struct logged_resync {
    std::uint32_t number = 0; ///< 0: none.
    std::uint64_t first = 0;  ///< The frame with which it begins,
    std::uint64_t last = 0;   ///< and the one with which it ends.
};

/// See the file's sentence. Threads: one appends, syncs and gives up; one other reads and drops; any may ask.
class frame_log {
public:
    /// @param epoch          Seeds the checksums, so that bytes of another log are never taken for this one's.
    /// @param durable        The number of the last frame that needs no log: SQLite has it.
    /// @param files          Where frames are written; null: nowhere, as for a database without a file.
    /// @param previous_crc   That of frame `durable`.
    /// @param block_bytes    How much memory is taken at once.
    frame_log(std::uint32_t epoch, std::uint64_t durable, std::unique_ptr<log_files> files = nullptr,
              std::uint32_t previous_crc = 0, std::size_t block_bytes = std::size_t{1} << 20)
        : epoch_(epoch), held_(block_bytes), synced_(durable), durable_(durable), dropped_(durable),
          files_(std::move(files)), previous_crc_(previous_crc), synced_crc_(previous_crc), appended_(durable) {}

    [[nodiscard]] std::uint32_t epoch() const noexcept { return epoch_; }

    /// Appends a frame: fills in what the ring left open (checksums, how far the log is synced).
    void append(const sealed_frame& frame) {
        frame_header header = frame.header;
        header.synced_through = synced();
        header.previous_crc = previous_crc_;
        header.of_ring = 0; // the ring's
        header.crc = detail::header_crc(header, epoch_);
        for (const bytes_view section : frame.sections) header.crc = crc32c(section, header.crc);
        const std::size_t stored = sizeof(header) + static_cast<std::size_t>(header.payload_bytes);
        std::byte* const at = room_for(stored);
        std::byte* to = at;
        std::memcpy(to, &header, sizeof(header));
        to += sizeof(header);
        for (const bytes_view section : frame.sections) {
            std::memcpy(to, section.data(), section.size());
            to += section.size();
        }
        broken_ = broken_ || header.resync_begins != 0; // so that what is before it may be damaged
        const mutex_lock hold(guard_);
        held_.add({at, stored}, header.number);
        previous_crc_ = header.crc;
        appended_ = header.number;
        if (!gaps_.empty() && gaps_.back().behind == 0) gaps_.back().behind = header.number;
        if (header.resync_begins != 0) begun_ = {header.resync_begins, header.number, 0};
        if (header.resync_ends != 0 && header.resync_ends == begun_.number)
            resync_ = {begun_.number, begun_.first, header.number};
    }

    /// Makes everything appended durable. Without files: says that it is.
    ///
    /// Errors: `full`, `io`: `durable` stays where it came to. The next try begins a new segment with everything that is
    ///         not durable: a file that a sync has failed for is not used again.
    [[nodiscard]] result<void> sync() {
        if (!files_) {
            made_synced(appended_, previous_crc_);
            return {};
        }
        BOOST_TRY {
            auto ok = lost_ ? write_again() : write_files(synced());
            broken_ = !ok;
            return ok;
        }
        BOOST_CATCH(...) { // out of memory: nobody knows how far it came
            broken_ = true;
            BOOST_RETHROW;
        }
        BOOST_CATCH_END
    }

    /// Looks whether the files are still there, whole. When one is not, the next `sync` writes everything that SQLite does
    /// not have into new ones, from memory. Errors: what has become of a file.
    [[nodiscard, gnu::cold]] result<void> look() {
        if (!files_ || lost_) return {};
        auto ok = files_->look();
        lost_ = !ok && ok.why().code == errc::corrupt;
        return lost_ ? std::move(ok) : result<void>();
    }
    /// Whether `look` has found that files are gone, and they were not written again yet.
    [[nodiscard]] bool lost() const noexcept { return lost_; }

    /// The checksum of the last frame that is synced. Threads: the one that syncs.
    [[nodiscard]] std::uint32_t last_crc() const noexcept { return synced_crc_; }

    /// Whether there are files.
    [[nodiscard]] bool in_files() const noexcept { return files_ != nullptr; }

    /// Removes files that are needed no longer.
    [[nodiscard]] result<void> tidy() {
        return files_ ? files_->drop_through(dropped_.load(std::memory_order_relaxed)) : result<void>();
    }

    /// The number of the last frame that is synced.
    [[nodiscard]] std::uint64_t synced() const noexcept { return synced_.load(std::memory_order_acquire); }
    /// The number of the last frame that is durable, with everything before it: synced, and no gap is before it that a
    /// resync does not make up for.
    [[nodiscard]] std::uint64_t durable() const noexcept { return durable_.load(std::memory_order_acquire); }

    // --- when there is too much of it --------------------------------------------------------------------------------

    /// Frames that are synced are read from the files from here on.
    void forget_synced() {
        const mutex_lock hold(guard_);
        if (files_ && !pinned_) held_.drop_through(synced());
    }
    /// Drops the frames that are not synced and behind frame `keep`; the next one that is appended comes behind a gap. When
    /// the files are gone, those that SQLite does not have are dropped, too: all of them. The number of the first that is
    /// missing.
    [[gnu::cold]] std::uint64_t give_up(std::uint64_t keep) {
        const mutex_lock hold(guard_);
        const std::uint64_t last = lost_ ? dropped_.load(std::memory_order_relaxed) : std::max(synced(), keep);
        held_.cut_behind(last);
        const auto kept = held_.read(last - 1, last, 0).frames;
        const std::uint32_t crc = lost_ ? 0 : kept.empty() ? synced_crc_ : header_of(kept.front().data()).crc;
        std::erase_if(gaps_, [&](const log_gap& one) { return one.from > last; });
        gaps_.push_back({last + 1, 0, crc});
        begun_ = {};
        if (resync_.last > last) resync_ = {};
        appended_ = last;
        previous_crc_ = crc;
        if (last < synced()) {
            synced_crc_ = crc;
            synced_.store(last, std::memory_order_release);
            durable_.store(std::min(last, durable()), std::memory_order_release);
        }
        gap_open_ = gap_open_ == 0 ? last + 1 : std::min(gap_open_, last + 1);
        newest_gap_ = last + 1;
        broken_ = true;
        return last + 1;
    }
    /// Whether there is a gap that a resync does not make up for yet. Threads: the one that syncs.
    [[nodiscard]] bool gap_open() const noexcept { return gap_open_ != 0; }
    /// Whether frames that SQLite does not have could not be read from the files since this was asked the last time.
    [[nodiscard]] bool take_unreadable() noexcept { return unreadable_.exchange(false, std::memory_order_relaxed); }
    /// Whether every frame that SQLite does not have is in memory.
    [[nodiscard]] bool holds_all() const {
        const mutex_lock hold(guard_);
        std::uint64_t next = dropped_.load(std::memory_order_relaxed) + 1;
        for (const log_gap& one : gaps_)
            if (one.from <= next && (one.behind == 0 || one.behind > next)) next = one.behind;
        return next == 0 || appended_ < next || (held_.first() != 0 && held_.first() <= next);
    }
    /// Whether the files could be written now.
    [[nodiscard, gnu::cold]] result<void> probe() { return files_ ? files_->probe() : result<void>(); }

    /// Whether the frame behind `number` was dropped.
    [[nodiscard]] bool gap_behind(std::uint64_t number) const {
        const mutex_lock hold(guard_);
        return std::any_of(gaps_.begin(), gaps_.end(), [&](const log_gap& one) {
            return one.from <= number + 1 && (one.behind == 0 || one.behind > number + 1);
        });
    }
    /// The newest resync that is durable, from its begin to its end, if it has at least this number; `last` is 0: there is
    /// none.
    [[nodiscard]] logged_resync find_resync(std::uint32_t number) const {
        const mutex_lock hold(guard_);
        const bool whole = resync_.number != 0 && resync_.number >= number && resync_.last <= durable();
        return whole ? resync_ : logged_resync();
    }

    /// Bytes of the frames that are in memory, and that nobody has said to be dropped.
    [[nodiscard]] std::size_t bytes() const {
        const mutex_lock hold(guard_);
        return held_.bytes();
    }

    /// Durable frames behind frame `after`, in order, as stored: whole frames, at least one when there is
    /// one, otherwise no more than `max_bytes`. Lifetime: until `drop_through` passes them.
    [[nodiscard]] std::vector<bytes_view> read(std::uint64_t after, std::size_t max_bytes) const {
        return read_memory(after, durable(), max_bytes).frames;
    }
    /// The same, and from the files what is in memory no longer. It ends before a gap. Errors: `corrupt`: the files do not
    /// have them any more, as `take_unreadable` says then; `io`: as `corrupt`, when it stays so for several tries.
    [[nodiscard]] result<log_part> read_part(std::uint64_t after, std::size_t max_bytes) const {
        log_part found = read_memory(after, durable(), max_bytes);
        const bool none = found.frames.empty();
        if (!files_ || durable() <= after || (!none && follows(after, header_of(found.frames.front().data()).number)))
            return found;
        auto part = read_file(after, max_bytes);
        failed_reads_ = part ? 0 : failed_reads_ + 1;
        if (!part && (part.why().code != errc::io || failed_reads_ >= most_failed_reads))
            unreadable_.store(true, std::memory_order_relaxed);
        return part;
    }

    /// Frames up to `number` are needed no longer: drops the memory that holds no other. The files go with `tidy`.
    void drop_through(std::uint64_t number) {
        const mutex_lock hold(guard_);
        dropped_.store(number, std::memory_order_relaxed);
        std::erase_if(gaps_, [&](const log_gap& one) { return one.behind != 0 && one.behind <= number; });
        if (!pinned_) held_.drop_through(number);
    }

private:
    [[nodiscard]] log_part read_memory(std::uint64_t after, std::uint64_t last, std::size_t max_bytes) const {
        const mutex_lock hold(guard_);
        return held_.read(after, last, max_bytes);
    }
    [[nodiscard, gnu::cold]] result<log_part> read_file(std::uint64_t after, std::size_t max_bytes) const {
        const std::string path = files_->find(after);
        auto from = file::open_to_read(path);
        if (!from) return from.why();
        auto all = from->read_all();
        if (!all) return all.why();
        const auto bytes = std::make_shared<const std::vector<std::byte>>(std::move(*all));
        const auto segment = read_segment(*bytes);
        if (!segment) return error{segment.why().code, words({path, ": ", segment.why().detail})};
        log_part found;
        found.held.push_back(bytes);
        const std::uint64_t last = last_before_gap(after);
        std::uint64_t number = segment->header.first_frame;
        for (bytes_view left = segment->frames; number <= last; ++number) {
            const auto frame = read_frame(left, epoch_);
            const bool wrong = !frame || frame->header.number != number;
            if (wrong && !found.frames.empty()) break;
            if (wrong)
                return error{errc::corrupt, words({path, ": tick ", number, ": ",
                                                   frame ? "another one is there" : frame.why().detail})};
            if (number > after && !found.add(left.first(frame->stored_bytes), max_bytes)) break;
            left = left.subspan(frame->stored_bytes);
        }
        if (!found.frames.empty() && follows(after, header_of(found.frames.front().data()).number)) return found;
        return error{errc::corrupt, words({path, ": tick ", after + 1, " is not there"})};
    }
    /// The last durable frame behind `after` that is before a gap.
    [[nodiscard]] std::uint64_t last_before_gap(std::uint64_t after) const {
        const mutex_lock hold(guard_);
        for (const log_gap& one : gaps_)
            if (one.from > after + 1) return std::min(one.from - 1, durable());
        return durable();
    }
    /// Whether frame `number` is the next one behind frame `after`.
    [[nodiscard]] bool follows(std::uint64_t after, std::uint64_t number) const {
        const mutex_lock hold(guard_);
        return number == after + 1 || std::any_of(gaps_.begin(), gaps_.end(), [&](const log_gap& one) {
                   return one.from <= after + 1 && one.behind == number;
               });
    }
    /// The first frame of those that were dropped before frame `number`; 0: none was.
    [[nodiscard]] std::uint64_t dropped_before(std::uint64_t number) const {
        const mutex_lock hold(guard_);
        for (const log_gap& one : gaps_)
            if (one.behind == number) return one.from;
        return 0;
    }

    /// Keeps every frame in memory while it lives.
    class pin {
    public:
        explicit pin(frame_log& of) : of_(of) {
            const mutex_lock hold(of_.guard_);
            of_.pinned_ = true;
        }
        pin(const pin&) = delete;
        pin& operator=(const pin&) = delete;
        ~pin() {
            const mutex_lock hold(of_.guard_);
            of_.pinned_ = false;
            of_.held_.drop_through(of_.dropped_.load(std::memory_order_relaxed));
        }

    private:
        frame_log& of_;
    };

    [[nodiscard]] std::byte* room_for(std::size_t bytes) {
        const mutex_lock hold(guard_);
        return held_.room_for(bytes);
    }
    void made_synced(std::uint64_t number, std::uint32_t crc) noexcept {
        synced_crc_ = crc;
        synced_.store(number, std::memory_order_release);
        if (resync_.last > newest_gap_ && resync_.last <= number) gap_open_ = 0;
        const std::uint64_t sure = gap_open_ == 0 ? number : std::min(number, gap_open_ - 1);
        if (sure > durable()) durable_.store(sure, std::memory_order_release);
    }
    [[nodiscard]] result<void> begin_segment(std::uint64_t number, std::uint32_t previous_crc, std::size_t room) {
        const segment_start start{number, previous_crc, room, dropped_before(number)};
        if (auto ok = lost_ ? files_->begin_again(start) : files_->begin(start); !ok) return ok;
        broken_ = false;
        begun_with_ = number;
        return {};
    }

    /// Begins new files, with all that SQLite does not have.
    [[nodiscard, gnu::cold]] result<void> write_again() {
        const pin here(*this);
        const auto first = read_memory(dropped_.load(std::memory_order_relaxed), appended_, 0).frames;
        std::uint32_t before = previous_crc_;
        std::uint64_t number = appended_ + 1;
        if (!first.empty()) {
            const frame_header header = header_of(first.front().data());
            before = header.previous_crc;
            number = header.number;
        }
        if (auto ok = begin_segment(number, before, first.empty() ? 0 : first.front().size()); !ok) return ok;
        const std::uint64_t segment = files_->last_segment();
        if (auto ok = write_files(number - 1); !ok) return ok;
        lost_ = false;
        return files_->drop_before(segment);
    }

    /// Writes and syncs every frame behind frame `written`; goes on in a new segment where one is full.
    [[nodiscard]] result<void> write_files(std::uint64_t written) {
        constexpr std::size_t at_once = std::size_t{4} << 20;
        while (written < appended_) {
            const std::vector<bytes_view> frames = read_memory(written, appended_, at_once).frames;
            const frame_header first = frames.empty() ? frame_header() : header_of(frames.front().data());
            const bool behind_gap = dropped_before(first.number) != 0;
            if (first.number != written + 1 && !behind_gap)
                return error{errc::corrupt, words({"tick ", written + 1, " is not in memory any more"})};
            if (broken_ || !files_->fits(frames.front().size()) || (behind_gap && begun_with_ != first.number))
                if (auto ok = begin_segment(first.number, first.previous_crc, frames.front().size()); !ok) return ok;
            begun_with_ = 0;
            std::size_t bytes = 0, count = 0;
            while (count < frames.size() && files_->fits(bytes + frames[count].size())) bytes += frames[count++].size();
            const auto now = std::span(frames).first(count);
            if (auto ok = files_->append(now); !ok) return ok;
            if (auto ok = files_->sync(); !ok) return ok;
            const frame_header last = header_of(now.back().data());
            written = last.number;
            if (written > synced()) made_synced(written, last.crc);
        }
        return {};
    }

    static constexpr int most_failed_reads = 5;

    const std::uint32_t epoch_;

    // Behind the guard.
    mutable mutex guard_;
    held_frames held_;
    bool pinned_ = false;
    std::vector<log_gap> gaps_; ///< Those before frames that SQLite does not have.
    logged_resync resync_;      ///< The newest that is whole.

    // Any thread.
    std::atomic<std::uint64_t> synced_;
    std::atomic<std::uint64_t> durable_;
    std::atomic<std::uint64_t> dropped_; ///< SQLite has these: what the files may forget.
    mutable std::atomic<bool> unreadable_{false};

    // The thread that reads.
    mutable int failed_reads_ = 0; ///< One after the other.

    // The thread that appends and syncs.
    std::unique_ptr<log_files> files_;
    std::uint32_t previous_crc_;
    std::uint32_t synced_crc_;
    std::uint64_t appended_;
    std::uint64_t begun_with_ = 0; ///< The first frame of a segment that nothing was written to yet.
    logged_resync begun_;          ///< The resync that is under way, without a gap since it began.
    std::uint64_t gap_open_ = 0;   ///< The first frame that is missing, until a resync makes up for it; 0: none is.
    std::uint64_t newest_gap_ = 0;
    bool broken_ = false; ///< Nothing more goes into the segment: it has failed, or a resync begins.
    bool lost_ = false;   ///< Files are gone: what they had is written again.
};

} // namespace holdfast
