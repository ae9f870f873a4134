// SPDX-License-Identifier: MIT
/// @file
/// The log: sealed frames, numbered and checksummed, in files that are synced, and in memory until SQLite has them: the
/// writer reads them there, and what a failed sync leaves in doubt is written again from there.
#pragma once

#include <holdfast/io/thread.hpp>
#include <holdfast/queue/log_files.hpp>
#include <holdfast/queue/ring.hpp>

#include <deque>
#include <memory>

namespace holdfast {

/// See the file's sentence. Threads: one appends and syncs, one other reads and drops; any may ask.
class frame_log {
public:
    /// @param epoch          Seeds the checksums, so that bytes of another log are never taken for this one's.
    /// @param durable        The number of the last frame that needs no log: SQLite has it.
    /// @param files          Where frames are written; null: nowhere, as for a database without a file.
    /// @param previous_crc   That of frame `durable`.
    /// @param block_bytes    How much memory is taken at once.
    frame_log(std::uint32_t epoch, std::uint64_t durable, std::unique_ptr<log_files> files = nullptr,
              std::uint32_t previous_crc = 0, std::size_t block_bytes = std::size_t{1} << 20)
        : epoch_(epoch), block_bytes_(block_bytes), durable_(durable), files_(std::move(files)),
          previous_crc_(previous_crc), durable_crc_(previous_crc), appended_(durable) {}

    [[nodiscard]] std::uint32_t epoch() const noexcept { return epoch_; }

    /// Appends a frame: fills in what the ring left open (checksums, how far the log is synced).
    void append(const sealed_frame& frame) {
        frame_header header = frame.header;
        header.synced_through = durable();
        header.previous_crc = previous_crc_;
        header.reserved[0] = 0; // the ring's
        header.crc = detail::header_crc(header, epoch_);
        for (const bytes_view section : frame.sections) header.crc = crc32c(section, header.crc);
        const std::size_t stored = sizeof(header) + static_cast<std::size_t>(header.payload_bytes);
        block& home = block_with(stored);
        std::byte* to = home.data.get() + home.used;
        std::memcpy(to, &header, sizeof(header));
        to += sizeof(header);
        for (const bytes_view section : frame.sections) {
            std::memcpy(to, section.data(), section.size());
            to += section.size();
        }
        const mutex_lock hold(guard_);
        home.used += stored;
        bytes_ += stored;
        home.last = header.number;
        previous_crc_ = header.crc;
        appended_ = header.number;
    }

    /// Makes everything appended durable. Without files: says that it is.
    ///
    /// Errors: `full`, `io`: `durable` stays where it came to. The next try begins a new segment with everything that is
    ///         not durable: a file that a sync has failed for is not used again.
    [[nodiscard]] result<void> sync() {
        if (!files_) {
            made_durable(appended_, previous_crc_);
            return {};
        }
        try {
            auto ok = lost_ ? write_again() : write_files(durable());
            broken_ = !ok;
            return ok;
        } catch (...) { // out of memory: nobody knows how far it came
            broken_ = true;
            throw;
        }
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

    /// The checksum of the last durable frame. Threads: the one that syncs.
    [[nodiscard]] std::uint32_t last_crc() const noexcept { return durable_crc_; }

    /// Whether there are files.
    [[nodiscard]] bool in_files() const noexcept { return files_ != nullptr; }

    /// Removes files that are needed no longer.
    [[nodiscard]] result<void> tidy() {
        return files_ ? files_->drop_through(dropped_.load(std::memory_order_relaxed)) : result<void>();
    }

    /// The number of the last frame that is durable.
    [[nodiscard]] std::uint64_t durable() const noexcept { return durable_.load(std::memory_order_acquire); }

    /// Bytes of the frames that nobody has said to be dropped.
    [[nodiscard]] std::size_t bytes() const {
        const mutex_lock hold(guard_);
        return bytes_;
    }

    /// Durable frames behind frame `after`, in order, as stored: whole frames, at least one when there is
    /// one, otherwise no more than `max_bytes`. Lifetime: until `drop_through` passes them.
    [[nodiscard]] std::vector<bytes_view> read(std::uint64_t after, std::size_t max_bytes) const {
        return read(after, durable(), max_bytes);
    }

    /// Frames up to `number` are needed no longer: drops the memory that holds no other. The files go with `tidy`.
    void drop_through(std::uint64_t number) {
        dropped_.store(number, std::memory_order_relaxed);
        const mutex_lock hold(guard_);
        if (!pinned_) drop_blocks(number);
    }

private:
    [[nodiscard]] std::vector<bytes_view> read(std::uint64_t after, std::uint64_t last, std::size_t max_bytes) const {
        std::vector<bytes_view> frames;
        std::size_t sum = 0;
        const mutex_lock hold(guard_);
        for (const block& one : blocks_) {
            if (one.last <= after) continue;
            for (std::size_t at = 0; at < one.used;) {
                const frame_header header = header_of(one.data.get() + at);
                const std::size_t stored = sizeof(header) + static_cast<std::size_t>(header.payload_bytes);
                if (header.number > last) return frames;
                if (header.number > after) {
                    if (!frames.empty() && sum + stored > max_bytes) return frames;
                    frames.emplace_back(one.data.get() + at, stored);
                    sum += stored;
                }
                at += stored;
            }
        }
        return frames;
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
            of_.drop_blocks(of_.dropped_.load(std::memory_order_relaxed));
        }

    private:
        frame_log& of_;
    };

