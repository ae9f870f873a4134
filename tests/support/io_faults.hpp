// SPDX-License-Identifier: MIT
/// @file
/// Lets the Nth call to the system fail, whether the library makes it or SQLite, which goes through a VFS of the test's.
#pragma once

#include <holdfast/io/system_call.hpp>

#include <atomic>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>

#include <sqlite3.h>

namespace holdfast::test {

/// While it lives, calls are counted, and those that it says fail. SQLite's are counted for connections that are opened
/// while it lives. One at a time.
class io_faults final : public system_call::faults {
public:
    using kind = system_call::kind;
    /// Which calls are counted; all, when it is empty.
    using filter = std::function<bool(kind, std::string_view path)>;

    explicit io_faults(filter counted = {}) : counted_(std::move(counted)) {
        register_vfs();
        system_call::injected = this;
    }
    io_faults(const io_faults&) = delete;
    io_faults& operator=(const io_faults&) = delete;
    ~io_faults() {
        system_call::injected = nullptr;
        sqlite3_vfs_register(real(), 1);
    }

    /// From here on the `nth` call that is counted fails, from 1; and those behind it up to `last`.
    void fail(std::uint64_t nth, std::uint64_t last, int error) noexcept {
        error_ = error;
        last_ = last;
        seen_ = 0;
        first_ = nth;
    }
    void clear() noexcept { first_ = 0; }
    static constexpr std::uint64_t for_good = ~std::uint64_t{0};

    /// How many calls were counted since `fail`.
    [[nodiscard]] std::uint64_t seen() const noexcept { return seen_; }
    /// How many of them failed, since ever.
    [[nodiscard]] std::uint64_t failed() const noexcept { return failed_; }

    int before(kind what, const std::string& path) noexcept override {
        if (counted_ && !counted_(what, path)) return 0;
        const std::uint64_t number = ++seen_;
        if (first_ == 0 || number < first_ || number > last_) return 0;
        if (error_ == half && what != kind::write) return 0;
        ++failed_;
        return error_;
    }

private:
    // --- the VFS: SQLite's own, asked before each call --------------------------------------------------------------

    struct shim {
        sqlite3_file base; ///< What SQLite sees; the real file lies behind this struct.
        char path[1024];
        [[nodiscard]] sqlite3_file* file() noexcept { return reinterpret_cast<sqlite3_file*>(this + 1); }
    };
    static sqlite3_vfs*& real() noexcept {
        static sqlite3_vfs* found = sqlite3_vfs_find("unix");
        return found;
    }
    static shim& of(sqlite3_file* file) noexcept { return *reinterpret_cast<shim*>(file); }
    static int ask(kind what, const char* path, int code) noexcept {
        const int failed = system_call::fault(what, path != nullptr ? path : "");
        if (failed == 0 || failed == half) return SQLITE_OK;
        return failed == ENOSPC && (what == kind::write || what == kind::open) ? SQLITE_FULL : code;
    }

