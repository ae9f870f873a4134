// SPDX-License-Identifier: MIT
/// @file
/// Wait-free Ping-Pong of Cao et al., SIGMOD 2011: every change is written twice, to the rows and to one of two buffers; at
/// the moment of the image the buffers change places, and the writer has the other one to itself.
#pragma once

#include "snapshot/strategy.hpp"

namespace bench {

template <class Row> class ping_pong {
public:
    using row = Row;
    static constexpr const char* name = "ping-pong";
    static constexpr bool is_delta = true;

    explicit ping_pong(std::size_t rows)
        : live_(first_rows<Row>(rows)), now_{std::vector<Row>(rows), row_set(rows)}, before_(now_) {}

    void add(row_number i, row_number word, std::uint64_t amount) noexcept {
        const std::uint64_t value = live_[i].word[word] += amount;
        if (now_.has.has(i)) {
            now_.rows[i].word[word] = value;
            return;
        }
        now_.rows[i] = live_[i]; // whole, once between two images: the paper's updates are whole rows
        now_.has.add(i);
    }
    [[nodiscard]] const Row& read(row_number i) const noexcept { return live_[i]; }
    bool end_tick(bool begin) noexcept {
        if (!begin) return false;
        now_.rows.swap(before_.rows);
        now_.has.swap(before_.has);
        return true;
    }
    template <class Sink> void capture(Sink&& sink) {
        before_.has.take([&](row_number i) { sink(i, before_.rows[i]); });
    }
    [[nodiscard]] std::size_t extra_bytes() const noexcept {
        return 2 * (now_.rows.size() * sizeof(Row) + now_.has.bytes());
    }

private:
    struct side {
        std::vector<Row> rows;
        row_set has;
    };
    std::vector<Row> live_;
    side now_;
    side before_; ///< The writer's.
};

} // namespace bench
