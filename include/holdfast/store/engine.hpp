// SPDX-License-Identifier: MIT
/// @file
/// A store without its world's type: opens, loads, commits, rolls back, saves, closes.
#pragma once

#include <holdfast/queue/bulk.hpp>
#include <holdfast/store/begin_queue.hpp>
#include <holdfast/store/capture.hpp>
#include <holdfast/store/durable_calls.hpp>
#include <holdfast/store/lanes.hpp>
#include <holdfast/store/later_fields.hpp>
#include <holdfast/store/load.hpp>
#include <holdfast/store/messages.hpp>
#include <holdfast/store/opening.hpp>
#include <holdfast/store/saver.hpp>
#include <holdfast/store/snapshot_calls.hpp>
#include <holdfast/track/scope.hpp>

namespace holdfast {

/// See the file's sentence. Lives on the heap: threads and tables know its address. In the child of a fork it is dead: it
/// touches neither files nor the ring, which are the parent's.
/// Threads: the one that edits.
class engine final : private detail::fork_listener {
public:
    /// Ends an engine; in the child of a fork, leaves it as it is.
    struct ending {
        void operator()(engine* one) const noexcept {
            if (!one->elsewhere_) delete one;
        }
    };
    using owner = std::unique_ptr<engine, ending>;

    /// Opens a database and loads it into `tables`, which must outlive the engine. After an error some may be loaded.
    [[nodiscard, gnu::cold]] static result<owner> open(opening& place, std::vector<table_base*> tables,
                                                       const options& chosen) {
        for (table_base* table : tables)
            if (table->description().read_only) table->seal();
        std::erase_if(tables, [](const table_base* table) { return table->description().read_only; });
        auto opened = place.open();
        if (!opened) return opened.why();
        holdfast::recovery found(*opened, chosen);
        if (auto ok = found.run(); !ok) return ok.why();
        if (auto ok = match_tables(*opened, tables); !ok) return ok.why();
        if (auto ok = load_all(*opened, tables, chosen.progress); !ok)
            return error{ok.why().code, words({opened->path, ": ", ok.why().detail})};
        if (!opened->created)
            if (auto ok = begin_writing(*opened); !ok) return ok.why();
        if (auto ok = count_changes_of_others(*opened); !ok) return ok.why();
        auto dead = retry_dead_rows(opened->db, log_schema_of(tables));
        if (!dead) return error{dead.why().code, words({opened->path, ": ", dead.why().detail})};
        opened->dead = std::move(*dead);
        queue_files queue;
        queue.found = found.report();
        queue.found.steps = place.ladder().steps();
        queue.found.backup = place.ladder().backup();
        queue.found.set_aside = place.ladder().set_aside();
        if (opened->path != ":memory:")
            if (auto ok = begin_queue(*opened, found, tables, chosen, queue); !ok)
                return error{ok.why().code, words({opened->path, ": ", ok.why().detail})};
        opened->owner = place.take_owner();
        return owner(new engine(std::move(*opened), std::move(queue), std::move(tables), chosen));
    }
    engine(const engine&) = delete;
    engine& operator=(const engine&) = delete;
    [[gnu::cold]] ~engine() {
        end();
        for (table_base* table : tables_) table->attach(nullptr, 0);
    }

