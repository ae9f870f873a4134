// SPDX-License-Identifier: MIT
/// @file
/// Tests of transactions at table level: what was changed while one was open is taken back, or kept.
#include "table/guild_play.hpp"
#include "table/replica.hpp"

#include "support/catch.hpp"

namespace hf = holdfast;
using hf::test::guild_model;
using hf::test::hero;
using hf::test::item;
using hf::test::point;

namespace {

/// A world with two heroes, two items and a transaction to be opened.
struct fixture {
    hf::test::guild_world w{};
    hf::test::recording record{w};
    guild_model before{};
    hf::row<hero> aria{};
    hf::row<hero> bob{};

    fixture() {
        aria = put({1, "Aria", 1, 1, 1, 10, {1, 2}, "Queen of a very long title that is not short"});
        bob = put({2, "Bob", 1, 1, 2, 10, {}, std::nullopt});
        put({10, 1, 2, "sword"});
        put({11, 1, std::nullopt, "ring"});
        REQUIRE(w.pledges.insert({1, "oath", 2, 10}));
        before.pledges[{1, "oath"}] = {1, "oath", 2, 10};
    }
    hf::row<hero> put(const hero& row) {
        before.heroes[row.id] = row;
        return w.heroes.insert(row).value();
    }
    void put(const item& row) {
        before.items[row.id] = row;
        w.items.insert(row).value();
    }

    void begin() { record.session.begin_transaction(); }
    void undo() {
        record.session.undo.undo_to(0);
        record.session.end_transaction();
    }
    void keep() {
        record.session.undo.keep_all();
        record.session.end_transaction();
    }
    /// What differs from before the transaction.
    [[nodiscard]] std::string changed() const { return difference(w, before); }
};

} // namespace

TEST_CASE("an insert is taken back and its handle dies") {
    fixture f;
    f.begin();
    const auto cleo = f.w.heroes.insert({0, "Cleo", 1, 2, 1, 0, {}, "Title"}).value();
    f.undo();
    CHECK_FALSE(cleo.alive());
    CHECK(f.changed().empty());
    CHECK_FALSE(f.w.heroes.find_by<&hero::name>("Cleo"));
    CHECK(f.w.heroes.insert({0, "Cleo", 1, 2, 1, 0, {}, "Title"}).value()->id == 4); // 3 is not given out again
}

TEST_CASE("an erase is taken back with all that went with it and the handles live again") {
    fixture f;
    const hero* address = f.aria;
    const auto sword = f.w.items.find(10);
    const auto oath = f.w.pledges.find(1, "oath");
    f.begin();
    REQUIRE(f.w.heroes.erase(1));
    CHECK_FALSE(f.aria.alive());
    CHECK_FALSE(sword.alive());
    CHECK_FALSE(oath.alive());
    CHECK(f.w.items.empty());
    f.undo();
    CHECK(f.aria.alive());
    CHECK(static_cast<const hero*>(f.aria) == address);
    CHECK(sword.alive());
    CHECK(oath.alive());
    CHECK(f.changed().empty());
}

TEST_CASE("references that became none are taken back") {
    fixture f;
    f.begin();
    REQUIRE(f.w.pledges.erase(1, "oath"));
    REQUIRE(f.w.heroes.erase(2));
    CHECK(f.w.items.find(10)->maker == std::nullopt);
    f.undo();
    CHECK(f.w.items.find(10)->maker == 2);
    CHECK(f.changed().empty());
}

TEST_CASE("a set is taken back whatever kind of field it is") {
    fixture f;
    f.begin();
    f.w.heroes.set<&hero::team>(f.aria, 7);
    REQUIRE(f.w.heroes.set<&hero::name>(f.aria, "Ariadne, whose name is longer than a small string"));
    REQUIRE(f.w.heroes.set<&hero::title>(f.aria, std::nullopt));
    REQUIRE(f.w.heroes.add<&hero::gold>(f.aria, 5));
    f.w.heroes.set<&hero::pos, &point::x>(f.aria, 9);
    f.w.heroes.set<&hero::pos>(f.aria, {8, 8});
    REQUIRE(f.w.heroes.set<&hero::title>(f.bob, "Queen of a very long title that is not short"));
    REQUIRE(f.w.items.set<&item::owner>(f.w.items.find(10), 2));
    f.undo();
    CHECK(f.changed().empty());
}

