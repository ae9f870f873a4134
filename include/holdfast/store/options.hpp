// SPDX-License-Identifier: MIT
/// @file
/// What a caller may choose when a store is opened.
#pragma once

#include <holdfast/io/clock.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace holdfast {

class threads;

/// How urgent a line for the log callback is.
enum class log_level : unsigned char { info, warning, error };

/// How far loading is: rows so far, of about how many.
struct load_progress {
    /// The table that is loaded.
    std::string_view table;
    /// So many rows of it are,
    std::size_t rows = 0;
    /// of so many.
    std::size_t total_rows = 0;
};

/// What `open` does when there is no file, and no backup of it, or a file without any table.
enum class if_missing : unsigned char {
    create, ///< Makes it, with the tables of the world.
    refuse, ///< `errc::not_found`. For a server that must never start empty because of a wrong path.
};

/// What `open` does when ticks that were synced cannot be read: the log is damaged, incomplete or not there.
enum class if_damaged : unsigned char {
    refuse, ///< `errc::corrupt`, with the ticks and the file named; nothing is changed.
    open,   ///< Opens without those ticks; `store::recovery` names them. What cannot be read is kept as `*.damaged`.
};

/// What `open` does when a folder of the store is on a file system that cannot be relied on, or is not known.
enum class if_unreliable : unsigned char {
    refuse, ///< `errc::refused`, with the file system named; nothing is changed.
    open,   ///< Opens, with a warning in the log callback. What survives what is then up to that file system.
};

/// How far a backup is: bytes of so many.
struct backup_progress {
    /// The file that is made.
    std::string_view path;
    /// So many bytes are copied,
    std::uint64_t bytes = 0;
    /// of so many.
    std::uint64_t total_bytes = 0;
};

/// The copies that a store makes of its database while it runs, and the log between them: when the database is damaged,
/// `open` takes the newest copy and what the log has behind it.
struct backup_options {
    /// How often one is made, if anything has changed; the first at once. 0 or less: never; then the log's files are
    /// removed as soon as SQLite has what is in them, and a damaged database is lost.
    std::chrono::minutes every{60};

    /// In which folder there is one for them, `<database>.backups`; empty: beside the database. Another disk outlives this
    /// one. A relative path is looked up when the store opens.
    std::string folder{};

    std::chrono::hours keep_all{24};        ///< Every backup is kept for so long,
    std::chrono::hours keep_daily{24 * 30}; ///< and the first one of each day (UTC) for so long.

    /// How far back the log is kept, in `<database>.log/archive`: the database can be restored as it was at any tick in that
    /// time.
    std::chrono::hours log_window{24};

    /// How many bytes of it are kept at most; 0: any number. When it has more, the oldest go, and with them the ticks that
    /// can be restored; never those that no backup has.
    std::uint64_t most_log_bytes = std::uint64_t{16} << 30;

    /// Is told how far a backup is, on a background thread, every few MB and at its end; must not throw and must not call
    /// the store.
    std::function<void(const backup_progress&)> progress{};
};

