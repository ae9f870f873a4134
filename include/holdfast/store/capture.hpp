// SPDX-License-Identifier: MIT
/// @file
/// A resync as the game thread sees it: every row of every table is logged with commits, a little in each.
#pragma once

#include <holdfast/io/clock.hpp>
#include <holdfast/queue/frame.hpp>
#include <holdfast/table/table_base.hpp>

#include <new>
#include <utility>
#include <vector>

namespace holdfast {

/// See the file's sentence. Changes are logged meanwhile as ever: those of a row that was not logged yet are passed over by
/// who reads it, because the row comes with them in it. Threads: the one that edits.
class capture {
public:
    [[gnu::cold]] capture(std::vector<table_base*> tables, std::int64_t budget_ns)
        : tables_(std::move(tables)), budget_ns_(budget_ns), table_(tables_.size()) {}

    /// The number of the resync that it has begun last; 0: none was.
    [[nodiscard]] std::uint32_t number() const noexcept { return number_; }
    [[nodiscard]] bool under_way() const noexcept { return under_way_; }

    /// A commit's share of resync `asked`; another one that is under way begins anew. 16 slots at least, so that it ends.
    /// False: out of memory; it goes on with the next commit.
    [[gnu::cold]] bool log_some(std::uint32_t asked, write_cursor& log) noexcept {
        BOOST_TRY {
            log.reserve(op_header_bytes); // so that the frame can be sealed, whatever follows
            if (asked != number_) begin(asked);
            const std::int64_t until_ns = machine_clock().steady_ns() + budget_ns_;
            while (table_ != tables_.size()) {
                const table_base& of = *tables_[table_];
                slot_ = tables_[table_]->log_rows(slot_, slots_at_once);
                if (slot_ >= of.slots().used()) {
                    ++table_;
                    slot_ = 0;
                }
                if (machine_clock().steady_ns() >= until_ns) break;
            }
            if (table_ == tables_.size()) end();
            return true;
        }
        BOOST_CATCH(const std::bad_alloc&) { return false; }
        BOOST_CATCH_END
    }

    /// Whether the open frame must be sealed, also when nothing stands in it.
    [[nodiscard]] bool marks_frame() const noexcept { return marks_.begins != 0 || marks_.ends != 0; }
    /// What the frame that is sealed now says.
    [[nodiscard]] resync_marks take_marks() noexcept { return std::exchange(marks_, {}); }

private:
    static constexpr std::size_t slots_at_once = 16; ///< Between looks at the clock.

    void begin(std::uint32_t asked) noexcept {
        number_ = marks_.begins = asked;
        under_way_ = true;
        table_ = slot_ = 0;
    }
    void end() {
        for (table_base* table : tables_) table->log_lease();
        marks_.ends = number_;
        under_way_ = false;
    }

    const std::vector<table_base*> tables_;
    const std::int64_t budget_ns_;
    std::uint32_t number_ = 0;
    bool under_way_ = false;
    resync_marks marks_{};
    std::size_t table_; ///< Where it is.
    std::size_t slot_ = 0;
};

} // namespace holdfast
