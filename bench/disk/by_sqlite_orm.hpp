// SPDX-License-Identifier: MIT
/// @file
/// A side by sqlite_orm: statements prepared once, the object that each writes set before it is executed.
#pragma once

#include "disk/file.hpp"
#include "disk/rows.hpp"

#include <span>
#include <utility>

#include <sqlite_orm/sqlite_orm.h>

namespace bench {
namespace orm {

[[nodiscard]] inline auto storage_at(const std::string& path) {
    using namespace sqlite_orm;
    return make_storage(
        path, make_table("characters", make_column("id", &character::id, primary_key()),
                         make_column("account_id", &character::account_id), make_column("name", &character::name),
                         make_column("title", &character::title), make_column("level", &character::level),
                         make_column("experience", &character::experience), make_column("gold", &character::gold),
                         make_column("hit_points", &character::hit_points), make_column("x", &character::x),
                         make_column("y", &character::y), make_column("z", &character::z),
                         make_column("map_id", &character::map_id)));
}
using storage = decltype(storage_at(std::string()));

/// An `insert` of the object alone would leave its id to SQLite.
[[nodiscard]] inline auto prepare_insert(storage& db) {
    return db.prepare(sqlite_orm::insert(
        character(),
        sqlite_orm::columns(&character::id, &character::account_id, &character::name, &character::title,
                            &character::level, &character::experience, &character::gold, &character::hit_points,
                            &character::x, &character::y, &character::z, &character::map_id)));
}
[[nodiscard]] inline auto prepare_update_all(storage& db) { return db.prepare(sqlite_orm::update(character())); }
[[nodiscard]] inline auto prepare_update_one(storage& db) {
    using namespace sqlite_orm;
    return db.prepare(
        update_all(set(c(&character::gold) = std::int64_t{0}), where(c(&character::id) == std::int64_t{0})));
}
[[nodiscard]] inline auto prepare_erase(storage& db) {
    return db.prepare(sqlite_orm::remove<character>(std::int64_t{0}));
}

/// A storage that stays open, with the settings of all sides.
struct opened_storage {
    explicit opened_storage(const std::string& path) : db(storage_at(path)) {
        db.on_open = [this](sqlite3* one) {
            inside = one;
            for (const char* pragma : settings)
                require(sqlite3_exec(one, pragma, nullptr, nullptr, nullptr) == SQLITE_OK, pragma);
        };
        db.open_forever();
    }
    opened_storage(const opened_storage&) = delete;
    opened_storage& operator=(const opened_storage&) = delete;

    storage db;
    sqlite3* inside = nullptr;
};

} // namespace orm

class by_sqlite_orm {
public:
    static constexpr const char* name = "sqlite_orm";

    explicit by_sqlite_orm(const std::string& path) : opened_(path) {}

    void write(operation what, std::span<const change> changes) {
        orm::storage& db = opened_.db;
        db.begin_immediate_transaction();
        for (const change& one : changes) {
            switch (what) {
            case operation::insert:
                sqlite_orm::get<0>(insert_) = *one.row;
                db.execute(insert_);
                break;
            case operation::update_all:
                sqlite_orm::get<0>(update_all_) = *one.row;
                db.execute(update_all_);
                break;
            case operation::update_one:
                sqlite_orm::get<0>(update_one_) = one.row->gold;
                sqlite_orm::get<1>(update_one_) = one.id;
                db.execute(update_one_);
                break;
            case operation::erase:
                sqlite_orm::get<0>(erase_) = one.id;
                db.execute(erase_);
                break;
            }
        }
        db.commit();
    }

    [[nodiscard]] std::vector<character> load() { return opened_.db.get_all<character>(); }

    [[nodiscard]] std::string pragma(const std::string& asked) {
        std::string answer;
        const auto take = [](void* to, int, char** values, char**) {
            *static_cast<std::string*>(to) = values[0];
            return 0;
        };
        sqlite3_exec(opened_.inside, ("PRAGMA " + asked).c_str(), take, &answer, nullptr);
        return answer;
    }

private:
    orm::opened_storage opened_;
    decltype(orm::prepare_insert(std::declval<orm::storage&>())) insert_{orm::prepare_insert(opened_.db)};
    decltype(orm::prepare_update_all(std::declval<orm::storage&>())) update_all_{orm::prepare_update_all(opened_.db)};
    decltype(orm::prepare_update_one(std::declval<orm::storage&>())) update_one_{orm::prepare_update_one(opened_.db)};
    decltype(orm::prepare_erase(std::declval<orm::storage&>())) erase_{orm::prepare_erase(opened_.db)};
};

} // namespace bench
