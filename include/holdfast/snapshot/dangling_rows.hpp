// SPDX-License-Identifier: MIT
/// @file
/// Rows whose reference leads nowhere, as SQL that finds them: for when foreign keys are not enforced.
#pragma once

#include <holdfast/snapshot/sql_parts.hpp>
#include <holdfast/sqlite/query.hpp>

namespace holdfast {

/// The references of a table of the file.
[[nodiscard, gnu::cold]] inline result<std::vector<foreign_key_schema>> foreign_keys_of(sqlite::connection& db,
                                                                                        const std::string& table) {
    std::vector<foreign_key_schema> found;
    sqlite::query rows(db,
                       "SELECT f.seq, f.\"table\", f.\"from\", coalesce(f.\"to\", (SELECT name FROM "
                       "pragma_table_info(f.\"table\") WHERE pk = f.seq + 1)) "
                       "FROM pragma_foreign_key_list(?1) f ORDER BY f.id, f.seq",
                       table);
    while (rows.next()) {
        if (rows->integer(0) == 0) found.emplace_back().parent = rows->string(1);
        found.back().columns.push_back(rows->string(2));
        found.back().parent_columns.push_back(rows->string(3));
    }
    if (rows.failed()) return rows.why();
    return found;
}

/// " FROM ... WHERE ...": the rows whose reference `key` leads nowhere.
/// @param hiding  Those whose key is in this table are left out; empty: none.
[[nodiscard, gnu::cold]] inline std::string dangling_rows(const log_table& table, const foreign_key_schema& key,
                                                          std::string_view hiding) {
    std::string given;
    for (const std::string& column : key.columns)
        given += words({given.empty() ? "" : " AND ", "live.", sqlite::in_quotes(column), " IS NOT NULL"});
    std::string sql = words({" FROM ", sqlite::in_quotes(table.name), " AS live WHERE ", given,
                             " AND NOT EXISTS (SELECT 1 FROM ", sqlite::in_quotes(key.parent), " AS parent WHERE ",
                             join_on("parent", key.parent_columns, "live", key.columns), ")"});
    if (!hiding.empty())
        sql += words({" AND NOT EXISTS (SELECT 1 FROM ", sqlite::in_quotes(hiding), " AS dead WHERE ",
                      join_on("live", "dead", key_columns(table)), ")"});
    return sql;
}

} // namespace holdfast
