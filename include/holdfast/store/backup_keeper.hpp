// SPDX-License-Identifier: MIT
/// @file
/// Makes backups of a database that is in use: copied by the thread that writes to it, in steps between its batches;
/// checked, named and sorted out by another.
#pragma once

#include <holdfast/io/clock.hpp>
#include <holdfast/io/file_system.hpp>
#include <holdfast/io/thread.hpp>
#include <holdfast/queue/log_archive.hpp>
#include <holdfast/snapshot/backup_file.hpp>
#include <holdfast/snapshot/backup_folder.hpp>
#include <holdfast/sqlite/database_files.hpp>
#include <holdfast/sqlite/online_backup.hpp>
#include <holdfast/store/backup_place.hpp>
#include <holdfast/store/health.hpp>
#include <holdfast/store/speaker.hpp>

#include <atomic>
#include <new>
#include <optional>
#include <utility>

namespace holdfast {

/// A copy that somebody has asked for.
struct snapshot_outcome {
    std::uint64_t request = 0; ///< Its number.
    backup_manifest made{};
    std::optional<error> failure{}; ///< Why there is none.
};

/// See the file's sentence. Threads: `copy` and `abandon` on the writer's, `check` on another; the rest on any.
class backup_keeper {
public:
    /// @param known    The timelines of the database,
    /// @param applied  and the tick that it has.
    [[gnu::cold]] backup_keeper(const std::string& path, const timelines& known, tick applied, const options& chosen,
                                const clock& time, const speaker& told)
        : options_(chosen.backups), path_(path), timelines_(known), applied_(applied),
          folder_(backup_folder(path, chosen.backups)), archive_(archive_of(words({path, ".log"}))), clock_(time),
          told_(told), regular_(path != ":memory:" && options_.every.count() > 0), clock_offset_us_(clock_offset_us()) {
        if (regular_) look_into_folder();
    }

    /// A backup is made as soon as it can be, whatever the time: the log alone could not make up for the database.
    void want_one() noexcept {
        const mutex_lock hold(guard_);
        ++wish_;
    }
    /// A copy of the database goes to the file at `path`, which must not be there. Its number: see `take_outcomes`.
    [[gnu::cold]] std::uint64_t ask(std::string path) {
        const mutex_lock hold(guard_);
        asked_.push_back(std::move(path));
        return ++last_request_;
    }
    /// What has become of copies that were asked for, since the last call.
    [[nodiscard, gnu::cold]] std::vector<snapshot_outcome> take_outcomes() {
        const mutex_lock hold(guard_);
        has_outcomes_.store(false, std::memory_order_relaxed);
        return std::exchange(outcomes_, {});
    }
    /// Whether there are such.
    [[nodiscard]] bool has_outcomes() const noexcept { return has_outcomes_.load(std::memory_order_relaxed); }

    /// Copies a little of the database, if a copy is under way or due. Whether there is more to do at once.
    /// @param applied  The tick that it has.
    [[gnu::cold]] bool copy(sqlite::connection& db, tick applied) {
        applied_ = applied;
        remember_wish();
        if (!now_ && !begin(db, applied)) return false;
        auto done = now_->copying.step(pages_a_step);
        if (!done && done.why().code == errc::busy) return false; // also while a transaction waits for its ROLLBACK
        if (!done) {
            fail(done.why());
            return false;
        }
        if (auto ok = synced(*done); !ok) {
            fail(ok.why());
            return false;
        }
        if (!*done) return true;
        const mutex_lock hold(guard_);
        copied_ = std::move(now_->of);
        now_.reset();
        return false;
    }
    /// Whether there is something to check, or to sort out.
    [[nodiscard]] bool copied() const {
        const mutex_lock hold(guard_);
        return copied_.there() || failed_;
    }
    /// The connection is about to go.
    [[gnu::cold]] void abandon() noexcept {
        if (!now_) return;
        const copy_of one = std::move(now_->of); // what was asked for is asked for still
        now_.reset();
        remove_copy(one);
    }
    /// The store goes: a check that is under way ends soon.
    void stop() noexcept { stopping_ = true; }
    /// No thread is at work here any more: what is not finished goes.
    [[gnu::cold]] void remove_unfinished() noexcept {
        abandon();
        const mutex_lock hold(guard_);
        if (copied_.there()) remove_copy(copied_);
        copied_ = {};
    }

