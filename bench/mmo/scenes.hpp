// SPDX-License-Identifier: MIT
/// @file
/// What a server lives through, for each way of saving: an ordinary hour, and the moments that are not ordinary.
#pragma once

#include "mmo/by_player.hpp"
#include "mmo/by_statement.hpp"
#include "queue/by_store.hpp"
#include "queue/ticks.hpp"
#include "support/scratch_folder.hpp"

#include <fstream>
#include <optional>

namespace bench {

/// The same world, saved in each way.
struct mmo_sides {
    mmo_sides(const scratch_folder& folder, int ticks_per_second, const std::string& lying)
        : path(make(folder.file("ours.db"))),
          whole(folder.file("whole.db"), path, saving::updates_by_a_thread, ticks_per_second),
          rewrite(folder.file("rewrite.db"), path, saving::rewrites_in_the_tick, ticks_per_second),
          through(folder.file("through.db"), path), ours(path, std::string()) {
        each([&](auto& side) { side.lies = lying == side.side.name; });
    }
    template <class Function> void each(Function&& fn) {
        fn(nothing);
        fn(ours);
        fn(whole);
        fn(rewrite);
        fn(through);
    }
    /// What every file holds is what was changed. Ends them.
    void check() {
        each([](auto& side) { side.check(); });
    }
    /// A store's file with the world in it.
    [[nodiscard]] static std::string make(std::string path) {
        by_store::make(path);
        return path;
    }
    static inline const std::vector<std::string> names{"nothing", "ours", "whole-player", "rewrite", "write-through"};

    std::string path;
    watched<unsaved> nothing;
    watched<by_player> whole, rewrite;
    watched<by_statement> through;
    watched<by_store> ours; ///< Last: its file is the others' model until it is opened.
};

/// What this process has sent to disks so far, written or through mapped pages.
[[nodiscard]] inline std::uint64_t bytes_to_disk() {
    std::ifstream io("/proc/self/io");
    for (std::string name; io >> name;) {
        std::uint64_t value = 0;
        io >> value;
        if (name == "write_bytes:") return value;
    }
    return 0;
}

/// Plays changes that were decided before as one tick; its length in milliseconds.
template <class Side> [[nodiscard]] double play_tick(watched<Side>& on, const std::vector<change>& changes) {
    const double took = timed([&] {
        for (const change& one : changes) on.side.apply(one);
        on.side.commit();
    });
    on.expect(changes);
    return took / 1e6;
}

/// Rows that a side has written to SQLite so far; nothing: it does not say.
template <class Side> [[nodiscard]] std::optional<std::uint64_t> rows_written_by(const Side& side) {
    if constexpr (requires { side.rows_written(); })
        return side.rows_written();
    else if constexpr (requires { side.health(); })
        return side.health().rows_written;
    else
        return std::nullopt;
}

/// What an ordinary time has cost one side.
struct steady_times {
    tick_times ticks{};
    double seconds = 0;
    std::uint64_t bytes = 0; ///< To disks.
    std::optional<std::uint64_t> rows{};
    std::optional<double> oldest_ms{}; ///< How long a change has waited for SQLite, at most.
};

/// Until what the turn has given its threads to write is written: players whose turn it is not yet stay unsaved.
template <class Side> void wait_for_threads(Side& side) {
    if constexpr (requires { side.wait(); })
        side.wait();
    else
        side.settle();
}

/// A turn of so many ticks in real time. What its threads write behind the last one counts, too: it is of these ticks.
template <class Side> void play_turn(ticking<Side>& now, watched<Side>& on, std::size_t ticks, steady_times& into) {
    const std::uint64_t bytes = bytes_to_disk();
    const auto rows = rows_written_by(on.side);
    const std::int64_t begun = read_ns();
    now.play_on(ticks, into.ticks, [&](std::int64_t next) {
        sleep_until(next);
        if constexpr (requires { on.side.health(); }) {
            const std::chrono::duration<double, std::milli> oldest = on.side.health().oldest_unsaved;
            into.oldest_ms = std::max(into.oldest_ms.value_or(0), oldest.count());
        }
    });
    into.seconds += static_cast<double>(read_ns() - begun) / 1e9;
    wait_for_threads(on.side);
    into.bytes += bytes_to_disk() - bytes;
    if (rows) into.rows = into.rows.value_or(0) + *rows_written_by(on.side) - *rows;
    on.side.settle();
}

/// 2,000 players take part in a kill: each is paid, gets a thing, and two things of his change. All in one tick.
[[nodiscard]] inline std::vector<change> boss_kill(std::mt19937_64& random) {
    std::vector<change> made;
    for (std::uint32_t who = 0; who < 2'000; ++who) {
        change one;
        for (std::int64_t& value : one.values) value = static_cast<std::int64_t>(random() >> 1);
        one.row = who;
        one.what = change::kind::pay;
        made.push_back(one);
        one.what = change::kind::add;
        one.text = 40;
        made.push_back(one);
        one.what = change::kind::alter;
        one.text = 0;
        one.numbers = 2;
        for (std::uint32_t k = 0; k < 2; ++k) {
            one.row = static_cast<std::uint32_t>(who * things_of_a_player + k);
            made.push_back(one);
        }
    }
    return made;
}

/// Every player's vital signs and five of his things begin anew. All in one tick.
[[nodiscard]] inline std::vector<change> daily_reset(std::mt19937_64& random) {
    std::vector<change> made;
    for (std::uint32_t who = 0; who < players_in_world; ++who) {
        change one;
        for (std::int64_t& value : one.values) value = static_cast<std::int64_t>(random() % 1'000'000);
        one.row = who;
        one.what = change::kind::hurt;
        made.push_back(one);
        one.what = change::kind::alter;
        one.numbers = 2;
        for (std::uint32_t k = 0; k < 5; ++k) {
            one.row = static_cast<std::uint32_t>(who * things_of_a_player + k);
            made.push_back(one);
        }
    }
    return made;
}

/// 168,000 things more for one player: an item each.
[[nodiscard]] inline std::vector<change> hoard(std::mt19937_64& random) {
    std::vector<change> made(168'000);
    for (change& one : made) {
        one.what = change::kind::add;
        one.row = 7;
        one.text = 12;
        for (std::int64_t& value : one.values) value = static_cast<std::int64_t>(random() >> 1);
    }
    return made;
}

} // namespace bench
