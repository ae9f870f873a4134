// SPDX-License-Identifier: MIT
/// @file
/// Instruction by instruction with ptrace.
#include "step.hpp"

#include "perform.hpp"

#include <holdfast/io/boot.hpp>
#include <holdfast/queue/ring_file.hpp>

#include <csignal>
#include <filesystem>
#include <new>

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

namespace torture {

namespace {

namespace files = std::filesystem;
using kind = action::kind;

/// What the stepped process says of itself, in memory that both map.
struct shared_state {
    std::atomic<std::uint64_t> committed{0}; ///< Ticks whose commit has returned.
    std::atomic<bool> committing{false};
    std::atomic<bool> stepping{false};
    std::atomic<bool> failed{false};
};

/// What happens, the same in both processes: small changes of every kind, with texts that fill a chunk of the ring.
class script {
public:
    explicit script(std::uint64_t seed) : dice_(seed, 3) {}

    static constexpr std::size_t actions = 48;

    /// The first tick: a bank, players, items.
    [[nodiscard]] static std::vector<action> setup() {
        std::vector<action> all{{.what = kind::begin}};
        for (int i = 1; i <= 4; ++i)
            all.push_back({.what = kind::join, .gold = 1'000, .text = "player " + std::to_string(i)});
        for (int i = 1; i <= 4; ++i) all.push_back({.what = kind::loot, .to = i, .count = 2, .text = "thing"});
        return all;
    }
    /// What fills most of the first chunk.
    [[nodiscard]] static action filling(int number) {
        return {.what = kind::level_up, .from = 1, .text = std::string(10'200, static_cast<char>('a' + number))};
    }
    static constexpr int fillings = 25;

    [[nodiscard]] action next(const model& now) {
        static constexpr kind kinds[] = {kind::level_up, kind::level_up, kind::pay, kind::trade,
                                         kind::cheat,    kind::send,     kind::read};
        action one{.what = kinds[dice_.below(std::size(kinds))]};
        if (drawn_ % 10 == 9) one.what = kind::cheat;
        one.text = std::string(dice_.below(600), static_cast<char>('a' + dice_.below(26)));
        one.from = dice_.between(1, 4);
        one.to = one.from % 4 + 1;
        one.gold = dice_.between(0, now.players.at(one.from).gold);
        if (one.what == kind::trade || one.what == kind::cheat) {
            one.thing = dice_.between(1, 8);
            const auto owner = now.items.at(one.thing).owner;
            if (!owner || *owner == one.from) one.what = kind::level_up;
            if (owner) one.to = *owner;
            if (one.what == kind::cheat) one.gold = now.players.at(one.from).gold + 1;
        }
        if (++drawn_ % 10 == 0 && one.what == kind::cheat) one.text.assign(4'000, 'c'); // taken back over chunks
        if (one.what == kind::send)
            for (const auto& [id, row] : now.items.rows())
                if (row.owner == one.from) one.thing = id;
        if (one.what == kind::read && now.mails.size() == 0) one.what = kind::pay;
        if (one.what == kind::read) one.thing = now.mails.nth(0).id;
        if (one.what == kind::pay && one.gold == 0) one.what = kind::level_up; // what changes nothing is no tick
        return one;
    }
    /// Whether the tick ends here.
    [[nodiscard]] bool commits() { return dice_.one_in(4); }

private:
    dice dice_;
    std::size_t drawn_ = 0;
};

/// Ids as a fresh store gives them: one after the other.
std::vector<std::int64_t> fresh_ids(const model& now, const action& one, std::int64_t& mails) {
    switch (one.what) {
    case kind::begin: return {1};
    case kind::join: return {static_cast<std::int64_t>(now.players.size()) + 1};
    case kind::loot: {
        const auto last = static_cast<std::int64_t>(now.items.size());
        return {last + 1, last + 2};
    }
    case kind::send: return {++mails};
    default: return {};
    }
}

void apply_fresh(model& now, const action& one, std::int64_t& mails) {
    const std::vector<std::int64_t> ids = fresh_ids(now, one, mails);
    given_ids given(ids);
    apply(now, one, given);
}

hf::options quiet_options() {
    hf::options chosen;
    chosen.ring_bytes = std::size_t{1} << 20;
    chosen.sync_every = chosen.save_every = std::chrono::hours(1); // the ring alone has what is stepped through
    return chosen;
}

/// The stepped process.
[[noreturn]] void play_script(const std::string& path, std::uint64_t seed, shared_state& shared) {
    auto db = hf::open<world>(path, quiet_options()).value();
    model now;
    const auto act = [&](const action& one) {
        std::vector<std::int64_t> ids;
        if (!perform(db, one, ids, [](world&) {})) shared.failed = true;
        given_ids given(ids);
        apply(now, one, given);
    };
    for (const action& one : script::setup()) act(one);
    for (int i = 0; i < script::fillings; ++i) act(script::filling(i));
    shared.committed = db.commit();
    if (!db.save_all(std::chrono::minutes(5))) shared.failed = true;

    script follow(seed);
    for (std::size_t i = 0; i < script::actions && !shared.failed; ++i) {
        const action one = follow.next(now);
        const bool commits = follow.commits() || i + 1 == script::actions;
        std::vector<std::int64_t> ids;
        shared.stepping = true;
        ::raise(SIGTRAP);
        if (!perform(db, one, ids, [](world&) {})) shared.failed = true;
        if (commits) {
            shared.committing = true;
            const hf::tick done = db.commit();
            shared.committing = false;
            shared.committed = done;
        }
        shared.stepping = false;
        given_ids given(ids);
        apply(now, one, given);
    }
    for (;;) ::pause();
}

/// What the parent knows, and how it looks.
class stepper {
public:
    stepper(const std::string& folder, std::uint64_t seed) : folder_(folder), path_(folder + "/world.db"), seed_(seed) {
        files::remove_all(folder_);
        files::create_directories(folder_);
        foresee();
    }

    step_report run() {
        void* const memory =
            ::mmap(nullptr, sizeof(shared_state), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) throw std::runtime_error("no shared memory");
        shared_ = new (memory) shared_state;
        child_ = ::fork();
        if (child_ < 0) throw std::runtime_error("no second process");
        if (child_ == 0) {
            (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) ::_exit(77);
            play_script(path_, seed_, *shared_);
        }
        try {
            follow();
        } catch (...) {
            end();
            throw;
        }
        end();
        return report_;
    }

private:
    /// The world after each tick.
    void foresee() {
        model now;
        std::int64_t mails = 0;
        for (const action& one : script::setup()) apply_fresh(now, one, mails);
        for (int i = 0; i < script::fillings; ++i) apply_fresh(now, script::filling(i), mails);
        worlds_ = {model(), now};
        script all(seed_);
        bool changed = false;
        for (std::size_t i = 0; i < script::actions; ++i) {
            const action one = all.next(now);
            apply_fresh(now, one, mails);
            changed = changed || one.what != kind::cheat;
            if (one.what == kind::cheat) ++report_.taken_back;
            if (!all.commits() && i + 1 != script::actions) continue;
            if (changed) worlds_.push_back(now);
            changed = false;
        }
        report_.ticks = worlds_.size() - 2;
    }

    /// Lets the process run to the next stop. False when it has ended.
    [[nodiscard]] bool go(bool one_instruction) {
        if (::ptrace(one_instruction ? PTRACE_SINGLESTEP : PTRACE_CONT, child_, nullptr, nullptr) != 0) return false;
        return stopped();
    }
    [[nodiscard]] bool stopped() {
        int status = 0;
        if (::waitpid(child_, &status, 0) != child_) return false;
        if (WIFEXITED(status) && WEXITSTATUS(status) == 77) report_.skipped = "ptrace is not permitted here";
        if (WIFSTOPPED(status) && WSTOPSIG(status) != SIGTRAP)
            throw finding(finding::kind::failure, "the stepped process has signal " + std::to_string(WSTOPSIG(status)));
        return WIFSTOPPED(status);
    }

    void follow() {
        if (!stopped()) { // the first SIGTRAP of its own
            if (report_.skipped.empty()) throw finding(finding::kind::failure, "the stepped process has ended");
            return;
        }
        map_ring();
        while (shared_->committed + 1 < worlds_.size()) {
            step_through_one();
            if (shared_->failed) throw finding(finding::kind::failure, "the store refuses what it must not");
            if (shared_->committed + 1 >= worlds_.size()) break;
            if (!go(false)) throw finding(finding::kind::failure, "the stepped process has ended");
        }
        if (last_ != shared_->committed)
            throw finding(finding::kind::loss, "the ring ends with tick " + std::to_string(last_));
        if (ring_[hf::ring_header_bytes + hf::ring_chunk_bytes] == std::byte{0})
            throw finding(finding::kind::failure, "the script has not come to the next chunk of the ring");
        open_copy();
    }
    /// One action, and perhaps the commit behind it: every instruction of the commit, every third of the rest.
    void step_through_one() {
        while (shared_->stepping) {
            if (!go(true)) throw finding(finding::kind::failure, "the stepped process has ended");
            ++report_.instructions;
            if (shared_->committing || report_.instructions % 3 == 0) look();
        }
        look();
    }

    void map_ring() {
        const hf::file ring = hf::file::open_to_read(path_ + ".ring").value();
        ring_bytes_ = static_cast<std::size_t>(ring.state().value().bytes);
        void* const at = ::mmap(nullptr, ring_bytes_, PROT_READ, MAP_SHARED, ring.descriptor(), 0);
        if (at == MAP_FAILED) throw std::runtime_error("cannot map the ring");
        ring_ = static_cast<const std::byte*>(at);
        hf::ring_header header;
        std::memcpy(&header, ring_, sizeof(header));
        database_ = header.database;
        before_.assign(ring_, ring_ + ring_bytes_);
    }

    /// Reads the ring as recovery would, if it has changed.
    void look() {
        // What is written lies behind the filling and in front of what the script can fill.
        constexpr std::size_t from = 250'000, to = 310'000;
        if (std::memcmp(before_.data() + from, ring_ + from, to - from) == 0) return;
        std::memcpy(before_.data() + from, ring_ + from, to - from);
        ++report_.states;
        const auto found = hf::read_ring(path_ + ".ring", database_, hf::boot_id().value(), 1);
        const std::string where = "after instruction " + std::to_string(report_.instructions);
        if (!found) throw finding(finding::kind::failure, where + ": " + found.why().message());
        const std::uint64_t committed = shared_->committed, last = 1 + found->frames.size();
        if (last < committed || last < last_)
            throw finding(finding::kind::loss, where + " the ring ends with tick " + std::to_string(last) +
                                                   "; commit had returned " + std::to_string(committed));
        if (last > committed + 1 || found->only_on_heap != 0)
            throw finding(finding::kind::broken, where + " the ring has ticks that were not committed");
        for (const hf::left_frame& one : found->frames) compare(one, where);
        const bool news = last != last_;
        last_ = last;
        if (news || report_.states % 1'000 == 0) open_copy();
    }
    /// A sealed frame stays what it is.
    void compare(const hf::left_frame& frame, const std::string& where) {
        std::uint64_t hash = 0;
        for (const hf::bytes_view one : frame.sections)
            hash = mixed(hash ^ hash_of({reinterpret_cast<const char*>(one.data()), one.size()}));
        const auto [known, fresh] = seen_.emplace(frame.header.number, hash);
        if (!fresh && known->second != hash)
            throw finding(finding::kind::broken,
                          where + " tick " + std::to_string(frame.header.number) + " is not what it was");
    }

    /// Opens a copy of everything that is there now, as the next process would.
    void open_copy() {
        const std::string copy = folder_ + "/copy";
        files::remove_all(copy);
        files::create_directories(copy);
        for (const char* end : {"", "-wal", ".ring", ".log"})
            if (files::exists(path_ + end))
                files::copy(path_ + end, copy + "/world.db" + end, files::copy_options::recursive);
        life one;
        one.path = copy + "/world.db";
        one.options = quiet_options();
        one.most_ticks = 0;
        victim opening(one);
        opening.run_to_the_end();
        std::string_view said = opening.said();
        message_reader message(message_reader::cut_message(said));
        if (message.empty()) throw finding(finding::kind::failure, "the process that opens a copy says nothing");
        const auto what = static_cast<told>(message.number());
        (void)message.number();
        if (what != told::opened) {
            std::string why;
            message.get(why);
            throw finding(finding::kind::failure, "a copy does not open: " + why);
        }
        const opened_world found = read_opened(message);
        if (found.committed != last_)
            throw finding(finding::kind::loss, "a copy has come back at tick " + std::to_string(found.committed) +
                                                   ", not " + std::to_string(last_));
        const model& expected = worlds_.at(static_cast<std::size_t>(last_));
        if (found.memory.digest() != expected.digest())
            throw finding(finding::kind::broken, "a copy is not the oracle's world at tick " + std::to_string(last_) +
                                                     ":" + differences(expected, found.memory));
        ++report_.opened;
        files::remove_all(copy);
    }

    void end() {
        ::kill(child_, SIGKILL);
        while (::waitpid(child_, nullptr, 0) == child_) {}
        if (ring_ != nullptr) ::munmap(const_cast<std::byte*>(ring_), ring_bytes_);
        ::munmap(shared_, sizeof(shared_state));
    }

    const std::string folder_;
    const std::string path_;
    const std::uint64_t seed_;
    std::vector<model> worlds_; ///< By tick.
    shared_state* shared_ = nullptr;
    pid_t child_ = -1;
    const std::byte* ring_ = nullptr;
    std::size_t ring_bytes_ = 0;
    std::vector<std::byte> before_;
    hf::uuid database_{};
    std::uint64_t last_ = 1;
    std::map<std::uint64_t, std::uint64_t> seen_;
    step_report report_;
};

} // namespace

step_report step_through(const std::string& folder, std::uint64_t seed) {
    step_report report = stepper(folder, seed).run();
    files::remove_all(folder);
    return report;
}

} // namespace torture
