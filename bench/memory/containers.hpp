// SPDX-License-Identifier: MIT
/// @file
/// What rows and indexes are kept in by hand: flat maps to rows that stay in place, maps of nodes, or vectors that are
/// indexed by the key itself.
#pragma once

#include "memory/rows.hpp"
#include "support/huge_pages.hpp"

#include <boost/container/small_vector.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include <array>
#include <deque>
#include <map>
#include <unordered_map>
#include <vector>

namespace bench {

/// Rows that keep their address: the first ones in huge pages, others in blocks; a place that was left is used again. One
/// with an id of 0 is free.
template <class Row> class row_pool {
public:
    explicit row_pool(std::size_t rows) : first_(rows) {
        free_.reserve(rows);
        for (std::size_t i = rows; i-- > 0;) free_.push_back(&first_[i]);
    }
    [[nodiscard]] Row* put(const Row& row) {
        if (free_.empty()) {
            blocks_.emplace_back();
            for (std::size_t i = block_rows; i-- > 0;) free_.push_back(&blocks_.back()[i]);
        }
        Row* at = free_.back();
        free_.pop_back();
        *at = row;
        return at;
    }
    void take_out(Row* row) {
        row->id = 0;
        free_.push_back(row);
    }
    template <class See> void each(See&& see) const {
        for (const Row& row : first_)
            if (row.id != 0) see(row);
        for (const auto& block : blocks_)
            for (const Row& row : block)
                if (row.id != 0) see(row);
    }

private:
    static constexpr std::size_t block_rows = 1'024;
    huge_vector<Row> first_;
    std::deque<std::array<Row, block_rows>> blocks_{};
    std::vector<Row*> free_{};
};

/// A flat map from ids to rows that keep their address.
template <class Row> class flat_rows {
public:
    explicit flat_rows(std::size_t rows) : pool_(rows) { by_id_.reserve(rows); }
    [[nodiscard]] Row* find(std::int64_t id) {
        const auto at = by_id_.find(id);
        return at != by_id_.end() ? at->second : nullptr;
    }
    /// Null: the id is taken.
    [[nodiscard]] Row* add(const Row& row) {
        const auto [at, fresh] = by_id_.try_emplace(row.id, nullptr);
        return fresh ? at->second = pool_.put(row) : nullptr;
    }
    /// Calls `before(row)` and erases the row; whether there was one.
    template <class Before> bool erase(std::int64_t id, Before&& before) {
        const auto at = by_id_.find(id);
        if (at == by_id_.end()) return false;
        Row* row = at->second;
        before(*row);
        by_id_.erase(at);
        pool_.take_out(row);
        return true;
    }
    template <class See> void each(See&& see) const { pool_.each(see); }

private:
    boost::unordered_flat_map<std::int64_t, Row*> by_id_{};
    row_pool<Row> pool_;
};

/// A `std::unordered_map`, whose rows keep their address too.
template <class Row> class node_rows {
public:
    explicit node_rows(std::size_t rows) { rows_.reserve(rows); }
    [[nodiscard]] Row* find(std::int64_t id) {
        const auto at = rows_.find(id);
        return at != rows_.end() ? &at->second : nullptr;
    }
    [[nodiscard]] Row* add(const Row& row) {
        const auto [at, fresh] = rows_.try_emplace(row.id, row);
        return fresh ? &at->second : nullptr;
    }
    template <class Before> bool erase(std::int64_t id, Before&& before) {
        const auto at = rows_.find(id);
        if (at == rows_.end()) return false;
        before(at->second);
        rows_.erase(at);
        return true;
    }
    template <class See> void each(See&& see) const {
        for (const auto& [id, row] : rows_) see(row);
    }

private:
    std::unordered_map<std::int64_t, Row> rows_{};
};

/// A vector whose place is the key, for keys that are dense and at most `rows`. One with an id of 0 is free.
template <class Row> class dense_rows {
public:
    explicit dense_rows(std::size_t rows) : rows_(rows + 1) {}
    [[nodiscard]] Row* find(std::int64_t id) {
        const auto at = static_cast<std::size_t>(id);
        return at < rows_.size() && rows_[at].id != 0 ? &rows_[at] : nullptr;
    }
    [[nodiscard]] Row* add(const Row& row) {
        const auto at = static_cast<std::size_t>(row.id);
        if (at >= rows_.size() || rows_[at].id != 0) return nullptr;
        rows_[at] = row;
        return &rows_[at];
    }
    template <class Before> bool erase(std::int64_t id, Before&& before) {
        Row* row = find(id);
        if (row == nullptr) return false;
        before(*row);
        row->id = 0;
        return true;
    }
    template <class See> void each(See&& see) const {
        for (const Row& row : rows_)
            if (row.id != 0) see(row);
    }

private:
    huge_vector<Row> rows_;
};

/// The items of each owner; up to twelve of them stand in the map itself.
using flat_lists = boost::unordered_flat_map<std::int64_t, boost::container::small_vector<item*, 12>>;
using node_lists = std::unordered_map<std::int64_t, std::vector<item*>>;

/// A row, and where it stands in the order of the heroes: what is erased need not be searched there.
template <class Order> struct placed_hero : hero {
    placed_hero() = default;
    explicit placed_hero(const hero& row) : hero(row) {}
    typename Order::iterator place{};
};

/// Names are those in the rows; heroes of one experience are in no particular order.
struct flat_containers {
    static constexpr const char* name = "flat_map";
    template <class Row> using rows = flat_rows<Row>;
    using lists = flat_lists;
    using names = boost::unordered_flat_map<std::string_view, hero*>;
    using order = std::multimap<std::int64_t, hero*>;
};
struct node_containers {
    static constexpr const char* name = "unordered_map";
    template <class Row> using rows = node_rows<Row>;
    using lists = node_lists;
    using names = std::unordered_map<std::string_view, hero*>;
    using order = std::multimap<std::int64_t, hero*>;
};
/// Without names and order: a vector is no way to keep these.
struct nothing {};
struct dense_containers {
    static constexpr const char* name = "vector";
    template <class Row> using rows = dense_rows<Row>;
    using lists = std::vector<boost::container::small_vector<item*, 12>>;
    using names = nothing;
    using order = nothing;
};

} // namespace bench
