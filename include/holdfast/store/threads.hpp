// SPDX-License-Identifier: MIT
/// @file
/// The threads behind stores: one looks after the logs, one writes to SQLite, one checks backups. Each gives every store that
/// runs on them a short step in turn; nobody wakes them on a commit: they look.
#pragma once

#include <holdfast/config.hpp>
#include <holdfast/core/error.hpp>
#include <holdfast/core/words.hpp>
#include <holdfast/io/thread.hpp>

#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

namespace holdfast {
namespace detail {

/// What is said of a thread that an exception has ended.
[[nodiscard, gnu::cold]] inline error thread_ended(const char* why) noexcept {
    BOOST_TRY { return {errc::io, words({"a background thread ended: ", why})}; }
    BOOST_CATCH(const std::bad_alloc&) { return {errc::io, out_of_memory}; }
    BOOST_CATCH_END
}

/// What a store has to do in the background, in steps that end soon: no step waits for anything but the disk.
class background_work {
public:
    background_work() = default;
    background_work(const background_work&) = delete;
    background_work& operator=(const background_work&) = delete;

    /// Takes away the ticks that are sealed. Whether it should be called again at once.
    virtual bool log_step() noexcept = 0;
    /// Writes one batch, if one is due. Whether it should be called again at once.
    virtual bool write_step() noexcept = 0;
    /// Checks a backup that was copied. Whether it should be called again at once.
    virtual bool check_step() noexcept = 0;

protected:
    ~background_work() = default;
};

/// A thread that calls one kind of step of each member, in turn, for ever.
class rota {
public:
    using step = bool (background_work::*)() noexcept;

    enum class priority : std::uint8_t { of_the_process, low };

    /// @param pause_ns  How long it rests when no step wants to be called again.
    rota(step what, std::int64_t pause_ns, priority has = priority::of_the_process) noexcept
        : step_(what), pause_ns_(pause_ns), priority_(has) {}
    rota(const rota&) = delete;
    rota& operator=(const rota&) = delete;
    [[gnu::cold]] ~rota() {
        if (made_in_ != forks()) return; // its members and its thread are the parent's
        mutex_lock hold(guard_);
        HOLDFAST_REQUIRE(members_.empty(), "threads are gone before a store that runs on them: declare them first");
        ending_ = true;
        rest_.notify_all();
        hold.unlock();
        thread_.join();
    }

    /// From here on `one` gets its turns. False when the system has no thread, or no memory, to give.
    [[nodiscard, gnu::cold]] bool add(background_work& one) noexcept {
        HOLDFAST_REQUIRE(made_in_ == forks(), "these threads belong to the process before the fork: make new ones");
        const mutex_lock hold(guard_);
        BOOST_TRY { members_.push_back(&one); }
        BOOST_CATCH(const std::bad_alloc&) { return false; }
        BOOST_CATCH_END
        if (!started_) started_ = thread_.start<&rota::run>(*this);
        if (!started_) members_.pop_back();
        woken_ = true;
        rest_.notify_all();
        return started_;
    }
    /// No step of `one` runs, or will be run, when it returns: it waits for one that runs now, for no other.
    [[gnu::cold]] void remove(background_work& one) noexcept {
        mutex_lock hold(guard_);
        for (std::size_t i = 0; i < members_.size(); ++i) {
            if (members_[i] != &one) continue;
            members_.erase(members_.begin() + static_cast<std::ptrdiff_t>(i));
            if (i < next_) --next_;
            break;
        }
        ++leaving_;
        while (running_ == &one) stepped_.wait_for(hold, longest_rest_ns);
        --leaving_;
    }
    /// A round is begun now, or again when one is under way.
    void wake() noexcept {
        const mutex_lock hold(guard_);
        woken_ = true;
        rest_.notify_all();
    }

private:
    void run() noexcept {
        if (priority_ == priority::low) give_way();
        mutex_lock hold(guard_);
        while (!ending_) {
            woken_ = false;
            if (round(hold) || woken_ || ending_) continue;
            rest_.wait_for(hold, members_.empty() ? longest_rest_ns : pause_ns_);
        }
    }
    /// One step of each member. Whether one of them wants another.
    bool round(mutex_lock& hold) noexcept {
        bool again = false;
        for (next_ = 0; next_ < members_.size() && !ending_;) {
            running_ = members_[next_++];
            background_work& one = *running_;
            hold.unlock();
            const bool more = (one.*step_)();
            hold.lock();
            again = again || more;
            running_ = nullptr;
            if (leaving_ != 0) stepped_.notify_all();
        }
        return again;
    }

    static constexpr std::int64_t longest_rest_ns = 3'600'000'000'000;

    const step step_;
    const std::int64_t pause_ns_;
    const priority priority_;
    const unsigned made_in_ = forks();
    mutex guard_; ///< Everything below; never held during a step.
    condition rest_;
    condition stepped_;
    std::vector<background_work*> members_;
    std::size_t next_ = 0; ///< Whose turn is next, in this round.
    background_work* running_ = nullptr;
    std::size_t leaving_ = 0; ///< How many wait for a step to end.
    bool woken_ = false;
    bool ending_ = false;
    bool started_ = false;
    thread thread_;
};

} // namespace detail

/// One log thread, one writer thread and one that checks backups for any number of stores: see `options::run_on`. They are
/// started when the first store is opened. The last two give way to other threads (nice 10): with more threads than
/// processors a tick would wait for them.
///
/// Threads: stores may be opened and closed on it by any thread, while others are used.
/// Cost: each store in turn gets a step of at most one batch, so that a slow disk, or a log callback that takes
///       its time, delays the other stores by as much. A store that fails waits without holding up anybody.
/// Lifetime: must outlive the stores that run on it; otherwise the program is stopped.
class threads {
public:
    threads() = default;

private:
    friend class saver;

    [[nodiscard, gnu::cold]] bool add(detail::background_work& one) noexcept {
        return log_.add(one) && writer_.add(one) && checker_.add(one);
    }
    [[gnu::cold]] void remove(detail::background_work& one) noexcept {
        log_.remove(one);
        writer_.remove(one);
        checker_.remove(one);
    }

    static constexpr std::int64_t log_pause_ns = 1'000'000;           ///< A sealed tick is seen within this.
    static constexpr std::int64_t look_again_ns = 5'000'000;          ///< How often the writer asks what time it is.
    static constexpr std::int64_t check_pause_ns = 3'600'000'000'000; ///< It is woken when there is a backup to check.

    detail::rota log_{&detail::background_work::log_step, log_pause_ns};
    detail::rota writer_{&detail::background_work::write_step, look_again_ns, detail::rota::priority::low};
    detail::rota checker_{&detail::background_work::check_step, check_pause_ns, detail::rota::priority::low};
};

} // namespace holdfast
