// SPDX-License-Identifier: MIT
/// @file
/// A server process and its end: when it is killed, and what it said before.
#pragma once

#include "server.hpp"

#include <functional>

#include <sys/types.h>

namespace torture {

/// When a process is killed: so long after something is seen.
struct aim {
    enum class at : unsigned char { any_time, opening, replay, roll, writing, checkpoint, saving, closing, end };
    at when = at::any_time;
    std::int64_t delay_us = 0;
    std::int64_t stop_us = 0; ///< Before that it is stopped for so long, and goes on for a millisecond; 0: it is not.
    std::chrono::milliseconds longest{600}; ///< What is not seen by then is not waited for.
};

/// A second process that serves. What still runs at the end is killed.
class victim {
public:
    explicit victim(const life& of);
    victim(const victim&) = delete;
    victim& operator=(const victim&) = delete;
    ~victim();

    /// Kills it when `when` says. In the middle of what it was.
    std::string kill(const aim& when);
    /// Waits until it has ended its life, or failed; then kills it.
    void run_to_the_end();

    [[nodiscard]] pid_t id() const noexcept { return id_; }
    [[nodiscard]] const whereabouts& where() const noexcept { return *where_; }
    /// Every message that it sent, the last one perhaps cut off.
    [[nodiscard]] std::string_view said() const noexcept { return said_; }
    /// Takes in what it has said by now. False when it has ended.
    bool listen();

private:
    bool seen(aim::at what) const;
    void wait(std::chrono::nanoseconds time);
    void end();
    [[nodiscard]] std::string moment() const;

    const std::string path_;
    whereabouts* where_ = nullptr;
    pid_t id_ = -1;
    int from_ = -1;
    bool ended_ = false;
    int status_ = 0;
    std::string said_;
};

} // namespace torture
