// SPDX-License-Identifier: MIT
/// @file
/// Means over many readings; medians and worst cases of what is done seldom.
#include "measure.hpp"

#include <boost/pfr/core.hpp>

#include <algorithm>
#include <chrono>
#include <fstream>

#include <unistd.h>

namespace mmo {
namespace {

using clock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

/// A place for results that nobody asks for, so that the compiler must compute them.
volatile std::int64_t seen_by_nobody = 0;

/// The mean time of `read(id)` over ids drawn by lot, in microseconds. What is read is never negative: that
/// the next id depends on it keeps the processor from doing many at once.
template <class Read> double mean_us(const std::vector<std::int64_t>& ids, Read&& read) {
    std::int64_t sum = 0;
    const auto begun = clock::now();
    for (const std::int64_t id : ids) sum += read(id + (sum < 0));
    const auto took = clock::now() - begun;
    seen_by_nobody = sum;
    return in_us(took) / static_cast<double>(ids.size());
}

/// Ids of characters that are there, or what `of` makes of them.
template <class Of> std::vector<std::int64_t> draw(const world& from, dice& roll, std::size_t count, Of&& of) {
    std::vector<hf::row<character>> all;
    for (const auto row : from.characters) all.push_back(row);
    std::vector<std::int64_t> drawn(count);
    for (std::int64_t& one : drawn) one = of(*all[roll.below(all.size())]);
    return drawn;
}

figure measure_maps(const world& of, dice& roll) {
    std::vector<std::string> names;
    for (const auto row : of.characters) names.push_back(row->map_id);
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    const auto maps =
        draw(of, roll, 20'000, [&](const character&) { return static_cast<std::int64_t>(roll.below(names.size())); });
    const double us = mean_us(maps, [&](std::int64_t number) {
        std::int64_t levels = 0;
        for (const auto row : of.characters.where<&character::map_id>(names[static_cast<std::size_t>(number)]))
            levels += row->level;
        return levels;
    });
    return {"map's characters",
            100,
            us,
            "us",
            3,
            std::to_string(of.characters.size() / names.size()) + " of one map, walked and read"};
}

figure measure_character_saves(hf::store<world>& db, dice& roll) {
    const auto ids = draw(*db, roll, 50, [](const character& of) { return of.character_id; });
    std::vector<nanoseconds> times;
    for (const std::int64_t id : ids) {
        const auto begun = clock::now();
        db->characters.add<&character::experience>(id, 1).value();
        db.commit();
        db.save_all(std::chrono::seconds(10)).value();
        times.push_back(clock::now() - begun);
    }
    std::sort(times.begin(), times.end());
    return {"character save",
            10,
            in_ms(times.back()),
            "ms",
            2,
            "longest of 50, median " + fixed(in_ms(times[25]), 2) + " ms"};
}

/// Inserts every row of a table into another world's; a commit for every ten thousand.
template <class Table, class Commit> void copy_rows(const Table& from, Table& to, Commit&& commit) {
    std::size_t copied = 0;
    for (const auto row : from) {
        to.insert(*row).value();
        if (++copied % 10'000 == 0) commit();
    }
}

figure measure_full_snapshot(const world& of, const std::string& scratch) {
    const auto begun = clock::now();
    auto copy = hf::open<world>(scratch).value();
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        (copy_rows(boost::pfr::get<I>(of), boost::pfr::get<I>(*copy), [&] { copy.commit(); }), ...);
    }(std::make_index_sequence<boost::pfr::tuple_size_v<world>>{});
    copy.commit();
    copy.save_all(std::chrono::minutes(5)).value();
    const auto took = clock::now() - begun;
    return {"full snapshot",
            5,
            in_seconds(took),
            "s",
            2,
            "all " + grouped(copy.health().rows_written) + " rows into a new file"};
}

} // namespace

std::size_t resident_bytes() {
    std::size_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages >> pages; // the second number
    return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

std::vector<figure> measure_reading(const world& of, dice roll) {
    const auto ids = draw(of, roll, 1'000'000, [](const character& one) { return one.character_id; });
    const std::vector<std::int64_t> fewer(ids.begin(), ids.begin() + 100'000);
    const auto accounts = draw(of, roll, 100'000, [](const character& one) { return one.account_id; });
    const std::size_t bag = of.inventory.size() / of.characters.size();

    const double lookup = mean_us(ids, [&](std::int64_t id) { return of.characters.find(id)->gold; });
    const double first = mean_us(ids, [&](std::int64_t id) {
        for (const auto stack : of.inventory.where<&inventory_item::character_id>(id)) return stack->quantity;
        return 0;
    });
    const double walk = mean_us(fewer, [&](std::int64_t id) {
        std::int64_t things = 0;
        for (const auto stack : of.inventory.where<&inventory_item::character_id>(id)) things += stack->quantity;
        return things;
    });
    const double account = mean_us(accounts, [&](std::int64_t id) {
        std::int64_t levels = 0;
        for (const auto one : of.characters.where<&character::account_id>(id)) levels += one->level;
        return levels;
    });
    return {{"character lookup", 1, lookup, "us", 3, "by id, mean of 1,000,000"},
            {"inventory access", 1, first, "us", 3, "a player's: found, first item read"},
            {"  the whole bag", {}, walk, "us", 3, "all " + std::to_string(bag) + " items walked and read"},
            {"account's characters", 10, account, "us", 3, "3 of one account, walked and read"},
            measure_maps(of, roll)};
}

std::vector<figure> measure_saving(hf::store<world>& db, const std::string& scratch, dice roll) {
    const auto longest = db.health().longest_batch;
    const auto pending = db.save_all(std::chrono::seconds(60)).value();
    std::vector<figure> figures{
        {"delta snapshot, under load", 500, in_ms(longest), "ms", 1, "longest background transaction"},
        {"delta snapshot, on demand", 500, in_ms(pending.took), "ms", 1,
         "save_all after the load, " + grouped(pending.rows_written) + " rows"}};
    figures.push_back(measure_character_saves(db, roll));
    figures.push_back(measure_full_snapshot(*db, scratch));
    return figures;
}

std::vector<figure> figures_of(const load_report& report) {
    const double cpu = 100 * in_seconds(report.saver_cpu) / in_seconds(report.took);
    return {{"CPU of the saver", 1, cpu, "%", 1, "of one core, all its threads"},
            {"longest commit",
             {},
             in_us(report.longest_commit),
             "us",
             1,
             "of " + grouped(report.ticks.size()) + ", on the game thread"},
            {"tick, median", {}, in_ms(report.tick_at(0.5)), "ms", 2, "without the commit"},
            {"tick, p99", {}, in_ms(report.tick_at(0.99)), "ms", 2, ""},
            {"tick, longest",
             {},
             in_ms(report.tick_at(1)),
             "ms",
             2,
             "of 50 ms; " + std::to_string(report.late_ticks) + " began late"}};
}

} // namespace mmo
