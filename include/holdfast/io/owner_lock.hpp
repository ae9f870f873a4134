// SPDX-License-Identifier: MIT
/// @file
/// One owner for a database: a lock on `<database>.lock`, held by the kernel until the process ends, and a
/// register of what this process holds (a POSIX lock does not keep a process from itself).
#pragma once

#include <holdfast/core/never_destroyed.hpp>
#include <holdfast/core/result.hpp>
#include <holdfast/core/words.hpp>
#include <holdfast/io/fork.hpp>
#include <holdfast/io/system_call.hpp>

#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace holdfast {
namespace detail {

using file_identity = std::pair<dev_t, ino_t>;

/// What this process holds; the child of a fork holds nothing.
struct owner_register final : fork_listener {
    mutex guard;
    std::vector<file_identity> held;

    [[nodiscard]] bool has(const file_identity& file) const noexcept {
        for (const file_identity& one : held)
            if (one == file) return true;
        return false;
    }
    void forget(const file_identity& file) noexcept {
        for (file_identity& one : held)
            if (one == file) {
                one = held.back();
                held.pop_back();
                return;
            }
    }

private:
    void before_fork() noexcept override { guard.lock(); }
    void in_parent() noexcept override { guard.unlock(); }
    void in_child() noexcept override {
        held.clear();
        guard.unlock();
    }
};
inline owner_register& owners() { return never_destroyed<owner_register>(); }

} // namespace detail

/// What the operating system said, with the path: "cannot open /data/x.lock: Permission denied".
[[nodiscard, gnu::cold]] inline error os_error(std::string_view what, const std::string& path, int number) {
    return {number == ENOSPC   ? errc::full
            : number == ENOENT ? errc::not_found
                               : errc::io,
            words({what, " ", path, ": ", std::strerror(number)})};
}

/// The path with every symbolic link followed; of a file that is not there yet, that of its folder and the
/// name that it will have there.
[[nodiscard, gnu::cold]] inline result<std::string> canonical_path(const std::string& path) {
    char found[4096 + 1];
    std::string at = path;
    for (int links = 0; links <= 40; ++links) { // as many as the kernel follows
        if (::realpath(at.c_str(), found) != nullptr) return std::string(found);
        const std::size_t slash = at.rfind('/');
        const std::string folder = slash == std::string::npos ? "." : slash == 0 ? "/" : at.substr(0, slash);
        const std::string name = slash == std::string::npos ? at : at.substr(slash + 1);
        if (::realpath(folder.c_str(), found) == nullptr) return os_error("cannot open the folder", folder, errno);
        const std::string base = std::string_view(found) == "/" ? "/" : std::string(found) + "/";
        const ssize_t length = ::readlink((base + name).c_str(), found, sizeof(found) - 1);
        if (length < 0 && errno != ENOENT && errno != EINVAL) return os_error("cannot look at", base + name, errno);
        if (length < 0) return base + name; // no link: the file is not there yet
        found[length] = '\0';
        at = found[0] == '/' ? found : base + found;
    }
    return os_error("cannot follow the links of", path, ELOOP);
}

/// Ownership of one database. The lock file stays when it is let go; only the lock goes.
class owner_lock {
public:
    owner_lock() = default;
    owner_lock(owner_lock&& other) noexcept : file_(std::exchange(other.file_, -1)), identity_(other.identity_) {}
    owner_lock& operator=(owner_lock&& other) noexcept {
        std::swap(file_, other.file_);
        std::swap(identity_, other.identity_);
        return *this;
    }
    [[gnu::cold]] ~owner_lock() {
        if (file_ < 0) return;
        auto& known = detail::owners();
        const mutex_lock hold(known.guard);
        known.forget(identity_);
        ::close(file_);
    }

    /// Takes the lock at `path`. Errors: `busy`, naming the process that has it; `io`, `full`, `not_found`.
    [[nodiscard, gnu::cold]] static result<owner_lock> take(const std::string& path) {
        auto& known = detail::owners();
        const mutex_lock hold(known.guard);
        struct stat about {};
        // Asked before opening: closing any descriptor of the file would drop a lock this process holds.
        if (::stat(path.c_str(), &about) == 0 && known.has({about.st_dev, about.st_ino}))
            return error{errc::busy,
                         words({path, ": this process has it open already; use that store, or close it first"})};
        owner_lock lock;
        lock.file_ = system_call::open(path, O_RDWR | O_CREAT);
        if (lock.file_ < 0) return os_error("cannot open", path, errno);
        if (::fstat(lock.file_, &about) != 0) return lock.fail(os_error("cannot look at", path, errno));
        struct flock wanted {};
        wanted.l_type = F_WRLCK;
        wanted.l_whence = SEEK_SET;
        if (::fcntl(lock.file_, F_SETLK, &wanted) != 0) {
            const int why = errno;
            if (why != EACCES && why != EAGAIN) return lock.fail(os_error("cannot lock", path, why));
            struct flock owner = wanted;
            std::string who = "another process";
            if (::fcntl(lock.file_, F_GETLK, &owner) == 0 && owner.l_type != F_UNLCK)
                who = words({"process ", owner.l_pid});
            return lock.fail(
                {errc::busy, words({path, " is held by ", who, ": stop it first; a database has one server"})});
        }
        lock.identity_ = {about.st_dev, about.st_ino};
        known.held.push_back(lock.identity_);
        return lock;
    }

private:
    /// Closes the descriptor, which nobody has registered yet.
    error fail(error why) noexcept {
        ::close(std::exchange(file_, -1));
        return why;
    }

    int file_ = -1;
    detail::file_identity identity_{};
};

} // namespace holdfast
