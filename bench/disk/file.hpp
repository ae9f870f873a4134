// SPDX-License-Identifier: MIT
/// @file
/// A file as a store has it, without the store: the same table, the same pragmas.
///
/// The pages of a store's file have checksums as well, which the other sides go without.
#pragma once

#include "support/sqlite_file.hpp"

#include <holdfast/holdfast.hpp>

namespace bench {

/// What every other side runs when it opens its file.
inline constexpr const char* settings[] = {"PRAGMA locking_mode=EXCLUSIVE", "PRAGMA journal_mode=WAL",
                                           "PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON"};

/// What can be asked of a connection that bears on speed, as `name=value` each.
/// @param ask  Gives the value of the pragma with this name.
template <class Ask> [[nodiscard]] std::string settings_by(Ask&& ask) {
    std::string all;
    for (const char* name :
         {"page_size", "encoding", "auto_vacuum", "journal_mode", "synchronous", "locking_mode", "foreign_keys",
          "cache_size", "wal_autocheckpoint", "mmap_size", "temp_store", "secure_delete", "cell_size_check"})
        all += std::string(name) + "=" + ask(name) + " ";
    return all;
}
/// The same of the connection that a store makes for this file.
[[nodiscard]] inline std::string settings_of_store(const std::string& path) {
    auto db = holdfast::sqlite::connection::open(path, holdfast::sqlite::connection::mode::existing).value();
    holdfast::sqlite::set_up(db, false).value();
    return settings_by([&](const std::string& name) {
        auto answer = db.prepare("PRAGMA " + name).value();
        return answer.step().value() ? answer.string(0) : std::string();
    });
}

/// Makes a file with the tables of a store's file.
inline void make_file(const std::string& path, const std::string& like) {
    auto from = holdfast::sqlite::connection::open(like, holdfast::sqlite::connection::mode::existing).value();
    auto ask = from.prepare("SELECT sql FROM sqlite_schema WHERE sql NOT NULL AND name NOT LIKE 'holdfast%' "
                            "AND tbl_name NOT LIKE 'holdfast%'")
                   .value();
    sqlite_file made(path);
    while (ask.step().value()) made.run(ask.string(0));
}

/// The statements, with the columns in the order of the struct.
inline constexpr const char* insert_sql =
    "INSERT INTO characters (id, account_id, name, title, level, experience, gold, hit_points, x, y, z, map_id) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
inline constexpr const char* update_all_sql =
    "UPDATE characters SET account_id = ?2, name = ?3, title = ?4, level = ?5, experience = ?6, gold = ?7, "
    "hit_points = ?8, x = ?9, y = ?10, z = ?11, map_id = ?12 WHERE id = ?1";
inline constexpr const char* update_one_sql = "UPDATE characters SET gold = ?2 WHERE id = ?1";
inline constexpr const char* erase_sql = "DELETE FROM characters WHERE id = ?1";
inline constexpr const char* count_sql = "SELECT count(*) FROM characters";
inline constexpr const char* load_sql = "SELECT id, account_id, name, title, level, experience, gold, hit_points, x, "
                                        "y, z, map_id FROM characters";

} // namespace bench
