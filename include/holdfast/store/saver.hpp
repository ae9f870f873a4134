// SPDX-License-Identifier: MIT
/// @file
/// What a store does in the background: takes sealed ticks from the ring into the log, writes what is in the
/// log to SQLite. In steps, which the threads that it runs on call; no commit wakes them: they look.
#pragma once

#include <holdfast/io/clock.hpp>
#include <holdfast/io/thread.hpp>
#include <holdfast/store/back_off.hpp>
#include <holdfast/store/batch_writer.hpp>
#include <holdfast/store/health.hpp>
#include <holdfast/store/log_filler.hpp>
#include <holdfast/store/options.hpp>
#include <holdfast/store/threads.hpp>

#include <algorithm>
#include <exception>
#include <memory>
#include <new>
#include <utility>

namespace holdfast {

/// See the file's sentence. Threads: constructed, asked and stopped by the thread that edits.
class saver final : private detail::background_work {
public:
    /// @param files      Where the log is written, begun; null: nowhere.
    /// @param ring_path  The file of `from`; empty: it is in memory.
    [[gnu::cold]] saver(sqlite::connection db, const std::string& path, log_schema schema, std::uint32_t epoch,
                        ring& from, const std::string& ring_path, std::uint64_t applied,
                        std::unique_ptr<log_files> files, std::uint32_t last_crc, const options& chosen)
        : options_(chosen), told_(chosen), clock_(chosen.time != nullptr ? *chosen.time : machine_clock()), ring_(from),
          log_(epoch, applied, std::move(files), last_crc), filler_(ring_, ring_path, log_, options_, clock_, told_),
          writer_(std::move(db), path, std::move(schema), epoch), database_file_(path, false), saved_(applied) {
        if (chosen.run_on == nullptr) own_threads_ = std::make_unique<threads>();
        threads_ = chosen.run_on != nullptr ? chosen.run_on : own_threads_.get();
        if (!threads_->log_.add(*this) || !threads_->writer_.add(*this)) {
            give_up("the system has no thread to give", log_ended_);
            give_up("the system has no thread to give", writer_ended_);
        }
    }
    [[gnu::cold]] ~saver() { stop(); }

    /// Waits until everything up to `target` is in SQLite, or `within` is over, or it cannot be.
    void save_through(tick target, std::chrono::milliseconds within) {
        mutex_lock hold(guard_);
        if (target > wanted_) wanted_ = target;
        ++asked_;
        hold.unlock();
        threads_->log_.wake();
        threads_->writer_.wake();
        hold.lock();
        saved_more_.wait_for(hold, nanoseconds_in(within),
                             [&] { return saved_ >= target || state_ == health_report::state::failed; });
    }

    /// Waits until everything up to `target` is synced in the log, or `within` is over, or it cannot be.
    void sync_through(tick target, std::chrono::milliseconds within) {
        want_durable(target);
        mutex_lock hold(guard_);
        ++asked_;
        hold.unlock();
        threads_->log_.wake();
        hold.lock();
        saved_more_.wait_for(hold, nanoseconds_in(within), [&] { return log_.durable() >= target || log_ended_; });
    }
    /// The log is synced at its next step, and not when `sync_every` is over, if `target` is not durable then. No lock.
    void want_durable(tick target) noexcept {
        if (wanted_durable_.load(std::memory_order_relaxed) < target)
            wanted_durable_.store(target, std::memory_order_relaxed); // only the thread that edits writes it
    }

    /// The last tick that is synced in the log. Threads: any.
    [[nodiscard]] tick durable() const noexcept { return log_.durable(); }

    /// Writes the ops of one tick at once, past the log, and waits for it. Everything before is in SQLite. Errors: as
    /// `delta_writer::apply_alone`.
    [[nodiscard, gnu::cold]] result<batch_report> write_alone(bytes_view payload, tick number) {
        mutex_lock hold(guard_);
        alone_ = payload;
        alone_tick_ = number;
        hold.unlock();
        threads_->writer_.wake();
        hold.lock();
        constexpr std::int64_t hour_ns = 3'600'000'000'000;
        while (!alone_done_ && !writer_ended_)
            saved_more_.wait_for(hold, hour_ns, [&] { return alone_done_ || writer_ended_; });
        alone_tick_ = 0;
        if (!alone_done_) return *last_error_;
        result<batch_report> done = std::move(*alone_done_);
        alone_done_.reset();
        return done;
    }
    /// Nobody knows whether the file has what the last `write_alone` gave an error for.
    [[nodiscard]] bool outcome_unknown() const {
        const mutex_lock hold(guard_);
        return alone_unknown_;
    }

    /// Ends the work, after the step that is running; what it has not written stays unwritten.
    [[gnu::cold]] void stop() noexcept {
        threads_->log_.remove(*this);
        threads_->writer_.remove(*this);
        mutex_lock hold(guard_);
        if (std::exchange(stopping_, true)) return; // the files may be another store's by now
        hold.unlock();
        (void)log_step(); // what is sealed comes to the log, as health will say
    }

