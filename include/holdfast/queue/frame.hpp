// SPDX-License-Identifier: MIT
/// @file
/// Frames: one tick's changes, whole or not at all. See docs/format.md.
///
///     frame:   | header, 64 bytes | section | section | ...
///     section: | bytes u32 | 0 u32 | ops (see core/op.hpp) |
///
/// A frame has a section for each piece of memory that its ops lay in; they are applied in order.
#pragma once

#include <holdfast/core/crc32c.hpp>
#include <holdfast/core/result.hpp>
#include <holdfast/core/words.hpp>

namespace holdfast {

/// The number of the stored format. What has a higher one may still be read: see `segment_header::reader`.
inline constexpr std::uint32_t format_number = 1;

/// What stands before a frame's sections. All numbers little-endian.
struct frame_header {
    std::uint32_t magic = 0x72664648; ///< "HFfr"
    std::uint32_t crc = 0;            ///< crc32c of everything after this field, seeded by the log's epoch.
    std::uint64_t payload_bytes = 0;  ///< All sections together.
    std::uint64_t number = 0;         ///< The tick; 1 more than the frame before.
    std::int64_t wall_us = 0;         ///< UTC when it was sealed, microseconds since 1970.
    std::uint64_t synced_through = 0; ///< The last frame known to be synced when this one was written.
    std::uint32_t previous_crc = 0;   ///< The crc of the frame before; 0 in the first of a log.
    std::uint32_t ops = 0;
    std::uint32_t sections = 0;
    std::uint32_t of_ring = 0;       ///< Used by the ring alone; 0 in a log.
    std::uint32_t resync_begins = 0; ///< The number of the resync that begins with this frame; 0: none does.
    std::uint32_t resync_ends = 0;   ///< Likewise: with this frame every row was logged since it began.
};
static_assert(sizeof(frame_header) == 64);

/// The header of a frame that is stored at `at`.
[[nodiscard]] inline frame_header header_of(const std::byte* at) noexcept {
    frame_header header;
    std::memcpy(&header, at, sizeof(header));
    return header;
}

/// Which resync begins, and which ends, with a frame; 0: none does.
struct resync_marks {
    std::uint32_t begins = 0;
    std::uint32_t ends = 0;
};

/// What stands before a section's ops.
struct section_header {
    std::uint32_t bytes = 0;
    std::uint32_t reserved = 0;
};
static_assert(sizeof(section_header) == 8);

inline constexpr std::uint64_t max_payload_bytes = std::uint64_t{1} << 36;

namespace detail {

/// The checksum over a header, its crc field left out, continued from the epoch.
[[nodiscard]] inline std::uint32_t header_crc(const frame_header& header, std::uint32_t epoch) noexcept {
    const auto* start = reinterpret_cast<const std::byte*>(&header);
    return crc32c({start + 8, sizeof(frame_header) - 8}, epoch);
}

} // namespace detail

/// A frame found in bytes: its header and a view of its sections.
struct frame_view {
    frame_header header{};
    bytes_view payload{};
    std::size_t stored_bytes = 0; ///< Header and payload: where the next frame begins.
};

/// Decodes the frame at the start of `input`, checking everything before trusting anything.
///
/// @param input  Bytes of a log; may be hostile, may be short.
/// @param epoch  The seed of the log's checksums.
/// Errors: `corrupt`, saying which check failed. Lifetime: the view is of `input`.
[[nodiscard]] inline result<frame_view> read_frame(bytes_view input, std::uint32_t epoch) {
    if (input.size() < sizeof(frame_header))
        return error{errc::corrupt, words({"a frame header needs 64 bytes, ", input.size(), " are left"})};
    frame_view frame;
    std::memcpy(&frame.header, input.data(), sizeof(frame_header));
    if (frame.header.magic != frame_header{}.magic) return error{errc::corrupt, "no frame begins here: wrong magic"};
    if (frame.header.payload_bytes > max_payload_bytes ||
        frame.header.payload_bytes > input.size() - sizeof(frame_header))
        return error{errc::corrupt, words({"frame ", frame.header.number, " says it has ", frame.header.payload_bytes,
                                           " bytes, ", input.size() - sizeof(frame_header), " are left"})};
    frame.payload = input.subspan(sizeof(frame_header), static_cast<std::size_t>(frame.header.payload_bytes));
    if (crc32c(frame.payload, detail::header_crc(frame.header, epoch)) != frame.header.crc)
        return error{errc::corrupt, words({"frame ", frame.header.number, ": its checksum does not match its bytes"})};
    frame.stored_bytes = sizeof(frame_header) + frame.payload.size();
    return frame;
}

} // namespace holdfast
