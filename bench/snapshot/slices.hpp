// SPDX-License-Identifier: MIT
/// @file
/// Marks, and a capture in slices: at the moment of the image the set of changed rows is only set apart; the game thread
/// copies them at the ends of the ticks that follow, for a bounded time each, and a row that changes before its turn is
/// copied first. A slice is longer where else the image would not be whole in time. That is copy on update (Vaz Salles et
/// al., VLDB 2009) without a second thread at the rows, and so without latches.
#pragma once

#include "snapshot/strategy.hpp"
#include "support/timing.hpp"

#include <algorithm>

namespace bench {

template <class Row> class slices {
public:
    using row = Row;
    static constexpr const char* name = "slices";
    static constexpr bool is_delta = true;

    /// @param slice_ns  How long it copies at the end of a tick, at least; 0: some 64 rows.
    explicit slices(std::size_t rows, game_pace pace = {}, std::int64_t slice_ns = 250'000)
        : live_(first_rows<Row>(rows)), dirty_(rows), wanted_(rows), ticks_(pace.ticks), slice_ns_(slice_ns) {}

    void add(row_number i, row_number word, std::uint64_t amount) {
        dirty_.add(i);
        if (wanted_.has(i)) {
            copies_.next().take(i, live_[i]);
            wanted_.remove(i);
        }
        live_[i].word[word] += amount;
    }
    [[nodiscard]] const Row& read(row_number i) const noexcept { return live_[i]; }
    bool end_tick(bool begin) {
        if (begin) {
            wanted_.swap(dirty_); // it was empty
            copies_.clear();
            next_ = 0;
            left_ = ticks_;
        } else if (next_ == wanted_.groups())
            return false;
        return copy_some();
    }
    template <class Sink> void capture(Sink&& sink) {
        copies_.each([&](const saved_row<Row>& one) { sink(one.number, one.row); });
    }
    [[nodiscard]] std::size_t extra_bytes() const noexcept {
        return dirty_.bytes() + wanted_.bytes() + copies_.bytes();
    }

private:
    /// Whether all are copied: this tick's share of what remains, and more while there is time. The clock is read once for
    /// about 64 rows.
    [[nodiscard]] bool copy_some() {
        const std::size_t remaining = wanted_.groups() - next_;
        const std::size_t share = next_ + remaining / static_cast<std::size_t>(std::max(left_--, 1));
        const std::int64_t end = read_ns() + slice_ns_;
        for (std::size_t copied = 0; next_ < wanted_.groups();) {
            copied += wanted_.take_group(next_++, [&](row_number i) { copies_.next().take(i, live_[i]); });
            if (copied < 64) continue;
            if (next_ >= share && read_ns() >= end) break;
            copied = 0;
        }
        return next_ == wanted_.groups();
    }

    std::vector<Row> live_;
    row_set dirty_, wanted_;
    int ticks_, left_ = 0; ///< In how many it is to be done, and how many of these are left.
    std::int64_t slice_ns_;
    std::size_t next_ = wanted_.groups(); ///< The group of `wanted_` that is copied next.
    blocks<saved_row<Row>> copies_;       ///< The writer's while it captures: then no row is wanted.
};

} // namespace bench
