// SPDX-License-Identifier: MIT
/// @file
/// Tests of tables that grow large: indexes grow a few moves at a time, and everything works meanwhile.
#include "table/recording.hpp"

#include "support/allocations.hpp"
#include "support/catch.hpp"

#include <random>

namespace hf = holdfast;

namespace {

struct mob {
    std::int64_t id = 0;
    std::string name{};
    std::int64_t herd = 0;
    std::int32_t level = 0;
    std::optional<std::int64_t> parent{};
};
struct world {
    hf::table<mob, hf::primary_key<&mob::id>, hf::unique<&mob::name>, hf::index<&mob::herd>, hf::index<&mob::level>,
              hf::references<&mob::parent, &mob::id, "mobs", hf::on_delete::set_null>>
        mobs{};
};

std::string name_of(std::int64_t id) { return "mob " + std::to_string(id); }
mob make(std::int64_t id) { return {id, name_of(id), id / 3, static_cast<std::int32_t>(id % 100), std::nullopt}; }

/// Bytes, more than a part of an index takes, and less than an index of 50,000 keys in one part.
constexpr std::size_t part_of_an_index = 300'000;

/// Whether everything finds this mob, or nothing does.
bool right(const world& w, std::int64_t id, bool there) {
    const auto found = w.mobs.find(id);
    if (found.alive() != there || w.mobs.find_by<&mob::name>(name_of(id)) != found) return false;
    int in_herd = 0;
    for (const auto each : w.mobs.where<&mob::herd>(id / 3)) {
        if (each->herd != id / 3) return false;
        in_herd += each->id == id ? 1 : 0;
    }
    return in_herd == (there ? 1 : 0);
}

} // namespace

TEST_CASE("rows are found and erased and put back while a table grows to 200000") {
    world w;
    hf::test::recording record(w);
    std::mt19937 random(hf::test::seed());
    std::vector<std::int64_t> gone;
    constexpr std::int64_t count = 200'000;
    for (std::int64_t id = 0; id < count; ++id) {
        if (!w.mobs.insert(make(id))) FAIL("row " << id << " was refused");
        const auto some = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(id + 1));
        if (random() % 4 == 0) {
            const bool erased = static_cast<bool>(w.mobs.erase(some));
            if (erased) gone.push_back(some);
            if (!right(w, some, false)) FAIL("row " << some << " is found after its erase, at " << id);
        } else if (!right(w, some, w.mobs.contains(some))) {
            FAIL("row " << some << " is not found by everything, at " << id);
        }
        if (gone.size() > 1'000) {
            ++record.session.tick;
            for (const std::int64_t back : gone)
                if (!w.mobs.insert(make(back))) FAIL("row " << back << " does not come back");
            gone.clear();
        }
    }
    for (const std::int64_t back : gone) REQUIRE(w.mobs.insert(make(back)));
    CHECK(w.mobs.size() == count);
    for (std::int64_t id = 0; id < count; ++id)
        if (!right(w, id, true)) FAIL("row " << id << " is not found by everything");
    std::size_t walked = 0;
    for (std::int32_t level = 0; level < 100; ++level)
        for (const auto each : w.mobs.where<&mob::level>(level)) walked += each->level == level ? 1 : 0;
    CHECK(walked == count);
}

TEST_CASE("transactions are taken back in the middle of growth") {
    world w;
    hf::test::recording record(w);
    std::mt19937 random(hf::test::seed());
    std::int64_t next = 0;
    while (next < 26'000) { // past 12,000 and 24,000 keys, where an index begins to grow
        const bool keep = next < 11'900 || random() % 3 == 0;
        const std::int64_t before = next;
        const std::size_t size = w.mobs.size();
        record.session.begin_transaction();
        for (int i = 0; i < 200; ++i) REQUIRE(w.mobs.insert(make(next++)));
        std::vector<std::int64_t> changed;
        for (int i = 0; i < 50 && before > 0; ++i) {
            const auto id = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(before));
            const auto which = w.mobs.find(id);
            if (!which) continue;
            changed.push_back(id);
            if (!keep && random() % 2 == 0) {
                REQUIRE(w.mobs.erase(which));
            } else {
                REQUIRE(w.mobs.set<&mob::name>(which, "other " + std::to_string(id)));
                w.mobs.set<&mob::herd>(which, -5);
                REQUIRE(w.mobs.set<&mob::name>(which, name_of(id)));
                w.mobs.set<&mob::herd>(which, id / 3);
            }
        }
        if (keep) {
            record.session.undo.keep_all();
        } else {
            record.session.undo.undo_to(0);
            for (std::int64_t id = before; id < next; ++id)
                if (!right(w, id, false)) FAIL("row " << id << " is still found");
            next = before;
            CHECK(w.mobs.size() == size);
        }
        record.session.end_transaction();
        for (const std::int64_t id : changed)
            if (!right(w, id, true)) FAIL("row " << id << " is not found by everything");
        if (random() % 2 == 0) ++record.session.tick;
    }
    for (std::int64_t id = 0; id < next; ++id)
        if (!right(w, id, true)) FAIL("row " << id << " is not found by everything");
}

