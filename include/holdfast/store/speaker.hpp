// SPDX-License-Identifier: MIT
/// @file
/// Tells the caller's log callback, from whichever thread, one thing at a time.
#pragma once

#include <holdfast/io/thread.hpp>
#include <holdfast/store/options.hpp>

namespace holdfast {

/// See the file's sentence. Threads: any.
class speaker {
public:
    [[gnu::cold]] explicit speaker(const options& chosen) : log_(chosen.log) {}

    void say(log_level level, std::string_view text) const {
        if (!log_) return;
        const mutex_lock hold(talking_);
        log_(level, text);
    }

private:
    const std::function<void(log_level, std::string_view)> log_;
    mutable mutex talking_;
};

} // namespace holdfast
