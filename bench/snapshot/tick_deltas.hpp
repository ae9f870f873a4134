// SPDX-License-Identifier: MIT
/// @file
/// The rows that a tick has changed are copied at its end, every tick; an image is what has gathered since the last one.
/// What a server does that sends its dirty rows to a saving thread each tick.
#pragma once

#include "snapshot/strategy.hpp"

namespace bench {

template <class Row> class tick_deltas {
public:
    using row = Row;
    static constexpr const char* name = "tick deltas";
    static constexpr bool is_delta = true;

    explicit tick_deltas(std::size_t rows) : live_(first_rows<Row>(rows)), dirty_(rows), seen_(rows) {}

    void add(row_number i, row_number word, std::uint64_t amount) noexcept {
        dirty_.add(i);
        live_[i].word[word] += amount;
    }
    [[nodiscard]] const Row& read(row_number i) const noexcept { return live_[i]; }
    bool end_tick(bool begin) {
        dirty_.take([&](row_number i) { gathered_.next().take(i, live_[i]); });
        if (!begin) return false;
        sealed_.clear();
        sealed_.swap(gathered_);
        return true;
    }
    /// Of each row the newest copy counts.
    template <class Sink> void capture(Sink&& sink) {
        seen_.clear();
        sealed_.each_backwards([&](const saved_row<Row>& one) {
            if (seen_.has(one.number)) return;
            seen_.add(one.number);
            sink(one.number, one.row);
        });
    }
    [[nodiscard]] std::size_t extra_bytes() const noexcept {
        return dirty_.bytes() + seen_.bytes() + gathered_.bytes() + sealed_.bytes();
    }

private:
    std::vector<Row> live_;
    row_set dirty_;
    row_set seen_; ///< The writer's.
    blocks<saved_row<Row>> gathered_, sealed_;
};

} // namespace bench
