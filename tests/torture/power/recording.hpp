// SPDX-License-Identifier: MIT
/// @file
/// What happened to a disk, in order, and what was promised meanwhile.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace torture {

/// One thing of a recording. Paths are relative to the folder that is recorded.
struct disk_event {
    enum class kind : unsigned char {
        // What is done to a disk.
        create,      ///< A name, if it is not there, for an empty file.
        make_folder, ///< The same for a folder.
        rename,      ///< `path` becomes `to`.
        remove,
        write,       ///< `bytes` at `at`.
        truncate,    ///< To `at` bytes.
        allocate,    ///< To `at` bytes at least.
        map,         ///< From here on the file has what the processor stores there.
        sync,        ///< Has returned. It covers what was recorded before event `at`.
        failed_sync, ///< Has returned an error: nobody knows what is kept, and no later sync covers it.
        sync_folder, ///< The same as `sync` for the names in a folder.
        // What the store has said.
        will,    ///< Tick `at` is about to be committed.
        durable, ///< Tick `at` survives the death of the machine.
        saved,   ///< And is in SQLite's file.
    };
    kind what = kind::write;
    std::string path{};
    std::string to{};
    std::uint64_t at = 0;
    std::string bytes{};
};
using recording = std::vector<disk_event>;

/// What is on a disk: files and folders by path.
struct stored_file {
    bool folder = false;
    std::string bytes{};
};
using disk_image = std::map<std::string, stored_file>;

} // namespace torture
