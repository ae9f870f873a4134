// SPDX-License-Identifier: MIT
/// @file
/// A VFS of SQLite between a connection of ours and whatever VFS is the default: it writes the checksum of each page with
/// the page, and reads no page whose checksum does not match. Files whose pages have none, and everything that is not a
/// database's own file (journals, WAL, temporary files), go through it as they are.
#pragma once

#include <holdfast/sqlite/page.hpp>

#include <new>

#include <sqlite3.h>

namespace holdfast::sqlite {

/// A file as SQLite sees it; the real one lies behind it. Threads: those of its connection.
struct checked_file {
    sqlite3_file seen{}; ///< First: SQLite has its address.
    sqlite3_file* real = nullptr;
    const char* path = nullptr;       ///< SQLite keeps it as long as the file is open.
    std::byte* room = nullptr;        ///< For one page; only of a database's own file.
    std::uint32_t page_bytes = 0;     ///< 0: not known yet.
    std::uint32_t wrong_page = 0;     ///< The last one that was not read because of its checksum; 0: none.
    bool has_checksums = false;       ///< Its first page says so.
    bool verify = true;               ///< Pages are looked at when they are read.
    bool pages_before_header = false; ///< Pages were written before it was known whether they have checksums.
};

namespace detail {

inline constexpr std::size_t largest_page_bytes = 65'536;

inline checked_file& checked(sqlite3_file* file) noexcept { return *reinterpret_cast<checked_file*>(file); }
inline const sqlite3_io_methods& real_methods(sqlite3_file* file) noexcept { return *checked(file).real->pMethods; }

/// Notes what the first page says; bytes that are no database's say nothing.
[[gnu::cold]] inline void learn(checked_file& file, const void* start) noexcept {
    const auto found = file_header::read(static_cast<const std::byte*>(start));
    if (!found) return;
    file.page_bytes = found->page_bytes;
    file.has_checksums = found->has_checksums();
}

inline int verify(checked_file& file, const void* page, sqlite3_int64 at) noexcept {
    const bytes_view is(static_cast<const std::byte*>(page), file.page_bytes);
    if (page_checksum(is) == stored_checksum(is)) return SQLITE_OK;
    file.wrong_page = static_cast<std::uint32_t>(at / file.page_bytes + 1);
    return SQLITE_IOERR_DATA;
}

/// A first page that says that there are no checksums.
[[gnu::cold]] inline int verify_unmarked(checked_file& file, const void* page) noexcept {
    std::memcpy(file.room, page, file.page_bytes);
    if (!lost_its_checksums({file.room, file.page_bytes})) return SQLITE_OK;
    file.wrong_page = 1;
    return SQLITE_IOERR_DATA;
}

/// A part of a page is read as the whole, which can be verified. What is read of the first page in parts is the header:
/// SQLite looks at it before it knows how large a page is, and reads the page then.
inline int read_checked(sqlite3_file* seen, void* to, int count, sqlite3_int64 at) noexcept {
    checked_file& file = checked(seen);
    const int code = file.real->pMethods->xRead(file.real, to, count, at);
    if (code != SQLITE_OK || file.room == nullptr) return code;
    if (at == 0 && count >= static_cast<int>(file_header::bytes)) learn(file, to);
    const auto page_bytes = static_cast<int>(file.page_bytes);
    if (!file.has_checksums && file.verify && at == 0 && count == page_bytes) return verify_unmarked(file, to);
    if (!file.has_checksums || !file.verify) return code;
    const sqlite3_int64 begin = at - at % page_bytes;
    if (count == page_bytes && at == begin) return verify(file, to, at);
    if (begin == 0 || at + count > begin + page_bytes) return code;
    if (const int whole = file.real->pMethods->xRead(file.real, file.room, page_bytes, begin); whole != SQLITE_OK)
        return whole;
    std::memcpy(to, file.room + (at - begin), static_cast<std::size_t>(count));
    return verify(file, file.room, begin);
}

/// The page with its checksum. SQLite's own copy of it is not touched.
inline int write_page(checked_file& file, const void* from, int count, sqlite3_int64 at) noexcept {
    const auto size = static_cast<std::size_t>(count);
    std::memcpy(file.room, from, size);
    bytes::put(file.room + size - page_checksum_bytes, page_checksum({file.room, size}));
    return file.real->pMethods->xWrite(file.real, file.room, count, at);
}

/// A large transaction may write pages of a new file, as a backup does, before the first one.
[[gnu::cold]] inline int write_checksums_so_far(checked_file& file) noexcept {
    const auto page_bytes = static_cast<int>(file.page_bytes);
    sqlite3_int64 end = 0;
    if (const int code = file.real->pMethods->xFileSize(file.real, &end); code != SQLITE_OK) return code;
    for (sqlite3_int64 at = page_bytes; at + page_bytes <= end; at += page_bytes) {
        if (const int code = file.real->pMethods->xRead(file.real, file.room, page_bytes, at); code != SQLITE_OK)
            return code;
        bytes::put(file.room + page_bytes - page_checksum_bytes, page_checksum({file.room, file.page_bytes}));
        if (const int code = file.real->pMethods->xWrite(file.real, file.room, page_bytes, at); code != SQLITE_OK)
            return code;
    }
    file.pages_before_header = false;
    return SQLITE_OK;
}

inline int write_checked(sqlite3_file* seen, const void* from, int count, sqlite3_int64 at) noexcept {
    checked_file& file = checked(seen);
    const auto size = static_cast<unsigned>(count);
    const bool page = size >= 512 && size <= largest_page_bytes && std::has_single_bit(size) && at % count == 0;
    if (file.room == nullptr || !page) return file.real->pMethods->xWrite(file.real, from, count, at);
    if (at == 0) learn(file, from);
    if (file.page_bytes == 0) file.pages_before_header = true;
    if (!file.has_checksums || size != file.page_bytes) return file.real->pMethods->xWrite(file.real, from, count, at);
    if (const int code = write_page(file, from, count, at); code != SQLITE_OK) return code;
    return at == 0 && file.pages_before_header ? write_checksums_so_far(file) : SQLITE_OK;
}

/// SQLite would put pages of another size together in pages of the old one before it writes them.
[[gnu::cold]] inline int control_checked(sqlite3_file* seen, int what, void* with) noexcept {
    checked_file& file = checked(seen);
    if (what == SQLITE_FCNTL_PRAGMA && file.has_checksums) {
        const char* const* const words = static_cast<const char* const*>(with); // the answer, the name, the value
        if (words[2] != nullptr && sqlite3_stricmp(words[1], "page_size") == 0) return SQLITE_OK;
    }
    return file.real->pMethods->xFileControl(file.real, what, with);
}

[[gnu::cold]] inline int close_checked(sqlite3_file* seen) noexcept {
    checked_file& file = checked(seen);
    const int code = file.real->pMethods->xClose(file.real);
    sqlite3_free(file.real);
    sqlite3_free(file.room);
    return code;
}

/// Version 2 has no xFetch: pages that SQLite maps into memory would be read past us. Nor may it read parts of pages.
[[nodiscard, gnu::cold]] inline sqlite3_io_methods make_checked_methods(int version) noexcept {
    sqlite3_io_methods is{};
    is.iVersion = version;
    is.xClose = close_checked;
    is.xRead = read_checked;
    is.xWrite = write_checked;
    is.xTruncate = [](sqlite3_file* f, sqlite3_int64 size) { return real_methods(f).xTruncate(checked(f).real, size); };
    is.xSync = [](sqlite3_file* f, int flags) { return real_methods(f).xSync(checked(f).real, flags); };
    is.xFileSize = [](sqlite3_file* f, sqlite3_int64* size) {
        return real_methods(f).xFileSize(checked(f).real, size);
    };
    is.xLock = [](sqlite3_file* f, int how) { return real_methods(f).xLock(checked(f).real, how); };
    is.xUnlock = [](sqlite3_file* f, int how) { return real_methods(f).xUnlock(checked(f).real, how); };
    is.xCheckReservedLock = [](sqlite3_file* f, int* is_locked) {
        return real_methods(f).xCheckReservedLock(checked(f).real, is_locked);
    };
    is.xFileControl = control_checked;
    is.xSectorSize = [](sqlite3_file* f) { return real_methods(f).xSectorSize(checked(f).real); };
    is.xDeviceCharacteristics = [](sqlite3_file* f) {
        constexpr int part_of_a_page = 0x8000; // SQLITE_IOCAP_SUBPAGE_READ, since 3.48
        return real_methods(f).xDeviceCharacteristics(checked(f).real) & ~part_of_a_page;
    };
    is.xShmMap = [](sqlite3_file* f, int page, int size, int extend, void volatile** at) {
        return real_methods(f).xShmMap(checked(f).real, page, size, extend, at);
    };
    is.xShmLock = [](sqlite3_file* f, int first, int count, int flags) {
        return real_methods(f).xShmLock(checked(f).real, first, count, flags);
    };
    is.xShmBarrier = [](sqlite3_file* f) { real_methods(f).xShmBarrier(checked(f).real); };
    is.xShmUnmap = [](sqlite3_file* f, int remove) { return real_methods(f).xShmUnmap(checked(f).real, remove); };
    return is;
}
/// @param shared  Whether the real file can share memory.
[[gnu::cold]] inline const sqlite3_io_methods* checked_methods(bool shared) noexcept {
    static const sqlite3_io_methods all[] = {make_checked_methods(1), make_checked_methods(2)};
    return &all[shared ? 1 : 0];
}

/// The VFS that does the work: whichever is the default now.
[[gnu::cold]] inline sqlite3_vfs* real_vfs() noexcept { return sqlite3_vfs_find(nullptr); }

[[gnu::cold]] inline int open_checked(sqlite3_vfs*, const char* path, sqlite3_file* seen, int flags,
                                      int* out_flags) noexcept {
    checked_file& file = *::new (static_cast<void*>(seen)) checked_file;
    sqlite3_vfs* const vfs = real_vfs();
    file.path = path;
    file.real = static_cast<sqlite3_file*>(sqlite3_malloc(vfs->szOsFile));
    if ((flags & SQLITE_OPEN_MAIN_DB) != 0) file.room = static_cast<std::byte*>(sqlite3_malloc(largest_page_bytes));
    int code = SQLITE_NOMEM;
    if (file.real != nullptr && (file.room != nullptr || (flags & SQLITE_OPEN_MAIN_DB) == 0)) {
        std::memset(static_cast<void*>(file.real), 0, static_cast<std::size_t>(vfs->szOsFile));
        code = vfs->xOpen(vfs, path, file.real, flags, out_flags);
        if (code != SQLITE_OK && file.real->pMethods != nullptr) file.real->pMethods->xClose(file.real);
    }
    if (code != SQLITE_OK) {
        sqlite3_free(file.real);
        sqlite3_free(file.room);
        return code;
    }
    const sqlite3_io_methods& real = *file.real->pMethods;
    seen->pMethods = checked_methods(real.iVersion >= 2 && real.xShmMap != nullptr);
    return SQLITE_OK;
}

[[nodiscard, gnu::cold]] inline sqlite3_vfs checking_vfs() noexcept {
    sqlite3_vfs is = *real_vfs(); // time, randomness, libraries: as there
    is.iVersion = real_vfs()->iVersion >= 2 ? 2 : 1;
    is.pNext = nullptr;
    is.szOsFile = static_cast<int>(sizeof(checked_file));
    is.mxPathname = real_vfs()->mxPathname; // no more: SQLite's own has arrays of this size
    is.zName = "holdfast";
    is.xOpen = open_checked;
    is.xDelete = [](sqlite3_vfs*, const char* path, int sync) { return real_vfs()->xDelete(real_vfs(), path, sync); };
    is.xAccess = [](sqlite3_vfs*, const char* path, int flags, int* out) {
        return real_vfs()->xAccess(real_vfs(), path, flags, out);
    };
    is.xFullPathname = [](sqlite3_vfs*, const char* path, int size, char* out) {
        return real_vfs()->xFullPathname(real_vfs(), path, size, out);
    };
    return is;
}

} // namespace detail

/// The name by which a connection asks for checksums; registered at the first call, and never the default.
/// Threads: any.
[[nodiscard, gnu::cold]] inline const char* page_checksums_vfs() noexcept {
    static sqlite3_vfs ours = detail::checking_vfs();
    static const int registered = sqlite3_vfs_register(&ours, 0);
    (void)registered; // when it failed SQLite says that there is no such VFS
    return ours.zName;
}

/// The file of a connection; null when it has none, or another VFS than ours.
[[nodiscard, gnu::cold]] inline checked_file* checked_file_of(sqlite3* db) noexcept {
    sqlite3_file* file = nullptr;
    if (sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || file == nullptr)
        return nullptr;
    const bool ours =
        file->pMethods == detail::checked_methods(true) || file->pMethods == detail::checked_methods(false);
    return ours ? &detail::checked(file) : nullptr;
}

} // namespace holdfast::sqlite