TEST_CASE("an update of a unique pair is taken back as one") {
    fixture f;
    f.begin();
    // Aria moves away, Bob takes her place, Aria takes his: taken back one column at a time this would clash.
    const auto move = [&](hf::row<hero> who, std::int32_t guild, std::int32_t rank) {
        REQUIRE(f.w.heroes.update<&hero::guild, &hero::rank>(who, [&](std::int32_t& g, std::int32_t& r) {
            g = guild;
            r = rank;
        }));
    };
    move(f.aria, 2, 2);
    move(f.bob, 1, 1);
    move(f.aria, 1, 2);
    f.undo();
    CHECK(f.changed().empty());
    f.begin();
    move(f.aria, 2, 2);
    move(f.bob, 2, 1);
    f.undo();
    CHECK(f.changed().empty());
}

TEST_CASE("a row that was changed and erased and inserted again comes back as it was") {
    fixture f;
    REQUIRE(f.w.items.erase(10));
    f.before.items.erase(10);
    f.before.pledges.clear();
    f.begin();
    REQUIRE(f.w.heroes.set<&hero::name>(f.bob, "Bobby"));
    REQUIRE(f.w.heroes.erase(2));
    const auto other = f.w.heroes.insert({2, "Bob", 5, 5, 5, 5, {}, std::nullopt}).value();
    CHECK(static_cast<const hero*>(other) != static_cast<const hero*>(f.bob));
    REQUIRE(f.w.heroes.erase(2));
    REQUIRE(f.w.heroes.insert({2, "Bob", 6, 6, 6, 6, {}, std::nullopt}));
    f.undo();
    CHECK(f.bob.alive());
    CHECK_FALSE(other.alive());
    CHECK(f.changed().empty());
}

TEST_CASE("an inner transaction is taken back and the outer one kept") {
    fixture f;
    f.begin();
    REQUIRE(f.w.heroes.add<&hero::gold>(f.aria, 5));
    const std::size_t mark = f.record.session.undo.size();
    f.record.session.begin_transaction();
    REQUIRE(f.w.heroes.add<&hero::gold>(f.aria, 7));
    REQUIRE(f.w.heroes.erase(1));
    f.record.session.undo.undo_to(mark);
    f.record.session.end_transaction();
    f.keep();
    f.before.heroes[1].gold = 15;
    CHECK(f.changed().empty());
}

TEST_CASE("a place is given out again in the tick after an erase was kept") {
    fixture f;
    const hero* address = f.aria;
    f.begin();
    REQUIRE(f.w.heroes.erase(1));
    ++f.record.session.tick;
    CHECK(static_cast<const hero*>(f.w.heroes.insert({5, "E", 0, 5, 5, 0, {}, {}}).value()) != address);
    f.keep();
    CHECK(static_cast<const hero*>(f.w.heroes.insert({6, "F", 0, 6, 6, 0, {}, {}}).value()) != address);
    ++f.record.session.tick;
    CHECK(static_cast<const hero*>(f.w.heroes.insert({7, "G", 0, 7, 7, 0, {}, {}}).value()) == address);
}

TEST_CASE("what is refused inside a transaction leaves nothing to undo") {
    fixture f;
    f.begin();
    CHECK_FALSE(f.w.heroes.set<&hero::name>(f.aria, "Bob"));
    CHECK_FALSE(f.w.heroes.erase(2)); // the oath holds him
    CHECK_FALSE(f.w.heroes.insert({1, "x", 0, 0, 0, 0, {}, {}}));
    f.w.heroes.set<&hero::team>(f.aria, 1);
    CHECK(f.record.session.undo.size() == 0);
    f.undo();
    CHECK(f.changed().empty());
}

