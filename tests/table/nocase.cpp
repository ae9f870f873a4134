// SPDX-License-Identifier: MIT
/// @file
/// Tests of `nocase`: texts that are compared without regard to the case of ASCII letters, exactly as SQLite does.
#include <holdfast/holdfast.hpp>

#include "support/catch.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"
#include "support/words.hpp"

#include <random>

namespace hf = holdfast;
using namespace hf::test;
using hf::errc;

namespace {

const fake_clock standing_still;

struct hero {
    std::int64_t id = 0;
    std::string name{};
    std::string town{};
    std::optional<std::string> title{};
};
struct guild {
    std::string name{};
    std::int64_t points = 0;
    std::optional<std::string> ally{};
};
struct member {
    std::string guild{};
    std::string hero{};
    std::int32_t rank = 0;
};
struct world {
    hf::table<hero, hf::primary_key<&hero::id>, hf::auto_id<&hero::id>, hf::unique<&hero::name>, hf::index<&hero::town>,
              hf::unique<&hero::title>, hf::nocase<&hero::name>, hf::nocase<&hero::town>, hf::nocase<&hero::title>,
              hf::ordered<&hero::name>, hf::ordered<&hero::title>>
        heroes;
    hf::table<guild, hf::primary_key<&guild::name>, hf::nocase<&guild::name>, hf::nocase<&guild::ally>,
              hf::references<&guild::ally, &guild::name, "guilds", hf::on_delete::set_null>>
        guilds;
    hf::table<member, hf::primary_key<&member::guild, &member::hero>, hf::nocase<&member::guild>,
              hf::references<&member::guild, &guild::name, "guilds", hf::on_delete::cascade>>
        members;
};
struct ready : world {
    ready() { hf::prepare(static_cast<world&>(*this)).value(); }
};

/// What SQLite itself says of two texts, stored as the library stores them.
class sqlite_says {
public:
    sqlite_says() {
        REQUIRE(sqlite3_open(":memory:", &db_) == SQLITE_OK);
        REQUIRE(sqlite3_exec(db_, "CREATE TABLE t (a TEXT COLLATE NOCASE, b TEXT COLLATE NOCASE)", nullptr, nullptr,
                             nullptr) == SQLITE_OK);
        insert_ = prepared("INSERT INTO t VALUES (?1, ?2)");
        ask_ = prepared("SELECT a = b, a < b FROM t");
        clear_ = prepared("DELETE FROM t");
    }
    sqlite_says(const sqlite_says&) = delete;
    sqlite_says& operator=(const sqlite_says&) = delete;
    ~sqlite_says() {
        for (sqlite3_stmt* one : {insert_, ask_, clear_}) sqlite3_finalize(one);
        sqlite3_close(db_);
    }
    std::strong_ordering compare(const std::string& a, const std::string& b) {
        bind(1, a);
        bind(2, b);
        run(insert_);
        REQUIRE(sqlite3_step(ask_) == SQLITE_ROW);
        const auto answer = sqlite3_column_int(ask_, 0) != 0   ? std::strong_ordering::equal
                            : sqlite3_column_int(ask_, 1) != 0 ? std::strong_ordering::less
                                                               : std::strong_ordering::greater;
        sqlite3_reset(ask_);
        run(clear_);
        return answer;
    }

private:
    sqlite3_stmt* prepared(const char* sql) {
        sqlite3_stmt* made = nullptr;
        REQUIRE(sqlite3_prepare_v2(db_, sql, -1, &made, nullptr) == SQLITE_OK);
        return made;
    }
    void bind(int at, const std::string& text) {
        const auto size = static_cast<int>(text.size());
        if (hf::is_utf8(text))
            sqlite3_bind_text(insert_, at, text.data(), size, SQLITE_STATIC);
        else
            sqlite3_bind_blob(insert_, at, text.data(), size, SQLITE_STATIC);
    }
    static void run(sqlite3_stmt* which) {
        REQUIRE(sqlite3_step(which) == SQLITE_DONE);
        sqlite3_reset(which);
    }

    sqlite3* db_ = nullptr;
    sqlite3_stmt* insert_ = nullptr;
    sqlite3_stmt* ask_ = nullptr;
    sqlite3_stmt* clear_ = nullptr;
};

std::string random_text(std::mt19937& random) {
    static const std::vector<std::string> parts{
        "a", "A", "z", "Z", "@", "[", "`", "{", "_", std::string(1, '\0'), "\xc3\xa9", "\xc3\x89", "\xff", "\x80"};
    std::string text;
    for (std::size_t i = random() % 4; i > 0; --i) text += parts[random() % parts.size()];
    return text;
}

} // namespace

