// SPDX-License-Identifier: MIT
/// @file
/// The thread that makes images, and what it makes: the rows of the newest one.
#pragma once

#include "snapshot/strategy.hpp"
#include "support/not_forked.hpp"
#include "support/timing.hpp"

#include <atomic>
#include <exception>
#include <limits>
#include <semaphore>
#include <thread>
#include <utility>

namespace bench {

/// A writer's sink: as a file would, it has all rows of the newest image; a delta changes only some.
template <class Row> class image_file {
public:
    /// @param row_ns  How long it takes over a row, at least: a slow disk.
    image_file(std::size_t rows, std::int64_t row_ns) : rows_(first_rows<Row>(rows)), row_ns_(row_ns) {}
    image_file(const image_file&) = delete;
    image_file& operator=(const image_file&) = delete;
    ~image_file() = default;

    void operator()(row_number i, const Row& row) {
        if (i == lost_) return;
        rows_[i] = row;
        ++written_;
        if (row_ns_ == 0) return;
        for (const std::int64_t end = read_ns() + row_ns_; read_ns() < end;) {}
    }
    /// From here on it does not take this row.
    void lose(row_number row) noexcept { lost_ = row; }
    [[nodiscard]] const std::vector<Row>& rows() const noexcept { return rows_; }
    [[nodiscard]] std::uint64_t written() const noexcept { return written_; }

private:
    std::vector<Row> rows_;
    not_forked alone_{rows_.data(), rows_.size() * sizeof(Row)};
    std::int64_t row_ns_;
    std::uint64_t written_ = 0;
    row_number lost_ = std::numeric_limits<row_number>::max();
};

/// Captures one image after the other. The game thread starts them, and looks whether one is done.
template <class Strategy> class image_writer {
public:
    using row = typename Strategy::row;

    image_writer(Strategy& of, image_file<row>& to) : of_(&of), to_(&to), runs_([this] { run(); }) {}
    image_writer(const image_writer&) = delete;
    image_writer& operator=(const image_writer&) = delete;
    ~image_writer() {
        ending_ = true;
        begin_.release();
        runs_.join();
    }

    [[nodiscard]] bool idle() const noexcept { return idle_.load(std::memory_order_acquire); }
    void start() {
        idle_.store(false, std::memory_order_relaxed);
        begin_.release();
    }
    /// Throws what the capture has thrown.
    void wait() {
        idle_.wait(false, std::memory_order_acquire);
        if (failed_) std::rethrow_exception(failed_);
    }
    /// Of its thread, or of the child that it has waited for, since this was asked last. Only while it is idle.
    [[nodiscard]] std::int64_t take_processor_ns() noexcept { return std::exchange(processor_ns_, 0); }
    /// When the last image was done. Only while it is idle.
    [[nodiscard]] std::int64_t done_at_ns() const noexcept { return done_at_ns_; }

private:
    void run() {
        for (begin_.acquire(); !ending_; begin_.acquire()) {
            [[maybe_unused]] const std::int64_t begun = read_ns(CLOCK_THREAD_CPUTIME_ID);
            try {
                of_->capture(*to_);
            } catch (...) {
                failed_ = std::current_exception();
            }
            if constexpr (writes_itself<Strategy>) {
                processor_ns_ += of_->child_ns();
                done_at_ns_ = of_->written_at_ns();
            } else {
                processor_ns_ += read_ns(CLOCK_THREAD_CPUTIME_ID) - begun;
                done_at_ns_ = read_ns();
            }
            idle_.store(true, std::memory_order_release);
            idle_.notify_one();
        }
    }

    Strategy* of_;
    image_file<row>* to_;
    std::binary_semaphore begin_{0};
    std::atomic<bool> idle_{true};
    bool ending_ = false;
    std::exception_ptr failed_;
    std::int64_t processor_ns_ = 0;
    std::int64_t done_at_ns_ = 0;
    std::thread runs_; ///< Last: it uses the others.
};

} // namespace bench
