// SPDX-License-Identifier: MIT
/// @file
/// A VFS that passes everything on to SQLite's own, and notes what is written while it is.
#include "sqlite_watch.hpp"

#include <string_view>

#include <sqlite3.h>

namespace torture {

namespace {

whereabouts* noted = nullptr;
sqlite3_vfs* real = nullptr;
sqlite3_vfs watching{};
/// SQLite's own, and those that stand in their place. It has others for a database than for a WAL.
struct watched_methods {
    sqlite3_io_methods real{};
    sqlite3_io_methods seen{};
};
watched_methods of_database, of_wal;

int write_database(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 at) {
    noted->checkpointing = 1;
    return of_database.real.xWrite(file, bytes, count, at);
}
int sync_database(sqlite3_file* file, int flags) {
    const int code = of_database.real.xSync(file, flags);
    noted->checkpointing = 0;
    return code;
}
int write_wal(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 at) {
    noted->writing = 1;
    ++noted->wal_writes;
    return of_wal.real.xWrite(file, bytes, count, at);
}
int sync_wal(sqlite3_file* file, int flags) {
    const int code = of_wal.real.xSync(file, flags);
    noted->writing = 0;
    return code;
}

int open_watched(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
    const int code = real->xOpen(real, name, file, flags, out_flags);
    if (code != SQLITE_OK || file->pMethods == nullptr) return code;
    const bool wal = (flags & SQLITE_OPEN_WAL) != 0;
    if (!wal && (flags & SQLITE_OPEN_MAIN_DB) == 0) return code;
    if (std::string_view(name).find(".backups/") != std::string_view::npos) return code; // not the server's database
    watched_methods& methods = wal ? of_wal : of_database;
    methods.real = methods.seen = *file->pMethods;
    methods.seen.xWrite = wal ? write_wal : write_database;
    methods.seen.xSync = wal ? sync_wal : sync_database;
    file->pMethods = &methods.seen;
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