/// How a store is opened, and how it works then; docs/store.md has a table of all.
struct options {
    /// How long a committed tick waits, at most, before it is written to SQLite; `batch_bytes` may make it earlier. It
    /// is about SQLite alone: the tick is safe already. (`interval` is about when some fields get into a tick at all.)
    /// Shorter: a smaller backlog. Longer: fewer writes, because changes of one row in that time are written once.
    /// 0 or less: as soon as the tick is durable.
    std::chrono::milliseconds save_every{1'000};

    /// How much of the log goes into one SQLite transaction, in bytes; when more waits, it is written before
    /// `save_every` is over. Larger batches are written faster and hold more memory while they are. A tick is never
    /// split: 0 gives every durable tick a transaction of its own, at once.
    std::size_t batch_bytes = std::size_t{8} << 20;

    /// The file, and memory, in which ticks wait until they are synced to the log, in bytes, taken and touched at open.
    /// What does not fit goes to the heap, and does not survive the death of the process until it is in the log.
    /// Chunks of 256 KiB, two at least: 0 and 1 mean 512 KiB, and what is left over is not used.
    std::size_t ring_bytes = std::size_t{32} << 20;

    /// How long a commit waits, at most, while the ring is full, for the disk to make room in it: so that what it returns
    /// survives the death of the process after all, at the price of a late tick. 0: not at all.
    std::chrono::milliseconds wait_when_full{0};

    /// How often, at most, the log is synced. What was committed longer ago than this and a sync takes survives the
    /// death of the machine; what was committed survives that of the process in any case. Sooner when somebody waits,
    /// or while the ring is full. 0 or less: as soon as the tick is seen, within a millisecond.
    std::chrono::milliseconds sync_every{100};

    /// How much memory ticks may take that are not in SQLite, in bytes. When they take more, those that are synced are read
    /// from the log's files once SQLite can be written. When the log cannot be written either, those that are not synced
    /// are dropped, but for those that the ring has, and the store resyncs: see `health_report::dropped_from`. More
    /// outlives a longer failure of the disk; less spares memory then. 0: as little as there can be: `ring_bytes`.
    std::size_t hold_bytes = std::size_t{1} << 30;

    /// How often commits log fields that are `saved_every`: after a kill these are about so old, more when very many
    /// rows change (see `capture_budget`) or commits are rare. Until then such a change is in memory alone.
    /// (`save_every` is about when committed ticks reach SQLite.) `wait_durable`, `on_durable`, and a `commit` before
    /// the interval is over do not log them; `save_all` and `close` do. 0 or less: with every commit.
    std::chrono::milliseconds interval{1'000};

    /// How long a commit may log such fields, and how long rows for a resync. What does not fit into it is logged with
    /// the following commits. 0 or less: 16 rows a commit.
    std::chrono::microseconds capture_budget{200};

    /// How large the files of the log are, in bytes: taken on the disk one at a time, and removed when SQLite has what
    /// is in them. A tick that is larger gets a file of its size. Below 64 KiB there is a new file, and a sync more,
    /// every few ticks; with 0 for each.
    std::size_t segment_bytes = std::size_t{16} << 20;

    /// How much of the disk is kept for when it is full, in bytes, as a file beside the database: it is given up so that
    /// what waits can be written to SQLite, after which files of the log go, and kept again when there is room for twice
    /// as much. Two batches should fit. 0: nothing is kept.
    std::size_t reserve_bytes = std::size_t{16} << 20;

    /// Where the file of the ring is made; empty: beside the database. A tmpfs spares the disk the ring's pages, which
    /// the kernel writes back now and then, and loses it when a container ends. Close the store before you change it:
    /// what a killed process left is looked for here alone.
    std::string ring_folder{};

    /// Copies that the store makes of itself.
    backup_options backups{};

    /// What a file that is not there means.
    if_missing missing = if_missing::create;
    /// What becomes of a log with ticks that cannot be read.
    if_damaged damaged = if_damaged::refuse;

    /// On ext2/3/4, xfs and tmpfs, and overlayfs over them, what the store says of ticks holds. `open` risks, on a
    /// network's file system: two owners of one database, ticks called durable that are lost. On one that copies on
    /// write (btrfs, zfs, bcachefs): the end of the program by SIGBUS when the disk is full.
    if_unreliable file_system = if_unreliable::refuse;

    /// Is told what the store does and what goes wrong. Called on any thread, one call at a time for each store; must
    /// not throw and must not call the store, nor another one on the same threads. Empty: nothing is said.
    std::function<void(log_level, std::string_view)> log{};

    /// Is told how far loading is, on the thread that opens, every 10,000 rows and at the end of each table. It must not
    /// fork: a second thread is at work.
    std::function<void(const load_progress&)> progress{};

    /// Where time comes from; must outlive the store. Null: the machine's clock.
    const clock* time = nullptr;

    /// The threads that save, shared with other stores; must outlive the store. Null: three of its own. Shared
    /// threads cost a process with many stores less; a store then waits while batches of others are written.
    threads* run_on = nullptr;
};

} // namespace holdfast
