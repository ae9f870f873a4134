// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/schema/ddl.hpp: the tables that are created, asked of SQLite itself.
#include <holdfast/schema.hpp>
#include <holdfast/world.hpp>

#include "support/catch.hpp"
#include "support/game_world.hpp"
#include "support/raw_database.hpp"
#include "support/temporary_folder.hpp"
#include "support/words.hpp"

using holdfast::create_statements;
using holdfast::file_origin;
using holdfast::schema_of;
using holdfast::table_schema;
using holdfast::sqlite::connection;
using holdfast::test::game_world;
using holdfast::test::lines;
using holdfast::test::raw_database;
using holdfast::test::temporary_folder;

namespace {

template <class World> std::vector<table_schema> schemas_of() {
    World world;
    std::vector<table_schema> made;
    for (const auto* table : holdfast::tables_of(world).value()) made.push_back(schema_of(table->description()));
    return made;
}

/// A file with the tables of `World`, made by the statements under test.
template <class World> struct created {
    created() {
        db.run("BEGIN");
        for (const table_schema& table : schemas_of<World>())
            for (const std::string& sql : create_statements(table)) db.run(sql);
        db.run("COMMIT");
    }
    temporary_folder folder;
    raw_database db{(folder / "world.db")};

    lines columns(const std::string& table) {
        return db.rows("SELECT name, type, \"notnull\", dflt_value, pk FROM pragma_table_info('" + table + "')");
    }
    lines references(const std::string& table) {
        return db.rows("SELECT \"from\", \"table\", \"to\", on_delete, on_update FROM pragma_foreign_key_list('" +
                       table + "') ORDER BY 1");
    }
    /// Each index as its columns, whether it is unique, and whether a constraint made it.
    lines indexes(const std::string& table) {
        return db.rows("SELECT (SELECT group_concat(name, ' ') FROM pragma_index_info(list.name)) AS columns, "
                       "\"unique\", origin FROM pragma_index_list('" +
                       table + "') AS list ORDER BY 1, 2");
    }
};

} // namespace

TEST_CASE("a created table has the columns of its struct, with keys, NOT NULL and the initializers as defaults") {
    created<game_world> file;
    CHECK(file.columns("characters") == lines{
                                            "'character_id' | 'INTEGER' | 1 | NULL | 1",
                                            "'account_id' | 'INTEGER' | 1 | '0' | 0",
                                            "'character_name' | 'TEXT' | 1 | '''' | 0",
                                            "'level' | 'INTEGER' | 1 | '1' | 0",
                                            "'experience' | 'INTEGER' | 1 | '0' | 0",
                                            "'str' | 'INTEGER' | 1 | '10' | 0",
                                            "'dex' | 'INTEGER' | 1 | '10' | 0",
                                            "'gold' | 'INTEGER' | 1 | '0' | 0",
                                            "'position_x' | 'REAL' | 0 | '0.0' | 0",
                                            "'position_y' | 'REAL' | 0 | '0.0' | 0",
                                            "'position_z' | 'REAL' | 0 | '0.0' | 0",
                                            "'map_id' | 'TEXT' | 1 | '''' | 0",
                                            "'last_login' | 'INTEGER' | 0 | NULL | 0",
                                        });
    CHECK(file.columns("inventory") == lines{
                                           "'inventory_id' | 'INTEGER' | 1 | NULL | 1",
                                           "'character_id' | 'INTEGER' | 1 | '0' | 0",
                                           "'item_id' | 'TEXT' | 1 | '''' | 0",
                                           "'slot' | 'INTEGER' | 1 | '0' | 0",
                                           "'quantity' | 'INTEGER' | 1 | '1' | 0",
                                           "'properties' | 'TEXT' | 0 | NULL | 0",
                                       });
    CHECK(file.columns("guild_members").back() == "'rank' | 'TEXT' | 1 | ''member'' | 0");
}

TEST_CASE("a created table has the indexes that its options name") {
    created<game_world> file;
    CHECK(file.indexes("characters") ==
          lines{"'account_id' | 0 | 'c'", "'character_name' | 1 | 'u'", "'map_id' | 0 | 'c'"});
    CHECK(file.indexes("inventory") == lines{"'character_id' | 0 | 'c'", "'character_id slot' | 0 | 'c'"});
    CHECK(file.indexes("skills") == lines{"'character_id' | 0 | 'c'", "'character_id skill_name' | 1 | 'u'"});
    CHECK(file.indexes("guilds") == lines{"'guild_name' | 1 | 'u'", "'leader_id' | 0 | 'c'"});
    CHECK(file.db.rows("SELECT name FROM sqlite_schema WHERE type = 'index' AND name LIKE 'idx%' AND tbl_name = "
                       "'inventory' ORDER BY 1") ==
          lines{"'idx_inventory.character_id'", "'idx_inventory.character_id, slot'"});
}

