// SPDX-License-Identifier: MIT
/// @file
/// A database seen by plain sqlite3, without the library's own room for it.
#pragma once

#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <sqlite3.h>

namespace holdfast::test {

using lines = std::vector<std::string>;

/// x'00ff'
[[nodiscard]] inline std::string hex_text(std::string_view bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string made = "x'";
    made.reserve(2 * bytes.size() + 3);
    for (const char byte : bytes) {
        made.push_back(digits[static_cast<unsigned char>(byte) >> 4]);
        made.push_back(digits[static_cast<unsigned char>(byte) & 15]);
    }
    return made + "'";
}

/// The value of a result column: 5, 1.5, 'text', x'00ff', NULL. Bytes of a text stand as they are.
[[nodiscard]] inline std::string value_text(sqlite3_stmt* row, int column) {
    const auto bytes = [&](const void* data) {
        return std::string(static_cast<const char*>(data), static_cast<std::size_t>(sqlite3_column_bytes(row, column)));
    };
    char number[40];
    switch (sqlite3_column_type(row, column)) {
    case SQLITE_INTEGER: return std::to_string(sqlite3_column_int64(row, column));
    case SQLITE_FLOAT: std::snprintf(number, sizeof number, "%.17g", sqlite3_column_double(row, column)); return number;
    case SQLITE_TEXT: return "'" + bytes(sqlite3_column_text(row, column)) + "'";
    case SQLITE_BLOB: {
        const void* data = sqlite3_column_blob(row, column);
        return hex_text(data != nullptr ? bytes(data) : std::string());
    }
    default: return "NULL";
    }
}

[[noreturn]] inline void raw_failure(sqlite3* db, const std::string& what) {
    throw std::runtime_error("plain sqlite3: " + what + ": " + sqlite3_errmsg(db));
}

/// The rows of a query, each as its values with " | " between them.
[[nodiscard]] inline lines rows_of(sqlite3* db, const std::string& sql) {
    sqlite3_stmt* row = nullptr;
    if (sqlite3_prepare_v2(db, sql.c_str(), -1, &row, nullptr) != SQLITE_OK) raw_failure(db, sql);
    lines found;
    int code = 0;
    while ((code = sqlite3_step(row)) == SQLITE_ROW) {
        std::string text;
        for (int column = 0; column < sqlite3_column_count(row); ++column)
            text += (column == 0 ? "" : " | ") + value_text(row, column);
        found.push_back(std::move(text));
    }
    sqlite3_finalize(row);
    if (code != SQLITE_DONE) raw_failure(db, sql);
    return found;
}

/// An open database. Mistakes throw.
class raw_database {
public:
    explicit raw_database(const std::string& path) {
        if (sqlite3_open(path.c_str(), &db_) != SQLITE_OK) raw_failure(db_, "open " + path);
    }
    raw_database(const raw_database&) = delete;
    raw_database& operator=(const raw_database&) = delete;
    ~raw_database() { sqlite3_close(db_); }

    void run(const std::string& sql) {
        if (sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) raw_failure(db_, sql);
    }
    [[nodiscard]] sqlite3* inside() const noexcept { return db_; }
    [[nodiscard]] lines rows(const std::string& sql) { return rows_of(db_, sql); }
    /// The one row of a query.
    [[nodiscard]] std::string row(const std::string& sql) {
        lines found = rows(sql);
        if (found.size() != 1) throw std::runtime_error(std::to_string(found.size()) + " rows: " + sql);
        return found.front();
    }

private:
    sqlite3* db_ = nullptr;
};

} // namespace holdfast::test
