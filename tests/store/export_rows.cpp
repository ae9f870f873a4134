// SPDX-License-Identifier: MIT
/// @file
/// Tests of exports: a row as it was, with all that refers to it, as SQL that makes it again.
#include "store/five_hours.hpp"
#include "support/raw_database.hpp"
#include "support/words.hpp"

namespace hf = holdfast;
namespace fs = std::filesystem;
using namespace holdfast::test;
using namespace holdfast::test::hours;

namespace {

/// An empty database with the tables of another one.
void make_empty_like(const std::string& path, const std::string& of) {
    raw_database from(of), to(path);
    for (const std::string& sql :
         from.rows("SELECT sql FROM sqlite_schema WHERE sql NOT NULL AND name NOT LIKE 'hold%'"))
        to.run(sql.substr(1, sql.size() - 2));
}

} // namespace

TEST_CASE("an export is a row as it was, with everything that refers to it") {
    five_hours it(2);
    const hf::tick wanted = it.past.rbegin()->first - 30;
    REQUIRE(it.restore(hf::restore_point::at_tick(wanted)));
    raw_database then(it.folder / "then.db");
    const lines owners = then.rows("SELECT owner FROM items GROUP BY owner HAVING count(*) > 1 LIMIT 1");
    REQUIRE(owners.size() == 1);
    const std::string is = "id = " + owners[0], of = "owner = " + owners[0];
    const auto made =
        hf::export_rows(it.path, "heroes", is, hf::restore_point::at_tick(wanted), it.folder / "hero.sql", it.chosen);
    INFO((made ? std::string() : made.why().message()));
    REQUIRE(made);
    CHECK(made->from.restored == wanted);
    make_empty_like(it.folder / "copy.db", it.folder / "then.db");
    raw_database copy(it.folder / "copy.db");
    copy.run(bytes_of_file(it.folder / "hero.sql"));
    CHECK(copy.rows("SELECT * FROM heroes") == then.rows("SELECT * FROM heroes WHERE " + is));
    CHECK(copy.rows("SELECT * FROM items") == then.rows("SELECT * FROM items WHERE " + of));
    CHECK(made->rows == 1 + copy.rows("SELECT * FROM items").size());
    std::size_t files = 0;
    for (const auto& one : fs::directory_iterator(it.folder.path()))
        files += one.path().string().find("hero") != std::string::npos ? 1u : 0u;
    CHECK(files == 1); // nothing else is left
}

TEST_CASE("values come back from an export as they were, and references lead on and on") {
    const temporary_folder folder;
    raw_database db(folder / "any.db");
    db.run(
        "CREATE TABLE guilds (name TEXT PRIMARY KEY, motto) WITHOUT ROWID; CREATE TABLE heroes (id INTEGER PRIMARY KEY, guild TEXT "
        "REFERENCES guilds, x REAL, twice AS (x * 2)); CREATE TABLE pets (id INTEGER PRIMARY KEY, hero REFERENCES "
        "heroes (id), friend REFERENCES pets (id)); CREATE TABLE others (id INTEGER PRIMARY KEY); CREATE TABLE marks (hero REFERENCES heroes (id), "
        "\"the mark\" TEXT, PRIMARY KEY (\"the mark\", hero)) WITHOUT ROWID;"
        "INSERT INTO guilds VALUES ('it''s', CAST(x'610062' AS TEXT)), ('no', x'00ff');"
        "INSERT INTO heroes (id, guild, x) VALUES (1, 'it''s', 9e999), (2, 'it''s', -9e999), (3, 'no', 0.1);"
        "INSERT INTO pets VALUES (1, 1, 2), (2, NULL, 1), (3, 3, 2), (4, 3, NULL); INSERT INTO others VALUES (5);"
        "INSERT INTO marks VALUES (1, 'a'), (1, 'b'), (2, 'a'), (3, 'a')");
    std::string text;
    const auto pick = [&](const char* table, const char* where) -> hf::result<std::uint64_t> {
        auto open = hf::sqlite::connection::open(folder / "any.db", hf::sqlite::connection::mode::existing).value();
        hf::detail::row_export rows(open);
        if (auto ok = rows.pick(table, where); !ok) return ok.why();
        return rows.write(text);
    };
    CHECK(pick("guilds", "name LIKE 'it%'").value() == 9);
    CHECK(pick("guilds", "name = 'nobody'").why().code == hf::errc::not_found);
    CHECK(pick("guild", "true").why().code == hf::errc::not_found);
    const auto refused = pick("heroes", "nmae = 3");
    CHECK(refused.why().code == hf::errc::refused);
    CHECK(mentions_all(refused.why().detail, "nmae = 3", "no such column"));
    make_empty_like(folder / "copy.db", folder / "any.db");
    raw_database copy(folder / "copy.db");
    copy.run(text);
    CHECK(copy.rows("SELECT * FROM guilds") == db.rows("SELECT * FROM guilds WHERE name <> 'no'"));
    CHECK(copy.rows("SELECT * FROM heroes") == db.rows("SELECT * FROM heroes WHERE id < 3"));
    CHECK(copy.rows("SELECT * FROM pets") == db.rows("SELECT * FROM pets WHERE id < 4"));
    CHECK(copy.rows("SELECT * FROM marks") == db.rows("SELECT * FROM marks WHERE hero < 3"));
    CHECK(copy.rows("SELECT * FROM others").empty());
}

TEST_CASE("an export that cannot be made leaves no file") {
    five_hours it(1);
    for (const char* const where : {"id = 999", "nmae = 3", "id = (("}) {
        const auto failed =
            hf::export_rows(it.path, "heroes", where, hf::restore_point::newest(), it.folder / "hero.sql", it.chosen);
        REQUIRE_FALSE(failed);
        CHECK(mentions(failed.why().detail, "hero.sql"));
        CHECK_FALSE(fs::exists(it.folder / "hero.sql"));
        CHECK_FALSE(fs::exists(it.folder / "hero.sql.holdfast-whole.db"));
    }
    write_file(it.folder / "hero.sql", "mine");
    CHECK(hf::export_rows(it.path, "heroes", "true", hf::restore_point::newest(), it.folder / "hero.sql", it.chosen)
              .why()
              .code == hf::errc::refused);
    CHECK(bytes_of_file(it.folder / "hero.sql") == "mine");
}
