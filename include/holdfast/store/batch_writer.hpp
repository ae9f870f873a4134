// SPDX-License-Identifier: MIT
/// @file
/// Batches of the log into the database, by a connection that is made anew when it may no longer be believed.
#pragma once

#include <holdfast/io/clock.hpp>
#include <holdfast/io/disk_reserve.hpp>
#include <holdfast/queue/held_frames.hpp>
#include <holdfast/snapshot/resync_writer.hpp>
#include <holdfast/sqlite/integrity.hpp>
#include <holdfast/sqlite/last_writer.hpp>
#include <holdfast/store/speaker.hpp>

#include <optional>
#include <string>
#include <vector>

namespace holdfast {

/// See the file's sentence. Threads: one at a time.
class batch_writer {
public:
    [[gnu::cold]] batch_writer(sqlite::connection db, std::string path, log_schema schema, std::uint32_t epoch,
                               const options& chosen, const speaker& told)
        : db_(std::move(db)), path_(std::move(path)), schema_(std::move(schema)), epoch_(epoch), told_(told),
          clock_(chosen.time != nullptr ? *chosen.time : machine_clock()),
          reserve_(words({path_, ".reserve"}), path_ == ":memory:" ? 0 : chosen.reserve_bytes) {
        db_.wait_when_busy(0); // a file that is locked is tried again later: others have their turn
        writer_.emplace(db_, schema_, epoch_);
        if (path_ != ":memory:") reserve_.clear();
        if (!reserve_.wanted()) return;
        if (auto ok = reserve_.take(); !ok)
            told_.say(log_level::warning, words({ok.why().detail, ": there is no reserve for a disk that is full"}));
    }

    /// As `delta_writer::apply`. On a disk that is full once more, with the space that was kept for that.
    /// @param part  What was read, or why nothing was.
    [[nodiscard]] result<batch_report> apply(const result<log_part>& part) {
        if (!part) {
            diverged_ = bad_frame_ = false;
            return part.why();
        }
        return with_reserve([&] { return try_apply(part->frames); });
    }
    /// The disk was full, and there is no reserve any more: the next time nothing can be written. Threads: any.
    [[nodiscard]] bool reserve_used() const noexcept { return reserve_.wanted() && !reserve_.held(); }

    /// Makes the file what a resync says, in one transaction: everything behind its marker up to frame `end`, with which the
    /// resync ends. `read(after)` gives frames behind `after`, at least one. Errors: those of `read` and `resync_writer`.
    template <class Read> [[nodiscard, gnu::cold]] result<batch_report> resync(std::uint64_t end, Read&& read) {
        return with_reserve([&]() -> result<batch_report> {
            diverged_ = bad_frame_ = false;
            if (auto ok = connect_again(); !ok) return ok.why();
            resync_writer writer(db_, schema_);
            auto done = run_resync(writer, end, read);
            resync_failed_ = writer.needs_fresh_connection();
            return done;
        });
    }

    /// Of the last call: see `delta_writer`.
    [[nodiscard]] bool diverged() const noexcept { return diverged_; }
    [[nodiscard]] bool bad_frame() const noexcept { return bad_frame_; }

    /// As `delta_writer::apply_alone`; `unknown` says whether nobody knows if the file has it.
    [[nodiscard, gnu::cold]] result<batch_report> apply_alone(bytes_view payload, std::uint64_t number, bool& unknown) {
        unknown = diverged_ = bad_frame_ = false;
        auto ready = connect_again();
        if (!ready) return ready.why();
        auto done = writer_->apply_alone(payload, number);
        unknown = writer_->outcome_unknown();
        diverged_ = writer_->diverged();
        if (unknown && connect_again()) unknown = !writer_->settle(done);
        return done;
    }

    /// The connection; null when it may not be believed, and will be made anew.
    [[nodiscard]] sqlite::connection* connection() noexcept { return reliable() ? &db_ : nullptr; }