TEST_CASE("a unique nocase text is taken in every case and is found in every case") {
    ready w;
    const auto aria = w.heroes.insert({.name = "Aria"}).value();
    CHECK(w.heroes.insert({.name = "ARIA"}).why().code == errc::taken);
    CHECK(w.heroes.find_by<&hero::name>("aRIa") == aria);
    CHECK(w.heroes.find_by<&hero::name>(std::string("ARIA")) == aria);
    CHECK(w.heroes.find_by<&hero::name>(std::string_view("aria")) == aria);
    CHECK_FALSE(w.heroes.find_by<&hero::name>("Ari"));
    CHECK(w.heroes.insert({.name = "\xc3\xa9"}));
    CHECK(w.heroes.insert({.name = "\xc3\x89"})); // only ASCII letters have no case
    CHECK(w.heroes.insert({.name = "[aria"}));
    CHECK(w.heroes.insert({.name = "{aria"}));
}

TEST_CASE("a row may change the case of its own text") {
    ready w;
    const auto aria = w.heroes.insert({.name = "aria"}).value();
    const auto bob = w.heroes.insert({.name = "bob"}).value();
    CHECK(w.heroes.set<&hero::name>(aria, "Aria"));
    CHECK(aria->name == "Aria");
    CHECK(w.heroes.set<&hero::name>(bob, "ARIA").why().code == errc::taken);
    CHECK(w.heroes.find_by<&hero::name>("ARIA") == aria);
}

TEST_CASE("an index without case finds all cases and an ordered one walks them together") {
    ready w;
    for (const char* name : {"b", "A", "C", "a2", "B2"})
        w.heroes.insert({.name = name, .town = name[0] == 'b' || name[0] == 'B' ? name : "Ulm"}).value();
    w.heroes.set<&hero::town>(w.heroes.find(5), "B");
    CHECK(w.heroes.where<&hero::town>("b").collect().size() == 2);
    CHECK(w.heroes.where<&hero::town>("uLM").collect().size() == 3);
    std::string walked;
    for (const auto each : w.heroes.ordered_by<&hero::name>()) walked += each->name + " ";
    CHECK(walked == "A a2 b B2 C ");
    CHECK(w.heroes.ordered_by<&hero::name>().from("B").below("c").collect().size() == 2);
    CHECK((*w.heroes.ordered_by<&hero::name>().at("c").begin())->name == "C");
}

TEST_CASE("an optional nocase text may be empty in many rows") {
    ready w;
    for (const char* name : {"a", "b", "c"}) w.heroes.insert({.name = name}).value();
    CHECK(w.heroes.set<&hero::title>(w.heroes.find(1), "Queen"));
    CHECK(w.heroes.set<&hero::title>(w.heroes.find(2), "QUEEN").why().code == errc::taken);
    CHECK(w.heroes.find_by<&hero::title>("queen") == w.heroes.find(1));
    CHECK(w.heroes.ordered_by<&hero::title>().at(std::nullopt).collect().size() == 2);
    CHECK((*w.heroes.ordered_by<&hero::title>().at("queeN").begin())->id == 1);
}

TEST_CASE("a nocase primary key and a part of one are found in every case") {
    ready w;
    w.guilds.insert({.name = "Owls"}).value();
    CHECK(w.guilds.insert({.name = "OWLS"}).why().code == errc::taken);
    CHECK(w.guilds.add<&guild::points>("owls", 3));
    CHECK(w.guilds.find("oWLS")->points == 3);
    w.members.insert({"OWLS", "Bob", 1}).value();
    CHECK(w.members.insert({"owls", "Bob", 1}).why().code == errc::taken);
    CHECK(w.members.insert({"owls", "bob", 1})); // this part has its case
    CHECK(w.members.set<&member::rank>(hf::key("oWls", "bob"), 7));
    CHECK(w.members.find("OWLs", "bob")->rank == 7);
    CHECK_FALSE(w.members.contains("owls", "BOB"));
    CHECK(w.members.insert({"eagles", "Bob", 1}).why().code == errc::reference);
    CHECK(w.guilds.erase("OWLS"));
    CHECK(w.members.empty());
}