    static int open(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* out) {
        shim& made = of(file);
        made.base.pMethods = nullptr;
        if (const int code = ask(kind::open, path, SQLITE_CANTOPEN); code != SQLITE_OK) return SQLITE_CANTOPEN;
        const int code = real()->xOpen(real(), path, made.file(), flags, out);
        if (code != SQLITE_OK) return code;
        std::snprintf(made.path, sizeof made.path, "%s", path != nullptr ? path : "");
        made.base.pMethods = methods();
        return code;
    }
    static int remove(sqlite3_vfs*, const char* path, int sync) {
        if (const int code = ask(kind::remove, path, SQLITE_IOERR_DELETE); code != SQLITE_OK) return code;
        return real()->xDelete(real(), path, sync);
    }
    static int close(sqlite3_file* file) { return of(file).file()->pMethods->xClose(of(file).file()); }
    static int read(sqlite3_file* file, void* to, int bytes, sqlite3_int64 at) {
        if (const int code = ask(kind::read, of(file).path, SQLITE_IOERR_READ); code != SQLITE_OK) return code;
        return of(file).file()->pMethods->xRead(of(file).file(), to, bytes, at);
    }
    static int write(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 at) {
        const int failed = system_call::fault(kind::write, of(file).path);
        if (failed != 0) { // what a failed write has written is not known
            (void)of(file).file()->pMethods->xWrite(of(file).file(), from, bytes / 2, at);
            return failed == ENOSPC || failed == half ? SQLITE_FULL : SQLITE_IOERR_WRITE;
        }
        return of(file).file()->pMethods->xWrite(of(file).file(), from, bytes, at);
    }
    static int truncate(sqlite3_file* file, sqlite3_int64 bytes) {
        if (const int code = ask(kind::allocate, of(file).path, SQLITE_IOERR_TRUNCATE); code != SQLITE_OK) return code;
        return of(file).file()->pMethods->xTruncate(of(file).file(), bytes);
    }
    static int sync(sqlite3_file* file, int flags) {
        if (const int code = ask(kind::sync, of(file).path, SQLITE_IOERR_FSYNC); code != SQLITE_OK) return code;
        return of(file).file()->pMethods->xSync(of(file).file(), flags);
    }
    static int size(sqlite3_file* file, sqlite3_int64* bytes) {
        if (const int code = ask(kind::size, of(file).path, SQLITE_IOERR_FSTAT); code != SQLITE_OK) return code;
        return of(file).file()->pMethods->xFileSize(of(file).file(), bytes);
    }
    static int lock(sqlite3_file* file, int how) { return of(file).file()->pMethods->xLock(of(file).file(), how); }
    static int unlock(sqlite3_file* file, int how) { return of(file).file()->pMethods->xUnlock(of(file).file(), how); }
    static int is_locked(sqlite3_file* file, int* out) {
        return of(file).file()->pMethods->xCheckReservedLock(of(file).file(), out);
    }
    static int control(sqlite3_file* file, int what, void* with) {
        return of(file).file()->pMethods->xFileControl(of(file).file(), what, with);
    }
    static int sector(sqlite3_file* file) { return of(file).file()->pMethods->xSectorSize(of(file).file()); }
    static int traits(sqlite3_file* file) { return of(file).file()->pMethods->xDeviceCharacteristics(of(file).file()); }

    static int map(sqlite3_file* file, int page, int bytes, int extend, void volatile** at) {
        return of(file).file()->pMethods->xShmMap(of(file).file(), page, bytes, extend, at);
    }
    static int shared_lock(sqlite3_file* file, int first, int count, int flags) {
        return of(file).file()->pMethods->xShmLock(of(file).file(), first, count, flags);
    }
    static void barrier(sqlite3_file* file) { of(file).file()->pMethods->xShmBarrier(of(file).file()); }
    static int unmap(sqlite3_file* file, int remove) {
        return of(file).file()->pMethods->xShmUnmap(of(file).file(), remove);
    }

    static const sqlite3_io_methods* methods() noexcept {
        static const sqlite3_io_methods all = [] {
            sqlite3_io_methods is{};
            is.iVersion = 2;
            is.xClose = close;
            is.xRead = read;
            is.xWrite = write;
            is.xTruncate = truncate;
            is.xSync = sync;
            is.xFileSize = size;
            is.xLock = lock;
            is.xUnlock = unlock;
            is.xCheckReservedLock = is_locked;
            is.xFileControl = control;
            is.xSectorSize = sector;
            is.xDeviceCharacteristics = traits;
            is.xShmMap = map;
            is.xShmLock = shared_lock;
            is.xShmBarrier = barrier;
            is.xShmUnmap = unmap;
            return is;
        }();
        return &all;
    }
    static void register_vfs() {
        static sqlite3_vfs mine = [] {
            sqlite3_vfs is = *real();
            is.szOsFile = static_cast<int>(sizeof(shim)) + real()->szOsFile;
            is.zName = "faults";
            is.xOpen = open;
            is.xDelete = remove;
            return is;
        }();
        sqlite3_vfs_register(&mine, 1);
    }

    const filter counted_;
    std::atomic<std::uint64_t> first_{0};
    std::atomic<std::uint64_t> last_{0};
    std::atomic<int> error_{0};
    std::atomic<std::uint64_t> seen_{0};
    std::atomic<std::uint64_t> failed_{0};
};

} // namespace holdfast::test
