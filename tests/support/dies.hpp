// SPDX-License-Identifier: MIT
/// @file
/// Whether a mistake stops the program with our sentence: it is made in a child process.
#pragma once

#include <array>
#include <csignal>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

namespace holdfast::test {

/// What `fn` printed on stderr before it aborted; "survived" when it did not.
template <class Function> [[nodiscard]] std::string last_words(Function fn) {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) return "no pipe";
    const pid_t child = fork();
    if (child == 0) {
        std::signal(SIGABRT, SIG_DFL); // Catch2 would report the abort as its own
        dup2(ends[1], STDERR_FILENO);
        fn();
        _exit(0);
    }
    close(ends[1]);
    std::string words;
    std::array<char, 256> part{};
    for (ssize_t got = 0; (got = read(ends[0], part.data(), part.size())) > 0;)
        words.append(part.data(), static_cast<std::size_t>(got));
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT ? words : "survived";
}

} // namespace holdfast::test
