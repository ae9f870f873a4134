// SPDX-License-Identifier: MIT
/// @file
/// What is done to a store between two power cuts, and what it must be then.
#pragma once

#include <holdfast/store.hpp>

#include "recorder.hpp"
#include "support/fake_clock.hpp"
#include "torture/oracle.hpp"

#include <memory>

namespace torture {

/// The worlds of a store, tick by tick, and which ids it has given out: also in ticks that are lost.
struct history {
    struct moment {
        std::shared_ptr<const model> world;
        std::size_t spent = 0; ///< How many ids had been given out then.
        bool imported = false; ///< By a bulk load.
    };
    std::vector<moment> ticks{{std::make_shared<model>(), 0}};
    std::vector<std::pair<std::string_view, std::int64_t>> spent{};

    [[nodiscard]] std::uint64_t last() const noexcept { return ticks.size() - 1; }
    [[nodiscard]] const model& at(std::uint64_t tick) const { return *ticks.at(tick).world; }
};

/// Which ticks a store may come back with.
struct tick_range {
    std::uint64_t least = 0; ///< What it had called durable.
    std::uint64_t most = 0;  ///< What was committed, or about to be.
    std::uint64_t saved = 0; ///< What it had said to be in SQLite's file.
};

/// A store in the hands of one thread, which edits it and remembers what it must be. Everything that must not be is a
/// `finding`.
///
/// What may be done to a store, `step` draws: who adds an operation of the library (a backup, a restore) adds it there,
/// notes with `recorder::note` what it promises, and keeps `history` true. Nothing else knows what a store can do.
class played_store {
public:
    played_store(const workload& of, std::string path, history& so_far, recorder& heard, dice from);

    /// Opens the store, and compares it with what it may be.
    void open(tick_range allowed);
    /// Opens it again in the same run of the machine: nothing is missing.
    void open_again() { open({history_.last(), history_.last(), 0}); }
    /// Ticks, and what happens between them.
    void play(std::int64_t ticks);
    /// With everything saved.
    void close();
    /// Without: ticks may be in the ring alone.
    void leave() { db_.reset(); }

    [[nodiscard]] const hf::recovery_report& recovery() const { return db_->recovery(); }

private:
    [[nodiscard]] hf::options draw_options();
    [[nodiscard]] bool worked(const hf::result<void>& done, const char* what) const;
    void compare(tick_range allowed) const;
    void play_one();
    void remember(const action& one, const std::vector<std::int64_t>& ids);
    void step();
    [[nodiscard]] std::chrono::milliseconds patience() const noexcept {
        return std::chrono::milliseconds(frail_ == 0 ? 60'000 : 40);
    }
    void note_durable(std::uint64_t tick) { recorder_.note(disk_event::kind::durable, tick); }
    void note_saved(std::uint64_t tick) {
        note_durable(tick);
        recorder_.note(disk_event::kind::saved, tick);
    }

    const workload workload_;
    const std::string path_;
    history& history_;
    recorder& recorder_;
    dice dice_;
    std::size_t frail_ = 0;            ///< One of how many syncs fails; 0: none.
    std::size_t idle_ = 1;             ///< In one of how many ticks somebody waits for the disk, or asks.
    holdfast::test::fake_clock still_; ///< With it nothing happens that nobody has asked for.
    model now_;
    std::set<std::pair<std::string_view, std::int64_t>> spent_;
    std::unique_ptr<hf::store<world>> db_; ///< Declared last: it ends first, and tells `on_durable` then.
};

/// What SQLite alone finds in the store's database, in a copy that it may change, and whether that was the world at its own
/// marker. Nothing when no store was made there yet.
struct alone {
    bool marked = false;
    bool clean = false;
    std::uint64_t applied = 0;
};
[[nodiscard]] alone look_alone(const std::string& path, const history& of);

} // namespace torture
