// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/table/table.hpp: what a whole table is; its changes have files of their own.
#include "table/recording.hpp"

#include "support/catch.hpp"

#include <set>

namespace hf = holdfast;

namespace {

/// A field that counts how many of it live, as a user's own type.
struct counted {
    static inline int living = 0;
    std::int64_t value;

    counted(std::int64_t number = 0) noexcept : value(number) { ++living; }
    counted(const counted& other) noexcept : value(other.value) { ++living; }
    counted& operator=(const counted&) noexcept = default;
    ~counted() { --living; }
    friend bool operator==(const counted&, const counted&) = default;
};
} // namespace

template <> struct holdfast::codec<counted> {
    static constexpr storage stored_as = storage::integer;
    static constexpr bool nullable = false;
    static cell get(const counted& field) noexcept { return cell::of_integer(cell_kind::i64, field.value); }
    static bool set(counted& field, const cell& c) noexcept { return codec<std::int64_t>::set(field.value, c); }
};

namespace {

struct hero {
    std::int64_t id = 0;
    std::string name{};
    std::optional<std::string> title{};
    std::int32_t guild = 0;
    std::int32_t rank = 0;
};
using heroes_table = hf::table<hero, hf::primary_key<&hero::id>, hf::unique<&hero::name>, hf::unique<&hero::title>,
                               hf::unique<&hero::guild, &hero::rank>>;

struct member {
    std::int32_t guild = 0;
    std::string name{};
    std::int32_t level = 1;
};
using members_table = hf::table<member, hf::primary_key<&member::guild, &member::name>>;

struct counted_row {
    std::int64_t id = 0;
    counted value{};
};
struct counted_world {
    hf::table<counted_row, hf::primary_key<&counted_row::id>> rows{};
};

} // namespace

static_assert(!std::is_copy_constructible_v<heroes_table> && !std::is_move_constructible_v<heroes_table>,
              "handles and references point at tables");
static_assert(sizeof(hf::row<hero>) == 16);

TEST_CASE("a fresh table is empty") {
    const heroes_table heroes;
    CHECK(heroes.empty());
    CHECK(heroes.size() == 0);
    CHECK_FALSE(heroes.contains(0));
    CHECK_FALSE(heroes.find_by<&hero::name>(""));
}

TEST_CASE("rows are found by every unique field") {
    heroes_table heroes;
    const auto aria = heroes.insert({1, "Aria", "Queen", 5, 1}).value();
    const auto bob = heroes.insert({2, "Bob", std::nullopt, 5, 2}).value();
    CHECK(heroes.size() == 2);
    CHECK_FALSE(heroes.empty());
    CHECK(heroes.find(1) == aria);
    CHECK(heroes.contains(2));
    CHECK(heroes.find_by<&hero::name>("Bob") == bob);
    CHECK(heroes.find_by<&hero::title>("Queen") == aria);
    CHECK(heroes.find_by<&hero::guild, &hero::rank>(5, 2) == bob);
    CHECK(heroes.find_by<&hero::id>(2) == bob);
    CHECK_FALSE(heroes.find_by<&hero::guild, &hero::rank>(2, 5));
    CHECK_FALSE(heroes.find_by<&hero::title>(""));
    CHECK_FALSE(heroes.find(3));
}

TEST_CASE("a row without a value in a unique optional is not found by none") {
    heroes_table heroes;
    REQUIRE(heroes.insert({1, "Aria", std::nullopt, 5, 1}));
    const auto none = heroes.find(1)->title;
    CHECK_FALSE(heroes.find_by<&hero::title>(none));
}

TEST_CASE("keys of several fields are given part by part") {
    members_table members;
    const auto aria = members.insert({1, "Aria", 5}).value();
    REQUIRE(members.insert({2, "Aria", 6}));
    REQUIRE(members.insert({1, "Bob", 7}));
    CHECK(members.insert({1, "Aria", 8}).why().code == hf::errc::taken);
    CHECK(members.find(1, "Aria") == aria);
    CHECK(members.find(2, "Aria")->level == 6);
    CHECK(members.contains(1, std::string("Bob")));
    CHECK_FALSE(members.contains(2, "Bob"));
    REQUIRE(members.erase(1, "Aria"));
    CHECK_FALSE(members.contains(1, "Aria"));
    CHECK(members.erase(1, "Aria").why().code == hf::errc::not_found);
    CHECK(members.erase(1, "Aria").why().detail.ends_with("='Aria'] is not there"));
    CHECK(members.size() == 2);
}

