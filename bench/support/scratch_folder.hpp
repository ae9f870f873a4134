// SPDX-License-Identifier: MIT
/// @file
/// A folder for the files of one benchmark, gone with it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace bench {

/// Made below a folder that is named, or else below $TMPDIR, or else below the working directory.
class scratch_folder {
public:
    explicit scratch_folder(const std::string& below = {}) {
        const char* home = below.empty() ? std::getenv("TMPDIR") : below.c_str();
        std::string name = (std::filesystem::path(home != nullptr ? home : ".") / "holdfast_bench_XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a folder like " + name);
        path_ = std::filesystem::absolute(name);
    }
    scratch_folder(const scratch_folder&) = delete;
    scratch_folder& operator=(const scratch_folder&) = delete;
    ~scratch_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

} // namespace bench
