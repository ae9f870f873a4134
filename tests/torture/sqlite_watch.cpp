// SPDX-License-Identifier: MIT
/// @file
/// A VFS that passes everything on to SQLite's own, and notes what is written while it is.
#include "sqlite_watch.hpp"

#include <sqlite3.h>

namespace torture {

namespace {

whereabouts* noted = nullptr;
sqlite3_vfs* real = nullptr;
sqlite3_vfs watching{};
sqlite3_io_methods real_methods{}; // SQLite's files of one VFS share them
sqlite3_io_methods database_methods{};
sqlite3_io_methods wal_methods{};

int write_database(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 at) {
    noted->checkpointing = 1;
    return real_methods.xWrite(file, bytes, count, at);
}
int sync_database(sqlite3_file* file, int flags) {
    const int code = real_methods.xSync(file, flags);
    noted->checkpointing = 0;
    return code;
}
int write_wal(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 at) {
    noted->writing = 1;
    ++noted->wal_writes;
    return real_methods.xWrite(file, bytes, count, at);
}
int sync_wal(sqlite3_file* file, int flags) {
    const int code = real_methods.xSync(file, flags);
    noted->writing = 0;
    return code;
}

int open_watched(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
    const int code = real->xOpen(real, name, file, flags, out_flags);
    if (code != SQLITE_OK || file->pMethods == nullptr) return code;
    if ((flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) == 0) return code;
    real_methods = *file->pMethods;
    database_methods = wal_methods = real_methods;
    database_methods.xWrite = write_database;
    database_methods.xSync = sync_database;
    wal_methods.xWrite = write_wal;
    wal_methods.xSync = sync_wal;
    file->pMethods = (flags & SQLITE_OPEN_WAL) != 0 ? &wal_methods : &database_methods;
    return code;
}

} // namespace

void watch_sqlite(whereabouts& into) {
    noted = &into;
    real = sqlite3_vfs_find(nullptr);
    if (real == nullptr) throw std::runtime_error("SQLite has no file system");
    watching = *real;
    watching.zName = "torture";
    watching.xOpen = open_watched;
    if (sqlite3_vfs_register(&watching, 1) != SQLITE_OK) throw std::runtime_error("SQLite takes no other file system");
}

} // namespace torture
