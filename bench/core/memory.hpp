// SPDX-License-Identifier: MIT
/// @file
/// How many bytes a row takes beyond itself?
#pragma once

#include "core/sides.hpp"
#include "support/report.hpp"

#include <malloc.h>

namespace bench {

/// Bytes that malloc has given out, its own headers included.
[[nodiscard]] inline double allocated_bytes() {
    const struct mallinfo2 now = mallinfo2();
    return static_cast<double>(now.uordblks + now.hblkhd);
}

using table_without_index = holdfast::table<row_64, holdfast::primary_key<&row_64::id>>;
using table_with_one_index =
    holdfast::table<row_64, holdfast::primary_key<&row_64::id>, holdfast::index<&row_64::owner>>;
using table_with_two_indexes = holdfast::table<row_64, holdfast::primary_key<&row_64::id>,
                                               holdfast::index<&row_64::owner>, holdfast::unique<&row_64::seen>>;

/// Bytes beyond the rows, a row, at each size from `least` to `most`.
template <class Side>
[[nodiscard]] std::vector<double> overhead(std::int64_t least, std::int64_t most, std::int64_t step, bool lie) {
    const double before = allocated_bytes();
    std::vector<double> made;
    Side side;
    for (std::int64_t id = 1; id <= most; ++id) {
        row_64 row = make_row(id);
        row.seen = id * 11;
        if (!lie || id != most) side.insert(row);
        if (id >= least && id % step == 0)
            made.push_back((allocated_bytes() - before) / static_cast<double>(id) - sizeof(row_64));
    }
    require_equal(side.size(), static_cast<std::size_t>(most), "the rows that take the memory");
    return made;
}

template <class Table> struct our_memory {
    void insert(const row_64& row) { table->insert(row).value(); }
    [[nodiscard]] std::size_t size() const { return table->size(); }
    std::unique_ptr<Table> table = std::make_unique<Table>();
};

/// Rows in a deque, a map for each unique key, and for an index that is not unique a map to lists.
template <int Indexes> struct their_memory {
    void insert(const row_64& row) {
        rows.push_back(row);
        by_id.emplace(row.id, &rows.back());
        if (Indexes >= 1) by_owner[row.owner].push_back(&rows.back());
        if (Indexes >= 2) by_seen.emplace(row.seen, &rows.back());
    }
    [[nodiscard]] std::size_t size() const { return rows.size(); }
    std::deque<row_64> rows{};
    pointer_map by_id{};
    boost::unordered_flat_map<std::int64_t, std::vector<row_64*>> by_owner{};
    pointer_map by_seen{};
};

/// The mean over sizes that grow by half is the figure: one size alone says where the last doubling was.
template <class Table, int Indexes>
void measure_memory_of(report& to, const std::string& name, std::int64_t rows, bool lie) {
    const std::int64_t most = rows * 3 / 2;
    const std::int64_t step = rows / 20;
    const rounds both{overhead<our_memory<Table>>(rows * 3 / 4, most, step, lie),
                      overhead<their_memory<Indexes>>(rows * 3 / 4, most, step, false)};
    const auto mean = [](const std::vector<double>& of) {
        return std::accumulate(of.begin(), of.end(), 0.0) / static_cast<double>(of.size());
    };
    const double limit = 40 + 12 * Indexes;
    measurement made = compare("memory beyond the rows, " + name, "B/row", both, budget::ours(limit));
    made.ours = mean(both.ours);
    made.theirs = mean(both.theirs);
    made.ratio = made.ours / *made.theirs;
    to.add(made);
    to.add({.name = "  the same, at the worst size",
            .unit = "B/row",
            .ours = quantile(both.ours, 1),
            .theirs = quantile(both.theirs, 1),
            .limit = budget::ours(limit)});
}

inline void measure_memory(report& to, std::int64_t rows, bool lie) {
    measure_memory_of<table_without_index, 0>(to, "no index", rows, lie);
    measure_memory_of<table_with_one_index, 1>(to, "1 index", rows, lie);
    measure_memory_of<table_with_two_indexes, 2>(to, "2 indexes", rows, lie);
}

} // namespace bench
