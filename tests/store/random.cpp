// SPDX-License-Identifier: MIT
/// @file
/// A random test of the whole store against an oracle: changes that pass and changes that are refused, commits,
/// transactions inside each other that are kept or taken back, saving in the background, closing and opening.
#include <holdfast/holdfast.hpp>

#include "support/catch.hpp"
#include "support/oracle.hpp"
#include "support/sanitized.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"

#include <random>

using namespace holdfast::test;
using holdfast::errc;
using holdfast::error;
using holdfast::result;

namespace {

constexpr int steps = plain_or_sanitized(100'000, 30'000);

/// The ids that were given out, each once. Those that were never committed may come again after a restart.
struct id_book {
    std::set<std::pair<const void*, std::int64_t>> given;
    std::vector<std::pair<const void*, std::int64_t>> uncommitted;

    bool add(const void* kind, std::int64_t id) {
        uncommitted.emplace_back(kind, id);
        return given.emplace(kind, id).second;
    }
    void forget_uncommitted() {
        for (const auto& one : uncommitted) given.erase(one);
        uncommitted.clear();
    }
};

/// Makes the same random changes in a world and in the oracle, and compares what each says.
class player {
public:
    player(oracle_world& of, oracle& must_be, id_book& ids, std::mt19937& from)
        : w(of), must(must_be), given(ids), random(from) {}

    void step() {
        switch (any(24)) {
        case 0:
        case 1:
        case 2:
            return insert_with_id(w.units, unit{0, name(500), maybe_unit(), small(5), small(9) - 1, 0.5 * small(9),
                                                "map " + std::to_string(any(8))});
        case 3: return any(3) == 0 ? erase_unit() : add_gold();
        case 4: return change(w.units, a_unit(), [&](unit& u) { u.name = name(500); });
        case 5: return change(w.units, a_unit(), [&](unit& u) { u.boss = any(9) == 0 ? u.id : maybe_unit(); });
        case 6: return change(w.units, a_unit(), [&](unit& u) { u.level = small(5), u.gold += small(20) - 10; });
        case 7:
            return change(w.units, a_unit(), [&](unit& u) { u = {u.id, name(500), maybe_unit(), 3, 4, 5, "map 0"}; });
        case 8: return set_level();
        case 9: return set_map();
        case 10: return add_gold();
        case 11: return swap_names();
        case 12:
        case 13: return insert_with_id(w.belongings, belonging{0, maybe_unit(), name(5), small(9)});
        case 14: return change(w.belongings, a_key(must.belongings), [&](belonging& b) { b.owner = maybe_unit(); });
        case 15: return change(w.belongings, a_key(must.belongings), [&](belonging& b) { b.count = small(99); });
        case 16: return erase(w.belongings, must.belongings, a_key(must.belongings));
        case 17: return insert(w.abilities, ability{a_unit(), name(5), small(9)});
        case 18: return change_ability();
        case 19: return insert(w.clans, clan{name(20), a_unit(), 0});
        case 20: return any(4) == 0 ? erase_clan() : insert(w.clans, clan{name(20), a_unit(), 0});
        case 21: return change(w.clans, a_key(must.clans), [&](clan& c) { c.leader = a_unit(), c.points += 1; });
        case 22: return insert_with_id(w.memberships, membership{0, a_key(must.clans), a_unit(), name(3)});
        default:
            return change(w.memberships, a_key(must.memberships),
                          [&](membership& m) { m.clan = a_key(must.clans), m.member = a_unit(); });
        }
    }

    std::size_t refused = 0;

private:
    std::uint32_t any(std::uint32_t below) { return static_cast<std::uint32_t>(random() % below); }
    std::int32_t small(std::int32_t below) { return static_cast<std::int32_t>(any(static_cast<std::uint32_t>(below))); }
    std::string name(std::uint32_t of) { return "name " + std::to_string(any(of)); }
    /// A key that is there, mostly.
    template <class Rows> auto a_key(const Rows& rows) -> typename Rows::key_type {
        if (rows.empty() || any(20) == 0) return {};
        return std::next(rows.begin(), any(static_cast<std::uint32_t>(rows.size())))->first;
    }
    std::int64_t a_unit() { return a_key(must.units); }
    std::optional<std::int64_t> maybe_unit() {
        return any(3) == 0 ? std::nullopt : std::optional<std::int64_t>(a_unit());
    }

    template <class Outcome> bool agreed(const Outcome& outcome, const reasons& no) {
        if (!outcome) ++refused;
        INFO((outcome ? std::string("done") : outcome.why().message()));
        REQUIRE(static_cast<bool>(outcome) == no.empty());
        if (!outcome) REQUIRE(no.contains(outcome.why().code));
        return no.empty();
    }

    template <class Table, class Row> void insert(Table& table, const Row& row) {
        const reasons no = must.against_insert(row);
        if (agreed(table.insert(row), no)) must.put(row);
    }
    template <class Table, class Row> void insert_with_id(Table& table, Row row) {
        // A row may name itself only by its key, which it does not know yet.
        const reasons no = must.against_insert(row);
        auto made = table.insert(row);
        if (!agreed(made, no)) return;
        row.id = (*made)->id;
        static const char kind{}; // one for each type of row
        REQUIRE(given.add(&kind, row.id));
        must.put(row);
    }
    template <class Table, class Key, class Function> void change(Table& table, const Key& key, Function fn) {
        const auto which = table.find(key);
        auto& rows = must.rows(typename Table::row_type{});
        REQUIRE(which.alive() == rows.contains(key));
        if (!which.alive()) return;
        auto row = rows.at(key);
        fn(row);
        const auto before = random;
        if (agreed(table.update(which, [&](auto& copy) { copy = row; }), must.against(row))) must.put(row);
        REQUIRE(random == before);
    }
    template <class Table, class Rows, class Key> void erase(Table& table, Rows& rows, const Key& key) {
        if (agreed(table.erase(key), rows.contains(key) ? reasons{} : reasons{errc::not_found})) rows.erase(key);
    }

