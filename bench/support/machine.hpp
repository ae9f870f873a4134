// SPDX-License-Identifier: MIT
/// @file
/// What the figures were measured on.
#pragma once

#include <fstream>
#include <string>

#include <sys/utsname.h>
#include <unistd.h>

namespace bench {

/// Of the words in this file of the kernel's, the one in brackets; "unknown" where there is none.
[[nodiscard]] inline std::string chosen_in(const char* path) {
    std::string all;
    std::getline(std::ifstream(path), all);
    const std::size_t from = all.find('['), end = all.find(']');
    return from < end && end != std::string::npos ? all.substr(from + 1, end - from - 1) : "unknown";
}

/// "Linux 6.1 x86_64, 2 processors, huge pages: madvise, compiled by 12.2.0"
[[nodiscard]] inline std::string machine() {
    utsname is{};
    ::uname(&is);
    return std::string(is.sysname) + " " + is.release + " " + is.machine + ", " +
           std::to_string(::sysconf(_SC_NPROCESSORS_ONLN)) +
           " processors, huge pages: " + chosen_in("/sys/kernel/mm/transparent_hugepage/enabled") + ", compiled by " +
           __VERSION__;
}

} // namespace bench
