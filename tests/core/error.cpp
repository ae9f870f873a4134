// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/core/error.hpp.
#include <holdfast/core/error.hpp>

#include "support/catch.hpp"

#include <set>

using holdfast::errc;
using holdfast::error;
using holdfast::failure;
using holdfast::name_of;

TEST_CASE("every error code has a name of its own") {
    std::set<std::string_view> names;
    for (int code = 1; code <= static_cast<int>(errc::closed); ++code) {
        const std::string_view name = name_of(static_cast<errc>(code));
        CHECK(name != "unknown");
        CHECK(names.insert(name).second);
    }
    CHECK(names.size() == 12);
}

TEST_CASE("a number that is no error code is named unknown") {
    CHECK(name_of(static_cast<errc>(0)) == "unknown");
    CHECK(name_of(static_cast<errc>(static_cast<int>(errc::closed) + 1)) == "unknown");
    CHECK(name_of(static_cast<errc>(255)) == "unknown");
}

TEST_CASE("the message of an error is its code and then its detail") {
    const error why{errc::taken, "characters: name='Bob' belongs to another row"};
    CHECK(why.message() == "taken: characters: name='Bob' belongs to another row");
    CHECK(error{errc::not_found, "x"}.message() == "not found: x");
}

TEST_CASE("a failure says that it is ours and keeps the error") {
    const failure thrown(error{errc::full, "no room"});
    CHECK(thrown.what() == std::string("[holdfast] full: no room"));
    CHECK(thrown.why().code == errc::full);
    CHECK(thrown.why().detail == "no room");
}

TEST_CASE("a failure is caught as a runtime error") {
    CHECK_THROWS_AS(throw failure(error{errc::io, "disk"}), std::runtime_error);
}
