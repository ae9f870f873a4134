// SPDX-License-Identifier: MIT
/// @file
/// Stores as most tests want them: small, and saving only when the test says so.
#pragma once

#include <holdfast/holdfast.hpp>

#include "support/catch.hpp"
#include "support/fake_clock.hpp"
#include "support/world_lines.hpp"

namespace holdfast::test {

/// More time than anything takes that is not broken.
inline constexpr std::chrono::seconds long_enough{60};

[[nodiscard]] inline options small_options() {
    options chosen;
    chosen.ring_bytes = std::size_t{1} << 20; // touched at open
    chosen.segment_bytes = std::size_t{1} << 18;
    chosen.reserve_bytes = 0;
    chosen.backups.every = std::chrono::minutes(0);
    return chosen;
}
/// With a clock that stands still nothing is saved before `save_all` or `close`.
[[nodiscard]] inline options options_with(const clock& time) {
    options chosen = small_options();
    chosen.time = &time;
    chosen.sync_every = std::chrono::milliseconds(0);
    return chosen;
}

/// Saves everything, or the test fails.
template <class World> save_report save(store<World>& db) {
    auto report = db.save_all(long_enough);
    INFO((report ? std::string() : report.why().message()));
    REQUIRE(report);
    return std::move(*report);
}

/// Closes, and compares what memory has with what plain sqlite3 finds in the file.
template <class World> void close_and_compare(store<World>& db, const std::string& path) {
    const world_lines memory = memory_lines(*db);
    const save_report report = db.close(long_enough);
    REQUIRE(report.complete());
    REQUIRE(file_lines(*db, path) == memory);
    REQUIRE(memory_lines(*db) == memory);
}

} // namespace holdfast::test
