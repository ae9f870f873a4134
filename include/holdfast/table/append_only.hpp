// SPDX-License-Identifier: MIT
/// @file
/// Tables that only grow, and whose rows are not kept in memory: what happened in the game, for those who ask the file.
#pragma once

#include <holdfast/table/table_base.hpp>
#include <holdfast/table/table_parts.hpp>

namespace holdfast {
namespace detail {
struct table_access;
} // namespace detail

/// Rows of the aggregate `Row` that are written and never read again by the server: chat, trades, logins. They take part
/// in ticks and transactions as all others do, and are forgotten once they are in the log. They have no primary key, and
/// nothing refers to them; SQLite numbers them (`rowid`). At open they are not loaded.
///
/// Options: `index` (for those who ask the file), `at_least`, `at_most`, `check`, `created_at`, `column_name`, `by_name`,
/// `json`. In a world that is in no store, an append is checked and forgotten.
/// Threads: one at a time; the one that edits the world.
template <class Row, class... Options> class append_only final : private table_base {
    using made_of = detail::table_parts<Row, Options...>;
    using keys = typename made_of::keys;
    static_assert(detail::check_row<Row, typename made_of::exemptions>() || true); // what is wrong was said inside
    static_assert(std::is_nothrow_move_constructible_v<Row>, "[holdfast] a row must be movable without throwing");

    static consteval bool only_indexes() {
        for (std::size_t i = 0; i < keys::all.count; ++i)
            if (keys::all.keys[i].role != index_description::role::index) return false;
        return true;
    }
    static_assert(only_indexes(), "[holdfast] append_only: its rows have no key and refer to nothing: only hf::index "
                                  "is for it, and it is for those who ask the file");
    static constexpr bool can_refuse = [] {
        for (std::size_t c = 0; c < row_columns<Row>; ++c)
            if ((detail::option_of<Row, Options>::refuses(c) || ...)) return true;
        return false;
    }();

public:
    /// The struct.
    using row_type = Row;

    append_only() : table_base(describe(), [](const slot_store&) { return no_indexes(); }) {}

    /// Adds a row. Gives nothing, or with a limit, a check or a JSON field a result: `refused`.
    ///
    /// Durable: with the commit of this tick. Cost: a copy of the row's bytes into the open frame.
    auto append(Row row) -> std::conditional_t<can_refuse, result<void>, void> {
        auto ok = table_base::append(&row);
        if constexpr (can_refuse) return ok;
    }

private:
    friend struct detail::table_access;
    static constexpr bool has_deferred = false;
    static constexpr bool is_read_only = false;
    static constexpr bool is_sound = detail::check_row<Row, typename made_of::exemptions>() && only_indexes() &&
                                     detail::check_nocase<Row, Options...>();

    static table_description describe() {
        table_description made = made_of::describe();
        made.append_only = true;
        return made;
    }
    static std::vector<std::unique_ptr<index_base>> no_indexes() { return {}; }
};

} // namespace holdfast
