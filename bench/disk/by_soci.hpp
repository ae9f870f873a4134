// SPDX-License-Identifier: MIT
/// @file
/// A side by SOCI: statements prepared once, rows written by the thousand from a vector for each column.
///
/// Loaded row by row: a vector takes only 32 bits from a column that is declared INTEGER.
#pragma once

#include "disk/file.hpp"
#include "disk/rows.hpp"

#include <algorithm>
#include <optional>
#include <span>

#include <soci/soci.h>

/// As soci/sqlite3/soci-sqlite3.h has it, which includes <sqlite3.h> inside of a namespace.
namespace soci {
extern "C" backend_factory const* factory_sqlite3();
}

namespace bench {

class by_soci {
public:
    static constexpr const char* name = "SOCI";

    explicit by_soci(const std::string& path) : db_(*soci::factory_sqlite3(), "dbname=\"" + path + "\"") {
        for (const char* pragma : settings) db_ << pragma;
    }

    void write(operation what, std::span<const change> changes) {
        if (!writing_) writing_.emplace(db_, columns_);
        soci::transaction whole(db_);
        for (std::size_t at = 0; at < changes.size(); at += most_rows) {
            const auto some = changes.subspan(at, std::min(most_rows, changes.size() - at));
            switch (what) {
            case operation::insert:
                columns_.take(some);
                writing_->insert.execute(true);
                break;
            case operation::update_all:
                columns_.take(some);
                writing_->update_all.execute(true);
                break;
            case operation::update_one:
                columns_.take_gold(some);
                writing_->update_one.execute(true);
                break;
            case operation::erase:
                columns_.take_ids(some);
                writing_->erase.execute(true);
                break;
            }
        }
        whole.commit();
    }

    [[nodiscard]] std::vector<character> load() {
        std::vector<character> rows;
        std::int64_t count = 0;
        db_ << count_sql, soci::into(count);
        rows.reserve(static_cast<std::size_t>(count));
        character row;
        soci::statement from = (db_.prepare << load_sql, soci::into(row.id), soci::into(row.account_id),
                                soci::into(row.name), soci::into(row.title), soci::into(row.level),
                                soci::into(row.experience), soci::into(row.gold), soci::into(row.hit_points),
                                soci::into(row.x), soci::into(row.y), soci::into(row.z), soci::into(row.map_id));
        from.execute();
        while (from.fetch()) rows.push_back(row);
        return rows;
    }

    [[nodiscard]] std::string pragma(const std::string& asked) {
        std::string value;
        db_ << "PRAGMA " + asked, soci::into(value);
        return value;
    }

private:
    static constexpr std::size_t most_rows = 1'000; ///< The fastest of 1, 1,000 and 100,000.

    /// Rows, column by column.
    struct columns {
        std::vector<long long> id{0}, account_id{0}, experience{0}, gold{0};
        std::vector<std::string> name{""}, title{""};
        std::vector<int> level{0}, hit_points{0}, map_id{0};
        std::vector<double> x{0}, y{0}, z{0};

        void take_ids(std::span<const change> rows) {
            id.resize(rows.size());
            for (std::size_t i = 0; i < rows.size(); ++i) id[i] = rows[i].id;
        }
        void take_gold(std::span<const change> rows) {
            take_ids(rows);
            gold.resize(rows.size());
            for (std::size_t i = 0; i < rows.size(); ++i) gold[i] = rows[i].row->gold;
        }
        void take(std::span<const change> rows) {
            take_gold(rows);
            for (auto* one : {&account_id, &experience}) one->resize(rows.size());
            for (auto* one : {&name, &title}) one->resize(rows.size());
            for (auto* one : {&level, &hit_points, &map_id}) one->resize(rows.size());
            for (auto* one : {&x, &y, &z}) one->resize(rows.size());
            for (std::size_t i = 0; i < rows.size(); ++i) {
                const character& row = *rows[i].row;
                account_id[i] = row.account_id;
                name[i] = row.name;
                title[i] = row.title;
                level[i] = row.level;
                experience[i] = row.experience;
                hit_points[i] = row.hit_points;
                x[i] = row.x;
                y[i] = row.y;
                z[i] = row.z;
                map_id[i] = row.map_id;
            }
        }
    };
    /// The statements; they write what the columns hold when they run.
    struct statements {
        statements(soci::session& db, columns& of)
            : insert(of_all(db, insert_sql, of)), update_all(of_all(db, update_all_sql, of)),
              update_one((db.prepare << update_one_sql, soci::use(of.id), soci::use(of.gold))),
              erase((db.prepare << erase_sql, soci::use(of.id))) {}

        [[nodiscard]] static soci::statement of_all(soci::session& db, const char* sql, columns& of) {
            return (db.prepare << sql, soci::use(of.id), soci::use(of.account_id), soci::use(of.name),
                    soci::use(of.title), soci::use(of.level), soci::use(of.experience), soci::use(of.gold),
                    soci::use(of.hit_points), soci::use(of.x), soci::use(of.y), soci::use(of.z), soci::use(of.map_id));
        }

        soci::statement insert, update_all, update_one, erase;
    };

    soci::session db_;
    columns columns_{};
    std::optional<statements> writing_{};
};

} // namespace bench
