// SPDX-License-Identifier: MIT
/// @file
/// Tests of ordered indexes: rows in the order of a field, cut at values, walked in both directions.
#include "table/recording.hpp"

#include "support/catch.hpp"
#include "support/dies.hpp"
#include "support/sanitized.hpp"
#include "support/words.hpp"

#include <holdfast/track/scope.hpp>

#include <random>

namespace hf = holdfast;
using hf::test::last_words;
using hf::test::mentions;
using ids = std::vector<std::int64_t>;

namespace {

enum class rank : std::uint8_t { low = 1, middle = 5, high = 200 };

struct score {
    std::int64_t id = 0;
    std::int32_t season = 0;
    std::int32_t points = 0;
    std::string name{};
    std::optional<std::int8_t> bonus{};
    rank is = rank::low;
    hf::uuid tag{};
    std::uint8_t small = 0;
};
struct world {
    hf::table<score, hf::primary_key<&score::id>, hf::auto_id<&score::id>, hf::unique<&score::name>,
              hf::ordered<&score::points>, hf::ordered<&score::season, &score::points>, hf::ordered<&score::name>,
              hf::ordered<&score::bonus>, hf::ordered<&score::is>, hf::ordered<&score::tag>, hf::ordered<&score::small>,
              hf::ordered<&score::bonus, &score::small>>
        scores;
};

template <class Range> ids ids_of(const Range& range) {
    ids found;
    for (const auto each : range) found.push_back(each->id);
    return found;
}

/// Rows 1 to 6 with the points 10, 30, 20, 30, 50, 10.
struct points_world : world {
    points_world() {
        for (const int points : {10, 30, 20, 30, 50, 10})
            scores.insert({.points = points, .name = "n" + std::to_string(scores.size())}).value();
    }
    [[nodiscard]] auto by_points() const { return scores.ordered_by<&score::points>(); }
};

} // namespace

TEST_CASE("rows are walked in order and those of one key in the order in which they came") {
    const points_world w;
    CHECK(ids_of(w.by_points()) == ids{1, 6, 3, 2, 4, 5});
    CHECK(ids_of(w.by_points().descending()) == ids{5, 4, 2, 3, 6, 1});
    CHECK(ids_of(w.by_points().descending().descending()) == ids{1, 6, 3, 2, 4, 5});
    CHECK(w.by_points().collect().size() == 6);
}

TEST_CASE("an ordered range is cut at values that are there and at values that are not") {
    const points_world w;
    const auto all = w.by_points();
    CHECK(ids_of(all.from(30)) == ids{2, 4, 5});
    CHECK(ids_of(all.from(31)) == ids{5});
    CHECK(ids_of(all.above(30)) == ids{5});
    CHECK(ids_of(all.above(29)) == ids{2, 4, 5});
    CHECK(ids_of(all.up_to(20)) == ids{1, 6, 3});
    CHECK(ids_of(all.up_to(19)) == ids{1, 6});
    CHECK(ids_of(all.below(20)) == ids{1, 6});
    CHECK(ids_of(all.below(21)) == ids{1, 6, 3});
    CHECK(ids_of(all.at(30)) == ids{2, 4});
    CHECK(ids_of(all.at(30).descending()) == ids{4, 2});
    CHECK(ids_of(all.descending().from(20).below(50)) == ids{4, 2, 3});
    CHECK(ids_of(all.from(20).from(30).from(10).up_to(40).up_to(60)) == ids{2, 4});
    CHECK(ids_of(all.from(10).up_to(50)) == ids_of(all));
    for (const auto& none : {all.above(50), all.below(10), all.at(25), all.at(60), all.at(0)}) {
        CHECK(none.empty());
        CHECK(none.begin() == none.end());
        CHECK(none.descending().begin() == none.end());
    }
}

TEST_CASE("bounds that have crossed leave nothing whichever came first") {
    const points_world w;
    const auto all = w.by_points();
    for (const auto& none : {all.from(30).below(30), all.below(30).from(30), all.above(30).up_to(30),
                             all.up_to(30).above(30), all.from(50).up_to(10), all.up_to(10).from(50),
                             all.above(10).below(20), all.below(20).above(10), all.above(50).below(10),
                             all.below(10).above(50), all.at(30).at(20), all.at(20).at(30), all.at(30).above(30)}) {
        CHECK(none.empty());
        CHECK(ids_of(none).empty());
        CHECK(ids_of(none.descending()).empty());
        CHECK(none.collect().empty());
    }
}

