// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/table/quick_change.hpp: the quick way changes and logs what the general way does, which is gone in
/// a transaction.
#include "table/recording.hpp"

#include "support/catch.hpp"

#include <holdfast/track/scope.hpp>

#include <limits>
#include <random>

namespace hf = holdfast;

namespace {

enum class mood : std::uint8_t { calm, angry };
struct account_id {
    std::int64_t value = 0;
};
struct position {
    double x = 0;
    double y = 0;
};
struct place {
    position pos{};
    std::string map{};
    account_id owner{};
};
struct hero {
    std::int64_t id = 0;
    std::string name{};
    std::int32_t level = 1;
    mood now = mood::calm;
    place home{};
    std::optional<std::int64_t> guild{};
    position pos{};
};
struct world {
    hf::table<hero, hf::primary_key<&hero::id>> heroes{};
};

/// A world with one hero, and what its changes log.
struct scene {
    world w{};
    hf::test::recording record{w};
    hf::row<hero> aria{};

    scene() {
        aria = w.heroes.insert({.id = 1, .name = "Aria"}).value();
        (void)record.ops();
    }
    /// Bits and all, as text.
    [[nodiscard]] std::string row() const {
        std::string made;
        for (const hf::column& one : hf::row_info_of<hero>().columns) {
            const hf::cell is = one.get(&*aria);
            made += hf::test::text_of(is) +
                    (is.is_real() ? " " + std::to_string(std::bit_cast<std::uint64_t>(is.real)) : std::string()) + ", ";
        }
        return made;
    }
};

/// Values from so few that a field often keeps its own.
struct draw {
    std::mt19937_64 random;
    std::uint64_t below(std::uint64_t count) { return random() % count; }
    double real() {
        constexpr double values[] = {0.0, -0.0, 1.5, std::numeric_limits<double>::quiet_NaN()};
        return values[below(4)];
    }
    position spot() {
        const double x = real();
        return {x, real()};
    }
    std::string text() { return std::string(below(3) * 20, 'x'); }
};

void change_by_lot(scene& in, draw& from) {
    auto& heroes = in.w.heroes;
    switch (from.below(4)) {
    case 0: heroes.set<&hero::pos>(in.aria, from.spot()); return;
    case 1: {
        const position to = from.spot();
        const std::string map = from.text();
        const auto owner = static_cast<std::int64_t>(from.below(2));
        heroes.update<&hero::home>(in.aria, [&](place& home) { home = {to, map, {owner}}; });
        return;
    }
    case 2: {
        const auto to = static_cast<std::int32_t>(from.below(2));
        const std::string called = from.text();
        heroes.update<&hero::name, &hero::level>(in.aria, [&](std::string& name, std::int32_t& level) {
            name = called;
            level = to;
        });
        return;
    }
    default: {
        const position to = from.spot();
        const auto feels = static_cast<mood>(from.below(2));
        const auto number = static_cast<std::int64_t>(from.below(3));
        heroes.update<&hero::pos, &hero::guild, &hero::now>(in.aria, [&](auto& pos, auto& guild, mood& now) {
            pos = to;
            guild = number == 0 ? std::nullopt : std::optional(number);
            now = feels;
        });
    }
    }
}

} // namespace

TEST_CASE("a quick change of several fields is one op of those that differ") {
    scene is;
    const auto texts = [&] { return is.record.texts(); };
    is.w.heroes.set<&hero::pos>(is.aria, {1.5, -2});
    CHECK(texts() == std::vector<std::string>{"update 0 columns 9 10 key [i64 1] cells [f64 1.500000, f64 -2.000000]"});
    is.w.heroes.set<&hero::pos>(is.aria, {1.5, 3});
    CHECK(texts() == std::vector<std::string>{"set 0 columns 10 key [i64 1] cells [f64 3.000000]"});
    is.w.heroes.set<&hero::pos>(is.aria, {1.5, 3});
    CHECK(texts().empty());
    is.w.heroes.update<&hero::level, &hero::name>(is.aria, [](std::int32_t& level, std::string& name) {
        level = 2;
        name = "Bob";
    });
    CHECK(texts() == std::vector<std::string>{"update 0 columns 2 1 key [i64 1] cells [i32 2, text Bob]"});
    CHECK(is.aria->name == "Bob");
}

TEST_CASE("the quick way and the general way change and log the same") {
    scene quick, general;
    draw for_quick{std::mt19937_64(hf::test::seed())}, for_general{std::mt19937_64(hf::test::seed())};
    for (int step = 0; step < 5'000; ++step) {
        change_by_lot(quick, for_quick);
        {
            hf::scope transaction(general.record.session);
            change_by_lot(general, for_general);
            transaction.keep();
        }
        REQUIRE(quick.record.texts() == general.record.texts());
        REQUIRE(quick.row() == general.row());
    }
}

TEST_CASE("a quick change that has no memory for the log changes nothing") {
    scene is;
    is.record.session.log.end = is.record.session.log.at;
    is.record.session.log.refill = [](hf::write_cursor&, std::size_t) { throw std::bad_alloc(); };
    const std::string before = is.row();
    CHECK_THROWS_AS((is.w.heroes.set<&hero::pos>(is.aria, {1, 2})), std::bad_alloc);
    CHECK_THROWS_AS((is.w.heroes.update<&hero::name, &hero::level>(is.aria,
                                                                   [](std::string& name, std::int32_t& level) {
                                                                       name = "Bob";
                                                                       level = 7;
                                                                   })),
                    std::bad_alloc);
    CHECK(is.row() == before);
}
