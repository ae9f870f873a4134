// SPDX-License-Identifier: MIT
/// @file
/// A folder for one test's files, and files as bytes.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

namespace holdfast::test {

/// An empty folder, removed with everything in it at the end.
class temporary_folder {
public:
    temporary_folder() : temporary_folder(std::filesystem::temp_directory_path().string()) {}
    /// In a folder that is there.
    explicit temporary_folder(const std::string& in) : path_(in + "/holdfast_test_XXXXXX") {
        if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no folder for the test: " + path_);
        // Where /tmp is a symbolic link the library names the folder behind it.
        path_ = std::filesystem::canonical(path_).string();
    }
    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;
    ~temporary_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    /// The path of a file in it.
    [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

/// Where files are in memory, if there is such a folder: for tests that sync more often than a disk cares to.
[[nodiscard]] inline std::string folder_in_memory() {
    std::error_code ignored;
    return std::filesystem::is_directory("/dev/shm", ignored) ? "/dev/shm"
                                                              : std::filesystem::temp_directory_path().string();
}

/// The bytes of a file; empty when it is not there.
[[nodiscard]] inline std::string bytes_of_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline void write_file(const std::string& path, const std::string& bytes) {
    std::ofstream file(path, std::ios::binary);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

} // namespace holdfast::test
