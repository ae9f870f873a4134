// SPDX-License-Identifier: MIT
/// @file
/// The proof: a second process opens the file and compares every row with what the first one held.
#pragma once

#include "checksum.hpp"
#include "process.hpp"
#include "text.hpp"

#include <holdfast/holdfast.hpp>

#include <cinttypes>
#include <cstdio>
#include <string>
#include <vector>

namespace mmo {

namespace hf = holdfast;

/// "characters=10000:89abcdef01234567"
inline std::string to_text(const table_sum& of) {
    char sum[17];
    std::snprintf(sum, sizeof(sum), "%016" PRIx64, of.sum);
    return of.table + "=" + std::to_string(of.rows) + ":" + sum;
}

/// The second process. Its exit status: 0 when every table holds the rows that `expected` tells of.
template <class World> int verify(const std::string& path, const std::vector<std::string>& expected) {
    hf::options chosen;
    chosen.missing = hf::if_missing::refuse;
    auto db = hf::open<World>(path, chosen);
    if (!db) {
        std::printf("process %d: %s\n", static_cast<int>(::getpid()), db.why().message().c_str());
        return 1;
    }
    const std::vector<table_sum> found = checksum(**db);
    bool equal = found.size() == expected.size();
    std::printf("process %d opened the file and compared every field of every row:\n", static_cast<int>(::getpid()));
    for (std::size_t i = 0; i < found.size(); ++i) {
        const bool same = i < expected.size() && to_text(found[i]) == expected[i];
        std::printf("  %-16s %10s rows  %016" PRIx64 "  %s\n", found[i].table.c_str(), grouped(found[i].rows).c_str(),
                    found[i].sum, same ? "equal" : "DIFFERENT");
        equal = equal && same;
    }
    return equal ? 0 : 1;
}

/// The first process: closes its store and lets another one look. `mode` is what main() calls that.
template <class World> bool another_process_agrees(hf::store<World>& db, const std::string& path, const char* mode) {
    db.commit();
    const hf::save_report closed = db.close();
    std::vector<std::string> arguments{mode, path};
    for (const table_sum& of : checksum(*db)) arguments.push_back(to_text(of)); // memory outlives the store
    const bool agrees = run_self(std::move(arguments)) == 0 && closed.complete();
    std::printf(agrees ? "every row that was in memory is in the file\n"
                       : "FAILED: the file does not hold what was in memory\n");
    return agrees;
}

} // namespace mmo
