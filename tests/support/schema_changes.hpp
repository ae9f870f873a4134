// SPDX-License-Identifier: MIT
/// @file
/// A table as the library makes it, and every way in which it can differ in a file.
#pragma once

#include <holdfast/world.hpp>

#include <stdexcept>
#include <string>
#include <vector>

namespace holdfast::test {

struct thing {
    std::int64_t id = 0;
    std::string name{};
    std::int32_t level = 1;
    std::optional<std::int64_t> owner{};
    std::vector<std::byte> data{};
};
struct things_world {
    table<thing, primary_key<&thing::id>, unique<&thing::name>, index<&thing::level>, at_least<&thing::level, 0>,
          references<&thing::owner, &thing::id, "things", on_delete::cascade>>
        things;
};

/// What the library itself makes of `things`, to be changed in one place.
inline const std::string our_table = R"sql(CREATE TABLE "things" (
    "id" INTEGER PRIMARY KEY NOT NULL,
    "name" TEXT NOT NULL DEFAULT '',
    "level" INTEGER NOT NULL DEFAULT 1,
    "owner" INTEGER,
    "data" BLOB NOT NULL DEFAULT X'',
    UNIQUE ("name"),
    CHECK ("level" >= 0),
    FOREIGN KEY ("owner") REFERENCES "things" ("id") ON DELETE CASCADE
))sql";
inline const std::string our_indexes = ";CREATE INDEX idx_things_level ON things (level);"
                                       "CREATE INDEX idx_things_owner ON things (owner);";

/// Our table with `from` replaced, and with `more` statements behind it.
struct schema_change {
    const char* what;
    std::string from;
    std::string to;
    std::string more;
    std::string named; ///< What the difference must say.
    bool adopted_too;  ///< Whether a file of somebody else's is refused for it as well.
    [[nodiscard]] std::string sql() const {
        std::string table = our_table;
        if (!from.empty()) {
            if (table.find(from) == std::string::npos) throw std::logic_error(what);
            table.replace(table.find(from), from.size(), to);
        }
        return table + our_indexes + more;
    }
};

inline const std::vector<schema_change> schema_changes{
    {"a missing column", ",\n    \"data\" BLOB NOT NULL DEFAULT X''", "", "", "things.data is not in the file", true},
    {"an extra column", "UNIQUE", "extra TEXT, UNIQUE", "", "things.extra is in the file and not in the struct", false},
    {"an extra column that no insert could fill", "UNIQUE", "extra TEXT NOT NULL, UNIQUE", "", "things.extra is", true},
    {"another type", "\"level\" INTEGER", "\"level\" TEXT", "",
     "things.level is TEXT in the file, the struct needs INTEGER", true},
    {"a number where text is needed", "\"name\" TEXT", "\"name\" INTEGER", "", "things.name is INTEGER", true},
    {"NOT NULL where the field may be empty", "\"owner\" INTEGER", "\"owner\" INTEGER NOT NULL", "",
     "things.owner is NOT NULL in the file", true},
    {"no NOT NULL where the field cannot be empty", "TEXT NOT NULL", "TEXT", "", "things.name may be NULL", false},
    {"another default", "DEFAULT 1", "DEFAULT 2", "", "things.level has the default 2 in the file", false},
    {"no default", " DEFAULT 1", "", "", "things.level has the default none in the file", false},
    {"another key", "INTEGER PRIMARY KEY NOT NULL", "INTEGER NOT NULL UNIQUE", "",
     "things has the primary key () in the file, the struct's is (id)", true},
    {"a missing unique constraint", "UNIQUE (\"name\"),", "", "", "things is not UNIQUE (name)", false},
    {"an extra unique constraint", "UNIQUE", "UNIQUE (level, name), UNIQUE", "", "things is UNIQUE (level, name)",
     true},
    {"an extra unique index", "", "", "CREATE UNIQUE INDEX u ON things (level)", "things is UNIQUE (level)", true},
    {"an extra unique index over some rows", "", "", "CREATE UNIQUE INDEX u ON things (name) WHERE level > 5",
     "things is UNIQUE (name) in the file, in part", true},
    {"an extra unique index over an expression", "", "", "CREATE UNIQUE INDEX u ON things (lower(name))",
     "in the file, in part", true},
    {"a missing index", "", "", "DROP INDEX idx_things_level", "things has no index (level)", false},
    {"a missing foreign key", ",\n    FOREIGN KEY (\"owner\") REFERENCES \"things\" (\"id\") ON DELETE CASCADE", "", "",
     "things.owner does not refer to things", false},
    {"a foreign key that does another thing", "ON DELETE CASCADE", "ON DELETE SET NULL", "",
     "ON DELETE SET NULL in the file", true},
    {"a foreign key to another table", "REFERENCES \"things\"", "REFERENCES \"others\"", "",
     "things.owner refers to others", true},
    {"a foreign key to another column", "\"things\" (\"id\")", "\"things\" (\"name\")", "",
     "things.owner refers to things (name)", true},
    {"an extra foreign key", "\"level\" INTEGER", "\"level\" INTEGER REFERENCES things (id)", "",
     "things.level refers to things (id)", true},
    {"a missing check", "CHECK (\"level\" >= 0),", "", "", "things has no CHECK (\"level\" >= 0)", false},
    {"another check", "\"level\" >= 0", "\"level\" >= 5", "", "things has a CHECK (\"level\" >= 5)", true},
    {"an extra check", "CHECK", "CHECK (\"level\" < 9), CHECK", "", "things has a CHECK (\"level\" < 9)", true},
    {"a unique constraint without regard to case", "UNIQUE (\"name\")", "UNIQUE (\"name\" COLLATE NOCASE)", "",
     "things.name is unique in the file without regard to the case of letters: add hf::nocase", true},
    {"a unique constraint by a comparison of another kind", "UNIQUE (\"name\")", "UNIQUE (\"name\" COLLATE RTRIM)", "",
     "by a comparison that is neither BINARY nor NOCASE", true},
    {"a trigger", "", "", "CREATE TRIGGER t AFTER UPDATE ON things BEGIN DELETE FROM things; END",
     "things has the trigger t", true},
    {"a column that SQLite computes", "\"level\" INTEGER NOT NULL DEFAULT 1", "\"level\" INTEGER AS (5)", "",
     "things.level is computed", true},
};

} // namespace holdfast::test
