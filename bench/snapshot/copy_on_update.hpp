// SPDX-License-Identifier: MIT
/// @file
/// Nothing is copied at the moment of the image; while the writer reads the rows, the game saves a row before its first
/// change: Copy-on-Update of Vaz Salles et al., VLDB 2009, of all rows or, what they recommend, of those that changed since
/// the image before. Each row has a latch, which the one takes who copies it.
#pragma once

#include "snapshot/strategy.hpp"

#include <atomic>

namespace bench {

/// Who has what of a row in the image that is being made.
class row_latch {
public:
    enum class state : std::uint32_t { taken = 1, saved, captured };

    /// Takes it when nobody has had it in this image yet; else waits while somebody has it.
    /// @return  It is taken, and must be let go; otherwise it is saved or captured.
    [[nodiscard]] bool take(std::uint32_t image) noexcept {
        for (std::uint32_t is = word_.load(std::memory_order_acquire);;) {
            if (is == of(image, state::taken)) { // for as long as copying a row takes
                is = word_.load(std::memory_order_acquire);
                continue;
            }
            if (is / 4 == image) return false;
            if (word_.compare_exchange_weak(is, of(image, state::taken), std::memory_order_acquire)) return true;
        }
    }
    void let_go(std::uint32_t image, state now) noexcept { word_.store(of(image, now), std::memory_order_release); }

private:
    [[nodiscard]] static std::uint32_t of(std::uint32_t image, state is) noexcept {
        return image * 4 + static_cast<std::uint32_t>(is);
    }
    std::atomic<std::uint32_t> word_{0}; ///< The number of an image times 4, and a state: an older one needs no reset.
};

template <class Row, bool Dirty> class copy_on_update {
public:
    using row = Row;
    static constexpr const char* name = Dirty ? "copy on update" : "copy on update, all";
    static constexpr bool is_delta = Dirty;

    explicit copy_on_update(std::size_t rows)
        : live_(first_rows<Row>(rows)), saved_(rows), latches_(rows), dirty_(Dirty ? rows : 0),
          wanted_(Dirty ? rows : 0) {}

    void add(row_number i, row_number word, std::uint64_t amount) noexcept {
        if constexpr (Dirty) dirty_.add(i);
        if (capturing_.load(std::memory_order_acquire) && (!Dirty || wanted_.has(i)) && latches_[i].take(image_)) {
            saved_[i] = live_[i];
            latches_[i].let_go(image_, row_latch::state::saved);
        }
        live_[i].word[word] += amount;
    }
    [[nodiscard]] const Row& read(row_number i) const noexcept { return live_[i]; }
    bool end_tick(bool begin) noexcept {
        if (!begin) return false;
        if constexpr (Dirty) {
            wanted_.clear();
            wanted_.swap(dirty_);
        }
        ++image_;
        capturing_.store(true, std::memory_order_relaxed);
        return true;
    }
    template <class Sink> void capture(Sink&& sink) {
        const auto one = [&](row_number i) {
            Row copy;
            if (latches_[i].take(image_)) {
                copy = live_[i];
                latches_[i].let_go(image_, row_latch::state::captured);
                sink(i, copy); // after the latch: the game never waits for a sink
            } else
                sink(i, saved_[i]);
        };
        if constexpr (Dirty)
            wanted_.each(one);
        else
            for (row_number i = 0; i < live_.size(); ++i) one(i);
        capturing_.store(false, std::memory_order_release);
    }
    [[nodiscard]] std::size_t extra_bytes() const noexcept {
        return saved_.size() * sizeof(Row) + latches_.size() * sizeof(row_latch) + dirty_.bytes() + wanted_.bytes();
    }

private:
    std::vector<Row> live_;
    std::vector<Row> saved_;
    std::vector<row_latch> latches_;
    row_set dirty_;
    row_set wanted_; ///< Changed before the image; nobody changes it while one is made.
    std::uint32_t image_ = 0;
    std::atomic<bool> capturing_{false}; ///< One that sees its end late saves a row for nothing.
};

} // namespace bench
