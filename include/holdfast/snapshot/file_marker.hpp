// SPDX-License-Identifier: MIT
/// @file
/// What a database says of itself in `holdfast_meta` and `holdfast_ids`: up to which tick it is true, which ids are used.
#pragma once

#include <holdfast/sqlite/connection.hpp>

#include <string>

namespace holdfast {

/// See the file's sentence. Threads: the writer's.
class file_marker {
public:
    explicit file_marker(sqlite::connection& db) noexcept : db_(&db) {}

    /// How far the file is true.
    [[nodiscard, gnu::cold]] result<std::uint64_t> read() {
        if (!ask_)
            if (auto ok = prepare(); !ok) return ok.why();
        auto row = ask_.step();
        if (!row) return row.why();
        const auto applied = static_cast<std::uint64_t>(ask_.integer(0));
        ask_.reset();
        if (!*row) return not_ours();
        return applied;
    }
    [[nodiscard, gnu::cold]] result<void> write(std::uint64_t applied) {
        write_.bind(1, cell::of_integer(cell_kind::i64, static_cast<std::int64_t>(applied)));
        if (auto ok = write_.run(); !ok) return ok;
        if (db_->changes() != 1) return not_ours();
        return {};
    }
    /// Ids of the table below `next` may be in use; 0: nothing new is known.
    [[nodiscard, gnu::cold]] result<void> write_lease(const std::string& table, std::uint64_t next) {
        if (next == 0) return {};
        lease_.bind(1, cell::of_bytes(cell_kind::text, table.data(), table.size()));
        lease_.bind(2, cell::of_integer(cell_kind::i64, static_cast<std::int64_t>(next)));
        return lease_.run();
    }

private:
    [[nodiscard, gnu::cold]] result<void> prepare() {
        auto lease = db_->prepare("INSERT INTO holdfast_ids (name, next) VALUES (?, ?) "
                                  "ON CONFLICT (name) DO UPDATE SET next = max(next, excluded.next)");
        if (!lease) return lease.why();
        auto write = db_->prepare("UPDATE holdfast_meta SET applied = ? WHERE id = 1");
        if (!write) return write.why();
        auto ask = db_->prepare("SELECT applied FROM holdfast_meta WHERE id = 1");
        if (!ask) return ask.why();
        lease_ = std::move(*lease);
        write_ = std::move(*write);
        ask_ = std::move(*ask);
        return {};
    }
    [[nodiscard, gnu::cold]] static error not_ours() {
        return {errc::corrupt, "holdfast_meta has no row: the file is not ours any more"};
    }

    sqlite::connection* db_;
    sqlite::statement ask_;
    sqlite::statement write_;
    sqlite::statement lease_;
};

} // namespace holdfast
