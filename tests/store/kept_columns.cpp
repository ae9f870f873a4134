// SPDX-License-Identifier: MIT
/// @file
/// Tests of columns that the table keeps, of those with a name of their own, and of fields in memory only.
#include <holdfast/holdfast.hpp>

#include "support/catch.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"
#include "support/words.hpp"
#include "table/recording.hpp"

namespace hf = holdfast;
using namespace hf::test;
using hf::errc;
using hf::error;
using hf::result;
using std::chrono::seconds;
using std::chrono::sys_seconds;
using time_point = std::chrono::system_clock::time_point;

namespace {

constexpr std::int64_t start_seconds = 1'700'000'000; // where a fake clock begins
sys_seconds at(int after) { return sys_seconds(seconds(start_seconds + after)); }

struct place {
    double x = 0, y = 0;
};
struct counters {
    int hits = 3;
    std::vector<int> list{1, 2};
};
struct hero {
    std::int64_t id = 0;
    std::string name{"hero"};
    time_point made{};
    sys_seconds touched{};
    std::optional<std::int64_t> leader{};
    void* session = nullptr;
    int class_ = 1;
    std::vector<int> path{7};
    place pos{};
    std::int32_t clicks = 5;
    std::string scratch{"initial text that is too long to lie in the string itself"};
    counters seen{};
    place home{};
    std::int64_t gold = 0;
    std::optional<std::int32_t> seat{};
};
struct world {
    hf::table<hero, hf::primary_key<&hero::id>, hf::auto_id<&hero::id>, hf::unique<&hero::name>,
              hf::created_at<&hero::made>, hf::updated_at<&hero::touched>, hf::ordered<&hero::touched>,
              hf::index<&hero::touched>, hf::references<&hero::leader, &hero::id, "heroes", hf::on_delete::set_null>,
              hf::transient<&hero::session>, hf::transient<&hero::path>, hf::transient<&hero::clicks>,
              hf::transient<&hero::scratch>, hf::transient<&hero::seen>, hf::transient<&hero::seat>,
              hf::unique<&hero::seat>, hf::index<&hero::clicks>, hf::column_name<&hero::class_, "class">,
              hf::column_name<&hero::pos, "position">, hf::column_name<hf::at<&hero::home, &place::y>, "home_north">>
        heroes;
};

struct game {
    temporary_folder folder{};
    fake_clock clock{};
    hf::store<world> db = hf::open<world>(folder / "world.db", options_with(clock)).value();
    hf::row<hero> bob = db->heroes.insert({.name = "Bob"}).value();

    void close() {
        db.commit();
        close_and_compare(db, folder / "world.db");
    }
    void reopen() {
        close();
        db = hf::open<world>(folder / "world.db", options_with(clock)).value();
        bob = db->heroes.find(1);
    }
};

} // namespace

TEST_CASE("an insert gets the time, and keeps one that it names as that of its making") {
    game g;
    CHECK(g.bob->made == at(0));
    CHECK(g.bob->touched == at(0));
    g.clock.advance(seconds(5));
    const auto old = g.db->heroes.insert({.name = "old", .made = at(-900), .touched = at(-800)}).value();
    CHECK(old->made == at(-900));
    CHECK(old->touched == at(5));
    const auto fresh = g.db->heroes.insert({.name = "fresh"}).value();
    CHECK(fresh->made == at(5));
    CHECK(fresh->touched == at(5));
    g.reopen();
    CHECK(g.bob->made == at(0));
    CHECK(g.db->heroes.find(2)->made == at(-900));
    CHECK(g.db->heroes.find(3)->touched == at(5));
}

