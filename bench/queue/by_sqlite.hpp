// SPDX-License-Identifier: MIT
/// @file
/// A side by hand: plain structs, and each change written through to SQLite at once, one transaction a commit.
#pragma once

#include "queue/rows.hpp"

#include <sqlite3.h>

namespace bench {

/// Statements are prepared once and bound without copies; WAL, exclusive, and a cache that holds the whole database.
class by_sqlite {
public:
    /// @param like         A file of a store: its tables are made in the new file.
    /// @param synchronous  "FULL": a commit survives the death of the machine. "NORMAL": that of the process.
    by_sqlite(const std::string& path, const std::string& like, const std::string& synchronous)
        : name(synchronous == "FULL" ? "sqlite-full" : "sqlite-normal"), path_(path) {
        if (sqlite3_open_v2(path.c_str(), &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                            nullptr) != SQLITE_OK)
            fail("open");
        make_tables(like);
        run("PRAGMA locking_mode=EXCLUSIVE");
        run("PRAGMA journal_mode=WAL");
        run("PRAGMA cache_size=-131072");
        run("PRAGMA foreign_keys=ON");
        run(("PRAGMA synchronous=" + synchronous).c_str());
        sqlite3_stmt* ask = prepare("PRAGMA synchronous");
        require(sqlite3_step(ask) == SQLITE_ROW, "SQLite says how it syncs");
        require_equal(sqlite3_column_int(ask, 0), synchronous == "FULL" ? 2 : 1, "synchronous");
        sqlite3_finalize(ask);
        begin_ = prepare("BEGIN IMMEDIATE");
        commit_ = prepare("COMMIT");
        move_ = prepare("UPDATE players SET pos_x = ?2, pos_y = ?3 WHERE id = ?1");
        hurt_ = prepare("UPDATE players SET hit_points = ?2, mana = ?3 WHERE id = ?1");
        pay_ = prepare("UPDATE players SET gold = ?2 WHERE id = ?1");
        alter_[0] = prepare("UPDATE things SET a = ?2 WHERE id = ?1");
        alter_[1] = prepare("UPDATE things SET a = ?2, b = ?3 WHERE id = ?1");
        alter_[2] = prepare("UPDATE things SET a = ?2, b = ?3, c = ?4 WHERE id = ?1");
        alter_[3] = prepare("UPDATE things SET a = ?2, b = ?3, c = ?4, d = ?5 WHERE id = ?1");
        alter_text_ = prepare("UPDATE things SET a = ?2, b = ?3, c = ?4, d = ?5, note = ?6 WHERE id = ?1");
        add_ = prepare("INSERT INTO things (id, owner, a, b, c, d, note) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
        note_down_ = prepare("INSERT INTO events (who, what, at, text) VALUES (?1, ?2, ?3, ?4)");
    }
    by_sqlite(const by_sqlite&) = delete;
    by_sqlite& operator=(const by_sqlite&) = delete;
    ~by_sqlite() { close(); }

    void pay(std::uint32_t who, std::int64_t gold) {
        player& row = rows_.players[who];
        row.gold = gold;
        begin();
        sqlite3_bind_int64(pay_, 1, row.id);
        sqlite3_bind_int64(pay_, 2, gold);
        step(pay_);
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
            return step(move_);
        }
        case change::kind::hurt: {
            const player& row = rows_.players[is.row];
            sqlite3_bind_int64(hurt_, 1, row.id);
            sqlite3_bind_int64(hurt_, 2, row.hit_points);
            sqlite3_bind_int64(hurt_, 3, row.mana);
            return step(hurt_);
        }
        case change::kind::alter: {
            sqlite3_stmt* with = is.text != 0 ? alter_text_ : alter_[is.numbers - 1];
            sqlite3_bind_int64(with, 1, is.row);
            for (int i = 0; i < (is.text != 0 ? 4 : is.numbers); ++i) sqlite3_bind_int64(with, i + 2, is.values[i]);
            if (is.text != 0) bind(with, 6, is.words());
            return step(with);
        }
        case change::kind::add: {
            const thing& row = rows_.things.back();
            for (int i = 0; const std::int64_t value : {row.id, row.owner, row.a, row.b, row.c, row.d})
                sqlite3_bind_int64(add_, ++i, value);
            bind(add_, 7, row.note);
            return step(add_);
        }
        case change::kind::note_down:
            for (int i = 0; const std::int64_t value : {std::int64_t{is.row}, is.values[1], is.values[2]})
                sqlite3_bind_int64(note_down_, ++i, value);
            bind(note_down_, 4, is.words());
            return step(note_down_);
        case change::kind::pay: return;
        }
    }
    void commit() {
        if (!open_) return;
        step(commit_);
        open_ = false;
    }
    void settle() {}
    void look() {}
    [[nodiscard]] plain_rows in_file() {
        close();
        plain_rows file = rows_in_file(path_);
        rows_.events = file.events;
        rows_.event_sum = file.event_sum;
        require_same(file, rows_, std::string("file and memory of ") + name);
        return file;
    }

    const char* const name;

private:
    [[noreturn]] void fail(const char* what) {
        throw std::runtime_error(std::string("SQLite by hand: ") + what + ": " + sqlite3_errmsg(db_));
    }
    void run(const char* sql) {
        if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail(sql);
    }
    [[nodiscard]] sqlite3_stmt* prepare(const char* sql) {
        sqlite3_stmt* made = nullptr;
        if (sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &made, nullptr) != SQLITE_OK) fail(sql);
        return made;
    }
    static void bind(sqlite3_stmt* to, int index, std::string_view text) {
        sqlite3_bind_text(to, index, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
    }
    void step(sqlite3_stmt* one) {
        if (sqlite3_step(one) != SQLITE_DONE) fail(sqlite3_sql(one));
        sqlite3_reset(one);
    }
    void begin() {
        if (open_) return;
        step(begin_);
        open_ = true;
    }
    void make_tables(const std::string& like) {
        run(("ATTACH '" + like + "' AS filled").c_str());
        std::vector<std::string> tables;
        sqlite3_stmt* ask = prepare("SELECT sql FROM filled.sqlite_schema WHERE type = 'table' AND name IN "
                                    "('players', 'things', 'events')");
        while (sqlite3_step(ask) == SQLITE_ROW)
            tables.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(ask, 0)));
        sqlite3_finalize(ask);
        for (const std::string& one : tables) run(one.c_str());
        run("BEGIN");
        run("INSERT INTO players SELECT * FROM filled.players ORDER BY id");
        run("INSERT INTO things SELECT * FROM filled.things ORDER BY id");
        run("COMMIT");
        run("DETACH filled");
        rows_.fill();
    }
    void close() {
        for (sqlite3_stmt** one : {&begin_, &commit_, &move_, &hurt_, &pay_, &alter_[0], &alter_[1], &alter_[2],
                                   &alter_[3], &alter_text_, &add_, &note_down_})
            sqlite3_finalize(std::exchange(*one, nullptr));
        sqlite3_close(std::exchange(db_, nullptr));
    }

    std::string path_;
    sqlite3* db_ = nullptr;
    sqlite3_stmt *begin_ = nullptr, *commit_ = nullptr, *move_ = nullptr, *hurt_ = nullptr, *pay_ = nullptr,
                 *alter_[4] = {}, *alter_text_ = nullptr, *add_ = nullptr, *note_down_ = nullptr;
    bool open_ = false;
    plain_rows rows_{};
};

} // namespace bench
