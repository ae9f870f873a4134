// SPDX-License-Identifier: MIT
/// @file
/// A copy of a database that is in use, made in steps by SQLite's backup interface.
#pragma once

#include <holdfast/sqlite/connection.hpp>

namespace holdfast::sqlite {

/// See the file's sentence. The copy is of the moment in which the last step is made: what the same connection writes
/// between steps is taken over. Threads: those of the connection that is copied, which must outlive it.
class online_backup {
public:
    /// Begins to copy into a new file at `path`.
    [[nodiscard, gnu::cold]] static result<online_backup> begin(connection& from, const std::string& path) {
        auto to = connection::open(path, connection::mode::create);
        if (!to) return to.why();
        // Whoever begins a copy makes it durable at the end, as a whole.
        if (auto ok = to->set_pragma("synchronous", "OFF", "0"); !ok) return ok.why();
        online_backup made;
        made.to_ = std::move(*to);
        made.copying_ = sqlite3_backup_init(made.to_.get(), "main", from.get(), "main");
        if (made.copying_ == nullptr)
            return sqlite_error(made.to_.get(), sqlite3_errcode(made.to_.get()), words({"cannot copy to ", path}));
        return made;
    }
    online_backup() = default;
    online_backup(online_backup&& other) noexcept
        : copying_(std::exchange(other.copying_, nullptr)), to_(std::move(other.to_)) {}
    online_backup& operator=(online_backup&& other) noexcept {
        std::swap(copying_, other.copying_);
        std::swap(to_, other.to_);
        return *this;
    }
    ~online_backup() { sqlite3_backup_finish(copying_); }

    [[nodiscard]] explicit operator bool() const noexcept { return copying_ != nullptr; }

    /// Copies so many pages more. True: that was all of it, and the file is complete, though not durable.
    /// Errors: `busy`: again later; others: give it up.
    [[nodiscard, gnu::cold]] result<bool> step(int pages) {
        const int code = sqlite3_backup_step(copying_, pages);
        if (code == SQLITE_OK) return false;
        if (code != SQLITE_DONE) return sqlite_error(nullptr, code, "copying the database");
        const int end = sqlite3_backup_finish(std::exchange(copying_, nullptr));
        if (end != SQLITE_OK) return sqlite_error(nullptr, end, "copying the database");
        to_ = connection();
        return true;
    }
    /// How many pages the database has, and how many are still to be copied; known after the first step.
    [[nodiscard]] int pages() const noexcept { return copying_ == nullptr ? 0 : sqlite3_backup_pagecount(copying_); }
    [[nodiscard]] int left() const noexcept { return copying_ == nullptr ? 0 : sqlite3_backup_remaining(copying_); }

private:
    sqlite3_backup* copying_ = nullptr;
    connection to_;
};

} // namespace holdfast::sqlite
