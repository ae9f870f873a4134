// SPDX-License-Identifier: MIT
/// @file
/// Frames of a log in memory, in blocks that live as long as somebody reads them.
#pragma once

#include <holdfast/queue/frame.hpp>

#include <algorithm>
#include <deque>
#include <memory>
#include <vector>

namespace holdfast {

/// Some frames of a log that follow on each other, and what they lie in.
struct log_part {
    std::vector<bytes_view> frames{};
    std::vector<std::shared_ptr<const void>> held{};
    std::size_t bytes = 0;

    /// False, with nothing done: there are enough, or the frame does not follow.
    [[nodiscard]] bool add(bytes_view stored, std::size_t max_bytes) {
        if (!frames.empty() && (bytes + stored.size() > max_bytes ||
                                header_of(stored.data()).number != header_of(frames.back().data()).number + 1))
            return false;
        frames.push_back(stored);
        bytes += stored.size();
        return true;
    }
};

/// See the file's sentence. Threads: one at a time; one that reads a part needs no more than that.
class held_frames {
public:
    /// @param block_bytes  How much memory is taken at once.
    explicit held_frames(std::size_t block_bytes) noexcept : block_bytes_(block_bytes) {}

    /// Where a frame of so many bytes is to be written; `add` follows.
    [[nodiscard]] std::byte* room_for(std::size_t bytes) {
        if (blocks_.empty() || blocks_.back()->capacity - blocks_.back()->used < bytes) {
            const std::size_t capacity = std::max(bytes, block_bytes_);
            auto fresh = std::make_shared<block>();
            fresh->data = std::make_unique_for_overwrite<std::byte[]>(capacity);
            fresh->capacity = capacity;
            blocks_.push_back(std::move(fresh));
        }
        return blocks_.back()->data.get() + blocks_.back()->used;
    }
    /// The frame that was written there counts.
    void add(bytes_view stored, std::uint64_t number) noexcept {
        block& home = *blocks_.back();
        home.used += stored.size();
        home.last = number;
        bytes_ += stored.size();
    }

    /// Bytes of frames that were not dropped.
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
    /// The number of the first frame; 0: there is none.
    [[nodiscard]] std::uint64_t first() const noexcept {
        for (const auto& one : blocks_)
            if (one->dropped < one->used) return header_of(one->data.get() + one->dropped).number;
        return 0;
    }

    /// Frames behind `after`, up to `last`, as long as they follow on each other: at least one when there is one,
    /// otherwise no more than `max_bytes`.
    [[nodiscard]] log_part read(std::uint64_t after, std::uint64_t last, std::size_t max_bytes) const {
        log_part found;
        for (const auto& one : blocks_) {
            if (one->last <= after) continue;
            found.held.push_back(one);
            for (std::size_t at = one->dropped; at < one->used;) {
                const bytes_view stored = one->frame_at(at);
                const std::uint64_t number = header_of(stored.data()).number;
                if (number > last || (number > after && !found.add(stored, max_bytes))) return found;
                at += stored.size();
            }
        }
        return found;
    }

    /// Drops frames up to `number`: the memory that holds no other.
    void drop_through(std::uint64_t number) {
        for (const auto& one : blocks_) {
            while (one->dropped < one->used) {
                const bytes_view stored = one->frame_at(one->dropped);
                if (header_of(stored.data()).number > number) break;
                one->dropped += stored.size();
                bytes_ -= stored.size();
            }
            if (one->dropped < one->used) break;
        }
        while (blocks_.size() > 1 && blocks_.front()->last <= number) blocks_.pop_front();
    }
    /// Drops the frames behind `number`. Nothing is written over what is left of their memory: somebody may read it.
    void cut_behind(std::uint64_t number) {
        while (!blocks_.empty() && blocks_.back()->last > number) {
            block& one = *blocks_.back();
            std::size_t end = 0;
            std::uint64_t last = 0;
            while (end < one.used) {
                const bytes_view stored = one.frame_at(end);
                if (header_of(stored.data()).number > number) break;
                last = header_of(stored.data()).number;
                end += stored.size();
            }
            bytes_ -= one.used - std::max(end, one.dropped);
            one.used = one.capacity = end;
            one.dropped = std::min(one.dropped, end);
            one.last = last;
            if (end == 0) blocks_.pop_back();
        }
    }

private:
    struct block {
        std::unique_ptr<std::byte[]> data;
        std::size_t capacity = 0;
        std::size_t used = 0;
        std::size_t dropped = 0; ///< Bytes at its start that are needed no longer.
        std::uint64_t last = 0;  ///< The number of its last frame.

        [[nodiscard]] bytes_view frame_at(std::size_t at) const noexcept {
            const auto payload = static_cast<std::size_t>(header_of(data.get() + at).payload_bytes);
            return {data.get() + at, sizeof(frame_header) + payload};
        }
    };

    const std::size_t block_bytes_;
    std::deque<std::shared_ptr<block>> blocks_;
    std::size_t bytes_ = 0;
};

} // namespace holdfast
