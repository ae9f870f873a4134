// SPDX-License-Identifier: MIT
/// @file
/// What a store does in the background: takes sealed ticks from the ring into the log, writes what is in the
/// log to SQLite. In steps, which the threads that it runs on call; no commit wakes them: they look.
#pragma once

#include <holdfast/io/clock.hpp>
#include <holdfast/io/thread.hpp>
#include <holdfast/store/back_off.hpp>
#include <holdfast/store/backup_keeper.hpp>
#include <holdfast/store/batch_writer.hpp>
#include <holdfast/store/database.hpp>
#include <holdfast/store/divergence.hpp>
#include <holdfast/store/health.hpp>
#include <holdfast/store/log_filler.hpp>
#include <holdfast/store/lone_tick.hpp>
#include <holdfast/store/options.hpp>
#include <holdfast/store/save_state.hpp>
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
    [[gnu::cold]] saver(database opened, log_schema schema, std::uint32_t epoch, ring& from,
                        const std::string& ring_path, std::unique_ptr<log_files> files, std::uint32_t last_crc,
                        const options& chosen)
        : options_(chosen), told_(chosen), clock_(chosen.time != nullptr ? *chosen.time : machine_clock()), ring_(from),
          log_(epoch, opened.applied, std::move(files), last_crc),
          filler_(ring_, ring_path, log_, options_, clock_, told_, resync_),
          writer_(std::move(opened.db), opened.path, std::move(schema), epoch, options_, told_),
          database_file_(opened.path, false),
          backups_(opened.path, opened.known, opened.applied, options_, clock_, told_),
          state_(opened.applied, opened.dead) {
        if (chosen.run_on == nullptr) own_threads_ = std::make_unique<threads>();
        threads_ = chosen.run_on != nullptr ? chosen.run_on : own_threads_.get();
        if (!threads_->add(*this)) {
            give_up("the system has no thread to give", log_ended_);
            give_up("the system has no thread to give", writer_ended_);
        }
    }
    [[gnu::cold]] ~saver() { stop(); }

    /// Waits until everything up to `target` is in SQLite, or `within` is over, or it cannot be, or another resync than
    /// `begun` is asked for.
    void save_through(tick target, std::chrono::nanoseconds within, std::optional<std::uint32_t> begun) {
        mutex_lock hold(guard_);
        if (target > wanted_) wanted_ = target;
        ++asked_;
        const std::uint64_t before = state_.failures(); // whoever asks is told of the try that he has asked for
        hold.unlock();
        threads_->log_.wake();
        threads_->writer_.wake();
        hold.lock();
        saved_more_.wait_for(hold, within.count(), [&] {
            const bool tried = state_.failures() != before || state_.database_gone() || writer_ended_ || log_ended_;
            return state_.saved() >= target || (state_.failed_for_good() && tried) ||
                   begun.value_or(resync_.asked()) != resync_.asked();
        });
    }

    /// Waits until everything up to `target` is synced in the log, or `within` is over, or it cannot be.
    void sync_through(tick target, std::chrono::milliseconds within) {
        want_durable(target);
        mutex_lock hold(guard_);
        ++asked_;
        hold.unlock();
        threads_->log_.wake();
        hold.lock();
        saved_more_.wait_for(hold, nanoseconds_in(within).count(),
                             [&] { return log_.durable() >= target || log_ended_; });
    }
    /// The log is synced at its next step, and not when `sync_every` is over, if `target` is not durable then. No lock.
    void want_durable(tick target) noexcept {
        if (wanted_durable_.load(std::memory_order_relaxed) < target)
            wanted_durable_.store(target, std::memory_order_relaxed); // only the thread that edits writes it
    }

    /// The number of the newest resync that was asked for. Threads: any.
    [[nodiscard]] std::uint32_t resync_asked() const noexcept { return resync_.asked(); }

    /// The last tick that is synced in the log. Threads: any.
    [[nodiscard]] tick durable() const noexcept { return log_.durable(); }

    /// Writes the ops of one tick at once, past the log, and waits for it. Everything before is in SQLite. Errors: as
    /// `delta_writer::apply_alone`.
    [[nodiscard, gnu::cold]] result<batch_report> write_alone(bytes_view payload, tick number) {
        mutex_lock hold(guard_);
        lone_.ask(payload, number);
        hold.unlock();
        threads_->writer_.wake();
        hold.lock();
        constexpr std::int64_t hour_ns = 3'600'000'000'000;
        const auto ended = [&] { return lone_.finished() || writer_ended_; };
        while (!ended()) saved_more_.wait_for(hold, hour_ns, ended);
        auto done = lone_.take();
        return done ? std::move(*done) : result<batch_report>(*state_.last_error());
    }
    /// Nobody knows whether the file has what the last `write_alone` gave an error for.
    [[nodiscard]] bool outcome_unknown() const {
        const mutex_lock hold(guard_);
        return lone_.unknown();
    }

    /// Ends the work, after the step that is running; what it has not written stays unwritten.
    [[gnu::cold]] void stop() noexcept {
        backups_.stop();
        threads_->remove(*this);
        backups_.remove_unfinished();
        mutex_lock hold(guard_);
        if (std::exchange(stopping_, true)) return; // the files may be another store's by now
        hold.unlock();
        (void)log_step(); // what is sealed comes to the log, as health will say
    }

    /// What was sealed since `stop` comes to the log, too.
    [[gnu::cold]] void take_the_last() noexcept { (void)log_step(); }

    /// Closes the database; only after `stop`. See `batch_writer::close`.
    void close_database(const std::string& last_words) noexcept { writer_.close(last_words); }

    /// Fills in everything that the threads know.
    void describe(health_report& report) const {
        const mutex_lock hold(guard_);
        state_.describe(report, filler_.last_error());
        report.durable = log_.durable();
        report.dropped_from = filler_.dropped_from();
        report.resyncing = report.dropped_from != 0 || needs_resync();
        report.queue_bytes = log_.bytes();
        report.overflow_bytes = ring_.heap_bytes();
        if (pending_since_ns_ != 0)
            report.oldest_unsaved = std::chrono::nanoseconds(clock_.steady_ns() - pending_since_ns_);
        report.failures += filler_.failures();
        report.reserve_used = writer_.reserve_used();
        backups_.describe(report);
        report.saver_cpu = std::chrono::nanoseconds(log_cpu_ns_ + writer_cpu_ns_);
    }

    /// Ticks are dropped, because they cannot be written. Threads: any.
    [[nodiscard]] bool dropping() const noexcept { return filler_.dropped_from() != 0; }

    /// Why the log could not be written the last time, until it can. Threads: any.
    [[nodiscard]] std::optional<error> log_error() const { return filler_.last_error(); }

    /// The ring's file is not there any more: a killed process would not leave it.
    [[nodiscard]] bool ring_gone() const noexcept { return filler_.ring_gone(); }

    /// The copies that are made while the store runs. Threads: any.
    [[nodiscard]] backup_keeper& backups() noexcept { return backups_; }

    /// The caller's log. Threads: any.
    [[nodiscard]] const speaker& told() const noexcept { return told_; }

