// SPDX-License-Identifier: MIT
/// @file
/// A database is more than one file.
#pragma once

#include <filesystem>
#include <string>
#include <utility>

namespace mmo {

inline void remove_database(const std::string& path) {
    for (const char* part : {"", "-wal", "-shm", "-journal", ".lock", ".ring"}) std::filesystem::remove(path + part);
    std::filesystem::remove_all(path + ".log");
}

/// A database that is there for a while: not before, and afterwards only if somebody wants to look at it.
class scratch_database {
public:
    enum class afterwards : unsigned char { remove, keep };

    scratch_database(std::string path, afterwards what) : path_(std::move(path)), then_(what) {
        remove_database(path_);
    }
    scratch_database(const scratch_database&) = delete;
    scratch_database& operator=(const scratch_database&) = delete;
    ~scratch_database() {
        if (then_ == afterwards::keep) return;
        try {
            remove_database(path_);
        } catch (const std::filesystem::filesystem_error&) { // then it stays
        }
    }

    [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
    std::string path_;
    afterwards then_;
};

} // namespace mmo
