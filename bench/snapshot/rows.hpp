// SPDX-License-Identifier: MIT
/// @file
/// What every snapshot strategy works on: rows of words, sets of row numbers, and buffers that grow without moving.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace bench {

using row_number = std::uint32_t;

/// A row of so many 8-byte words. An update adds to one of them.
template <std::size_t Words> struct words_row {
    std::array<std::uint64_t, Words> word{};
    friend bool operator==(const words_row&, const words_row&) = default;
};

/// What every row is before the first tick.
template <class Row> [[nodiscard]] std::vector<Row> first_rows(std::size_t count) {
    std::vector<Row> made(count);
    for (std::size_t i = 0; i < count; ++i) made[i].word[0] = i;
    return made;
}

/// A set of row numbers: one bit each.
class row_set {
public:
    explicit row_set(std::size_t rows) : words_((rows + 63) / 64) {}

    void add(row_number i) noexcept { words_[i / 64] |= bit(i); }
    void remove(row_number i) noexcept { words_[i / 64] &= ~bit(i); }
    [[nodiscard]] bool has(row_number i) const noexcept { return (words_[i / 64] & bit(i)) != 0; }
    void clear() noexcept { words_.assign(words_.size(), 0); }
    void swap(row_set& other) noexcept { words_.swap(other.words_); }
    [[nodiscard]] std::size_t bytes() const noexcept { return words_.size() * 8; }

    [[nodiscard]] std::size_t groups() const noexcept { return words_.size(); }
    /// Calls `fn(row)` for those of one group of 64, in order, and removes them.
    template <class Function> std::size_t take_group(std::size_t group, Function&& fn) {
        std::size_t count = 0;
        for (std::uint64_t left = std::exchange(words_[group], 0); left != 0; left &= left - 1, ++count)
            fn(static_cast<row_number>(group * 64 + static_cast<std::size_t>(std::countr_zero(left))));
        return count;
    }
    /// The same for all.
    template <class Function> void take(Function&& fn) {
        for (std::size_t group = 0; group < words_.size(); ++group) (void)take_group(group, fn);
    }
    /// Calls `fn(row)` for each, in order.
    template <class Function> void each(Function&& fn) const {
        for (std::size_t group = 0; group < words_.size(); ++group)
            for (std::uint64_t left = words_[group]; left != 0; left &= left - 1)
                fn(static_cast<row_number>(group * 64 + static_cast<std::size_t>(std::countr_zero(left))));
    }

private:
    friend class zigzag_bits;
    [[nodiscard]] static std::uint64_t bit(row_number i) noexcept { return std::uint64_t{1} << (i % 64); }
    std::vector<std::uint64_t> words_;
};

/// Values in the order in which they came, in blocks that are kept when it is emptied.
template <class Value> class blocks {
public:
    /// A place for one more, to be filled: no value is made elsewhere and copied.
    [[nodiscard]] Value& next() {
        if (used_ == count_in_block) {
            if (++last_ == all_.size()) all_.push_back(std::make_unique<block>());
            used_ = 0;
        }
        return (*all_[last_])[used_++];
    }
    void push(const Value& value) { next() = value; }
    void clear() noexcept { last_ = 0, used_ = 0; }
    void swap(blocks& other) noexcept {
        all_.swap(other.all_);
        std::swap(last_, other.last_);
        std::swap(used_, other.used_);
    }
    template <class Function> void each(Function&& fn) const {
        for (std::size_t i = 0; i <= last_; ++i)
            for (std::size_t k = 0; k < (i == last_ ? used_ : count_in_block); ++k) fn((*all_[i])[k]);
    }
    /// The newest first.
    template <class Function> void each_backwards(Function&& fn) const {
        for (std::size_t i = last_ + 1; i-- > 0;)
            for (std::size_t k = i == last_ ? used_ : count_in_block; k-- > 0;) fn((*all_[i])[k]);
    }
    [[nodiscard]] std::size_t bytes() const noexcept { return all_.size() * sizeof(block); }

private:
    static constexpr std::size_t count_in_block = (std::size_t{1} << 18) / sizeof(Value);
    using block = std::array<Value, count_in_block>;

    std::vector<std::unique_ptr<block>> all_ = first();
    std::size_t last_ = 0, used_ = 0;

    [[nodiscard]] static std::vector<std::unique_ptr<block>> first() {
        std::vector<std::unique_ptr<block>> made;
        made.push_back(std::make_unique<block>());
        return made;
    }
};

/// A row as it was.
template <class Row> struct saved_row {
    row_number number = 0;
    Row row{};

    void take(row_number of, const Row& is) noexcept {
        number = of;
        row = is;
    }
};

} // namespace bench
