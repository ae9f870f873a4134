// SPDX-License-Identifier: MIT
/// @file
/// What a transaction must remember to be taken back: one step per change, undone last to first.
#pragma once

#include <holdfast/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

namespace holdfast {

struct undo_step;

/// Who takes a step back. The tables are.
class undo_target {
public:
    /// Takes the change back. Called last step first.
    virtual void undo(undo_step& step) noexcept = 0;
    /// The change stays: frees what the step kept.
    virtual void keep(undo_step& step) noexcept = 0;
    /// Looks at the reference of the row in this slot, if a row is still there.
    [[nodiscard]] virtual result<void> check_later(void* slot, std::uint32_t reference) const = 0;

protected:
    ~undo_target() = default;
};

/// What a step took back means; which of the members count depends on it.
enum class undo_kind : std::uint8_t { insert, erase, set, lease };

/// One change and what stood there before. Steps keep their address until they are undone or kept.
struct undo_step {
    undo_target* target = nullptr;
    void* slot = nullptr;
    undo_kind kind = undo_kind::insert;
    std::uint8_t column = 0;
    bool first_of_group = true; ///< A change of several columns is a group, taken back as one.
    bool last_of_group = true;
    bool on_heap = false;
    std::uint64_t indexes = 0;      ///< One bit for each index that the group touches.
    alignas(16) std::byte room[32]; ///< The value before (of a lease: an int64), or (on_heap) a pointer to it.

    [[nodiscard]] void* before() noexcept {
        if (!on_heap) return room;
        void* where = nullptr;
        std::memcpy(&where, room, sizeof(where));
        return where;
    }
    void put_on_heap(void* where) noexcept {
        on_heap = true;
        std::memcpy(room, &where, sizeof(where));
    }
};

/// The steps of the transactions that are open.
///
/// Threads: the one that edits. Cost: no allocation once it has grown to the size of the transactions.
class undo_log {
public:
    /// A reference that led nowhere when it was made, and has until the end of the transaction to do so.
    struct later_check {
        const undo_target* target;
        void* slot;
        std::uint32_t reference;
    };

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// Makes room for `count` more steps, so that `push` cannot throw.
    void reserve(std::size_t count) {
        while (blocks_.size() * block_steps < size_ + count)
            blocks_.push_back(std::make_unique<undo_step[]>(block_steps));
    }

    /// Appends a step; room for it was reserved.
    undo_step& push(undo_target& target, undo_kind kind, void* slot) noexcept {
        undo_step& step = at(size_++);
        step.target = &target;
        step.slot = slot;
        step.kind = kind;
        step.first_of_group = step.last_of_group = true;
        step.on_heap = false;
        step.indexes = 0;
        return step;
    }

    /// Takes back every step from the newest down to `mark`.
    void undo_to(std::size_t mark) noexcept {
        while (size_ > mark) {
            undo_step& step = at(--size_);
            step.target->undo(step);
        }
    }

    /// Keeps every change and forgets the steps.
    void keep_all() noexcept {
        for (std::size_t i = 0; i < size_; ++i) at(i).target->keep(at(i));
        size_ = 0;
    }

private:
    static constexpr std::size_t block_steps = 64;

    [[nodiscard]] undo_step& at(std::size_t i) noexcept { return blocks_[i / block_steps][i % block_steps]; }

    std::vector<std::unique_ptr<undo_step[]>> blocks_;
    std::size_t size_ = 0;
};

} // namespace holdfast
