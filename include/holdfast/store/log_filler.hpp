// SPDX-License-Identifier: MIT
/// @file
/// Takes sealed ticks from the ring into the log, and has the log synced when it is time, or when somebody waits. What
/// takes too much memory and cannot be written is dropped, until the disk can be written again and a resync begins.
#pragma once

#include <holdfast/queue/log.hpp>
#include <holdfast/store/back_off.hpp>
#include <holdfast/store/health.hpp>
#include <holdfast/store/resync_request.hpp>
#include <holdfast/store/speaker.hpp>
#include <holdfast/store/watched_file.hpp>

#include <memory>
#include <new>
#include <optional>

namespace holdfast {

/// See the file's sentence. Threads: the log's; what is const, any.
class log_filler {
public:
    /// Who waits for the log.
    struct demand {
        tick wanted = 0;         ///< This tick shall be durable.
        std::uint64_t asked = 0; ///< How often anybody has asked.
        bool stopping = false;   ///< It is the last time.
    };

    /// @param ring_path  The file of `from`; empty: it is in memory.
    [[gnu::cold]] log_filler(ring& from, const std::string& ring_path, frame_log& to, const options& chosen,
                             const clock& time, const speaker& told, resync_request& resync)
        : ring_(from), log_(to), hold_bytes_(chosen.hold_bytes),
          sync_every_ns_(std::chrono::nanoseconds(chosen.sync_every).count()), clock_(time), told_(told),
          resync_(resync), ring_file_(ring_path, true), taken_(to.durable()) {}

    [[nodiscard]] bool has_work() const noexcept { return ring_.sealed() > log_.synced() || log_.lost() || dropping_; }

    /// What is held in memory for SQLite must not take more than `options::hold_bytes`: what is synced is read from the
    /// files instead; what cannot be written is dropped, all of it.
    void make_room() {
        if (!log_.in_files() || dropping_) return;
        if (log_.lost() && !log_.holds_all()) return drop("files of the log are gone, and memory has them no longer");
        if (held() <= hold_bytes_) return;
        log_.forget_synced();
        if (failing_ && first_on_heap_ != 0 && held() > hold_bytes_) // what the ring has stays, and survives a kill
            drop("the log cannot be written, and they take more memory than options::hold_bytes");
    }

    /// Takes what is sealed now; what is sealed meanwhile, the next time. Whether there was any.
    bool take() {
        const tick before = taken_;
        sealed_ = ring_.sealed();
        while (taken_ < sealed_ && take_frame()) {}
        if (dropping_) ring_.drop_heap();
        if (taken_ != before && unsynced_since_ns_ == 0) unsynced_since_ns_ = clock_.steady_ns();
        return taken_ != before;
    }
    /// Makes what was taken durable, if it is time, and gives its space in the ring back. Whether it tried.
    bool sync(const demand& now) {
        if (taken_ < sealed_) {
            note_failure({errc::io, out_of_memory}, now);
            return true;
        }
        if (dropping_) return probe(now);
        if ((taken_ <= log_.synced() && !log_.lost()) || !due(now)) return false;
        auto ok = try_sync();
        if (ok)
            note_success();
        else
            note_failure(ok.why(), now);
        return true;
    }
    /// Looks whether the files of ring and log are still there.
    void look_at_files() {
        if (auto ok = log_.look(); !ok)
            told_.say(log_level::error, words({ok.why().detail, ": what it had is written again"}));
        if (const auto gone = ring_file_.gone(); gone && !ring_gone_.exchange(true))
            told_.say(log_level::error,
                      words({gone->detail, ": from now on a tick survives a kill once it is synced"}));
    }

    /// Why the last try failed, until one succeeds.
    [[nodiscard]] std::optional<error> last_error() const {
        const mutex_lock hold(guard_);
        return last_error_;
    }
    [[nodiscard]] std::uint64_t failures() const noexcept { return failures_.load(std::memory_order_relaxed); }
    /// The ring's file is not there any more: a killed process would not leave it.
    [[nodiscard]] bool ring_gone() const noexcept { return ring_gone_.load(std::memory_order_relaxed); }
    /// From this tick on ticks were dropped, and no resync that makes up for them is durable yet; 0: none was.
    [[nodiscard]] tick dropped_from() const noexcept { return dropped_from_.load(std::memory_order_acquire); }

private:
    /// Bytes of frames in memory, but for those that the ring has, which were kept when ticks were dropped.
    [[nodiscard]] std::size_t held() const {
        return log_.bytes() - std::min(kept_bytes_, log_.bytes()) + ring_.heap_bytes();
    }

