// SPDX-License-Identifier: MIT
/// @file
/// Two long moments: the disk is away, and a copy of the database is made while the game goes on.
#pragma once

#include "mmo/disk_away.hpp"
#include "mmo/scenes.hpp"

namespace bench {

/// What such a moment was like for one side.
struct long_moment {
    double longest_tick_ms = 0;
    std::optional<double>
        ended_after_ms{}; ///< From its end until all is caught up, or from its start until the copy is there.
};

/// Ticks in real time while SQLite's disk is away for so many seconds.
/// @param by_threads  The game does not wait for the disk; where it does it stands in its first tick, and has nothing to
///                    catch up with.
template <class Side, class CatchUp>
[[nodiscard]] long_moment play_without_disk(watched<Side>& on, ticking<Side>& playing, int per_second, int seconds,
                                            bool by_threads, CatchUp&& catch_up) {
    tick_times times;
    const std::int64_t back_ns = read_ns() + std::int64_t{seconds} * 1'000'000'000;
    disk_away::leave();
    std::jthread waits([back_ns] {
        sleep_until(back_ns);
        disk_away::come_back();
    });
    playing.play_on(static_cast<std::size_t>(per_second * (by_threads ? seconds : 1)), times, sleep_until);
    waits.join();
    catch_up();
    const double took = static_cast<double>(read_ns() - back_ns) / 1e6;
    on.side.settle();
    return {quantile(times.wall, 1) / 1e3, by_threads ? std::optional(took) : std::nullopt};
}

/// Ticks until a copy is there that is asked for before the first: `copy(done)`. A side whose game thread makes it
/// returns when it is there, and that is its longest tick.
template <class Side, class Copy>
[[nodiscard]] long_moment play_with_copy(watched<Side>& on, ticking<Side>& playing, int per_second, Copy&& copy) {
    tick_times times;
    const auto done_ns = std::make_shared<std::atomic<std::int64_t>>(0); // the side may call back when this has thrown
    const std::int64_t asked_ns = read_ns();
    const double in_tick_ms = timed([&] { copy([done_ns] { *done_ns = read_ns(); }); }) / 1e6;
    for (int second = 0; *done_ns == 0 || second == 0; ++second) {
        require(second < 300, "the copy is there");
        playing.play_on(static_cast<std::size_t>(per_second), times, sleep_until);
    }
    on.side.settle();
    return {std::max(quantile(times.wall, 1) / 1e3, in_tick_ms), static_cast<double>(*done_ns - asked_ns) / 1e6};
}

/// The copy is a whole database with at least the rows of the beginning.
inline void require_copy(const std::string& path) {
    sqlite_file copy(path);
    require(copy.ask("PRAGMA integrity_check") == "ok", path + " is whole");
    require_equal(std::stoul(copy.ask("SELECT count(*) FROM players")), players_in_world, "players in " + path);
    require(std::stoul(copy.ask("SELECT count(*) FROM things")) >= first_things, path + " has all things");
}

} // namespace bench
