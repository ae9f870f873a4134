// SPDX-License-Identifier: MIT
/// @file
/// A second process that runs part of a test.
#pragma once

#include <array>
#include <csignal>
#include <stdexcept>
#include <string>
#include <string_view>

#include <sys/wait.h>
#include <unistd.h>

namespace holdfast::test {

/// Runs `fn(child_process::line)` in a copy of this process, which must have no other threads at that moment. What is
/// still running at the end is killed. In the child Catch2's macros do not report: `fn` says what it found.
class child_process {
public:
    /// The child's end of two pipes.
    class line {
    public:
        line(int in, int out) noexcept : in_(in), out_(out) {}
        /// Sends a line to the parent.
        void say(std::string_view text) const {
            const std::string all = std::string(text) + "\n";
            if (::write(out_, all.data(), all.size()) != static_cast<ssize_t>(all.size())) ::_exit(97);
        }
        /// Waits until the parent says `go_on`; ends this process when the parent is gone.
        void wait() const {
            char any{};
            if (::read(in_, &any, 1) != 1) ::_exit(98);
        }
        /// For `kill_when_done`: all is as the kill shall find it.
        void done() const {
            say("done");
            wait();
        }

    private:
        int in_;
        int out_;
    };

    template <class Function> explicit child_process(Function fn) {
        std::array<int, 2> to{}, from{};
        if (::pipe(to.data()) != 0 || ::pipe(from.data()) != 0) throw std::runtime_error("no pipe");
        id_ = ::fork();
        if (id_ < 0) throw std::runtime_error("no second process");
        if (id_ == 0) {
            ::close(to[1]);
            ::close(from[0]);
            // Catch2 would take a signal for its own and go on with the tests.
            for (const int number : {SIGABRT, SIGSEGV, SIGTERM, SIGFPE, SIGILL, SIGINT}) std::signal(number, SIG_DFL);
            fn(line(to[0], from[1]));
            ::_exit(0);
        }
        ::close(to[0]);
        ::close(from[1]);
        to_ = to[1];
        from_ = from[0];
    }
    child_process(const child_process&) = delete;
    child_process& operator=(const child_process&) = delete;
    ~child_process() {
        kill();
        ::close(to_);
        ::close(from_);
    }

    [[nodiscard]] pid_t id() const noexcept { return id_; }

    /// The next line that the child said; empty when it ended without one.
    [[nodiscard]] std::string hear() const {
        std::string text;
        for (char next{}; ::read(from_, &next, 1) == 1 && next != '\n';) text.push_back(next);
        return text;
    }
    void go_on() const {
        if (::write(to_, "!", 1) != 1) throw std::runtime_error("the second process is gone");
    }
    /// Ends it as `kill -9` does.
    void kill() noexcept {
        if (ended_) return;
        ::kill(id_, SIGKILL);
        (void)wait();
    }
    /// Waits until it has ended; its exit code, or minus the signal that ended it.
    int wait() noexcept {
        if (!ended_) ::waitpid(id_, &status_, 0);
        ended_ = true;
        return WIFSIGNALED(status_) ? -WTERMSIG(status_) : WEXITSTATUS(status_);
    }

private:
    pid_t id_ = -1;
    int to_ = -1;
    int from_ = -1;
    bool ended_ = false;
    int status_ = 0;
};

/// Runs `fn(line)` in a second process until it says `done`, which is killed there, with all that it has open. Throws when
/// it said something else, or ended.
template <class Function> void kill_when_done(Function fn) {
    child_process one(fn);
    const std::string said = one.hear();
    one.kill();
    if (said != "done") throw std::runtime_error("the second process was not done: " + said);
}

} // namespace holdfast::test