TEST_CASE("an empty table has an empty order") {
    const world w;
    const auto all = w.scores.ordered_by<&score::points>();
    CHECK(all.empty());
    CHECK(ids_of(all).empty());
    CHECK(ids_of(all.from(1).up_to(5).descending()).empty());
}

TEST_CASE("an order of several fields is cut by the leading ones") {
    world w;
    for (const auto& [season, points] :
         {std::pair(2, 5), std::pair(1, 9), std::pair(2, 1), std::pair(3, 0), std::pair(2, 9), std::pair(1, 1)})
        w.scores.insert({.season = season, .points = points, .name = std::to_string(w.scores.size())}).value();
    const auto all = w.scores.ordered_by<&score::season, &score::points>();
    CHECK(ids_of(all) == ids{6, 2, 3, 1, 5, 4});
    CHECK(ids_of(all.at(2)) == ids{3, 1, 5});
    CHECK(ids_of(all.at(2).descending()) == ids{5, 1, 3});
    CHECK(ids_of(all.from(2, 5)) == ids{1, 5, 4});
    CHECK(ids_of(all.above(2, 5).up_to(2)) == ids{5});
    CHECK(ids_of(all.at(2).below(2, 9)) == ids{3, 1});
    CHECK(ids_of(all.above(2)) == ids{4});
    CHECK(ids_of(all.below(2)) == ids{6, 2});
    CHECK(ids_of(all.at(2, 5)) == ids{1});
    CHECK(all.at(2, 6).empty());
    CHECK(all.at(4).empty());
}

TEST_CASE("an empty optional comes before every value") {
    world w;
    using bonus = std::optional<std::int8_t>;
    int n = 0;
    for (const bonus value : {bonus(3), bonus(), bonus(-128), bonus(127), bonus()})
        w.scores.insert({.name = std::to_string(n++), .bonus = value}).value();
    const auto all = w.scores.ordered_by<&score::bonus>();
    CHECK(ids_of(all) == ids{2, 5, 3, 1, 4});
    CHECK(ids_of(all.at(std::nullopt)) == ids{2, 5});
    CHECK(ids_of(all.above(std::nullopt)) == ids{3, 1, 4});
    CHECK(ids_of(all.from(std::int8_t{3})) == ids{1, 4});
    CHECK(ids_of(all.below(std::int8_t{-128})) == ids{2, 5});
}

TEST_CASE("texts and enums and uuids have an order") {
    world w;
    const std::vector<std::string> names{"b", "", "a", "ab", "\xff", std::string("a\0", 2), "B"};
    const std::vector<rank> ranks{rank::high, rank::low, rank::middle, rank::low, rank::high, rank::middle, rank::low};
    for (std::size_t i = 0; i < names.size(); ++i) {
        hf::uuid tag;
        tag.bytes[15] = static_cast<decltype(tag.bytes)::value_type>(200 - 10 * i);
        w.scores.insert({.name = names[i], .is = ranks[i], .tag = tag}).value();
    }
    const auto by_name = w.scores.ordered_by<&score::name>();
    CHECK(ids_of(by_name) == ids{2, 7, 3, 6, 4, 1, 5}); // by bytes, as SQLite's BINARY
    CHECK(ids_of(by_name.from("a").below(std::string_view("b"))) == ids{3, 6, 4});
    CHECK(ids_of(by_name.above(std::string("b"))) == ids{5});
    CHECK(w.scores.find_by<&score::name>("ab") == *by_name.at("ab").begin()); // unique and ordered
    const auto by_rank = w.scores.ordered_by<&score::is>();
    CHECK(ids_of(by_rank.at(rank::low)) == ids{2, 4, 7});
    CHECK(ids_of(by_rank.from(rank::middle)) == ids{3, 6, 1, 5});
    const auto by_tag = w.scores.ordered_by<&score::tag>();
    CHECK(ids_of(by_tag) == ids{7, 6, 5, 4, 3, 2, 1});
    CHECK(ids_of(by_tag.above(w.scores.find(3)->tag)) == ids{2, 1});
}

