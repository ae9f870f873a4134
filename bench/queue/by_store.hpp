// SPDX-License-Identifier: MIT
/// @file
/// Our side: a store, opened on a file, with its threads and its files.
#pragma once

#include "queue/rows.hpp"

#include <chrono>
#include <thread>

namespace bench {

/// Handles of its rows, as a server would keep them.
class by_store {
public:
    static constexpr const char* name = "ours";

    /// Makes the file of a world that nothing was changed in.
    static void make(const std::string& path) {
        plain_rows first;
        first.fill();
        auto fresh = holdfast::open<queue_world>(path).value();
        fresh
            .bulk_load([&](queue_world& w) {
                for (const player& one : first.players) w.players.insert(one).value();
                for (const thing& one : first.things) w.things.insert(one).value();
            })
            .value();
        fresh.close();
    }
    /// @param path         A file that `make` has made.
    /// @param ring_folder  Where the ring is; empty: beside the file.
    by_store(const std::string& path, const std::string& ring_folder)
        : path_(path), db_(holdfast::open<queue_world>(path, options_with(ring_folder)).value()) {
        for (std::int64_t id = 0; id < static_cast<std::int64_t>(players_in_world); ++id)
            players_.push_back(db_->players.find(id));
        for (std::int64_t id = 0; id < static_cast<std::int64_t>(first_things); ++id)
            things_.push_back(db_->things.find(id));
    }

    void pay(std::uint32_t who, std::int64_t gold) { db_->players.set<&player::gold>(players_[who], gold); }
    void apply(const change& is) {
        queue_world& w = *db_;
        switch (is.what) {
        case change::kind::move: w.players.set<&player::pos>(players_[is.row], is.to()); return;
        case change::kind::hurt:
            w.players.update<&player::hit_points, &player::mana>(players_[is.row], [&](auto& hit_points, auto& mana) {
                hit_points = static_cast<std::int32_t>(is.values[0]);
                mana = static_cast<std::int32_t>(is.values[1]);
            });
            return;
        case change::kind::pay: pay(is.row, is.values[0]); return;
        case change::kind::alter: alter(w, is); return;
        case change::kind::add:
            things_.push_back(w.things.insert(is.as_thing(static_cast<std::int64_t>(things_.size()))).value());
            return;
        case change::kind::note_down: w.events.append(is.as_event()); return;
        }
    }
    void commit() noexcept { db_.commit(); }

    /// Waits, untimed, until nothing is left for the threads to do.
    void settle() {
        const holdfast::health_report before = db_.health();
        overflow_bytes_ = std::max(overflow_bytes_, before.overflow_bytes);
        const auto saved = db_.save_all(std::chrono::minutes(5));
        if (!saved) throw std::runtime_error(saved.why().message());
        while (db_.health().durable < before.committed) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    /// Notes whether the ring was full, while its threads are still at work.
    void look() { overflow_bytes_ = std::max(overflow_bytes_, db_.health().overflow_bytes); }

    /// What the file holds after everything was saved, and that memory has the same. Ends the store.
    [[nodiscard]] plain_rows in_file() {
        settle();
        plain_rows memory;
        for (const auto row : players_) memory.players.push_back(*row);
        for (const auto row : things_) memory.things.push_back(*row);
        require(db_.close().complete(), "the store has saved everything");
        plain_rows file = rows_in_file(path_);
        memory.events = file.events; // they are not in memory
        memory.event_sum = file.event_sum;
        require_same(file, memory, "file and memory of the store");
        return file;
    }

    [[nodiscard]] holdfast::health_report health() const { return db_.health(); }
    [[nodiscard]] holdfast::store<queue_world>& store() noexcept { return db_; }
    /// What the ring did not hold, at most: those ticks went by the heap.
    [[nodiscard]] std::size_t overflow_bytes() const noexcept { return overflow_bytes_; }

private:
    [[nodiscard]] static holdfast::options options_with(const std::string& ring_folder) {
        holdfast::options made;
        made.ring_folder = ring_folder;
        return made;
    }
    void alter(queue_world& w, const change& is) {
        const auto row = things_[is.row];
        const std::int64_t* to = is.values;
        if (is.text != 0) {
            w.things.update<&thing::a, &thing::b, &thing::c, &thing::d, &thing::note>(
                row, [&](auto& a, auto& b, auto& c, auto& d, std::string& note) {
                    a = to[0], b = to[1], c = to[2], d = to[3];
                    note.assign(is.words());
                });
            return;
        }
        switch (is.numbers) {
        case 1: w.things.set<&thing::a>(row, to[0]); return;
        case 2: w.things.update<&thing::a, &thing::b>(row, [&](auto& a, auto& b) { a = to[0], b = to[1]; }); return;
        case 3:
            w.things.update<&thing::a, &thing::b, &thing::c>(
                row, [&](auto& a, auto& b, auto& c) { a = to[0], b = to[1], c = to[2]; });
            return;
        default:
            w.things.update<&thing::a, &thing::b, &thing::c, &thing::d>(
                row, [&](auto& a, auto& b, auto& c, auto& d) { a = to[0], b = to[1], c = to[2], d = to[3]; });
        }
    }

    std::string path_;
    holdfast::store<queue_world> db_;
    std::vector<holdfast::row<player>> players_{};
    std::vector<holdfast::row<thing>> things_{};
    std::size_t overflow_bytes_ = 0;
};

} // namespace bench
