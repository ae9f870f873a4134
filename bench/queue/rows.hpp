// SPDX-License-Identifier: MIT
/// @file
/// What every side keeps: players and their things in memory, and events, which are only written.
#pragma once

#include "support/timing.hpp"

#include <holdfast/holdfast.hpp>

#include <bit>
#include <cstring>
#include <deque>
#include <string_view>

namespace bench {

struct place {
    double x = 0;
    double y = 0;
};

struct player {
    std::int64_t id = 0;
    place pos{};
    std::int32_t hit_points = 0;
    std::int32_t mana = 0;
    std::int64_t gold = 0;
    std::int64_t experience = 0;
    std::int64_t account = 0;
    std::int64_t seen = 0;
};
static_assert(sizeof(player) == 64);

/// Stands for items, auras, quests, skills, mail: a row with an owner, some numbers and a text.
struct thing {
    std::int64_t id = 0;
    std::int64_t owner = 0;
    std::int64_t a = 0;
    std::int64_t b = 0;
    std::int64_t c = 0;
    std::int64_t d = 0;
    std::string note{};
};

struct event {
    std::int64_t who = 0;
    std::int64_t what = 0;
    std::int64_t at = 0;
    std::string text{};
};

struct queue_world {
    holdfast::table<player, holdfast::primary_key<&player::id>> players;
    holdfast::table<thing, holdfast::primary_key<&thing::id>> things;
    holdfast::append_only<event> events;
};

inline constexpr std::size_t players_in_world = 10'000;
inline constexpr std::size_t things_of_a_player = 20;
inline constexpr std::size_t first_things = players_in_world * things_of_a_player;

/// One operation on the state, as the game has decided it: what every side is given to do.
struct change {
    enum class kind : std::uint8_t { move, hurt, pay, alter, add, note_down };
    kind what = kind::pay;
    std::uint8_t numbers = 0;    ///< alter: how many of a, b, c, d.
    std::uint16_t text = 0;      ///< alter, add, note_down: bytes of the text; alter: 0 leaves it alone.
    std::uint32_t row = 0;       ///< Which player, or which thing.
    std::int64_t values[4] = {}; ///< move: two doubles' bits.