    /// Checks what was copied, gives it its name, and removes what is kept no longer. False: that is all there is to do.
    [[gnu::cold]] bool check() {
        mutex_lock hold(guard_);
        if (stopping_) return false;
        if (!copied_.there()) {
            if (!std::exchange(failed_, false)) return false;
            hold.unlock();
            tidy_or_say(what_goes::log);
            return false;
        }
        const copy_of one = copied_;
        hold.unlock();
        auto is = finish(one);
        hold.lock();
        copied_ = {};
        if (!stopping_) note(one, is, hold);
        return false;
    }

    [[gnu::cold]] void describe(health_report& report) const {
        const mutex_lock hold(guard_);
        report.backed_up = newest_.applied;
        report.last_backup =
            std::chrono::system_clock::time_point(std::chrono::duration_cast<std::chrono::system_clock::duration>(
                std::chrono::microseconds(newest_.made_us)));
        report.backup_error = failure_;
        report.archive_bytes = archive_bytes_;
    }

private:
    /// A copy, while it is made and checked; or none.
    struct copy_of {
        std::uint64_t request = 0; ///< 0: one of the regular ones.
        std::string to{};          ///< What was asked for; empty for a regular one.
        std::string path{};        ///< Where it is made.
        std::int64_t begun_ns = 0;
        std::uint64_t wish = 0; ///< The last one that it grants.

        [[nodiscard]] bool there() const noexcept { return !path.empty(); }
    };
    struct copy_under_way {
        copy_of of;
        sqlite::online_backup copying;
        file written;
        int unsynced = 0; ///< Steps.
    };
    static constexpr int pages_a_step = 64;
    static constexpr int steps_a_sync = 32; ///< So that the disk is not asked for all of it at the end.
    static constexpr std::int64_t retry_ns = 60'000'000'000;
    static constexpr int most_removed = 4;                 ///< Backups, at once: a wrong clock does not take all.
    static constexpr std::int64_t clock_set = 600'000'000; ///< Microseconds by which it was, at least.
    static constexpr std::uint64_t spare_bytes = std::uint64_t{64} << 20; ///< Of the disk: a copy leaves so much.

    enum class what_goes : std::uint8_t { log, backups_and_log };