    [[gnu::cold]] void drop(const char* why) {
        const tick from = log_.give_up(first_on_heap_ != 0 ? first_on_heap_ - 1 : 0);
        if (dropped_from() == 0 || from < dropped_from()) dropped_from_.store(from, std::memory_order_release);
        ring_.drop_heap();
        kept_bytes_ = log_.bytes();
        dropping_ = true;
        expected_ = 0;
        told_.say(log_level::error,
                  words({"ticks from ", dropped_from(), " on are dropped, and are in memory alone: ", why,
                         "; once the log can be written every row is written anew. What was appended to append_only "
                         "tables in them is lost"}));
    }
    /// Asks for a resync once the log can be written. Whether it tried.
    [[gnu::cold]] bool probe(const demand& now) {
        if (expected_ != 0 || now.stopping || pause_.resting(now.asked)) return false;
        auto ok = try_probe();
        if (!ok) {
            note_failure(ok.why(), now);
            return true;
        }
        pause_.worked();
        expected_ = resync_.ask();
        return true;
    }
    [[nodiscard, gnu::cold]] result<void> try_probe() {
        BOOST_TRY { return log_.probe(); }
        BOOST_CATCH(const std::bad_alloc&) { return error{errc::io, out_of_memory}; }
        BOOST_CATCH_END
    }
    [[nodiscard]] bool due(const demand& now) const {
        if (!log_.in_files() || now.stopping) return true;
        if (failing_) return !pause_.resting(now.asked);
        return log_.lost() || now.wanted > log_.synced() || ring_.heap_bytes() != 0 || ring_gone() ||
               clock_.steady_ns() - unsynced_since_ns_ >= sync_every_ns_;
    }
    [[nodiscard]] result<void> try_sync() {
        BOOST_TRY {
            if (failing_) (void)log_.tidy(); // a disk may be full of what SQLite has by now
            return log_.sync();
        }
        BOOST_CATCH(const std::bad_alloc&) { return error{errc::io, out_of_memory}; }
        BOOST_CATCH_END
    }
    void note_success() {
        ring_.release();
        first_on_heap_ = 0;
        kept_bytes_ = 0;
        if (dropped_from() != 0 && !log_.gap_open()) note_resync();
        if (auto tidied = log_.tidy(); !tidied) told_.say(log_level::warning, tidied.why().message());
        unsynced_since_ns_ = 0;
        pause_.worked();
        if (!failing_) return;
        failing_ = false;
        keep(std::nullopt);
        told_.say(log_level::info, words({"the log works again, up to tick ", log_.durable()}));
    }
    [[gnu::cold]] void note_resync() {
        dropped_from_.store(0, std::memory_order_release);
        told_.say(log_level::info,
                  words({"every row was written to the log anew: nothing is missing in it any more, up to "
                         "tick ",
                         log_.durable()}));
    }
    [[gnu::cold]] void note_failure(const error& why, const demand& now) {
        const bool news = keep(why);
        if (!news && pause_.resting(now.asked)) return;
        failing_ = true;
        failures_.fetch_add(1, std::memory_order_relaxed);
        pause_.failed(now.asked);
        if (news)
            told_.say(log_level::error, words({"the log cannot be written, and will be tried again: ", why.message()}));
    }
    /// Whether it is another error than the last.
    bool keep(std::optional<error> why) {
        const mutex_lock hold(guard_);
        const bool news = last_error_.has_value() != why.has_value() || (why && last_error_->detail != why->detail);
        if (news) last_error_ = std::move(why);
        return news;
    }

    /// Out of memory: the frame stays in the ring and is taken later.
    [[nodiscard]] bool take_frame() {
        const auto take = [&](const sealed_frame& frame) {
            const bool begins = expected_ != 0 && frame.header.resync_begins >= expected_;
            if (!dropping_ || begins) log_.append(frame);
            dropping_ = dropping_ && !begins;
            taken_ = frame.header.number;
            if (first_on_heap_ == 0 && (frame.header.of_ring & detail::on_heap) != 0) first_on_heap_ = taken_;
        };
        BOOST_TRY { return ring_.take(take); }
        BOOST_CATCH(const std::bad_alloc&) { return false; }
        BOOST_CATCH_END
    }

    ring& ring_;
    frame_log& log_;
    const std::size_t hold_bytes_;
    const std::int64_t sync_every_ns_;
    const clock& clock_;
    const speaker& told_;
    resync_request& resync_;
    const watched_file ring_file_;
    tick taken_;
    tick sealed_ = 0;
    tick first_on_heap_ = 0; ///< Of those that were taken and are not synced, the first that the ring has not; 0: none.
    std::size_t kept_bytes_ = 0; ///< Of those that the ring has, when the others were dropped.
    std::int64_t unsynced_since_ns_ = 0;
    bool failing_ = false;
    bool dropping_ = false;      ///< Every tick is dropped, until the one with which
    std::uint32_t expected_ = 0; ///< this resync begins; 0: none was asked for yet.
    back_off pause_;

    mutable mutex guard_; ///< The error.
    std::optional<error> last_error_;
    std::atomic<std::uint64_t> failures_{0};
    std::atomic<bool> ring_gone_{false};
    std::atomic<tick> dropped_from_{0};
};

} // namespace holdfast
