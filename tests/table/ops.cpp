// SPDX-License-Identifier: MIT
/// @file
/// Tests of the ops that table changes write, byte by byte as holdfast/core/op.hpp says.
#include "table/recording.hpp"
#include "table/replica.hpp"

#include "support/catch.hpp"

namespace hf = holdfast;

namespace {

using texts = std::vector<std::string>;

struct position {
    double x = 0;
    double y = 0;
};
struct hero {
    std::int64_t id = 0;
    std::string name{};
    std::int32_t level = 1;
    std::int64_t gold = 0;
    position pos{};
    std::optional<std::string> title{};
};
struct member {
    std::int32_t guild = 0;
    std::string name{};
    std::optional<std::int64_t> hero{};
};
struct item {
    hf::uuid id{};
    std::int64_t owner = 0;
    std::vector<std::byte> data{};
    float weight = 0;
    bool bound = false;
};
struct counter {
    std::int64_t id = 0;
    std::int32_t value = 0;
};
struct world {
    hf::table<hero, hf::primary_key<&hero::id>, hf::unique<&hero::name>, hf::at_least<&hero::gold, 0>> heroes{};
    hf::table<member, hf::primary_key<&member::guild, &member::name>,
              hf::references<&member::hero, &hero::id, "heroes", hf::on_delete::set_null>>
        members{};
    hf::table<item, hf::primary_key<&item::id>,
              hf::references<&item::owner, &hero::id, "heroes", hf::on_delete::cascade>>
        items{};
    hf::table<counter, hf::primary_key<&counter::id>, hf::auto_id<&counter::id>> counters{};
};

struct fixture {
    world w{};
    hf::test::recording record{w};
    hf::row<hero> aria{};

    fixture() {
        aria = w.heroes.insert({.id = 1, .name = "Aria"}).value();
        w.heroes.insert({.id = 2, .name = "Bob"}).value();
        (void)record.ops();
    }
};

} // namespace

TEST_CASE("an insert writes one cell for every column in its order") {
    fixture f;
    REQUIRE(f.w.heroes.insert({-3, "Cleo", 7, 5, {1.5, -2}, "Queen"}));
    REQUIRE(f.w.items.insert({hf::uuid{}, 1, {std::byte{'a'}, std::byte{'b'}}, 0.5f, true}));
    CHECK(f.record.texts() ==
          texts{"insert 0 cells [i64 -3, text Cleo, i32 7, i64 5, f64 1.500000, f64 -2.000000, text Queen]",
                "insert 2 cells [blob " + std::string(16, '\0') + ", i64 1, blob ab, f32 0.500000, i8 1]"});
}

TEST_CASE("the bytes of a set are header and key and value") {
    fixture f;
    f.record.session.log.reserve(64);
    const std::byte* start = f.record.session.log.at;
    f.w.heroes.set<&hero::level>(f.aria, 0x01020304);
    const std::string written(reinterpret_cast<const char*>(start),
                              static_cast<std::size_t>(f.record.session.log.at - start));
    CHECK(written == std::string("\x01\x02\0\0"           // set, column 2, table 0
                                 "\x04\x01\0\0\0\0\0\0\0" // i64 1
                                 "\x03\x04\x03\x02\x01",
                                 18)); // i32
}

TEST_CASE("the bytes of an update are header and columns and key and values") {
    fixture f;
    f.record.session.log.reserve(128);
    const std::byte* start = f.record.session.log.at;
    REQUIRE(f.w.heroes.update<&hero::level, &hero::name>(f.aria, [](std::int32_t& level, std::string& name) {
        level = 5;
        name = "A";
    }));
    const std::string written(reinterpret_cast<const char*>(start),
                              static_cast<std::size_t>(f.record.session.log.at - start));
    CHECK(written == std::string("\x02\0\0\0"             // update, table 0
                                 "\x02\x02\x01"           // two columns: 2 and 1
                                 "\x04\x01\0\0\0\0\0\0\0" // i64 1
                                 "\x03\x05\0\0\0"         // i32 5
                                 "\x07\x01"
                                 "A",
                                 24)); // text A
}

