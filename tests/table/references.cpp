// SPDX-License-Identifier: MIT
/// @file
/// Tests of references when keys change: what others refer to stays, in whatever order things change.
#include "table/recording.hpp"

#include "support/catch.hpp"

namespace hf = holdfast;

TEST_CASE("a row is not erased by cascade or cut off from its parent inside its own update") {
    struct hero {
        std::int64_t id = 0;
        std::string name{};
    };
    struct bag {
        std::int64_t id = 0;
        std::int64_t owner = 0;
    };
    struct song {
        std::int64_t id = 0;
        std::optional<std::int64_t> singer{};
    };
    struct bags_world {
        hf::table<hero, hf::primary_key<&hero::id>> heroes{};
        hf::table<bag, hf::primary_key<&bag::id>,
                  hf::references<&bag::owner, &hero::id, "heroes", hf::on_delete::cascade>>
            bags{};
        hf::table<song, hf::primary_key<&song::id>,
                  hf::references<&song::singer, &hero::id, "heroes", hf::on_delete::set_null>>
            songs{};
    };
    bags_world w;
    REQUIRE(hf::prepare(w));
    REQUIRE(w.heroes.insert({.id = 1, .name = "Aria"}));
    const auto made = w.bags.insert({10, 1}).value();
    CHECK(w.bags.update(made, [&](bag&) { CHECK(w.heroes.erase(1).why().code == hf::errc::busy); }));
    REQUIRE(w.bags.erase(10));
    const auto sung = w.songs.insert({20, 1}).value();
    CHECK(w.songs.update(sung, [&](song&) { CHECK(w.heroes.erase(1).why().code == hf::errc::busy); }));
    CHECK(sung->singer == 1);
    REQUIRE(w.bags.insert({10, 1}));
    CHECK(w.heroes.erase(1));
    CHECK_FALSE(sung->singer);
    CHECK(w.bags.empty());
}

TEST_CASE("a row that refers to itself may change key and reference together and not the key alone") {
    struct node {
        std::int64_t id = 0;
        std::string code{};
        std::optional<std::string> next{};
        bool operator==(const node&) const = default;
    };
    struct graph {
        hf::table<node, hf::primary_key<&node::id>, hf::unique<&node::code>,
                  hf::references<&node::next, &node::code, "nodes">>
            nodes{};
    };
    graph g;
    REQUIRE(hf::prepare(g));
    const auto a = g.nodes.insert({1, "a", std::nullopt}).value();
    const auto change = [&](std::string code, std::optional<std::string> next) {
        return g.nodes.update<&node::code, &node::next>(a, [&](auto& c, auto& n) {
            c = code;
            n = next;
        });
    };
    CHECK(change("b", "a").why().code == hf::errc::reference); // its old code is gone once the change is made
    CHECK(*a == node{1, "a", std::nullopt});
    CHECK(change("b", "b"));
    CHECK(*a == node{1, "b", "b"});
    CHECK(change("c", "b").why().code == hf::errc::reference);
    CHECK(g.nodes.set<&node::code>(a, "c").why().code == hf::errc::reference);
    CHECK(change("c", "c"));
    CHECK(change("d", std::nullopt));
    CHECK(g.nodes.set<&node::code>(a, "e"));
    CHECK(*a == node{1, "e", std::nullopt});
    REQUIRE(g.nodes.insert({2, "z", "e"}));
    CHECK(change("f", "f").why().code == hf::errc::reference); // the other row refers to e
}

TEST_CASE("the parent's key does not change while rows refer to it") {
    struct team {
        std::int64_t id = 0;
        std::string code{};
    };
    struct player {
        std::int64_t id = 0;
        std::string team_code{};
    };
    struct league {
        hf::table<team, hf::primary_key<&team::id>, hf::unique<&team::code>> teams{};
        hf::table<player, hf::primary_key<&player::id>, hf::references<&player::team_code, &team::code, "teams">>
            players{};
    };
    league l;
    REQUIRE(hf::tables_of(l));
    const auto red = l.teams.insert({1, "red"}).value();
    REQUIRE(l.players.insert({1, "red"}));
    CHECK(l.teams.set<&team::code>(red, "blue").why().code == hf::errc::reference);
    CHECK(l.teams.find_by<&team::code>("red") == red);
    REQUIRE(l.players.erase(1));
    CHECK(l.teams.set<&team::code>(red, "blue"));
    CHECK(l.teams.find_by<&team::code>("blue") == red);
    CHECK(l.players.insert({1, "red"}).why().code == hf::errc::reference);
}

