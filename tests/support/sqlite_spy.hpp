// SPDX-License-Identifier: MIT
/// @file
/// Gets at the connection that a store keeps to itself: to break it, to stop it, to write behind its back.
#pragma once

#include <atomic>

#include <sqlite3.h>

namespace holdfast::test {

/// Remembers the last connection that was opened while it lives. Using it is safe while the store's writer is
/// idle, which a clock that stands still sees to.
class sqlite_spy {
public:
    sqlite_spy() { sqlite3_auto_extension(entry()); }
    sqlite_spy(const sqlite_spy&) = delete;
    sqlite_spy& operator=(const sqlite_spy&) = delete;
    ~sqlite_spy() { sqlite3_cancel_auto_extension(entry()); }

    [[nodiscard]] sqlite3* connection() const noexcept { return last(); }

    /// From here on SQLite asks `stop` every few steps of its machine and gives up when it is true.
    void interrupt_while(const std::atomic<bool>& stop) const {
        sqlite3_progress_handler(
            last(), 1, [](void* flag) { return static_cast<const std::atomic<bool>*>(flag)->load() ? 1 : 0; },
            const_cast<std::atomic<bool>*>(&stop));
    }
    /// From here on SQLite waits as long as `hold` is true.
    void wait_while(const std::atomic<bool>& hold) const {
        sqlite3_progress_handler(
            last(), 1,
            [](void* flag) {
                while (static_cast<const std::atomic<bool>*>(flag)->load()) sqlite3_sleep(1);
                return 0;
            },
            const_cast<std::atomic<bool>*>(&hold));
    }

private:
    static std::atomic<sqlite3*>& last() {
        static std::atomic<sqlite3*> only{nullptr};
        return only;
    }
    static int remember(sqlite3* db, char**, const void*) {
        last() = db;
        return SQLITE_OK;
    }
    static void (*entry())() { return reinterpret_cast<void (*)()>(&remember); }
};

} // namespace holdfast::test