    [[nodiscard]] place to() const noexcept {
        return {std::bit_cast<double>(values[0]), std::bit_cast<double>(values[1])};
    }
    /// Printable, and another one for other values.
    [[nodiscard]] std::string_view words() const noexcept {
        static const std::string from = [] {
            std::string all(8'192, ' ');
            for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<char>('a' + i * i % 23 + i % 3);
            return all;
        }();
        return std::string_view(from).substr(static_cast<std::size_t>(values[0] & 4'095), text);
    }
    /// Of the values that change, as numbers and text.
    [[nodiscard]] std::uint64_t bytes() const noexcept {
        switch (what) {
        case kind::move: return 16;
        case kind::hurt:
        case kind::pay: return 8;
        case kind::alter: return numbers * 8u + text;
        case kind::add: return 48u + text;
        case kind::note_down: return 24u + text;
        }
        return 0;
    }
    /// The event that `note_down` writes, and the thing that `add` makes.
    [[nodiscard]] event as_event() const { return {row, values[1], values[2], std::string(words())}; }
    [[nodiscard]] thing as_thing(std::int64_t id) const {
        return {id, row, values[0], values[1], values[2], values[3], std::string(words())};
    }
};

/// The rows as plain structs in plain containers, and what was written of events.
struct plain_rows {
    std::vector<player> players{};
    std::deque<thing> things{};
    std::uint64_t events = 0;
    std::uint64_t event_sum = 0;

    void fill() {
        for (std::size_t i = 0; i < players_in_world; ++i)
            players.push_back(
                {.id = static_cast<std::int64_t>(i), .gold = 100, .account = static_cast<std::int64_t>(i / 3)});
        for (std::size_t i = 0; i < first_things; ++i)
            things.push_back({.id = static_cast<std::int64_t>(i),
                              .owner = static_cast<std::int64_t>(i / things_of_a_player),
                              .note = "one of many"});
    }
    void count_event(std::int64_t who, std::int64_t what, std::int64_t at, std::string_view text) noexcept {
        std::uint64_t sum = static_cast<std::uint64_t>(who) * 31 + static_cast<std::uint64_t>(what) * 7 +
                            static_cast<std::uint64_t>(at);
        for (const char one : text) sum += static_cast<unsigned char>(one);
        ++events;
        event_sum += sum;
    }
    /// Makes the change in memory alone.
    void apply(const change& is) {
        switch (is.what) {
        case change::kind::move: players[is.row].pos = is.to(); return;
        case change::kind::hurt:
            players[is.row].hit_points = static_cast<std::int32_t>(is.values[0]);
            players[is.row].mana = static_cast<std::int32_t>(is.values[1]);
            return;
        case change::kind::pay: players[is.row].gold = is.values[0]; return;
        case change::kind::alter: alter(is); return;
        case change::kind::add: things.push_back(is.as_thing(static_cast<std::int64_t>(things.size()))); return;
        case change::kind::note_down: count_event(is.row, is.values[1], is.values[2], is.words()); return;
        }
    }
    void alter(const change& is) {
        thing& row = things[is.row];
        row.a = is.values[0];
        if (is.numbers > 1) row.b = is.values[1];
        if (is.numbers > 2) row.c = is.values[2];
        if (is.numbers > 3) row.d = is.values[3];
        if (is.text != 0) row.note.assign(is.words());
    }
};

[[nodiscard]] inline bool same(const player& a, const player& b) noexcept {
    return std::memcmp(&a, &b, sizeof(a)) == 0;
}
[[nodiscard]] inline bool same(const thing& a, const thing& b) noexcept {
    return a.id == b.id && a.owner == b.owner && a.a == b.a && a.b == b.b && a.c == b.c && a.d == b.d &&
           a.note == b.note;
}

inline void require_same(const plain_rows& got, const plain_rows& expected, const std::string& where) {
    require_equal(got.players.size(), expected.players.size(), where + ": players");
    require_equal(got.things.size(), expected.things.size(), where + ": things");
    for (std::size_t i = 0; i < got.players.size(); ++i)
        require(same(got.players[i], expected.players[i]), where + ": player " + std::to_string(i));
    for (std::size_t i = 0; i < got.things.size(); ++i)
        require(same(got.things[i], expected.things[i]), where + ": thing " + std::to_string(i));
    require_equal(got.events, expected.events, where + ": events");
    require_equal(got.event_sum, expected.event_sum, where + ": what the events say");
}

/// Everything in a file that SQLite or a store has written, read by SQLite alone.
[[nodiscard]] inline plain_rows rows_in_file(const std::string& path) {
    namespace sql = holdfast::sqlite;
    auto file = sql::connection::open(path, sql::connection::mode::existing).value();
    plain_rows made;
    auto ask = file.prepare("SELECT id, pos_x, pos_y, hit_points, mana, gold, experience, account, seen FROM players "
                            "ORDER BY id")
                   .value();
    while (ask.step().value())
        made.players.push_back({ask.integer(0),
                                {ask.column(1).real, ask.column(2).real},
                                static_cast<std::int32_t>(ask.integer(3)),
                                static_cast<std::int32_t>(ask.integer(4)),
                                ask.integer(5),
                                ask.integer(6),
                                ask.integer(7),
                                ask.integer(8)});
    ask = file.prepare("SELECT id, owner, a, b, c, d, note FROM things ORDER BY id").value();
    while (ask.step().value())
        made.things.push_back({ask.integer(0), ask.integer(1), ask.integer(2), ask.integer(3), ask.integer(4),
                               ask.integer(5), ask.string(6)});
    ask = file.prepare("SELECT who, what, at, text FROM events").value();
    while (ask.step().value()) made.count_event(ask.integer(0), ask.integer(1), ask.integer(2), ask.string(3));
    return made;
}

} // namespace bench
