// SPDX-License-Identifier: MIT
/// @file
/// The process that is killed.
#include "server.hpp"

#include "perform.hpp"
#include "sqlite_watch.hpp"

#include <csignal>
#include <ctime>
#include <filesystem>

#include <sys/syscall.h>
#include <unistd.h>

namespace torture {

namespace {

/// The machine's clock, but its wall clock may be stepped.
class stepped_clock final : public hf::clock {
public:
    [[nodiscard]] std::int64_t wall_us() const noexcept override {
        return hf::machine_clock().wall_us() + by_us_.load(std::memory_order_relaxed);
    }
    [[nodiscard]] std::int64_t steady_ns() const noexcept override { return hf::machine_clock().steady_ns(); }
    void step(std::chrono::hours by) noexcept { by_us_ += std::chrono::microseconds(by).count(); }

private:
    std::atomic<std::int64_t> by_us_{0};
};

/// Lets the log thread stand still for a time, in a signal's handler, wherever it is.
class log_pause {
public:
    explicit log_pause(std::int64_t length_ms) {
        if (length_ms == 0) return;
        length_ = {length_ms / 1'000, length_ms % 1'000 * 1'000'000};
        struct sigaction handler {};
        handler.sa_handler = [](int) { (void)::nanosleep(&length_, nullptr); };
        handler.sa_flags = SA_RESTART;
        if (::sigaction(SIGUSR1, &handler, nullptr) != 0) throw std::runtime_error("no handler for a signal");
    }
    /// Now; returns at once.
    void begin() {
        if (log_thread_ == 0) log_thread_ = first_other_thread();
        if (::syscall(SYS_tgkill, ::getpid(), log_thread_, SIGUSR1) != 0)
            throw std::runtime_error("the log thread takes no signal");
    }

private:
    /// A store starts the log's thread before the writer's.
    static pid_t first_other_thread() {
        std::vector<pid_t> threads;
        for (const auto& one : std::filesystem::directory_iterator("/proc/self/task"))
            threads.push_back(std::stoi(one.path().filename()));
        std::sort(threads.begin(), threads.end());
        if (threads.size() != 4) throw std::runtime_error("a store has three threads, and one plays");
        return threads[1];
    }
    static inline timespec length_{};
    pid_t log_thread_ = 0;
};

/// The end of the pipe. The parent is gone: so is this process.
class line {
public:
    explicit line(int to) noexcept : to_(to) {}

    void say(message_writer message) const {
        for (std::string_view left = message.done(); !left.empty();) {
            const ssize_t written = ::write(to_, left.data(), left.size());
            if (written <= 0) ::_exit(3);
            left.remove_prefix(static_cast<std::size_t>(written));
        }
    }
    [[noreturn]] void fail(const std::string& why) const {
        message_writer message(told::failed);
        message.add(why);
        say(std::move(message));
        ::_exit(1);
    }

private:
    int to_;
};

class server {
public:
    server(const life& of, const line& parent, whereabouts& where)
        : life_(of), parent_(parent), where_(where), log_pause_(of.pause_log_ms), dice_(of.seed, 7) {}

    void run() {
        where_.now = phase::opening;
        hf::options chosen = life_.options;
        if (life_.steps_clock) chosen.time = &clock_;
        auto opened = hf::open<world>(life_.path, chosen);
        if (!opened) parent_.fail("open: " + opened.why().message());
        std::optional<hf::store<world>> db(std::move(*opened));
        say_opened(*db);
        where_.now = phase::playing;
        now_ = model_of(**db);
        tick_ = db->health().committed;
        for (std::int64_t i = 0; i < life_.most_ticks; ++i) play(*db);
        where_.now = phase::closing;
        if (life_.end == life::ending::closes) close(*db);
        if (life_.end == life::ending::leaves_without_close) db.reset();
        where_.now = phase::done;
        for (;;) ::pause(); // the store is still there if it was not closed
    }

private:
    void say_opened(const hf::store<world>& db) const {
        message_writer message(told::opened);
        const hf::recovery_report& found = db.recovery();
        for (const std::uint64_t one : {db.health().committed, found.saved, found.from_ring, found.lost_from})
            message.add(one);
        const model now = model_of(*db);
        model::each_shelf(now, [&](const auto& one) { message.add(one); });
        parent_.say(std::move(message));
    }