TEST_CASE("regression: a bound that its field cannot hold is beyond all rows and does not wrap around") {
    world w;
    int n = 0;
    for (const int value : {0, 7, 255}) {
        const auto bonus = n == 0 ? std::nullopt : std::optional(static_cast<std::int8_t>(n == 1 ? -128 : 127));
        w.scores
            .insert({.points = value,
                     .name = std::to_string(n++),
                     .bonus = bonus,
                     .small = static_cast<std::uint8_t>(value)})
            .value();
    }
    const auto small = w.scores.ordered_by<&score::small>();
    CHECK(ids_of(small.from(-1)) == ids{1, 2, 3});
    CHECK(ids_of(small.above(-1)) == ids{1, 2, 3});
    CHECK(small.below(-1).empty());
    CHECK(small.up_to(-1).empty());
    CHECK(small.from(256).empty());
    CHECK(small.above(300).empty());
    CHECK(ids_of(small.below(256)) == ids{1, 2, 3});
    CHECK(ids_of(small.up_to(1'000)) == ids{1, 2, 3});
    CHECK(small.at(263).empty()); // 263 is 7 in eight bits
    CHECK(w.scores.ordered_by<&score::points>().from(std::int64_t{1} << 32).empty());
    CHECK(ids_of(w.scores.ordered_by<&score::points>().from(INT64_MIN)) == ids{1, 2, 3});
    const auto both = w.scores.ordered_by<&score::bonus, &score::small>();
    CHECK(ids_of(both.from(-1'000)) == ids{2, 3}); // none is less than every number
    CHECK(ids_of(both.up_to(-1'000)) == ids{1});
    CHECK(ids_of(both.up_to(1'000)) == ids{1, 2, 3});
    CHECK(ids_of(both.at(std::int8_t{-128}).from(std::int8_t{-128}, 7)) == ids{2});
    CHECK(both.at(std::int8_t{-128}).from(std::int8_t{-128}, 263).empty());
    CHECK(ids_of(both.at(std::int8_t{-128}).from(std::int8_t{-128}, -1)) == ids{2});
    CHECK(ids_of(both.above(-1'000, 300)) == ids{2, 3}); // what follows counts no more
}

TEST_CASE("an order goes on while rows are inserted during the walk") {
    points_world w;
    std::size_t walked = 0;
    for (const auto each : w.by_points()) {
        REQUIRE(++walked < 100);
        if (each->id > 6) continue; // what was inserted may be met, or not
        w.scores.insert({.points = each->points - 5, .name = "before " + std::to_string(each->id)}).value();
        w.scores.insert({.points = each->points, .name = "after " + std::to_string(each->id)}).value();
    }
    CHECK(walked >= 6);
    CHECK(w.scores.size() == 18);
    const auto all = w.by_points().collect();
    CHECK(std::is_sorted(all.begin(), all.end(), [](const auto& a, const auto& b) { return a->points < b->points; }));
}

TEST_CASE("of the rows inserted during a walk those are met that come before the last one that was there") {
    points_world w;
    std::vector<std::string> met;
    for (const auto each : w.by_points().up_to(40)) {
        met.push_back(each->name);
        if (met.size() != 1) continue;
        w.scores.insert({.points = each->points - 1, .name = "behind"}).value();
        w.scores.insert({.points = each->points + 1, .name = "ahead"}).value();
        w.scores.insert({.points = 40, .name = "the new last"}).value();
    }
    CHECK(std::ranges::count(met, "ahead") == 1);
    CHECK(std::ranges::count(met, "behind") == 0);
    CHECK(std::ranges::count(met, "the new last") == 0);
}

TEST_CASE("a change of another field does not disturb a walk") {
    points_world w;
    for (const auto each : w.by_points()) w.scores.set<&score::season>(each, 7);
    CHECK(w.scores.ordered_by<&score::season, &score::points>().at(7).collect().size() == 6);
}

TEST_CASE("a walk during which a row is erased or moved stops the program") {
    points_world w;
    const auto walk = [&](auto&& change) {
        return last_words([&] {
            for (const auto each : w.by_points()) change(each);
        });
    };
    CHECK(mentions(walk([&](auto each) { w.scores.erase(each).value(); }), "ordered_by(...).collect()"));
    CHECK(mentions(walk([&](auto) { w.scores.erase(5).value(); }), "ordered_by(...).collect()"));
    CHECK(mentions(walk([&](auto each) { w.scores.set<&score::points>(each, 60); }), "ordered_by(...).collect()"));
    CHECK(mentions(last_words([&] { // outside the bounds too
                       for (const auto each : w.by_points().below(30)) w.scores.erase(each->id == 1 ? 5 : 4).value();
                   }),
                   "ordered_by(...).collect()"));
    CHECK(last_words([&] {
              for (const auto each : w.by_points()) {
                  w.scores.erase(each).value();
                  break; // no further step
              }
          }) == "survived");
    for (const auto each : w.by_points().from(30).collect()) w.scores.erase(each).value();
    CHECK(ids_of(w.by_points()) == ids{1, 6, 3});
}

TEST_CASE("regression: a range that was made before a row was erased stops the program") {
    points_world w;
    const auto old = w.by_points().from(30);
    const auto fresh = [&] {
        w.scores.insert({.points = 1, .name = "new"}).value();
        return ids_of(old);
    };
    CHECK(fresh() == ids{2, 4, 5}); // an insert does not matter
    CHECK(mentions(last_words([&] {
                       w.scores.erase(2).value();
                       for (const auto each : old) static_cast<void>(each);
                   }),
                   "ordered_by(...).collect()"));
    CHECK(mentions(last_words([&] {
                       w.scores.set<&score::points>(w.scores.find(2), 0);
                       static_cast<void>(old.empty());
                   }),
                   "ordered_by(...).collect()"));
}

constexpr int steps = hf::test::plain_or_sanitized(4'000, 600);

TEST_CASE("random changes and rollbacks keep the order that a multimap has") {
    world w;
    hf::test::recording record(w);
    std::mt19937 random(hf::test::seed());
    using map = std::multimap<std::pair<std::int32_t, std::int32_t>, std::int64_t>;
    map must;
    const auto number = [&](int below) { return static_cast<std::int32_t>(random() % static_cast<unsigned>(below)); };
    const auto erase = [&](const score& row) {
        for (auto [at, end] = must.equal_range({row.season, row.points}); at != end; ++at)
            if (at->second == row.id) return void(must.erase(at));
    };
    const auto step = [&] {
        const auto rows = w.scores.collect();
        const int what = number(10);
        if (what < 4 || rows.empty()) {
            const auto made = w.scores.insert({.season = number(4), .points = number(8), .name = "x"});
            if (made) must.insert({{(*made)->season, (*made)->points}, (*made)->id});
            if (made) w.scores.set<&score::name>(*made, std::to_string((*made)->id)).value();
        } else {
            const auto some = rows[random() % rows.size()];
            const auto old = std::pair(some->season, some->points);
            if (what < 6) {
                erase(*some);
                w.scores.erase(some).value();
                return;
            }
            const auto fresh = std::pair(what < 8 ? old.first : number(4), number(8));
            if (old == fresh) return;
            erase(*some);
            if (what < 8)
                w.scores.set<&score::points>(some, fresh.second);
            else
                w.scores.update<&score::season, &score::points>(
                    some, [&](std::int32_t& season, std::int32_t& points) { std::tie(season, points) = fresh; });
            must.insert({fresh, some->id});
        }
    };
    bool exact = true; // after a rollback rows of one key may stand in another order
    const auto same = [&](const auto& range, map::iterator from, map::iterator to, const auto& back) {
        ids found = ids_of(range), wanted, reverse = ids_of(back);
        for (auto at = from; at != to; ++at) wanted.push_back(at->second);
        std::reverse(reverse.begin(), reverse.end());
        if (reverse != found) return false;
        if (exact && found != wanted) return false;
        for (std::size_t i = 1; i < found.size(); ++i) {
            const auto a = w.scores.find(found[i - 1]), b = w.scores.find(found[i]);
            if (std::pair(a->season, a->points) > std::pair(b->season, b->points)) return false;
        }
        return std::is_permutation(found.begin(), found.end(), wanted.begin(), wanted.end());
    };
    for (int i = 0; i < steps; ++i) {
        if (i < steps * 3 / 4 || random() % 2 != 0) {
            step();
        } else {
            const map before = must;
            hf::scope changes(record.session);
            for (int n = number(20); n > 0; --n) step();
            if (random() % 2 != 0)
                changes.keep();
            else
                must = before, exact = false;
        }
        if (random() % 16 == 0) ++record.session.tick;
        const std::pair low(number(4), number(8)), high(number(4), number(8));
        const auto all = w.scores.ordered_by<&score::season, &score::points>();
        const auto part = all.from(low.first, low.second).up_to(high.first, high.second);
        auto from = must.lower_bound(low), to = must.upper_bound(high);
        if (low > high) from = to = must.end();
        REQUIRE(same(part, from, to, part.descending()));
        REQUIRE(same(all.above(low.first), must.lower_bound({low.first + 1, 0}), must.end(),
                     all.above(low.first).descending()));
        REQUIRE(same(all.below(low.first), must.begin(), must.lower_bound({low.first, 0}),
                     all.below(low.first).descending()));
        if (i % 64 == 0) REQUIRE(same(all, must.begin(), must.end(), all.descending()));
    }
}
