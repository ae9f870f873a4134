// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/table/table_erase.hpp: how a row leaves, and what goes with it.
#include "table/recording.hpp"
#include "table/replica.hpp"

#include "support/catch.hpp"

namespace hf = holdfast;

namespace {

using id_type = std::int64_t;
using maybe_id = std::optional<std::int64_t>;

struct hero {
    id_type id = 0;
    std::string name{};
};
struct bag {
    id_type id = 0;
    id_type owner = 0;
};
struct item {
    id_type id = 0;
    maybe_id bag{};
    maybe_id maker{};
    maybe_id rival{};
};
struct charge {
    id_type id = 0;
    id_type item = 0;
    maybe_id hero{};
};
struct guild {
    id_type id = 0;
    maybe_id leader{};
    id_type treasurer = 0;
};

/// heroes <- bags <- items <- charges by cascade; items -> heroes twice by set_null; charges -> heroes and
/// guilds -> heroes by restrict.
struct world {
    hf::table<hero, hf::primary_key<&hero::id>, hf::unique<&hero::name>> heroes{};
    hf::table<bag, hf::primary_key<&bag::id>, hf::references<&bag::owner, &hero::id, "heroes", hf::on_delete::cascade>>
        bags{};
    hf::table<item, hf::primary_key<&item::id>, hf::references<&item::bag, &bag::id, "bags", hf::on_delete::cascade>,
              hf::references<&item::maker, &hero::id, "heroes", hf::on_delete::set_null>,
              hf::references<&item::rival, &hero::id, "heroes", hf::on_delete::set_null>>
        items{};
    hf::table<charge, hf::primary_key<&charge::id>,
              hf::references<&charge::item, &item::id, "items", hf::on_delete::cascade>,
              hf::references<&charge::hero, &hero::id, "heroes">>
        charges{};
    hf::table<guild, hf::primary_key<&guild::id>, hf::references<&guild::leader, &hero::id, "heroes">,
              hf::references<&guild::treasurer, &hero::id, "heroes">>
        guilds{};
};

/// A world whose ops are checked one by one.
struct fixture {
    world w{};
    hf::test::recording record{w};
    hf::test::replica copy{record.tables()};

    fixture() {
        for (const id_type id : {1, 2, 3}) w.heroes.insert({id, "hero " + std::to_string(id)}).value();
    }
    /// Applies the ops to the copy, which throws when one does not fit, and compares.
    [[nodiscard]] bool ops_right() {
        copy.apply(record.ops());
        return copy.matches();
    }
};

} // namespace

TEST_CASE("an erased row is found by nothing any more") {
    fixture f;
    REQUIRE(f.w.heroes.erase(1));
    CHECK_FALSE(f.w.heroes.contains(1));
    CHECK_FALSE(f.w.heroes.find_by<&hero::name>("hero 1"));
    CHECK(f.w.heroes.size() == 2);
    CHECK(f.w.heroes.insert({1, "hero 1"}));
    CHECK(f.ops_right());
}

TEST_CASE("what is not there cannot be erased") {
    fixture f;
    CHECK(f.w.heroes.erase(99).why().message() == "not found: heroes[id=99] is not there");
    CHECK(f.w.heroes.erase(hf::row<hero>()).why().message() == "not found: heroes: the row is not there (any more)");
    const auto one = f.w.heroes.find(1);
    REQUIRE(f.w.heroes.erase(one));
    CHECK(f.w.heroes.erase(one).why().code == hf::errc::not_found);
    CHECK(f.w.heroes.size() == 2);
}

