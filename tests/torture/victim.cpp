// SPDX-License-Identifier: MIT
/// @file
/// A server process and its end.
#include "victim.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <new>
#include <thread>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace torture {

namespace {

using std::chrono::steady_clock;

bool has_unfinished_file(const std::string& folder) {
    std::error_code ignored;
    for (const auto& one : std::filesystem::directory_iterator(folder, ignored))
        if (one.path().extension() == ".new") return true;
    return false;
}

} // namespace

victim::victim(const life& of) : path_(of.path) {
    void* const shared =
        ::mmap(nullptr, sizeof(whereabouts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    std::array<int, 2> pipe{};
    if (shared == MAP_FAILED || ::pipe2(pipe.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe to a server");
    where_ = new (shared) whereabouts;
    (void)::fcntl(pipe[1], F_SETPIPE_SZ, 1 << 20); // a server that waits for its reader plays less
    id_ = ::fork();
    if (id_ < 0) throw std::runtime_error("no second process");
    if (id_ == 0) {
        (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::close(pipe[0]);
        serve(of, pipe[1], *where_);
    }
    ::close(pipe[1]);
    from_ = pipe[0];
    (void)::fcntl(from_, F_SETFL, O_NONBLOCK);
}

victim::~victim() {
    end();
    ::close(from_);
    ::munmap(where_, sizeof(whereabouts));
}

bool victim::listen() {
    for (;;) {
        const std::size_t before = said_.size();
        said_.resize(before + 65'536);
        const ssize_t got = ::read(from_, said_.data() + before, 65'536);
        said_.resize(before + static_cast<std::size_t>(got > 0 ? got : 0));
        if (got == 0) return false;
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return true;
    }
}

bool victim::seen(aim::at what) const {
    const phase now = where_->now;
    if (now == phase::done) return true;
    switch (what) {
    case aim::at::any_time:
    case aim::at::opening: return now != phase::starting;
    case aim::at::replay: return now == phase::opening && where_->wal_writes != 0;
    case aim::at::roll: return now > phase::opening && has_unfinished_file(path_ + ".log");
    case aim::at::writing: return now > phase::opening && where_->writing != 0;
    case aim::at::checkpoint: return now > phase::opening && where_->checkpointing != 0;
    case aim::at::saving: return now == phase::saving;
    case aim::at::closing: return now == phase::closing;
    case aim::at::end: return false;
    }
    return true;
}

void victim::wait(std::chrono::nanoseconds time) {
    const auto until = steady_clock::now() + time;
    while (steady_clock::now() < until) {
        (void)listen();
        const auto left = until - steady_clock::now();
        if (left > std::chrono::microseconds(300)) // a shorter sleep is as long as it likes
            std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(left / 2, std::chrono::milliseconds(2)));
    }
}

std::string victim::kill(const aim& when) {
    const auto until = steady_clock::now() + when.longest;
    while (!seen(when.when) && listen() && steady_clock::now() < until)
        std::this_thread::sleep_for(std::chrono::microseconds(20));
    wait(std::chrono::microseconds(when.delay_us));
    if (when.stop_us != 0) {
        ::kill(id_, SIGSTOP);
        wait(std::chrono::microseconds(when.stop_us));
        ::kill(id_, SIGCONT);
        wait(std::chrono::milliseconds(1));
    }
    end();
    return moment();
}

void victim::run_to_the_end() {
    while (!seen(aim::at::end) && listen()) std::this_thread::sleep_for(std::chrono::microseconds(50));
    end();
}

void victim::end() {
    if (ended_) return;
    ::kill(id_, SIGKILL);
    while (::waitpid(id_, &status_, 0) < 0 && errno == EINTR) {}
    ended_ = true;
    (void)listen();
    if (WIFSIGNALED(status_) && WTERMSIG(status_) == SIGKILL) return;
    if (WIFEXITED(status_) && WEXITSTATUS(status_) == 1) return; // it has said why
    message_writer message(told::failed);
    message.add(WIFSIGNALED(status_) ? "it ended by signal " + std::to_string(WTERMSIG(status_))
                                     : "it ended with code " + std::to_string(WEXITSTATUS(status_)));
    said_ += message.done();
}

std::string victim::moment() const {
    const phase now = where_->now;
    switch (now) {
    case phase::starting: return "before open";
    case phase::done: return "after the end";
    case phase::opening:
        return where_->wal_writes != 0 ? "open, replay or schema written" : "open, before SQLite is written";
    default: break;
    }
    if (where_->checkpointing != 0) return now == phase::closing ? "close, checkpoint" : "checkpoint";
    if (has_unfinished_file(path_ + ".log")) return "segment roll";
    if (where_->writing != 0) return now == phase::closing ? "close, SQLite batch" : "SQLite batch";
    switch (now) {
    case phase::committing: return "commit";
    case phase::syncing: return "wait_durable";
    case phase::saving: return "save_all";
    case phase::closing: return "close";
    default: return "edits";
    }
}

} // namespace torture
