// SPDX-License-Identifier: MIT
/// @file
/// The sides together, each with what it should hold.
#pragma once

#include "queue/by_journal.hpp"
#include "queue/by_sqlite.hpp"
#include "queue/by_store.hpp"
#include "support/scratch_folder.hpp"
#include "support/sqlite_file.hpp"

#include <optional>

namespace bench {

/// A store's database gets one wrong value, to see that the benchmark fails. Its pages keep right checksums.
inline void spoil(const std::string& path) {
    namespace sql = holdfast::sqlite;
    auto file = sql::connection::open(path, sql::connection::mode::existing).value();
    file.run("UPDATE players SET gold = gold + 1 WHERE id = 5").value();
}

/// The rows as they were at a tick, and what each tick has changed since then.
class row_history {
public:
    row_history(const plain_rows& now, std::uint64_t tick) : rows_(now), tick_(tick) {}
    void add(const std::vector<change>& tick) { ticks_.push_back(tick); }

    /// The copy at `path`, which a store has made since, holds what the rows were at the tick that it says it is of.
    /// @param committed  The store's last tick.
    void require_copy(const std::string& path, std::uint64_t committed) {
        sqlite_file copy(path);
        const std::uint64_t tick = std::stoull(copy.ask("SELECT applied FROM holdfast_meta"));
        require(tick >= tick_ && tick <= committed, path + " is of a tick since it was asked for");
        for (; tick_ < tick && !ticks_.empty(); ++tick_, ticks_.pop_front()) // what follows on the last has no changes
            for (const change& one : ticks_.front()) rows_.apply(one);
        require_same(rows_in_file(path), rows_, path);
    }

private:
    plain_rows rows_;
    std::uint64_t tick_;
    std::deque<std::vector<change>> ticks_{};
};

/// A side, and the rows that it should have by now.
template <class Side> struct watched {
    Side side;
    plain_rows expected{};
    bool lies = false;                    ///< At the end it is given one wrong value, to see that the benchmark fails.
    std::optional<row_history> history{}; ///< Kept while there is one.

    template <class... Arguments> explicit watched(const Arguments&... with) : side(with...) { expected.fill(); }

    /// A tick has changed so much.
    void expect(const std::vector<change>& tick) {
        for (const change& one : tick) expected.apply(one);
        if (history) history->add(tick);
    }

    /// What the file holds is what was changed. Ends the side.
    void check() {
        if (lies) {
            side.apply({.what = change::kind::pay, .values = {-1}});
            side.commit();
        }
        require_same(side.in_file(), expected, std::string("the file of ") + side.name);
    }
};

/// The same world on each side, each with files of its own in one folder.
class queue_sides {
public:
    /// @param ring   The folder, with its slash, of the store's ring and the mapped journal; empty: `folder`.
    /// @param lying  The name of the side that is given a wrong value.
    queue_sides(const scratch_folder& folder, const std::string& ring, const std::string& lying)
        : memcpy(ring.empty() ? folder.file("mapped.journal") : ring + "mapped.journal"),
          write(folder.file("written.journal")), full(folder.file("full.db"), filled(folder), "FULL"),
          normal(folder.file("normal.db"), folder.file("ours.db"), "NORMAL"), ours(folder.file("ours.db"), ring) {
        ours.lies = lying == ours.side.name;
        memcpy.lies = lying == memcpy.side.name;
        write.lies = lying == write.side.name;
        full.lies = lying == full.side.name;
        normal.lies = lying == normal.side.name;
    }

    void check() {
        ours.check();
        memcpy.check();
        write.check();
        full.check();
        normal.check();
    }

    watched<by_journal<mapped_journal>> memcpy;
    watched<by_journal<written_journal>> write;
    watched<by_sqlite> full;
    watched<by_sqlite> normal;
    watched<by_store> ours; ///< Last: the file is others' model until it is opened.

private:
    [[nodiscard]] static std::string filled(const scratch_folder& folder) {
        by_store::make(folder.file("ours.db"));
        return folder.file("ours.db");
    }
};

} // namespace bench
