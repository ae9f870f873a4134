// SPDX-License-Identifier: MIT
/// @file
/// How saving goes: what health tells of it.
#pragma once

#include <holdfast/snapshot/delta_writer.hpp>
#include <holdfast/store/health.hpp>

#include <algorithm>
#include <utility>

namespace holdfast {

/// See the file's sentence. Threads: one at a time.
class save_state {
public:
    /// @param dead  What the file has of them when it is opened.
    save_state(tick saved, const dead_report& dead) : saved_(saved) {
        counts_.dead_rows = dead.rows;
        if (dead.rows != 0) refused_ = error{errc::refused, dead.why};
    }

    [[nodiscard]] tick saved() const noexcept { return saved_; }
    [[nodiscard]] std::uint64_t failures() const noexcept { return counts_.failures; }
    [[nodiscard]] const std::optional<error>& last_error() const noexcept { return last_error_; }
    [[nodiscard]] bool failed_for_good() const noexcept { return is_ == health_report::state::failed; }
    /// The database's file was taken away: nothing is written any more.
    [[nodiscard]] bool database_gone() const noexcept { return database_gone_; }

    /// A batch was tried, for so long.
    void took(std::chrono::nanoseconds time, bool worked) noexcept {
        counts_.last_batch = time;
        if (worked) counts_.longest_batch = std::max(counts_.longest_batch, time);
    }
    /// It is in the file.
    void wrote(const batch_report& report) {
        saved_ = report.applied;
        counts_.rows_written += report.rows;
        counts_.other_forms += report.other_forms;
        counts_.dead_rows = report.dead_rows;
        if (report.refused) refused_ = report.refused;
        if (report.dead_rows == 0) refused_.reset();
    }
    /// Saving works. Whether it did not before.
    [[nodiscard]] bool works(bool log_ended) {
        ++counts_.batches;
        if (database_gone_) return false;
        is_ = log_ended ? health_report::state::failed : health_report::state::good;
        return std::exchange(last_error_, std::nullopt).has_value();
    }
    /// Saving failed, and is tried again. Whether the reason is news.
    [[nodiscard]] bool failed(const error& why, bool for_good) {
        ++counts_.failures;
        if (database_gone_) return false;
        const bool news = !last_error_ || last_error_->detail != why.detail;
        last_error_ = why;
        is_ = for_good ? health_report::state::failed : health_report::state::failing;
        return news;
    }
    void fail_for_good(error why) noexcept {
        last_error_ = std::move(why);
        is_ = health_report::state::failed;
    }
    void lose_database(const error& why) {
        database_gone_ = true;
        fail_for_good(why);
    }

    /// @param of_log  Why the log cannot be written.
    void describe(health_report& report, const std::optional<error>& of_log) const {
        report = counts_;
        report.is = is_ != health_report::state::good ? is_
                    : of_log                          ? health_report::state::failing
                    : counts_.dead_rows != 0          ? health_report::state::incomplete
                                                      : is_;
        report.last_error = last_error_ ? last_error_ : of_log ? of_log : refused_;
        report.saved = saved_;
    }

private:
    tick saved_;
    health_report::state is_ = health_report::state::good;
    std::optional<error> last_error_;
    std::optional<error> refused_; ///< A row that SQLite refuses, and why.
    bool database_gone_ = false;
    health_report counts_{}; ///< What is counted, and how long batches took.
};

} // namespace holdfast