    /// Closes the database.
    /// @param last_words  What it says of itself when everything is in it, as SQL. When that cannot be written, nothing is
    ///                    lost by it.
    [[gnu::cold]] void close(const std::string& last_words) noexcept {
        const bool believed = reliable();
        if (writer_ && !believed) (void)db_.checkpoint_on_close(false);
        writer_.reset(); // its statements keep the connection open
        if (!last_words.empty() && !db_.run(last_words)) db_.roll_back();
        if (believed) (void)sqlite::mark_closed(db_);
        db_ = sqlite::connection();
        if (reserve_.held()) (void)reserve_.give_up();
    }

private:
    [[nodiscard]] result<batch_report> try_apply(const std::vector<bytes_view>& frames) {
        diverged_ = bad_frame_ = false;
        if (auto ok = connect_again(); !ok) return ok.why();
        auto done = writer_->apply(frames);
        diverged_ = writer_->diverged();
        bad_frame_ = writer_->bad_frame();
        return done;
    }
    template <class Function> [[nodiscard]] result<batch_report> with_reserve(Function&& write) {
        auto done = write();
        if (!done && done.why().code == errc::full && give_up_reserve()) done = write();
        if (done) take_reserve_again();
        return done;
    }

    [[nodiscard, gnu::cold]] bool give_up_reserve() {
        if (!reserve_.held() || !reserve_.give_up()) return false;
        told_.say(log_level::error,
                  words({path_, ": the disk is full, and what waits is written with the space that was "
                                "kept for that: make room"}));
        return true;
    }
    void take_reserve_again() {
        if (!reserve_used()) return;
        const std::int64_t now = clock_.steady_ns();
        if (now < try_reserve_ns_) return;
        try_reserve_ns_ = now + 1'000'000'000;
        if (reserve_.take_again())
            told_.say(log_level::info,
                      words({path_, ": the disk has room again, and some of it is kept for when it is full"}));
    }

    /// After a COMMIT that met an I/O error: another connection, and the file checked, before anything else is done.
    [[nodiscard]] result<void> connect_again() {
        if (path_ == ":memory:" || reliable()) return {};
        if (writer_) {
            in_doubt_ = writer_->in_doubt();
            writer_.reset();
            (void)db_.checkpoint_on_close(false); // it may read what the disk does not have
            db_ = sqlite::connection();
        }
        auto fresh = sqlite::open_again(path_);
        if (!fresh) return fresh.why();
        db_ = std::move(*fresh);
        db_.wait_when_busy(0);
        writer_.emplace(db_, schema_, epoch_, in_doubt_);
        resync_failed_ = false;
        return {};
    }
    [[nodiscard]] bool reliable() const noexcept {
        return writer_ && !writer_->needs_fresh_connection() && !resync_failed_;
    }
    template <class Read>
    [[nodiscard, gnu::cold]] result<batch_report> run_resync(resync_writer& writer, std::uint64_t end, Read& read) {
        if (auto ok = writer.begin(); !ok) return ok.why();
        if (writer.applied() >= end) return batch_report{writer.applied()}; // a COMMIT that reported an error was done
        while (writer.applied() < end) {
            auto part = read(writer.applied());
            if (!part) return part.why();
            if (part->frames.empty()) return error{errc::io, "the log has lost the rest of the resync"};
            for (const bytes_view stored : part->frames) {
                if (writer.applied() >= end) break;
                auto ok = writer.take(stored, epoch_);
                bad_frame_ = !ok && ok.why().code == errc::corrupt;
                if (!ok) return ok.why();
            }
        }
        return writer.end();
    }

    sqlite::connection db_;
    const std::string path_;
    const log_schema schema_;
    const std::uint32_t epoch_;
    const speaker& told_;
    const clock& clock_;
    disk_reserve reserve_;
    std::int64_t try_reserve_ns_ = 0;
    std::optional<delta_writer> writer_; ///< None while the database could not be opened again.
    std::uint64_t in_doubt_ = 0;         ///< What the writer said of itself then.
    bool diverged_ = false;
    bool bad_frame_ = false;
    bool resync_failed_ = false; ///< After it the connection may no longer be believed.
};

} // namespace holdfast
