// SPDX-License-Identifier: MIT
/// @file
/// What has to know that the process has become two: the child has the memory of its parent, but none of its threads, and
/// nothing of what belongs to the parent alone.
#pragma once

#include <holdfast/core/error.hpp>
#include <holdfast/core/never_destroyed.hpp>
#include <holdfast/io/mutex.hpp>

#include <new>

#include <pthread.h>

namespace holdfast {
namespace detail {

class fork_register;

/// Is told of every fork, between construction and destruction. Not of vfork, posix_spawn, system and popen, whose child
/// only starts another program.
class fork_listener {
public:
    fork_listener(const fork_listener&) = delete;
    fork_listener& operator=(const fork_listener&) = delete;

protected:
    fork_listener();
    ~fork_listener();

private:
    friend class fork_register;

    /// On the thread that forks, while the others go on.
    virtual void before_fork() noexcept {}
    virtual void in_parent() noexcept {}
    /// On the only thread of the child. Another one may have held any lock that `before_fork` did not take.
    virtual void in_child() noexcept = 0;

    fork_listener* previous_ = nullptr;
    fork_listener* next_ = nullptr;
};

/// Every listener there is.
class fork_register {
public:
    [[nodiscard, gnu::cold]] static fork_register& only() { return never_destroyed<fork_register>(); }

    /// For `only`.
    [[gnu::cold]] fork_register() {
        if (::pthread_atfork([] { only().before(); }, [] { only().parent(); }, [] { only().child(); }) != 0)
            detail::raise_out_of_memory();
    }

    [[gnu::cold]] void add(fork_listener& one) noexcept {
        const mutex_lock hold(guard_);
        one.next_ = first_;
        if (first_ != nullptr) first_->previous_ = &one;
        first_ = &one;
    }
    [[gnu::cold]] void remove(fork_listener& one) noexcept {
        const mutex_lock hold(guard_);
        if (one.next_ != nullptr) one.next_->previous_ = one.previous_;
        (one.previous_ != nullptr ? one.previous_->next_ : first_) = one.next_;
    }

    [[nodiscard]] unsigned forks() const noexcept { return forks_; }

private:
    void before() noexcept {
        guard_.lock();
        for (fork_listener* one = first_; one != nullptr; one = one->next_) one->before_fork();
    }
    void parent() noexcept {
        for (fork_listener* one = first_; one != nullptr; one = one->next_) one->in_parent();
        guard_.unlock();
    }
    void child() noexcept {
        ++forks_;
        for (fork_listener* one = first_; one != nullptr; one = one->next_) one->in_child();
        guard_.unlock();
    }

    mutex guard_;
    fork_listener* first_ = nullptr;
    unsigned forks_ = 0; ///< Written where there is one thread only.
};

[[gnu::cold]] inline fork_listener::fork_listener() { fork_register::only().add(*this); }
[[gnu::cold]] inline fork_listener::~fork_listener() { fork_register::only().remove(*this); }

/// How many forks lie between this process and the one that asked first: another number is another process.
[[nodiscard, gnu::cold]] inline unsigned forks() { return fork_register::only().forks(); }

} // namespace detail
} // namespace holdfast
