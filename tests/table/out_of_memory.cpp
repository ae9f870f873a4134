// SPDX-License-Identifier: MIT
/// @file
/// Tests of memory that runs out in the middle of a change: whichever allocation fails, nothing has changed, and the
/// change can be made afterwards. And of rollback, which needs none.
#include <holdfast/holdfast.hpp>

#include "support/allocations.hpp"
#include "support/catch.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"

#include <functional>
#include <set>

namespace hf = holdfast;
using namespace hf::test;
using hf::errc;
using hf::error;
using hf::result;

namespace {

const fake_clock standing_still;
const std::string longer = " with a name that is too long to lie in the string itself";

struct motto { // has no operator==
    std::string text{};
};

} // namespace

template <> struct hf::conversion<motto> {
    static void store(const motto& value, std::string& text) { text += value.text; }
    static std::optional<motto> load(std::string_view text) { return motto{std::string(text)}; }
};

namespace {

struct guild {
    std::int64_t id = 0;
    std::string name{};
};
struct hero {
    std::int64_t id = 0;
    std::string name{};
    std::optional<std::string> title{};
    std::int32_t level = 1;
    std::optional<std::int64_t> guild{};
    std::optional<std::int64_t> rival{};
    motto says{};
    std::vector<std::byte> face{};
    std::chrono::sys_seconds touched{};
    std::vector<int> path{};
};
struct item {
    std::int64_t id = 0;
    std::int64_t owner = 0;
    std::optional<std::int64_t> lent_to{};
    std::string kind{};
};
struct world {
    hf::table<guild, hf::primary_key<&guild::id>, hf::auto_id<&guild::id>, hf::unique<&guild::name>> guilds;
    hf::table<hero, hf::primary_key<&hero::id>, hf::auto_id<&hero::id>, hf::unique<&hero::name>,
              hf::nocase<&hero::name>, hf::unique<&hero::title>, hf::ordered<&hero::level, &hero::name>,
              hf::index<&hero::level>, hf::at_most<&hero::level, 1'000>, hf::updated_at<&hero::touched>,
              hf::transient<&hero::path>, hf::references<&hero::guild, &guild::id, "guilds", hf::on_delete::set_null>,
              hf::references<&hero::rival, &hero::id, "heroes", hf::on_delete::set_null>>
        heroes;
    hf::table<item, hf::primary_key<&item::id>, hf::auto_id<&item::id>, hf::index<&item::kind>,
              hf::references<&item::owner, &hero::id, "heroes", hf::on_delete::cascade>,
              hf::references<&item::lent_to, &hero::id, "heroes", hf::on_delete::set_null>>
        items;
};

void fill(world& w) {
    w.guilds.insert({.name = "Owls" + longer}).value();
    for (std::int32_t i = 1; i <= 6; ++i) {
        const std::string name = "hero " + std::to_string(i) + longer;
        w.heroes
            .insert({.name = name,
                     .title = i % 2 == 0 ? std::optional("title " + std::to_string(i) + longer) : std::nullopt,
                     .level = 10 * (i / 2),
                     .guild = i < 4 ? std::optional<std::int64_t>(1) : std::nullopt,
                     .rival = i > 1 ? std::optional<std::int64_t>(1) : std::nullopt,
                     .says = {"motto" + longer},
                     .face = std::vector<std::byte>(40),
                     .path = {1, 2, 3}})
            .value();
        w.items.insert({.owner = i, .lent_to = 1, .kind = "sword" + longer}).value();
        w.items.insert({.owner = 1, .lent_to = i, .kind = "ring"}).value();
    }
}

template <class Range> std::multiset<std::int64_t> ids_in(const Range& range) {
    std::multiset<std::int64_t> found;
    for (const auto each : range) found.insert(each->id);
    return found;
}

/// Everything that is to be seen of a world, through every index.
struct picture {
    world_lines rows{};
    std::vector<std::vector<int>> paths{};
    std::vector<std::multiset<std::int64_t>> found{};
    std::vector<std::int64_t> order{};
    bool indexes_agree = true;
    friend bool operator==(const picture&, const picture&) = default;

