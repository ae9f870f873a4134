// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/reflect/row_info.hpp.
#include <holdfast/reflect/row_info.hpp>

#include "support/catch.hpp"

#include <cstddef>
#include <memory>

using holdfast::first_column;
using holdfast::path;
using holdfast::path_columns;
using holdfast::row_columns;
using holdfast::row_info_of;

namespace {

struct point {
    double x = 0;
    double y = 0;
};
struct area {
    point from{};
    std::int16_t level = 3;
    point to{};
};
struct account_id {
    std::int64_t value = 0;
};
struct wrapped_twice {
    account_id inner{};
};
struct wrapped_point {
    point where{};
};

struct row {
    std::uint8_t small = 1;
    std::int64_t id = 42;
    std::string name = "nobody";
    area zone{};
    account_id account{};
    wrapped_twice owner{};
    wrapped_point home{};
    holdfast::uuid tag{};
    std::array<std::byte, 3> code{};
    std::array<std::string, 2> words{};
    std::optional<std::string> note = "none yet";
    bool last = true;
};

struct alone {
    std::int32_t only = 9;
};
struct alone_nested {
    point pos{};
};

template <class Row> std::vector<std::string> column_names() {
    std::vector<std::string> names;
    for (const holdfast::column& is : row_info_of<Row>().columns) names.push_back(is.name);
    return names;
}

template <class Path, class Row> std::string column_at() { return row_info_of<Row>().columns[first_column<Path>].name; }

} // namespace

TEST_CASE("nested structs become columns with joined names and a struct of one field stands for its field") {
    CHECK(column_names<row>() == std::vector<std::string>{"small", "id", "name", "zone_from_x", "zone_from_y",
                                                          "zone_level", "zone_to_x", "zone_to_y", "account", "owner",
                                                          "home_x", "home_y", "tag", "code", "words_0", "words_1",
                                                          "note", "last"});
    CHECK(row_columns<row> == 18);
}

TEST_CASE("a row of one field has a column of that name") {
    CHECK(column_names<alone>() == std::vector<std::string>{"only"});
    CHECK(column_names<alone_nested>() == std::vector<std::string>{"pos_x", "pos_y"});
}

TEST_CASE("every column lies where its field lies") {
    const row made;
    const auto& columns = row_info_of<row>().columns;
    const std::vector<const void*> fields{
        &made.small,        &made.id,           &made.name,      &made.zone.from.x,   &made.zone.from.y,
        &made.zone.level,   &made.zone.to.x,    &made.zone.to.y, &made.account.value, &made.owner.inner.value,
        &made.home.where.x, &made.home.where.y, &made.tag,       &made.code,          &made.words[0],
        &made.words[1],     &made.note,         &made.last};
    REQUIRE(columns.size() == fields.size());
    for (std::size_t i = 0; i < fields.size(); ++i) {
        CAPTURE(columns[i].name);
        CHECK(columns[i].in(static_cast<const void*>(&made)) == fields[i]);
    }
}

TEST_CASE("columns read the values of their fields") {
    row made;
    made.zone.to.y = 2.5;
    made.owner.inner.value = -7;
    const auto& columns = row_info_of<row>().columns;
    CHECK(columns[7].get(&made).real == 2.5);
    CHECK(columns[9].get(&made).integer == -7);
    CHECK(columns[2].get(&made).view() == "nobody");
    CHECK(columns[16].get(&made).view() == "none yet");
}

TEST_CASE("columns write the values of their fields") {
    row made;
    const auto& columns = row_info_of<row>().columns;
    CHECK(columns[8].ops->set(columns[8].in(static_cast<void*>(&made)),
                              holdfast::cell::of_integer(holdfast::cell_kind::i8, 5)));
    CHECK(made.account.value == 5);
}

TEST_CASE("a path gives the number of its first column") {
    CHECK(first_column<path<&row::small>> == 0);
    CHECK(first_column<path<&row::zone>> == 3);
    CHECK(first_column<path<&row::zone, &area::from>> == 3);
    CHECK(first_column<path<&row::zone, &area::from, &point::y>> == 4);
    CHECK(first_column<path<&row::zone, &area::level>> == 5);
    CHECK(first_column<path<&row::zone, &area::to>> == 6);
    CHECK(first_column<path<&row::zone, &area::to, &point::y>> == 7);
    CHECK(first_column<path<&row::account>> == 8);
    CHECK(first_column<path<&row::account, &account_id::value>> == 8);
    CHECK(first_column<path<&row::owner, &wrapped_twice::inner, &account_id::value>> == 9);
    CHECK(first_column<path<&row::home, &wrapped_point::where, &point::y>> == 11);
    CHECK(first_column<path<&row::last>> == 17);
    CHECK(column_at<path<&row::zone, &area::to, &point::x>, row>() == "zone_to_x");
    CHECK(column_at<path<&row::last>, row>() == "last");
}

TEST_CASE("a path knows how many columns it covers") {
    CHECK(path_columns<path<&row::name>> == 1);
    CHECK(path_columns<path<&row::zone>> == 5);
    CHECK(path_columns<path<&row::zone, &area::to>> == 2);
    CHECK(path_columns<path<&row::account>> == 1);
    CHECK(path_columns<path<&row::owner>> == 1);
    CHECK(path_columns<path<&row::home>> == 2);
    CHECK(path_columns<path<&row::tag>> == 1);
}

TEST_CASE("size and alignment are those of the struct") {
    struct alignas(32) wide {
        double x = 0;
    };
    CHECK(row_info_of<row>().size == sizeof(row));
    CHECK(row_info_of<row>().align == alignof(row));
    CHECK(row_info_of<wide>().align == 32);
}

TEST_CASE("a row can be made and destroyed without knowing its type") {
    const auto& info = row_info_of<row>();
    std::allocator<row> memory;
    row* first = memory.allocate(1);
    info.construct(first);
    CHECK(first->id == 42);
    CHECK(first->note == "none yet");
    CHECK(first->last);
    first->name = std::string(100, 'n');
    info.destroy(first); // the leak sanitizer sees the name that is not
    memory.deallocate(first, 1);
}

TEST_CASE("the initial row is as the member initializers make it") {
    const auto& initial = *static_cast<const row*>(row_info_of<row>().initial);
    CHECK(initial.small == 1);
    CHECK(initial.name == "nobody");
    CHECK(initial.zone.level == 3);
}

TEST_CASE("a row is described once") { CHECK(&row_info_of<row>() == &row_info_of<row>()); }

TEST_CASE("structs inside functions can be rows") {
    struct local {
        std::int32_t a = 0;
        point b{};
    };
    CHECK(column_names<local>() == std::vector<std::string>{"a", "b_x", "b_y"});
    CHECK(first_column<path<&local::b, &point::y>> == 2);
}

TEST_CASE("columns of equal type share their operations") {
    const auto& columns = row_info_of<row>().columns;
    CHECK(columns[3].ops == columns[4].ops);
    CHECK(columns[4].ops == columns[10].ops);
    CHECK(columns[1].ops != columns[2].ops);
}
