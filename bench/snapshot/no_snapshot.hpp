// SPDX-License-Identifier: MIT
/// @file
/// Nothing is saved: what the game alone costs.
#pragma once

#include "snapshot/strategy.hpp"

namespace bench {

template <class Row> class no_snapshot {
public:
    using row = Row;
    static constexpr const char* name = "none";
    static constexpr bool is_delta = false;

    explicit no_snapshot(std::size_t rows) : live_(first_rows<Row>(rows)) {}

    void add(row_number i, row_number word, std::uint64_t amount) noexcept { live_[i].word[word] += amount; }
    [[nodiscard]] const Row& read(row_number i) const noexcept { return live_[i]; }
    bool end_tick(bool) noexcept { return false; }
    template <class Sink> void capture(Sink&&) {}
    [[nodiscard]] std::size_t extra_bytes() const noexcept { return 0; }

private:
    std::vector<Row> live_;
};

} // namespace bench
