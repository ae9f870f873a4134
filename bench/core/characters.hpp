// SPDX-License-Identifier: MIT
/// @file
/// A row of twelve columns, and the best hand-written code that writes and reads it.
#pragma once

#include "support/timing.hpp"

#include <holdfast/holdfast.hpp>

#include <algorithm>
#include <span>

namespace bench {

struct character {
    std::int64_t id = 0;
    std::int64_t account_id = 0;
    std::string name{};
    std::string title{};
    std::int32_t level = 0;
    std::int64_t experience = 0;
    std::int64_t gold = 0;
    std::int32_t hit_points = 0;
    double x = 0;
    double y = 0;
    double z = 0;
    std::int32_t map_id = 0;
};

struct character_world {
    holdfast::table<character, holdfast::primary_key<&character::id>> characters;
};

/// The character with this id as version `version` of it is.
[[nodiscard]] inline character make_character(std::int64_t id, std::int64_t version) {
    const auto number = static_cast<std::int32_t>((id * 7 + version) % 100'000);
    return {.id = id,
            .account_id = id / 4 + version,
            .name = "name" + std::to_string(id + version),
            .title = "title" + std::to_string(number),
            .level = number % 100,
            .experience = id * 1'000 + version,
            .gold = id * 3 + version,
            .hit_points = number % 1'000,
            .x = static_cast<double>(number) * 0.5,
            .y = static_cast<double>(number) * 0.25,
            .z = static_cast<double>(version) + 0.125,
            .map_id = number % 64};
}

/// A database as a careful person writes it by hand: prepared once, bound without copies, the pragmas and
/// tables of the store's own file.
class by_hand {
public:
    /// @param like  A file of a store; its tables are made in the new file.
    by_hand(const std::string& path, const std::string& like) {
        open(path);
        if (like.empty()) return;
        auto from = holdfast::sqlite::connection::open(like, holdfast::sqlite::connection::mode::existing).value();
        auto ask = from.prepare("SELECT sql FROM sqlite_schema WHERE sql NOT NULL AND name NOT LIKE 'holdfast%' "
                                "AND tbl_name NOT LIKE 'holdfast%'")
                       .value();
        while (ask.step().value()) run(ask.string(0).c_str());
        insert_ = prepare("INSERT INTO characters (id, account_id, name, title, level, experience, gold, hit_points, "
                          "x, y, z, map_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        update_all_ = prepare("UPDATE characters SET account_id = ?, name = ?, title = ?, level = ?, experience = ?, "
                              "gold = ?, hit_points = ?, x = ?, y = ?, z = ?, map_id = ? WHERE id = ?");
        update_one_ = prepare("UPDATE characters SET gold = ? WHERE id = ?");
    }
    by_hand(const by_hand&) = delete;
    by_hand& operator=(const by_hand&) = delete;
    ~by_hand() {
        for (sqlite3_stmt* one : {insert_, update_all_, update_one_}) sqlite3_finalize(one);
        sqlite3_close(db_);
    }

    /// One transaction each; `rows` are in the order of their keys.
    void insert(std::span<const character> rows) {
        run("BEGIN IMMEDIATE");
        for (const character& row : rows) {
            sqlite3_bind_int64(insert_, 1, row.id);
            bind_all_but_key(insert_, 2, row);
            step(insert_);
        }
        run("COMMIT");
    }
    void update_all(std::span<const character* const> rows) {
        run("BEGIN IMMEDIATE");
        for (const character* row : rows) {
            bind_all_but_key(update_all_, 1, *row);
            sqlite3_bind_int64(update_all_, 12, row->id);
            step(update_all_);
        }
        run("COMMIT");
    }
    void update_one(std::span<const character* const> rows) {
        run("BEGIN IMMEDIATE");
        for (const character* row : rows) {
            sqlite3_bind_int64(update_one_, 1, row->gold);
            sqlite3_bind_int64(update_one_, 2, row->id);
            step(update_one_);
        }
        run("COMMIT");
    }

    [[nodiscard]] std::vector<character> load() {
        std::vector<character> rows;
        sqlite3_stmt* count = prepare("SELECT count(*) FROM characters");
        if (sqlite3_step(count) == SQLITE_ROW) rows.reserve(static_cast<std::size_t>(sqlite3_column_int64(count, 0)));
        sqlite3_finalize(count);
        sqlite3_stmt* from =
            prepare("SELECT id, account_id, name, title, level, experience, gold, hit_points, x, y, z, "
                    "map_id FROM characters");
        while (sqlite3_step(from) == SQLITE_ROW) {
            character& row = rows.emplace_back();
            row.id = sqlite3_column_int64(from, 0);
            row.account_id = sqlite3_column_int64(from, 1);
            row.name = text(from, 2);
            row.title = text(from, 3);
            row.level = sqlite3_column_int(from, 4);
            row.experience = sqlite3_column_int64(from, 5);
            row.gold = sqlite3_column_int64(from, 6);
            row.hit_points = sqlite3_column_int(from, 7);
            row.x = sqlite3_column_double(from, 8);
            row.y = sqlite3_column_double(from, 9);
            row.z = sqlite3_column_double(from, 10);
            row.map_id = sqlite3_column_int(from, 11);
        }
        sqlite3_finalize(from);
        return rows;
    }

private:
    void open(const std::string& path) {
        if (sqlite3_open_v2(path.c_str(), &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                            nullptr) != SQLITE_OK)
            throw std::runtime_error("cannot open " + path);
        for (const char* pragma : {"PRAGMA locking_mode=EXCLUSIVE", "PRAGMA journal_mode=WAL",
                                   "PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON"})
            run(pragma);
    }
    void run(const char* sql) {
        if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
            throw std::runtime_error(std::string(sql) + ": " + sqlite3_errmsg(db_));
    }
    [[nodiscard]] sqlite3_stmt* prepare(const char* sql) {
        sqlite3_stmt* made = nullptr;
        if (sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &made, nullptr) != SQLITE_OK)
            throw std::runtime_error(std::string(sql) + ": " + sqlite3_errmsg(db_));
        return made;
    }
    void step(sqlite3_stmt* statement) {
        if (sqlite3_step(statement) != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(db_));
        sqlite3_reset(statement);
    }
    static void bind_text(sqlite3_stmt* to, int at, const std::string& text) {
        sqlite3_bind_text(to, at, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
    }
    static void bind_all_but_key(sqlite3_stmt* to, int at, const character& row) {
        sqlite3_bind_int64(to, at, row.account_id);
        bind_text(to, at + 1, row.name);
        bind_text(to, at + 2, row.title);
        sqlite3_bind_int(to, at + 3, row.level);
        sqlite3_bind_int64(to, at + 4, row.experience);
        sqlite3_bind_int64(to, at + 5, row.gold);
        sqlite3_bind_int(to, at + 6, row.hit_points);
        sqlite3_bind_double(to, at + 7, row.x);
        sqlite3_bind_double(to, at + 8, row.y);
        sqlite3_bind_double(to, at + 9, row.z);
        sqlite3_bind_int(to, at + 10, row.map_id);
    }
    [[nodiscard]] static std::string_view text(sqlite3_stmt* from, int at) {
        const auto* start = reinterpret_cast<const char*>(sqlite3_column_text(from, at));
        return {start, static_cast<std::size_t>(sqlite3_column_bytes(from, at))};
    }

    sqlite3* db_ = nullptr;
    sqlite3_stmt* insert_ = nullptr;
    sqlite3_stmt* update_all_ = nullptr;
    sqlite3_stmt* update_one_ = nullptr;
};

} // namespace bench
