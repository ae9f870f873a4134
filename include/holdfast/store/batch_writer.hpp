// SPDX-License-Identifier: MIT
/// @file
/// Batches of the log into the database, by a connection that is made anew when it may no longer be believed.
#pragma once

#include <holdfast/queue/held_frames.hpp>
#include <holdfast/snapshot/resync_writer.hpp>

#include <optional>
#include <string>
#include <vector>

namespace holdfast {

/// See the file's sentence. Threads: one at a time.
class batch_writer {
public:
    [[gnu::cold]] batch_writer(sqlite::connection db, std::string path, log_schema schema, std::uint32_t epoch)
        : db_(std::move(db)), path_(std::move(path)), schema_(std::move(schema)), epoch_(epoch) {
        db_.wait_when_busy(0); // a file that is locked is tried again later: others have their turn
        writer_.emplace(db_, schema_, epoch_);
    }

    /// As `delta_writer::apply`.
    /// @param part  What was read, or why nothing was.
    [[nodiscard]] result<batch_report> apply(const result<log_part>& part) {
        diverged_ = bad_frame_ = false;
        if (!part) return part.why();
        if (auto ok = connect_again(); !ok) return ok.why();
        auto done = writer_->apply(part->frames);
        diverged_ = writer_->diverged();
        bad_frame_ = writer_->bad_frame();
        return done;
    }

    /// Makes the file what a resync says, in one transaction: everything behind its marker up to frame `end`, with which the
    /// resync ends. `read(after)` gives frames behind `after`, at least one. Errors: those of `read` and `resync_writer`.
    template <class Read> [[nodiscard, gnu::cold]] result<batch_report> resync(std::uint64_t end, Read&& read) {
        diverged_ = bad_frame_ = false;
        if (auto ok = connect_again(); !ok) return ok.why();
        resync_writer writer(db_, schema_);
        auto done = run_resync(writer, end, read);
        resync_failed_ = writer.needs_fresh_connection();
        return done;
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

    /// Closes the database.
    /// @param clean  Everything is in it: it says so of itself. When that cannot be written, nothing is lost by it.
    [[gnu::cold]] void close(bool clean) noexcept {
        if (writer_ && !reliable()) (void)db_.checkpoint_on_close(false);
        writer_.reset(); // its statements keep the connection open
        if (clean) (void)db_.run("UPDATE holdfast_meta SET clean = 1 WHERE id = 1");
        db_ = sqlite::connection();
    }

private:
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
    std::optional<delta_writer> writer_; ///< None while the database could not be opened again.
    std::uint64_t in_doubt_ = 0;         ///< What the writer said of itself then.
    bool diverged_ = false;
    bool bad_frame_ = false;
    bool resync_failed_ = false; ///< After it the connection may no longer be believed.
};

} // namespace holdfast