    void play(hf::store<world>& db) {
        ++tick_;
        tick_plan plan(life_.ticks, tick_);
        std::vector<std::int64_t> ids;
        std::int32_t actions = 0;
        bool imported = false;
        const auto record = [&](world& w) {
            w.events.append({static_cast<std::int64_t>(tick_), actions});
            announce(ids);
            where_.now = phase::committing;
        };
        while (const auto one = plan.next(now_)) {
            ++actions;
            imported = one->what == action::kind::import;
            const std::size_t before = ids.size();
            if (auto ok = perform(db, *one, ids, record); !ok)
                parent_.fail("tick " + std::to_string(tick_) + ", action " +
                             std::to_string(static_cast<int>(one->what)) + ": " + ok.why().message());
            const std::vector<std::int64_t> fresh(ids.begin() + static_cast<std::ptrdiff_t>(before), ids.end());
            given_ids given(fresh);
            apply(now_, *one, given);
        }
        if (!imported) record(*db);
        const hf::tick done = db.commit(); // of an import: its own number
        if (done != tick_) parent_.fail("commit gave " + std::to_string(done) + ", not " + std::to_string(tick_));
        where_.now = phase::playing;
        say_committed(db);
        between_ticks(db);
    }

    void announce(const std::vector<std::int64_t>& ids) {
        message_writer message(told::will);
        message.add(tick_);
        message.add(static_cast<std::uint64_t>(ids.size()));
        for (const std::int64_t id : ids) message.add(life_.gives_an_id_twice ? std::int64_t{1} : id);
        parent_.say(std::move(message));
    }
    void say_committed(const hf::store<world>& db) const {
        message_writer message(told::committed);
        const std::uint64_t more = life_.claims_a_tick_more ? 1 : 0;
        message.add(tick_ + more);
        message.add(db.health().safe + more);
        parent_.say(std::move(message));
    }

    void between_ticks(hf::store<world>& db) {
        if (life_.steps_clock && dice_.one_in(4)) clock_.step(std::chrono::hours(dice_.one_in(2) ? 1 : -1));
        if (life_.pause_log_ms != 0 && dice_.one_in(8)) log_pause_.begin();
        if (life_.syncs_each_tick || (life_.waits && dice_.one_in(24))) {
            where_.now = phase::syncing;
            if (auto ok = db.wait_durable(tick_, std::chrono::minutes(5)); !ok)
                parent_.fail("wait_durable: " + ok.why().message());
        }
        if (life_.waits && dice_.one_in(80)) {
            where_.now = phase::saving;
            if (auto ok = db.save_all(std::chrono::minutes(5)); !ok) parent_.fail("save_all: " + ok.why().message());
        }
        where_.now = phase::playing;
    }

    void close(hf::store<world>& db) {
        const hf::save_report report = db.close(std::chrono::minutes(5));
        if (!report.complete()) parent_.fail("close: not everything was saved");
        message_writer message(told::closed);
        message.add(report.saved);
        parent_.say(std::move(message));
    }

    const life& life_;
    const line& parent_;
    whereabouts& where_;
    stepped_clock clock_{};
    log_pause log_pause_;
    dice dice_;
    model now_; ///< What the store must have, from which the next tick is drawn.
    std::uint64_t tick_ = 0;
};

} // namespace

void serve(const life& of, int to_parent, whereabouts& where) {
    const line parent(to_parent);
    try {
        watch_sqlite(where);
        server(of, parent, where).run();
    } catch (const std::exception& why) {
        parent.fail(why.what());
    }
    ::_exit(0);
}

} // namespace torture
