// SPDX-License-Identifier: MIT
/// @file
/// A side by hand: plain structs, and each change written through to SQLite at once, one transaction a commit.
#pragma once

#include "queue/rows.hpp"
#include "support/sqlite_file.hpp"

namespace bench {

/// Makes the tables of a store's file, and its players and things, in a new one.
inline void copy_world(sqlite_file& to, const std::string& from) {
    to.run("ATTACH '" + from + "' AS filled");
    for (const std::string table : {"players", "things", "events"})
        to.run(to.ask(("SELECT sql FROM filled.sqlite_schema WHERE name = '" + table + "'").c_str()));
    to.run("BEGIN; INSERT INTO players SELECT * FROM filled.players ORDER BY id; "
           "INSERT INTO things SELECT * FROM filled.things ORDER BY id; COMMIT; DETACH filled");
}

/// Statements are prepared once and bound without copies; WAL, exclusive, and a cache that holds the whole database.
class by_sqlite {
public:
    /// A `commit` ends one; or SQLite's autocommit does, after each statement.
    enum class transaction : std::uint8_t { by_commit, each_statement };

    /// @param like         A file of a store: its tables are made in the new file.
    /// @param synchronous  "FULL": a commit survives the death of the machine. "NORMAL": that of the process.
    by_sqlite(const std::string& path, const std::string& like, const std::string& synchronous,
              transaction ends = transaction::by_commit)
        : name(synchronous == "FULL" ? "sqlite-full" : "sqlite-normal"), path_(path), db_(path), ends_(ends) {
        copy_world(db_, like);
        rows_.fill();
        for (const char* setting :
             {"locking_mode=EXCLUSIVE", "journal_mode=WAL", "cache_size=-131072", "foreign_keys=ON"})
            db_.run(std::string("PRAGMA ") + setting);
        db_.run("PRAGMA synchronous=" + synchronous);
        require(db_.ask("PRAGMA synchronous") == (synchronous == "FULL" ? "2" : "1"), "SQLite syncs as it was told");
        begin_ = db_.prepare("BEGIN IMMEDIATE");
        commit_ = db_.prepare("COMMIT");
        move_ = db_.prepare("UPDATE players SET pos_x = ?2, pos_y = ?3 WHERE id = ?1");
        hurt_ = db_.prepare("UPDATE players SET hit_points = ?2, mana = ?3 WHERE id = ?1");
        pay_ = db_.prepare("UPDATE players SET gold = ?2 WHERE id = ?1");
        alter_[0] = db_.prepare("UPDATE things SET a = ?2 WHERE id = ?1");
        alter_[1] = db_.prepare("UPDATE things SET a = ?2, b = ?3 WHERE id = ?1");
        alter_[2] = db_.prepare("UPDATE things SET a = ?2, b = ?3, c = ?4 WHERE id = ?1");
        alter_[3] = db_.prepare("UPDATE things SET a = ?2, b = ?3, c = ?4, d = ?5 WHERE id = ?1");
        alter_text_ = db_.prepare("UPDATE things SET a = ?2, b = ?3, c = ?4, d = ?5, note = ?6 WHERE id = ?1");
        add_ = db_.prepare("INSERT INTO things (id, owner, a, b, c, d, note) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
        note_down_ = db_.prepare("INSERT INTO events (who, what, at, text) VALUES (?1, ?2, ?3, ?4)");
    }
    by_sqlite(const by_sqlite&) = delete;
    by_sqlite& operator=(const by_sqlite&) = delete;
    ~by_sqlite() = default;

    void pay(std::uint32_t who, std::int64_t gold) {
        player& row = rows_.players[who];
        row.gold = gold;
        begin();
        sqlite3_bind_int64(pay_, 1, row.id);
        sqlite3_bind_int64(pay_, 2, gold);
        db_.step(pay_);
    }
    void apply(const change& is) {
        if (is.what == change::kind::pay) return pay(is.row, is.values[0]);
        begin();
        rows_.apply(is);
        switch (is.what) {
        case change::kind::move: {
            const player& row = rows_.players[is.row];
            sqlite3_bind_int64(move_, 1, row.id);
            sqlite3_bind_double(move_, 2, row.pos.x);
            sqlite3_bind_double(move_, 3, row.pos.y);
            return db_.step(move_);
        }
        case change::kind::hurt: {
            const player& row = rows_.players[is.row];
            sqlite3_bind_int64(hurt_, 1, row.id);
            sqlite3_bind_int64(hurt_, 2, row.hit_points);
            sqlite3_bind_int64(hurt_, 3, row.mana);
            return db_.step(hurt_);
        }
        case change::kind::alter: {
            sqlite3_stmt* with = is.text != 0 ? alter_text_ : alter_[is.numbers - 1];
            sqlite3_bind_int64(with, 1, is.row);
            for (int i = 0; i < (is.text != 0 ? 4 : is.numbers); ++i) sqlite3_bind_int64(with, i + 2, is.values[i]);
            if (is.text != 0) db_.bind(with, 6, is.words());
            return db_.step(with);
        }
        case change::kind::add: {
            const thing& row = rows_.things.back();
            db_.bind_all(add_, {row.id, row.owner, row.a, row.b, row.c, row.d});
            db_.bind(add_, 7, row.note);
            return db_.step(add_);
        }
        case change::kind::note_down:
            db_.bind_all(note_down_, {std::int64_t{is.row}, is.values[1], is.values[2]});
            db_.bind(note_down_, 4, is.words());
            return db_.step(note_down_);
        case change::kind::pay: return;
        }
    }
    void commit() {
        if (!open_) return;
        db_.step(commit_);
        open_ = false;
    }
    void settle() {}
    void look() {}
    void copy_to(const std::string& path) { db_.run("VACUUM INTO '" + path + "'"); }
    [[nodiscard]] plain_rows in_file() {
        db_.close();
        plain_rows file = rows_in_file(path_);
        rows_.events = file.events;
        rows_.event_sum = file.event_sum;
        require_same(file, rows_, std::string("file and memory of ") + name);
        return file;
    }

    const char* const name;

private:
    void begin() {
        if (open_ || ends_ == transaction::each_statement) return;
        db_.step(begin_);
        open_ = true;
    }
    std::string path_;
    sqlite_file db_;
    transaction ends_;
    sqlite3_stmt *begin_ = nullptr, *commit_ = nullptr, *move_ = nullptr, *hurt_ = nullptr, *pay_ = nullptr,
                 *alter_[4] = {}, *alter_text_ = nullptr, *add_ = nullptr, *note_down_ = nullptr;
    bool open_ = false;
    plain_rows rows_{};
};

} // namespace bench