TEST_CASE("a transaction that erased most rows is taken back in the middle of growth") {
    for (const std::int64_t count : {12'300, 24'300, 48'300}) {
        world w;
        hf::test::recording record(w);
        for (std::int64_t id = 0; id < count; ++id) REQUIRE(w.mobs.insert(make(id)));
        for (int time = 0; time < 3; ++time) {
            record.session.begin_transaction();
            for (std::int64_t id = 0; id < count; ++id)
                if (id % 10 != 0) REQUIRE(w.mobs.erase(id));
            record.session.undo.undo_to(0);
            record.session.end_transaction();
            ++record.session.tick;
            for (std::int64_t id = 0; id < count; ++id)
                if (!right(w, id, true)) FAIL("row " << id << " is not found by everything");
        }
        for (std::int64_t id = count; id < count + 5'000; ++id) REQUIRE(w.mobs.insert(make(id)));
        for (std::int64_t id = 0; id < count + 5'000; ++id)
            if (!right(w, id, true)) FAIL("row " << id << " is not found by everything");
    }
}

TEST_CASE("indexes grow after a transaction of many inserts") {
    constexpr std::int64_t count = 60'000;
    for (const std::size_t nth : {std::size_t{1}, std::size_t{7}, SIZE_MAX}) { // what fails is put off
        world w;
        hf::test::recording record(w);
        {
            hf::scope all(record.session);
            for (std::int64_t id = 0; id < count; ++id) REQUIRE(w.mobs.insert(make(id)));
            const hf::test::fail_allocation memory(nth);
            all.keep();
            CHECK(memory.failed() == (nth != SIZE_MAX));
        }
        record.rewind(0);
        (void)hf::test::largest_allocation();
        for (std::int64_t id = count; id < count + 40'000; ++id) REQUIRE(w.mobs.insert(make(id)));
        CHECK(hf::test::largest_allocation() < part_of_an_index);
        {
            hf::scope taken_back(record.session);
            for (std::int64_t id = 0; id < count; id += 3) REQUIRE(w.mobs.erase(id));
        }
        for (std::int64_t id = 0; id < count + 40'000; ++id)
            if (!right(w, id, true)) FAIL("row " << id << " is not found by everything");
    }
}

TEST_CASE("an index grows after a transaction that gave many rows keys of their own") {
    world w;
    hf::test::recording record(w);
    constexpr std::int64_t count = 60'000;
    for (std::int64_t id = 0; id < count; ++id) {
        REQUIRE(w.mobs.insert({id, name_of(id), -1, static_cast<std::int32_t>(id % 100), std::nullopt}));
        if (id % 1'000 == 0) record.rewind(0);
    }
    {
        hf::scope all(record.session);
        for (std::int64_t id = 0; id < count; ++id) w.mobs.set<&mob::herd>(w.mobs.find(id), id / 3);
        all.keep();
    }
    record.rewind(0);
    (void)hf::test::largest_allocation();
    for (std::int64_t id = count; id < count + 40'000; ++id) {
        hf::scope one(record.session);
        REQUIRE(w.mobs.insert(make(id)));
        one.keep();
        if (id == count) CHECK(hf::test::largest_allocation() < 50'000); // nothing was left for the first one to do
    }
    CHECK(hf::test::largest_allocation() < part_of_an_index);
    for (std::int64_t id = 0; id < count + 40'000; ++id)
        if (!right(w, id, true)) FAIL("row " << id << " is not found by everything");
}

TEST_CASE("indexes grow between transactions of a few inserts") {
    world w;
    hf::test::recording record(w);
    (void)hf::test::largest_allocation();
    std::int64_t id = 0;
    for (const std::int64_t inserts : {1, 3, 500}) {
        for (const std::int64_t end = id + 50'000; id < end;) {
            hf::scope few(record.session);
            for (std::int64_t i = 0; i < inserts; ++i) REQUIRE(w.mobs.insert(make(id++)));
            few.keep();
            record.rewind(0);
        }
        CHECK(hf::test::largest_allocation() < part_of_an_index);
    }
    for (std::int64_t there = 0; there < id; ++there)
        if (!right(w, there, true)) FAIL("row " << there << " is not found by everything");
}
