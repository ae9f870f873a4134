// SPDX-License-Identifier: MIT
/// @file
/// The one connection that reads and writes a database, set up so that a commit is on the disk.
#pragma once

#include <holdfast/sqlite/statement.hpp>

namespace holdfast::sqlite {

/// A name in double quotes, as a part of a statement.
[[nodiscard]] inline word in_quotes(std::string_view name) noexcept { return {name, '"'}; }
/// Text in the quotes given, as SQL wants it.
[[nodiscard]] inline std::string quoted(std::string_view text, char quote) { return words({{text, quote}}); }
/// A name in double quotes.
[[nodiscard]] inline std::string quoted_name(std::string_view name) { return quoted(name, '"'); }

/// An open database. Threads: one at a time; it may move from one to another.
class connection {
public:
    connection() = default;
    connection(connection&& other) noexcept
        : db_(std::exchange(other.db_, nullptr)), unfinished_(std::exchange(other.unfinished_, false)) {}
    connection& operator=(connection&& other) noexcept {
        std::swap(db_, other.db_);
        std::swap(unfinished_, other.unfinished_);
        return *this;
    }
    ~connection() { sqlite3_close_v2(db_); }

    enum class mode : std::uint8_t {
        create,    ///< Reads and writes; makes the file when it is not there.
        existing,  ///< Reads and writes; `not_found` when it is not there.
        read_only, ///< Reads; changes nothing, not even the file's journal mode.
    };

    /// Opens `path` (":memory:" is a database without a file). The pages of a file that it makes have checksums, and those
    /// of any file that has them are verified as they are read: see `page_checksums_vfs`.
    [[nodiscard, gnu::cold]] static result<connection> open(const std::string& path, mode how) {
        connection made;
        const int flags = how == mode::read_only
                              ? SQLITE_OPEN_READONLY
                              : SQLITE_OPEN_READWRITE | (how == mode::create ? SQLITE_OPEN_CREATE : 0);
        const char* const vfs = path == ":memory:" ? nullptr : page_checksums_vfs();
        const int code = sqlite3_open_v2(path.c_str(), &made.db_, flags | SQLITE_OPEN_NOMUTEX, vfs);
        if (code != SQLITE_OK) return sqlite_error(made.db_, code, words({"cannot open ", path}));
        sqlite3_extended_result_codes(made.db_, 1);
        sqlite3_busy_timeout(made.db_, 1'000);
        if (how == mode::create) made.reserve_checksums();
        return made;
    }

    [[nodiscard]] sqlite3* get() const noexcept { return db_; }

    /// How long to wait for the locks of another connection, in place of the second that there is after `open`.
    void wait_when_busy(int milliseconds) noexcept { sqlite3_busy_timeout(db_, milliseconds); }

    /// Runs statements that give no rows.
    [[nodiscard, gnu::cold]] result<void> run(const std::string& sql) {
        const int code = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr);
        if (code != SQLITE_OK) return refused(code, sql);
        return {};
    }

    /// Whether closing writes what stands in the WAL into the database, as it does by default.
    [[nodiscard, gnu::cold]] result<void> checkpoint_on_close(bool yes) {
        const int code = sqlite3_db_config(db_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, yes ? 0 : 1, nullptr);
        if (code != SQLITE_OK) return sqlite_error(db_, code, "cannot configure the connection");
        return {};
    }

    /// Prepares a statement that will be run many times.
    [[nodiscard, gnu::cold]] result<statement> prepare(std::string_view sql) {
        sqlite3_stmt* prepared = nullptr;
        const int code = sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                            &prepared, nullptr);
        if (code != SQLITE_OK) return refused(code, sql);
        return statement(prepared);
    }

