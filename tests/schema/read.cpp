// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/schema/read.hpp: a file's schema, however it was written.
#include <holdfast/schema.hpp>

#include "support/catch.hpp"

using holdfast::read_table;
using holdfast::table_schema;
using holdfast::sqlite::connection;

namespace {

using names = std::vector<std::string>;

struct file_with {
    explicit file_with(const std::string& sql) { db.run(sql).value(); }
    table_schema table(const std::string& name) {
        auto found = read_table(db, name).value();
        REQUIRE(found);
        return *found;
    }
    connection db = connection::open(":memory:", connection::mode::create).value();
};

} // namespace

TEST_CASE("a table that is not there is not found") {
    file_with file("CREATE TABLE a (x); CREATE INDEX b ON a (x)");
    CHECK_FALSE(read_table(file.db, "nothing").value());
    CHECK_FALSE(read_table(file.db, "b").value());
    CHECK_FALSE(read_table(file.db, "").value());
}

TEST_CASE("a table is found in any case of letters and keeps its own") {
    file_with file("CREATE TABLE Characters (Id INTEGER PRIMARY KEY)");
    const table_schema table = file.table("characters");
    CHECK(table.name == "Characters");
    CHECK(table.columns.at(0).name == "Id");
}

TEST_CASE("columns are read with type, default, key and NOT NULL") {
    file_with file("CREATE TABLE a (id INT, \"the name\" VARCHAR(20) NOT NULL DEFAULT 'x''y', y REAL DEFAULT (1 + 2), "
                   "untyped, PRIMARY KEY (y, id))");
    const table_schema table = file.table("a");
    REQUIRE(table.columns.size() == 4);
    CHECK(table.columns[0].type == "INT");
    CHECK(table.columns[0].key_position == 2);
    CHECK(table.columns[1].name == "the name");
    CHECK(table.columns[1].type == "VARCHAR(20)");
    CHECK(table.columns[1].not_null);
    CHECK(table.columns[1].default_value == "'x''y'");
    CHECK_FALSE(table.columns[2].not_null);
    CHECK(table.columns[2].default_value == "1 + 2");
    CHECK(table.columns[3].type.empty());
    CHECK(table.columns[3].default_value.empty());
    CHECK(table.primary_key() == names{"y", "id"});
    REQUIRE(table.column("untyped") != nullptr);
    CHECK(table.column("nothing") == nullptr);
}

TEST_CASE("columns that SQLite computes are marked") {
    file_with file("CREATE TABLE a (x, twice AS (x * 2), stored AS (x * 3) STORED)");
    const table_schema table = file.table("a");
    REQUIRE(table.columns.size() == 3);
    CHECK_FALSE(table.columns[0].generated);
    CHECK(table.columns[1].generated);
    CHECK(table.columns[2].generated);
}

TEST_CASE("indexes are read in the order they were made, the primary key's left out") {
    file_with file("CREATE TABLE a (x TEXT PRIMARY KEY, y UNIQUE, z, UNIQUE (z, y)); CREATE INDEX i ON a (z);"
                   "CREATE UNIQUE INDEX u ON a (z, x)");
    const table_schema table = file.table("a");
    REQUIRE(table.indexes.size() == 4);
    CHECK(table.indexes[0].columns == names{"y"});
    CHECK(table.indexes[0].unique);
    CHECK(table.indexes[1].columns == names{"z", "y"});
    CHECK(table.indexes[2].columns == names{"z"});
    CHECK_FALSE(table.indexes[2].unique);
    CHECK(table.indexes[3].columns == names{"z", "x"});
    CHECK(table.indexes[3].unique);
}

TEST_CASE("indexes over some rows or over expressions are marked") {
    file_with file("CREATE TABLE a (x, y); CREATE UNIQUE INDEX some ON a (x) WHERE y > 0;"
                   "CREATE UNIQUE INDEX folded ON a (lower(x)); CREATE UNIQUE INDEX whole ON a (y)");
    const table_schema table = file.table("a");
    REQUIRE(table.indexes.size() == 3);
    CHECK(table.indexes[0].partial);
    CHECK(table.indexes[1].partial);
    CHECK_FALSE(table.indexes[2].partial);
}

