// SPDX-License-Identifier: MIT
/// @file
/// Ops and frames as bytes, written without tables.
#pragma once

#include <holdfast/core/op.hpp>
#include <holdfast/queue/frame.hpp>
#include <holdfast/queue/log.hpp>

#include <initializer_list>
#include <string_view>
#include <vector>

namespace holdfast::test {

[[nodiscard]] inline cell number(std::int64_t value) { return cell::of_integer(cell_kind::i64, value); }
[[nodiscard]] inline cell real(double value) { return cell::of_real(cell_kind::f64, value); }
/// Lifetime: that of the text.
[[nodiscard]] inline cell text(std::string_view value) {
    return cell::of_bytes(cell_kind::text, value.data(), value.size());
}
[[nodiscard]] inline cell blob(std::string_view value) {
    return cell::of_bytes(cell_kind::blob, value.data(), value.size());
}

using cells = std::initializer_list<cell>;

/// The ops of a frame, one after the other; see core/op.hpp for how they are stored.
class op_writer {
public:
    struct change {
        std::uint8_t column;
        cell value;
    };

    op_writer& set(std::uint16_t table, cells key, std::uint8_t column, const cell& value) {
        return header(op_kind::set, column, table).put(key).put({value});
    }
    op_writer& update(std::uint16_t table, cells key, std::initializer_list<change> changes) {
        header(op_kind::update, 0, table).varint(changes.size());
        for (const change& one : changes) bytes_.push_back(static_cast<std::byte>(one.column));
        put(key);
        for (const change& one : changes) put({one.value});
        return *this;
    }
    op_writer& insert(std::uint16_t table, cells values) { return header(op_kind::insert, 0, table).put(values); }
    op_writer& row(std::uint16_t table, cells values) { return header(op_kind::row, 0, table).put(values); }
    op_writer& erase(std::uint16_t table, cells key) { return header(op_kind::erase, 0, table).put(key); }
    op_writer& lease(std::uint16_t table, std::uint64_t below) {
        return header(op_kind::lease, 0, table).varint(below);
    }
    /// Bytes that are no op.
    op_writer& raw(std::string_view bytes) {
        for (const char one : bytes) bytes_.push_back(static_cast<std::byte>(one));
        return *this;
    }

    [[nodiscard]] bytes_view ops() const noexcept { return bytes_; }
    /// The ops as the only section of a frame.
    [[nodiscard]] std::vector<std::byte> section() const {
        const section_header header{static_cast<std::uint32_t>(bytes_.size()), 0};
        std::vector<std::byte> made(sizeof(header));
        std::memcpy(made.data(), &header, sizeof(header));
        made.insert(made.end(), bytes_.begin(), bytes_.end());
        return made;
    }

private:
    op_writer& header(op_kind kind, std::uint8_t column, std::uint16_t table) {
        std::byte room[op_header_bytes];
        put_op_header(room, kind, column, table);
        bytes_.insert(bytes_.end(), room, room + op_header_bytes);
        return *this;
    }
    op_writer& varint(std::uint64_t value) {
        std::byte room[bytes::max_varint_bytes];
        bytes_.insert(bytes_.end(), room, bytes::put_varint(room, value));
        return *this;
    }
    op_writer& put(cells values) {
        for (const cell& one : values) {
            std::vector<std::byte> room(max_stored_bytes(one));
            room.resize(static_cast<std::size_t>(put_cell(room.data(), one) - room.data()));
            bytes_.insert(bytes_.end(), room.begin(), room.end());
        }
        return *this;
    }

    std::vector<std::byte> bytes_;
};

/// A log that is written by hand.
struct log_editor {
    explicit log_editor(std::uint32_t epoch = 7, std::uint64_t durable = 0,
                        std::size_t block_bytes = std::size_t{1} << 20)
        : log(epoch, durable, nullptr, 0, block_bytes), last(durable) {}

    /// Appends the sections as the next frame; its number.
    std::uint64_t append_sections(const std::vector<std::vector<std::byte>>& sections, resync_marks resync = {}) {
        sealed_frame frame;
        frame.header.resync_begins = resync.begins;
        frame.header.resync_ends = resync.ends;
        frame.header.number = ++last;
        frame.header.wall_us = static_cast<std::int64_t>(1'000 * last);
        frame.header.sections = static_cast<std::uint32_t>(sections.size());
        std::vector<bytes_view> views(sections.begin(), sections.end());
        for (const bytes_view view : views) frame.header.payload_bytes += view.size();
        frame.sections = views;
        log.append(frame);
        return last;
    }
    std::uint64_t append(const op_writer& ops, resync_marks resync = {}) {
        return append_sections({ops.section()}, resync);
    }
    /// So many frames are dropped.
    void drop(std::uint64_t frames) {
        (void)log.sync();
        (void)log.give_up(0);
        last += frames;
    }
    /// Everything from frame `after` + 1 on, synced.
    [[nodiscard]] std::vector<bytes_view> frames(std::uint64_t after = 0) {
        static_cast<void>(log.sync()); // it has no files
        return log.read(after, static_cast<std::size_t>(-1));
    }

    frame_log log;
    std::uint64_t last;
};

} // namespace holdfast::test
