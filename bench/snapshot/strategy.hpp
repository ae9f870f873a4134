// SPDX-License-Identifier: MIT
/// @file
/// The one interface of all snapshot strategies. Each is a class of its own in this folder, and names its source.
///
///     game thread    add add add  end_tick(begin)  add add add  end_tick  ...
///                                      | the image is of this moment
///     writer                           +---- capture(sink) ------------> done; then another may begin
///
/// There is one game thread, and ticks. An image holds every row as it was at the end of one tick.
#pragma once

#include "snapshot/rows.hpp"

#include <concepts>

namespace bench {

/// What a strategy may be told of the game that it is in.
struct game_pace {
    int ticks = 20;                 ///< An image may be captured in so many, before the next one is due.
    std::int64_t writer_row_ns = 0; ///< A slow disk: what it takes over a row, at least.
};

/// Takes the rows of an image, in any order, on the writer's thread. It may be slow: no row is held for it.
template <class Sink, class Row>
concept image_sink = std::invocable<Sink&, row_number, const Row&>;

/// It writes its images itself, in a process of its own: `capture` only shows what has been written.
template <class Strategy>
concept writes_itself = requires(const Strategy& of) {
    { of.child_ns() } -> std::same_as<std::int64_t>;      ///< Processor time for the last one.
    { of.written_at_ns() } -> std::same_as<std::int64_t>; ///< When it was done.
};

template <class Strategy>
concept snapshot_strategy = requires(Strategy& of, const Strategy& seen, row_number i,
                                     void (&sink)(row_number, const typename Strategy::row&)) {
    { Strategy::name } -> std::convertible_to<const char*>;
    /// An image has only the rows that changed since the one before.
    { Strategy::is_delta } -> std::convertible_to<bool>;
    /// Game thread: adds `amount` to a word of a row.
    { of.add(i, i, std::uint64_t{}) };
    { seen.read(i) } -> std::same_as<const typename Strategy::row&>;
    /// Game thread: a tick ends; with `true` an image of this moment begins, when none is being made.
    /// @return  An image can be captured now: of this moment, or of the earlier one when it began.
    { of.end_tick(true) } -> std::same_as<bool>;
    /// Writer: every row of that image goes into the sink.
    { of.capture(sink) };
    /// Beyond the rows themselves. Game thread, while no image is being made.
    { seen.extra_bytes() } -> std::same_as<std::size_t>;
};

} // namespace bench
