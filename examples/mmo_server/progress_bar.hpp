// SPDX-License-Identifier: MIT
/// @file
/// A line that fills up while something takes its time:   loading inventory  [##########----------]  50 %
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>

#include <unistd.h>

namespace mmo {

/// On a terminal one line that is drawn anew; elsewhere a plain line now and then.
class progress_bar {
public:
    progress_bar() = default;
    progress_bar(const progress_bar&) = delete;
    progress_bar& operator=(const progress_bar&) = delete;
    ~progress_bar() { clear(); }

    void show(std::string_view what, std::size_t done, std::size_t total) {
        const auto now = clock::now();
        if (now < next_) return;
        next_ = now + (terminal_ ? std::chrono::milliseconds(100) : std::chrono::milliseconds(10'000));
        const double share = total == 0 ? 1.0 : std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
        const auto filled = static_cast<std::size_t>(share * width);
        if (terminal_) {
            const std::string bar = std::string(filled, '#') + std::string(width - filled, '-');
            std::printf("\r\033[K%-22.*s [%s] %3.0f %%", static_cast<int>(what.size()), what.data(), bar.c_str(),
                        share * 100);
            drawn_ = true;
        } else {
            std::printf("%.*s: %.0f %%\n", static_cast<int>(what.size()), what.data(), share * 100);
        }
        std::fflush(stdout);
    }

    /// Takes the bar away, so that a line can be printed in its place.
    void clear() {
        if (drawn_) std::fputs("\r\033[K", stdout);
        drawn_ = false;
    }

private:
    using clock = std::chrono::steady_clock;
    static constexpr std::size_t width = 40;

    const bool terminal_ = ::isatty(STDOUT_FILENO) != 0;
    bool drawn_ = false;
    clock::time_point next_ = clock::now() + std::chrono::milliseconds(terminal_ ? 0 : 10'000);
};

} // namespace mmo