    /// Sets a pragma and reads it back: SQLite says nothing when it ignores one.
    [[nodiscard, gnu::cold]] result<void> set_pragma(std::string_view name, std::string_view value,
                                                     std::string_view expected) {
        if (auto ok = run(words({"PRAGMA ", name, "=", value})); !ok) return ok;
        auto ask = prepare(words({"PRAGMA ", name}));
        if (!ask) return ask.why();
        auto row = ask->step();
        if (!row) return row.why();
        const std::string got = *row ? ask->string(0) : std::string();
        if (got != expected)
            return error{errc::io, words({"PRAGMA ", name, " is '", got, "', and must be '", expected, "'"})};
        return {};
    }

    /// Whether the last call failed because the system could not read, write or sync.
    [[nodiscard]] bool met_io_error() const noexcept { return (sqlite3_errcode(db_) & 0xff) == SQLITE_IOERR; }

    /// The rows changed by the last statement.
    [[nodiscard]] int changes() const noexcept { return sqlite3_changes(db_); }
    /// The rows changed since the connection was opened, those that foreign keys took along included.
    [[nodiscard]] std::int64_t total_changes() const noexcept { return sqlite3_total_changes64(db_); }

    /// How the column compares text: BINARY, NOCASE, ...
    [[nodiscard, gnu::cold]] std::string collation_of(const std::string& table, const std::string& column) const {
        const char* name = nullptr;
        const int code = sqlite3_table_column_metadata(db_, "main", table.c_str(), column.c_str(), nullptr, &name,
                                                       nullptr, nullptr, nullptr);
        return code == SQLITE_OK && name != nullptr ? name : "BINARY";
    }

    /// Ends the transaction that is open. One that cannot be ended now, because the ROLLBACK itself is interrupted,
    /// is ended by the next call.
    [[gnu::cold]] void roll_back() noexcept {
        sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr);
        unfinished_ = sqlite3_get_autocommit(db_) == 0;
    }
    /// Whether a transaction is open that could not be rolled back.
    [[nodiscard]] bool unfinished() const noexcept { return unfinished_; }

private:
    [[nodiscard, gnu::cold]] error refused(int code, std::string_view sql) const {
        return sqlite_error(db_, code, sql.substr(0, 200));
    }

    /// The pages of a file that has none yet will have checksums. (One that has some would get them by a VACUUM.)
    [[gnu::cold]] void reserve_checksums() noexcept {
        sqlite3_int64 size = 0;
        checked_file* const file = checked_file_of(db_);
        if (file == nullptr || file->real->pMethods->xFileSize(file->real, &size) != SQLITE_OK || size != 0) return;
        int reserved = page_checksum_bytes;
        sqlite3_file_control(db_, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved);
    }

    sqlite3* db_ = nullptr;
    bool unfinished_ = false;
};

/// What every connection that writes is set to, in this order.
///
/// Durable: with WAL and `synchronous=FULL` a committed transaction survives the death of the machine.
[[nodiscard, gnu::cold]] inline result<void> set_up(connection& db, bool in_memory) {
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
    [[nodiscard, gnu::cold]] static result<transaction> begin(connection& db) {
        if (db.unfinished()) db.roll_back();
        const bool alone = sqlite3_get_autocommit(db.get()) != 0;
        if (auto ok = db.run("BEGIN IMMEDIATE"); !ok) {
            if (alone && sqlite3_get_autocommit(db.get()) == 0)
                db.roll_back(); // it had begun, and was interrupted then
            return ok.why();
        }
        return transaction(db);
    }
    transaction(transaction&& other) noexcept : db_(std::exchange(other.db_, nullptr)) {}
    transaction& operator=(transaction&&) = delete;
    ~transaction() {
        if (db_ != nullptr) db_->roll_back();
    }

    /// After an error the transaction is rolled back; whether it reached the disk is then unknown.
    [[nodiscard, gnu::cold]] result<void> commit() {
        if (auto ok = db_->run("COMMIT"); !ok) return ok;
        db_ = nullptr;
        return {};
    }

private:
    explicit transaction(connection& db) noexcept : db_(&db) {}
    connection* db_;
};

} // namespace holdfast::sqlite
