// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/reflect/path.hpp.
#include <holdfast/reflect/path.hpp>

#include "support/catch.hpp"

#include <string>

using holdfast::path;
using holdfast::path_of;
using holdfast::path_through;

namespace {

struct point {
    double x = 0;
    double y = 0;
};
struct place {
    point at{};
    std::string map{};
};
struct thing {
    int id = 0;
    place where{};
};

} // namespace

TEST_CASE("a path leads to the field that it names") {
    thing row;
    path<&thing::id>::in(row) = 7;
    path<&thing::where, &place::map>::in(row) = "harbor";
    path<&thing::where, &place::at, &point::y>::in(row) = 2.5;
    CHECK(row.id == 7);
    CHECK(row.where.map == "harbor");
    CHECK(row.where.at.y == 2.5);
    CHECK(&path<&thing::where, &place::at>::in(row) == &row.where.at);
}

TEST_CASE("a path through a const row gives a const field") {
    const thing row{};
    CHECK(std::is_same_v<decltype(path<&thing::where, &place::map>::in(row)), const std::string&>);
}

TEST_CASE("a path knows the row it starts from and the field it ends at") {
    using nested = path<&thing::where, &place::at, &point::x>;
    CHECK(std::is_same_v<nested::root, thing>);
    CHECK(std::is_same_v<nested::field, double>);
    CHECK(std::is_same_v<path<&thing::where>::field, place>);
}

TEST_CASE("an option names a field by member pointer or by path") {
    CHECK(std::is_same_v<path_of<&thing::id>, path<&thing::id>>);
    CHECK(std::is_same_v<path_of<holdfast::at<&thing::where, &place::map>>, path<&thing::where, &place::map>>);
}

TEST_CASE("a setter names a field by its steps or by path") {
    using nested = path<&thing::where, &place::map>;
    CHECK(std::is_same_v<path_through<&thing::id>, path<&thing::id>>);
    CHECK(std::is_same_v<path_through<&thing::where, &place::map>, nested>);
    CHECK(std::is_same_v<path_through<holdfast::at<&thing::where, &place::map>>, nested>);
}
