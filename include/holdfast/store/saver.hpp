// SPDX-License-Identifier: MIT
/// @file
/// The threads behind a store: one takes sealed ticks from the ring into the log, one writes what is in
/// the log to SQLite. Neither is ever woken by the game thread: they look.
#pragma once

#include <holdfast/io/clock.hpp>
#include <holdfast/io/random_bytes.hpp>
#include <holdfast/io/thread.hpp>
#include <holdfast/queue/log.hpp>
#include <holdfast/snapshot/delta_writer.hpp>
#include <holdfast/store/health.hpp>
#include <holdfast/store/options.hpp>

#include <algorithm>
#include <exception>
#include <new>

namespace holdfast {

/// See the file's sentence. Threads: constructed, asked and stopped by the thread that edits.
class saver {
public:
    saver(sqlite::connection db, log_schema schema, std::uint32_t epoch, ring& from, std::uint64_t applied,
          const options& chosen)
        : db_(std::move(db)), options_(chosen), clock_(chosen.time != nullptr ? *chosen.time : machine_clock()),
          ring_(from), log_(epoch, applied), saved_(applied) {
        writer_.emplace(db_, std::move(schema), epoch);
        if (!log_thread_.start<&saver::run_log>(*this) || !writer_thread_.start<&saver::run_writer>(*this))
            give_up("the system has no thread to give");
    }
    saver(const saver&) = delete;
    saver& operator=(const saver&) = delete;
    ~saver() { stop(); }

    /// Waits until everything up to `target` is in SQLite, or `within` is over, or it cannot be.
    void save_through(tick target, std::chrono::milliseconds within) {
        mutex_lock hold(guard_);
        if (target > wanted_) wanted_ = target;
        ++asked_;
        work_.notify_all();
        constexpr std::chrono::milliseconds year = std::chrono::hours(24 * 365); // for ever, and never overflows
        saved_more_.wait_for(hold, std::chrono::nanoseconds(std::min(within, year)).count(),
                             [&] { return saved_ >= target || state_ == health_report::state::failed; });
    }

    /// Ends both threads; what they have not written stays unwritten.
    void stop() noexcept {
        {
            const mutex_lock hold(guard_);
            stopping_ = true;
            work_.notify_all();
        }
        log_thread_.join();
        writer_thread_.join();
    }

    /// Closes the database; only after `stop`.
    void close_database() noexcept {
        writer_.reset(); // its statements keep the connection open
        db_ = sqlite::connection();
    }

    /// Fills in everything that the threads know.
    void describe(health_report& report) const {
        const mutex_lock hold(guard_);
        report.is = state_;
        report.last_error = last_error_;
        report.durable = log_.durable();
        report.saved = saved_;
        report.queue_bytes = log_.bytes();
        report.overflow_bytes = ring_.heap_bytes();
        if (pending_since_ns_ != 0)
            report.oldest_unsaved = std::chrono::nanoseconds(clock_.steady_ns() - pending_since_ns_);
        report.batches = batches_;
        report.rows_written = rows_written_;
        report.failures = failures_;
        report.last_batch = last_batch_;
        report.longest_batch = longest_batch_;
        report.saver_cpu = std::chrono::nanoseconds(log_cpu_ns_ + writer_cpu_ns_);
    }

    /// Says something to the caller's log.
    void say(log_level level, std::string_view text) const {
        if (!options_.log) return;
        const mutex_lock hold(talking_);
        options_.log(level, text);
    }

private:
    void run_log() noexcept { guarded(&saver::keep_log); }
    void run_writer() noexcept { guarded(&saver::keep_saving); }

    /// No exception leaves a thread: it becomes a failed store that says why.
    void guarded(void (saver::*body)()) noexcept {
        try {
            (this->*body)();
        } catch (const std::exception& why) {
            give_up(why.what());
        } catch (...) {
            give_up("unknown exception");
        }
    }
    void give_up(const char* why) noexcept {
        const mutex_lock hold(guard_);
        state_ = health_report::state::failed;
        last_error_ = error{errc::io, std::string("a background thread ended: ") + why};
        saved_more_.notify_all();
    }

    void keep_log() {
        mutex_lock hold(guard_);
        for (bool last_round = false; !last_round;) {
            last_round = stopping_;
            hold.unlock();
            bool any = false;
            while (take_frame()) any = true;
            if (any) {
                note_pending(); // first: who sees the tick in the log sees since when it waits
                log_.sync();
            }
            const std::int64_t cpu = thread_cpu_ns();
            hold.lock();
            log_cpu_ns_ = cpu;
            if (any) work_.notify_all();
            if (!last_round) work_.wait_for(hold, log_pause_ns);
        }
    }

    void note_pending() noexcept {
        const mutex_lock hold(guard_);
        if (pending_since_ns_ == 0) pending_since_ns_ = clock_.steady_ns();
    }

