// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/table/key_map.hpp: growth without a stop, through many parts.
#include <holdfast/table/key_map.hpp>
#include <holdfast/table/slots.hpp>

#include "support/allocations.hpp"
#include "support/catch.hpp"

#include <memory>
#include <random>

using holdfast::key_map;
using holdfast::slot;
using holdfast::detail::key_place;

namespace {

struct row {
    std::int64_t key = 0;
};
using map = key_map<std::int64_t>;
using probe = map::probe;

/// A map and a slot for each of many keys: slot i has the key `first + i * step`.
struct fixture {
    explicit fixture(std::size_t count, std::int64_t first = 0, std::int64_t step = 1)
        : slots(std::make_unique<slot<row>[]>(count)), linked(count, false) {
        for (std::size_t i = 0; i < count; ++i) slots[i].row.key = first + static_cast<std::int64_t>(i) * step;
    }

    [[nodiscard]] probe probe_of(std::size_t i) const { return probe(std::tuple(slots[i].row.key)); }

    bool link(std::size_t i) {
        keys.prepare(probe_of(i).hash, 0);
        return link_unprepared(i);
    }
    bool link_unprepared(std::size_t i) {
        const bool added = keys.link(&slots[i], probe_of(i));
        if (added) linked[i] = true;
        return added;
    }
    void link_in_transaction(std::size_t from, std::size_t to) {
        ++transaction;
        for (std::size_t i = from; i < to; ++i) {
            keys.prepare(probe_of(i).hash, transaction);
            REQUIRE(link_unprepared(i));
        }
    }
    void unlink(std::size_t i) {
        keys.unlink(probe_of(i));
        linked[i] = false;
    }
    /// Whether a second slot of the same key is refused.
    [[nodiscard]] bool refuses_twin(std::size_t i) {
        slot<row> twin{{}, {slots[i].row.key}};
        keys.prepare(probe_of(i).hash, 0);
        return !keys.link(&twin, probe_of(i));
    }
    /// Links keys from the first on until the map has begun to grow to more parts for the `round`th time;
    /// how many there are then.
    std::size_t link_until_growth(int round = 1) {
        std::size_t i = 0;
        for (std::size_t parts = 1; round > 0; --round, parts *= 2)
            while (keys.parts() == parts) link(i++);
        return i;
    }
    [[nodiscard]] bool right(std::size_t i) const {
        return keys.find(probe_of(i)) == (linked[i] ? &slots[i] : nullptr);
    }
    [[nodiscard]] bool all_right() const {
        for (std::size_t i = 0; i < linked.size(); ++i)
            if (!right(i)) return false;
        return true;
    }

    std::unique_ptr<slot<row>[]> slots;
    std::vector<bool> linked;
    std::uint64_t transaction = 0;
    map keys{key_place<std::int64_t>{{offsetof(slot<row>, row)}}};
};

} // namespace

