// SPDX-License-Identifier: MIT
/// @file
/// Disks that are full: a small file system, and a limit on the size of files.
#pragma once

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include <sys/mount.h>
#include <sys/resource.h>

namespace holdfast::test {

/// A file system in memory of `bytes`, mounted on a folder as long as it lives; only root may.
class small_disk {
public:
    small_disk(std::string folder, std::size_t bytes) : folder_(std::move(folder)) {
        const std::string how = "size=" + std::to_string(bytes);
        mounted_ = ::mount("tmpfs", folder_.c_str(), "tmpfs", 0, how.c_str()) == 0;
    }
    small_disk(const small_disk&) = delete;
    small_disk& operator=(const small_disk&) = delete;
    ~small_disk() {
        if (mounted_) ::umount2(folder_.c_str(), MNT_DETACH);
    }
    [[nodiscard]] bool mounted() const noexcept { return mounted_; }

    /// Fills it up with a file, but for `left` bytes.
    void fill(std::size_t left) const {
        const std::size_t free = std::filesystem::space(folder_).free;
        std::ofstream(ballast()) << std::string(free - std::min(free, left), 'x');
    }
    void make_room() const { std::filesystem::remove(ballast()); }

private:
    [[nodiscard]] std::string ballast() const { return folder_ + "/ballast"; }

    std::string folder_;
    bool mounted_ = false;
};

/// No file of this process may grow beyond what the largest file of a folder has now, and `more`.
class file_size_limit {
public:
    file_size_limit(const std::string& folder, std::uintmax_t more) {
        before_ = std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &limit_);
        std::uintmax_t largest = 0;
        for (const auto& entry : std::filesystem::directory_iterator(folder))
            if (entry.is_regular_file()) largest = std::max<std::uintmax_t>(largest, entry.file_size());
        rlimit small = limit_;
        small.rlim_cur = largest + more;
        ::setrlimit(RLIMIT_FSIZE, &small);
    }
    file_size_limit(const file_size_limit&) = delete;
    file_size_limit& operator=(const file_size_limit&) = delete;
    ~file_size_limit() {
        ::setrlimit(RLIMIT_FSIZE, &limit_);
        std::signal(SIGXFSZ, before_);
    }

private:
    rlimit limit_{};
    void (*before_)(int) = nullptr;
};

} // namespace holdfast::test
