// SPDX-License-Identifier: MIT
/// @file
/// CALC of Ren et al., "Low-overhead asynchronous checkpointing in main-memory database systems", SIGMOD 2016, for one game
/// thread with ticks: its phases PREPARE and RESOLVE, for transactions that are under way at the moment of the image, have
/// nothing to do. A row has a stable version only while it is needed, and one bit says whether the image has it; what that
/// bit means changes with each image, so that nothing is reset. The paper replaces values by their addresses; these are
/// changed in place, so that a row has a latch besides.
#pragma once

#include "snapshot/strategy.hpp"

#include <atomic>
#include <deque>

namespace bench {

template <class Row> class two_versions {
public:
    using row = Row;
    static constexpr const char* name = "two versions";
    static constexpr bool is_delta = false;

    explicit two_versions(std::size_t rows) : live_(first_rows<Row>(rows)), stable_(rows), status_(rows) {}

    void add(row_number i, row_number word, std::uint64_t amount) {
        if (capturing_.load(std::memory_order_acquire) && latch(i)) {
            stable_[i] = version_for(live_[i]);
            status_[i].store(available_, std::memory_order_release);
        }
        live_[i].word[word] += amount;
    }
    [[nodiscard]] const Row& read(row_number i) const noexcept { return live_[i]; }
    bool end_tick(bool begin) {
        if (!begin) return false;
        available_ ^= 1; // every row had it in the last image: none has it now
        unused_.insert(unused_.end(), spent_.begin(), spent_.end());
        spent_.clear();
        capturing_.store(true, std::memory_order_relaxed);
        return true;
    }
    template <class Sink> void capture(Sink&& sink) {
        for (row_number i = 0; i < live_.size(); ++i) {
            if (latch(i)) {
                const Row copy = live_[i];
                status_[i].store(available_, std::memory_order_release);
                sink(i, copy);
                continue;
            }
            sink(i, *stable_[i]);
            spent_.push_back(stable_[i]);
        }
        capturing_.store(false, std::memory_order_release);
    }
    [[nodiscard]] std::size_t extra_bytes() const noexcept {
        return versions_.size() * sizeof(Row) + stable_.size() * sizeof(Row*) + status_.size() +
               (unused_.capacity() + spent_.capacity()) * sizeof(Row*);
    }

private:
    static constexpr std::uint8_t latched = 2;

    /// Whether the row was not available, and is latched now. Waits for another one's latch.
    [[nodiscard]] bool latch(row_number i) noexcept {
        for (std::uint8_t is = status_[i].load(std::memory_order_acquire);;) {
            if (is == available_) return false;
            if (is == latched)
                is = status_[i].load(std::memory_order_acquire);
            else if (status_[i].compare_exchange_weak(is, latched, std::memory_order_acquire))
                return true;
        }
    }
    [[nodiscard]] Row* version_for(const Row& value) {
        if (unused_.empty()) return &versions_.emplace_back(value);
        Row* const one = unused_.back();
        unused_.pop_back();
        *one = value;
        return one;
    }

    std::vector<Row> live_;
    std::vector<Row*> stable_;
    std::vector<std::atomic<std::uint8_t>> status_;
    std::uint8_t available_ = 0;
    std::atomic<bool> capturing_{false};
    std::deque<Row> versions_;
    std::vector<Row*> unused_;
    std::vector<Row*> spent_; ///< The writer's while it captures.
};

} // namespace bench
