// SPDX-License-Identifier: MIT
/// @file
/// Plays a log on a database, by the names in it: the structs are not asked. One segment is in memory at a time.
#pragma once

#include <holdfast/queue/read_log.hpp>
#include <holdfast/snapshot/resync_writer.hpp>

#include <span>

namespace holdfast {

/// See the file's sentence. Threads: one.
class log_replay {
public:
    /// @param batch_bytes  How much goes into one transaction.
    log_replay(sqlite::connection& db, const found_log& log, std::size_t batch_bytes) noexcept
        : db_(&db), log_(&log), batch_bytes_(batch_bytes) {}

    /// Writes every frame behind `after`, which the database has, up to `last`.
    /// @param resync_end  Everything up to here is what a resync says, which ends there; 0: there is none.
    /// Errors: those of `delta_writer` and `resync_writer`, and `io`; `applied` says how far it came.
    [[nodiscard, gnu::cold]] result<void> run(std::uint64_t after, std::uint64_t resync_end, std::uint64_t last) {
        applied_ = after;
        if (resync_end > after)
            if (auto ok = resync(resync_end); !ok) return ok;
        return each_segment(last, [&](std::span<const bytes_view> frames, const segment_view& of) {
            return apply(frames, of.schema, of.header.epoch);
        });
    }
    /// The last frame that the database has.
    [[nodiscard]] std::uint64_t applied() const noexcept { return applied_; }

private:
    /// Gives `use` the frames behind `applied_` up to `last`, in order: those that lie in one segment together.
    template <class Use> [[nodiscard, gnu::cold]] result<void> each_segment(std::uint64_t last, Use&& use) {
        const std::vector<found_frame>& frames = log_->frames;
        for (std::size_t next = 0; next < frames.size();) {
            const found_log::segment& from = log_->segments[frames[next].segment];
            std::size_t end = next;
            bool wanted = false;
            for (; end < frames.size() && frames[end].segment == frames[next].segment; ++end)
                wanted = wanted || (frames[end].number() > applied_ && frames[end].number() <= last);
            if (wanted) {
                auto all = log_->load(frames[next].segment);
                if (!all) return all.why();
                std::vector<bytes_view> some;
                for (; next < end; ++next)
                    if (frames[next].number() > applied_ && frames[next].number() <= last)
                        some.push_back(frames[next].in(*all));
                if (auto ok = use(some, from.view); !ok) return ok;
            }
            next = end;
        }
        return {};
    }
    [[nodiscard, gnu::cold]] result<void> resync(std::uint64_t end) {
        const log_schema* names = nullptr; // those of the process whose resync it is
        for (const found_frame& one : log_->frames)
            if (one.number() == end) names = &log_->segments[one.segment].view.schema;
        if (names == nullptr) return error{errc::corrupt, words({"the log lacks tick ", end, " of a resync"})};
        resync_writer writer(*db_, *names);
        if (auto ok = writer.begin(); !ok) return ok;
        auto ok = each_segment(end, [&](std::span<const bytes_view> frames, const segment_view& of) {
            for (const bytes_view one : frames)
                if (auto taken = writer.take(one, of.header.epoch, &of.schema); !taken) return taken;
            return result<void>();
        });
        if (!ok) return ok;
        auto done = writer.end();
        if (!done) return done.why();
        applied_ = done->applied;
        return {};
    }
    [[nodiscard, gnu::cold]] result<void> apply(std::span<const bytes_view> frames, const log_schema& schema,
                                                std::uint32_t epoch) {
        if (frames.empty()) return {};
        delta_writer writer(*db_, schema, epoch);
        for (std::size_t most = batch_bytes_; !frames.empty();) {
            std::size_t bytes = 0, count = 0;
            while (count < frames.size() && (count == 0 || bytes + frames[count].size() <= most))
                bytes += frames[count++].size();
            auto done = writer.apply({frames.begin(), frames.begin() + static_cast<std::ptrdiff_t>(count)});
            const bool refused = !done && (done.why().code == errc::refused || done.why().code == errc::corrupt);
            if (!done && (count == 1 || !refused)) return done.why();
            if (!done) {
                most = 0; // one by one: those before the one that fails count
                continue;
            }
            applied_ = done->applied;
            frames = frames.subspan(count);
        }
        return {};
    }

    sqlite::connection* db_;
    const found_log* log_;
    const std::size_t batch_bytes_;
    std::uint64_t applied_ = 0;
};

} // namespace holdfast
