// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/table/options.hpp and description.hpp: what a table's options say of it.
#include <holdfast/table.hpp>

#include "support/catch.hpp"

namespace hf = holdfast;

namespace {

struct point {
    double x = 0;
    std::int32_t floor = 0;
};
struct hero {
    std::int64_t id = 0;
    std::string name{};
    point pos{};
    std::int32_t guild = 0;
    std::int64_t gold = 0;
    std::optional<std::int64_t> leader{};
    std::optional<std::int64_t> rival{};
};

// The options stand in an unusual order on purpose.
using heroes_table =
    hf::table<hero, hf::references<&hero::leader, &hero::id, "heroes", hf::on_delete::set_null>,
              hf::index<&hero::guild>, hf::at_least<&hero::gold, -7>,
              hf::index<hf::at<&hero::pos, &point::floor>, &hero::guild>, hf::unique<&hero::name>, hf::capacity<500>,
              hf::index<&hero::rival>, hf::references<&hero::rival, &hero::id, "heroes", hf::on_delete::cascade>,
              hf::auto_id<&hero::id>, hf::primary_key<&hero::id>>;

struct world {
    heroes_table heroes{};
};
struct plain_row {
    std::int32_t a = 0;
    std::int32_t b = 0;
};
struct plain_world {
    hf::table<plain_row, hf::primary_key<&plain_row::b, &plain_row::a>> rows{};
};

template <class World> const hf::table_description& described(World& w) {
    return hf::tables_of(w).value().front()->description();
}

} // namespace

TEST_CASE("indexes stand in the order primary key and unique and others and those of references") {
    using role = hf::index_description::role;
    world w;
    const auto& indexes = described(w).indexes;
    REQUIRE(indexes.size() == 6);
    CHECK(indexes[0].is == role::primary_key);
    CHECK(indexes[0].columns == hf::column_list{0});
    CHECK(indexes[1].is == role::unique);
    CHECK(indexes[1].columns == hf::column_list{1});
    CHECK(indexes[2].is == role::index);
    CHECK(indexes[2].columns == hf::column_list{4});
    CHECK(indexes[3].is == role::index);
    CHECK(indexes[3].columns == hf::column_list{3, 4});
    CHECK(indexes[4].is == role::index);
    CHECK(indexes[4].columns == hf::column_list{7});
    CHECK(indexes[5].is == role::reference);
    CHECK(indexes[5].columns == hf::column_list{6});
}

TEST_CASE("one index is made for the same fields whichever options name them") {
    struct row {
        std::int64_t id = 0;
        std::int64_t other = 0;
    };
    struct twice {
        hf::table<row, hf::index<&row::other>, hf::index<&row::id>, hf::unique<&row::other>, hf::primary_key<&row::id>>
            rows{};
    };
    twice w;
    CHECK(described(w).indexes.size() == 2);
    REQUIRE(w.rows.insert({1, 5}));
    CHECK(w.rows.insert({2, 5}).why().code == hf::errc::taken);
    CHECK(w.rows.find_by<&row::other>(5)->id == 1);
    CHECK_FALSE(w.rows.where<&row::other>(5).empty());
    CHECK_FALSE(w.rows.where<&row::id>(1).empty());
}

TEST_CASE("a reference on a field that has an index makes no second one") {
    world w;
    std::size_t over_rival = 0;
    for (const auto& index : described(w).indexes) over_rival += index.columns == hf::column_list{7} ? 1 : 0;
    CHECK(over_rival == 1);
}

TEST_CASE("references say where they lead and what an erase does") {
    world w;
    const auto& references = described(w).references;
    REQUIRE(references.size() == 2);
    CHECK(references[0].columns == hf::column_list{6});
    CHECK(references[0].parent == "heroes");
    CHECK(references[0].parent_columns == hf::column_list{0});
    CHECK(references[0].action == hf::on_delete::set_null);
    CHECK(references[1].columns == hf::column_list{7});
    CHECK(references[1].action == hf::on_delete::cascade);
}

TEST_CASE("limits and ids and capacity are described by column") {
    world w;
    const auto& is = described(w);
    REQUIRE(is.limits.size() == 1);
    CHECK(is.limits[0].column == 5);
    CHECK(is.limits[0].limit == -7);
    CHECK(is.auto_id == 0);
    CHECK(is.capacity == 500);
    CHECK(is.name == "heroes");
    CHECK(is.row == &hf::row_info_of<hero>());
}

TEST_CASE("a table with a primary key only has nothing else") {
    plain_world w;
    const auto& is = described(w);
    CHECK(is.indexes.size() == 1);
    CHECK(is.references.empty());
    CHECK(is.limits.empty());
    CHECK_FALSE(is.auto_id);
    CHECK(is.capacity == 0);
}

TEST_CASE("a primary key of several fields keeps the order in which they are named") {
    plain_world w;
    const auto& is = described(w);
    CHECK(is.primary_key() == hf::column_list{1, 0});
    CHECK(is.column_names(is.primary_key()) == "b, a");
    CHECK(is.column_name(0) == "a");
    REQUIRE(w.rows.insert({.a = 1, .b = 2}));
    CHECK(w.rows.contains(2, 1));
    CHECK_FALSE(w.rows.contains(1, 2));
}

TEST_CASE("unique and primary keys are unique and other indexes are not") {
    using role = hf::index_description::role;
    hf::index_description index;
    for (const role unique : {role::primary_key, role::unique}) {
        index.is = unique;
        CHECK(index.unique());
    }
    for (const role many : {role::index, role::reference}) {
        index.is = many;
        CHECK_FALSE(index.unique());
    }
}

TEST_CASE("a field inside a nested struct is indexed by its path") {
    world w;
    REQUIRE(w.heroes.insert({.name = "Aria", .pos = {1.5, 3}, .guild = 7}));
    REQUIRE(w.heroes.insert({.name = "Bob", .pos = {1.5, 4}, .guild = 7}));
    const auto found = w.heroes.where<hf::at<&hero::pos, &point::floor>, &hero::guild>(3, 7);
    REQUIRE_FALSE(found.empty());
    CHECK((*found.begin())->name == "Aria");
    w.heroes.set<&hero::pos, &point::floor>(*found.begin(), 5);
    CHECK(w.heroes.where<hf::at<&hero::pos, &point::floor>, &hero::guild>(3, 7).empty());
    CHECK_FALSE(w.heroes.where<hf::at<&hero::pos, &point::floor>, &hero::guild>(5, 7).empty());
    w.heroes.set<&hero::pos>(w.heroes.find(1), {0, 6});
    CHECK_FALSE(w.heroes.where<hf::at<&hero::pos, &point::floor>, &hero::guild>(6, 7).empty());
}

TEST_CASE("room is made for as many rows as the table may have") {
    world w;
    auto& base = *hf::tables_of(w).value().front();
    base.reserve(500);
    const std::size_t chunks = base.slots().chunks();
    for (int i = 0; i < 500; ++i) REQUIRE(w.heroes.insert({.name = std::to_string(i)}));
    CHECK(base.slots().chunks() == chunks);
    CHECK(w.heroes.insert({.name = "one more"}).why().code == hf::errc::full);
}