    explicit picture(world& w) : rows(memory_lines(w)) {
        for (const auto each : w.heroes) {
            indexes_agree = indexes_agree && w.heroes.find(each->id) == each;
            indexes_agree = indexes_agree && w.heroes.find_by<&hero::name>(each->name) == each;
            if (each->title) indexes_agree = indexes_agree && w.heroes.find_by<&hero::title>(each->title) == each;
            paths.push_back(each->path);
        }
        for (const auto each : w.items) indexes_agree = indexes_agree && w.items.find(each->id) == each;
        for (const auto each : w.guilds)
            indexes_agree = indexes_agree && w.guilds.find_by<&guild::name>(each->name) == each;
        for (const auto each : w.heroes.ordered_by<&hero::level, &hero::name>()) order.push_back(each->id);
        for (int level = 0; level < 50; ++level) found.push_back(ids_in(w.heroes.where<&hero::level>(level)));
        for (std::int64_t id = 0; id < 9; ++id) {
            const auto some = id == 0 ? std::nullopt : std::optional(id);
            found.push_back(ids_in(w.heroes.where<&hero::rival>(some)));
            found.push_back(ids_in(w.heroes.where<&hero::guild>(some)));
            found.push_back(ids_in(w.items.where<&item::owner>(id)));
            found.push_back(ids_in(w.items.where<&item::lent_to>(some)));
        }
        for (const std::string kind : {"ring", "bow", "new"}) found.push_back(ids_in(w.items.where<&item::kind>(kind)));
        found.push_back(ids_in(w.items.where<&item::kind>("sword" + longer)));
        for (const std::string name : {"new", "changed"})
            if (const auto there = w.heroes.find_by<&hero::name>(name + longer)) found.push_back({there->id});
        order.push_back(static_cast<std::int64_t>(w.heroes.size() + 100 * w.items.size()));
    }
};

using game = hf::store<world>;
/// A change of a world; a transaction in the second form.
using change = std::function<void(world&)>;

const std::vector<std::pair<const char*, change>> changes{
    {"insert",
     [](world& w) {
         w.heroes.insert({.name = "new" + longer, .title = "new" + longer, .level = 33, .guild = 1, .rival = 2})
             .value();
     }},
    {"insert of a guild", [](world& w) { w.guilds.insert({.name = "new" + longer}).value(); }},
    {"set of a unique text", [](world& w) { w.heroes.set<&hero::name>(1, "changed" + longer).value(); }},
    {"set of an optional", [](world& w) { w.heroes.set<&hero::title>(1, "changed" + longer).value(); }},
    {"set of an ordered field", [](world& w) { w.heroes.set<&hero::level>(1, 44).value(); }},
    {"set of a conversion", [](world& w) { w.heroes.set<&hero::says>(w.heroes.find(1), motto{"changed" + longer}); }},
    {"set of a conversion to the same",
     [](world& w) {
         w.heroes.set<&hero::says>(w.heroes.find(1), motto{"motto" + longer});
         w.heroes.set<&hero::level>(1, 44).value();
     }},
    {"set of bytes",
     [](world& w) { w.heroes.set<&hero::face>(w.heroes.find(1), std::vector<std::byte>(300, std::byte{1})); }},
    {"set in memory only",
     [](world& w) {
         w.heroes.set<&hero::path>(w.heroes.find(1), std::vector<int>{9, 9, 9, 9});
     }},
    {"set of an indexed text", [](world& w) { w.items.set<&item::kind>(w.items.find(1), "new"); }},
    {"set of a reference", [](world& w) { w.heroes.set<&hero::rival>(1, 3).value(); }},
    {"add", [](world& w) { w.heroes.add<&hero::level>(1, 5).value(); }},
    {"update of fields",
     [](world& w) {
         w.heroes
             .update<&hero::name, &hero::title, &hero::says>(1,
                                                             [](auto& name, auto& title, motto& says) {
                                                                 name = "changed" + longer;
                                                                 title = name;
                                                                 says.text = name;
                                                             })
             .value();
     }},
    {"update of a row",
     [](world& w) {
         w.heroes
             .update(2,
                     [](hero& row) {
                         row.name = "changed" + longer;
                         row.title = std::nullopt;
                         row.level = 41;
                         row.guild = std::nullopt;
                         row.path.clear();
                         row.face.resize(100);
                     })
             .value();
     }},
    {"erase", [](world& w) { w.items.erase(1).value(); }},
    {"erase that cascades and empties", [](world& w) { w.heroes.erase(1).value(); }},
    {"erase that empties", [](world& w) { w.guilds.erase(1).value(); }},
    {"update of many",
     [](world& w) {
         w.heroes
             .update_where<&hero::level, &hero::title>([](const hero& row) { return row.id > 2; },
                                                       [](std::int32_t& level, auto& title) {
                                                           level += 3;
                                                           if (title) *title += " the changed";
                                                       })
             .value();
     }},
    {"update of many rows",
     [](world& w) {
         w.heroes
             .update_where([](const hero&) { return true; },
                           [](hero& row) {
                               row.name += "!";
                               row.path.push_back(7);
                           })
             .value();
     }},
    {"erase of many", [](world& w) { w.heroes.erase_where([](const hero& row) { return row.id < 4; }).value(); }},
};

/// Makes the change in a fresh world while allocation number `nth` fails. `with(use)` calls `use(world, run)`. Whether it
/// came to that allocation.
template <class With> bool fail_one(std::size_t nth, const change& make, With&& with) {
    bool failed = false;
    with([&](world& w, auto&& run) {
        const picture before(w);
        bool threw = false;
        {
            const fail_allocation here(nth);
            try {
                run(make);
            } catch (const std::bad_alloc&) {
                threw = true;
            }
            failed = here.failed();
        }
        if (threw) {
            REQUIRE(picture(w) == before);
            run(make);
        }
        REQUIRE_FALSE(picture(w) == before);
        REQUIRE(picture(w).indexes_agree);
    });
    return failed;
}

/// The first allocation of each change fails, then in another world the second, and so on until the change is made.
template <class With> void fail_each(With&& with) {
    for (const auto& [name, make] : changes)
        for (std::size_t nth = 1;; ++nth) {
            INFO(name << ", allocation " << nth);
            REQUIRE(nth < 2'000);
            if (!fail_one(nth, make, with)) break;
        }
}

} // namespace

TEST_CASE("whichever allocation of a change fails, a world in no store is as before") {
    fail_each([](auto&& use) {
        world w;
        hf::prepare(w).value();
        fill(w);
        use(w, [&](const change& run) { run(w); });
    });
}

TEST_CASE("whichever allocation of a change fails, a world in a store is as before") {
    fail_each([](auto&& use) {
        game db = hf::open<world>(":memory:", options_with(standing_still)).value();
        fill(*db);
        db.commit();
        use(*db, [&](const change& run) { run(*db); });
    });
}

TEST_CASE("whichever allocation of a transaction fails, the world is as before") {
    fail_each([](auto&& use) {
        game db = hf::open<world>(":memory:", options_with(standing_still)).value();
        fill(*db);
        db.commit();
        use(*db, [&](const change& run) {
            db.transact([&](world& w) {
                w.heroes.insert({.name = "other", .level = 17}).value();
                run(w);
                w.items.insert({.owner = 6, .kind = "bow"}).value();
            });
        });
    });
}

TEST_CASE("what is saved after an allocation failed is what memory has") {
    const temporary_folder folder;
    game db = hf::open<world>(folder / "world.db", options_with(standing_still)).value();
    fill(*db);
    int failed = 0;
    for (const auto& [name, make] : changes) {
        for (std::size_t nth = 1; nth < 12; ++nth) {
            const fail_allocation here(nth);
            try {
                if (nth % 2 == 0)
                    static_cast<void>(db.transact([&](world& w) -> result<void> {
                        make(w);
                        return error{errc::refused, "no"};
                    }));
                else
                    static_cast<void>(db.transact([&](world& w) { make(w); }));
            } catch (const std::exception&) { // the change was made before, perhaps: then it is refused
                ++failed;
            }
        }
        db.commit();
    }
    CHECK(failed > 10);
    close_and_compare(db, folder / "world.db");
}

TEST_CASE("a rollback of a transaction that erased most rows makes no allocation in the middle of growth") {
    for (const std::int64_t count : {12'300, 24'300, 48'300}) { // where maps begin to be split
        game db = hf::open<world>(":memory:", options_with(standing_still)).value();
        for (std::int64_t i = 1; i <= count; ++i) db->guilds.insert({.name = "guild " + std::to_string(i)}).value();
        db.commit();
        for (int round = 0; round < 2; ++round) {
            std::optional<no_allocation> none;
            const auto done = db.transact([&](world& w) -> result<void> {
                for (std::int64_t i = 1; i <= count; ++i)
                    if (i % 10 != 0) w.guilds.erase(i).value();
                for (std::int64_t i = 1; i <= count; i += 2)
                    w.guilds.insert({.name = "new " + std::to_string(i)}).value();
                none.emplace();
                return error{errc::refused, "no"};
            });
            none.reset();
            REQUIRE_FALSE(done);
            db.commit();
            std::int64_t found = 0;
            for (std::int64_t i = 1; i <= count; ++i) {
                const auto there = db->guilds.find_by<&guild::name>("guild " + std::to_string(i));
                found += there && there == db->guilds.find(i) ? 1 : 0;
            }
            REQUIRE(found == count);
            REQUIRE(db->guilds.size() == static_cast<std::size_t>(count));
        }
    }
}

TEST_CASE("a rollback of many changes makes no allocation") {
    constexpr std::int64_t many = 40'000; // the maps have been split
    game db = hf::open<world>(":memory:", options_with(standing_still)).value();
    db->guilds.insert({.name = "Owls"}).value();
    const auto row = [](std::int64_t i) {
        const auto n = static_cast<std::int32_t>(i);
        return hero{.name = "hero " + std::to_string(i),
                    .title = "title " + std::to_string(i) + longer,
                    .level = n % 1'000,
                    .guild = 1,
                    .rival = i > 1 ? std::optional(i <= many ? i / 2 : 1) : std::nullopt,
                    .path = {n}};
    };
    for (std::int64_t i = 1; i <= many; ++i) db->heroes.insert(row(i)).value();
    for (std::int64_t i = 1; i <= many; ++i)
        db->items.insert({.owner = i % many + 1, .lent_to = i, .kind = std::to_string(i % 500)}).value();
    db.commit();
    const auto before = memory_lines(*db);
    for (int round = 0; round < 3; ++round) {
        std::optional<no_allocation> none;
        const auto done = db.transact([&](world& w) -> result<void> {
            for (std::int64_t i = 1; i <= 3'000; ++i) {
                w.heroes.insert(row(many * (round + 2) + i)).value();
                w.heroes.set<&hero::name>(i * 7, "changed " + std::to_string(i)).value();
                w.heroes.set<&hero::level>(i * 5, static_cast<std::int32_t>(i % 90)).value();
                w.items.set<&item::kind>(w.items.find(i), "changed " + std::to_string(i) + longer);
            }
            for (std::int64_t i = 20'000; i < 35'000; ++i)
                if (i % 3 != 0) w.heroes.erase(i).value();
            w.heroes
                .update_where([](const hero& one) { return one.id % 16 == 0; },
                              [](hero& one) {
                                  one.name += "!";
                                  one.path.clear();
                                  one.title = std::nullopt;
                              })
                .value();
            none.emplace();
            return error{errc::refused, "no"};
        });
        none.reset();
        REQUIRE_FALSE(done);
        REQUIRE(memory_lines(*db) == before);
        for (std::int64_t i = 1; i <= many; ++i) {
            const auto there = db->heroes.find(i);
            if (db->heroes.find_by<&hero::name>("HERO " + std::to_string(i)) != there || there->path.size() != 1 ||
                (*db->items.where<&item::lent_to>(i).begin())->lent_to != i)
                FAIL("hero " << i);
        }
        CHECK_FALSE(db->heroes.find_by<&hero::name>("changed 1"));
        CHECK(db->heroes.ordered_by<&hero::level, &hero::name>().collect().size() == many);
        CHECK(db->items.where<&item::kind>("changed 1" + longer).empty());
    }
}
