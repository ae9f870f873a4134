// SPDX-License-Identifier: MIT
/// @file
/// The rows of one key, as rings of slot numbers: doubly linked, the first slot of a ring its head.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace holdfast {

/// Rings of slots. A slot is in one at most. Only `grow` allocates, 32 KiB at a time.
class slot_rings {
public:
    /// Makes sure that this slot, and every one of a lower number, can be in a ring.
    void grow(std::uint32_t number) {
        while (blocks_.size() <= number >> block_shift)
            blocks_.push_back(std::make_unique_for_overwrite<link[]>(std::size_t{1} << block_shift));
    }
    /// A ring of this slot alone.
    void begin(std::uint32_t number) noexcept { at(number) = {number, number}; }
    /// Adds a slot behind the last one of the ring with this head.
    void add(std::uint32_t number, std::uint32_t head) noexcept {
        const std::uint32_t tail = at(head).previous;
        at(number) = {head, tail};
        at(tail).next = number;
        at(head).previous = number;
    }
    /// Takes a slot out of its ring, of which it is not the only one.
    void remove(std::uint32_t number) noexcept {
        const link links = at(number);
        at(links.previous).next = links.next;
        at(links.next).previous = links.previous;
    }
    /// The slot after this one; the head again after the last.
    [[nodiscard]] std::uint32_t next(std::uint32_t number) const noexcept { return at(number).next; }

private:
    struct link {
        std::uint32_t next;
        std::uint32_t previous;
    };
    static constexpr unsigned block_shift = 12;

    [[nodiscard]] link& at(std::uint32_t number) const noexcept {
        return blocks_[number >> block_shift][number & ((1u << block_shift) - 1)];
    }

    std::vector<std::unique_ptr<link[]>> blocks_;
};

} // namespace holdfast
