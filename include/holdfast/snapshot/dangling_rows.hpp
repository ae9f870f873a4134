// SPDX-License-Identifier: MIT
/// @file
/// Rows whose reference leads nowhere, as SQL that finds them: for when foreign keys are not enforced.
#pragma once

#include <holdfast/queue/log_schema.hpp>
#include <holdfast/schema/model.hpp>
#include <holdfast/sqlite/query.hpp>

#include <string>
#include <vector>

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
    std::string given, same, hidden;
    for (std::size_t i = 0; i < key.columns.size(); ++i) {
        given += words({i == 0 ? "" : " AND ", "live.", sqlite::in_quotes(key.columns[i]), " IS NOT NULL"});
        same += words({i == 0 ? "" : " AND ", "parent.", sqlite::in_quotes(key.parent_columns[i]), " = live.",
                       sqlite::in_quotes(key.columns[i])});
    }
    for (const std::uint8_t column : table.key) {
        const std::string& name = table.columns[column];
        hidden += words(
            {hidden.empty() ? "" : " AND ", "live.", sqlite::in_quotes(name), " = dead.", sqlite::in_quotes(name)});
    }
    std::string sql =
        words({" FROM ", sqlite::in_quotes(table.name), " AS live WHERE ", given, " AND NOT EXISTS (SELECT 1 FROM ",
               sqlite::in_quotes(key.parent), " AS parent WHERE ", same, ")"});
    if (!hiding.empty())
        sql += words({" AND NOT EXISTS (SELECT 1 FROM ", sqlite::in_quotes(hiding), " AS dead WHERE ", hidden, ")"});
    return sql;
}

} // namespace holdfast
