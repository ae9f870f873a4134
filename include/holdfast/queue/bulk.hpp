// SPDX-License-Identifier: MIT
/// @file
/// Ops that do not go to the log: what a bulk load writes, in one piece of memory.
#pragma once

#include <holdfast/core/error.hpp>
#include <holdfast/core/write_cursor.hpp>
#include <holdfast/queue/frame.hpp>

#include <algorithm>
#include <limits>
#include <new>
#include <vector>

namespace holdfast {

/// Takes what is appended through its cursor. Lifetime: it must not move while the cursor is used.
class bulk_buffer {
public:
    bulk_buffer() : room_(std::size_t{1} << 20) {
        cursor_.owner = this;
        cursor_.at = room_.data() + sizeof(section_header);
        cursor_.end = room_.data() + room_.size();
        cursor_.refill = [](write_cursor& full, std::size_t bytes) {
            static_cast<bulk_buffer*>(full.owner)->grow(full, bytes);
        };
        cursor_.mark = [](const write_cursor& now) {
            log_position position;
            position.words[0] = static_cast<const bulk_buffer*>(now.owner)->used(now);
            return position;
        };
        cursor_.cut = [](write_cursor& now, const log_position& to) {
            now.at = static_cast<bulk_buffer*>(now.owner)->room_.data() + to.words[0];
        };
    }
    bulk_buffer(const bulk_buffer&) = delete;
    bulk_buffer& operator=(const bulk_buffer&) = delete;

    [[nodiscard]] const write_cursor& cursor() const noexcept { return cursor_; }

    /// Everything appended through `cursor`, as the payload of a frame.
    [[nodiscard]] bytes_view payload(const write_cursor& cursor) noexcept {
        const section_header header{static_cast<std::uint32_t>(used(cursor) - sizeof(section_header)), 0};
        std::memcpy(room_.data(), &header, sizeof(header));
        return {room_.data(), used(cursor)};
    }

private:
    [[nodiscard]] std::size_t used(const write_cursor& cursor) const noexcept {
        return static_cast<std::size_t>(cursor.at - room_.data());
    }
    /// A section has 32 bits for its length.
    void grow(write_cursor& cursor, std::size_t bytes) {
        const std::size_t before = used(cursor);
        if (before + bytes > std::numeric_limits<std::uint32_t>::max()) detail::raise_out_of_memory();
        room_.resize(std::max(room_.size() * 2, before + bytes));
        cursor.at = room_.data() + before;
        cursor.end = room_.data() + room_.size();
    }

    std::vector<std::byte> room_;
    write_cursor cursor_{};
};

/// Lets ops be appended to a buffer in place of the log, while it lives.
class bulk_instead_of_log {
public:
    bulk_instead_of_log(write_cursor& log, bulk_buffer& to) noexcept : log_(log), open_frame_(log) {
        log = to.cursor();
    }
    bulk_instead_of_log(const bulk_instead_of_log&) = delete;
    bulk_instead_of_log& operator=(const bulk_instead_of_log&) = delete;
    ~bulk_instead_of_log() {
        if (log_.owner != nullptr) log_ = open_frame_; // it has none in the child of a fork
    }

    /// Where the log goes on.
    [[nodiscard]] write_cursor& open_frame() noexcept { return open_frame_; }

private:
    write_cursor& log_;
    write_cursor open_frame_;
};

} // namespace holdfast