TEST_CASE("rows of every alignment are kept at their alignment") {
    const auto check = []<class Row>(Row) {
        hf::table<Row, hf::primary_key<&Row::id>> rows;
        std::vector<hf::row<Row>> handles;
        for (std::int32_t id = 0; id < 5'000; ++id)
            handles.push_back(rows.insert({id, static_cast<std::int8_t>(id % 100)}).value());
        std::int32_t id = 0;
        for (const hf::row<Row>& each : handles) {
            REQUIRE(reinterpret_cast<std::uintptr_t>(&*each) % alignof(Row) == 0);
            REQUIRE(each->id == id);
            REQUIRE(each->last == id % 100);
            REQUIRE(rows.find(id++) == each);
        }
        std::size_t walked = 0;
        for (const hf::row<Row> each : rows) walked += each->id >= 0 ? 1 : 0;
        CHECK(walked == 5'000);
    };
    struct packed {
        std::int8_t id_low = 0;
    };
    struct four {
        std::int32_t id = 0;
        std::int8_t last = 0;
    };
    struct alignas(16) sixteen {
        std::int32_t id = 0;
        std::int8_t last = 0;
    };
    struct alignas(32) thirty_two {
        std::int32_t id = 0;
        std::int8_t last = 0;
    };
    struct alignas(64) sixty_four {
        std::int32_t id = 0;
        std::int8_t last = 0;
    };
    check(four{});
    check(sixteen{});
    check(thirty_two{});
    check(sixty_four{});
    hf::table<packed, hf::primary_key<&packed::id_low>> tiny;
    for (int id = -128; id < 128; ++id) REQUIRE(tiny.insert({static_cast<std::int8_t>(id)}));
    for (int id = -128; id < 128; ++id) REQUIRE(tiny.find(static_cast<std::int8_t>(id))->id_low == id);
}

TEST_CASE("a row larger than a chunk has a place") {
    struct large {
        std::int32_t id = 0;
        std::array<std::byte, 300'000> bytes{};
    };
    hf::table<large, hf::primary_key<&large::id>> rows;
    for (std::int32_t id = 0; id < 3; ++id) {
        auto row = std::make_unique<large>();
        row->id = id;
        row->bytes.back() = static_cast<std::byte>(id);
        REQUIRE(rows.insert(*row));
    }
    for (std::int32_t id = 0; id < 3; ++id) CHECK(rows.find(id)->bytes.back() == static_cast<std::byte>(id));
    std::size_t walked = 0;
    for (const hf::row<large> each : rows) walked += each.alive() ? 1 : 0;
    CHECK(walked == 3);
}

TEST_CASE("a table destroys its rows") {
    REQUIRE(counted::living >= 0);
    const int before = counted::living;
    {
        counted_world w;
        for (std::int64_t id = 0; id < 100; ++id) REQUIRE(w.rows.insert({id, id}));
        CHECK(counted::living >= before + 100);
        for (std::int64_t id = 0; id < 50; ++id) REQUIRE(w.rows.erase(id));
        w.rows.set<&counted_row::value>(w.rows.find(60), counted(7));
        CHECK(w.rows.insert({60, 1}).why().code == hf::errc::taken);
    }
    // row_info's initial row lives on
    CHECK(counted::living <= before + 1);
}

TEST_CASE("a table destroys its rows after transactions too") {
    {
        counted_world warm;
        REQUIRE(warm.rows.insert({1, 1}));
    }
    const int before = counted::living;
    for (const bool keep : {true, false}) {
        counted_world w;
        hf::test::recording record(w);
        for (std::int64_t id = 0; id < 10; ++id) REQUIRE(w.rows.insert({id, id}));
        record.session.begin_transaction();
        for (std::int64_t id = 0; id < 5; ++id) {
            REQUIRE(w.rows.erase(id));
            REQUIRE(w.rows.insert({id, id + 100}));
            w.rows.set<&counted_row::value>(w.rows.find(id + 5), counted(id));
        }
        CHECK(counted::living >= before + 10);
        if (keep)
            record.session.undo.keep_all();
        else
            record.session.undo.undo_to(0);
        record.session.end_transaction();
        CHECK(counted::living == before + 10);
        CHECK(w.rows.find(0)->value.value == (keep ? 100 : 0));
    }
    CHECK(counted::living == before);
}