TEST_CASE("regression: a row refers to itself in its own case only, because SQLite refuses any other") {
    ready w;
    CHECK(w.guilds.insert({.name = "Owls", .ally = "owls"}).why().code == errc::reference);
    CHECK(w.guilds.insert({.name = "Owls", .ally = "Owls"}));
    CHECK(w.guilds.insert({.name = "Bears", .ally = "OWLS"}));
    CHECK(w.guilds.set<&guild::ally>("bears", "BEARS").why().code == errc::reference);
    CHECK(w.guilds.set<&guild::ally>("bears", "Bears"));
    CHECK(w.guilds.erase("bears"));
    CHECK(w.guilds.erase("OWLS"));
}

TEST_CASE("texts without case are equal and in order exactly as SQLite has it") {
    sqlite_says sqlite;
    std::mt19937 random(seed());
    for (int i = 0; i < 5'000; ++i) {
        const std::string a = random_text(random), b = random_text(random);
        INFO(hex_text(a) << " and " << hex_text(b));
        const hf::detail::nocase_view x{a}, y{b};
        const auto answer = sqlite.compare(a, b);
        REQUIRE((x == y) == (answer == 0));
        if (x == y) REQUIRE(x.hash() == y.hash());
        if (hf::is_utf8(a) == hf::is_utf8(b) && hf::is_utf8(a)) REQUIRE((x <=> y) == answer);
    }
}

TEST_CASE("regression: the order of texts without case holds for bytes that are not UTF-8 behind a NUL") {
    std::mt19937 random(seed());
    const auto less = [](const std::string& a, const std::string& b) {
        return hf::detail::nocase_view{a} < hf::detail::nocase_view{b};
    };
    std::vector<std::string> texts{std::string("a\0\x80\x80", 4), std::string("a\0\xc3\xa9", 4),
                                   std::string("a\0AB", 4)};
    for (int i = 0; i < 60; ++i) texts.push_back(random_text(random));
    for (const auto& a : texts)
        for (const auto& b : texts)
            for (const auto& c : texts) {
                if (less(a, b) && less(b, c) && !less(a, c))
                    FAIL("not transitive: " << hex_text(a + "|" + b + "|" + c));
                const bool equal = !less(a, b) && !less(b, a) && !less(b, c) && !less(c, b);
                if (equal && (less(a, c) || less(c, a))) FAIL("equality: " << hex_text(a + "|" + b + "|" + c));
            }
}

TEST_CASE("random texts without case are taken in memory when they are in the file and come back") {
    const temporary_folder folder;
    std::mt19937 random(seed());
    auto db = hf::open<world>(folder / "world.db", options_with(standing_still)).value();
    for (int i = 0; i < 3'000; ++i) {
        const std::string name = random_text(random);
        const auto there = db->guilds.find(name);
        switch (random() % 4) {
        case 0:
            if (there) db->guilds.erase(there).value();
            break; // and perhaps at once again in another case
        case 1:
            if (there) db->guilds.set<&guild::points>(there, i);
            break;
        case 2:
            if (there && db->guilds.contains("a"))
                static_cast<void>(db->guilds.set<&guild::ally>(there, random() % 2 ? "A" : "a"));
            break;
        default: {
            const auto made = db->guilds.insert({.name = name, .points = i});
            REQUIRE((made || there));
        }
        }
        if (i % 16 == 0) db.commit();
        if (i % 512 == 0) save(db);
        if (random() % 8 == 0 && db->guilds.contains(name)) {
            const auto made = db->members.insert({name, "x", i});
            REQUIRE((made || db->members.contains(name, "x")));
        }
    }
    db.commit();
    const auto before = memory_lines(*db);
    close_and_compare(db, folder / "world.db");
    auto again = hf::open<world>(folder / "world.db", options_with(standing_still)).value();
    CHECK(memory_lines(*again) == before);
    REQUIRE(again.close(long_enough).complete());
}

TEST_CASE("the file's columns are NOCASE for other programs too") {
    const temporary_folder folder;
    auto db = hf::open<world>(folder / "world.db", options_with(standing_still)).value();
    db->heroes.insert({.name = "Aria", .town = "Ulm", .title = "Queen"}).value();
    db.commit();
    close_and_compare(db, folder / "world.db");
    raw_database file(folder / "world.db");
    CHECK(file.row("SELECT count(*) FROM heroes WHERE name = 'ARIA' AND town = 'ULM' AND title = 'qUEEN'") == "1");
    CHECK_THROWS(file.run("INSERT INTO heroes (name, town) VALUES ('aria', '')"));
}
