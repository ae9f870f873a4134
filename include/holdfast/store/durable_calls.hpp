// SPDX-License-Identifier: MIT
/// @file
/// The functions that a game wants called when a tick has become durable.
#pragma once

#include <holdfast/core/result.hpp>
#include <holdfast/store/health.hpp>

#include <algorithm>
#include <deque>
#include <functional>

namespace holdfast {

/// What became of a tick: nothing went wrong and it is durable, or why nobody knows that it is.
using durable_function = std::function<void(const result<void>&)>;

/// See the file's sentence. Each function is called once. Threads: the one that edits.
class durable_calls {
public:
    [[nodiscard]] bool empty() const noexcept { return waiting_.empty(); }

    /// Whether somebody waits for a later tick than this.
    [[nodiscard]] bool wait_behind(tick sealed) const noexcept {
        return !waiting_.empty() && waiting_.back().when > sealed;
    }

    /// Behind those that wait for the same tick, or an earlier one.
    void add(tick when, durable_function fn) {
        const auto later = std::upper_bound(waiting_.begin(), waiting_.end(), when,
                                            [](tick at, const waiting& one) { return at < one.when; });
        waiting_.insert(later, {when, std::move(fn)});
    }

    /// Calls those that wait for ticks up to `durable`, in their order. A function may add others; one that lets this be
    /// called again changes nothing by it.
    void call_through(tick durable) noexcept {
        if (calling_) return;
        calling_ = true;
        while (!waiting_.empty() && waiting_.front().when <= durable) call_first(result<void>());
        calling_ = false;
    }
    /// Calls all that are left: their ticks did not become durable. What they add is called, too.
    [[gnu::cold]] void call_rest(const std::function<error(tick)>& why) noexcept {
        calling_ = true;
        while (!waiting_.empty()) call_first(why(waiting_.front().when));
        calling_ = false;
    }

private:
    struct waiting {
        tick when;
        durable_function fn;
    };

    void call_first(const result<void>& outcome) {
        const durable_function fn = std::move(waiting_.front().fn);
        waiting_.pop_front();
        fn(outcome);
    }

    std::deque<waiting> waiting_;
    bool calling_ = false;
};

} // namespace holdfast
