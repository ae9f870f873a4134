// SPDX-License-Identifier: MIT
/// @file
/// The system calls that the library makes for its files, each by the name it has in the manual. In a program whose every
/// file is compiled with HOLDFAST_TEST_FAULTS a test may let them fail; in any other they are the calls and nothing else.
#pragma once

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <string>

#include <dirent.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

namespace holdfast::system_call {

enum class kind : std::uint8_t { open, size, allocate, write, read, sync, rename, remove, make_folder, list, map };

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
#else
inline bool fails(kind, const std::string&) noexcept { return false; }
#endif

// What follows returns and sets `errno` as the system's own call does. The path is that of the file, for the tests.

inline int open(const std::string& path, int flags, mode_t mode = 0644) noexcept {
    return fails(kind::open, path) ? -1 : ::open(path.c_str(), flags | O_CLOEXEC, mode);
}
inline int fstat(int file, struct stat& about, const std::string& path) noexcept {
    return fails(kind::size, path) ? -1 : ::fstat(file, &about);
}
inline int stat(const std::string& path, struct stat& about) noexcept {
    return fails(kind::size, path) ? -1 : ::stat(path.c_str(), &about);
}
inline int posix_fallocate(int file, off_t bytes, const std::string& path) noexcept {
    return fails(kind::allocate, path) ? errno : ::posix_fallocate(file, 0, bytes);
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
#else
    (void)path;
#endif
    return ::pwritev(file, some, count, offset);
}
inline ssize_t pread(int file, void* to, std::size_t bytes, off_t offset, const std::string& path) noexcept {
    return fails(kind::read, path) ? -1 : ::pread(file, to, bytes, offset);
}
inline int fdatasync(int file, const std::string& path) noexcept {
    return fails(kind::sync, path) ? -1 : ::fdatasync(file);
}
inline int fsync(int file, const std::string& path) noexcept { return fails(kind::sync, path) ? -1 : ::fsync(file); }
inline int rename(const std::string& from, const std::string& to) noexcept {
    return fails(kind::rename, from) ? -1 : ::rename(from.c_str(), to.c_str());
}
inline int mkdir(const std::string& path, mode_t mode) noexcept {
    return fails(kind::make_folder, path) ? -1 : ::mkdir(path.c_str(), mode);
}
inline DIR* opendir(const std::string& path) noexcept {
    return fails(kind::list, path) ? nullptr : ::opendir(path.c_str());
}
inline int unlink(const std::string& path) noexcept { return fails(kind::remove, path) ? -1 : ::unlink(path.c_str()); }
/// A shared mapping that can be read and written, its pages there already.
inline void* mmap(int file, std::size_t bytes, const std::string& path) noexcept {
    if (fails(kind::map, path)) return MAP_FAILED;
    return ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file, 0);
}

} // namespace holdfast::system_call