TEST_CASE("a set writes the key and the new value whatever kind of field it is") {
    fixture f;
    f.w.heroes.set<&hero::level>(f.aria, 2);
    f.w.heroes.set<&hero::pos, &position::y>(f.aria, 2.5);
    f.w.heroes.set<&hero::title>(f.aria, "Queen");
    f.w.heroes.set<&hero::title>(f.aria, std::nullopt);
    REQUIRE(f.w.heroes.set<&hero::name>(f.aria, "Ariadne"));
    REQUIRE(f.w.heroes.add<&hero::gold>(1, 7));
    f.w.heroes.set<&hero::pos, &position::x>(f.aria, std::numeric_limits<double>::quiet_NaN());
    CHECK(f.record.texts() ==
          texts{"set 0 columns 2 key [i64 1] cells [i32 2]", "set 0 columns 5 key [i64 1] cells [f64 2.500000]",
                "set 0 columns 6 key [i64 1] cells [text Queen]", "set 0 columns 6 key [i64 1] cells [null]",
                "set 0 columns 1 key [i64 1] cells [text Ariadne]", "set 0 columns 3 key [i64 1] cells [i64 7]",
                "set 0 columns 4 key [i64 1] cells [null]"});
}

TEST_CASE("an update writes only the columns that changed") {
    fixture f;
    f.w.heroes.set<&hero::pos>(f.aria, {1, 2});
    f.w.heroes.set<&hero::pos>(f.aria, {1, 3});
    REQUIRE(f.w.heroes.update(f.aria, [](hero& row) {
        row.gold = 5;
        row.title = "Queen";
    }));
    REQUIRE(f.w.heroes.update(f.aria, [](hero& row) { row.gold = 6; }));
    CHECK(f.record.texts() == texts{"update 0 columns 4 5 key [i64 1] cells [f64 1.000000, f64 2.000000]",
                                    "set 0 columns 5 key [i64 1] cells [f64 3.000000]",
                                    "update 0 columns 3 6 key [i64 1] cells [i64 5, text Queen]",
                                    "set 0 columns 3 key [i64 1] cells [i64 6]"});
}

TEST_CASE("what changes nothing writes nothing") {
    fixture f;
    f.w.heroes.set<&hero::level>(f.aria, 1);
    REQUIRE(f.w.heroes.set<&hero::name>(f.aria, "Aria"));
    REQUIRE(f.w.heroes.add<&hero::gold>(f.aria, 0));
    f.w.heroes.set<&hero::pos>(f.aria, {0, 0});
    f.w.heroes.update<&hero::level>(f.aria, [](std::int32_t&) {});
    REQUIRE(f.w.heroes.update(f.aria, [](hero&) {}));
    REQUIRE(f.w.heroes.update(f.aria, [](hero& row) { row.name = std::string("Aria"); }));
    CHECK(f.record.texts().empty());
    f.w.heroes.set<&hero::pos, &position::x>(f.aria, -0.0); // differs from 0.0
    CHECK(f.record.texts().size() == 1);
}

TEST_CASE("what is refused writes nothing") {
    fixture f;
    CHECK_FALSE(f.w.heroes.set<&hero::name>(f.aria, "Bob"));
    CHECK_FALSE(f.w.heroes.add<&hero::gold>(f.aria, -1));
    CHECK_FALSE(f.w.heroes.insert({.id = 1, .name = "x"}));
    CHECK_FALSE(f.w.heroes.insert({.id = 9, .name = "Bob"}));
    CHECK_FALSE(f.w.heroes.erase(9));
    CHECK_FALSE(f.w.members.insert({1, "a", 99}));
    CHECK_FALSE(f.w.heroes.update(f.aria, [](hero& row) { row.id = 5; }));
    CHECK(f.record.texts().empty());
}

TEST_CASE("a key of several fields is written part by part in the order of the key") {
    fixture f;
    const auto member = f.w.members.insert({7, "Aria", 1}).value();
    REQUIRE(f.w.members.set<&member::hero>(member, 2));
    REQUIRE(f.w.members.erase(7, "Aria"));
    CHECK(f.record.texts() == texts{"insert 1 cells [i32 7, text Aria, i64 1]",
                                    "set 1 columns 2 key [i32 7, text Aria] cells [i64 2]",
                                    "erase 1 key [i32 7, text Aria]"});
}

