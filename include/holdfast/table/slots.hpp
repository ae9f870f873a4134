// SPDX-License-Identifier: MIT
/// @file
/// Where rows live: chunks that never move, divided into slots of one size.
///
///     chunk: | slot | slot | slot | ...      slot: | generation u32 | number u32 | row |
///
/// An odd generation says that the slot holds a row. A handle remembers the generation it saw.
#pragma once

#include <holdfast/core/page_block.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

namespace holdfast {

/// What stands before every row.
struct slot_header {
    std::uint32_t generation = 0; ///< Odd: a row lives here.
    std::uint32_t number = 0;

    [[nodiscard]] bool alive() const noexcept { return (generation & 1) != 0; }
};

/// A slot as code that knows the row's type sees it.
template <class Row> struct slot {
    slot_header header;
    Row row;
};

/// The slots of one table. Rows keep their address until they are erased, and a slot freed in one tick is
/// not given out again before the next.
///
/// Cost: 8 bytes a row. Threads: the one that edits.
class slot_store {
public:
    slot_store(std::size_t row_bytes, std::size_t row_align) noexcept
        : row_offset_(row_align > sizeof(slot_header) ? row_align : sizeof(slot_header)),
          stride_((row_offset_ + row_bytes + slot_align(row_align) - 1) / slot_align(row_align) *
                  slot_align(row_align)) {
        while (shift_ < 16 && (stride_ << (shift_ + 1)) <= chunk_bytes) ++shift_;
    }
    slot_store(const slot_store&) = delete;
    slot_store& operator=(const slot_store&) = delete;

    [[nodiscard]] std::size_t used() const noexcept { return used_; } ///< Slots that were ever given out.
    [[nodiscard]] std::size_t live() const noexcept { return live_; } ///< Rows.
    [[nodiscard]] std::size_t bytes() const noexcept { return chunks_.size() * stored_bytes(); }
    [[nodiscard]] std::size_t chunks() const noexcept { return chunks_.size(); }
    [[nodiscard]] unsigned chunk_shift() const noexcept { return shift_; }
    [[nodiscard]] std::size_t row_offset() const noexcept { return row_offset_; }
    [[nodiscard]] std::byte* chunk(std::size_t i) const noexcept { return chunks_[i]; }

    [[nodiscard]] static slot_header& header(void* slot) noexcept { return *static_cast<slot_header*>(slot); }
    [[nodiscard]] void* row(void* slot) const noexcept { return static_cast<std::byte*>(slot) + row_offset_; }
    /// Tells handles of these slots from those of others: known without looking at memory.
    [[nodiscard]] std::uint32_t mark() const noexcept {
        return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(this) / alignof(slot_store));
    }
    [[nodiscard]] void* at(std::uint32_t number) const noexcept {
        return chunks_[number >> shift_] + stride_ * (number & ((std::uint32_t{1} << shift_) - 1));
    }

