// SPDX-License-Identifier: MIT
/// @file
/// What a store does in the background: takes sealed ticks from the ring into the log, writes what is in the
/// log to SQLite. In steps, which the threads that it runs on call; no commit wakes them: they look.
#pragma once

#include <holdfast/io/clock.hpp>
#include <holdfast/io/random_bytes.hpp>
#include <holdfast/io/thread.hpp>
#include <holdfast/queue/log.hpp>
#include <holdfast/snapshot/delta_writer.hpp>
#include <holdfast/store/health.hpp>
#include <holdfast/store/options.hpp>
#include <holdfast/store/threads.hpp>

#include <algorithm>
#include <exception>
#include <memory>
#include <new>

namespace holdfast {

/// See the file's sentence. Threads: constructed, asked and stopped by the thread that edits.
class saver final : private detail::background_work {
public:
    /// @param files  Where the log is written, begun; null: nowhere.
    [[gnu::cold]] saver(sqlite::connection db, std::string path, log_schema schema, std::uint32_t epoch, ring& from,
                        std::uint64_t applied, std::unique_ptr<log_files> files, std::uint32_t last_crc,
                        const options& chosen)
        : db_(std::move(db)), path_(std::move(path)), schema_(std::move(schema)), options_(chosen),
          clock_(chosen.time != nullptr ? *chosen.time : machine_clock()), ring_(from), has_files_(files != nullptr),
          log_(epoch, applied, std::move(files), last_crc), saved_(applied), taken_(applied) {
        db_.wait_when_busy(0); // a file that is locked is tried again later: others have their turn
        writer_.emplace(db_, schema_, epoch);
        if (chosen.run_on == nullptr) own_threads_ = std::make_unique<threads>();
        threads_ = chosen.run_on != nullptr ? chosen.run_on : own_threads_.get();
        if (!threads_->log_.add(*this) || !threads_->writer_.add(*this))
            give_up("the system has no thread to give", writer_ended_);
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
        stopping_ = true;
        hold.unlock();
        (void)log_step(); // what is sealed comes to the log, as health will say
    }

    /// Closes the database; only after `stop`.
    /// @param clean  Everything is in it: it says so of itself. When that cannot be written, nothing is lost by it.
    void close_database(bool clean) noexcept {
        writer_.reset(); // its statements keep the connection open
        if (clean) (void)db_.run("UPDATE holdfast_meta SET clean = 1 WHERE id = 1");
        db_ = sqlite::connection();
    }

    /// Fills in everything that the threads know.
    void describe(health_report& report) const {
        const mutex_lock hold(guard_);
        report.is = state_ == health_report::state::good && log_error_ ? health_report::state::failing : state_;
        report.last_error = last_error_ ? last_error_ : log_error_;
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
        const tick sealed = ring_.sealed();
        if (sealed <= log_.durable()) return false;
        const std::int64_t begun = thread_cpu_ns();
        bool any = false;
        while (taken_ < sealed && take_frame()) any = true;
        if (any) note_pending(); // first: who sees the tick in the log sees since when it waits
        if (taken_ > log_.durable() && sync_due()) sync_log();
        mutex_lock hold(guard_);
        log_cpu_ns_ += thread_cpu_ns() - begun;
        const bool writer_has_work = due();
        if (log_.durable() <= saved_) { // a bulk load's, which went to SQLite first
            pending_since_ns_ = 0;
            log_.drop_through(saved_);
        }
        hold.unlock();
        if (writer_has_work) threads_->writer_.wake();
        return false;
    }

    [[nodiscard]] bool sync_due() const {
        if (!has_files_) return true;
        const mutex_lock hold(guard_);
        const bool asked =
            std::max(wanted_, wanted_durable_.load(std::memory_order_relaxed)) > log_.durable() || stopping_;
        // After a failure, not before its pause is over; but somebody who asks has a reason to hope.
        if (log_error_ && asked_ == asked_at_log_failure_ && !stopping_)
            return machine_clock().steady_ns() >= try_log_again_ns_;
        if (asked || ring_.heap_bytes() != 0) return true;
        return clock_.steady_ns() - unsynced_since_ns_ >= std::chrono::nanoseconds(options_.sync_every).count();
    }