    tick commit() noexcept {
        HOLDFAST_REQUIRE(session_.transactions == 0, "commit inside transact: return from it first");
        require_joined();
        if (lanes_.owed() && !lanes_.join(session_)) return ring_.sealed();
        if (closed_) return drop_open_frame();
        if (session_.leases_owed) write_owed_leases();
        if (!later_fields_.none()) later_fields_.log_some(clock_.steady_ns());
        if (must_capture()) (void)capture_.log_some(saver_->resync_asked(), session_.log);
        const tick sealed = nothing_to_seal() ? ring_.sealed() : seal(session_.log);
        if (wait_when_full_.count() > 0 && ring_.heap_bytes() != 0 && !saver_->dropping())
            saver_->sync_through(sealed, wait_when_full_);
        if (!durable_calls_.empty()) durable_calls_.call_through(durable());
        if (!snapshot_calls_.empty()) snapshot_calls_.call(saver_->backups());
        return sealed;
    }
    [[nodiscard]] lanes open_lanes(std::size_t count) {
        HOLDFAST_REQUIRE(session_.transactions == 0, "lanes inside transact: return from it first");
        require_joined();
        if (lanes_.owed() && !lanes_.join(session_)) detail::raise_out_of_memory();
        return lanes(lanes_, session_, count);
    }

    void on_durable(tick when, durable_function fn) {
        HOLDFAST_REQUIRE(when <= ring_.sealed() + 1,
                         "on_durable: that tick was not begun yet: name one that commit has "
                         "returned, or the one that it will return next");
        if (elsewhere_) return fn(not_open());
        if (closed_) return fn(durable() >= when ? result<void>() : not_durable(when));
        durable_calls_.add(when, std::move(fn));
        saver_->want_durable(when);
    }

    void snapshot_to(std::string path, snapshot_function fn) {
        if (closed_) return fn(not_open());
        snapshot_calls_.add(saver_->backups().ask(std::move(path)), std::move(fn));
    }

    /// What a transaction needs: see `scope`.
    [[nodiscard]] edit_session& session() noexcept { return session_; }

    [[nodiscard, gnu::cold]] result<save_report> save_all(std::chrono::milliseconds within) {
        if (closed_) return not_open();
        require_joined();
        if (lanes_.owed()) (void)lanes_.join(session_);
        commit_later_fields();
        const health_report before = health();
        const std::int64_t begun = clock_.steady_ns();
        save_through(before.committed, within);
        durable_calls_.call_through(durable());
        const health_report now = health();
        if (now.saved >= before.committed)
            return save_report{before.committed, now.saved, now.rows_written - before.rows_written,
                               std::chrono::nanoseconds(clock_.steady_ns() - begun), false};
        const std::string what = words({"ticks ", now.saved + 1, " to ", before.committed, " are not in ", path_});
        if (now.last_error) return error{now.last_error->code, words({what, ": ", now.last_error->detail})};
        return error{errc::timeout, words({what, " after ", within.count(), " ms; call again with more time"})};
    }

    /// Runs `fill()`, whose changes go past the log to SQLite, as one tick and one transaction of their own.
    template <class Function>
    [[gnu::cold]] result<save_report> bulk(Function&& fill, std::chrono::milliseconds within) {
        HOLDFAST_REQUIRE(session_.transactions == 0, "bulk_load inside transact: return from it first");
        if (elsewhere_) return not_open();
        commit();
        if (auto saved = save_all(within); !saved) return saved.why();
        if (auto logged = wait_durable(ring_.sealed(), within); !logged) return logged.why();
        const std::int64_t begun = clock_.steady_ns();
        session_.log.reserve(op_header_bytes); // so that the tick can be sealed afterwards
        auto written = load_past_the_log(fill);
        if (!written) return written.why();
        (void)wait_durable(ring_.sealed(), within); // should the file be lost, its log says so
        return save_report{ring_.sealed(), ring_.sealed(), written->rows,
                           std::chrono::nanoseconds(clock_.steady_ns() - begun), false};
    }

    [[gnu::cold]] save_report close(std::chrono::milliseconds within) {
        HOLDFAST_REQUIRE(session_.transactions == 0, "close inside transact: return from it first");
        require_joined();
        if (closed_) return closing_;
        if (lanes_.owed()) (void)lanes_.join(session_);
        commit_later_fields();
        const health_report before = health();
        const std::int64_t begun = clock_.steady_ns();
        save_through(before.committed, within);
        durable_calls_.call_through(durable());
        if (ring_.sealed() > before.committed) save_through(ring_.sealed(), within); // they have committed
        end();
        closing_.rows_written = last_.rows_written - before.rows_written;
        closing_.took = std::chrono::nanoseconds(clock_.steady_ns() - begun);
        return closing_;
    }

