// SPDX-License-Identifier: MIT
/// @file
/// What a ring is made of: its chunks, what it says of itself, and how a frame lies in it.
#pragma once

#include <holdfast/queue/frame.hpp>

#include <span>

namespace holdfast {

/// A sealed frame as it lies in the ring: its header and its sections, each a header and ops.
struct sealed_frame {
    frame_header header{};
    std::span<const bytes_view> sections{};
};

/// What a ring says of its frames, for whoever finds it when its process is gone.
struct ring_marks {
    std::uint64_t start = 0;    ///< Where the oldest one that was not given back begins: an offset in the chunks, or
                                ///< `ring_start_unknown`.
    std::uint64_t released = 0; ///< The number of the last one that is durable elsewhere.
    std::uint64_t sealed = 0;   ///< The number of the newest.
};
/// The memory of a ring: whole chunks, zeroed.
struct ring_space {
    std::span<std::byte> chunks{};
    ring_marks* marks = nullptr;
};
inline constexpr std::uint64_t ring_start_unknown = ~std::uint64_t{0};
inline constexpr std::size_t ring_chunk_bytes = std::size_t{1} << 18;

namespace detail {

/// Where a frame begins behind another: at the next multiple of 8 bytes, when there is room for its headers and a small
/// op; else in the next chunk.
inline constexpr std::size_t least_frame = sizeof(frame_header) + sizeof(section_header) + 56;
inline constexpr std::uint32_t on_heap = 1; ///< In `frame_header::of_ring`: sections of it are not in the ring.

} // namespace detail

} // namespace holdfast
