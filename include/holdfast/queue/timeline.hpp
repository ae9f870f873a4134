// SPDX-License-Identifier: MIT
/// @file
/// Timelines: the histories of one database. A restore in place begins a new one; the old one is kept as far as its
/// backups and its log are.
///
///     tick 1 ........ 3,000 ........ 5,000     timeline 0
///                       \...... 4,200          timeline b81c..., from tick 3,000 of timeline 0
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

namespace holdfast {

/// One history of a database.
struct timeline {
    std::uint64_t id = 0;         ///< Random; 0: the first one, which has no parent.
    std::uint64_t parent = 0;     ///< The one that it was made from,
    std::uint64_t forked_at = 0;  ///< and that one's last tick that belongs to it, too.
    std::int64_t made_us = 0;     ///< UTC, microseconds since 1970.
    std::uint32_t generation = 0; ///< More than that of each that was known when it was made: the newest is played.
};

/// What is known of the timelines of a database.
class timelines {
public:
    /// Adds one. Nothing is done when it is known, or the first one. Of generation 0 no more is known than that there is one:
    /// that is replaced.
    void add(const timeline& one) {
        if (one.id == 0) return;
        for (timeline& is : all_) {
            if (is.id != one.id) continue;
            if (is.generation == 0) is = one;
            return;
        }
        all_.push_back(one);
    }
    /// Adds each of the others.
    void add(const timelines& others) {
        for (const timeline& one : others.all_) add(one);
    }
    /// All but the first, in no order.
    [[nodiscard]] const std::vector<timeline>& all() const noexcept { return all_; }
    /// Null: it is the first one, or not known.
    [[nodiscard]] const timeline* find(std::uint64_t id) const noexcept {
        for (const timeline& one : all_)
            if (one.id == id) return &one;
        return nullptr;
    }
    /// The one that is played.
    [[nodiscard]] timeline newest() const noexcept {
        timeline found;
        for (const timeline& one : all_)
            if (found.id == 0 || found.generation < one.generation ||
                (found.generation == one.generation && found.made_us < one.made_us))
                found = one;
        return found;
    }
    /// When another one was played in place of this one, and of those it was made from; the largest number: none was.
    [[nodiscard]] std::int64_t left_us(std::uint64_t id) const noexcept {
        const timeline* const is = find(id);
        std::int64_t when = INT64_MAX;
        for (const timeline& one : all_)
            if (one.generation > (is == nullptr ? 0 : is->generation)) when = std::min(when, one.made_us);
        return when;
    }
    /// The last tick of timeline `of` that is in the past of timeline `in`, or of itself: there is no end. Nothing: `in`
    /// was not made from it.
    [[nodiscard]] std::optional<std::uint64_t> shared(std::uint64_t of, std::uint64_t in) const noexcept {
        std::uint64_t last = ~std::uint64_t{0};
        for (std::size_t steps = 0; steps <= all_.size(); ++steps) { // what was read may say that they go round
            if (of == in) return last;
            const timeline* is = find(in);
            if (is == nullptr) return {};
            last = std::min(last, is->forked_at);
            in = is->parent;
        }
        return {};
    }

private:
    std::vector<timeline> all_;
};

} // namespace holdfast
