// SPDX-License-Identifier: MIT
/// @file
/// A side by hand: SQLite's C functions, statements prepared once, values bound by column and without copies.
#pragma once

#include "disk/file.hpp"
#include "disk/rows.hpp"
#include "support/sqlite_file.hpp"

#include <span>

namespace bench {

class by_hand {
public:
    static constexpr const char* name = "by-hand";

    explicit by_hand(const std::string& path) : db_(path) {
        for (const char* pragma : settings) db_.run(pragma);
        begin_ = db_.prepare("BEGIN IMMEDIATE");
        commit_ = db_.prepare("COMMIT");
        insert_ = db_.prepare(insert_sql);
        update_all_ = db_.prepare(update_all_sql);
        update_one_ = db_.prepare(update_one_sql);
        erase_ = db_.prepare(erase_sql);
    }

    void write(operation what, std::span<const change> changes) {
        db_.step(begin_);
        switch (what) {
        case operation::insert:
            for (const change& one : changes) write_row(insert_, *one.row);
            break;
        case operation::update_all:
            for (const change& one : changes) write_row(update_all_, *one.row);
            break;
        case operation::update_one:
            for (const change& one : changes) {
                sqlite3_bind_int64(update_one_, 1, one.id);
                sqlite3_bind_int64(update_one_, 2, one.row->gold);
                db_.step(update_one_);
            }
            break;
        case operation::erase:
            for (const change& one : changes) {
                sqlite3_bind_int64(erase_, 1, one.id);
                db_.step(erase_);
            }
            break;
        }
        db_.step(commit_);
    }

    [[nodiscard]] std::vector<character> load() {
        std::vector<character> rows;
        rows.reserve(std::stoul(db_.ask(count_sql)));
        sqlite3_stmt* from = db_.prepare(load_sql);
        while (db_.next(from)) {
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
        return rows;
    }

    [[nodiscard]] std::string pragma(const std::string& asked) { return db_.ask(("PRAGMA " + asked).c_str()); }

private:
    void write_row(sqlite3_stmt* to, const character& row) {
        sqlite3_bind_int64(to, 1, row.id);
        sqlite3_bind_int64(to, 2, row.account_id);
        sqlite_file::bind(to, 3, row.name);
        sqlite_file::bind(to, 4, row.title);
        sqlite3_bind_int(to, 5, row.level);
        sqlite3_bind_int64(to, 6, row.experience);
        sqlite3_bind_int64(to, 7, row.gold);
        sqlite3_bind_int(to, 8, row.hit_points);
        sqlite3_bind_double(to, 9, row.x);
        sqlite3_bind_double(to, 10, row.y);
        sqlite3_bind_double(to, 11, row.z);
        sqlite3_bind_int(to, 12, row.map_id);
        db_.step(to);
    }
    [[nodiscard]] static std::string_view text(sqlite3_stmt* from, int at) {
        const auto* start = reinterpret_cast<const char*>(sqlite3_column_text(from, at));
        return {start, static_cast<std::size_t>(sqlite3_column_bytes(from, at))};
    }

    sqlite_file db_;
    sqlite3_stmt *begin_ = nullptr, *commit_ = nullptr, *insert_ = nullptr, *update_all_ = nullptr,
                 *update_one_ = nullptr, *erase_ = nullptr;
};

} // namespace bench
