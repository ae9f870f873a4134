// SPDX-License-Identifier: MIT
/// @file
/// Fields that are `saved_every`: what marked rows have in them is logged with commits, a little in each.
#pragma once

#include <holdfast/io/clock.hpp>
#include <holdfast/store/options.hpp>
#include <holdfast/table/table_base.hpp>

#include <limits>
#include <new>
#include <vector>

namespace holdfast {

/// See the file's sentence. Every `options::interval` it goes once through the tables; in a commit no longer than
/// `options::capture_budget`, so that a great round is spread over several. Threads: the one that edits.
class later_fields {
public:
    [[gnu::cold]] later_fields(const std::vector<table_base*>& tables, const options& chosen, std::int64_t now_ns)
        : every_ns_(std::chrono::nanoseconds(chosen.interval).count()),
          budget_ns_(std::chrono::nanoseconds(chosen.capture_budget).count()), begun_ns_(now_ns), logged_ns_(now_ns) {
        for (table_base* table : tables)
            if (table->has_later()) tables_.push_back(table);
        table_ = tables_.size();
    }

    /// Whether no table has such a field.
    [[nodiscard]] bool none() const noexcept { return tables_.empty(); }

    /// When the last whole round began: what is in the log is of then, or newer.
    [[nodiscard]] std::int64_t logged_since_ns() const noexcept { return logged_ns_; }

    /// A commit's share, when a round is due or under way. It logs 16 rows at least, so that every round ends.
    void log_some(std::int64_t now_ns) noexcept {
        if (table_ == tables_.size()) {
            if (now_ns - begun_ns_ < every_ns_) return;
            begin(now_ns);
        }
        go_on(machine_clock().steady_ns() + budget_ns_);
    }
    /// A whole round, however long it takes.
    [[gnu::cold]] void log_all(std::int64_t now_ns) noexcept {
        begin(now_ns);
        go_on(std::numeric_limits<std::int64_t>::max());
    }

private:
    static constexpr std::size_t rows_at_once = 16; ///< Between looks at the clock.

    void begin(std::int64_t now_ns) noexcept {
        begun_ns_ = now_ns;
        table_ = slot_ = 0;
    }
    /// Out of memory: the round goes on with the next commit.
    void go_on(std::int64_t until_ns) noexcept {
        BOOST_TRY {
            do {
                table_base& of = *tables_[table_];
                slot_ = of.log_later(slot_, rows_at_once);
                if (slot_ >= of.marked_end()) {
                    ++table_;
                    slot_ = 0;
                }
            } while (table_ != tables_.size() && machine_clock().steady_ns() < until_ns);
            if (table_ == tables_.size()) logged_ns_ = begun_ns_;
        }
        BOOST_CATCH(const std::bad_alloc&) { return; }
        BOOST_CATCH_END
    }

    const std::int64_t every_ns_;
    const std::int64_t budget_ns_;
    std::vector<table_base*> tables_;
    std::int64_t begun_ns_;
    std::int64_t logged_ns_;
    std::size_t table_ = 0; ///< Where the round is; the number of tables: none is under way.
    std::size_t slot_ = 0;
};

} // namespace holdfast