private:
    bool check_backup() { return backups_.check(); }
    [[nodiscard]] bool needs_resync() const { return diverged_.resync() != 0 || log_.gap_behind(state_.saved()); }

    bool log_step() noexcept override { return guarded(log_ended_, &saver::fill_log); }
    bool write_step() noexcept override { return guarded(writer_ended_, &saver::save_or_copy); }
    bool check_step() noexcept override { return guarded(checker_ended_, &saver::check_backup); }

    /// No exception leaves a step: it becomes a failed store that says why, and the last step of its kind.
    bool guarded(bool& ended, bool (saver::*step)()) noexcept {
        if (ended) return false;
        BOOST_TRY { return (this->*step)(); }
        BOOST_CATCH(const std::bad_alloc&) {
            return false; // there may be memory again at the next step
        }
#ifndef BOOST_NO_EXCEPTIONS // as BOOST_CATCH goes by
        catch (const std::exception& why) {
            give_up(why.what(), ended);
        }
#endif
        BOOST_CATCH(...) { give_up("unknown exception", ended); }
        BOOST_CATCH_END
        return false;
    }
    [[gnu::cold]] void give_up(const char* why, bool& ended) noexcept {
        const mutex_lock hold(guard_);
        ended = true;
        state_.fail_for_good(detail::thread_ended(why));
        saved_more_.notify_all();
    }

    /// Takes what is sealed now; what is sealed meanwhile, at the next step. Syncs when it is time.
    bool fill_log() {
        look_at_files();
        filler_.make_room();
        if (!filler_.has_work()) return false;
        const std::int64_t begun = thread_cpu_ns();
        if (filler_.take()) note_pending(); // first: who sees the tick in the log sees since when it waits
        const bool tried = filler_.sync(demand());
        mutex_lock hold(guard_);
        if (tried) saved_more_.notify_all();
        log_cpu_ns_ += thread_cpu_ns() - begun;
        const bool writer_has_work = due();
        if (const tick durable = log_.durable();
            durable <= state_.saved()) { // a bulk load's, which went to SQLite first
            log_.drop_through(durable);  // not saved_: what is not synced must stay
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
        if (log_.lost()) backups_.want_one();
        const auto gone = database_file_.gone();
        if (!gone) return;
        mutex_lock hold(guard_);
        if (state_.database_gone()) return;
        state_.lose_database(*gone);
        saved_more_.notify_all();
        hold.unlock();
        told_.say(log_level::error, words({gone->detail, ": nothing is saved any more; the log has what is not"}));
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
    [[gnu::cold]] void write_lone(mutex_lock& hold) {
        bool unknown = false;
        result<batch_report> done = state_.last_error().value_or(error());
        if (!state_.database_gone()) {
            const bytes_view payload = lone_.payload();
            const tick number = lone_.number();
            hold.unlock();
            done = writer_.apply_alone(payload, number, unknown);
            hold.lock();
        }
        if (done) state_.wrote(*done);
        if (done) backups_.want_one(); // the log does not have it
        if (!done && !state_.database_gone() && writer_.diverged()) diverged_.met(resync_);
        lone_.finish(std::move(done), unknown);
        saved_more_.notify_all();
    }

    /// Batches come first; a backup goes on between them.
    bool save_or_copy() {
        if (writer_.connection() == nullptr) backups_.abandon();
        const bool saved = save_one_batch();
        mutex_lock hold(guard_);
        const tick applied = state_.saved();
        const bool gone = state_.database_gone();
        hold.unlock();
        sqlite::connection* const db = writer_.connection();
        if (db == nullptr || gone) return saved;
        const bool more = backups_.copy(*db, applied);
        if (backups_.copied()) threads_->checker_.wake();
        return saved || more;
    }
    bool save_one_batch() {
        mutex_lock hold(guard_);
        if (lone_.waits()) {
            write_lone(hold);
            return true;
        }
        if (!due()) return false;
        const tick after = state_.saved();
        const logged_resync resync = next_resync();
        hold.unlock();
        const std::int64_t begun = clock_.steady_ns(), begun_cpu = thread_cpu_ns();
        auto report = try_batch(after, resync);
        const std::chrono::nanoseconds took(clock_.steady_ns() - begun);
        if (report) log_.drop_through(report->applied);
        hold.lock();
        writer_cpu_ns_ += thread_cpu_ns() - begun_cpu;
        state_.took(took, bool(report));
        if (report) diverged_.wrote(resync.last != 0);
        if (report && resync.last != 0) backups_.want_one(); // the log has a gap, or another past than the file
        if (report)
            note_success(*report, hold);
        else
            note_failure(report.why(), hold);
        return bool(report);
    }

    /// Whether there is something to write, and now is the time.
    [[nodiscard]] bool due() const {
        const tick durable = log_.durable();
        if (durable <= state_.saved()) return false;
        if (state_.database_gone() || pause_.resting(asked_)) return false;
        if (needs_resync()) return next_resync().last != 0;
        if (wanted_ > state_.saved() || log_.bytes() > options_.batch_bytes) return true;
        return clock_.steady_ns() - pending_since_ns_ >= std::chrono::nanoseconds(options_.save_every).count();
    }

    /// The resync that comes next; `last` is 0: none is needed, or not all of it is in the log yet.
    [[nodiscard]] logged_resync next_resync() const {
        const logged_resync found = needs_resync() ? log_.find_resync(diverged_.resync()) : logged_resync();
        return found.last > state_.saved() ? found : logged_resync();
    }

    /// Memory may run out while a batch is put together; it may be there again at the next try.
    [[nodiscard]] result<batch_report> try_batch(tick after, const logged_resync& resync) {
        const auto read = [&](tick behind) {
            auto part = log_.read_part(behind, options_.batch_bytes);
            const bool skip = !part && behind + 1 < resync.first; // the rows of the resync do without what was before
            return skip ? log_.read_part(resync.first - 1, options_.batch_bytes) : std::move(part);
        };
        BOOST_TRY {
            if (resync.last != 0) return writer_.resync(resync.last, read);
            return writer_.apply(read(after));
        }
        BOOST_CATCH(const std::bad_alloc&) { return error{errc::io, out_of_memory}; }
        BOOST_CATCH_END
    }
    void note_success(const batch_report& report, mutex_lock& hold) {
        state_.wrote(report);
        pending_since_ns_ = log_.bytes() != 0 || log_.durable() > report.applied ? clock_.steady_ns() : 0;
        pause_.worked();
        const bool mended = state_.works(log_ended_);
        saved_more_.notify_all();
        if (report.refused && report.dead_rows != 0)
            say_unlocked(log_level::error, words({report.refused->message(), ", and tried again at the next open"}),
                         hold);
        if (mended) say_unlocked(log_level::info, words({"saving works again, up to tick ", report.applied}), hold);
    }
    [[gnu::cold]] void note_failure(const error& why, mutex_lock& hold) {
        const bool lasts = !mends_itself() && (why.code == errc::refused || why.code == errc::corrupt);
        const bool for_good = !state_.database_gone() && lasts;
        const bool news = state_.failed(why, for_good);
        pause_.failed(asked_);
        saved_more_.notify_all();
        if (news)
            say_unlocked(log_level::error, words({"saving failed, and will be tried again: ", why.message()}), hold);
    }

    /// Goes another way with what the last batch could not do. Whether there is one.
    [[nodiscard, gnu::cold]] bool mends_itself() {
        const bool unreadable = log_.take_unreadable();
        if (writer_.diverged() || unreadable) diverged_.met(resync_, unreadable);
        if (writer_.bad_frame()) log_.forget_synced(); // the files may have it as it was
        return writer_.diverged() || unreadable || (log_.in_files() && writer_.bad_frame());
    }
    void say_unlocked(log_level level, const std::string& text, mutex_lock& hold) const {
        hold.unlock();
        told_.say(level, text);
        hold.lock();
    }

    const options options_;
    const speaker told_;
    const clock& clock_;
    ring& ring_;
    resync_request resync_;
    frame_log log_;
    log_filler filler_;
    batch_writer writer_;

    std::atomic<tick> wanted_durable_{0};
    const watched_file database_file_;
    std::int64_t look_again_ns_ = 0; ///< At the files: the log thread's.

    backup_keeper backups_;

    mutable mutex guard_; ///< Everything below; never taken by an edit or a commit.
    condition saved_more_;
    lone_tick lone_;
    tick wanted_ = 0;
    bool stopping_ = false;
    std::uint64_t asked_ = 0; ///< How often `save_through` was called.
    save_state state_;
    divergence diverged_;
    std::int64_t pending_since_ns_ = 0; ///< When the oldest tick that is not saved came to the log; 0: none.
    std::int64_t log_cpu_ns_ = 0;
    std::int64_t writer_cpu_ns_ = 0;
    back_off pause_;

    bool log_ended_ = false;    ///< A step threw. Written with `guard_`, by whoever runs such steps.
    bool writer_ended_ = false; ///< Likewise.
    bool checker_ended_ = false;

    std::unique_ptr<threads> own_threads_;
    threads* threads_ = nullptr;
};

} // namespace holdfast