TEST_CASE("a created table has the foreign keys that its options name") {
    created<game_world> file;
    CHECK(file.references("characters").empty());
    CHECK(file.references("skills") ==
          lines{"'character_id' | 'characters' | 'character_id' | 'CASCADE' | 'NO ACTION'"});
    CHECK(file.references("guilds") ==
          lines{"'leader_id' | 'characters' | 'character_id' | 'NO ACTION' | 'NO ACTION'"});
    CHECK(file.references("guild_members") ==
          lines{"'character_id' | 'characters' | 'character_id' | 'CASCADE' | 'NO ACTION'",
                "'guild_id' | 'guilds' | 'guild_id' | 'CASCADE' | 'NO ACTION'"});
}

TEST_CASE("SQLite itself keeps the rules of a created table") {
    created<game_world> file;
    file.db.run("PRAGMA foreign_keys = ON; INSERT INTO characters (character_id, character_name) VALUES (1, 'Aria')");
    CHECK(file.db.row("SELECT level, str, gold, map_id, position_x, last_login FROM characters") ==
          "1 | 10 | 0 | '' | 0 | NULL");
    for (const char* sql : {"INSERT INTO characters (character_id, character_name) VALUES (1, 'Bob')",
                            "INSERT INTO characters (character_name) VALUES ('Aria')",
                            "INSERT INTO characters (character_name) VALUES (NULL)",
                            "INSERT INTO characters (character_name, gold) VALUES ('Bob', -1)",
                            "INSERT INTO skills (character_id, skill_name) VALUES (2, 'bow')"})
        CHECK_THROWS(file.db.run(sql));
    file.db.run("INSERT INTO skills (character_id, skill_name) VALUES (1, 'bow'), (1, 'axe')");
    CHECK_THROWS(file.db.run("INSERT INTO skills (character_id, skill_name) VALUES (1, 'bow')"));
    file.db.run("DELETE FROM characters");
    CHECK(file.db.row("SELECT count(*) FROM skills") == "0");
}

TEST_CASE("a created file read back has no differences") {
    created<game_world> file;
    auto db = connection::open(file.folder / "world.db", connection::mode::read_only).value();
    for (const table_schema& wanted : schemas_of<game_world>()) {
        const auto have = holdfast::read_table(db, wanted.name).value();
        REQUIRE(have);
        CHECK(holdfast::differences(wanted, *have, file_origin::ours).empty());
        CHECK(holdfast::differences(wanted, *have, file_origin::adopted).empty());
    }
}

namespace {

struct pair_key {
    std::string b{};
    std::int64_t plain = 0;
    holdfast::uuid a{};
    std::optional<std::string> note{};
    std::optional<std::int64_t> other{};
};
struct odd_world {
    holdfast::table<pair_key, holdfast::primary_key<&pair_key::a, &pair_key::b>, holdfast::unique<&pair_key::plain>,
                    holdfast::at_least<&pair_key::plain, -5>,
                    holdfast::references<&pair_key::other, &pair_key::plain, "order", holdfast::on_delete::set_null>>
        order; // a word of SQL
};

} // namespace

TEST_CASE("a key of several columns keeps their order, and names that are words of SQL are quoted") {
    created<odd_world> file;
    CHECK(file.columns("order") == lines{"'b' | 'TEXT' | 1 | NULL | 2", "'plain' | 'INTEGER' | 1 | '0' | 0",
                                         "'a' | 'BLOB' | 1 | NULL | 1", "'note' | 'TEXT' | 0 | NULL | 0",
                                         "'other' | 'INTEGER' | 0 | NULL | 0"});
    CHECK(file.indexes("order") == lines{"'a b' | 1 | 'pk'", "'other' | 0 | 'c'", "'plain' | 1 | 'u'"});
    CHECK(file.references("order") == lines{"'other' | 'order' | 'plain' | 'SET NULL' | 'NO ACTION'"});
    CHECK_THROWS(file.db.run("INSERT INTO \"order\" VALUES ('b', -6, 'a', NULL, NULL)"));
    file.db.run("INSERT INTO \"order\" VALUES ('b', -5, 'a', NULL, NULL)");

    auto db = connection::open(file.folder / "world.db", connection::mode::read_only).value();
    const auto wanted = schemas_of<odd_world>().front();
    CHECK(holdfast::differences(wanted, *holdfast::read_table(db, "order").value(), file_origin::ours).empty());
}

namespace {

struct guild_row {
    std::int64_t id = 0;
    std::int64_t members_id = 0;
};
struct guild_members_row {
    std::int64_t key = 0;
    std::int64_t id = 0;
};
struct close_names_world {
    holdfast::table<guild_row, holdfast::primary_key<&guild_row::id>, holdfast::index<&guild_row::members_id>> guild;
    holdfast::table<guild_members_row, holdfast::primary_key<&guild_members_row::key>,
                    holdfast::index<&guild_members_row::id>>
        guild_members;
};

} // namespace

TEST_CASE("regression: two indexes whose tables and columns read alike have different names") {
    // idx_guild_members_id was that of guild (members_id) and of guild_members (id).
    CHECK_NOTHROW(created<close_names_world>());
}
