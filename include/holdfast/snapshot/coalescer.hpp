// SPDX-License-Identifier: MIT
/// @file
/// The changes of a batch that may wait until its end: the newest value of each changed column, a row
/// once, in the order of the keys (rows written in key order are written 1.4 to 2 times faster).
#pragma once

#include <holdfast/core/describe.hpp>
#include <holdfast/queue/log_schema.hpp>
#include <holdfast/queue/op_reader.hpp>

#include <boost/unordered/unordered_flat_map.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <string_view>

namespace holdfast {

/// Which columns of a table; 256 bits.
struct column_mask {
    std::array<std::uint64_t, 4> words{};

    void add(std::uint8_t column) noexcept { words[column >> 6] |= std::uint64_t{1} << (column & 63); }
    [[nodiscard]] bool has(std::uint8_t column) const noexcept {
        return (words[column >> 6] >> (column & 63) & 1) != 0;
    }
    /// How many columns below this one are in the mask.
    [[nodiscard]] int rank(std::uint8_t column) const noexcept {
        int below = std::popcount(words[column >> 6] & ((std::uint64_t{1} << (column & 63)) - 1));
        for (std::size_t i = 0; i < column >> 6; ++i) below += std::popcount(words[i]);
        return below;
    }
    [[nodiscard]] int count() const noexcept { return rank(255) + (has(255) ? 1 : 0); }
    friend bool operator==(const column_mask&, const column_mask&) = default;
};

/// The waiting changes of one table in one batch. Cells point into the batch's frames.
class coalescer {
public:
    struct row {
        std::string_view key; ///< The key's cells as stored.
        std::int64_t number;  ///< Of an integer key: its value, to sort by.
        bool is_number;       ///< The key is one integer.
        column_mask columns;
        std::uint32_t first; ///< Into `cells`; npos: dropped.
    };
    struct waiting {
        cell value;
        std::uint8_t column;
        std::uint32_t next;
    };
    static constexpr std::uint32_t npos = 0xffff'ffff;

    /// The waiting row of the op's key. Valid until the next call.
    [[nodiscard]] row& row_of(const op_view& op) {
        const std::string_view key(reinterpret_cast<const char*>(op.key.data()), op.key.size());
        const auto [found, added] = by_key_.try_emplace(key, static_cast<std::uint32_t>(rows_.size()));
        if (added) {
            const bool integer = op.key_cells.size() == 1 && op.key_cells[0].is_integer();
            rows_.push_back({key, integer ? op.key_cells[0].integer : 0, integer, {}, npos});
        }
        return rows_[found->second];
    }

    /// Remembers that this column of the row shall have this value.
    void set(row& at, std::uint8_t column, const cell& value) {
        if (at.columns.has(column)) {
            std::uint32_t i = at.first;
            while (cells_[i].column != column) i = cells_[i].next;
            cells_[i].value = value;
            return;
        }
        at.columns.add(column);
        cells_.push_back({value, column, at.first});
        at.first = static_cast<std::uint32_t>(cells_.size() - 1);
    }

    /// The row is gone: what waited for it is not written.
    void drop(bytes_view key_bytes) {
        const auto found =
            by_key_.find(std::string_view(reinterpret_cast<const char*>(key_bytes.data()), key_bytes.size()));
        if (found == by_key_.end()) return;
        rows_[found->second].first = npos;
        by_key_.erase(found);
    }

    /// Calls `write(row)` for every row that something waits for, in key order, until it fails.
    template <class Function> [[nodiscard]] result<void> write_all(Function&& write) {
        std::sort(rows_.begin(), rows_.end(), [](const row& a, const row& b) {
            return a.number != b.number ? a.number < b.number : a.key < b.key;
        });
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            // In key order the cells are read all over memory; those of one op lie together. The loop stands here
            // because g++ takes a function that only prefetches for one that does nothing, and drops the call.
            if (i + ahead < rows_.size()) {
                const row& coming = rows_[i + ahead];
                const auto* end = reinterpret_cast<const char*>(cells_.data() + coming.first + 1);
                const int cells = coming.first == npos ? 0 : coming.columns.count();
                const std::ptrdiff_t size = cells * static_cast<std::ptrdiff_t>(sizeof(waiting));
                for (std::ptrdiff_t at = 1; at < size + 63; at += 64) __builtin_prefetch(end - at);
            }
            if (rows_[i].first == npos) continue;
            if (result<void> ok = write(rows_[i]); !ok) return ok;
        }
        return {};
    }

    /// Calls `use(column, value)` for each change of the row.
    template <class Function> void for_each(const row& of, Function&& use) const {
        for (std::uint32_t i = of.first; i != npos; i = cells_[i].next) use(cells_[i].column, cells_[i].value);
    }

    void clear() noexcept {
        rows_.clear();
        cells_.clear();
        by_key_.clear();
    }

private:
    static constexpr std::size_t ahead = 4; ///< Rows: as long as a fetch from memory takes, and more.

    std::vector<row> rows_;
    std::vector<waiting> cells_;
    boost::unordered_flat_map<std::string_view, std::uint32_t> by_key_;
};

} // namespace holdfast