TEST_CASE("no part of a map takes more room than it asks for, also where keys come and go") {
    constexpr std::size_t count = 420'000;
    constexpr std::size_t part_bytes = 1'024 * (15 * sizeof(void*) + 16); // of 1,024 groups of 15
    fixture f(count);
    std::mt19937 random(holdfast::test::seed());
    std::vector<std::size_t> there;
    there.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        if (i == 40'000) (void)holdfast::test::largest_allocation(); // there are parts from here on
        REQUIRE(f.link(i));
        there.push_back(i);
        if (i % 2 != 0) continue; // one goes for two that come: every size is met with keys that come and go
        std::swap(there[random() % there.size()], there.back());
        f.unlink(there.back());
        there.pop_back();
    }
    CHECK(holdfast::test::largest_allocation() < part_bytes + 1'000);
    CHECK(f.keys.parts() >= 16);
    CHECK(f.all_right());
}

TEST_CASE("an empty map finds nothing") {
    const fixture f(1);
    CHECK(f.keys.size() == 0);
    CHECK(f.keys.find(f.probe_of(0)) == nullptr);
}

TEST_CASE("a key is linked once and found until it is unlinked") {
    fixture f(2);
    CHECK(f.link(0));
    CHECK(f.link(1));
    CHECK(f.keys.size() == 2);
    CHECK(f.refuses_twin(0));
    CHECK(f.all_right());
    f.unlink(0);
    CHECK(f.all_right());
    CHECK(f.keys.size() == 1);
    CHECK(f.link(0));
    CHECK(f.all_right());
}

TEST_CASE("a slot takes the place of another of the same key") {
    fixture f(1);
    f.link(0);
    slot<row> twin{{}, {f.slots[0].row.key}};
    f.keys.replace(f.probe_of(0), &twin);
    CHECK(f.keys.find(f.probe_of(0)) == &twin);
    CHECK(f.keys.size() == 1);
}

TEST_CASE("200000 keys are found while the map grows through many parts") {
    constexpr std::size_t count = 200'000;
    fixture f(count, -1'000, 7);
    std::mt19937 random(holdfast::test::seed());
    for (std::size_t i = 0; i < count; ++i) {
        REQUIRE(f.link(i));
        const std::size_t some = random() % count;
        if (!f.right(some)) FAIL("after " << i << " keys, slot " << some << " is not where it should be");
        if (!f.right(i / 2)) FAIL("after " << i << " keys, slot " << i / 2 << " is not where it should be");
        if (i % 50'000 == 0) REQUIRE(f.all_right());
    }
    CHECK(f.keys.size() == count);
    CHECK(f.keys.parts() >= 8);
    CHECK(f.all_right());
}

TEST_CASE("keys are taken out and put back at random while the map grows") {
    constexpr std::size_t count = 60'000;
    fixture f(count);
    std::mt19937 random(holdfast::test::seed());
    std::size_t held = 0;
    for (std::size_t step = 0; step < 200'000; ++step) {
        const std::size_t i = random() % count;
        if (!f.linked[i]) {
            REQUIRE(f.link(i));
            ++held;
        } else if (random() % 3 == 0) {
            f.unlink(i);
            --held;
        } else {
            REQUIRE(f.refuses_twin(i));
        }
        if (!f.right(i)) FAIL("in step " << step << " slot " << i << " is not where it should be");
        if (step % 20'000 == 0) REQUIRE(f.all_right());
    }
    CHECK(f.keys.size() == held);
    CHECK(f.all_right());
}

TEST_CASE("each key can be taken out at the very moment when it is next to be moved") {
    // Every key is taken out and put back between two looks, so that the one that is looked at next is among
    // them each time.
    for (const int round : {1, 2}) {
        fixture f(60'000);
        std::size_t i = f.link_until_growth(round);
        for (const std::size_t end = i + 3'000; i < end; ++i) {
            REQUIRE(f.link(i));
            for (std::size_t out = i % 97; out < i; out += 97) {
                f.unlink(out);
                if (!f.right(out)) FAIL("slot " << out << " is still found");
            }
            for (std::size_t out = i % 97; out < i; out += 97) REQUIRE(f.link_unprepared(out));
        }
        CHECK(f.all_right());
        CHECK(f.keys.size() == i);
    }
}

TEST_CASE("what a transaction changes is taken back without an allocation, also while a part is split") {
    // Sets that have seen many erases hold fewer keys than they have room for, and rebuild themselves where they stand.
    std::mt19937 random(holdfast::test::seed());
    std::uint64_t transaction = 0;
    for (const int round : {1, 1, 2}) {
        fixture f(60'000);
        const std::size_t count = f.link_until_growth(round);
        for (std::size_t i = 0, next = count; i < 40'000; ++i) {
            const std::size_t out = random() % next;
            if (!f.linked[out]) continue;
            f.unlink(out);
            REQUIRE(f.link(random() % 8 == 0 && next < 50'000 ? next++ : out));
            if (i % 400 != 0) continue;
            ++transaction;
            std::vector<std::size_t> changed;
            for (std::size_t k = random() % 5; k < next + 500 && k < 60'000; k += 1 + random() % 9) {
                f.keys.prepare(f.probe_of(k).hash, transaction);
                changed.push_back(k);
                f.linked[k] ? f.unlink(k) : static_cast<void>(f.link_unprepared(k));
            }
            const holdfast::test::no_allocation none;
            for (auto k = changed.rbegin(); k != changed.rend(); ++k)
                f.linked[*k] ? f.unlink(*k) : static_cast<void>(f.link_unprepared(*k));
        }
        CHECK(f.all_right());
    }
}

TEST_CASE("a transaction that overfills a part while it is split allocates only to prepare") {
    fixture f(120'000);
    const std::size_t count = f.link_until_growth(2);
    for (std::size_t i = count; i < 120'000; ++i) {
        f.keys.prepare(f.probe_of(i).hash, 1);
        const holdfast::test::no_allocation none;
        f.link_unprepared(i);
    }
    CHECK(f.all_right());
    const holdfast::test::no_allocation none;
    for (std::size_t i = 120'000; i-- > count;) f.unlink(i);
}

TEST_CASE("a map that a transaction left no larger has nothing to settle") {
    constexpr std::size_t count = 200'000;
    fixture f(count);
    for (std::size_t i = 0; i < count; ++i) REQUIRE(f.link(i));
    const std::size_t before = holdfast::test::allocations();
    ++f.transaction;
    for (std::size_t i = 0; i < count; ++i) {
        f.keys.prepare(f.probe_of(i).hash, f.transaction);
        f.unlink(i);
        f.keys.prepare(f.probe_of(i).hash, f.transaction);
        REQUIRE(f.link_unprepared(i));
    }
    CHECK(holdfast::test::allocations() != before); // for room to take it back
    const holdfast::test::no_allocation nothing_to_do;
    f.keys.catch_up();
}

TEST_CASE("all keys can be taken out in the middle of growth") {
    for (const int round : {1, 2, 3}) {
        fixture f(60'000);
        const std::size_t count = f.link_until_growth(round) + 500;
        for (std::size_t i = count - 500; i < count; ++i) f.link(i);
        for (std::size_t i = 0; i < count; ++i) {
            f.unlink(i);
            if (!f.right(i)) FAIL("slot " << i << " is still found");
        }
        CHECK(f.keys.size() == 0);
        for (std::size_t i = 0; i < count; ++i) REQUIRE(f.link(i));
        CHECK(f.all_right());
    }
}

TEST_CASE("every key can take another slot in the middle of growth") {
    fixture f(60'000);
    fixture twins(60'000);
    const std::size_t count = f.link_until_growth(2) + 500;
    for (std::size_t i = count - 500; i < count; ++i) f.link(i);
    for (std::size_t i = 0; i < count; ++i) f.keys.replace(f.probe_of(i), &twins.slots[i]);
    for (std::size_t i = 0; i < count; ++i) REQUIRE(f.keys.find(f.probe_of(i)) == &twins.slots[i]);
    for (std::size_t i = count; i < count + 10'000; ++i) REQUIRE(f.link(i)); // the moves go on over the new slots
    for (std::size_t i = 0; i < count; ++i) REQUIRE(f.keys.find(f.probe_of(i)) == &twins.slots[i]);
    for (std::size_t i = 0; i < count; ++i) f.keys.unlink(f.probe_of(i));
    CHECK(f.keys.size() == 10'000);
}

TEST_CASE("a key is refused in the middle of growth wherever its twin stands") {
    fixture f(60'000);
    std::size_t i = f.link_until_growth(2);
    for (const std::size_t end = i + 1'000; i < end; i += 100) {
        for (std::size_t n = i; n < i + 100; ++n) REQUIRE(f.link(n));
        for (std::size_t n = i % 7; n < i; n += 7) // without prepare: no move in between
            if (slot<row> twin{{}, {f.slots[n].row.key}}; f.keys.link(&twin, f.probe_of(n))) FAIL("twin of " << n);
    }
}

TEST_CASE("a map settles after a transaction in which it could not grow") {
    constexpr std::size_t count = 200'000;
    constexpr std::size_t more = count / 8 + 1; // from which on it tries again when there was no memory
    const std::size_t before = GENERATE(0u, 10'000u, 12'400u, 50'000u); // no part but one, also in the middle of growth
    const std::size_t fails = GENERATE(0u, 1u, 7u, 20u);
    fixture f(count + more + 20'000);
    for (std::size_t i = 0; i < before; ++i) REQUIRE(f.link(i));
    const std::size_t parts = f.keys.parts();
    f.link_in_transaction(before, count);
    CHECK(f.keys.parts() == parts);
    std::size_t linked = count;
    if (fails != 0) {
        {
            const holdfast::test::fail_allocation memory(fails);
            CHECK_THROWS_AS(f.keys.catch_up(), std::bad_alloc);
        }
        CHECK(f.all_right());
        f.link_in_transaction(count, linked = count + more);
    }
    f.keys.catch_up();
    CHECK(f.keys.size() == linked);
    CHECK(f.keys.parts() >= linked / 12'000);
    std::vector<std::size_t> sizes(f.keys.parts());
    for (std::size_t i = 0; i < linked; ++i) ++sizes.at(f.keys.part_of(f.probe_of(i).hash));
    for (const std::size_t size : sizes) CHECK(size <= 12'500);
    CHECK(f.all_right());
    {
        const holdfast::test::no_allocation nothing_to_do;
        f.keys.catch_up();
    }
    for (std::size_t i = 0; i < linked; i += 3) f.unlink(i);
    for (std::size_t i = linked; i < linked + 20'000; ++i) REQUIRE(f.link(i));
    CHECK(f.all_right());
}

TEST_CASE("a map that cannot settle for want of memory does not try again for each slot") {
    fixture f(200'000);
    f.link_in_transaction(0, 200'000);
    const std::size_t before = holdfast::test::allocations();
    for (int i = 0; i < 1'000; ++i) {
        const holdfast::test::fail_allocation memory(10);
        try {
            f.keys.catch_up();
        } catch (const std::bad_alloc&) {
            continue;
        }
    }
    CHECK(holdfast::test::allocations() - before < 100);
    CHECK(f.all_right());
}

TEST_CASE("a map grows between transactions as it does without them") {
    fixture f(120'000);
    for (std::size_t i = 0; i < 120'000; i += 10) {
        f.link_in_transaction(i, i + 10);
        for (std::size_t n = 0; n < 10; ++n) f.keys.catch_up();
    }
    CHECK(f.keys.parts() == 16);
    CHECK(f.all_right());
}

TEST_CASE("a map with reserved room takes that many keys") {
    for (const std::size_t count : {std::size_t{10}, std::size_t{12'000}, std::size_t{12'001}, std::size_t{50'000}}) {
        fixture f(count + 100);
        f.keys.reserve(count);
        for (std::size_t i = 0; i < count + 100; ++i) REQUIRE(f.link(i));
        REQUIRE(f.all_right());
    }
}

TEST_CASE("a map with reserved room grows on") {
    fixture f(100'000);
    f.keys.reserve(20'000);
    for (std::size_t i = 0; i < 100'000; ++i) REQUIRE(f.link(i));
    CHECK(f.all_right());
}

TEST_CASE("room can be asked for in a map that has keys") {
    fixture f(30'000);
    for (std::size_t i = 0; i < 100; ++i) f.link(i);
    f.keys.reserve(30'000);
    CHECK(f.all_right());
    for (std::size_t i = 100; i < 30'000; ++i) f.link(i);
    f.keys.reserve(30'000);
    f.keys.reserve(1);
    CHECK(f.all_right());
}

TEST_CASE("keys that share all low bits of their numbers spread over the parts") {
    constexpr std::size_t count = 50'000;
    fixture f(count, 0, std::int64_t{1} << 40);
    for (std::size_t i = 0; i < count; ++i) REQUIRE(f.link(i));
    std::vector<std::size_t> sizes(f.keys.parts());
    for (std::size_t i = 0; i < count; ++i) ++sizes.at(f.keys.part_of(f.probe_of(i).hash));
    for (const std::size_t size : sizes) CHECK(size < 2 * count / sizes.size() + 1'000);
    CHECK(f.all_right());
}
