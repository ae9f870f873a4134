// SPDX-License-Identifier: MIT
/// @file
/// The store: a world in memory that saves itself.
#pragma once

#include <holdfast/core/seldom.hpp>
#include <holdfast/store/engine.hpp>
#include <holdfast/table/world.hpp>

#include <concepts>
#include <memory>
#include <type_traits>

namespace holdfast {

template <class World> class store;

namespace detail {
template <class T> inline constexpr bool is_result = false;
template <class T> inline constexpr bool is_result<result<T>> = true;
template <class World, class Fill>
result<store<World>> open_store(const std::string& path, const options& chosen, Fill& fill);
} // namespace detail

/// Opens the database at `path` and loads it: every row of every table, checked.
///
/// A file that is not there is created, with the tables that `World` describes. A file made by somebody
/// else is adopted when its tables match; columns that the structs do not name are kept. One that does
/// not match is refused, with every difference named, and left untouched. ":memory:" is a database
/// without a file that behaves the same.
///
/// When a process was killed, what it had committed is taken from its log and its ring first: see `store::recovery`.
///
/// Errors: `not_found` (folder, or file and backups with `if_missing::refuse`), `busy` (it has an owner already),
///         `mismatch` (the differences; the log of another database), `corrupt` (not a database; a value that its field
///         cannot hold: table, key and column are named; a log that is damaged or not there: see `options::damaged`),
///         `reference` (a row refers to one that the content of a `read_only` table lacks), `too_new`, `full`, `io`,
///         `refused` (a file system that cannot be relied on: see `options::file_system`; `fill` has added to a table that
///         is not `read_only`).
/// Threads: any; the store belongs to the thread that edits it. While a table of more than 8,000 rows is loaded, a second
///         thread touches memory for it and fills its indexes.
/// Cost: about one second for a million rows.
///
/// A database that is damaged or gone is set aside, with its WAL, as `<path>.damaged-<time>`; the newest backup that is
/// whole takes its place, and the log is played on it: nothing that was synced is lost. See `store::recovery`.
///
/// `fill(world)`, if it is given, fills the `read_only` tables (see holdfast/table/fill.hpp) before anything is loaded;
/// it returns a `result<void>`, and its error is the error of `open`. It is called again when a backup takes the place of a
/// database whose damage is found while it is loaded.
template <class World> [[nodiscard]] result<store<World>> open(const std::string& path, const options& chosen = {});
template <class World, class Fill>
[[nodiscard]] result<store<World>> open(const std::string& path, const options& chosen, Fill&& fill);

/// A world of tables, its file, and the threads that keep the one in the other.
///
/// Changes are made through the tables and become one whole with `commit`, once a tick. What `commit` has returned
/// survives the death of the process at any instruction; what `durable` names, that of the machine: within
/// `options::sync_every`, or when `wait_durable` returns. The next `open` brings it all back.
///
/// Threads: one at a time: the one that edits. Destroying a store without `close` does not wait: what was committed
/// is in the log, or in the ring, and the next `open` takes it from there.
/// Processes: the one that opened it. In the child of a fork it can be read and destroyed, which touches no file; what
/// waits or saves gives `errc::wrong_process`, `health` and `close` say so, a change or a commit stops the program.
template <class World> class store {
public:
    /// What is left may only be destroyed or assigned to: everything else stops the program.
    store(store&&) noexcept = default;
    /// What this one had is destroyed, as by `~store`.
    store& operator=(store&&) noexcept = default;

    /// The world: `db->players`.
    [[nodiscard]] World* operator->() noexcept { return &opened().world; }
    /// The same.
    [[nodiscard]] const World* operator->() const noexcept { return &opened().world; }
    /// The world.
    [[nodiscard]] World& operator*() noexcept { return opened().world; }
    /// The same.
    [[nodiscard]] const World& operator*() const noexcept { return opened().world; }

    /// Makes everything since the last commit one whole, and gives its tick. Without changes: the last tick
    /// again. Cannot fail; `health` tells how saving goes. Not inside transact: that stops the program.
    ///
    /// Durable: survives the death of the process from here on, unless the ring is full (`health().safe` says up to where);
    ///          the death of the machine once `durable()` has come to it, as a rule within `options::sync_every`.
    /// Cost: a few stores, below a microsecond (p99; 3 of them after 100,000 changes), without system call, lock or
    ///       allocation. Besides: up to `options::capture_budget` while `saved_every` fields or a resync are due,
    ///       `options::wait_when_full` if it is set, and the functions of `on_durable` and `snapshot_to`.
    tick commit() noexcept { return opened().core->commit(); }

    /// Runs `fn(world)` as a whole: when it returns an error, or throws, every change that it made is taken
    /// back, in memory and in the open frame. Otherwise its changes are part of this tick's commit.
    /// Inside another transact it is a savepoint. Gives back what `fn` returned.
    ///
    /// Errors: what `fn` returned; `reference`: a deferred reference leads nowhere at the end (a world that has one
    ///         gives a result in any case).
    /// Durable: with the commit of this tick.
    /// Cost: of the changes, and what it takes to note how each is taken back, about as much again.
    template <class Function> auto transact(Function&& fn) {
        if constexpr (check_function<Function>()) return run(std::forward<Function>(fn));
    }

    /// `transact`, then `commit`: for servers without ticks. Commits also when `fn` returned an error, what
    /// was changed before; not when it throws. Not inside transact.
    ///
    /// Durable, cost: as `commit`.
    template <class Function> auto apply(Function&& fn) {
        if constexpr (std::is_void_v<decltype(transact(std::forward<Function>(fn)))>) {
            transact(std::forward<Function>(fn));
            commit();
        } else {
            auto done = transact(std::forward<Function>(fn));
            commit();
            return done;
        }
    }

    /// Runs `fn(world)` as a whole, as `transact` does, for very many rows at once: what it changes goes straight to
    /// SQLite, in one large transaction, and not through the log, which it would fill. What was changed before is
    /// committed and saved first, within `within`; then the load takes its time. When it returns, the load is saved.
    /// `fn` returns nothing, or a `result<void>`. At most 4 GiB of rows: load more in several calls. Not inside
    /// transact.
    ///
    /// Errors: what `fn` returned; as `save_all`; why SQLite does not take it. Nothing was loaded then.
    /// Durable: survives the death of the machine once it returns.
    /// Cost: 0.6 microseconds a row in memory and what SQLite takes; memory for every row twice meanwhile. For the time
    ///       before players come: nothing else happens in the tick.
    template <class Function>
    [[nodiscard]] result<save_report> bulk_load(Function&& fn,
                                                std::chrono::milliseconds within = std::chrono::minutes(1)) {
        if constexpr (!check_load<Function>())
            return error{errc::refused, {}};
        else
            return detail::seldom([&] {
                return opened().core->bulk(
                    [&] {
                        return detail::seldom([&]() -> result<void> { // what loads a world is not to be cold itself
                            if constexpr (std::is_void_v<std::invoke_result_t<Function, World&>>) {
                                std::forward<Function>(fn)(inside_->world);
                                return {};
                            } else {
                                return std::forward<Function>(fn)(inside_->world);
                            }
                        });
                    },
                    within);
            });
    }

    /// Begins a phase in which `count` threads edit at the same time, each through a lane of its own, as servers do whose
    /// zones run in parallel:
    ///
    ///     auto zones = db.lanes(4);
    ///     db->characters.set<&character::level>(zones[i], row, 5); // in thread i
    ///     zones.join(); // when the threads are done
    ///     db.commit();
    ///
    /// A row belongs to one thread while the phase lasts; other threads do not even read it. What other changes there are
    /// (inserts, erases, fields with an index or a constraint) is made when the lanes are joined; a change in the tables
    /// that goes through no lane stops the program, and so does a commit. The lanes must not outlive the store.
    ///
    /// Cost: of a set that of a plain one; of a join a copy of the ops (20 bytes a set and more).
    [[nodiscard]] holdfast::lanes lanes(std::size_t count) { return opened().core->open_lanes(count); }

    /// Waits until every committed tick is in SQLite, at most `within`; fields that are `saved_every` are logged first.
    /// Errors: `timeout` (which ticks are missing), or why saving fails: they stay queued; `closed`, `wrong_process`.
    /// Durable: what it reports as saved survives the death of the machine.
    [[nodiscard]] result<save_report> save_all(std::chrono::milliseconds within) {
        return detail::seldom([&] { return opened().core->save_all(within); });
    }

    /// Saves what was committed, at most `within`, then ends the saving and lets go of the file. Changes
    /// that were not committed are dropped. The report says what was not saved; look at `complete()`.
    /// The world stays as it is, in memory only: later commits save nothing. Called again it gives the same report.
    /// Not inside transact.
    ///
    /// Durable: what it reports as saved survives the death of the machine; the rest, as a rule, is in the log.
    save_report close(std::chrono::milliseconds within = std::chrono::seconds(30)) {
        return detail::seldom([&] { return opened().core->close(within); });
    }

    /// The last tick that survives the death of the machine. Cost: one load.
    [[nodiscard]] tick durable() const noexcept { return opened().core->durable(); }

    /// Waits until `committed` survives the death of the machine, at most `within`: a sync is begun at once, and makes
    /// everything durable that was committed by then. For what must not be said before it is sure: a purchase, a trade
    /// between servers. It waits for a disk: milliseconds, on the thread that calls.
    /// Errors: `timeout`, or why the log cannot be written: then nobody knows: the tick is in memory, and the next open
    ///         may bring it back. Do not undo or repeat the change because of it. `not_found`: no such tick was committed;
    ///         `wrong_process`.
    [[nodiscard]] result<void> wait_durable(tick committed, std::chrono::milliseconds within) {
        return detail::seldom([&] { return opened().core->wait_durable(committed, within); });
    }

    /// Calls `fn(outcome)` once `committed` survives the death of the machine: inside a `commit` some ticks later, on
    /// the thread that edits; inside `wait_durable`, `save_all` or `close`, when these come first; or when the store
    /// goes, with the reason when the tick is not durable then. `committed` is a tick that `commit` has returned, or
    /// the one that it will return next: "when what I am changing now is sure"; a later one stops the program. The log
    /// is synced for it at once, without waiting. Of a tick that is durable already `fn` is told in the next commit. Of
    /// the next tick it waits for a change: when there is none, it is told `closed` at the end.
    ///
    /// An error means that nobody knows: the tick is in memory, and the next open may bring it back. Do not undo or
    /// repeat the change because of it. There is no deadline: while the log cannot be written `fn` waits. Answer "not
    /// yet" by a timer of your own.
    ///
    /// @param fn  `void(const result<void>&)`. May change the world (that joins the open frame) and ask for other
    ///            ticks; must not throw, and not close the store.
    /// Cost: an allocation; no lock, no system call. A sync takes milliseconds, and syncs for ticks that wait together
    ///       are one.
    void on_durable(tick committed, durable_function fn) { opened().core->on_durable(committed, std::move(fn)); }

    /// Makes a copy of the whole database in a new file at `path`, while the game goes on, and calls `fn(result)` when it
    /// is on the disk and checked: inside a `commit` later on, on the thread that edits, or when the store goes, with the
    /// reason why there is none. The copy is true up to a tick, `applied`, which is no older than what `health().saved`
    /// names now. Any program can open it; it needs no other file.
    ///
    /// Errors (to `fn`): `refused`: there is such a file, or a WAL or journal that is called like it; `full`, also
    ///         when less than 64 MiB would be left; `io`, `closed`.
    /// @param fn  `void(const result<backup_manifest>&)`. May change the world; must not throw, and not close the store.
    /// Cost: nothing on this thread. The thread that saves copies between its batches, some 100 MB a second.
    void snapshot_to(std::string path, snapshot_function fn) {
        opened().core->snapshot_to(std::move(path), std::move(fn));
    }

    /// What `open` found that a process before had left, and did with it.
    [[nodiscard]] const recovery_report& recovery() const noexcept { return opened().core->recovery(); }

    /// How the store is, now. Cost: a lock that the background threads hold briefly, some copies.
    [[nodiscard]] health_report health() const {
        return detail::seldom([&] { return opened().core->health(); });
    }

    /// Whether `open` made the tables: the world is empty because it is new. True once: a process that is killed before
    /// its first commit leaves a file with empty tables, for which it is false. To seed a world ask the table
    /// (`db->players.empty()`), and seed with `bulk_load` or in one tick.
    [[nodiscard]] bool created() const noexcept { return opened().core->created(); }

private:
    /// Refuses a function that transact cannot run; whether to go on.
    template <class Function> static consteval bool check_function() {
        constexpr bool fits = std::is_invocable_v<Function, World&>;
        static_assert(fits, "[holdfast] transact: the function takes the world by reference");
        if constexpr (fits) {
            using outcome = std::invoke_result_t<Function, World&>;
            constexpr bool answers = std::is_void_v<outcome> || detail::is_result<outcome>;
            static_assert(answers, "[holdfast] transact: the function returns nothing, or a holdfast::result to take "
                                   "its changes back");
            return answers;
        }
        return false;
    }
    /// The same for bulk_load.
    template <class Function> static consteval bool check_load() {
        constexpr bool fits = std::is_invocable_v<Function, World&>;
        static_assert(fits, "[holdfast] bulk_load: the function takes the world by reference");
        if constexpr (fits) {
            using outcome = std::invoke_result_t<Function, World&>;
            constexpr bool answers = std::is_void_v<outcome> || std::is_same_v<outcome, result<void>>;
            static_assert(answers, "[holdfast] bulk_load: the function returns nothing, or a holdfast::result<void> to "
                                   "load nothing");
            return answers;
        }
        return false;
    }
    template <class Function> auto run(Function&& fn) {
        using outcome = std::invoke_result_t<Function, World&>;
        scope changes(opened().core->session());
        if constexpr (!std::is_void_v<outcome>) {
            outcome done = std::forward<Function>(fn)(inside_->world);
            if (!done) return done;
            if (auto ok = changes.check(); !ok) return outcome(ok.why());
            changes.keep();
            return done;
        } else if constexpr (detail::has_deferred<World>) {
            std::forward<Function>(fn)(inside_->world);
            if (auto ok = changes.check(); !ok) return ok;
            changes.keep();
            return result<void>();
        } else {
            std::forward<Function>(fn)(inside_->world);
            changes.keep();
        }
    }

    template <class Any, class Fill>
    friend result<store<Any>> detail::open_store(const std::string& path, const options& chosen, Fill& fill);

    struct inside {
        World world;
        engine::owner core; ///< Declared last: ends before the world does.
    };
    explicit store(std::unique_ptr<inside> made) noexcept : inside_(std::move(made)) {}
    [[nodiscard]] inside& opened() const noexcept {
        HOLDFAST_REQUIRE(inside_ != nullptr, "this store was moved from: use the one that it was moved to");
        return *inside_;
    }

    std::unique_ptr<inside> inside_;
};

/// What `open` does.
template <class World, class Fill>
[[gnu::cold]] result<store<World>> detail::open_store(const std::string& path, const options& chosen, Fill& fill) {
    for (opening place(path, chosen);;) {
        auto made = std::make_unique<typename store<World>::inside>();
        auto tables = tables_of(made->world);
        if (!tables) return tables.why();
        if (result<void> ok = seldom([&] { return fill(made->world); }); !ok) return ok.why();
        auto core = engine::open(place, std::move(*tables), chosen);
        if (core) {
            made->core = std::move(*core);
            return store<World>(std::move(made));
        }
        if (auto again = place.mend(core.why()); !again) return again.why();
    }
}

/// The same, and `fill(world&)` fills the `read_only` tables first: it returns a `result<void>`.
template <class World, class Fill>
result<store<World>> open(const std::string& path, const options& chosen, Fill&& fill) {
    constexpr bool fits = std::is_invocable_r_v<result<void>, Fill&, World&>;
    static_assert(fits, "[holdfast] open: the function that fills read_only tables takes the world by reference and "
                        "returns a holdfast::result<void>");
    if constexpr (!fits)
        return error{errc::refused, {}};
    else
        return detail::seldom([&] { return detail::open_store<World>(path, chosen, fill); });
}
template <class World> result<store<World>> open(const std::string& path, const options& chosen) {
    return open<World>(path, chosen, [](World&) { return result<void>(); });
}

} // namespace holdfast