TEST_CASE("regression: a lease of ids that was kept is not written again when a later transaction is taken back") {
    fixture f;
    CHECK(f.record.texts().size() == 6); // five rows and the one lease of the heroes' ids
    const auto new_hero = [&](const char* name, std::int32_t guild) {
        return f.w.heroes.insert({0, name, 1, guild, 1, 0, {}, std::nullopt}).value();
    };
    const std::size_t written = f.record.size();
    f.begin();
    new_hero("Cleo", 5);
    f.undo();
    f.record.rewind(written);
    CHECK_FALSE(f.record.session.leases_owed);
    new_hero("Dora", 6);
    const auto ops = f.record.texts();
    REQUIRE(ops.size() == 1);
    CHECK(ops.front().starts_with("insert 0"));
}

TEST_CASE("regression: a lease of ids that was taken back is owed, and written once") {
    struct note {
        std::int64_t id = 0;
    };
    struct notes_world {
        hf::table<note, hf::primary_key<&note::id>, hf::auto_id<&note::id>> notes;
    };
    notes_world w;
    hf::test::recording record(w);
    auto& notes = *record.tables().front();
    record.session.begin_transaction();
    CHECK(w.notes.insert({}).value()->id == 1);
    CHECK(record.texts().front() == "lease 0 1026");
    record.session.undo.undo_to(0);
    record.session.end_transaction();
    record.rewind(0);
    CHECK(w.notes.empty());
    CHECK(record.session.leases_owed);

    SECTION("by the commit") {
        notes.write_owed_lease();
        CHECK(record.texts() == std::vector<std::string>{"lease 0 1026"});
    }
    SECTION("by the next insert") {
        CHECK(w.notes.insert({}).value()->id == 2); // somebody has seen 1
        CHECK(record.texts() == std::vector<std::string>{"lease 0 1027", "insert 0 cells [i64 2]"});
    }
    notes.write_owed_lease();
    CHECK(record.texts().empty());
}

TEST_CASE("random transactions are taken back whole or kept whole") {
    hf::test::guild_play play(hf::test::seed());
    hf::test::recording record(play.world);
    hf::test::replica copy(record.tables());
    for (int step = 0; step < 300; ++step) play.step();
    std::mt19937 random(hf::test::seed());
    int undone = 0;
    for (int step = 0; step < 20'000;) {
        INFO("step " << step);
        const guild_model before = play.model;
        const std::size_t written = record.size();
        std::vector<hf::row<hero>> heroes(play.world.heroes.begin(), play.world.heroes.end());
        std::vector<hf::row<item>> items(play.world.items.begin(), play.world.items.end());

        record.session.begin_transaction();
        const int length = static_cast<int>(random() % 200);
        for (int i = 0; i < length; ++i, ++step) REQUIRE_NOTHROW(play.step());
        REQUIRE_NOTHROW(play.check());
        if (random() % 2 == 0) {
            ++undone;
            record.session.undo.undo_to(0);
            record.rewind(written);
            play.model = before;
            for (std::size_t i = 0; i < heroes.size(); ++i) {
                REQUIRE(heroes[i].alive());
                REQUIRE(play.world.heroes.find(heroes[i]->id) == heroes[i]);
            }
            for (const auto& each : items) REQUIRE(each.alive());
        } else {
            record.session.undo.keep_all();
        }
        record.session.end_transaction();
        REQUIRE(record.session.undo.size() == 0);
        REQUIRE_NOTHROW(play.check());
        REQUIRE_NOTHROW(copy.apply(record.ops()));
        REQUIRE(copy.matches());
        if (random() % 3 == 0) ++record.session.tick;
    }
    CHECK(undone > 50);
}
