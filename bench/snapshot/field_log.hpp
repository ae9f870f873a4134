// SPDX-License-Identifier: MIT
/// @file
/// Every change is logged as it happens, field by field; at the moment of the image the log is only set apart. The writer
/// plays it into a copy of its own and takes the image from there. This is what Holdfast does: its copy is the SQLite file.
#pragma once

#include "snapshot/strategy.hpp"

namespace bench {

template <class Row> class field_log {
public:
    using row = Row;
    static constexpr const char* name = "field log";
    static constexpr bool is_delta = true;

    explicit field_log(std::size_t rows) : live_(first_rows<Row>(rows)), replica_(live_), dirty_(rows) {}

    void add(row_number i, row_number word, std::uint64_t amount) {
        const std::uint64_t value = live_[i].word[word] += amount;
        log_.push({i, word, value});
    }
    [[nodiscard]] const Row& read(row_number i) const noexcept { return live_[i]; }
    bool end_tick(bool begin) noexcept {
        if (!begin) return false;
        sealed_.clear();
        sealed_.swap(log_);
        return true;
    }
    template <class Sink> void capture(Sink&& sink) {
        sealed_.each([&](const change& one) {
            replica_[one.number].word[one.word] = one.value;
            dirty_.add(one.number);
        });
        dirty_.take([&](row_number i) { sink(i, replica_[i]); });
    }
    [[nodiscard]] std::size_t extra_bytes() const noexcept {
        return replica_.size() * sizeof(Row) + dirty_.bytes() + log_.bytes() + sealed_.bytes();
    }

private:
    struct change {
        row_number number = 0;
        row_number word = 0;
        std::uint64_t value = 0;
    };

    std::vector<Row> live_;
    blocks<change> log_;
    blocks<change> sealed_; ///< The writer's from here on.
    std::vector<Row> replica_;
    row_set dirty_;
};

} // namespace bench
