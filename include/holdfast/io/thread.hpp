// SPDX-License-Identifier: MIT
/// @file
/// Threads and conditions over POSIX: what the standard's do, for the 0.5 s that <thread> and <condition_variable> cost
/// every file that includes them.
#pragma once

#include <holdfast/io/fork.hpp>
#include <holdfast/io/mutex.hpp>

#include <cstdint>
#include <ctime>

#include <pthread.h>
#include <sys/resource.h>

namespace holdfast {

/// Lets threads wait until another says that something has changed.
class condition {
public:
    condition() = default;
    condition(const condition&) = delete;
    condition& operator=(const condition&) = delete;
    ~condition() { // which would wait, in the child of a fork, for threads that are the parent's
        if (made_in_ == detail::forks()) ::pthread_cond_destroy(&inside_);
    }

    void notify_all() noexcept { ::pthread_cond_broadcast(&inside_); }

    /// Waits for a notification, `nanoseconds` at most; may return earlier.
    void wait_for(mutex_lock& lock, std::int64_t nanoseconds) noexcept {
        if (nanoseconds > 0) wait_until(lock, deadline_in(nanoseconds));
    }
    /// Waits until `done()` says so, `nanoseconds` at most. What `done` says at the end.
    template <class Predicate> bool wait_for(mutex_lock& lock, std::int64_t nanoseconds, Predicate&& done) {
        const timespec deadline = deadline_in(nanoseconds);
        while (!done())
            if (!wait_until(lock, deadline)) return done();
        return true;
    }

private:
    [[nodiscard]] static timespec deadline_in(std::int64_t nanoseconds) noexcept {
        constexpr std::int64_t second = 1'000'000'000;
        constexpr std::int64_t longest = second * 3'600 * 24 * 365; // a year is for ever, and never overflows
        nanoseconds = nanoseconds < 0 ? 0 : nanoseconds > longest ? longest : nanoseconds;
        timespec now{};
        ::clock_gettime(CLOCK_MONOTONIC, &now);
        const std::int64_t fraction = now.tv_nsec + nanoseconds % second;
        return {now.tv_sec + nanoseconds / second + fraction / second, fraction % second};
    }
    bool wait_until(mutex_lock& lock, const timespec& deadline) noexcept {
        return ::pthread_cond_clockwait(&inside_, lock.held().native(), CLOCK_MONOTONIC, &deadline) == 0;
    }

    pthread_cond_t inside_ = PTHREAD_COND_INITIALIZER;
    const unsigned made_in_ = detail::forks();
};

/// A thread that runs one function of one object, and is joined before it goes; in the child of a fork there is none.
class thread {
public:
    thread() = default;
    thread(const thread&) = delete;
    thread& operator=(const thread&) = delete;
    ~thread() { join(); }

    /// Runs `(object.*Function)()`, which must not throw. False when the system has no thread to give.
    template <auto Function, class Object> [[nodiscard]] bool start(Object& object) noexcept {
        const auto body = [](void* of) -> void* {
            (static_cast<Object*>(of)->*Function)();
            return nullptr;
        };
        started_in_ = detail::forks();
        running_ = ::pthread_create(&inside_, nullptr, body, &object) == 0;
        return running_;
    }
    void join() noexcept {
        if (running_ && started_in_ == detail::forks()) ::pthread_join(inside_, nullptr);
        running_ = false;
    }

private:
    pthread_t inside_{};
    unsigned started_in_ = detail::forks();
    bool running_ = false;
};

/// From here on the calling thread gives way to others when there are fewer processors than threads (nice 10; Linux has
/// that for each thread alone). Where it may not, nothing is changed.
[[gnu::cold]] inline void give_way() noexcept {
    constexpr int low = 10;
    if (::getpriority(PRIO_PROCESS, 0) < low) (void)::setpriority(PRIO_PROCESS, 0, low);
}

} // namespace holdfast
