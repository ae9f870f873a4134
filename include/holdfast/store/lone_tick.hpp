// SPDX-License-Identifier: MIT
/// @file
/// A tick that goes to SQLite at once, past the log: a bulk load, while it waits for the thread that writes.
#pragma once

#include <holdfast/snapshot/delta_writer.hpp>

#include <optional>
#include <utility>

namespace holdfast {

/// See the file's sentence. Threads: whoever holds the saver's lock.
class lone_tick {
public:
    void ask(bytes_view payload, std::uint64_t number) noexcept {
        payload_ = payload;
        number_ = number;
    }
    /// Whether the thread that writes has something to do.
    [[nodiscard]] bool waits() const noexcept { return number_ != 0 && !done_; }
    [[nodiscard]] bytes_view payload() const noexcept { return payload_; }
    [[nodiscard]] std::uint64_t number() const noexcept { return number_; }

    /// @param unknown  Nobody knows whether the file has it.
    void finish(result<batch_report> what, bool unknown) {
        done_.emplace(std::move(what));
        unknown_ = unknown;
    }
    [[nodiscard]] bool finished() const noexcept { return done_.has_value(); }
    /// What became of it; nothing if it was not finished.
    [[nodiscard]] std::optional<result<batch_report>> take() {
        number_ = 0;
        return std::exchange(done_, std::nullopt);
    }
    [[nodiscard]] bool unknown() const noexcept { return unknown_; }

private:
    bytes_view payload_{};
    std::uint64_t number_ = 0; ///< 0: there is none.
    std::optional<result<batch_report>> done_{};
    bool unknown_ = false;
};

} // namespace holdfast
