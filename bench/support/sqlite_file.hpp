// SPDX-License-Identifier: MIT
/// @file
/// SQLite by its C functions, as somebody who knows them would use them: statements prepared once, no copies of texts.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sqlite3.h>

namespace bench {

/// One connection and its statements. Throws what SQLite says. Threads: one at a time.
class sqlite_file {
public:
    explicit sqlite_file(const std::string& path) {
        if (sqlite3_open_v2(path.c_str(), &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                            nullptr) != SQLITE_OK)
            fail("open");
    }
    sqlite_file(const sqlite_file&) = delete;
    sqlite_file& operator=(const sqlite_file&) = delete;
    ~sqlite_file() { close(); }

    void run(const std::string& sql) {
        if (sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail(sql.c_str());
    }
    /// Lifetime: until `close`.
    [[nodiscard]] sqlite3_stmt* prepare(const char* sql) {
        sqlite3_stmt* made = nullptr;
        if (sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &made, nullptr) != SQLITE_OK) fail(sql);
        statements_.push_back(made);
        return made;
    }
    static void bind(sqlite3_stmt* to, int index, std::string_view text) {
        sqlite3_bind_text(to, index, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
    }
    /// Numbers for ?1, ?2, ...
    static void bind_all(sqlite3_stmt* to, std::initializer_list<std::int64_t> values) {
        for (int i = 0; const std::int64_t value : values) sqlite3_bind_int64(to, ++i, value);
    }
    void step(sqlite3_stmt* one) {
        if (sqlite3_step(one) != SQLITE_DONE) fail(sqlite3_sql(one));
        sqlite3_reset(one);
    }
    /// The next row of a query; at its end it is ready to be asked again.
    [[nodiscard]] bool next(sqlite3_stmt* one) {
        const int code = sqlite3_step(one);
        if (code == SQLITE_ROW) return true;
        if (code != SQLITE_DONE) fail(sqlite3_sql(one));
        sqlite3_reset(one);
        return false;
    }
    /// The first value of the first row; empty: there is none.
    [[nodiscard]] std::string ask(const char* sql) {
        sqlite3_stmt* one = nullptr;
        if (sqlite3_prepare_v2(db_, sql, -1, &one, nullptr) != SQLITE_OK) fail(sql);
        std::string made;
        if (sqlite3_step(one) == SQLITE_ROW && sqlite3_column_text(one, 0) != nullptr)
            made = reinterpret_cast<const char*>(sqlite3_column_text(one, 0));
        sqlite3_finalize(one);
        return made;
    }
    void close() noexcept {
        for (sqlite3_stmt* one : statements_) sqlite3_finalize(one);
        statements_.clear();
        sqlite3_close(std::exchange(db_, nullptr));
    }

private:
    [[noreturn]] void fail(const char* what) {
        throw std::runtime_error(std::string("SQLite by hand: ") + what + ": " + sqlite3_errmsg(db_));
    }
    sqlite3* db_ = nullptr;
    std::vector<sqlite3_stmt*> statements_{};
};

} // namespace bench