TEST_CASE("regression: the times of one insert are one time") {
    struct event {
        std::int64_t id = 0;
        time_point made{};
        time_point touched{};
    };
    struct calendar {
        hf::table<event, hf::primary_key<&event::id>, hf::auto_id<&event::id>, hf::created_at<&event::made>,
                  hf::updated_at<&event::touched>>
            events;
    };
    struct hasty final : hf::clock {
        mutable std::atomic<std::int64_t> now{0};
        std::int64_t wall_us() const noexcept override { return ++now; }
        std::int64_t steady_ns() const noexcept override { return 0; }
    } time;
    auto db = hf::open<calendar>(":memory:", options_with(time)).value();
    const auto first = db->events.insert({}).value();
    CHECK(first->made == first->touched);
    const auto later = db->events.insert({}).value();
    CHECK(later->made == later->touched);
    CHECK(later->made > first->made);
}

TEST_CASE("an optional in memory only can be unique and is empty after a restart") {
    game g;
    g.db->heroes.set<&hero::seat>(g.bob, 3).value();
    REQUIRE(g.db->heroes.insert({.name = "Alice"}));
    CHECK(g.db->heroes.set<&hero::seat>(2, 3).why().code == errc::taken);
    g.reopen();
    CHECK(g.db->heroes.size() == 2);
    CHECK_FALSE(g.bob->seat);
}

TEST_CASE("rows are found and walked by the time of their last change") {
    game g;
    const auto alice = g.db->heroes.insert({.name = "Alice"}).value();
    g.clock.advance(seconds(2));
    g.db->heroes.set<&hero::gold>(g.bob, 5);
    CHECK(g.db->heroes.where<&hero::touched>(at(2)).collect() == std::vector{g.bob});
    CHECK(g.db->heroes.ordered_by<&hero::touched>().collect() == std::vector{alice, g.bob});
}

TEST_CASE("every kind of change is stamped and none of them changes when the row was made") {
    game g;
    auto& heroes = g.db->heroes;
    const auto alice = heroes.insert({.name = "Alice"}).value();
    int now = 0;
    const auto stamped = [&](auto&& change) {
        g.clock.advance(seconds(1));
        ++now;
        change();
        return g.bob->touched == at(now) && g.bob->made == at(0) && alice->touched == at(0);
    };
    CHECK(stamped([&] { heroes.set<&hero::gold>(g.bob, 1); }));
    CHECK(stamped([&] { heroes.set<&hero::gold>(1, 2).value(); }));
    CHECK(stamped([&] { heroes.set<&hero::pos, &place::x>(g.bob, 2); }));
    CHECK(stamped([&] { heroes.set<&hero::pos>(g.bob, place{3, 4}); }));
    CHECK(stamped([&] { heroes.set<&hero::name>(g.bob, "Rob").value(); }));
    CHECK(stamped([&] { heroes.add<&hero::gold>(g.bob, 5).value(); }));
    CHECK(stamped([&] { heroes.update<&hero::gold>(g.bob, [](std::int64_t& gold) { gold = 9; }); }));
    CHECK(stamped([&] { heroes.update(g.bob, [](hero& row) { row.class_ = 8; }).value(); }));
    CHECK(stamped([&] { heroes.set<&hero::leader>(g.bob, 2).value(); }));
    CHECK(stamped([&] {
        heroes
            .update_where<&hero::gold>([](const hero& row) { return row.id == 1; }, [](std::int64_t& gold) { ++gold; })
            .value();
    }));
    g.reopen();
    CHECK(g.bob->touched == at(now));
}

TEST_CASE("what changes nothing is not stamped") {
    game g;
    auto& heroes = g.db->heroes;
    g.clock.advance(seconds(1));
    heroes.set<&hero::gold>(g.bob, 0);
    heroes.add<&hero::gold>(g.bob, 0).value();
    heroes.update(g.bob, [](hero& row) { row.name = "Bob"; }).value();
    CHECK_FALSE(heroes.set<&hero::leader>(g.bob, 77));
    CHECK_FALSE(heroes.update(g.bob, [](hero& row) -> result<void> {
        row.gold = 7;
        return error{errc::refused, "no"};
    }));
    heroes.set<&hero::session>(g.bob, &g); // in memory only
    heroes.set<&hero::clicks>(g.bob, 6);
    heroes.update(g.bob, [](hero& row) { row.path.push_back(1); }).value();
    CHECK(g.bob->touched == at(0));
    CHECK(g.bob->path.size() == 2);
    heroes
        .update(g.bob,
                [](hero& row) {
                    row.clicks = 1;
                    row.gold = 1;
                })
        .value();
    CHECK(g.bob->touched == at(1));
}