    [[nodiscard, gnu::cold]] health_report health() const {
        if (closed_) return last_health();
        health_report report;
        saver_->describe(report);
        report.committed = ring_.sealed();
        if (!later_fields_.none())
            report.oldest_interval = std::chrono::nanoseconds(clock_.steady_ns() - later_fields_.logged_since_ns());
        report.open_bytes = ring_.open_bytes(session_.log);
        const bool in_ring = ring_file_.mapped() && report.overflow_bytes == 0 && !saver_->ring_gone();
        report.safe = path_ == ":memory:"                   ? report.saved
                      : in_ring && report.dropped_from == 0 ? report.committed
                                                            : report.durable;
        return report;
    }

    [[nodiscard]] bool created() const noexcept { return created_; }
    [[nodiscard]] const recovery_report& recovery() const noexcept { return recovery_; }

    [[nodiscard]] tick durable() const noexcept { return closed_ ? last_.durable : saver_->durable(); }
    [[nodiscard, gnu::cold]] result<void> wait_durable(tick target, std::chrono::milliseconds within) {
        if (elsewhere_) return not_open();
        if (target > ring_.sealed())
            return error{errc::not_found,
                         words({"tick ", target, " was not committed yet: the last one is ", ring_.sealed()})};
        if (!closed_) saver_->sync_through(target, within);
        durable_calls_.call_through(durable());
        if (durable() >= target) return {};
        if (closed_ || saver_->log_error()) return not_durable(target);
        return error{errc::timeout,
                     words({"tick ", target, " is not synced after ", within.count(), " ms; wait again"})};
    }

private:
    void require_joined() const noexcept {
        HOLDFAST_REQUIRE(!lanes_.is_open(), "this while lanes are open: let the threads end, and join the lanes first");
    }
    /// @param log  The cursor of the open frame, wherever changes are written now.
    tick seal(write_cursor& log) noexcept {
        wall_us_ = std::max(wall_us_, clock_.wall_us());
        const tick sealed = ring_.seal(log, wall_us_, capture_.take_marks());
        session_.tick = sealed + 1;
        return sealed;
    }

    template <class Function> [[nodiscard, gnu::cold]] result<batch_report> load_past_the_log(Function& fill) {
        bulk_buffer buffer;
        bulk_instead_of_log here(session_.log, buffer);
        const auto write = [&]() -> result<batch_report> {
            scope changes(session_);
            if (result<void> ok = fill(); !ok) return ok.why();
            if (auto ok = changes.check(); !ok) return ok.why();
            if (elsewhere_) return not_open(); // the function has forked
            auto done = saver_->write_alone(buffer.payload(session_.log), ring_.sealed() + 1);
            if (done) changes.keep();
            if (done) return done;
            return error{done.why().code,
                         words({saver_->outcome_unknown() ? "nothing was loaded, but the file may have it: close, and "
                                                            "open again: "
                                                          : "nothing was loaded: ",
                                done.why().detail})};
        };
        auto written = write();
        if (written && !tables_.empty()) put_unlogged(here.open_frame());
        if (written || saver_->outcome_unknown()) seal(here.open_frame()); // the file may have its number
        return written;
    }

    /// What the open tick has done is not in it. Room was reserved.
    static void put_unlogged(write_cursor& log) noexcept { log.at = put_op_header(log.at, op_kind::unlogged, 0, 0); }