TEST_CASE("an erase writes first what becomes none and then children and then the row") {
    fixture f;
    REQUIRE(f.w.members.insert({7, "Aria", 1}));
    REQUIRE(f.w.items.insert({hf::uuid{}, 1, {}, 0, false}));
    (void)f.record.ops();
    REQUIRE(f.w.heroes.erase(1));
    CHECK(f.record.texts() == texts{"set 1 columns 2 key [i32 7, text Aria] cells [null]",
                                    "erase 2 key [blob " + std::string(16, '\0') + "]", "erase 0 key [i64 1]"});
}

TEST_CASE("ids are leased in blocks, before half of the block before is used") {
    fixture f;
    for (int i = 0; i < 513; ++i) REQUIRE(f.w.counters.insert({}));
    auto ops = f.record.ops();
    REQUIRE(ops.size() == 514);
    CHECK(ops[0].text() == "lease 3 1026");
    CHECK(ops[1].text() == "insert 3 cells [i64 1, i32 0]");
    CHECK(ops.back().text() == "insert 3 cells [i64 513, i32 0]");
    REQUIRE(f.w.counters.insert({}));
    ops = f.record.ops();
    REQUIRE(ops.size() == 2);
    CHECK(ops[0].text() == "lease 3 1539");
    CHECK(ops[1].text() == "insert 3 cells [i64 514, i32 0]");
}

TEST_CASE("a chosen id beyond the lease leases anew and one below it does not") {
    fixture f;
    REQUIRE(f.w.counters.insert({5'000, 0}));
    REQUIRE(f.w.counters.insert({4'000, 0}));
    REQUIRE(f.w.counters.insert({-4'000, 0}));
    CHECK(f.record.texts() == texts{"lease 3 6025", "insert 3 cells [i64 5000, i32 0]",
                                    "insert 3 cells [i64 4000, i32 0]", "insert 3 cells [i64 -4000, i32 0]"});
}

TEST_CASE("inside a transaction the same ops are written") {
    fixture f;
    f.record.session.begin_transaction();
    f.w.heroes.set<&hero::level>(f.aria, 2);
    f.w.heroes.set<&hero::pos>(f.aria, {1, 2});
    f.w.heroes.set<&hero::level>(f.aria, 2);
    REQUIRE(f.w.counters.insert({}));
    CHECK(f.record.texts() == texts{"set 0 columns 2 key [i64 1] cells [i32 2]",
                                    "update 0 columns 4 5 key [i64 1] cells [f64 1.000000, f64 2.000000]",
                                    "lease 3 1026", "insert 3 cells [i64 1, i32 0]"});
    f.record.session.undo.keep_all();
    f.record.session.end_transaction();
}

TEST_CASE("an insert after a rollback leases again because the first lease may be lost with it") {
    fixture f;
    f.record.session.begin_transaction();
    REQUIRE(f.w.counters.insert({}));
    f.record.session.undo.undo_to(0);
    f.record.session.end_transaction();
    (void)f.record.ops();
    REQUIRE(f.w.counters.insert({}));
    CHECK(f.record.texts() == texts{"lease 3 1027", "insert 3 cells [i64 2, i32 0]"});
}

TEST_CASE("values of any length fit in what is reserved for them") {
    fixture f;
    for (const std::size_t size : {0u, 1u, 127u, 128u, 16'383u, 16'384u, 100'000u}) {
        REQUIRE(f.w.heroes.set<&hero::name>(f.aria, std::string(size, 'n')));
        f.w.heroes.set<&hero::title>(f.aria, std::string(size, 't'));
        REQUIRE(f.w.items.insert({hf::uuid{}, 1, std::vector<std::byte>(size), 0, false}));
        REQUIRE(f.w.members.insert({1, std::string(size, 'm'), 1}));
        REQUIRE(f.w.members.erase(1, std::string(size, 'm')));
        REQUIRE(f.w.items.erase(hf::uuid{}));
        CHECK(f.record.ops().size() >= 5); // throws when a change wrote beyond what it had reserved
    }
}
