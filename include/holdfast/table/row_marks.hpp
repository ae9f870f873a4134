// SPDX-License-Identifier: MIT
/// @file
/// Which rows have fields that are not in the log yet: one bit for each slot.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace holdfast {

/// See the file's sentence. Cost: a bit a row; to mark is one store. Threads: the one that edits.
class row_marks {
public:
    /// Makes room for the slots below `slots`; what is there does not move.
    void cover(std::size_t slots) {
        while (covered() < slots) blocks_.push_back(std::make_unique<block>());
    }
    [[nodiscard]] std::size_t covered() const noexcept { return blocks_.size() * block_slots; }

    void mark(std::size_t slot) noexcept { word(slot) |= bit(slot); }
    void clear(std::size_t slot) noexcept { word(slot) &= ~bit(slot); }
    /// The first marked slot from `from` on, or `covered()`.
    [[nodiscard]] std::size_t next(std::size_t from) const noexcept {
        for (std::size_t at = from; at < covered(); at = (at | 63) + 1)
            if (const std::uint64_t left = word(at) & (~std::uint64_t{0} << (at & 63)); left != 0)
                return (at & ~std::size_t{63}) + static_cast<std::size_t>(std::countr_zero(left));
        return covered();
    }

private:
    static constexpr std::size_t block_slots = 32'768; ///< 4 KiB
    using block = std::array<std::uint64_t, block_slots / 64>;

    [[nodiscard]] std::uint64_t& word(std::size_t slot) const noexcept {
        return (*blocks_[slot / block_slots])[slot % block_slots / 64];
    }
    [[nodiscard]] static std::uint64_t bit(std::size_t slot) noexcept { return std::uint64_t{1} << (slot & 63); }

    std::vector<std::unique_ptr<block>> blocks_;
};

} // namespace holdfast