    /// What has a later tick than the database is called like a backup of it, and is none.
    [[nodiscard, gnu::cold]] result<std::vector<found_backup>> own_backups() const {
        auto all = backups_in(folder_, timelines_);
        while (all && !all->empty() && all->back().applied > applied_ && !all->back().abandoned) all->pop_back();
        return all;
    }
    [[gnu::cold]] void look_into_folder() {
        if (const auto names = names_in(folder_))
            for (const std::string& name : *names)
                if (name.starts_with("backup.new")) (void)remove_file(words({folder_, "/", name}));
        if (const auto names = names_in(archive_))
            for (const std::string& name : *names)
                if (const auto is = state_of(words({archive_, "/", name})); is) archive_bytes_ += is->bytes;
        const auto found = own_backups();
        const found_backup* newest = found ? newest_backup(*found) : nullptr;
        if (newest == nullptr) return;
        newest_ = *newest;
        if (newest_.timeline != timelines_.newest().id || state_of(backup_wish_file(folder_))) ++wish_;
        const std::int64_t age_ns = std::max<std::int64_t>(clock_.wall_us() - newest_.made_us, 0) * 1'000;
        due_ns_ = clock_.steady_ns() + std::max<std::int64_t>(every_ns() - age_ns, 0);
    }
    /// So many of a unit; what would overflow is half of the most there is: something may be added to it.
    [[nodiscard]] static std::int64_t product(std::int64_t count, std::int64_t unit) noexcept {
        constexpr std::int64_t most = INT64_MAX / 2;
        return count > most / unit ? most : std::max<std::int64_t>(count, 0) * unit;
    }
    [[nodiscard]] static std::int64_t us(std::chrono::hours time) noexcept {
        return product(time.count(), 3'600'000'000);
    }
    [[nodiscard]] std::int64_t every_ns() const noexcept { return product(options_.every.count(), 60'000'000'000); }
    /// It stays the same, unless somebody sets the clock.
    [[nodiscard]] std::int64_t clock_offset_us() const noexcept {
        return clock_.wall_us() - clock_.steady_ns() / 1'000;
    }
    [[gnu::cold]] static void remove_copy(const copy_of& one) noexcept {
        BOOST_TRY { (void)sqlite::remove_database(one.path); }
        BOOST_CATCH(const std::bad_alloc&) { // the next one with this name removes it
        }
        BOOST_CATCH_END
    }

    [[gnu::cold]] void remember_wish() {
        mutex_lock hold(guard_);
        const std::uint64_t wish = wish_;
        hold.unlock();
        if (!regular_ || wish == remembered_) return;
        remembered_ = wish;
        (void)wish_for_backup(folder_); // else this process makes it, or nobody
    }

    /// What is to be copied next, if anything.
    [[nodiscard, gnu::cold]] copy_of next(tick applied) {
        const mutex_lock hold(guard_);
        if (copied_.there() || stopping_) return {};
        if (!asked_.empty()) {
            const std::uint64_t number = last_request_ - asked_.size() + 1;
            return {number, asked_.front(), words({asked_.front(), ".holdfast-new"}), 0};
        }
        const bool wanted = wish_ != granted_;
        if (!regular_ || (wanted ? clock_.steady_ns() < retry_at_ns_ : clock_.steady_ns() < due_ns_)) return {};
        if (newest_.made_us != 0 && newest_.applied >= applied && !wanted) return {};
        return {0, {}, words({folder_, "/backup.new"}), clock_.steady_ns(), wish_};
    }
    [[nodiscard, gnu::cold]] bool begin(sqlite::connection& db, tick applied) {
        auto what = next(applied);
        if (!what.there()) return false;
        auto ok = what.request == 0 ? make_folder(folder_) : result<void>();
        if (ok && what.request != 0) ok = sqlite::check_unused(what.to);
        if (ok) ok = sqlite::remove_database(what.path);
        if (ok) ok = check_room(folder_of(what.path));
        auto copying = ok ? sqlite::online_backup::begin(db, what.path) : result<sqlite::online_backup>(ok.why());
        auto written = copying ? file::open(what.path, O_RDWR) : result<file>(copying.why());
        if (written) {
            now_.emplace(copy_under_way{std::move(what), std::move(*copying), std::move(*written)});
            return true;
        }
        mutex_lock hold(guard_);
        failed_ = what.request == 0;
        note(what, written.why(), hold);
        return false;
    }
    [[nodiscard, gnu::cold]] result<void> check_room(const std::string& folder) const {
        const auto is = state_of(path_);
        const auto free = free_bytes(folder);
        const std::uint64_t needed = (is ? is->bytes : 0) + spare_bytes;
        if (!free || *free >= needed) return {};
        return error{errc::full, words({folder, ": a copy needs ", needed, " bytes, and ", *free, " are free"})};
    }
    [[nodiscard, gnu::cold]] result<void> synced(bool all) {
        if (!all && ++now_->unsynced < steps_a_sync) return {};
        now_->unsynced = 0;
        const auto is = now_->written.state();
        if (!is) return is.why();
        const auto pages = static_cast<std::uint64_t>(now_->copying.pages());
        const auto left = static_cast<std::uint64_t>(now_->copying.left());
        const std::uint64_t total = all || pages == left ? is->bytes : is->bytes * pages / (pages - left);
        if (options_.progress) options_.progress({now_->of.path, is->bytes, std::max(total, is->bytes)});
        return now_->written.sync();
    }
    [[gnu::cold]] void fail(const error& why) {
        const copy_of one = now_->of;
        now_.reset();
        (void)sqlite::remove_database(one.path);
        mutex_lock hold(guard_);
        failed_ = one.request == 0;
        note(one, why, hold);
    }

    [[nodiscard, gnu::cold]] result<backup_manifest> finish(const copy_of& one) {
        const std::int64_t now = clock_.wall_us();
        const bool thorough = clock_.steady_ns() >= thorough_again_ns_;
        auto is = seal_backup(one.path, now, thorough ? sqlite::check_depth::thorough : sqlite::check_depth::quick,
                              stopping_);
        if (is) {
            const std::string name = backup_name({{}, now, is->timeline, is->applied});
            const std::string to = one.request != 0 ? one.to : words({folder_, "/", name});
            if (auto ok = one.request != 0 ? name_synced(one.path, to) : rename_synced(one.path, to); !ok)
                is = ok.why();
        }
        if (!is) (void)sqlite::remove_database(one.path);
        if (is && thorough) thorough_again_ns_ = clock_.steady_ns() + 86'400'000'000'000;
        if (one.request == 0) tidy_or_say(is ? what_goes::backups_and_log : what_goes::log);
        return is;
    }
    [[gnu::cold]] void tidy_or_say(what_goes what) {
        if (auto ok = tidy(what); !ok)
            told_.say(log_level::warning, words({folder_, ": what is old is not removed: ", ok.why().detail}));
    }
    /// First the backups that nobody needs, then the part of the log that none of those left needs. By a clock that was
    /// set since the last time nothing is old.
    [[nodiscard, gnu::cold]] result<void> tidy(what_goes what) {
        const std::int64_t now_us = clock_.wall_us(), window = us(options_.log_window);
        const std::int64_t moved_us = clock_offset_us() - std::exchange(clock_offset_us_, clock_offset_us());
        const bool believed = moved_us <= clock_set && moved_us >= -clock_set;
        if (!believed)
            told_.say(log_level::warning, words({folder_, ": the clock was set by ", moved_us / 1'000'000,
                                                 " s: nothing is removed this time because it is old"}));
        auto all = own_backups();
        if (!all) return all.why();
        if (believed && what == what_goes::backups_and_log) {
            int removed = 0;
            for (const found_backup& one :
                 backups_to_remove(*all, now_us, {us(options_.keep_all), us(options_.keep_daily), window}))
                if (removed++ < most_removed)
                    if (auto ok = remove_file(one.path); !ok) return ok;
            if (auto ok = sync_folder(folder_); !ok) return ok;
            if (all = own_backups(); !all) return all.why();
        }
        const found_backup* newest = newest_backup(*all);
        const found_backup* base = believed ? base_backup(*all, now_us, window) : nullptr;
        const archive_wish wish{base == nullptr ? 0 : base->applied + 1, base == nullptr ? 0 : base->made_us,
                                newest == nullptr ? 0 : newest->applied + 1, options_.most_log_bytes};
        const auto left = trim_archive(archive_, timelines_, wish);
        if (!left) return left.why();
        if (left->cut_short != 0)
            told_.say(log_level::warning,
                      words({archive_, ": more than ", options_.most_log_bytes, " bytes: the oldest ", left->cut_short,
                             " files are removed, and ticks in them cannot be restored (options::backups)"}));
        const mutex_lock hold(guard_);
        archive_bytes_ = left->bytes;
        return {};
    }

    /// What has become of it.
    [[gnu::cold]] void note(const copy_of& one, const result<backup_manifest>& is, mutex_lock& hold) {
        const std::string what = one.request != 0 ? one.to : folder_;
        if (one.request != 0) {
            outcomes_.push_back(
                {one.request, is ? *is : backup_manifest(), is ? std::nullopt : std::optional(is.why())});
            asked_.erase(asked_.begin());
            has_outcomes_.store(true, std::memory_order_relaxed);
        } else if (is) {
            newest_ = found_backup{{}, is->made_us, is->timeline, is->applied};
            failure_.reset();
        } else {
            failure_ = is.why();
        }
        if (one.request == 0) {
            due_ns_ = one.begun_ns + (is ? every_ns() : std::min(every_ns(), retry_ns));
            retry_at_ns_ = is ? 0 : due_ns_;
            if (is) granted_ = one.wish;
            if (granted_ == wish_) (void)remove_file(backup_wish_file(folder_));
        }
        hold.unlock();
        if (is)
            told_.say(log_level::info, words({what, ": a backup of tick ", is->applied}));
        else
            told_.say(log_level::error, words({what, ": no backup was made: ", is.why().message()}));
        hold.lock();
    }

    const backup_options options_;
    const std::string path_;
    const timelines timelines_;
    std::atomic<tick> applied_; ///< Of the database, when the writer was here.
    const std::string folder_;
    const std::string archive_;
    const clock& clock_;
    const speaker& told_;
    const bool regular_;

    std::optional<copy_under_way> now_;  ///< The writer's.
    std::uint64_t remembered_ = 0;       ///< Which wish; likewise.
    std::int64_t thorough_again_ns_ = 0; ///< The checking thread's.
    std::int64_t clock_offset_us_;       ///< Likewise: when it tidied the last time.
    std::atomic<bool> stopping_{false};
    std::atomic<bool> has_outcomes_{false};

    mutable mutex guard_;            ///< Everything below.
    std::vector<std::string> asked_; ///< The files, until they are made: the last one has the last request's number.
    std::uint64_t last_request_ = 0;
    std::vector<snapshot_outcome> outcomes_;
    copy_of copied_;               ///< What is to be checked.
    bool failed_ = false;          ///< A copy that was to be: the log goes on growing.
    found_backup newest_;          ///< Made in 1970: there is none.
    std::optional<error> failure_; ///< Of the last regular backup.
    std::int64_t due_ns_ = 0;      ///< When the next one is.
    std::int64_t retry_at_ns_ = 0; ///< One that is wanted is not tried before.
    std::uint64_t wish_ = 0;       ///< How often one was wanted at once,
    std::uint64_t granted_ = 0;    ///< and how many of that were meant by the last one that was begun and is good.
    std::uint64_t archive_bytes_ = 0;
};

} // namespace holdfast
