// SPDX-License-Identifier: MIT
/// @file
/// How public servers save: whole players, each every five minutes, whatever has changed of them.
///
/// Both ways are theirs: a thread that updates each row of the player by a statement, as servers of the TrinityCore family
/// do; and the game thread itself, which deletes everything of the player and inserts it again, as those of the OpenTibia
/// family do. What has changed since a player was saved is lost when the process dies.
#pragma once

#include "queue/by_sqlite.hpp"
#include "support/sqlite_file.hpp"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace bench {

enum class saving : std::uint8_t { updates_by_a_thread, rewrites_in_the_tick };

/// Everything of one player, as it was when it was put together.
struct whole_player {
    player row{};
    std::vector<thing> things{};
};

/// The tables, and the statements that save one player: 2 for the player, 2 for each thing, and the transaction: some 45.
class player_file {
public:
    /// @param like  A file of a store: its tables are made in the new file, and one more of where a thing is.
    player_file(const std::string& path, const std::string& like) : db_(path) {
        copy_world(db_, like);
        db_.run("CREATE TABLE places (thing INTEGER PRIMARY KEY, owner INTEGER, slot INTEGER);"
                "CREATE TABLE sessions (player INTEGER PRIMARY KEY, saved INTEGER);"
                "BEGIN; INSERT INTO places SELECT id, owner, id % 20 FROM things; COMMIT;"
                "CREATE INDEX things_of ON things (owner); CREATE INDEX places_of ON places (owner);"
                "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA cache_size=-131072;"
                "PRAGMA synchronous=FULL");
        begin_ = db_.prepare("BEGIN IMMEDIATE");
        commit_ = db_.prepare("COMMIT");
        save_player_ = db_.prepare("UPDATE players SET pos_x = ?2, pos_y = ?3, hit_points = ?4, mana = ?5, gold = ?6, "
                                   "experience = ?7, account = ?8, seen = ?9 WHERE id = ?1");
        save_session_ = db_.prepare("INSERT OR REPLACE INTO sessions (player, saved) VALUES (?1, ?2)");
        remove_things_ = db_.prepare("DELETE FROM things WHERE owner = ?1");
        remove_places_ = db_.prepare("DELETE FROM places WHERE owner = ?1");
        save_thing_ = db_.prepare("INSERT OR REPLACE INTO things (id, owner, a, b, c, d, note) "
                                  "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
        save_place_ = db_.prepare("INSERT OR REPLACE INTO places (thing, owner, slot) VALUES (?1, ?2, ?3)");
        load_player_ = db_.prepare("SELECT id, pos_x, pos_y, hit_points, mana, gold, experience, account, seen "
                                   "FROM players WHERE id = ?1");
        load_things_ = db_.prepare("SELECT id, owner, a, b, c, d, note FROM things WHERE owner = ?1");
        save_event_ = db_.prepare("INSERT INTO events (who, what, at, text) VALUES (?1, ?2, ?3, ?4)");
    }

    void begin() { db_.step(begin_); }
    void commit() { db_.step(commit_); }
    /// Within a transaction.
    void save(const whole_player& is, saving how, const std::vector<event>& events) {
        const player& row = is.row;
        db_.bind_all(save_player_,
                     {row.id, 0, 0, row.hit_points, row.mana, row.gold, row.experience, row.account, row.seen});
        sqlite3_bind_double(save_player_, 2, row.pos.x);
        sqlite3_bind_double(save_player_, 3, row.pos.y);
        db_.step(save_player_);
        db_.bind_all(save_session_, {row.id, ++saves_});
        db_.step(save_session_);
        if (how == saving::rewrites_in_the_tick)
            for (sqlite3_stmt* one : {remove_things_, remove_places_}) {
                db_.bind_all(one, {row.id});
                db_.step(one);
            }
        for (std::int64_t slot = 0; const thing& one : is.things) {
            db_.bind_all(save_thing_, {one.id, one.owner, one.a, one.b, one.c, one.d});
            db_.bind(save_thing_, 7, one.note);
            db_.step(save_thing_);
            db_.bind_all(save_place_, {one.id, one.owner, slot++});
            db_.step(save_place_);
        }
        for (const event& one : events) {
            db_.bind_all(save_event_, {one.who, one.what, one.at});
            db_.bind(save_event_, 4, one.text);
            db_.step(save_event_);
        }
    }
    /// Reads a player as it logs in.
    [[nodiscard]] whole_player load(std::int64_t who) {
        whole_player made;
        db_.bind_all(load_player_, {who});
        while (db_.next(load_player_))
            made.row = {sqlite3_column_int64(load_player_, 0),
                        {sqlite3_column_double(load_player_, 1), sqlite3_column_double(load_player_, 2)},
                        sqlite3_column_int(load_player_, 3),
                        sqlite3_column_int(load_player_, 4),
                        sqlite3_column_int64(load_player_, 5),
                        sqlite3_column_int64(load_player_, 6),
                        sqlite3_column_int64(load_player_, 7),
                        sqlite3_column_int64(load_player_, 8)};
        db_.bind_all(load_things_, {who});
        while (db_.next(load_things_))
            made.things.push_back({sqlite3_column_int64(load_things_, 0), sqlite3_column_int64(load_things_, 1),
                                   sqlite3_column_int64(load_things_, 2), sqlite3_column_int64(load_things_, 3),
                                   sqlite3_column_int64(load_things_, 4), sqlite3_column_int64(load_things_, 5),
                                   reinterpret_cast<const char*>(sqlite3_column_text(load_things_, 6))});
        return made;
    }
    void copy_to(const std::string& path) { db_.run("VACUUM INTO '" + path + "'"); }
    void close() noexcept { db_.close(); }

private:
    sqlite_file db_;
    sqlite3_stmt *begin_, *commit_, *save_player_, *save_session_, *remove_things_, *remove_places_, *save_thing_,
        *save_place_, *save_event_, *load_player_, *load_things_;
    std::int64_t saves_ = 0;
};

class by_player {
public:
    const char* const name;

