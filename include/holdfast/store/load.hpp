// SPDX-License-Identifier: MIT
/// @file
/// From the file into memory: every row of every table, each value checked against its field.
#pragma once

#include <holdfast/core/utf8.hpp>
#include <holdfast/snapshot/id_table.hpp>
#include <holdfast/store/database.hpp>

#include <algorithm>

namespace holdfast {
namespace detail {

/// "characters[id=7].level holds 'many', which does not fit the field"
[[nodiscard, gnu::cold]] inline error misfit(const table_base& table, const column& which, const cell& value,
                                             const void* row) {
    const char* what = value.kind == cell_kind::null ? "the field cannot be empty" : "it does not fit the field";
    return {errc::corrupt, words({table.describe_row(row), ".", which.name, " holds ", describe_cell(value), ": ", what,
                                  "; correct the file, or the struct"})};
}

/// Whether a key is in the file otherwise than we would write it: memory would find the row, SQLite would not. (Text is
/// TEXT, bytes that are not UTF-8 are a BLOB; an enum has its name, if it has one.)
[[nodiscard]] inline bool wrong_form_of_key(const table_base& table, const column& is, const void* row,
                                            const cell& value) {
    if (is.ops->stored_as != storage::text || !value.is_bytes()) return false;
    if ((value.kind == cell_kind::text) == is_utf8(value.view()) && is.get(row).view() == value.view()) return false;
    const auto number = static_cast<std::uint8_t>(&is - table.description().row->columns.data());
    for (const index_description& index : table.description().indexes)
        if ((index.is == index_description::role::primary_key || index.is == index_description::role::reference) &&
            std::find(index.columns.begin(), index.columns.end(), number) != index.columns.end())
            return true;
    return false;
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
        if (!is.stored) continue;
        const cell value = from.column(at);
        const bool fits = is.ops->set(is.in(row), value) && !wrong_form_of_key(table, is, row, value);
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

/// Loads a table, with its dead rows. `corrupt` names the table, key and column of a value that the struct cannot hold.
[[nodiscard]] inline result<void> load_table(sqlite::connection& db, table_base& table,
                                             const std::function<void(const load_progress&)>& progress) {
    const table_description& is = table.description();
    std::vector<std::string> columns;
    for (const column& one : is.row->columns)
        if (one.stored) columns.push_back(one.name);
    auto dead = has_dead_rows(db, is.name);
    if (!dead) return dead.why();
    const std::string all = joined(columns, '"');
    const std::string source =
        *dead ? rows_with_dead(is.name, all, detail::names_of(is, is.primary_key())) : sqlite::quoted_name(is.name);
    auto count = sqlite::ask_number(db, words({"SELECT count(*) FROM ", source}));
    if (!count) return count.why();
    const auto rows = static_cast<std::size_t>(*count);
    auto from = db.prepare(words({"SELECT ", all, " FROM ", source}));
    if (!from) return from.why();
    table.reserve_touched(rows + rows / 4);
    table.reserve(std::max(is.capacity, rows + rows / 4));
    std::size_t done = 0;
    for (;;) {
        auto more = from->step();
        if (!more) return error{more.why().code, words({is.name, ", after ", done, " rows: ", more.why().detail})};
        if (!*more) break;
        if (auto ok = detail::load_row(table, *from); !ok) return ok;
        if (++done % 10'000 == 0 && progress) progress({is.name, done, rows});
    }
    if (progress) progress({is.name, done, rows});
    return table.link_loaded();
}

/// Ids go on behind those that a database says may be in use.
[[nodiscard, gnu::cold]] inline result<void> resume_ids(sqlite::connection& db,
                                                        const std::vector<table_base*>& tables) {
    id_leases ids;
    if (auto ok = read_ids(db, ids); !ok) return ok;
    for (const id_lease_of& one : ids)
        for (table_base* table : tables)
            if (table->description().name == one.table) table->resume_ids(one.next);
    return {};
}

/// Loads every table, then looks whether every reference leads somewhere, then resumes the ids.
[[nodiscard, gnu::cold]] inline result<void> load_all(database& from, const std::vector<table_base*>& tables,
                                                      const std::function<void(const load_progress&)>& progress) {
    for (table_base* table : tables) {
        if (table->description().append_only) continue;
        if (auto ok = load_table(from.db, *table, progress); !ok) return ok;
    }
    for (const table_base* table : tables)
        if (auto ok = table->check_references(); !ok) return ok;
    if (!from.marked) return {}; // a file that is being adopted: ids go on behind the largest
    return resume_ids(from.db, tables);
}

} // namespace holdfast