    /// Makes room for `rows` rows in all, so that inserts up to there allocate nothing here.
    void reserve(std::size_t rows) {
        while (chunks_.size() << shift_ < rows) add_chunk(pages::as_they_come);
    }
    /// The same for rows that come at once, in huge pages: see `touch`.
    void reserve_huge(std::size_t rows) {
        const pages size = rows * stride_ >= huge_from ? pages::huge : pages::as_they_come;
        while (chunks_.size() << shift_ < rows) add_chunk(size);
    }
    /// Touches each page of slots that nobody has used yet, so that no insert there takes a page fault. It takes its time,
    /// so it is for the time before the game starts. Of chunks that begin in between.
    /// Threads: any, beside one that uses slots before `first`.
    void touch(std::size_t first, std::size_t end) noexcept {
        const std::size_t slots = std::size_t{1} << shift_;
        for (std::size_t next = (first + slots - 1) / slots; next * slots < end; ++next)
            for (std::size_t at = 0; at < stored_bytes(); at += 4'096) chunks_[next][at] = std::byte{0};
    }

    /// A slot without a row. It counts once `settle` has been called on it.
    [[nodiscard]] void* take(std::uint64_t now) {
        if (now != freed_tick_) join_waiting();
        if (usable_ != none) {
            void* slot = at(usable_);
            usable_ = next_of(slot);
            return slot;
        }
        if (used_ == chunks_.size() << shift_) add_chunk(pages::as_they_come);
        void* fresh = at(static_cast<std::uint32_t>(used_));
        ::new (fresh) slot_header{0, static_cast<std::uint32_t>(used_)};
        ++used_;
        return fresh;
    }
    /// Gives back a slot that `take` gave and nobody settled in.
    void untake(void* slot) noexcept {
        set_next(slot, usable_);
        usable_ = header(slot).number;
    }
    /// The slot now holds a row.
    void settle(void* slot) noexcept {
        ++header(slot).generation;
        ++live_;
    }
    /// The slot's row counts no longer; its bytes stay.
    void vacate(void* slot) noexcept {
        ++header(slot).generation;
        --live_;
    }
    /// Takes a `vacate` back: handles that knew the row know it again.
    void revive(void* slot) noexcept {
        --header(slot).generation;
        ++live_;
    }
    /// The vacated slot may be given out again, from the next tick on.
    void release(void* slot, std::uint64_t now) noexcept {
        if (now != freed_tick_) {
            join_waiting();
            freed_tick_ = now;
        }
        if (waiting_ == none) waiting_last_ = header(slot).number;
        set_next(slot, waiting_);
        waiting_ = header(slot).number;
    }

private:
    static constexpr std::size_t chunk_bytes = std::size_t{1} << 18;
    enum class pages { as_they_come, huge };
    /// From this size on huge pages are worth it: what the last one leaves unused is an eighth at most. Never while
    /// the game runs: the first touch of one costs up to some milliseconds.
    static constexpr std::size_t huge_from = 8 * huge_page_bytes;
    static constexpr std::uint32_t none = 0xffff'ffff;

    /// The free slots are lists; the next one's number stands where the row stood.
    [[nodiscard]] std::uint32_t next_of(const void* slot) const noexcept {
        std::uint32_t next;
        std::memcpy(&next, static_cast<const std::byte*>(slot) + sizeof(slot_header), sizeof(next));
        return next;
    }
    static void set_next(void* slot, std::uint32_t next) noexcept {
        std::memcpy(static_cast<std::byte*>(slot) + sizeof(slot_header), &next, sizeof(next));
    }
    void join_waiting() noexcept {
        if (waiting_ == none) return;
        set_next(at(waiting_last_), usable_);
        usable_ = waiting_;
        waiting_ = none;
    }

    static constexpr std::size_t slot_align(std::size_t row_align) noexcept {
        return row_align > alignof(slot_header) ? row_align : alignof(slot_header);
    }

    [[nodiscard]] std::size_t stored_bytes() const noexcept { return stride_ << shift_; } ///< Of a chunk.

    void add_chunk(pages size) {
        if (chunks_.size() == chunks_.capacity()) chunks_.reserve(chunks_.size() * 2 + 4);
        if (left_in_block_ == 0) {
            const std::size_t fit =
                size == pages::huge ? std::max<std::size_t>(huge_page_bytes / stored_bytes(), 1) : 1;
            blocks_.emplace_back(fit > 1 ? huge_page_bytes : stored_bytes());
            next_in_block_ = blocks_.back().data();
            left_in_block_ = fit;
        }
        chunks_.push_back(next_in_block_);
        next_in_block_ += stored_bytes();
        --left_in_block_;
    }

    std::size_t row_offset_;
    std::size_t stride_;
    unsigned shift_ = 0;
    std::vector<page_block> blocks_;
    std::vector<std::byte*> chunks_; ///< In the blocks.
    std::byte* next_in_block_ = nullptr;
    std::size_t left_in_block_ = 0; ///< Chunks for which the last block still has room.
    std::uint32_t usable_ = none;   ///< May be given out.
    std::uint32_t waiting_ = none;  ///< Freed in tick `freed_tick_`: usable in the next.
    std::uint32_t waiting_last_ = none;
    std::uint64_t freed_tick_ = 0;
    std::size_t used_ = 0;
    std::size_t live_ = 0;
};

} // namespace holdfast
