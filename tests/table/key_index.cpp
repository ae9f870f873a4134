// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/table/key_index.hpp: unique indexes, and rings of rows that share a key.
#include <holdfast/table/key_index.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <random>

using holdfast::index_kind;
using holdfast::key_index;
using holdfast::slot;
using holdfast::slot_store;
using holdfast::detail::key_place;

namespace {

struct row {
    std::optional<std::int32_t> team{};
    std::int32_t rank = 0;
};

/// Rows in slots, and an index over their teams, or over teams and ranks.
struct fixture {
    [[nodiscard]] slot<row>* add(std::optional<std::int32_t> team, std::int32_t rank = 0) {
        auto* made = static_cast<slot<row>*>(slots.take(1));
        ::new (&made->row) row{team, rank};
        slots.settle(made);
        return made;
    }

    slot_store slots{sizeof(row), alignof(row)};
    std::uint32_t team_offset = offsetof(slot<row>, row);
    key_place<std::optional<std::int32_t>> team_place{{team_offset}};
    key_place<std::optional<std::int32_t>, std::int32_t> both_place{
        {team_offset, team_offset + static_cast<std::uint32_t>(offsetof(row, rank))}};
};

using team_index = key_index<std::optional<std::int32_t>>;
using both_index = key_index<std::optional<std::int32_t>, std::int32_t>;

bool link(holdfast::index_base& index, slot<row>* where) {
    const std::array<const void*, 2> parts{&where->row.team, &where->row.rank};
    index.prepare(parts.data(), where->header.number, 0);
    return index.link(where);
}

void* find(const holdfast::index_base& index, const row& like) {
    const std::array<const void*, 2> parts{&like.team, &like.rank};
    return index.find(parts.data());
}

/// The ring that starts at the first row of a team, in order.
std::vector<slot<row>*> ring(const holdfast::index_base& index, std::optional<std::int32_t> team) {
    std::vector<slot<row>*> rows;
    void* first = find(index, {team, 0});
    for (void* at = first; at != nullptr; at = index.next(at) == first ? nullptr : index.next(at))
        rows.push_back(static_cast<slot<row>*>(at));
    return rows;
}

using rows = std::vector<slot<row>*>;

} // namespace

TEST_CASE("a unique index gives the one row of a key and refuses a second") {
    fixture f;
    team_index index(index_kind::unique, f.slots, f.team_place);
    auto* one = f.add(1);
    auto* again = f.add(1);
    CHECK(link(index, one));
    CHECK_FALSE(link(index, again));
    CHECK(find(index, {1, 0}) == one);
    CHECK(index.next(one) == one);
    index.unlink(one);
    CHECK(find(index, {1, 0}) == nullptr);
    CHECK(link(index, again));
    CHECK(find(index, {1, 0}) == again);
}

TEST_CASE("a unique index has no entry for a row with an empty optional in its key") {
    fixture f;
    team_index index(index_kind::unique, f.slots, f.team_place);
    both_index both(index_kind::unique, f.slots, f.both_place);
    auto* a = f.add(std::nullopt, 5);
    auto* b = f.add(std::nullopt, 5);
    CHECK(link(index, a));
    CHECK(link(index, b));
    CHECK(link(both, a));
    CHECK(link(both, b));
    CHECK(find(index, {std::nullopt, 0}) == nullptr);
    CHECK(find(both, {std::nullopt, 5}) == nullptr);
    index.unlink(a);
    both.unlink(a);
    auto* full = f.add(7, 5);
    CHECK(link(index, full));
    CHECK(link(both, full));
    CHECK(find(both, {7, 5}) == full);
}

TEST_CASE("a unique index over several fields tells them apart") {
    fixture f;
    both_index index(index_kind::unique, f.slots, f.both_place);
    auto* a = f.add(1, 2);
    auto* b = f.add(2, 1);
    auto* c = f.add(1, 1);
    for (auto* each : {a, b, c}) CHECK(link(index, each));
    CHECK_FALSE(link(index, f.add(2, 1)));
    CHECK(find(index, {1, 2}) == a);
    CHECK(find(index, {2, 1}) == b);
    CHECK(find(index, {1, 1}) == c);
    CHECK(find(index, {2, 2}) == nullptr);
}

