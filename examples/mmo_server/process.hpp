// SPDX-License-Identifier: MIT
/// @file
/// Runs this very program a second time and waits for it.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mmo {

/// The exit status of the second process; 127 when it could not be started, 128 and more when it was killed.
inline int run_self(std::vector<std::string> arguments) {
    std::string name = "mmo_server";
    std::vector<char*> pointers{name.data()};
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    std::fflush(stdout);
    pid_t child = 0;
    if (::posix_spawn(&child, "/proc/self/exe", nullptr, nullptr, pointers.data(), environ) != 0) return 127;
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {}
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace mmo