TEST_CASE("a parent without a key has no children whatever its key was before") {
    struct team {
        std::int64_t id = 0;
        std::optional<std::int64_t> number{};
        std::optional<std::string> code{};
    };
    struct player {
        std::int64_t id = 0;
        std::optional<std::int64_t> team_number{};
        std::optional<std::string> team_code{};
    };
    struct league {
        hf::table<team, hf::primary_key<&team::id>, hf::unique<&team::number>, hf::unique<&team::code>> teams{};
        hf::table<player, hf::primary_key<&player::id>,
                  hf::references<&player::team_number, &team::number, "teams", hf::on_delete::cascade>,
                  hf::references<&player::team_code, &team::code, "teams", hf::on_delete::set_null>>
            players{};
    };
    league l;
    REQUIRE(hf::prepare(l));
    const std::string code(50, 'c');
    const auto a = l.teams.insert({1, 5, code}).value();
    REQUIRE(l.teams.set<&team::number>(a, std::nullopt)); // 5 may still stand in the bytes of the empty field
    REQUIRE(l.teams.set<&team::code>(a, std::nullopt));
    REQUIRE(l.teams.insert({2, 5, code}));
    REQUIRE(l.players.insert({1, 5, code}));
    REQUIRE(l.players.insert({2, std::nullopt, std::nullopt}));
    REQUIRE(l.teams.set<&team::number>(a, 6)); // nobody refers to it
    REQUIRE(l.teams.set<&team::number>(a, std::nullopt));
    REQUIRE(l.teams.erase(a));
    CHECK(l.players.size() == 2);
    CHECK(l.players.find(1)->team_code == code);
    CHECK(l.teams.find(2)->number == 5);
    CHECK(l.players.set<&player::team_number>(2, 7).why().code == hf::errc::reference);
    REQUIRE(l.teams.erase(2));
    CHECK(l.players.size() == 1);
}

TEST_CASE("a field that an erase would empty is kept while rows refer to it") {
    struct king {
        std::int64_t id = 0;
    };
    struct knight {
        std::int64_t id = 0;
        std::optional<std::int64_t> king{};
    };
    struct squire {
        std::int64_t id = 0;
        std::optional<std::int64_t> king_of_knight{};
    };
    struct realm {
        hf::table<king, hf::primary_key<&king::id>> kings{};
        hf::table<knight, hf::primary_key<&knight::id>, hf::unique<&knight::king>,
                  hf::references<&knight::king, &king::id, "kings", hf::on_delete::set_null>>
            knights{};
        hf::table<squire, hf::primary_key<&squire::id>,
                  hf::references<&squire::king_of_knight, &knight::king, "knights">>
            squires{};
    };
    realm r;
    REQUIRE(hf::prepare(r));
    for (const std::int64_t id : {1, 2}) REQUIRE(r.kings.insert({id}));
    REQUIRE(r.knights.insert({10, 1}));
    REQUIRE(r.squires.insert({100, 1}));
    CHECK(r.kings.erase(1).why().code == hf::errc::reference);
    CHECK(r.kings.contains(1));
    CHECK(r.knights.find(10)->king == 1);
    CHECK(r.squires.set<&squire::king_of_knight>(100, 2).why().code == hf::errc::reference);
    REQUIRE(r.squires.erase(100));
    REQUIRE(r.kings.erase(1));
    CHECK(r.knights.find(10)->king == std::nullopt);
}

TEST_CASE("references lead by text and uuid keys as well as by numbers") {
    struct map {
        std::string name{};
    };
    struct relic {
        hf::uuid id{};
        std::string place{};
    };
    struct rune {
        std::int64_t id = 0;
        std::optional<hf::uuid> on{};
        std::optional<std::string> seen{};
    };
    struct atlas {
        hf::table<map, hf::primary_key<&map::name>> maps{};
        hf::table<relic, hf::primary_key<&relic::id>,
                  hf::references<&relic::place, &map::name, "maps", hf::on_delete::cascade>>
            relics{};
        hf::table<rune, hf::primary_key<&rune::id>,
                  hf::references<&rune::on, &relic::id, "relics", hf::on_delete::cascade>,
                  hf::references<&rune::seen, &map::name, "maps", hf::on_delete::set_null>>
            runes{};
    };
    atlas a;
    REQUIRE(hf::prepare(a));
    const std::string harbor = "a harbor with a name of more than sixteen letters";
    const hf::uuid id = *hf::uuid::parse("123e4567-e89b-12d3-a456-426614174000");
    REQUIRE(a.maps.insert({harbor}));
    REQUIRE(a.maps.insert({"castle"}));
    CHECK(a.relics.insert({id, "nowhere"}).why().code == hf::errc::reference);
    REQUIRE(a.relics.insert({id, harbor}));
    CHECK(a.runes.insert({1, hf::uuid{}, {}}).why().code == hf::errc::reference);
    REQUIRE(a.runes.insert({1, id, "castle"}));
    REQUIRE(a.runes.insert({2, std::nullopt, harbor}));
    CHECK(a.relics.set<&relic::place>(id, "nowhere").why().code == hf::errc::reference);
    REQUIRE(a.maps.erase(harbor));
    CHECK(a.relics.empty());
    CHECK(a.runes.size() == 1);
    CHECK(a.runes.find(2)->seen == std::nullopt);
}
