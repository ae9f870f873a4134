// SPDX-License-Identifier: MIT
/// @file
/// A folder of its own to work in, for code that names files without one.
#pragma once

#include "support/temporary_folder.hpp"

#include <filesystem>

namespace holdfast::test {

/// The process works in it as long as this lives.
struct in_a_folder {
    in_a_folder() { std::filesystem::current_path(folder.path()); }
    in_a_folder(const in_a_folder&) = delete;
    in_a_folder& operator=(const in_a_folder&) = delete;
    ~in_a_folder() { std::filesystem::current_path(before); }

    std::filesystem::path before = std::filesystem::current_path();
    temporary_folder folder{};
};

} // namespace holdfast::test
