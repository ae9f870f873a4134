// SPDX-License-Identifier: MIT
/// @file
/// Files as the queue needs them: written at a place, synced, found again after a crash.
#pragma once

#include <holdfast/core/bytes.hpp>
#include <holdfast/io/owner_lock.hpp>
#include <holdfast/io/system_call.hpp>

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace holdfast {

/// Which file it is, whatever its name, and how large.
struct file_state {
    dev_t device = 0;
    ino_t number = 0;
    std::uint64_t bytes = 0;
};

/// An open file. Errors name what was tried, the path, and what the system said. Threads: one at a time.
class file {
public:
    file() = default;
    file(file&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}
    file& operator=(file&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        std::swap(path_, other.path_);
        return *this;
    }
    ~file() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }

    [[nodiscard, gnu::cold]] static result<file> open(const std::string& path, int flags) {
        file made;
        made.descriptor_ = system_call::open(path, flags);
        if (made.descriptor_ < 0) return os_error("cannot open", path, errno);
        made.path_ = path;
        return made;
    }
    /// A file with nothing in it, whatever was there.
    [[nodiscard]] static result<file> create(const std::string& path) { return open(path, O_RDWR | O_CREAT | O_TRUNC); }
    [[nodiscard]] static result<file> open_to_read(const std::string& path) { return open(path, O_RDONLY); }

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// It was given this name: what is said of it uses it.
    void named(std::string path) noexcept { path_ = std::move(path); }
    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

    [[nodiscard, gnu::cold]] result<file_state> state() const {
        struct stat about {};
        if (system_call::fstat(descriptor_, about, path_) != 0) return os_error("cannot look at", path_, errno);
        return file_state{about.st_dev, about.st_ino, static_cast<std::uint64_t>(about.st_size)};
    }

    /// Takes the space on the disk now, as zeros, so that writing it later cannot fail for want of any. Errors: `full`.
    [[nodiscard, gnu::cold]] result<void> allocate(std::uint64_t bytes) {
        int failed = 0;
        do failed = system_call::posix_fallocate(descriptor_, static_cast<off_t>(bytes), path_);
        while (failed == EINTR);
        if (failed != 0) return os_error(words({"cannot take ", bytes, " bytes for"}), path_, failed);
        return {};
    }

    /// Gives back what the file has behind `bytes`.
    [[nodiscard, gnu::cold]] result<void> cut(std::uint64_t bytes) {
        int failed = 0;
        do failed = system_call::ftruncate(descriptor_, static_cast<off_t>(bytes), path_);
        while (failed != 0 && errno == EINTR);
        if (failed != 0) return os_error("cannot cut", path_, errno);
        return {};
    }

    /// Writes all of the pieces, one behind the other, at `offset`.
    [[nodiscard]] result<void> write_at(std::uint64_t offset, std::span<const bytes_view> pieces) {
        for (std::size_t next = 0, skip = 0; next < pieces.size();) {
            iovec some[16];
            int count = 0;
            for (std::size_t i = next; i < pieces.size() && count < 16; ++i, ++count) {
                const bytes_view rest = i == next ? pieces[i].subspan(skip) : pieces[i];
                some[count] = {const_cast<std::byte*>(rest.data()), rest.size()};
            }
            const ssize_t written = system_call::pwritev(descriptor_, some, count, static_cast<off_t>(offset), path_);
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) return os_error("cannot write", path_, errno);
            offset += static_cast<std::uint64_t>(written);
            skip += static_cast<std::size_t>(written);
            while (next < pieces.size() && skip >= pieces[next].size()) skip -= pieces[next++].size();
        }
        return {};
    }

    /// All that is in the file, or so many bytes from its start.
    [[nodiscard, gnu::cold]] result<std::vector<std::byte>> read_all(std::uint64_t most = ~std::uint64_t{0}) const {
        auto is = state();
        if (!is) return is.why();
        std::vector<std::byte> all(static_cast<std::size_t>(std::min(is->bytes, most)));
        auto got = read_at(0, all);
        if (!got) return got.why();
        all.resize(*got); // it may have become shorter meanwhile
        return all;
    }
    /// The bytes at the start of the file, as many as `into` takes. Errors: `corrupt`: it has fewer.
    [[nodiscard, gnu::cold]] result<void> read_start(std::span<std::byte> into) const {
        auto got = read_at(0, into);
        if (!got) return got.why();
        if (*got != into.size()) return error{errc::corrupt, words({path_, ": it has only ", *got, " bytes"})};
        return {};
    }
    /// How many bytes it read, from `offset` on: fewer than `into` takes at the end of the file.
    [[nodiscard, gnu::cold]] result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const {
        std::size_t at = 0;
        while (at < into.size()) {
            const ssize_t got = system_call::pread(descriptor_, into.data() + at, into.size() - at,
                                                   static_cast<off_t>(offset + at), path_);
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) return os_error("cannot read", path_, errno);
            if (got == 0) break;
            at += static_cast<std::size_t>(got);
        }
        return at;
    }

    /// Makes what was written survive the death of the machine. After an error nothing is known of it, and the next sync
    /// of the same file may succeed without it (Rebello et al., "Can Applications Recover from fsync Failures?", USENIX
    /// ATC 2020): write it again, to another file.
    [[nodiscard]] result<void> sync() {
        if (system_call::fdatasync(descriptor_, path_) != 0) return os_error("cannot sync", path_, errno);
        return {};
    }

private:
    int descriptor_ = -1;
    std::string path_;
};