    /// What was sealed since `stop` comes to the log, too.
    [[gnu::cold]] void take_the_last() noexcept { (void)log_step(); }

    /// Closes the database; only after `stop`.
    /// @param clean  Everything is in it: it says so of itself. When that cannot be written, nothing is lost by it.
    void close_database(bool clean) noexcept { writer_.close(clean); }

    /// Fills in everything that the threads know.
    void describe(health_report& report) const {
        const mutex_lock hold(guard_);
        const std::optional<error> of_log = filler_.last_error();
        report.is = state_ == health_report::state::good && of_log ? health_report::state::failing : state_;
        report.last_error = last_error_ ? last_error_ : of_log;
        report.durable = log_.durable();
        report.saved = saved_;
        report.queue_bytes = log_.bytes();
        report.overflow_bytes = ring_.heap_bytes();
        if (pending_since_ns_ != 0)
            report.oldest_unsaved = std::chrono::nanoseconds(clock_.steady_ns() - pending_since_ns_);
        report.batches = batches_;
        report.rows_written = rows_written_;
        report.other_forms = other_forms_;
        report.failures = failures_ + filler_.failures();
        report.last_batch = last_batch_;
        report.longest_batch = longest_batch_;
        report.saver_cpu = std::chrono::nanoseconds(log_cpu_ns_ + writer_cpu_ns_);
    }

    /// Why the log could not be written the last time, until it can. Threads: any.
    [[nodiscard]] std::optional<error> log_error() const { return filler_.last_error(); }

    /// The ring's file is not there any more: a killed process would not leave it.
    [[nodiscard]] bool ring_gone() const noexcept { return filler_.ring_gone(); }

    /// Says something to the caller's log.
    void say(log_level level, std::string_view text) const { told_.say(level, text); }

private:
    [[nodiscard]] static std::int64_t nanoseconds_in(std::chrono::milliseconds within) noexcept {
        constexpr std::chrono::milliseconds year = std::chrono::hours(24 * 365); // for ever, and never overflows
        return std::chrono::nanoseconds(std::min(within, year)).count();
    }

    bool log_step() noexcept override { return guarded(log_ended_, &saver::fill_log); }
    bool write_step() noexcept override { return guarded(writer_ended_, &saver::save_one_batch); }

    /// No exception leaves a step: it becomes a failed store that says why, and the last step of its kind.
    bool guarded(bool& ended, bool (saver::*step)()) noexcept {
        if (ended) return false;
        try {
            return (this->*step)();
        } catch (const std::bad_alloc&) {
            return false; // there may be memory again at the next step
        } catch (const std::exception& why) {
            give_up(why.what(), ended);
        } catch (...) {
            give_up("unknown exception", ended);
        }
        return false;
    }
    [[gnu::cold]] void give_up(const char* why, bool& ended) noexcept {
        const mutex_lock hold(guard_);
        ended = true;
        state_ = health_report::state::failed;
        try {
            last_error_ = error{errc::io, words({"a background thread ended: ", why})};
        } catch (const std::bad_alloc&) {
            last_error_ = error{errc::io, out_of_memory};
        }
        saved_more_.notify_all();
    }

    /// Takes what is sealed now; what is sealed meanwhile, at the next step. Syncs when it is time.
    bool fill_log() {
        look_at_files();
        if (!filler_.has_work()) return false;
        const std::int64_t begun = thread_cpu_ns();
        if (filler_.take()) note_pending(); // first: who sees the tick in the log sees since when it waits
        const bool tried = filler_.sync(demand());
        mutex_lock hold(guard_);
        if (tried) saved_more_.notify_all();
        log_cpu_ns_ += thread_cpu_ns() - begun;
        const bool writer_has_work = due();
        if (const tick durable = log_.durable(); durable <= saved_) { // a bulk load's, which went to SQLite first
            log_.drop_through(durable);                               // not saved_: what is not synced must stay
            if (log_.bytes() == 0) pending_since_ns_ = 0;
        }
        hold.unlock();
        if (writer_has_work) threads_->writer_.wake();
        return false;
    }

    /// Once a second: what is written to a file that somebody has taken away is gone.
    void look_at_files() {
        const std::int64_t now = clock_.steady_ns();
        if (!log_.in_files() || now < look_again_ns_) return;
        look_again_ns_ = now + 1'000'000'000;
        filler_.look_at_files();
        if (database_gone_) return;
        const auto gone = database_file_.gone();
        if (!gone) return;
        mutex_lock hold(guard_);
        database_gone_ = true;
        last_error_ = gone;
        state_ = health_report::state::failed;
        saved_more_.notify_all();
        hold.unlock();
        say(log_level::error, words({gone->detail, ": nothing is saved any more; the log has what is not"}));
    }

    void note_pending() noexcept {
        const mutex_lock hold(guard_);
        if (pending_since_ns_ == 0) pending_since_ns_ = clock_.steady_ns();
    }
    [[nodiscard]] log_filler::demand demand() const {
        const mutex_lock hold(guard_);
        return {std::max(wanted_, wanted_durable_.load(std::memory_order_relaxed)), asked_, stopping_};
    }