TEST_CASE("a row that loses its reference by an erase is stamped") {
    game g;
    g.db->heroes.insert({.name = "follower", .leader = 1}).value();
    g.clock.advance(seconds(3));
    g.db->heroes.erase(1).value();
    const auto left = g.db->heroes.find(2);
    CHECK_FALSE(left->leader);
    CHECK(left->touched == at(3));
    CHECK(left->made == at(0));
    g.close();
}

TEST_CASE("a rollback restores the times") {
    game g;
    g.db->heroes.insert({.name = "follower", .leader = 1}).value();
    g.clock.advance(seconds(3));
    CHECK_FALSE(g.db.transact([&](world& w) -> result<void> {
        w.heroes.set<&hero::gold>(g.bob, 5);
        w.heroes.update(g.bob, [](hero& row) { row.name = "Rob"; }).value();
        CHECK(g.bob->touched == at(3));
        w.heroes.erase(g.bob).value();
        CHECK(w.heroes.find(2)->touched == at(3));
        return error{errc::refused, "no"};
    }));
    CHECK(g.bob->touched == at(0));
    CHECK(g.bob->name == "Bob");
    CHECK(g.db->heroes.find(2)->touched == at(0));
    CHECK(g.db->heroes.find(2)->leader == 1);
    g.close();
}

TEST_CASE("an update of the whole row cannot change the times or the id") {
    game g;
    const auto refused = [&](auto&& change, const char* what) {
        const auto done = g.db->heroes.update(g.bob, change);
        return !done && done.why().code == errc::refused && mentions(done.why().detail, what);
    };
    CHECK(refused([](hero& row) { row.made = at(9); }, "its made does not change"));
    CHECK(refused([](hero& row) { row.touched = at(9); }, "its touched does not change"));
    CHECK(refused([](hero& row) { row.id = 9; }, "its id does not change"));
    CHECK(g.bob->made == at(0));
    CHECK(g.bob->touched == at(0));
}

TEST_CASE("columns have the names that the options say and fields in memory only have none") {
    game g;
    g.db->heroes
        .update(g.bob,
                [](hero& row) {
                    row.class_ = 4;
                    row.pos = {1, 2};
                    row.home = {3, 4};
                })
        .value();
    g.close();
    const auto rows = [&](const std::string& sql) { return raw_database(g.folder / "world.db").rows(sql); };
    const lines names = rows("SELECT name FROM pragma_table_info('heroes')");
    CHECK(names == lines{"'id'", "'name'", "'made'", "'touched'", "'leader'", "'class'", "'position_x'", "'position_y'",
                         "'home_x'", "'home_north'", "'gold'"});
    CHECK(rows("SELECT class, position_x, position_y, home_x, home_north FROM heroes") == lines{"4 | 1 | 2 | 3 | 4"});
    CHECK(rows("SELECT name FROM sqlite_schema WHERE sql LIKE '%clicks%'").empty());
    g.db = hf::open<world>(g.folder / "world.db", options_with(g.clock)).value();
    g.bob = g.db->heroes.find(1);
    CHECK(g.bob->class_ == 4);
    CHECK(g.bob->home.y == 4);
    CHECK(mentions(g.db->heroes.set<&hero::name>(99, "x").why().detail, "heroes[id=99]"));
}

