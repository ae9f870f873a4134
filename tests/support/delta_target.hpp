// SPDX-License-Identifier: MIT
/// @file
/// A database for a delta writer, the log that it reads, and plain SQL to look at what it did.
#pragma once

#include <holdfast/snapshot/delta_writer.hpp>

#include "support/catch.hpp"
#include "support/op_writer.hpp"
#include "support/raw_database.hpp"

namespace holdfast::test {

/// Numbers of the tables and their columns in ops.
inline constexpr std::uint16_t characters = 0, items = 1, skills = 2;
inline constexpr std::uint8_t character_name = 1, character_level = 2, character_gold = 3;
inline constexpr std::uint8_t item_owner = 1, item_kind = 2;
inline constexpr std::uint8_t skill_owner = 1, skill_name = 2, skill_level = 3;

inline const log_schema delta_schema{{
    {"characters", {"id", "name", "level", "gold"}, {0}, {true, true, false, false}},
    {"items", {"id", "owner", "kind"}, {0}, {true, true, false}},
    {"skills", {"id", "owner", "skill", "level"}, {0}, {true, true, true, false}},
}};

inline constexpr const char* delta_sql = R"sql(
CREATE TABLE characters (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, level INTEGER, gold INTEGER,
                         extra TEXT DEFAULT 'theirs');
CREATE TABLE items (id INTEGER PRIMARY KEY, owner INTEGER REFERENCES characters (id) ON DELETE CASCADE, kind TEXT);
CREATE TABLE skills (id INTEGER PRIMARY KEY, owner INTEGER REFERENCES characters (id), skill TEXT, level INTEGER,
                     UNIQUE (owner, skill));
CREATE TABLE holdfast_meta (id INTEGER PRIMARY KEY, applied INTEGER NOT NULL);
INSERT INTO holdfast_meta VALUES (1, 0);
CREATE TABLE holdfast_ids (name TEXT PRIMARY KEY, next INTEGER NOT NULL);
)sql";

/// See the file's sentence. Begins with Aria (1) and Bob (2), each with one item and one skill, as tick 1.
struct delta_target {
    explicit delta_target(const std::string& path = ":memory:")
        : db(sqlite::connection::open(path, sqlite::connection::mode::create).value()) {
        db.run(delta_sql).value();
        // Not exclusive, so that others may look at a file.
        db.run("PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON").value();
        log.append(op_writer()
                       .insert(characters, {number(1), text("Aria"), number(10), number(100)})
                       .insert(characters, {number(2), text("Bob"), number(20), number(200)})
                       .insert(items, {number(11), number(1), text("sword")})
                       .insert(items, {number(12), number(2), text("bow")})
                       .insert(skills, {number(21), number(1), text("swim"), number(5)})
                       .insert(skills, {number(22), number(2), text("ride"), number(6)}));
        apply_all().value();
    }

    /// Applies everything in the log that was not, as one batch.
    result<batch_report> apply_all() {
        auto report = writer.apply(log.frames(applied));
        if (report) applied = report->applied;
        return report;
    }
    /// Each op writer is one tick; all are one batch.
    result<batch_report> apply(std::initializer_list<op_writer> ticks) {
        for (const op_writer& one : ticks) log.append(one);
        return apply_all();
    }

    [[nodiscard]] lines rows(const std::string& sql) { return rows_of(db.get(), sql); }
    [[nodiscard]] std::string marker() { return rows("SELECT applied FROM holdfast_meta").at(0); }
    /// Everything in the file.
    [[nodiscard]] lines all() {
        lines found;
        for (const char* table : {"characters", "items", "skills", "holdfast_meta", "holdfast_ids"})
            for (const std::string& row : rows("SELECT * FROM " + std::string(table) + " ORDER BY 1"))
                found.push_back(table + (": " + row));
        return found;
    }

    sqlite::connection db;
    log_editor log;
    delta_writer writer{db, delta_schema, 7};
    std::uint64_t applied = 0;
};

} // namespace holdfast::test