    /// Makes what was taken durable, and gives its space in the ring back.
    void sync_log() {
        auto ok = try_sync();
        if (ok) ring_.release();
        auto tidied = ok ? log_.tidy() : result<void>();
        mutex_lock hold(guard_);
        saved_more_.notify_all();
        if (ok) {
            unsynced_since_ns_ = 0;
            log_wait_ = first_wait;
            const bool mended = log_error_.has_value();
            log_error_.reset();
            if (mended)
                say_unlocked(log_level::info, words({"the log works again, up to tick ", log_.durable()}), hold);
            if (!tidied) say_unlocked(log_level::warning, tidied.why().message(), hold);
            return;
        }
        ++failures_;
        const bool news = !log_error_ || log_error_->detail != ok.why().detail;
        log_error_ = ok.why();
        asked_at_log_failure_ = asked_;
        try_log_again_ns_ = machine_clock().steady_ns() + next_pause_ns(log_wait_);
        if (news)
            say_unlocked(log_level::error,
                         words({"the log cannot be written, and will be tried again: ", ok.why().message()}), hold);
    }
    [[nodiscard]] result<void> try_sync() {
        try {
            return log_.sync();
        } catch (const std::bad_alloc&) {
            return error{errc::io, out_of_memory};
        }
    }
    /// Between one half and all of the wait, so that many stores on one disk do not knock together; the next is longer.
    [[nodiscard]] static std::int64_t next_pause_ns(std::chrono::milliseconds& wait) noexcept {
        const auto pause = wait / 2 + wait * (random_number<std::uint32_t>() % 1'000) / 2'000;
        wait = std::min(wait * 2, longest_wait);
        return std::chrono::nanoseconds(pause).count();
    }

    void note_pending() noexcept {
        const mutex_lock hold(guard_);
        const std::int64_t now = clock_.steady_ns();
        if (pending_since_ns_ == 0) pending_since_ns_ = now;
        if (unsynced_since_ns_ == 0) unsynced_since_ns_ = now;
    }

    /// Out of memory: the frame stays in the ring and is taken later.
    [[nodiscard]] bool take_frame() {
        try {
            return ring_.take([&](const sealed_frame& frame) {
                log_.append(frame);
                taken_ = frame.header.number;
            });
        } catch (const std::bad_alloc&) {
            return false;
        }
    }

    /// After an error the caller takes the load back.
    [[gnu::cold]] void do_alone(mutex_lock& hold) {
        const bytes_view payload = alone_;
        const tick number = alone_tick_;
        hold.unlock();
        auto ready = connect_again();
        auto done = ready ? writer_->apply_alone(payload, number) : result<batch_report>(ready.why());
        bool unknown = ready && writer_->outcome_unknown();
        if (unknown && connect_again()) unknown = !writer_->settle(done);
        hold.lock();
        if (done) {
            saved_ = done->applied;
            rows_written_ += done->rows;
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
        // After a failure, not before its pause is over; but somebody who asks has a reason to hope.
        if (last_error_ && asked_ == asked_at_failure_ && machine_clock().steady_ns() < try_again_ns_) return false;
        if (wanted_ > saved_ || log_.bytes() > options_.batch_bytes) return true;
        return clock_.steady_ns() - pending_since_ns_ >= std::chrono::nanoseconds(options_.save_every).count();
    }

    /// After a COMMIT that met an I/O error: another connection, and the file checked, before anything else is done.
    [[nodiscard, gnu::cold]] result<void> connect_again() {
        if (path_ == ":memory:" || (writer_ && !writer_->needs_fresh_connection())) return {};
        if (writer_) {
            in_doubt_ = writer_->in_doubt();
            writer_.reset();                      // its statements keep the connection open
            (void)db_.checkpoint_on_close(false); // it may read what the disk does not have
            db_ = sqlite::connection();
        }
        auto fresh = sqlite::open_again(path_);
        if (!fresh) return fresh.why();
        db_ = std::move(*fresh);
        db_.wait_when_busy(0);
        writer_.emplace(db_, schema_, log_.epoch(), in_doubt_);
        return {};
    }

    /// Memory may run out while a batch is put together; it may be there again at the next try.
    [[nodiscard]] result<batch_report> try_batch(tick after) {
        try {
            if (auto ok = connect_again(); !ok) return ok.why();
            return writer_->apply(log_.read(after, options_.batch_bytes));
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
        pending_since_ns_ = log_.bytes() != 0 ? clock_.steady_ns() : 0;
        const bool mended = last_error_.has_value();
        last_error_.reset();
        state_ = log_ended_ ? health_report::state::failed : health_report::state::good;
        wait_ = first_wait;
        saved_more_.notify_all();
        if (mended) say_unlocked(log_level::info, words({"saving works again, up to tick ", saved_}), hold);
    }

    [[gnu::cold]] void note_failure(const error& why, mutex_lock& hold) {
        ++failures_;
        const bool for_good = why.code == errc::refused || why.code == errc::corrupt;
        const bool news = !last_error_ || last_error_->detail != why.detail;
        last_error_ = why;
        state_ = for_good ? health_report::state::failed : health_report::state::failing;
        try_again_ns_ = machine_clock().steady_ns() + next_pause_ns(wait_);
        asked_at_failure_ = asked_;
        saved_more_.notify_all();
        if (news)
            say_unlocked(log_level::error, words({"saving failed, and will be tried again: ", why.message()}), hold);
    }

    void say_unlocked(log_level level, const std::string& text, mutex_lock& hold) const {
        hold.unlock();
        say(level, text);
        hold.lock();
    }

    static constexpr std::chrono::milliseconds first_wait{50};
    static constexpr std::chrono::milliseconds longest_wait{5'000};

    sqlite::connection db_;
    const std::string path_;
    const log_schema schema_;
    const options options_;
    const clock& clock_;
    ring& ring_;
    const bool has_files_;
    frame_log log_;
    std::optional<delta_writer> writer_; ///< None while the database could not be opened again.
    std::uint64_t in_doubt_ = 0;         ///< What the writer said of itself then.

    std::atomic<tick> wanted_durable_{0};

    mutable mutex guard_; ///< Everything below; never taken by an edit or a commit.
    mutable mutex talking_;
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
    std::uint64_t batches_ = 0;
    std::uint64_t rows_written_ = 0;
    std::uint64_t failures_ = 0;
    std::chrono::nanoseconds last_batch_{0};
    std::chrono::nanoseconds longest_batch_{0};
    std::int64_t log_cpu_ns_ = 0;
    std::int64_t writer_cpu_ns_ = 0;
    std::chrono::milliseconds wait_ = first_wait;
    std::int64_t try_again_ns_ = 0;      ///< By the machine's clock: when the pause after a failure is over.
    std::uint64_t asked_at_failure_ = 0; ///< What `asked_` was then.
    std::optional<error> log_error_;     ///< Of the log: the same.
    std::int64_t unsynced_since_ns_ = 0;
    std::chrono::milliseconds log_wait_ = first_wait;
    std::int64_t try_log_again_ns_ = 0;
    std::uint64_t asked_at_log_failure_ = 0;

    tick taken_;                ///< Of the step that fills the log: the last tick in it.
    bool log_ended_ = false;    ///< A step threw. Written with `guard_`, by whoever runs such steps.
    bool writer_ended_ = false; ///< Likewise.

    std::unique_ptr<threads> own_threads_;
    threads* threads_ = nullptr;
};

} // namespace holdfast
