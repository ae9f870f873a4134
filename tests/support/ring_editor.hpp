// SPDX-License-Identifier: MIT
/// @file
/// A ring with somebody who edits and somebody who checks what comes out. Its ops say who they are:
///
///     op: | bytes u32 | serial u32 | filling that follows from the serial |
#pragma once

#include <holdfast/queue/ring.hpp>

#include <optional>
#include <string>
#include <vector>

namespace holdfast::test {

struct op_seen {
    std::uint32_t serial = 0;
    std::uint32_t bytes = 0;
    friend bool operator==(const op_seen&, const op_seen&) = default;
};

/// What came out of the ring as one frame. `mistake` is empty when every byte is what it must be.
struct frame_seen {
    frame_header header{};
    std::vector<op_seen> ops;
    std::vector<std::size_t> section_bytes; ///< Of ops, without the section's header.
    std::string mistake;
};

[[nodiscard]] inline std::byte filling(std::uint32_t serial, std::uint32_t at) noexcept {
    return static_cast<std::byte>(serial * 37 + at * 11 + 5);
}

/// Reads a section's ops; an op that is split between sections is a mistake.
inline void read_section(bytes_view section, frame_seen& into) {
    section_header header;
    std::memcpy(&header, section.data(), sizeof(header));
    if (header.bytes + sizeof(header) != section.size()) into.mistake = "a section header says another size";
    if (header.reserved != 0) into.mistake = "a section header is not zero where it must be";
    into.section_bytes.push_back(header.bytes);
    for (bytes_view rest = section.subspan(sizeof(header)); !rest.empty();) {
        if (rest.size() < 8) {
            into.mistake = "an op is cut short";
            return;
        }
        const op_seen op{bytes::get<std::uint32_t>(rest.data() + 4), bytes::get<std::uint32_t>(rest.data())};
        if (op.bytes < 8 || op.bytes > rest.size()) {
            into.mistake = "an op is cut short";
            return;
        }
        // All of a small op; of a large one some places, so that tests stay quick.
        for (std::uint32_t i = 8; i<op.bytes; i += op.bytes> 4'096 ? 509 : 1)
            if (rest[i] != filling(op.serial, i)) into.mistake = "an op's bytes have changed";
        into.ops.push_back(op);
        rest = rest.subspan(op.bytes);
    }
}

[[nodiscard]] inline frame_seen read_sealed(const sealed_frame& sealed) {
    frame_seen seen;
    seen.header = sealed.header;
    std::uint64_t bytes = 0;
    for (const bytes_view section : sealed.sections) {
        bytes += section.size();
        read_section(section, seen);
    }
    if (bytes != sealed.header.payload_bytes) seen.mistake = "the payload has another size than the header says";
    if (sealed.sections.size() != sealed.header.sections) seen.mistake = "the header counts other sections";
    return seen;
}

/// See the file's sentence. Threads: `take` may be called by a second thread.
struct ring_editor {
    explicit ring_editor(std::size_t ring_bytes = 0, std::uint64_t first_number = 1) : queue(ring_bytes, first_number) {
        queue.open(cursor);
    }

    /// Appends an op of `bytes` bytes (at least 8).
    op_seen append(std::size_t bytes) {
        const op_seen op{next_serial++, static_cast<std::uint32_t>(bytes)};
        cursor.reserve(bytes);
        std::byte* at = bytes::put(bytes::put(cursor.at, op.bytes), op.serial);
        for (std::uint32_t i = 8; i < op.bytes; ++i) *at++ = filling(op.serial, i);
        cursor.at = at;
        return op;
    }
    std::uint64_t seal(std::int64_t wall_us = 0) { return queue.seal(cursor, wall_us); }
    [[nodiscard]] bool empty() const { return queue.empty(cursor); }
    [[nodiscard]] std::size_t room() const { return static_cast<std::size_t>(cursor.end - cursor.at); }

    [[nodiscard]] std::optional<frame_seen> take() {
        std::optional<frame_seen> seen;
        queue.take([&](const sealed_frame& sealed) { seen = read_sealed(sealed); });
        queue.release();
        return seen;
    }

    ring queue;
    write_cursor cursor;
    std::uint32_t next_serial = 1;
};

} // namespace holdfast::test
