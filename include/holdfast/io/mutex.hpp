// SPDX-License-Identifier: MIT
/// @file
/// Mutexes over POSIX: what the standard's do, for less to include.
#pragma once

#include <pthread.h>

namespace holdfast {

/// Excludes other threads. Not recursive.
class mutex {
public:
    mutex() = default;
    mutex(const mutex&) = delete;
    mutex& operator=(const mutex&) = delete;
    ~mutex() { ::pthread_mutex_destroy(&inside_); }

    void lock() noexcept { ::pthread_mutex_lock(&inside_); }
    void unlock() noexcept { ::pthread_mutex_unlock(&inside_); }
    [[nodiscard]] pthread_mutex_t* native() noexcept { return &inside_; }

private:
    pthread_mutex_t inside_ = PTHREAD_MUTEX_INITIALIZER;
};

/// Holds a mutex as long as it lives, but for the time between `unlock` and `lock`.
class [[nodiscard]] mutex_lock {
public:
    explicit mutex_lock(mutex& held) noexcept : held_(held) { held_.lock(); }
    mutex_lock(const mutex_lock&) = delete;
    mutex_lock& operator=(const mutex_lock&) = delete;
    ~mutex_lock() {
        if (locked_) held_.unlock();
    }
    void unlock() noexcept {
        locked_ = false;
        held_.unlock();
    }
    void lock() noexcept {
        held_.lock();
        locked_ = true;
    }
    [[nodiscard]] mutex& held() noexcept { return held_; }

private:
    mutex& held_;
    bool locked_ = true;
};

} // namespace holdfast
