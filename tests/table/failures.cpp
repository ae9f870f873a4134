// SPDX-License-Identifier: MIT
/// @file
/// Tests of changes for which there is no more room in the log: they throw and leave everything as it was.
#include "table/guild.hpp"

#include "support/catch.hpp"

#include <functional>
#include <new>

namespace hf = holdfast;
using hf::test::guild_model;
using hf::test::guild_world;
using hf::test::hero;
using hf::test::item;
using hf::test::point;

namespace {

/// A world whose log refuses after some refills; each refill gives just what was asked for.
struct fixture {
    guild_world w{};
    guild_model before{};
    hf::edit_session session{};
    std::vector<std::byte> room{};
    int refills_left = 1'000;

    fixture() {
        const auto tables = hf::tables_of(w).value();
        session.log.owner = this;
        session.log.refill = [](hf::write_cursor& cursor, std::size_t bytes) {
            auto& self = *static_cast<fixture*>(cursor.owner);
            if (self.refills_left-- <= 0) throw std::bad_alloc();
            self.room.assign(bytes, std::byte{});
            cursor.at = self.room.data();
            cursor.end = cursor.at + bytes;
        };
        for (std::size_t i = 0; i < tables.size(); ++i) tables[i]->attach(&session, static_cast<std::uint16_t>(i));
        for (std::int64_t id = 1; id <= 5; ++id) {
            const auto n = static_cast<std::int32_t>(id);
            before.heroes[id] = {id, "hero " + std::to_string(id), n, n, n, 10, {}, "title " + std::to_string(id)};
            w.heroes.insert(before.heroes[id]).value();
        }
        for (std::int64_t id = 1; id <= 20; ++id) {
            before.items[id] = {id, id % 5 + 1, (id + 1) % 5 + 1, "ring"};
            w.items.insert(before.items[id]).value();
        }
        before.pledges[{1, "a"}] = {1, "a", 5, 5}; // held by hero 5, and goes with item 5 of hero 1
        w.pledges.insert(before.pledges[{1, "a"}]).value();
        session.log.at = session.log.end = room.data(); // nothing is left over for the change to come
    }
};

/// Makes the change with room for no refill, then for one more each time, until it succeeds. What differs
/// after one that threw, and how many did.
std::pair<std::string, int> fail_each_time(const std::function<void(fixture&)>& change) {
    std::string differences;
    int thrown = 0;
    for (int refills = 0;; ++refills) {
        for (const std::uint32_t transactions : {0u, 1u}) {
            fixture f;
            if (transactions != 0) f.session.begin_transaction();
            f.refills_left = refills;
            bool threw = false;
            try {
                change(f);
            } catch (const std::bad_alloc&) {
                threw = true;
                ++thrown;
                if (const std::string what = difference(f.w, f.before); !what.empty())
                    differences += "with room for " + std::to_string(refills) + ": " + what + "; ";
            }
            f.session.undo.undo_to(0);
            if (transactions != 0) f.session.end_transaction();
            if (transactions == 1 && differences.empty()) differences += difference(f.w, f.before);
            if (transactions == 1 && !threw) return {differences, thrown};
        }
    }
}

void check_all_or_nothing(const std::function<void(fixture&)>& change) {
    const auto [differences, thrown] = fail_each_time(change);
    CHECK(thrown > 0);
    CHECK(differences.empty());
}

} // namespace

TEST_CASE("an insert without room in the log leaves nothing behind") {
    check_all_or_nothing([](fixture& f) { f.w.heroes.insert({0, "new", 1, 9, 9, 1, {}, "new"}).value(); });
}

TEST_CASE("a set without room in the log changes nothing") {
    check_all_or_nothing([](fixture& f) { f.w.heroes.set<&hero::pos, &point::x>(f.w.heroes.find(1), 5); });
    check_all_or_nothing([](fixture& f) { f.w.heroes.set<&hero::team>(f.w.heroes.find(1), 7); });
    check_all_or_nothing([](fixture& f) { f.w.heroes.set<&hero::title>(f.w.heroes.find(1), "new").value(); });
    check_all_or_nothing([](fixture& f) { f.w.heroes.add<&hero::gold>(1, 5).value(); });
}

TEST_CASE("an update without room in the log changes nothing") {
    check_all_or_nothing([](fixture& f) {
        f.w.heroes
            .update(f.w.heroes.find(1),
                    [](hero& row) {
                        row.name = "new";
                        row.guild = 9;
                        row.team = 7;
                        row.title = std::nullopt;
                        row.pos = {1, 2};
                    })
            .value();
    });
}

TEST_CASE("an erase without room in the log erases nothing") {
    check_all_or_nothing([](fixture& f) { f.w.pledges.erase(1, "a").value(); });
}

TEST_CASE("an erase of many rows without room in the log erases none and changes none") {
    check_all_or_nothing([](fixture& f) { f.w.heroes.erase(1).value(); });
}