    /// @param period_s  Each player is saved once in so many seconds.
    by_player(const std::string& path, const std::string& like, saving how, int ticks_per_second, int period_s = 300)
        : name(how == saving::updates_by_a_thread ? "whole-player" : "rewrite"), path_(path), file_(path, like),
          how_(how), each_tick_(static_cast<double>(players_in_world) / (period_s * ticks_per_second)),
          things_of_(players_in_world) {
        rows_.fill();
        for (const thing& one : rows_.things) things_of_[static_cast<std::size_t>(one.owner)].push_back(one.id);
        if (how_ == saving::updates_by_a_thread) saver_ = std::thread([this] { run(); });
    }
    by_player(const by_player&) = delete;
    by_player& operator=(const by_player&) = delete;
    ~by_player() { stop(); }

    void apply(const change& is) {
        if (is.what == change::kind::note_down) {
            events_.push_back(is.as_event());
            return;
        }
        rows_.apply(is);
        if (is.what == change::kind::add) things_of_[is.row].push_back(rows_.things.back().id);
    }
    /// Those whose turn it is.
    void commit() {
        for (owed_ += each_tick_; owed_ >= 1; --owed_) {
            save(next_);
            next_ = (next_ + 1) % players_in_world;
        }
    }
    /// Saves everybody, as a server does that shuts down: a transaction each.
    void shut_down() {
        for (std::size_t who = 0; who < players_in_world; ++who) save(who);
        wait();
    }
    /// The same in one transaction: between two turns.
    void settle() {
        wait();
        file_.begin();
        for (std::size_t who = 0; who < players_in_world; ++who) {
            const job now = job_of(who);
            file_.save(now.is, how_, now.events);
        }
        file_.commit();
    }
    /// Everything of a player, now. A thread may still be at it when it returns.
    void save(std::size_t who) { give(job_of(who)); }
    /// A copy of the database; `done` is called when it is there: by the thread, or before this returns.
    void copy_to(const std::string& path, std::function<void()> done) {
        job now;
        now.copy = [this, path, done = std::move(done)] {
            file_.copy_to(path);
            done();
        };
        give(std::move(now));
    }
    /// Until the thread has nothing to do.
    void wait() {
        std::unique_lock hold(guard_);
        done_.wait(hold, [&] { return waiting_.empty() && !busy_; });
        if (failed_) std::rethrow_exception(failed_);
    }
    /// While nothing waits for the thread.
    [[nodiscard]] whole_player load(std::size_t who) { return file_.load(static_cast<std::int64_t>(who)); }
    void look() {}
    /// Saved as it was measured: by `shut_down`.
    [[nodiscard]] plain_rows in_file() {
        shut_down();
        stop();
        file_.close();
        plain_rows file = rows_in_file(path_);
        rows_.events = file.events;
        rows_.event_sum = file.event_sum;
        require_same(file, rows_, std::string("file and memory of ") + name);
        return file;
    }
    /// Rows that were written, so far.
    [[nodiscard]] std::uint64_t rows_written() const noexcept { return rows_written_; }

private:
    struct job {
        whole_player is{};
        std::vector<event> events{};
        std::function<void()> copy{}; ///< In place of a player.
    };
    void give(job now) {
        if (how_ == saving::rewrites_in_the_tick) return do_now(now);
        {
            const std::lock_guard hold(guard_);
            waiting_.push_back(std::move(now));
        }
        wake_.notify_one();
    }
    [[nodiscard]] job job_of(std::size_t who) {
        job now{{rows_.players[who], {}}, std::exchange(events_, {}), {}};
        now.is.things.reserve(things_of_[who].size());
        for (const std::int64_t id : things_of_[who])
            now.is.things.push_back(rows_.things[static_cast<std::size_t>(id)]);
        return now;
    }
    void do_now(const job& is) {
        if (is.copy) return is.copy();
        file_.begin();
        file_.save(is.is, how_, is.events);
        file_.commit();
        rows_written_ += 2 + 2 * is.is.things.size() + is.events.size();
    }
    void run() {
        for (std::unique_lock hold(guard_);;) {
            busy_ = false;
            if (waiting_.empty()) done_.notify_all();
            wake_.wait(hold, [&] { return ending_ || !waiting_.empty(); });
            if (waiting_.empty()) return;
            const job now = std::move(waiting_.front());
            waiting_.pop_front();
            busy_ = true;
            hold.unlock();
            try {
                do_now(now);
            } catch (...) {
                failed_ = std::current_exception();
            }
            hold.lock();
        }
    }
    void stop() {
        {
            const std::lock_guard hold(guard_);
            ending_ = true;
        }
        wake_.notify_one();
        if (saver_.joinable()) saver_.join();
    }

    std::string path_;
    player_file file_;
    saving how_;
    double each_tick_, owed_ = 0;
    std::size_t next_ = 0;
    plain_rows rows_{};
    std::vector<std::vector<std::int64_t>> things_of_;
    std::vector<event> events_{};
    std::atomic<std::uint64_t> rows_written_{0};

    std::mutex guard_; ///< What follows.
    std::condition_variable wake_, done_;
    std::deque<job> waiting_{};
    bool busy_ = false, ending_ = false;
    std::exception_ptr failed_{};
    std::thread saver_{};
};

} // namespace bench