    /// After an error the caller takes the load back.
    [[gnu::cold]] void do_alone(mutex_lock& hold) {
        const bytes_view payload = alone_;
        const tick number = alone_tick_;
        if (database_gone_) {
            alone_unknown_ = false;
            alone_done_.emplace(*last_error_);
            saved_more_.notify_all();
            return;
        }
        hold.unlock();
        bool unknown = false;
        auto done = writer_.apply_alone(payload, number, unknown);
        hold.lock();
        if (done) {
            saved_ = done->applied;
            rows_written_ += done->rows;
            other_forms_ += done->other_forms;
        }
        alone_unknown_ = unknown;
        alone_done_.emplace(std::move(done));
        saved_more_.notify_all();
    }

    bool save_one_batch() {
        mutex_lock hold(guard_);
        if (alone_tick_ != 0 && !alone_done_) {
            do_alone(hold);
            return true;
        }
        if (!due()) return false;
        const tick after = saved_;
        hold.unlock();
        const std::int64_t begun = thread_cpu_ns();
        auto report = write_batch(after);
        hold.lock();
        writer_cpu_ns_ += thread_cpu_ns() - begun;
        if (report)
            note_success(*report, hold);
        else
            note_failure(report.why(), hold);
        return bool(report);
    }

    /// Whether there is something to write, and now is the time.
    [[nodiscard]] bool due() const {
        const tick durable = log_.durable();
        if (durable <= saved_) return false;
        if (database_gone_ || pause_.resting(asked_)) return false;
        if (wanted_ > saved_ || log_.bytes() > options_.batch_bytes) return true;
        return clock_.steady_ns() - pending_since_ns_ >= std::chrono::nanoseconds(options_.save_every).count();
    }

    /// Memory may run out while a batch is put together; it may be there again at the next try.
    [[nodiscard]] result<batch_report> try_batch(tick after) {
        try {
            return writer_.apply(log_.read(after, options_.batch_bytes));
        } catch (const std::bad_alloc&) {
            return error{errc::io, out_of_memory};
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
        other_forms_ += report.other_forms;
        pending_since_ns_ = log_.bytes() != 0 ? clock_.steady_ns() : 0;
        pause_.worked();
        const bool mended = last_error_ && !database_gone_;
        if (!database_gone_) {
            last_error_.reset();
            state_ = log_ended_ ? health_report::state::failed : health_report::state::good;
        }
        saved_more_.notify_all();
        if (mended) say_unlocked(log_level::info, words({"saving works again, up to tick ", saved_}), hold);
    }

    [[gnu::cold]] void note_failure(const error& why, mutex_lock& hold) {
        ++failures_;
        if (database_gone_) return;
        const bool for_good = why.code == errc::refused || why.code == errc::corrupt;
        const bool news = !last_error_ || last_error_->detail != why.detail;
        last_error_ = why;
        state_ = for_good ? health_report::state::failed : health_report::state::failing;
        pause_.failed(asked_);
        saved_more_.notify_all();
        if (news)
            say_unlocked(log_level::error, words({"saving failed, and will be tried again: ", why.message()}), hold);
    }

    void say_unlocked(log_level level, const std::string& text, mutex_lock& hold) const {
        hold.unlock();
        say(level, text);
        hold.lock();
    }

    const options options_;
    const speaker told_;
    const clock& clock_;
    ring& ring_;
    frame_log log_;
    log_filler filler_;
    batch_writer writer_;

    std::atomic<tick> wanted_durable_{0};
    const watched_file database_file_;
    std::int64_t look_again_ns_ = 0; ///< At the files: the log thread's.

    mutable mutex guard_; ///< Everything below; never taken by an edit or a commit.
    condition saved_more_;
    bytes_view alone_{};                               ///< What `write_alone` waits for,
    tick alone_tick_ = 0;                              ///< its number; 0: nothing,
    std::optional<result<batch_report>> alone_done_{}; ///< and what became of it.
    bool alone_unknown_ = false;
    tick wanted_ = 0;
    bool stopping_ = false;
    std::uint64_t asked_ = 0; ///< How often `save_through` was called.
    tick saved_;
    health_report::state state_ = health_report::state::good;
    std::optional<error> last_error_;
    std::int64_t pending_since_ns_ = 0; ///< When the oldest tick that is not saved came to the log; 0: none.
    bool database_gone_ = false;
    std::uint64_t batches_ = 0;
    std::uint64_t rows_written_ = 0;
    std::uint64_t other_forms_ = 0;
    std::uint64_t failures_ = 0;
    std::chrono::nanoseconds last_batch_{0};
    std::chrono::nanoseconds longest_batch_{0};
    std::int64_t log_cpu_ns_ = 0;
    std::int64_t writer_cpu_ns_ = 0;
    back_off pause_;

    bool log_ended_ = false;    ///< A step threw. Written with `guard_`, by whoever runs such steps.
    bool writer_ended_ = false; ///< Likewise.

    std::unique_ptr<threads> own_threads_;
    threads* threads_ = nullptr;
};

} // namespace holdfast
