// SPDX-License-Identifier: MIT
/// @file
/// Whether the files of a benchmark are on a disk at all.
#pragma once

#include "support/scratch_folder.hpp"

#include <cstdio>

#include <linux/magic.h>
#include <sys/statfs.h>

namespace bench {

/// Says so when the folder is in memory.
inline void warn_of_tmpfs(const scratch_folder& folder) {
    struct statfs disk {};
    if (::statfs(folder.file("").c_str(), &disk) == 0 && disk.f_type == TMPFS_MAGIC)
        std::puts("THIS IS A TMPFS: nothing waits for a disk, and what SQLite and syncing cost is not measured");
}

} // namespace bench