    /// What fields that are `saved_every` have now becomes a tick of its own; not while there are changes that nobody has
    /// committed, since a row may be among them that the log does not know.
    [[gnu::cold]] void commit_later_fields() noexcept {
        if (later_fields_.none() || !may_commit()) return;
        later_fields_.log_all(clock_.steady_ns());
        if (!ring_.empty(session_.log)) seal(session_.log);
    }
    /// Whether a tick may be sealed that the game has not asked for.
    [[nodiscard, gnu::cold]] bool may_commit() const noexcept {
        return ring_.empty(session_.log) && session_.transactions == 0 &&
               !durable_calls_.wait_behind(ring_.sealed()); // for a change that is not made yet
    }

    [[nodiscard]] bool must_capture() const noexcept {
        return saver_->resync_asked() != capture_.number() || capture_.under_way();
    }
    [[nodiscard]] bool nothing_to_seal() const noexcept { return ring_.empty(session_.log) && !capture_.marks_frame(); }
    /// Waits as `saver::save_through`, and does not wait for commits when rows must be logged for a resync: that becomes
    /// ticks of its own, if it may.
    [[gnu::cold]] void save_through(tick target, std::chrono::milliseconds within) {
        const std::int64_t end_ns = machine_clock().steady_ns() + nanoseconds_in(within).count();
        for (bool again = true; again;) {
            const bool may = may_commit();
            while (may && must_capture() && machine_clock().steady_ns() < end_ns) {
                const bool logged = capture_.log_some(saver_->resync_asked(), session_.log);
                if (!nothing_to_seal()) seal(session_.log);
                if (!logged) break;
            }
            const auto begun = may ? std::optional(capture_.number()) : std::nullopt;
            saver_->save_through(target, std::chrono::nanoseconds(end_ns - machine_clock().steady_ns()), begun);
            again = may && must_capture() && machine_clock().steady_ns() < end_ns;
        }
    }

    [[nodiscard, gnu::cold]] error not_durable(tick target) const {
        const auto now = health();
        if (const auto why = saver_->log_error())
            return {why->code, words({"tick ", target, " is not synced: ", why->detail})};
        return {errc::closed, words({path_, target > now.committed ? ": closed before tick " : ": closed, and tick ",
                                     target, target > now.committed ? " was committed" : " is not synced"})};
    }

    /// Out of memory: they are written with a later commit.
    void write_owed_leases() noexcept {
        BOOST_TRY {
            for (table_base* table : tables_) table->write_owed_lease();
            session_.leases_owed = false;
        }
        BOOST_CATCH(const std::bad_alloc&) { return; }
        BOOST_CATCH_END
    }

    /// From here on this is a child's copy of the parent's store. The ring is not mapped here, and the locks in the saver
    /// may be held for ever.
    void in_child() noexcept override {
        if (!closed_) closing_.committed = ring_.sealed();
        closed_ = elsewhere_ = true;
        lanes_.drop();
        session_.log = write_cursor();
        session_.log.refill = [](write_cursor&, std::size_t) { HOLDFAST_REQUIRE(false, edited_elsewhere); };
    }
    [[nodiscard, gnu::cold]] error not_open() const {
        if (elsewhere_)
            return {
                errc::wrong_process,
                words({path_, ": this process is a child of the one that opened the store, which alone may use it"})};
        return {errc::closed, path_ + ": the store is closed"};
    }
    [[nodiscard, gnu::cold]] health_report last_health() const {
        if (!elsewhere_) return last_;
        health_report report;
        report.is = health_report::state::closed;
        report.last_error = not_open();
        report.committed = ring_.sealed();
        return report;
    }

    /// A closed store logs nothing; a tick still ends, and transact still takes back.
    tick drop_open_frame() noexcept {
        HOLDFAST_REQUIRE(!elsewhere_, edited_elsewhere);
        ring_.clear_open(session_.log);
        ++session_.tick;
        return ring_.sealed();
    }