TEST_CASE("rows that refer by cascade go too through every level") {
    fixture f;
    for (const id_type owner : {1, 2}) {
        REQUIRE(f.w.bags.insert({owner * 10, owner}));
        REQUIRE(f.w.bags.insert({owner * 10 + 1, owner}));
        for (const id_type n : {0, 1, 2}) {
            REQUIRE(f.w.items.insert({owner * 100 + n, owner * 10, {}, {}}));
            REQUIRE(f.w.charges.insert({owner * 1'000 + n, owner * 100 + n, {}}));
        }
    }
    REQUIRE(f.w.items.insert({300, std::nullopt, {}, {}}));
    REQUIRE(f.w.heroes.erase(1));
    CHECK(f.w.heroes.size() == 2);
    CHECK(f.w.bags.size() == 2);
    CHECK(f.w.items.size() == 4);
    CHECK(f.w.charges.size() == 3);
    CHECK(f.w.items.contains(300));
    CHECK(f.w.charges.contains(2'000));
    CHECK(f.w.bags.where<&bag::owner>(1).empty());
    CHECK(f.ops_right());
}

TEST_CASE("a row that is referred to by restrict stays and so does everything else") {
    fixture f;
    REQUIRE(f.w.bags.insert({10, 1}));
    REQUIRE(f.w.items.insert({100, 10, 1, 1}));
    REQUIRE(f.w.guilds.insert({5, 2, 1}));
    CHECK(f.ops_right());
    const auto refused = f.w.heroes.erase(1);
    CHECK(refused.why().code == hf::errc::reference);
    CHECK(refused.why().message() == "reference: heroes[id=1] cannot be erased: guilds[id=5] refers to it");
    CHECK(f.record.ops().empty());
    CHECK(f.w.heroes.contains(1));
    CHECK(f.w.bags.contains(10));
    CHECK(f.w.items.find(100)->maker == 1);
    REQUIRE(f.w.guilds.erase(5));
    CHECK(f.w.heroes.erase(1));
    CHECK(f.ops_right());
}

TEST_CASE("a restrict deep below a cascade keeps everything") {
    fixture f;
    REQUIRE(f.w.bags.insert({10, 1}));
    REQUIRE(f.w.bags.insert({11, 2}));
    REQUIRE(f.w.items.insert({100, 10, 2, {}}));
    REQUIRE(f.w.items.insert({101, 11, {}, {}}));
    REQUIRE(f.w.charges.insert({1'000, 101, 1})); // of hero 2's item, but held by hero 1
    CHECK(f.ops_right());
    CHECK(f.w.heroes.erase(1).why().code == hf::errc::reference);
    CHECK(f.record.ops().empty());
    CHECK(f.w.bags.contains(10));
    CHECK(f.w.items.contains(100));
    CHECK(f.w.heroes.erase(2)); // takes the charge with it
    CHECK(f.w.charges.empty());
    CHECK(f.w.items.find(100)->maker == std::nullopt);
    CHECK(f.w.heroes.erase(1));
    CHECK(f.w.items.empty());
    CHECK(f.ops_right());
}

TEST_CASE("a row that forbids the erase but is itself erased by it does not forbid it") {
    fixture f;
    REQUIRE(f.w.bags.insert({10, 1}));
    REQUIRE(f.w.items.insert({100, 10, {}, {}}));
    REQUIRE(f.w.charges.insert({1'000, 100, 1}));
    REQUIRE(f.w.heroes.erase(1));
    CHECK(f.w.charges.empty());
    CHECK(f.ops_right());
}

TEST_CASE("references that may be none become none") {
    fixture f;
    REQUIRE(f.w.items.insert({100, {}, 1, 2}));
    REQUIRE(f.w.items.insert({101, {}, 1, 1}));
    REQUIRE(f.w.items.insert({102, {}, 2, {}}));
    REQUIRE(f.w.heroes.erase(1));
    CHECK(f.w.items.find(100)->maker == std::nullopt);
    CHECK(f.w.items.find(100)->rival == 2);
    CHECK(f.w.items.find(101)->maker == std::nullopt);
    CHECK(f.w.items.find(101)->rival == std::nullopt);
    CHECK(f.w.items.find(102)->maker == 2);
    CHECK(f.w.items.where<&item::maker>(1).empty());
    CHECK_FALSE(f.w.items.where<&item::maker>(std::nullopt).empty());
    CHECK(f.ops_right());
}

TEST_CASE("a row that goes anyway is not changed first") {
    fixture f;
    REQUIRE(f.w.bags.insert({10, 1}));
    REQUIRE(f.w.items.insert({100, 10, 1, 1}));
    CHECK(f.ops_right());
    REQUIRE(f.w.heroes.erase(1));
    CHECK(f.record.texts() ==
          std::vector<std::string>{"erase 2 key [i64 100]", "erase 1 key [i64 10]", "erase 0 key [i64 1]"});
}

TEST_CASE("a row that refers to two erased rows is erased once and before both") {
    struct node {
        id_type id = 0;
        maybe_id first{};
        maybe_id second{};
    };
    struct graph {
        hf::table<node, hf::primary_key<&node::id>,
                  hf::references<&node::first, &node::id, "nodes", hf::on_delete::cascade>,
                  hf::references<&node::second, &node::id, "nodes", hf::on_delete::cascade>>
            nodes{};
    };
    graph g;
    hf::test::recording record(g);
    hf::test::replica copy(record.tables());
    //     1
    //    / \.
    //   2   3      and 5 under 4 and 2, so that it is met on paths of two lengths
    //    \ / \.
    //     4   6
    //     |
    //     5
    REQUIRE(g.nodes.insert({1, {}, {}}));
    REQUIRE(g.nodes.insert({2, 1, {}}));
    REQUIRE(g.nodes.insert({3, 1, {}}));
    REQUIRE(g.nodes.insert({4, 2, 3}));
    REQUIRE(g.nodes.insert({5, 2, 4}));
    REQUIRE(g.nodes.insert({6, 3, 3}));
    REQUIRE(g.nodes.insert({7, {}, {}}));
    copy.apply(record.ops());
    REQUIRE(g.nodes.erase(1));
    const auto ops = record.ops();
    CHECK(ops.size() == 6);
    CHECK(ops.back().text() == "erase 0 key [i64 1]");
    copy.apply(ops); // refuses a parent before its child
    CHECK(copy.matches());
    CHECK(g.nodes.size() == 1);
    CHECK(g.nodes.contains(7));
}

TEST_CASE("rows in a circle of references go together") {
    struct node {
        id_type id = 0;
        maybe_id next{};
    };
    struct ring {
        hf::table<node, hf::primary_key<&node::id>,
                  hf::references<&node::next, &node::id, "nodes", hf::on_delete::cascade>>
            nodes{};
    };
    ring r;
    hf::test::recording record(r);
    for (id_type id = 1; id <= 3; ++id) REQUIRE(r.nodes.insert({id, id == 1 ? maybe_id() : maybe_id(id - 1)}));
    REQUIRE(r.nodes.set<&node::next>(1, 3));
    REQUIRE(r.nodes.insert({9, 9}));
    REQUIRE(r.nodes.erase(2));
    CHECK(r.nodes.size() == 1);
    REQUIRE(r.nodes.erase(9));
    CHECK(r.nodes.empty());
}

TEST_CASE("a row that refers to itself by restrict can be erased") {
    struct node {
        id_type id = 0;
        maybe_id next{};
    };
    struct graph {
        hf::table<node, hf::primary_key<&node::id>, hf::references<&node::next, &node::id, "nodes">> nodes{};
    };
    graph g;
    REQUIRE(hf::tables_of(g));
    REQUIRE(g.nodes.insert({1, 1}));
    REQUIRE(g.nodes.insert({2, 1}));
    CHECK(g.nodes.erase(1).why().code == hf::errc::reference);
    REQUIRE(g.nodes.erase(2));
    CHECK(g.nodes.erase(1));
}

TEST_CASE("a chain of references as long as the table is erased without deep recursion") {
    struct node {
        id_type id = 0;
        maybe_id next{};
    };
    struct chain {
        hf::table<node, hf::primary_key<&node::id>,
                  hf::references<&node::next, &node::id, "nodes", hf::on_delete::cascade>>
            nodes{};
    };
    chain c;
    REQUIRE(hf::tables_of(c));
    constexpr id_type count = 100'000;
    for (id_type id = 1; id <= count; ++id) REQUIRE(c.nodes.insert({id, id == 1 ? maybe_id() : maybe_id(id - 1)}));
    REQUIRE(c.nodes.erase(1));
    CHECK(c.nodes.empty());
}

TEST_CASE("a parent with one child at most is followed through a unique index") {
    struct passport {
        id_type id = 0;
        id_type holder = 0;
    };
    struct office {
        hf::table<hero, hf::primary_key<&hero::id>> heroes{};
        hf::table<passport, hf::primary_key<&passport::id>, hf::unique<&passport::holder>,
                  hf::references<&passport::holder, &hero::id, "heroes", hf::on_delete::cascade>>
            passports{};
    };
    office o;
    REQUIRE(hf::tables_of(o));
    for (const id_type id : {1, 2}) {
        REQUIRE(o.heroes.insert({id, ""}));
        REQUIRE(o.passports.insert({id * 10, id}));
    }
    REQUIRE(o.heroes.erase(1));
    CHECK(o.passports.size() == 1);
    CHECK(o.passports.contains(20));
}
