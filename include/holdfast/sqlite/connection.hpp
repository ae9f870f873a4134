// SPDX-License-Identifier: MIT
/// @file
/// The one connection that reads and writes a database, set up so that a commit is on the disk.
#pragma once

#include <holdfast/sqlite/statement.hpp>

namespace holdfast::sqlite {

/// Text in single quotes, as SQL wants it.
[[nodiscard]] inline std::string quoted(std::string_view text, char quote) {
    std::string made(1, quote);
    for (const char c : text) {
        made.push_back(c);
        if (c == quote) made.push_back(c);
    }
    made.push_back(quote);
    return made;
}
/// A name in double quotes.
[[nodiscard]] inline std::string quoted_name(std::string_view name) { return quoted(name, '"'); }

/// An open database. Threads: one at a time; it may move from one to another.
class connection {
public:
    connection() = default;
    connection(connection&& other) noexcept : db_(std::exchange(other.db_, nullptr)) {}
    connection& operator=(connection&& other) noexcept {
        std::swap(db_, other.db_);
        return *this;
    }
    ~connection() { sqlite3_close_v2(db_); }

    enum class mode : std::uint8_t {
        create,    ///< Reads and writes; makes the file when it is not there.
        existing,  ///< Reads and writes; `not_found` when it is not there.
        read_only, ///< Reads; changes nothing, not even the file's journal mode.
    };

    /// Opens `path` (":memory:" is a database without a file).
    [[nodiscard]] static result<connection> open(const std::string& path, mode how) {
        connection made;
        const int flags = how == mode::read_only
                              ? SQLITE_OPEN_READONLY
                              : SQLITE_OPEN_READWRITE | (how == mode::create ? SQLITE_OPEN_CREATE : 0);
        const int code = sqlite3_open_v2(path.c_str(), &made.db_, flags | SQLITE_OPEN_NOMUTEX, nullptr);
        if (code != SQLITE_OK) return sqlite_error(made.db_, code, "cannot open " + path);
        sqlite3_extended_result_codes(made.db_, 1);
        sqlite3_busy_timeout(made.db_, 1'000);
        return made;
    }

    [[nodiscard]] sqlite3* get() const noexcept { return db_; }

    /// Runs statements that give no rows.
    [[nodiscard]] result<void> run(const std::string& sql) {
        const int code = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr);
        if (code != SQLITE_OK) return sqlite_error(db_, code, sql.substr(0, 200));
        return {};
    }

    /// Whether closing writes what stands in the WAL into the database, as it does by default.
    [[nodiscard]] result<void> checkpoint_on_close(bool yes) {
        const int code = sqlite3_db_config(db_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, yes ? 0 : 1, nullptr);
        if (code != SQLITE_OK) return sqlite_error(db_, code, "cannot configure the connection");
        return {};
    }

    /// Prepares a statement that will be run many times.
    [[nodiscard]] result<statement> prepare(const std::string& sql) {
        sqlite3_stmt* prepared = nullptr;
        const int code = sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                            &prepared, nullptr);
        if (code != SQLITE_OK) return sqlite_error(db_, code, sql.substr(0, 200));
        return statement(prepared);
    }

    /// Sets a pragma and reads it back: SQLite says nothing when it ignores one.
    [[nodiscard]] result<void> set_pragma(const std::string& name, const std::string& value,
                                          const std::string& expected) {
        if (auto ok = run("PRAGMA " + name + "=" + value); !ok) return ok;
        auto ask = prepare("PRAGMA " + name);
        if (!ask) return ask.why();
        auto row = ask->step();
        if (!row) return row.why();
        const std::string got = *row ? ask->string(0) : std::string();
        if (got != expected)
            return error{errc::io, "PRAGMA " + name + " is '" + got + "', and must be '" + expected + "'"};
        return {};
    }

    /// The rows changed by the last statement.
    [[nodiscard]] int changes() const noexcept { return sqlite3_changes(db_); }
    /// The rows changed since the connection was opened, those that foreign keys took along included.
    [[nodiscard]] std::int64_t total_changes() const noexcept { return sqlite3_total_changes64(db_); }

private:
    sqlite3* db_ = nullptr;
};

/// What every connection that writes is set to, in this order.
///
/// Durable: with WAL and `synchronous=FULL` a committed transaction survives the death of the machine.
[[nodiscard]] inline result<void> set_up(connection& db, bool in_memory) {
    struct setting {
        const char* name;
        const char* value;
        const char* expected;
    };
    const setting settings[] = {
        {"locking_mode", in_memory ? "NORMAL" : "EXCLUSIVE", in_memory ? "normal" : "exclusive"},
        {"journal_mode", in_memory ? "MEMORY" : "WAL", in_memory ? "memory" : "wal"},
        {"synchronous", "FULL", "2"},
        {"foreign_keys", "ON", "1"},
        {"recursive_triggers", "ON", "1"},
    };
    for (const setting& one : settings)
        if (auto ok = db.set_pragma(one.name, one.value, one.expected); !ok) return ok;
    return {};
}

/// A transaction that is rolled back unless it is committed.
class transaction {
public:
    [[nodiscard]] static result<transaction> begin(connection& db) {
        if (auto ok = db.run("BEGIN IMMEDIATE"); !ok) return ok.why();
        return transaction(db);
    }
    transaction(transaction&& other) noexcept : db_(std::exchange(other.db_, nullptr)) {}
    transaction& operator=(transaction&&) = delete;
    ~transaction() {
        if (db_ != nullptr) sqlite3_exec(db_->get(), "ROLLBACK", nullptr, nullptr, nullptr);
    }

    /// After an error the transaction is rolled back; whether it reached the disk is then unknown.
    [[nodiscard]] result<void> commit() {
        if (auto ok = db_->run("COMMIT"); !ok) return ok;
        db_ = nullptr;
        return {};
    }

private:
    explicit transaction(connection& db) noexcept : db_(&db) {}
    connection* db_;
};

} // namespace holdfast::sqlite