/// The folder that a path names a file in.
[[nodiscard, gnu::cold]] inline std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

/// The state of the file that has this name now. Errors: `not_found`, `io`.
[[nodiscard, gnu::cold]] inline result<file_state> state_of(const std::string& path) {
    struct stat about {};
    if (system_call::stat(path, about) != 0) return os_error("cannot look at", path, errno);
    return file_state{about.st_dev, about.st_ino, static_cast<std::uint64_t>(about.st_size)};
}

/// Whether a file is still there under its name, and no smaller than it was: somebody may have removed, replaced or cut
/// it. Errors: `corrupt`: no; `io`: nobody knows.
[[nodiscard, gnu::cold]] inline result<void> check_still_there(const std::string& path, const file_state& was) {
    auto now = state_of(path);
    if (!now && now.why().code == errc::not_found)
        return error{errc::corrupt, words({path, ": somebody has removed it"})};
    if (!now) return now.why();
    if (now->device != was.device || now->number != was.number)
        return error{errc::corrupt, words({path, ": somebody has put another file in its place"})};
    if (now->bytes < was.bytes)
        return error{errc::corrupt,
                     words({path, ": somebody has cut it from ", was.bytes, " to ", now->bytes, " bytes"})};
    return {};
}

/// Makes the names in a folder survive the death of the machine.
[[nodiscard, gnu::cold]] inline result<void> sync_folder(const std::string& path) {
    auto folder = file::open(path, O_RDONLY | O_DIRECTORY);
    if (!folder) return folder.why();
    if (system_call::fsync(folder->descriptor(), path) != 0) return os_error("cannot sync the folder", path, errno);
    return {};
}

/// Gives a file, which has been synced, its name, in place of one that has it; durable when it returns.
[[nodiscard, gnu::cold]] inline result<void> rename_synced(const std::string& from, const std::string& to) {
    if (system_call::rename(from, to) != 0) return os_error(words({"cannot rename to ", to, " the file"}), from, errno);
    return sync_folder(folder_of(to));
}

/// The same, but never in place of another file. Errors: `refused`: there is one.
[[nodiscard, gnu::cold]] inline result<void> name_synced(const std::string& from, const std::string& to) {
    if (system_call::rename_new(from, to) == 0) return sync_folder(folder_of(to));
    if (errno == EEXIST) return error{errc::refused, words({to, " is there"})};
    return os_error(words({"cannot rename to ", to, " the file"}), from, errno);
}

/// Makes a file of this text, in place of one that has its name: there is the one or the other at any time. Durable when it
/// returns. Errors: `full`, `io`.
[[nodiscard, gnu::cold]] inline result<void> write_text(const std::string& path, std::string_view text) {
    auto to = file::create(words({path, ".new"}));
    if (!to) return to.why();
    const bytes_view all(reinterpret_cast<const std::byte*>(text.data()), text.size());
    if (auto ok = to->write_at(0, {&all, 1}); !ok) return ok;
    if (auto ok = to->sync(); !ok) return ok;
    return rename_synced(words({path, ".new"}), path);
}
/// What is in a file. Errors: `io`, `not_found`.
[[nodiscard, gnu::cold]] inline result<std::string> read_text(const std::string& path) {
    auto from = file::open_to_read(path);
    if (!from) return from.why();
    auto all = from->read_all();
    if (!all) return all.why();
    return std::string(reinterpret_cast<const char*>(all->data()), all->size());
}

/// Copies a file, and syncs the copy; its name is not durable yet. Errors: `full`, `io`, `not_found`.
[[nodiscard, gnu::cold]] inline result<void> copy_file(const std::string& from, const std::string& to) {
    auto source = file::open_to_read(from);
    if (!source) return source.why();
    auto target = file::create(to);
    if (!target) return target.why();
    std::vector<std::byte> some(std::size_t{1} << 20);
    for (std::uint64_t at = 0;;) {
        auto got = source->read_at(at, some);
        if (!got) return got.why();
        if (*got == 0) return target->sync();
        const bytes_view piece(some.data(), *got);
        if (auto ok = target->write_at(at, {&piece, 1}); !ok) return ok;
        at += *got;
    }
}

/// Makes a folder, if it is not there.
[[nodiscard, gnu::cold]] inline result<void> make_folder(const std::string& path) {
    if (system_call::mkdir(path, 0755) == 0) return sync_folder(folder_of(path));
    if (errno != EEXIST) return os_error("cannot make the folder", path, errno);
    return {};
}

/// The names in a folder, sorted; nothing when there is no such folder.
[[nodiscard, gnu::cold]] inline result<std::vector<std::string>> names_in(const std::string& path) {
    std::vector<std::string> names;
    DIR* const folder = system_call::opendir(path);
    if (folder == nullptr && errno == ENOENT) return names;
    if (folder == nullptr) return os_error("cannot open the folder", path, errno);
    for (const dirent* one = ::readdir(folder); one != nullptr; one = ::readdir(folder)) {
        const std::string_view name = one->d_name;
        if (name != "." && name != "..") names.emplace_back(name);
    }
    ::closedir(folder);
    std::sort(names.begin(), names.end());
    return names;
}

/// Removes a file; one that is not there is no error.
[[nodiscard, gnu::cold]] inline result<void> remove_file(const std::string& path) {
    if (system_call::unlink(path) != 0 && errno != ENOENT) return os_error("cannot remove", path, errno);
    return {};
}

} // namespace holdfast