    void erase_unit() {
        const std::int64_t id = a_unit();
        const reasons no = must.units.contains(id) ? must.against_erase(id) : reasons{errc::not_found};
        if (agreed(w.units.erase(id), no)) must.erase_unit(id);
    }
    void erase_clan() {
        const std::string which = a_key(must.clans);
        const reasons no = must.clans.contains(which) ? reasons{} : reasons{errc::not_found};
        if (agreed(w.clans.erase(which), no)) must.erase_clan(which);
    }
    void set_level() {
        const auto which = w.units.find(a_unit());
        if (!which.alive()) return;
        const std::int32_t level = small(5);
        w.units.set<&unit::level>(which, level);
        must.units.at(which->id).level = level;
    }
    void set_map() {
        const std::int64_t id = a_unit();
        const std::string map = "map " + std::to_string(any(8));
        if (agreed(w.units.set<&unit::map>(id, map), must.units.contains(id) ? reasons{} : reasons{errc::not_found}))
            must.units.at(id).map = map;
    }
    void add_gold() {
        const std::int64_t id = a_unit();
        const std::int64_t amount = small(20) - 10;
        reasons no;
        if (!must.units.contains(id))
            no.insert(errc::not_found);
        else if (must.units.at(id).gold + amount < 0)
            no.insert(errc::refused);
        if (agreed(w.units.add<&unit::gold>(id, amount), no)) must.units.at(id).gold += amount;
    }
    void change_ability() {
        const auto key = a_key(must.abilities);
        const auto which = w.abilities.find(key.first, key.second);
        REQUIRE(which.alive() == must.abilities.contains(key));
        if (!which.alive()) return;
        if (any(3) == 0) {
            REQUIRE(w.abilities.erase(which));
            must.abilities.erase(key);
            return;
        }
        w.abilities.update<&ability::level>(which, [](std::int32_t& level) { ++level; });
        ++must.abilities.at(key).level;
    }
    void swap_names() {
        const auto one = w.units.find(a_unit()), two = w.units.find(a_unit());
        if (!one.alive() || !two.alive() || one == two) return;
        const std::string first = one->name, second = two->name;
        REQUIRE(w.units.set<&unit::name>(one, "nobody"));
        REQUIRE(w.units.set<&unit::name>(two, first));
        REQUIRE(w.units.set<&unit::name>(one, second));
        std::swap(must.units.at(one->id).name, must.units.at(two->id).name);
    }

    oracle_world& w;
    oracle& must;
    id_book& given;
    std::mt19937& random;
};

} // namespace

TEST_CASE("a hundred thousand random changes leave memory and file as an oracle says") {
    const std::uint32_t seed = holdfast::test::seed();
    CAPTURE(seed);
    std::mt19937 random(seed);
    const temporary_folder folder;
    holdfast::options chosen = small_options();
    chosen.save_every = std::chrono::milliseconds(5);
    oracle must, committed;
    id_book ids;
    std::size_t refused = 0;

    for (int done = 0; done < steps;) {
        auto db = holdfast::open<oracle_world>(folder / "world.db", chosen).value();
        REQUIRE(difference(*db, must) == "");
        player plays(*db, must, ids, random);
        for (const int end = std::min(steps, done + steps / 5); done < end; ++done) {
            CAPTURE(done);
            plays.step();
            if (random() % 50 == 0) { // a transaction, some with one inside, some taken back
                const oracle before = must;
                const auto outcome = db.transact([&](oracle_world&) -> result<void> {
                    for (auto i = random() % 20; i > 0; --i) plays.step();
                    const oracle inner = must;
                    const auto nested = db.transact([&](oracle_world&) -> result<void> {
                        for (auto i = random() % 10; i > 0; --i) plays.step();
                        return random() % 2 == 0 ? result<void>() : error{errc::refused, "inner"};
                    });
                    if (!nested) must = inner;
                    return random() % 2 == 0 ? result<void>() : error{errc::refused, "outer"};
                });
                if (!outcome) must = before;
                if (random() % 20 == 0) REQUIRE(difference(*db, must) == "");
            }
            if (random() % 40 == 0) {
                db.commit();
                committed = must;
                ids.uncommitted.clear();
            }
            if (random() % 2'000 == 0) {
                REQUIRE(difference(*db, must) == "");
                (void)save(db);
            }
        }
        refused += plays.refused;
        REQUIRE(difference(*db, must) == "");
        if (random() % 2 == 0) {
            db.commit();
            committed = must;
            ids.uncommitted.clear();
            close_and_compare(db, folder / "world.db");
        } else { // what nobody committed is dropped
            const auto report = db.close(long_enough);
            REQUIRE(report.saved == report.committed);
            must = committed;
            ids.forget_uncommitted();
        }
    }
    CHECK(refused > static_cast<std::size_t>(steps) / 20);
    auto db = holdfast::open<oracle_world>(folder / "world.db", chosen).value();
    CHECK(difference(*db, must) == "");
    close_and_compare(db, folder / "world.db");
}
