// SPDX-License-Identifier: MIT
/// @file
/// Wait-free Zigzag of Cao et al., "Fast checkpoint recovery algorithms for frequently consistent applications", SIGMOD
/// 2011: two copies of every row, and two bits that say which of them is read and which is written. The writer reads the
/// one that is not written. Only whole rows can be written there: a change of a part copies the rest first.
#pragma once

#include "snapshot/strategy.hpp"

namespace bench {

/// MR and MW of the paper.
class zigzag_bits {
public:
    explicit zigzag_bits(std::size_t rows) : read_(rows), write_(rows) { turn(); }

    [[nodiscard]] std::size_t read(row_number i) const noexcept { return read_.has(i) ? 1 : 0; }
    [[nodiscard]] std::size_t write(row_number i) const noexcept { return write_.has(i) ? 1 : 0; }
    /// What is written is also what is read from here on.
    void written(row_number i) noexcept { write_.has(i) ? read_.add(i) : read_.remove(i); }
    /// At the moment of an image: from here on the other copy is written.
    void turn() noexcept {
        for (std::size_t k = 0; k < read_.words_.size(); ++k) write_.words_[k] = ~read_.words_[k];
    }
    [[nodiscard]] std::size_t bytes() const noexcept { return read_.bytes() + write_.bytes(); }

private:
    row_set read_, write_;
};

template <class Row> class zigzag {
public:
    using row = Row;
    static constexpr const char* name = "zigzag";
    static constexpr bool is_delta = false;

    explicit zigzag(std::size_t rows) : copies_{first_rows<Row>(rows), first_rows<Row>(rows)}, bits_(rows) {}

    void add(row_number i, row_number word, std::uint64_t amount) noexcept {
        const std::size_t from = bits_.read(i), to = bits_.write(i);
        if (from != to) {
            copies_[to][i] = copies_[from][i];
            bits_.written(i);
        }
        copies_[to][i].word[word] += amount;
    }
    [[nodiscard]] const Row& read(row_number i) const noexcept { return copies_[bits_.read(i)][i]; }
    bool end_tick(bool begin) noexcept {
        if (begin) bits_.turn();
        return begin;
    }
    template <class Sink> void capture(Sink&& sink) {
        for (row_number i = 0; i < copies_[0].size(); ++i) sink(i, copies_[1 - bits_.write(i)][i]);
    }
    [[nodiscard]] std::size_t extra_bytes() const noexcept { return copies_[0].size() * sizeof(Row) + bits_.bytes(); }

private:
    std::array<std::vector<Row>, 2> copies_;
    zigzag_bits bits_;
};

} // namespace bench
