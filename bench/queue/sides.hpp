// SPDX-License-Identifier: MIT
/// @file
/// The sides together, each with what it should hold.
#pragma once

#include "queue/by_journal.hpp"
#include "queue/by_sqlite.hpp"
#include "queue/by_store.hpp"
#include "support/scratch_folder.hpp"

namespace bench {

/// A side, and the rows that it should have by now.
template <class Side> struct watched {
    Side side;
    plain_rows expected{};
    bool lies = false; ///< At the end it is given one wrong value, to see that the benchmark fails.

    template <class... Arguments> explicit watched(const Arguments&... with) : side(with...) { expected.fill(); }

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
