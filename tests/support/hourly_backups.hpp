// SPDX-License-Identifier: MIT
/// @file
/// A database of which a backup is made every hour, by a clock that the test moves.
#pragma once

#include "support/stores.hpp"
#include "support/temporary_folder.hpp"
#include "support/wait.hpp"

#include <string>
#include <vector>

namespace holdfast::test {

/// What is in it, where a test needs no more than that.
struct coin {
    std::int64_t id = 0;
    std::int32_t worth = 0;
    std::string words{};
};
struct purse {
    table<coin, primary_key<&coin::id>, auto_id<&coin::id>, index<&coin::worth>> coins;
};

struct hourly_backups {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    fake_clock clock;
    options chosen = [this] {
        options is = options_with(clock);
        is.segment_bytes = std::size_t{1} << 16;
        is.backups.every = std::chrono::minutes(60);
        return is;
    }();

    [[nodiscard]] std::vector<found_backup> backups() const {
        return backups_in(backup_folder(path, chosen.backups)).value();
    }
    /// It is made at the first open, by other threads.
    void wait_for_first_backup() const {
        REQUIRE(eventually([&] { return !backups().empty(); }));
    }
    [[nodiscard]] std::string archive() const { return archive_of(path + ".log"); }
};

} // namespace holdfast::test
