// SPDX-License-Identifier: MIT
/// @file
/// The game stops while every row is copied: Naive-Snapshot of Vaz Salles et al., "An evaluation of checkpoint recovery for
/// massively multiplayer online games", VLDB 2009.
#pragma once

#include "snapshot/strategy.hpp"

#include <algorithm>

namespace bench {

template <class Row> class naive_copy {
public:
    using row = Row;
    static constexpr const char* name = "naive copy";
    static constexpr bool is_delta = false;

    explicit naive_copy(std::size_t rows) : live_(first_rows<Row>(rows)), copy_(live_) {}

    void add(row_number i, row_number word, std::uint64_t amount) noexcept { live_[i].word[word] += amount; }
    [[nodiscard]] const Row& read(row_number i) const noexcept { return live_[i]; }
    bool end_tick(bool begin) noexcept {
        if (begin) std::copy(live_.begin(), live_.end(), copy_.begin());
        return begin;
    }
    template <class Sink> void capture(Sink&& sink) {
        for (std::size_t i = 0; i < copy_.size(); ++i) sink(static_cast<row_number>(i), copy_[i]);
    }
    [[nodiscard]] std::size_t extra_bytes() const noexcept { return copy_.size() * sizeof(Row); }

private:
    std::vector<Row> live_, copy_;
};

} // namespace bench
