// SPDX-License-Identifier: MIT
/// @file
/// From the file into memory: every row of every table, each value checked against its field.
#pragma once

#include <holdfast/store/database.hpp>

#include <algorithm>

namespace holdfast {
namespace detail {

/// "characters[id=7].level holds 'many', which does not fit the field"
[[nodiscard]] inline error misfit(const table_base& table, const column& which, const cell& value, const void* row) {
    const char* what = value.kind == cell_kind::null ? "the field cannot be empty" : "it does not fit the field";
    return {errc::corrupt, table.describe_row(row) + "." + which.name + " holds " + describe_cell(value) + ": " + what +
                               "; correct the file, or the struct"};
}

/// A text key that the file holds as a blob: memory would find it, SQLite would not.
[[nodiscard]] inline bool wrong_class_of_key(const table_base& table, int at, const cell& value) noexcept {
    if (value.kind != cell_kind::blob) return false;
    const auto& key = table.description().primary_key();
    const auto number = static_cast<std::uint8_t>(at);
    return std::find(key.begin(), key.end(), number) != key.end() &&
           table.description().row->columns[number].ops->stored_as == storage::text;
}

[[nodiscard]] inline result<void> load_row(table_base& table, sqlite::statement& from) {
    void* slot = table.begin_load();
    struct guard {
        table_base& table;
        void* slot;
        ~guard() {
            if (slot != nullptr) table.drop_load(slot);
        }
    } loading{table, slot};
    void* row = table.row_in(slot);
    const column* bad = nullptr;
    int bad_at = 0;
    int at = 0;
    for (const column& is : table.description().row->columns) {
        const cell value = from.column(at);
        const bool fits = is.ops->set(is.in(row), value) && !wrong_class_of_key(table, at, value);
        if (!fits && bad == nullptr) {
            bad = &is;
            bad_at = at;
        }
        ++at;
    }
    if (bad != nullptr) return misfit(table, *bad, from.column(bad_at), row);
    if (auto ok = table.finish_load(slot); !ok) return ok;
    loading.slot = nullptr;
    return {};
}

} // namespace detail

/// Loads a table. `corrupt` names the table, key and column of a value that the struct cannot hold.
[[nodiscard]] inline result<void> load_table(sqlite::connection& db, table_base& table, std::size_t rows,
                                             const std::function<void(const load_progress&)>& progress) {
    const table_description& is = table.description();
    std::string sql;
    for (const column& one : is.row->columns) sql += (sql.empty() ? "SELECT " : ", ") + sqlite::quoted_name(one.name);
    auto from = db.prepare(sql + " FROM " + sqlite::quoted_name(is.name));
    if (!from) return from.why();
    table.reserve_touched(rows + rows / 4);
    table.reserve(std::max(is.capacity, rows + rows / 4));
    std::size_t done = 0;
    for (;;) {
        auto more = from->step();
        if (!more)
            return error{more.why().code, is.name + ", after " + std::to_string(done) + " rows: " + more.why().detail};
        if (!*more) break;
        if (auto ok = detail::load_row(table, *from); !ok) return ok;
        if (++done % 10'000 == 0 && progress) progress({is.name, done, rows});
    }
    if (progress) progress({is.name, done, rows});
    return table.link_loaded();
}

/// Loads every table, then looks whether every reference leads somewhere, then resumes the ids.
[[nodiscard]] inline result<void> load_all(database& from, const std::vector<table_base*>& tables,
                                           const std::function<void(const load_progress&)>& progress) {
    for (table_base* table : tables) {
        auto rows =
            detail::ask_number(from.db, "SELECT count(*) FROM " + sqlite::quoted_name(table->description().name));
        if (!rows) return rows.why();
        if (auto ok = load_table(from.db, *table, static_cast<std::size_t>(*rows), progress); !ok) return ok;
    }
    for (const table_base* table : tables)
        if (auto ok = table->check_references(); !ok) return ok;
    if (!from.marked) return {}; // a file that is being adopted: ids go on behind the largest
    auto ids = from.db.prepare("SELECT name, next FROM holdfast_ids");
    if (!ids) return ids.why();
    for (;;) {
        auto more = ids->step();
        if (!more) return more.why();
        if (!*more) return {};
        for (table_base* table : tables)
            if (table->description().name == ids->string(0)) table->resume_ids(ids->integer(1));
    }
}

} // namespace holdfast
