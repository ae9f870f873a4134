// SPDX-License-Identifier: MIT
/// @file
/// From the file into memory: every row of every table, each value checked against its field.
#pragma once

#include <holdfast/core/utf8.hpp>
#include <holdfast/snapshot/id_table.hpp>
#include <holdfast/store/database.hpp>
#include <holdfast/store/load_thread.hpp>

namespace holdfast {
namespace detail {

/// "characters[id=7].level holds 'many', which does not fit the field"
[[nodiscard, gnu::cold]] inline error misfit(const table_base& table, const column& which, const cell& value,
                                             const void* row) {
    const char* what = value.kind == cell_kind::null ? "the field cannot be empty" : "it does not fit the field";
    return {errc::corrupt, words({table.describe_row(row), ".", which.name, " holds ", describe_cell(value), ": ", what,
                                  "; correct the file, or the struct"})};
}

/// The columns with text that are part of a primary key or of a reference.
[[nodiscard, gnu::cold]] inline column_list texts_in_keys(const table_description& table) {
    column_list found;
    for (const index_description& index : table.indexes)
        if (index.is == index_description::role::primary_key || index.is == index_description::role::reference)
            for (const std::uint8_t column : index.columns)
                if (table.row->columns[column].ops->stored_as == storage::text) found.push_back(column);
    return found;
}

/// Whether a key is in the file otherwise than we would write it: memory would find the row, SQLite would not. (Text is
/// TEXT, bytes that are not UTF-8 are a BLOB; an enum has its name, if it has one.)
[[nodiscard]] inline bool wrong_form_of_key(const column& is, const void* row, const cell& value) {
    if (!value.is_bytes()) return false;
    return (value.kind == cell_kind::text) != is_utf8(value.view()) || is.get(row).view() != value.view();
}

/// @param key_texts  `texts_in_keys`.
[[nodiscard]] inline result<void> load_row(table_base& table, const column_list& key_texts, sqlite::statement& from) {
    void* slot = table.begin_load();
    struct guard {
        table_base& table;
        void* slot;
        ~guard() {
            if (slot != nullptr) table.drop_load(slot);
        }
    } loading{table, slot};
    void* row = table.row_in(slot);
    const std::vector<column>& columns = table.description().row->columns;
    const column* bad = nullptr;
    for (const column& is : columns)
        if (is.stored && !is.ops->set(is.in(row), from.column(is.number)) && bad == nullptr) bad = &is;
    for (const std::uint8_t key : key_texts)
        if (bad == nullptr && wrong_form_of_key(columns[key], row, from.column(columns[key].number)))
            bad = &columns[key];
    if (bad != nullptr) return misfit(table, *bad, from.column(bad->number), row);
    if (auto ok = table.finish_load(slot); !ok) return ok;
    loading.slot = nullptr;
    return {};
}

} // namespace detail

/// Loads a table, with its dead rows. `corrupt` names the table, key and column of a value that the struct cannot hold;
/// `refused`: it has rows already.
///
/// Cost: a little more than a loop over the rows by hand; the memory for them, and their indexes, are a second thread's work
///       meanwhile.
[[nodiscard]] inline result<void> load_table(sqlite::connection& db, table_base& table,
                                             const std::function<void(const load_progress&)>& progress) {
    const table_description& is = table.description();
    if (table.slots().used() != 0)
        return error{errc::refused, words({is.name, " has rows before it is loaded, which nothing would save: the "
                                                    "function that is given to open fills read_only tables alone"})};
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
    const column_list key_texts = detail::texts_in_keys(is);
    load_thread beside(table, rows);
    std::size_t done = 0;
    for (;;) {
        if (done == beside.room() && !beside.go_on(done)) return beside.finish();
        auto more = from->step();
        if (!more) return error{more.why().code, words({is.name, ", after ", done, " rows: ", more.why().detail})};
        if (!*more) break;
        if (auto ok = detail::load_row(table, key_texts, *from); !ok) return ok;
        if (++done % 10'000 == 0 && progress) progress({is.name, done, rows});
    }
    if (progress) progress({is.name, done, rows});
    return beside.finish();
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