    [[gnu::cold]] engine(database opened, queue_files queue, std::vector<table_base*> tables, const options& chosen)
        : path_(opened.path), created_(opened.created), owner_(std::move(opened.owner)), tables_(std::move(tables)),
          clock_(chosen.time != nullptr ? *chosen.time : machine_clock()),
          later_fields_(tables_, chosen, clock_.steady_ns()),
          capture_(tables_, std::chrono::nanoseconds(chosen.capture_budget).count()),
          wait_when_full_(chosen.wait_when_full), recovery_(queue.found), ring_file_(std::move(queue.ring)),
          ring_(ring_file_.mapped() ? ring(ring_file_.space(), opened.applied + 1)
                                    : ring(chosen.ring_bytes, opened.applied + 1)) {
        ring_.open(session_.log);
        session_.clock = &clock_;
        session_.wall_ns = [](const void* from) { return static_cast<const clock*>(from)->wall_us() * 1'000; };
        session_.tick = opened.applied + 1;
        for (std::size_t i = 0; i < tables_.size(); ++i) tables_[i]->attach(&session_, static_cast<std::uint16_t>(i));
        const tick applied = opened.applied;
        const bool unlogged = opened.pages.changed_by_others();
        const dead_report dead = opened.dead;
        saver_ = std::make_unique<saver>(std::move(opened), log_schema_of(tables_), queue.epoch, ring_, queue.ring_path,
                                         std::move(queue.log), queue.last_crc, chosen);
        saver_->told().say(log_level::info,
                           words({path_, created_ ? ": created" : ": loaded", ", true up to tick ", applied}));
        say_found(saver_->told(), path_, recovery_, dead);
        if (unlogged && !tables_.empty()) {
            session_.log.reserve(op_header_bytes);
            put_unlogged(session_.log);
            seal(session_.log);
        }
        if (recovery_.lost_from != 0 || unlogged) saver_->backups().want_one(); // the log has not what led here
        if (!ring_file_.mapped() && path_ != ":memory:")
            saver_->told().say(log_level::warning,
                               words({path_, ": there is no /proc that names this run of the machine, so a "
                                             "tick survives the process only once it is synced"}));
    }

    /// Ends the saving and lets go of the file. From here on the tables are memory only.
    [[gnu::cold]] void end() noexcept {
        if (closed_) return;
        saver_->stop();
        last_ = health();
        durable_calls_.call_through(last_.durable);
        durable_calls_.call_rest([this](tick when) { return not_durable(when); });
        snapshot_calls_.call(saver_->backups());
        snapshot_calls_.call_rest({errc::closed, path_ + ": the store was closed before the copy was made"});
        if (ring_.sealed() != last_.committed) saver_->take_the_last(); // they have committed
        last_ = health();
        closing_.committed = last_.committed;
        closing_.saved = last_.saved;
        closing_.open_frame_dropped = lanes_.give_up(session_) || !ring_.empty(session_.log);
        last_.is = health_report::state::closed;
        saver_->close_database(last_.saved == last_.committed ? mark_of_closed(tables_) : "");
        closed_ = true;
        drop_open_frame();
        if (last_.saved < last_.committed) say_unsaved(saver_->told(), path_, last_);
        owner_ = owner_lock();
    }

    static constexpr const char* edited_elsewhere =
        "this process is a child of the one that opened the store: only that one may change and commit";

    std::string path_;
    bool created_;
    owner_lock owner_;
    std::vector<table_base*> tables_;
    const clock& clock_;
    later_fields later_fields_;
    capture capture_;
    edit_session session_;
    lane_set lanes_;
    const std::chrono::milliseconds wait_when_full_;
    recovery_report recovery_;
    ring_file ring_file_;
    ring ring_;
    std::unique_ptr<saver> saver_;
    durable_calls durable_calls_;
    snapshot_calls snapshot_calls_;
    std::int64_t wall_us_ = 0;
    bool closed_ = false;
    bool elsewhere_ = false; ///< This process is a child of the one that opened it; it is closed then, too.
    health_report last_{};
    save_report closing_{}; ///< What `close` reports, also when it is called again.
};

} // namespace holdfast
