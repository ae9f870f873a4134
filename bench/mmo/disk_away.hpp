// SPDX-License-Identifier: MIT
/// @file
/// A database that is away for a while: what SQLite writes and syncs meanwhile waits until it is back, as on a network
/// disk that hangs. Holdfast's queue, which SQLite does not write, is on a disk that works.
#pragma once

#include <atomic>
#include <deque>
#include <mutex>

#include <sqlite3.h>

namespace bench {

/// Stands between SQLite and its files, every side's; what does not go through SQLite is not held back. Threads: any.
class disk_away {
public:
    /// Before the first file is opened.
    static void install() {
        static sqlite3_vfs ours = *sqlite3_vfs_find(nullptr);
        real_vfs_ = sqlite3_vfs_find(nullptr);
        ours.zName = "bench-disk-away";
        ours.xOpen = open;
        sqlite3_vfs_register(&ours, 1);
    }
    static void leave() noexcept { away_ = true; }
    static void come_back() noexcept {
        away_ = false;
        away_.notify_all();
    }

private:
    /// The functions of a kind of file, two of them ours; a file has a pointer to the first member.
    struct functions {
        sqlite3_io_methods ours;
        const sqlite3_io_methods* real;
    };

    static int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out) {
        const int code = real_vfs_->xOpen(real_vfs_, name, file, flags, out);
        if (code == SQLITE_OK && file->pMethods != nullptr) file->pMethods = &instead_of(file->pMethods).ours;
        return code;
    }
    static int write(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 at) {
        away_.wait(true);
        return real(file).xWrite(file, from, bytes, at);
    }
    static int sync(sqlite3_file* file, int flags) {
        away_.wait(true);
        return real(file).xSync(file, flags);
    }
    [[nodiscard]] static const sqlite3_io_methods& real(const sqlite3_file* file) noexcept {
        return *reinterpret_cast<const functions*>(file->pMethods)->real;
    }
    /// SQLite has a handful of kinds.
    [[nodiscard]] static const functions& instead_of(const sqlite3_io_methods* real) {
        static std::mutex guard;
        static std::deque<functions> all;
        const std::lock_guard hold(guard);
        for (const functions& one : all)
            if (one.real == real) return one;
        functions& made = all.emplace_back(functions{*real, real});
        made.ours.xWrite = write;
        made.ours.xSync = sync;
        return made;
    }

    static inline sqlite3_vfs* real_vfs_ = nullptr;
    static inline std::atomic<bool> away_{false};
};

} // namespace bench