TEST_CASE("foreign keys are read in the order they were written, with their columns in order") {
    file_with file("CREATE TABLE p (a, b, PRIMARY KEY (a, b));"
                   "CREATE TABLE c (x REFERENCES p ON DELETE CASCADE, y, z,"
                   "FOREIGN KEY (z, y) REFERENCES p (b, a) ON DELETE SET NULL)");
    const table_schema table = file.table("c");
    REQUIRE(table.foreign_keys.size() == 2);
    CHECK(table.foreign_keys[0].columns == names{"x"});
    CHECK(table.foreign_keys[0].parent == "p");
    CHECK(table.foreign_keys[0].parent_columns == names{""});
    CHECK(table.foreign_keys[0].on_delete == "CASCADE");
    CHECK(table.foreign_keys[1].columns == names{"z", "y"});
    CHECK(table.foreign_keys[1].parent_columns == names{"b", "a"});
    CHECK(table.foreign_keys[1].on_delete == "SET NULL");
}

TEST_CASE("triggers and views are seen") {
    file_with file("CREATE TABLE a (x); CREATE TRIGGER on_a AFTER INSERT ON a BEGIN SELECT 1; END;"
                   "CREATE TABLE other (x); CREATE TRIGGER on_other AFTER INSERT ON other BEGIN SELECT 1; END;"
                   "CREATE VIEW v AS SELECT x FROM a");
    CHECK(file.table("a").triggers == names{"on_a"});
    CHECK(file.table("v").sql.empty());
    CHECK_FALSE(file.table("a").sql.empty());
}

TEST_CASE("indexes and keys that do not compare byte by byte are marked") {
    file_with file(
        "CREATE TABLE a (x TEXT PRIMARY KEY COLLATE NOCASE, y UNIQUE, z TEXT COLLATE RTRIM UNIQUE);"
        "CREATE TABLE b (x TEXT PRIMARY KEY, y COLLATE NOCASE); CREATE UNIQUE INDEX i ON b (y COLLATE BINARY)");
    const table_schema a = file.table("a");
    CHECK(a.key_index.nocase == std::vector<std::string>{"x"});
    CHECK_FALSE(a.key_index.not_binary);
    REQUIRE(a.indexes.size() == 2);
    CHECK_FALSE(a.indexes[0].not_binary);
    CHECK(a.indexes[1].not_binary);
    const table_schema b = file.table("b");
    CHECK(b.key_index.nocase.empty());
    CHECK_FALSE(b.key_index.not_binary);
    CHECK_FALSE(b.indexes.at(0).not_binary);
}

TEST_CASE("strict tables are marked") {
    file_with file("CREATE TABLE a (x INTEGER) STRICT; CREATE TABLE b (x INTEGER)");
    CHECK(file.table("a").strict);
    CHECK_FALSE(file.table("b").strict);
}

TEST_CASE("columns of other tables that refer to ours are found") {
    file_with file("CREATE TABLE ours (id INTEGER PRIMARY KEY, up REFERENCES ours (id));"
                   "CREATE TABLE also (id INTEGER PRIMARY KEY, x REFERENCES ours (id));"
                   "CREATE TABLE theirs (y REFERENCES Ours (id) ON DELETE CASCADE, z REFERENCES other (id));"
                   "CREATE TABLE other (id INTEGER PRIMARY KEY)");
    const auto from_outside = [&](const std::vector<std::string>& own) {
        names found;
        for (const auto& one : holdfast::references_from_outside(file.db, own).value())
            found.push_back(holdfast::words({one.table, ".", one.column, " refers to ", one.parent}));
        return found;
    };
    CHECK(from_outside({"ours", "also"}) == names{"theirs.y refers to Ours"});
    CHECK(from_outside({"other"}) == names{"theirs.z refers to other"});
    CHECK(from_outside({}).empty());
}

TEST_CASE("a declared type has the affinity that SQLite gives it") {
    using holdfast::affinity;
    using holdfast::affinity_of;
    for (const char* type : {"INTEGER", "INT", "bigint", "UNSIGNED BIG INT", "CHARINT", "POINT"})
        CHECK(affinity_of(type) == affinity::integer);
    for (const char* type : {"TEXT", "VARCHAR(20)", "NCHAR", "clob", "BLOBTEXT"})
        CHECK(affinity_of(type) == affinity::text);
    for (const char* type : {"", "BLOB", "blob", "REALBLOB"}) CHECK(affinity_of(type) == affinity::blob);
    for (const char* type : {"REAL", "DOUBLE PRECISION", "FLOAT"}) CHECK(affinity_of(type) == affinity::real);
    for (const char* type : {"NUMERIC", "DECIMAL(10,5)", "BOOLEAN", "DATE", "TIMESTAMP", "STRING"})
        CHECK(affinity_of(type) == affinity::numeric);
}
