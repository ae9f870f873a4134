// SPDX-License-Identifier: MIT
/// @file
/// One store and the servers that are killed on it.
#include "hunt.hpp"

#include "file_state.hpp"

#include <holdfast/queue/read_log.hpp>

#include <cstring>
#include <filesystem>

namespace torture {

namespace {

namespace files = std::filesystem;
using std::chrono::milliseconds;

workload draw_workload(std::uint64_t seed, const std::string& course) {
    return {.seed = mixed(seed), .largest = course == "slow" ? 100'000 : 0, .imports = course != "self test"};
}

} // namespace

hunt::hunt(std::string folder, std::string course, std::uint64_t seed, milliseconds stop_for, tally& counted)
    : folder_(std::move(folder)), path_(folder_ + "/world.db"), case_(std::move(course)), stop_for_(stop_for),
      dice_(seed, 1), ticks_(draw_workload(seed, case_)), tally_(counted), oracle_(ticks_, counted.counted) {
    files::remove_all(folder_);
    files::create_directories(folder_);
}

hf::options hunt::draw_options() {
    hf::options chosen;
    chosen.segment_bytes = std::size_t{64} << 10;
    chosen.ring_bytes = dice_.one_of<std::size_t>({512, 512, 1'024, 4'096}) << 10;
    chosen.batch_bytes = dice_.one_of<std::size_t>({16, 256, 8'192}) << 10;
    chosen.sync_every = milliseconds(dice_.one_of({0, 1, 5, 20, 100, 3'600'000}));
    chosen.save_every = milliseconds(dice_.one_of({0, 5, 20, 100, 1'000, 3'600'000}));
    if (case_ == "slow" && dice_.one_in(2)) chosen.ring_bytes = std::size_t{32} << 20;
    return chosen;
}

life hunt::draw_life() {
    life drawn;
    drawn.path = path_;
    drawn.ticks = ticks_;
    drawn.options = draw_options();
    drawn.seed = dice_.next();
    drawn.waits = !dice_.one_in(3);
    drawn.syncs_each_tick = dice_.one_in(10);
    if (case_ != "running" && case_ != "slow" && dice_.one_in(3)) {
        drawn.most_ticks = dice_.up_to(400);
        drawn.end = dice_.one_in(4) ? life::ending::leaves_without_close : life::ending::closes;
    }
    drawn.steps_clock = case_ == "clock";
    drawn.pause_log_ms = case_ == "slow" ? stop_for_.count() : 0;
    return drawn;
}

aim hunt::draw_aim(const life& of) {
    aim drawn;
    using at = aim::at;
    if (of.end != life::ending::plays_on)
        drawn.when = dice_.one_of({at::closing, at::closing, at::any_time, at::writing});
    else
        drawn.when = dice_.one_of(
            {at::any_time, at::any_time, at::opening, at::replay, at::roll, at::writing, at::checkpoint, at::saving});
    if (drawn.when == at::saving && !of.waits) drawn.when = at::roll;
    drawn.delay_us = dice_.up_to(drawn.when == at::any_time ? 200'000 : drawn.when == at::opening ? 40'000 : 6'000) - 1;
    if (case_ == "slow") {
        drawn.delay_us = dice_.between(100'000, 400'000);
        drawn.when = at::any_time;
    }
    if (case_ == "stop") drawn.stop_us = stop_for_.count() * 1'000;
    return drawn;
}

std::size_t hunt::draw_servers() {
    if (case_ == "running") return 50;
    if (case_ == "recovery") return 16;
    if (case_ == "mixed") return static_cast<std::size_t>(dice_.between(1, 8));
    return static_cast<std::size_t>(dice_.between(1, 4));
}

void hunt::run(std::uint64_t most) {
    ++tally_.stores;
    for (std::size_t servers = draw_servers(), i = 0; i < servers && i < most; ++i) kill_next(i);
    open_for_good();
}

void hunt::kill_next(std::size_t number) {
    life next = draw_life();
    aim when = draw_aim(next);
    if (case_ == "recovery" && number % 8 == 0) { // leaves much to recover
        next.options.ring_bytes = std::size_t{4} << 20;
        next.options.sync_every = next.options.save_every = std::chrono::hours(1);
        next.waits = false;
        when = {.delay_us = dice_.between(60'000, 200'000)};
    } else if (case_ == "recovery") { // killed in recovery, and in recovery again
        next.most_ticks = 0;
        next.end = life::ending::plays_on;
        when = {.when = dice_.one_in(2) ? aim::at::opening : aim::at::replay, .delay_us = dice_.up_to(20'000) - 1};
    }
    ++tally_.kills[kill_one(next, when)];
    ++tally_.cases[case_];
    ++tally_.trials;
}

std::string hunt::kill_one(const life& of, const aim& when) {
    victim server(of);
    oracle_.next_server();
    std::string moment = server.kill(when);
    check(server);
    return moment;
}

void hunt::open_for_good() {
    life last = draw_life();
    last.most_ticks = 0;
    last.end = life::ending::closes;
    victim server(last);
    oracle_.next_server();
    server.run_to_the_end();
    check(server);
    if (!oracle_.was_opened()) throw finding(finding::kind::failure, "the last server has not opened the store");
}

void hunt::check(const victim& ended) {
    files::remove_all(folder_ + "/left_before");
    if (files::exists(folder_ + "/left")) files::rename(folder_ + "/left", folder_ + "/left_before");
    files::create_directories(folder_ + "/left");
    for (const auto& one : files::directory_iterator(folder_))
        if (one.path().filename().string().starts_with("world.db"))
            files::copy(one.path(), folder_ + "/left/" + one.path().filename().string(),
                        files::copy_options::recursive);
    oracle_.hear(ended.said());
    check_file();
}

void hunt::check_file() {
    const std::string copy = folder_ + "/alone.db";
    for (const char* end : {"", "-wal", "-journal"}) {
        files::remove(copy + end);
        if (files::exists(path_ + end)) files::copy_file(path_ + end, copy + end);
    }
    const file_state found = read_file(copy);
    for (const char* end : {"", "-wal", "-shm", "-journal"}) files::remove(copy + end);
    if (found.marked && case_ == "clock") check_stamps(found.database, found.applied);
    if (found.marked)
        oracle_.check_file(found.applied, found.clean, found.rows);
    else if (oracle_.was_opened())
        throw finding(finding::kind::broken, "SQLite's file has no tables of a store any more");
}

/// Whatever the wall clock did, a tick in the log is never stamped earlier than the one before it.
void hunt::check_stamps(const hf::uuid& database, std::uint64_t applied) const {
    const auto log = hf::read_log(path_ + ".log", database, applied);
    if (!log) throw finding(finding::kind::failure, "the log cannot be read: " + log.why().message());
    std::int64_t before = 0;
    for (const hf::found_frame& one : log->frames) {
        if (one.header.wall_us < before)
            throw finding(finding::kind::broken,
                          "tick " + std::to_string(one.number()) + " has an earlier stamp than the one before");
        before = one.header.wall_us;
    }
}

} // namespace torture