TEST_CASE("an optional key is also found by the address of what it contains") {
    fixture f;
    team_index index(index_kind::multiple, f.slots, f.team_place);
    auto* one = f.add(5);
    link(index, one);
    const std::int32_t five = 5;
    const std::int32_t six = 6;
    const void* part = &five;
    CHECK(index.find_inner(&part) == one);
    part = &six;
    CHECK(index.find_inner(&part) == nullptr);
}

TEST_CASE("rows of one key form a ring in the order in which they came") {
    fixture f;
    team_index index(index_kind::multiple, f.slots, f.team_place);
    auto* a = f.add(1);
    auto* other = f.add(2);
    auto* b = f.add(1);
    auto* c = f.add(1);
    for (auto* each : {a, other, b, c}) CHECK(link(index, each));
    CHECK(ring(index, 1) == rows{a, b, c});
    CHECK(ring(index, 2) == rows{other});
    CHECK(ring(index, 3).empty());
}

TEST_CASE("a row leaves its ring from the start and the middle and the end") {
    fixture f;
    team_index index(index_kind::multiple, f.slots, f.team_place);
    rows all;
    for (int i = 0; i < 5; ++i) {
        all.push_back(f.add(1));
        link(index, all.back());
    }
    index.unlink(all[2]);
    CHECK(ring(index, 1) == rows{all[0], all[1], all[3], all[4]});
    index.unlink(all[0]);
    CHECK(ring(index, 1) == rows{all[1], all[3], all[4]});
    index.unlink(all[4]);
    CHECK(ring(index, 1) == rows{all[1], all[3]});
    link(index, all[0]);
    CHECK(ring(index, 1) == rows{all[1], all[3], all[0]});
    for (auto* each : {all[1], all[3], all[0]}) index.unlink(each);
    CHECK(ring(index, 1).empty());
}

TEST_CASE("an index that is not unique gathers the rows with an empty optional") {
    fixture f;
    team_index index(index_kind::multiple, f.slots, f.team_place);
    auto* a = f.add(std::nullopt);
    auto* b = f.add(std::nullopt);
    auto* zero = f.add(0);
    for (auto* each : {a, b, zero}) link(index, each);
    CHECK(ring(index, std::nullopt) == rows{a, b});
    CHECK(ring(index, 0) == rows{zero});
}

TEST_CASE("rings hold thousands of rows in many chunks") {
    fixture f;
    team_index index(index_kind::multiple, f.slots, f.team_place);
    index.reserve(100);
    std::map<std::int32_t, rows> expected;
    for (std::int32_t i = 0; i < 20'000; ++i) {
        auto* where = f.add(i % 7);
        expected[i % 7].push_back(where);
        link(index, where);
    }
    for (const auto& [team, members] : expected) CHECK(ring(index, team) == members);
}

TEST_CASE("random joins and leaves keep every ring in order") {
    std::mt19937 random(holdfast::test::seed());
    fixture f;
    team_index index(index_kind::multiple, f.slots, f.team_place);
    std::map<std::int32_t, rows> expected;
    for (int step = 0; step < 20'000; ++step) {
        const auto team = static_cast<std::int32_t>(random() % 30);
        rows& members = expected[team];
        if (members.empty() || (random() % 2 == 0 && members.size() < 10)) {
            members.push_back(f.add(team));
            link(index, members.back());
        } else {
            const auto leaving = members.begin() + static_cast<std::ptrdiff_t>(random() % members.size());
            index.unlink(*leaving);
            members.erase(leaving);
        }
        REQUIRE(ring(index, team) == members);
    }
    for (const auto& [team, members] : expected) CHECK(ring(index, team) == members);
}
