// SPDX-License-Identifier: MIT
/// @file
/// The two ends: nothing is saved at all; and every change is a statement and a transaction of its own, at once.
#pragma once

#include "queue/by_sqlite.hpp"

namespace bench {

/// What the game alone costs.
class unsaved {
public:
    const char* const name = "nothing";

    unsaved() { rows_.fill(); }
    void apply(const change& is) { rows_.apply(is); }
    void commit() {}
    void settle() {}
    void look() {}
    [[nodiscard]] plain_rows in_file() { return std::move(rows_); }

private:
    plain_rows rows_{};
};

/// Autocommit, synchronous=NORMAL: a power cut takes what SQLite has not synced.
class by_statement {
public:
    const char* const name = "write-through";

    by_statement(const std::string& path, const std::string& like)
        : db_(path, like, "NORMAL", by_sqlite::transaction::each_statement) {}
    void apply(const change& is) { db_.apply(is); }
    void commit() {}
    void settle() {}
    void look() {}
    /// The game waits for it.
    void copy_to(const std::string& path) { db_.copy_to(path); }
    [[nodiscard]] plain_rows in_file() { return db_.in_file(); }

private:
    by_sqlite db_;
};

} // namespace bench
