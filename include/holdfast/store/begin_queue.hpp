// SPDX-License-Identifier: MIT
/// @file
/// Makes the ring and the log that a store's ticks go through, once what the last process left is in the database.
#pragma once

#include <holdfast/store/known_timelines.hpp>
#include <holdfast/store/open_mark.hpp>
#include <holdfast/store/recover.hpp>

#include <memory>
#include <string>
#include <vector>

namespace holdfast {

/// The tables as the log names them.
[[nodiscard, gnu::cold]] inline log_schema log_schema_of(const std::vector<table_base*>& tables) {
    log_schema made;
    for (const table_base* table : tables) {
        const table_description& is = table->description();
        log_table& named = made.tables.emplace_back();
        named.name = is.name;
        for (const column& one : is.row->columns)
            if (one.stored) {
                named.columns.push_back(one.name);
                named.other_forms.push_back(one.ops->stored_as == storage::real ? other_form::null
                                            : one.ops->wraps                    ? other_form::negative
                                                                                : other_form::none);
            }
        named.structural.resize(named.columns.size());
        const auto mark = [&](const column_list& columns) {
            for (const std::uint8_t column : columns)
                if (is.row->columns[column].stored) named.structural[is.row->columns[column].number] = 1;
        };
        for (const std::uint8_t column : is.primary_key()) named.key.push_back(is.row->columns[column].number);
        for (const index_description& index : is.indexes)
            if (index.unique() || index.is == index_description::role::reference) mark(index.columns);
        for (const reference_description& reference : is.references) mark(reference.columns);
    }
    return made;
}

/// What a store's ticks go through: nothing of a database without a file.
struct queue_files {
    ring_file ring{};
    std::string ring_path{};
    std::unique_ptr<log_files> log{};
    std::uint32_t epoch = random_number<std::uint32_t>();
    std::uint32_t last_crc = 0;
    recovery_report found{};
};

/// Makes ring and log for a database that is true up to its last tick. Killed in between, the next open finds nothing to
/// do: what it replaces was applied.
[[nodiscard, gnu::cold]] inline result<void> begin_queue(database& opened, const recovery& found,
                                                         const std::vector<table_base*>& tables, const options& chosen,
                                                         queue_files& into) {
    if (chosen.backups.every.count() > 0)
        if (auto ok = claim_backups(backup_folder(opened.path, chosen.backups), opened.path, opened.id,
                                    !chosen.backups.folder.empty());
            !ok)
            return ok;
    if (auto ok = forget_changes_of_others(opened, chosen); !ok) return ok;
    if (auto ok = leave_newer_backups(opened, chosen, into.found.lost == lost_ticks::damage, tables); !ok) return ok;
    const log_place place = found.place();
    if (auto ok = make_folder(place.folder); !ok) return ok;
    if (!place.archive.empty())
        if (auto ok = make_folder(place.archive); !ok) return ok;
    if (into.found.damage && state_of(found.ring()))
        if (auto ok = rename_synced(found.ring(), words({found.ring(), ".damaged"})); !ok) return ok;
    if (place.boot == uuid{}) { // nobody could tell such a ring from one of before the machine was switched off
        if (auto ok = remove_file(found.ring()); !ok) return ok;
    } else {
        auto ring = ring_file::create(found.ring(), chosen.ring_bytes, place.database, place.boot);
        if (!ring) return ring.why();
        into.ring = std::move(*ring);
        into.ring_path = found.ring();
    }
    into.last_crc = found.last_crc();
    into.log = std::make_unique<log_files>(place, log_schema_of(tables), into.epoch);
    if (auto ok = into.log->begin({opened.applied + 1, into.last_crc}); !ok) return ok;
    if (auto ok = mark_open(opened.db, tables); !ok) return ok;
    for (const kept_segment& old : found.old_files())
        if (auto ok = into.found.damage ? rename_synced(old.path, words({old.path, ".damaged"}))
                                        : retire_segment(old.path, place.archive, old.bytes);
            !ok)
            return ok;
    return {};
}

} // namespace holdfast
