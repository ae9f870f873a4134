// SPDX-License-Identifier: MIT
/// @file
/// What does a change cost: a set by key, a set through a handle, the commit at the tick's end?
#pragma once

#include "core/sides.hpp"
#include "support/report.hpp"

namespace bench {

inline constexpr std::size_t sets_a_round = 100'000;
inline constexpr std::size_t sets_a_tick = 10'000;

/// The value that set number `i` of a round gives: never the one that was there.
[[nodiscard]] inline std::int64_t new_value(int round, std::size_t i) {
    return static_cast<std::int64_t>(round + 1) * 1'000'000 + static_cast<std::int64_t>(i);
}

/// After a measurement every row is the same on both sides.
inline void require_same_rows(sides& on) {
    on.spoil();
    for (const row_64& row : on.rows)
        require_equal(on.db->rows.find(row.id)->gold, row.gold, "gold of row " + std::to_string(row.id));
}

/// ns a set, where `set(i, value)` sets through key or handle number `i` of the round.
template <class Set, class EndTick> [[nodiscard]] double time_sets(int round, Set&& set, EndTick&& end_tick) {
    return timed_on_processor([&] {
               for (std::size_t i = 0; i < sets_a_round;) {
                   for (const std::size_t end = i + sets_a_tick; i < end; ++i) set(i, new_value(round, i));
                   end_tick();
               }
           }) /
           static_cast<double>(sets_a_round);
}

inline void measure_set_by_key(report& to, sides& on, const std::string& rows, int count, double limit) {
    const std::size_t window = std::min(sets_a_round, on.keys.size());
    bool found = true;
    const rounds both = interleave(
        count,
        [&](int round) {
            const std::int64_t* keys = on.keys_of(round, window);
            return time_sets(
                round,
                [&](std::size_t i, std::int64_t value) {
                    found &= static_cast<bool>(on.db->rows.set<&row_64::gold>(keys[i % window], value));
                },
                [&] { on.db.commit(); });
        },
        [&](int round) {
            const std::int64_t* keys = on.keys_of(round, window);
            return time_sets(
                round,
                [&](std::size_t i, std::int64_t value) {
                    const auto row = on.map.find(keys[i % window]);
                    if (row == on.map.end())
                        found = false;
                    else
                        row->second->gold = value;
                },
                [] {});
        },
        [&] { let_the_log_catch_up(on.db); });
    require(found, "a set by key finds its row");
    require_same_rows(on);
    to.add(compare("set by key, " + rows + " rows", "ns", both, budget::ratio(limit)));
}

/// A store as a careful server makes it: it looks whether the value is another, and notes which row got which, in the bytes
/// of our own op.
class log_by_hand {
public:
    void set(row_64& row, std::int64_t gold) noexcept {
        if (row.gold == gold) return;
        if (at_ + op_bytes > bytes_.size()) at_ = 0;
        row.gold = gold;
        std::byte* to = bytes_.data() + at_;
        holdfast::put_op_header(to, holdfast::op_kind::set, 1, 0);
        to = holdfast::put_cell(to + 4, holdfast::cell::of_integer(holdfast::cell_kind::i64, row.id));
        holdfast::put_cell(to, holdfast::cell::of_integer(holdfast::cell_kind::i64, gold));
        at_ += op_bytes;
    }

private:
    static constexpr std::size_t op_bytes = 22;
    std::vector<std::byte> bytes_ =
        std::vector<std::byte>(std::size_t{32} << 20, std::byte{1}); ///< Every page touched.
    std::size_t at_ = 0;
};

inline void measure_set_by_handle(report& to, sides& on, const std::string& rows, int count) {
    std::vector<holdfast::row<row_64>> handles;
    std::vector<row_64*> pointers;
    for (const std::int64_t key : on.keys) {
        handles.push_back(on.db->rows.find(key));
        pointers.push_back(on.map.find(key)->second);
    }
    const std::size_t window = std::min(sets_a_round, on.keys.size());
    const std::size_t windows = on.keys.size() / window;
    const auto start = [&](int round) { return (static_cast<std::size_t>(round) % windows) * window; };
    const auto ours = [&](int round) {
        const auto* at = handles.data() + start(round);
        return time_sets(
            round, [&](std::size_t i, std::int64_t value) { on.db->rows.set<&row_64::gold>(at[i % window], value); },
            [&] { on.db.commit(); });
    };
    const auto theirs = [&](auto&& set) {
        return [&, set](int round) {
            row_64* const* at = pointers.data() + start(round);
            return time_sets(
                round, [&](std::size_t i, std::int64_t value) { set(*at[i % window], value); }, [] {});
        };
    };
    const auto between = [&] { let_the_log_catch_up(on.db); };
    const rounds plain =
        interleave(count, ours, theirs([](row_64& row, std::int64_t gold) { row.gold = gold; }), between);
    require_same_rows(on);
    to.add(compare("set by handle, " + rows + " rows", "ns", plain, budget::more(6)));
    log_by_hand log;
    const rounds logged =
        interleave(count, ours, theirs([&](row_64& row, std::int64_t gold) { log.set(row, gold); }), between);
    require_same_rows(on);
    to.add(compare("  the same; theirs looks first, and notes it", "ns", logged));
}

/// The time of commit() alone, after `changes` changes of random rows.
inline void measure_commit(report& to, sides& on, const std::string& rows, std::size_t changes, int count) {
    std::vector<holdfast::row<row_64>> handles;
    for (const std::int64_t key : on.keys) handles.push_back(on.db->rows.find(key));
    std::vector<std::int64_t> expected;
    for (const holdfast::row<row_64> one : handles) expected.push_back(one->seen);
    std::vector<double> times;
    std::size_t at = 0;
    for (int round = 0; round < count; ++round) {
        for (std::size_t i = 0; i < changes; ++i, at = (at + 1) % handles.size())
            on.db->rows.set<&row_64::seen>(handles[at], expected[at] = new_value(round, i));
        const holdfast::tick before = on.db.health().committed;
        holdfast::tick sealed = 0;
        times.push_back(timed([&] { sealed = on.db.commit(); }) / 1'000);
        require_equal(sealed, before + 1, "the tick of a commit");
        if (changes > 1'000 || round % 100 == 0) let_the_log_catch_up(on.db);
    }
    if (on.lies) on.db->rows.set<&row_64::seen>(handles.front(), -1);
    for (std::size_t i = 0; i < handles.size(); ++i)
        require_equal(handles[i]->seen, expected[i], "a value that was committed");
    for (const auto& [part, name] : {std::pair(0.50, "p50"), std::pair(0.99, "p99")})
        to.add({.name = std::string("commit, ") + name + ", " + std::to_string(changes) + " changes, " + rows + " rows",
                .unit = "us",
                .ours = quantile(times, part),
                .limit = part > 0.9 ? budget::ours(10) : budget{}});
}

/// What was set reaches the file.
inline void require_saved(sides& on, const std::string& path) {
    on.spoil();
    save_all(on.db);
    on.db.close();
    auto file = holdfast::sqlite::connection::open(path, holdfast::sqlite::connection::mode::existing).value();
    auto ask = file.prepare("SELECT sum(gold), count(*) FROM rows").value();
    require(ask.step().value(), "the file has rows");
    std::int64_t expected = 0;
    for (const row_64& row : on.rows) expected += row.gold;
    require_equal(ask.integer(0), expected, "the sum of gold in the file");
    require_equal(ask.integer(1), static_cast<std::int64_t>(on.rows.size()), "the rows in the file");
}

} // namespace bench