    /// Out of memory: the frame stays in the ring and is taken later.
    [[nodiscard]] bool take_frame() {
        try {
            return ring_.take([&](const sealed_frame& frame) { log_.append(frame); });
        } catch (const std::bad_alloc&) {
            return false;
        }
    }

    void keep_saving() {
        mutex_lock hold(guard_);
        while (!stopping_) {
            if (!due()) {
                work_.wait_for(hold, look_again_ns);
                continue;
            }
            const tick after = saved_;
            hold.unlock();
            auto report = write_batch(after);
            hold.lock();
            writer_cpu_ns_ = thread_cpu_ns();
            if (report)
                note_success(*report, hold);
            else
                note_failure(report.why(), hold);
        }
    }

    /// Whether there is something to write, and now is the time.
    [[nodiscard]] bool due() const {
        const tick durable = log_.durable();
        if (durable <= saved_) return false;
        if (wanted_ > saved_ || log_.bytes() > options_.batch_bytes) return true;
        return clock_.steady_ns() - pending_since_ns_ >= std::chrono::nanoseconds(options_.save_every).count();
    }

    /// Memory may run out while a batch is put together; it may be there again at the next try.
    [[nodiscard]] result<batch_report> try_batch(tick after) {
        try {
            return writer_->apply(log_.read(after, options_.batch_bytes));
        } catch (const std::bad_alloc&) {
            return error{errc::io, "out of memory while saving"};
        }
    }

    [[nodiscard]] result<batch_report> write_batch(tick after) {
        const std::int64_t begun = clock_.steady_ns();
        auto report = try_batch(after);
        const std::chrono::nanoseconds took(clock_.steady_ns() - begun);
        if (report) log_.drop_through(report->applied);
        const mutex_lock hold(guard_);
        last_batch_ = took;
        if (report && took > longest_batch_) longest_batch_ = took;
        return report;
    }

    void note_success(const batch_report& report, mutex_lock& hold) {
        saved_ = report.applied;
        ++batches_;
        rows_written_ += report.rows;
        pending_since_ns_ = log_.bytes() != 0 ? clock_.steady_ns() : 0;
        const bool mended = last_error_.has_value();
        last_error_.reset();
        state_ = health_report::state::good;
        wait_ = first_wait;
        saved_more_.notify_all();
        if (mended) say_unlocked(log_level::info, "saving works again, up to tick " + std::to_string(saved_), hold);
    }

    void note_failure(const error& why, mutex_lock& hold) {
        ++failures_;
        const bool for_good = why.code == errc::refused || why.code == errc::corrupt;
        const bool news = !last_error_ || last_error_->detail != why.detail;
        last_error_ = why;
        state_ = for_good ? health_report::state::failed : health_report::state::failing;
        saved_more_.notify_all();
        if (news) say_unlocked(log_level::error, "saving failed, and will be tried again: " + why.message(), hold);
        // Between one half and all of the wait, so that many stores on one disk do not knock together.
        const auto pause = wait_ / 2 + wait_ * (random_number<std::uint32_t>() % 1'000) / 2'000;
        const std::uint64_t asked = asked_; // somebody who asks now has a reason to hope
        work_.wait_for(hold, std::chrono::nanoseconds(pause).count(), [&] { return stopping_ || asked_ != asked; });
        wait_ = std::min(wait_ * 2, longest_wait);
    }

    void say_unlocked(log_level level, const std::string& text, mutex_lock& hold) const {
        hold.unlock();
        say(level, text);
        hold.lock();
    }

    static constexpr std::int64_t log_pause_ns = 1'000'000;  ///< A sealed tick is seen within this.
    static constexpr std::int64_t look_again_ns = 5'000'000; ///< How often the writer asks what time it is.
    static constexpr std::chrono::milliseconds first_wait{50};
    static constexpr std::chrono::milliseconds longest_wait{5'000};

    sqlite::connection db_;
    const options options_;
    const clock& clock_;
    ring& ring_;
    frame_log log_;
    std::optional<delta_writer> writer_;

    mutable mutex guard_; ///< Everything below; never taken by an edit or a commit.
    mutable mutex talking_;
    condition work_;
    condition saved_more_;
    bool stopping_ = false;
    tick wanted_ = 0;
    std::uint64_t asked_ = 0; ///< How often `save_through` was called.
    tick saved_;
    health_report::state state_ = health_report::state::good;
    std::optional<error> last_error_;
    std::int64_t pending_since_ns_ = 0; ///< When the oldest tick that is not saved came to the log; 0: none.
    std::uint64_t batches_ = 0;
    std::uint64_t rows_written_ = 0;
    std::uint64_t failures_ = 0;
    std::chrono::nanoseconds last_batch_{0};
    std::chrono::nanoseconds longest_batch_{0};
    std::int64_t log_cpu_ns_ = 0;
    std::int64_t writer_cpu_ns_ = 0;
    std::chrono::milliseconds wait_ = first_wait;

    thread log_thread_;
    thread writer_thread_;
};

} // namespace holdfast
