// SPDX-License-Identifier: MIT
/// @file
/// How many rows a second go to SQLite, and come back: all sides in turn, in one run.
///
/// Timed for writing: from the moment each side has the values (ours in its log, the others in their structs) until
/// they are on the disk. The same rows in as many transactions on every side.
#pragma once

#include "disk/sides.hpp"
#include "support/report.hpp"

namespace bench {

/// Rows a second of each side, round by round.
using side_rounds = std::array<std::vector<double>, disk_sides::names.size()>;

/// How much one measurement does.
struct disk_plan {
    const char* name;         ///< That of the batch's size.
    std::size_t batch;        ///< Rows a transaction.
    std::size_t transactions; ///< A round.
    int rounds;               ///< And one more, which warms up and is left out.

    /// How many rows are changed in all.
    [[nodiscard]] std::size_t rows() const { return batch * transactions * static_cast<std::size_t>(rounds + 1); }
};

[[nodiscard]] inline side_rounds time_writes(disk_sides& on, operation what, const disk_plan& is) {
    side_rounds made;
    const auto count = static_cast<double>(is.batch * is.transactions);
    for (int round = 0; round <= is.rounds; ++round) {
        const std::vector<change> changes = on.rows.next(what, is.batch * is.transactions);
        const std::span<const change> all(changes);
        for (std::size_t s = 0; s < made.size(); ++s) {
            if (on.all[s] == nullptr) continue;
            double ns = 0;
            for (std::size_t t = 0; t < is.transactions; ++t)
                ns += on.all[s]->write(what, all.subspan(t * is.batch, is.batch));
            if (round != 0) made[s].push_back(count / ns * 1e9);
        }
    }
    return made;
}

/// Opening the file, checking it and loading every row, against opening it and a loop into a vector.
[[nodiscard]] inline side_rounds time_loads(disk_sides& on, int rounds) {
    side_rounds made;
    on.each([](side& one) { one.close(); });
    for (int round = 0; round <= rounds; ++round)
        for (std::size_t s = 0; s < made.size(); ++s) {
            if (on.all[s] == nullptr) continue;
            row_check check(on.rows, std::string("what was loaded, ") + on.all[s]->name());
            const double ns = on.all[s]->load(check);
            check.end();
            if (round != 0) made[s].push_back(static_cast<double>(on.rows.size()) / ns * 1e9);
        }
    on.each([](side& one) { one.open(); });
    return made;
}

/// Prints ours against the best that is written by hand at once, and all sides at the end.
class disk_report {
public:
    explicit disk_report(report& to) : to_(to) {
        to_.section("rows a second: WAL, synchronous=FULL, exclusive; theirs: SQLite's C functions by hand");
    }

    void add(const std::string& name, const side_rounds& got, budget limit) {
        to_.add(compare(name, "rows/s", {got[disk_sides::ours], got[disk_sides::hand]}, limit));
        sides_row row{name, "rows/s", {}};
        for (const std::vector<double>& one : got)
            row.figures.push_back(one.empty() ? std::nullopt : std::optional(median(one)));
        rows_.push_back(std::move(row));
    }
    void add_all_sides() {
        to_.section("the same of all sides, medians", {disk_sides::names.begin(), disk_sides::names.end()});
        for (const sides_row& row : rows_) to_.add_sides(row);
    }

private:
    report& to_;
    std::vector<sides_row> rows_{};
};

} // namespace bench
