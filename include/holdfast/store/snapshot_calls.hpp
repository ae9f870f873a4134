// SPDX-License-Identifier: MIT
/// @file
/// The functions that a game wants called when a copy of its database is made.
#pragma once

#include <holdfast/store/backup_keeper.hpp>

#include <functional>
#include <utility>
#include <vector>

namespace holdfast {

/// What a copy of the database has, or why there is none.
using snapshot_function = std::function<void(const result<backup_manifest>&)>;

/// See the file's sentence. Each function is called once. Threads: the one that edits.
class snapshot_calls {
public:
    [[nodiscard]] bool empty() const noexcept { return waiting_.empty(); }

    void add(std::uint64_t request, snapshot_function fn) { waiting_.emplace_back(request, std::move(fn)); }

    /// Calls those whose copies are made, or will not be.
    void call(backup_keeper& from) {
        if (!from.has_outcomes()) return;
        for (const snapshot_outcome& one : from.take_outcomes())
            if (auto fn = take(one.request))
                fn(one.failure ? result<backup_manifest>(*one.failure) : result<backup_manifest>(one.made));
    }
    /// Calls all that are left.
    [[gnu::cold]] void call_rest(const error& why) {
        while (!waiting_.empty()) take(waiting_.front().first)(why);
    }

private:
    [[nodiscard]] snapshot_function take(std::uint64_t request) {
        for (auto one = waiting_.begin(); one != waiting_.end(); ++one) {
            if (one->first != request) continue;
            snapshot_function fn = std::move(one->second);
            waiting_.erase(one);
            return fn;
        }
        return {};
    }

    std::vector<std::pair<std::uint64_t, snapshot_function>> waiting_;
};

} // namespace holdfast
