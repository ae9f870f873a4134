// SPDX-License-Identifier: MIT
/// @file
/// Pieces that the statements of the snapshot room are made of.
#pragma once

#include <holdfast/queue/log_schema.hpp>
#include <holdfast/schema/model.hpp>
#include <holdfast/sqlite/connection.hpp>

namespace holdfast {

/// The columns of the table's primary key.
[[nodiscard, gnu::cold]] inline std::vector<std::string> key_columns(const log_table& table) {
    std::vector<std::string> names;
    for (const std::uint8_t column : table.key) names.push_back(table.columns[column]);
    return names;
}
/// ` WHERE "id" = ?`, for each column of the key.
[[nodiscard, gnu::cold]] inline std::string where_key(const log_table& table) {
    std::string sql;
    for (const std::uint8_t column : table.key)
        sql += words({sql.empty() ? " WHERE " : " AND ", sqlite::in_quotes(table.columns[column]), " = ?"});
    return sql;
}
/// `?, ?`
[[nodiscard, gnu::cold]] inline std::string marks(std::size_t count) {
    std::string sql;
    for (std::size_t i = 0; i < count; ++i) sql += i == 0 ? "?" : ", ?";
    return sql;
}
/// `a."id" = b."owner"`, for each pair of columns.
[[nodiscard, gnu::cold]] inline std::string join_on(std::string_view a, const std::vector<std::string>& columns_a,
                                                    std::string_view b, const std::vector<std::string>& columns_b) {
    std::string sql;
    for (std::size_t i = 0; i < columns_a.size(); ++i)
        sql += words({i == 0 ? "" : " AND ", a, ".", sqlite::in_quotes(columns_a[i]), " = ", b, ".",
                      sqlite::in_quotes(columns_b[i])});
    return sql;
}
/// The same of columns that have the same names in both.
[[nodiscard, gnu::cold]] inline std::string join_on(std::string_view a, std::string_view b,
                                                    const std::vector<std::string>& columns) {
    return join_on(a, columns, b, columns);
}

} // namespace holdfast
