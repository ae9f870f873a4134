// SPDX-License-Identifier: MIT
/// @file
/// The log: sealed frames, numbered and checksummed, in segments; read back by the writer. In this version
/// the segments are heap memory, and "synced" means appended.
#pragma once

#include <holdfast/io/thread.hpp>
#include <holdfast/queue/ring.hpp>

#include <deque>

namespace holdfast {

/// See the file's sentence. Threads: one appends and syncs, one other reads and drops; any may ask.
class frame_log {
public:
    /// @param epoch          Seeds the checksums, so that bytes of another log are never taken for this one's.
    /// @param durable        The number of the last frame that needs no log: SQLite has it.
    /// @param segment_bytes  How large a segment grows before the next is begun.
    frame_log(std::uint32_t epoch, std::uint64_t durable, std::size_t segment_bytes = std::size_t{1} << 20)
        : epoch_(epoch), segment_bytes_(segment_bytes), appended_(durable), durable_(durable) {}

    [[nodiscard]] std::uint32_t epoch() const noexcept { return epoch_; }

    /// Appends a frame: fills in what the ring left open (checksums, how far the log is synced).
    void append(const sealed_frame& frame) {
        frame_header header = frame.header;
        header.synced_through = durable();
        header.previous_crc = previous_crc_;
        header.crc = detail::header_crc(header, epoch_);
        for (const bytes_view section : frame.sections) header.crc = crc32c(section, header.crc);
        const std::size_t stored = sizeof(header) + static_cast<std::size_t>(header.payload_bytes);
        segment& home = segment_with(stored);
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

    /// Makes everything appended durable.
    void sync() noexcept { durable_.store(appended_, std::memory_order_release); }

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
        const std::uint64_t last = durable();
        std::vector<bytes_view> frames;
        std::size_t sum = 0;
        const mutex_lock hold(guard_);
        for (const segment& one : segments_) {
            if (one.last <= after) continue;
            for (std::size_t at = 0; at < one.used;) {
                frame_header header;
                std::memcpy(&header, one.data.get() + at, sizeof(header));
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

    /// Frames up to `number` are needed no longer: drops the segments that hold no other.
    void drop_through(std::uint64_t number) {
        const mutex_lock hold(guard_);
        for (segment& one : segments_) {
            while (one.dropped < one.used) {
                frame_header header;
                std::memcpy(&header, one.data.get() + one.dropped, sizeof(header));
                if (header.number > number) break;
                const std::size_t stored = sizeof(header) + static_cast<std::size_t>(header.payload_bytes);
                one.dropped += stored;
                bytes_ -= stored;
            }
            if (one.dropped < one.used) break;
        }
        while (segments_.size() > 1 && segments_.front().last <= number) segments_.pop_front();
    }

private:
    struct segment {
        std::unique_ptr<std::byte[]> data;
        std::size_t capacity = 0;
        std::size_t used = 0;
        std::size_t dropped = 0; ///< Bytes at its start that are needed no longer.
        std::uint64_t last = 0;  ///< The number of its last frame.
    };

    segment& segment_with(std::size_t bytes) {
        const mutex_lock hold(guard_);
        if (segments_.empty() || segments_.back().capacity - segments_.back().used < bytes) {
            const std::size_t capacity = std::max(bytes, segment_bytes_);
            segments_.push_back({std::make_unique_for_overwrite<std::byte[]>(capacity), capacity, 0, 0, 0});
        }
        return segments_.back();
    }

    const std::uint32_t epoch_;
    const std::size_t segment_bytes_;
    mutable mutex guard_;
    std::deque<segment> segments_;
    std::size_t bytes_ = 0;
    std::uint32_t previous_crc_ = 0;
    std::uint64_t appended_;
    std::atomic<std::uint64_t> durable_;
};

} // namespace holdfast
