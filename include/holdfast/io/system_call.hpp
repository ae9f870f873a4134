// SPDX-License-Identifier: MIT
/// @file
/// The system calls that the library makes for its files, each by the name it has in the manual. In a program whose every
/// file is compiled with HOLDFAST_TEST_FAULTS a test may let them fail, and see those that change a disk; in any other they
/// are the calls and nothing else.
#pragma once

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <span>
#include <string>

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

namespace holdfast::system_call {

enum class kind : std::uint8_t {
    open,
    size,
    allocate,
    write,
    read,
    sync,
    rename,
    remove,
    make_folder,
    list,
    map,
    space
};

/// A call that may change what a disk has.
struct change {
    kind what;
    const std::string& path;
    const std::string* to = nullptr; ///< The other name of a rename.
    int flags = 0;                   ///< Of an open.
    std::uint64_t at = 0;            ///< Where a write begins.
    std::uint64_t bytes = 0;         ///< How large a file shall be at least.
    std::span<const iovec> pieces{}; ///< What is written.
    bool folder = false;             ///< A sync is of a folder.
};

#ifdef HOLDFAST_TEST_FAULTS
/// Decides which calls fail. Threads: asked on whichever thread makes the call.
class faults {
public:
    /// The `errno` that the call fails with; 0: it is made; `half`: it is made, and writes only a part.
    virtual int before(kind what, const std::string& path) noexcept = 0;
    static constexpr int half = -1;

protected:
    ~faults() = default;
};
inline std::atomic<faults*> injected{nullptr};

/// The errno of the call that is made now: see `faults`.
inline int fault(kind what, const std::string& path) noexcept {
    faults* const decides = injected.load();
    return decides == nullptr ? 0 : decides->before(what, path);
}
inline bool fails(kind what, const std::string& path) noexcept {
    const int failed = fault(what, path);
    if (failed > 0) errno = failed;
    return failed > 0;
}

/// Sees the calls that are made. Threads: told on whichever thread makes the call.
class observer {
public:
    /// The call is about to be made. What it returns is given to `made`.
    virtual std::uint64_t begins(const change& one) noexcept = 0;
    /// It has returned.
    virtual void made(const change& one, std::uint64_t begun, bool worked) noexcept = 0;
    /// The file that is opened in place of this one; null: none.
    virtual const char* in_place_of(const std::string& path) noexcept = 0;

protected:
    ~observer() = default;
};
inline std::atomic<observer*> observing{nullptr};

/// Makes the call.
template <class Call> auto observed(const change& one, Call call) noexcept {
    observer* const by = observing.load();
    if (by == nullptr) return call();
    const std::uint64_t begun = by->begins(one);
    const auto returned = call();
    const int why = errno;
    by->made(one, begun, returned != decltype(returned)(-1));
    errno = why;
    return returned;
}
inline const char* real_path(const std::string& path) noexcept {
    observer* const by = observing.load();
    const char* const other = by == nullptr ? nullptr : by->in_place_of(path);
    return other == nullptr ? path.c_str() : other;
}
#else
inline bool fails(kind, const std::string&) noexcept { return false; }
template <class Call> auto observed(const change&, Call call) noexcept { return call(); }
inline const char* real_path(const std::string& path) noexcept { return path.c_str(); }
#endif

// What follows returns and sets `errno` as the system's own call does. The path is that of the file, for the tests.

inline int open(const std::string& path, int flags, mode_t mode = 0644) noexcept {
    if (fails(kind::open, path)) return -1;
    return observed({.what = kind::open, .path = path, .flags = flags},
                    [&] { return ::open(real_path(path), flags | O_CLOEXEC, mode); });
}
inline int fstat(int file, struct stat& about, const std::string& path) noexcept {
    return fails(kind::size, path) ? -1 : ::fstat(file, &about);
}
inline int stat(const std::string& path, struct stat& about) noexcept {
    return fails(kind::size, path) ? -1 : ::stat(path.c_str(), &about);
}
/// A test that lets it fail with ENOSPC has a file system on which nothing is free.
inline int statvfs(const std::string& path, struct statvfs& about) noexcept {
    about.f_blocks = about.f_frsize = 1;
    if (fails(kind::space, path)) return errno == ENOSPC ? 0 : -1;
    return ::statvfs(path.c_str(), &about);
}
inline int posix_fallocate(int file, off_t bytes, const std::string& path) noexcept {
    if (fails(kind::allocate, path)) return errno;
    return observed({.what = kind::allocate, .path = path, .bytes = static_cast<std::uint64_t>(bytes)},
                    [&] { return ::posix_fallocate(file, 0, bytes); });
}
inline int ftruncate(int file, off_t bytes, const std::string& path) noexcept {
    return fails(kind::allocate, path) ? -1 : ::ftruncate(file, bytes);
}
inline ssize_t pwritev(int file, iovec* some, int count, off_t offset, const std::string& path) noexcept {
#ifdef HOLDFAST_TEST_FAULTS
    if (const int failed = fault(kind::write, path); failed > 0) {
        errno = failed;
        return -1;
    } else if (failed == faults::half) {
        some[0].iov_len = (some[0].iov_len + 1) / 2;
        return ::pwritev(file, some, 1, offset);
    }
#endif
    return observed({.what = kind::write,
                     .path = path,
                     .at = static_cast<std::uint64_t>(offset),
                     .pieces = {some, static_cast<std::size_t>(count)}},
                    [&] { return ::pwritev(file, some, count, offset); });
}
inline ssize_t pread(int file, void* to, std::size_t bytes, off_t offset, const std::string& path) noexcept {
    return fails(kind::read, path) ? -1 : ::pread(file, to, bytes, offset);
}
inline int fdatasync(int file, const std::string& path) noexcept {
    if (fails(kind::sync, path)) return -1;
    return observed({.what = kind::sync, .path = path}, [&] { return ::fdatasync(file); });
}
/// Of a folder.
inline int fsync(int file, const std::string& path) noexcept {
    if (fails(kind::sync, path)) return -1;
    return observed({.what = kind::sync, .path = path, .folder = true}, [&] { return ::fsync(file); });
}
inline int rename(const std::string& from, const std::string& to) noexcept {
    if (fails(kind::rename, from)) return -1;
    return observed({.what = kind::rename, .path = from, .to = &to},
                    [&] { return ::rename(from.c_str(), to.c_str()); });
}
/// The same, but with EEXIST when there is a file called `to`. For a file system that has no such call: a link, or else a
/// look before.
inline int rename_new(const std::string& from, const std::string& to) noexcept {
    if (fails(kind::rename, from)) return -1;
    return observed({.what = kind::rename, .path = from, .to = &to}, [&] {
        constexpr unsigned no_replace = 1;
        if (::syscall(SYS_renameat2, AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), no_replace) == 0) return 0;
        if (errno != ENOSYS && errno != EINVAL && errno != EPERM) return -1;
        if (::link(from.c_str(), to.c_str()) == 0) return ::unlink(from.c_str());
        if (errno == EEXIST || errno == ENOENT) return -1;
        struct stat about {};
        if (::lstat(to.c_str(), &about) != 0) return ::rename(from.c_str(), to.c_str());
        errno = EEXIST;
        return -1;
    });
}
inline int mkdir(const std::string& path, mode_t mode) noexcept {
    if (fails(kind::make_folder, path)) return -1;
    return observed({.what = kind::make_folder, .path = path}, [&] { return ::mkdir(path.c_str(), mode); });
}
inline DIR* opendir(const std::string& path) noexcept {
    return fails(kind::list, path) ? nullptr : ::opendir(path.c_str());
}
inline int unlink(const std::string& path) noexcept {
    if (fails(kind::remove, path)) return -1;
    return observed({.what = kind::remove, .path = path}, [&] { return ::unlink(path.c_str()); });
}
/// A shared mapping that can be read and written, its pages there already.
inline void* mmap(int file, std::size_t bytes, const std::string& path) noexcept {
    if (fails(kind::map, path)) return MAP_FAILED;
    return observed({.what = kind::map, .path = path},
                    [&] { return ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file, 0); });
}

} // namespace holdfast::system_call
