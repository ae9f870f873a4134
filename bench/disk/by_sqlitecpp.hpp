// SPDX-License-Identifier: MIT
/// @file
/// A side by SQLiteCpp: statements prepared once, text bound without copies.
#pragma once

#include "disk/file.hpp"
#include "disk/rows.hpp"

#include <span>

#include <SQLiteCpp/SQLiteCpp.h>

namespace bench {

class by_sqlitecpp {
public:
    static constexpr const char* name = "SQLiteCpp";

    explicit by_sqlitecpp(const std::string& path) : db_(open(path)) {}

    void write(operation what, std::span<const change> changes) {
        SQLite::Transaction whole(db_, SQLite::TransactionBehavior::IMMEDIATE);
        switch (what) {
        case operation::insert:
            for (const change& one : changes) write_row(insert_, *one.row);
            break;
        case operation::update_all:
            for (const change& one : changes) write_row(update_all_, *one.row);
            break;
        case operation::update_one:
            for (const change& one : changes) {
                update_one_.bind(1, one.id);
                update_one_.bind(2, one.row->gold);
                run(update_one_);
            }
            break;
        case operation::erase:
            for (const change& one : changes) {
                erase_.bind(1, one.id);
                run(erase_);
            }
            break;
        }
        whole.commit();
    }

    [[nodiscard]] std::vector<character> load() {
        std::vector<character> rows;
        rows.reserve(static_cast<std::size_t>(db_.execAndGet(count_sql).getInt64()));
        SQLite::Statement from(db_, load_sql);
        while (from.executeStep()) {
            character& row = rows.emplace_back();
            row.id = from.getColumn(0).getInt64();
            row.account_id = from.getColumn(1).getInt64();
            row.name = from.getColumn(2).getString();
            row.title = from.getColumn(3).getString();
            row.level = from.getColumn(4).getInt();
            row.experience = from.getColumn(5).getInt64();
            row.gold = from.getColumn(6).getInt64();
            row.hit_points = from.getColumn(7).getInt();
            row.x = from.getColumn(8).getDouble();
            row.y = from.getColumn(9).getDouble();
            row.z = from.getColumn(10).getDouble();
            row.map_id = from.getColumn(11).getInt();
        }
        return rows;
    }

    [[nodiscard]] std::string pragma(const std::string& asked) { return db_.execAndGet("PRAGMA " + asked).getString(); }

private:
    [[nodiscard]] static SQLite::Database open(const std::string& path) {
        SQLite::Database made(path, SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX);
        for (const char* pragma : settings) made.exec(pragma);
        return made;
    }
    static void run(SQLite::Statement& statement) {
        statement.exec();
        statement.reset();
    }
    static void write_row(SQLite::Statement& to, const character& row) {
        to.bind(1, row.id);
        to.bind(2, row.account_id);
        to.bindNoCopy(3, row.name);
        to.bindNoCopy(4, row.title);
        to.bind(5, row.level);
        to.bind(6, row.experience);
        to.bind(7, row.gold);
        to.bind(8, row.hit_points);
        to.bind(9, row.x);
        to.bind(10, row.y);
        to.bind(11, row.z);
        to.bind(12, row.map_id);
        run(to);
    }

    SQLite::Database db_;
    SQLite::Statement insert_{db_, insert_sql};
    SQLite::Statement update_all_{db_, update_all_sql};
    SQLite::Statement update_one_{db_, update_one_sql};
    SQLite::Statement erase_{db_, erase_sql};
};

} // namespace bench