TEST_CASE("fields in memory only are what their initializers make them after opening again") {
    game g;
    auto& heroes = g.db->heroes;
    heroes.set<&hero::session>(g.bob, &g);
    heroes.set<&hero::path>(g.bob, std::vector<int>{1, 2, 3});
    heroes.set<&hero::clicks>(g.bob, 6);
    heroes.set<&hero::scratch>(g.bob, "other");
    heroes.update<&hero::seen>(g.bob, [](counters& seen) {
        seen.hits = 9;
        seen.list.clear();
    });
    CHECK(g.bob->session == &g);
    CHECK(g.bob->path.size() == 3);
    CHECK(g.bob->seen.hits == 9);
    CHECK(g.bob->seen.list.empty());
    CHECK(heroes.where<&hero::clicks>(6).collect().size() == 1);
    CHECK(heroes.where<&hero::clicks>(5).empty());
    g.reopen();
    CHECK(g.bob->session == nullptr);
    CHECK(g.bob->path == std::vector<int>{7});
    CHECK(g.bob->clicks == 5);
    CHECK(g.bob->scratch.starts_with("initial"));
    CHECK(g.bob->seen.hits == 3);
    CHECK(g.bob->seen.list == std::vector<int>{1, 2});
    CHECK(g.db->heroes.where<&hero::clicks>(5).collect().size() == 1);
}

TEST_CASE("a rollback restores fields in memory only") {
    game g;
    const auto before = *g.bob;
    const auto change = [&](world& w) {
        w.heroes.set<&hero::session>(g.bob, &g);
        w.heroes.set<&hero::path>(g.bob, std::vector<int>{1, 2, 3});
        w.heroes.set<&hero::clicks>(g.bob, 6);
        w.heroes.set<&hero::scratch>(g.bob, "other");
        w.heroes.update<&hero::seen>(g.bob, [](counters& seen) { seen.list = {9}; });
        w.heroes
            .update(g.bob,
                    [](hero& row) {
                        row.path.clear();
                        row.gold = 1;
                    })
            .value();
    };
    CHECK_FALSE(g.db.transact([&](world& w) -> result<void> {
        change(w);
        const auto nested = g.db.transact([&](world& inner) -> result<void> {
            inner.heroes.set<&hero::path>(g.bob, std::vector<int>{4});
            inner.heroes.erase(g.bob).value();
            return error{errc::refused, "no"};
        });
        CHECK_FALSE(nested);
        CHECK(g.bob->path.empty());
        CHECK(g.bob->seen.list == std::vector<int>{9});
        return error{errc::refused, "no"};
    }));
    CHECK(g.bob->session == before.session);
    CHECK(g.bob->path == before.path);
    CHECK(g.bob->clicks == before.clicks);
    CHECK(g.bob->scratch == before.scratch);
    CHECK(g.bob->seen.list == before.seen.list);
    CHECK(g.bob->gold == 0);
    CHECK(g.db->heroes.where<&hero::clicks>(5).collect().size() == 1);
    g.db.transact(change);
    CHECK(g.bob->path.empty());
    CHECK(g.bob->session == &g);
    g.close();
}

TEST_CASE("the log has no fields in memory only and numbers the others without them") {
    world w;
    recording record(w);
    record.session.wall_ns = [](const void*) { return start_seconds * 1'000'000'000; };
    const auto bob = w.heroes.insert({.name = "Bob"}).value();
    const std::string time = std::to_string(start_seconds);
    CHECK(record.texts().back() == "insert 0 cells [i64 1, text Bob, i64 " + time + "000000000, i64 " + time +
                                       ", null, i32 1, f64 0.000000, f64 0.000000, f64 0.000000, f64 0.000000, i64 0]");
    w.heroes.set<&hero::session>(bob, &w);
    w.heroes.set<&hero::clicks>(bob, 9);
    w.heroes.update(bob, [](hero& row) { row.path.clear(); }).value();
    CHECK(record.texts().empty());
    w.heroes
        .update(bob,
                [](hero& row) {
                    row.clicks = 3;
                    row.gold = 8;
                })
        .value();
    const auto ops = record.ops();
    REQUIRE(ops.size() == 1);
    CHECK(ops[0].columns == std::vector<std::uint8_t>{10, 3}); // gold, then the stamp
    CHECK(ops[0].cells[0] == "i64 8");
}
