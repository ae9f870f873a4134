// SPDX-License-Identifier: MIT
/// @file
/// A store's database as plain sqlite3 reads it, without the log, the ring, or any code of the library.
#pragma once

#include "model.hpp"

namespace torture {

struct file_state {
    bool marked = false; ///< It has our meta table: a store was opened on it.
    std::uint64_t applied = 0;
    bool clean = false;
    hf::uuid database{};
    model rows;
};

/// Reads the database at `path`, which SQLite may change: let it be a copy. Throws a `finding` when SQLite says that it is
/// damaged, or when an id is free to be given again that a row has.
[[nodiscard]] file_state read_file(const std::string& path);

} // namespace torture