    void drop_blocks(std::uint64_t number) {
        for (block& one : blocks_) {
            while (one.dropped < one.used) {
                const frame_header header = header_of(one.data.get() + one.dropped);
                if (header.number > number) break;
                const std::size_t stored = sizeof(header) + static_cast<std::size_t>(header.payload_bytes);
                one.dropped += stored;
                bytes_ -= stored;
            }
            if (one.dropped < one.used) break;
        }
        while (blocks_.size() > 1 && blocks_.front().last <= number) blocks_.pop_front();
    }

    struct block {
        std::unique_ptr<std::byte[]> data;
        std::size_t capacity = 0;
        std::size_t used = 0;
        std::size_t dropped = 0; ///< Bytes at its start that are needed no longer.
        std::uint64_t last = 0;  ///< The number of its last frame.
    };

    block& block_with(std::size_t bytes) {
        const mutex_lock hold(guard_);
        if (blocks_.empty() || blocks_.back().capacity - blocks_.back().used < bytes) {
            const std::size_t capacity = std::max(bytes, block_bytes_);
            blocks_.push_back({std::make_unique_for_overwrite<std::byte[]>(capacity), capacity, 0, 0, 0});
        }
        return blocks_.back();
    }

    void made_durable(std::uint64_t number, std::uint32_t crc) noexcept {
        durable_crc_ = crc;
        durable_.store(number, std::memory_order_release);
    }

    /// Begins new files, with all that SQLite does not have.
    [[nodiscard, gnu::cold]] result<void> write_again() {
        const pin here(*this);
        const std::vector<bytes_view> first = read(dropped_.load(std::memory_order_relaxed), appended_, 0);
        std::uint32_t before = previous_crc_;
        std::uint64_t number = appended_ + 1;
        if (!first.empty()) {
            const frame_header header = header_of(first.front().data());
            before = header.previous_crc;
            number = header.number;
        }
        if (auto ok = files_->begin_again(number, before, first.empty() ? 0 : first.front().size()); !ok) return ok;
        const std::uint64_t segment = files_->last_segment();
        broken_ = false;
        if (auto ok = write_files(number - 1); !ok) return ok;
        lost_ = false;
        return files_->drop_before(segment);
    }

    /// Writes and syncs every frame behind frame `written`; goes on in a new segment where one is full.
    [[nodiscard]] result<void> write_files(std::uint64_t written) {
        constexpr std::size_t at_once = std::size_t{4} << 20;
        while (written < appended_) {
            const std::vector<bytes_view> frames = read(written, appended_, at_once);
            const frame_header first = frames.empty() ? frame_header() : header_of(frames.front().data());
            if (first.number != written + 1)
                return error{errc::corrupt, words({"tick ", written + 1, " is not in memory any more"})};
            if (broken_ || !files_->fits(frames.front().size()))
                if (auto ok = files_->begin(written + 1, first.previous_crc, frames.front().size()); !ok) return ok;
            broken_ = false;
            std::size_t bytes = 0, count = 0;
            while (count < frames.size() && files_->fits(bytes + frames[count].size())) bytes += frames[count++].size();
            const auto now = std::span(frames).first(count);
            if (auto ok = files_->append(now); !ok) return ok;
            if (auto ok = files_->sync(); !ok) return ok;
            written += count;
            if (written > durable()) made_durable(written, header_of(now.back().data()).crc);
        }
        return {};
    }

    const std::uint32_t epoch_;
    const std::size_t block_bytes_;
    mutable mutex guard_; ///< The blocks.
    std::deque<block> blocks_;
    std::size_t bytes_ = 0;
    bool pinned_ = false;
    std::atomic<std::uint64_t> durable_;
    std::atomic<std::uint64_t> dropped_{0}; ///< What the files may forget.

    // The thread that appends and syncs.
    std::unique_ptr<log_files> files_;
    std::uint32_t previous_crc_;
    std::uint32_t durable_crc_;
    std::uint64_t appended_;
    bool broken_ = false; ///< The segment has failed: nothing more goes into it.
    bool lost_ = false;   ///< Files are gone: what they had is written again.
};

} // namespace holdfast
