// SPDX-License-Identifier: MIT
/// @file
/// The game stops while the rows that changed since the last image are copied: Atomic-Copy-Dirty-Objects of Vaz Salles et
/// al., VLDB 2009. A bit for each row says which.
#pragma once

#include "snapshot/strategy.hpp"

namespace bench {

template <class Row> class dirty_rows {
public:
    using row = Row;
    static constexpr const char* name = "dirty rows";
    static constexpr bool is_delta = true;

    explicit dirty_rows(std::size_t rows) : live_(first_rows<Row>(rows)), dirty_(rows) {}

    void add(row_number i, row_number word, std::uint64_t amount) noexcept {
        dirty_.add(i);
        live_[i].word[word] += amount;
    }
    [[nodiscard]] const Row& read(row_number i) const noexcept { return live_[i]; }
    bool end_tick(bool begin) {
        if (!begin) return false;
        copy_.clear();
        dirty_.take([&](row_number i) { copy_.next().take(i, live_[i]); });
        return true;
    }
    template <class Sink> void capture(Sink&& sink) {
        copy_.each([&](const saved_row<Row>& one) { sink(one.number, one.row); });
    }
    [[nodiscard]] std::size_t extra_bytes() const noexcept { return dirty_.bytes() + copy_.bytes(); }

private:
    std::vector<Row> live_;
    row_set dirty_;
    blocks<saved_row<Row>> copy_;
};

} // namespace bench
