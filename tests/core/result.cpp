// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/core/result.hpp.
#include <holdfast/core/result.hpp>

#include "support/catch.hpp"
#include "support/dies.hpp"

#include <memory>
#include <vector>

using holdfast::errc;
using holdfast::error;
using holdfast::failure;
using holdfast::result;
using holdfast::test::last_words;

namespace {

const std::string long_detail(200, 'd'); // longer than any small-string buffer

result<int> number(bool good) {
    if (good) return 7;
    return error{errc::refused, long_detail};
}

result<void> nothing(bool good) {
    if (good) return {};
    return error{errc::busy, long_detail};
}

} // namespace

static_assert(!std::is_copy_constructible_v<result<int>> && !std::is_copy_assignable_v<result<int>>);
static_assert(std::is_nothrow_move_assignable_v<result<std::string>>);
static_assert(std::is_nothrow_move_assignable_v<result<void>>);
static_assert(std::is_nothrow_move_constructible_v<result<std::string>>);
static_assert(std::is_nothrow_move_constructible_v<result<void>>);
static_assert(!std::is_convertible_v<result<int>, bool>, "a result must not turn into a number by itself");

TEST_CASE("a result that has a value gives it") {
    const result<int> good = number(true);
    REQUIRE(good);
    CHECK(*good == 7);
    CHECK(good.value() == 7);
    CHECK(number(true).value() == 7);
}

TEST_CASE("a result that has no value gives its error") {
    const result<int> bad = number(false);
    REQUIRE_FALSE(bad);
    CHECK(bad.why().code == errc::refused);
    CHECK(bad.why().detail == long_detail);
}

TEST_CASE("value of a failed result throws the error with its message") {
    CHECK_THROWS_AS(number(false).value(), failure);
    CHECK_THROWS_WITH(number(false).value(), "[holdfast] refused: " + long_detail);
    const result<int> kept = number(false);
    CHECK_THROWS_WITH(kept.value(), "[holdfast] refused: " + long_detail);
    CHECK_THROWS_WITH(nothing(false).value(), "[holdfast] busy: " + long_detail);
    CHECK_NOTHROW(nothing(true).value());
}

TEST_CASE("what value throws carries the code") {
    try {
        number(false).value();
        FAIL("value() of a failed result returned");
    } catch (const failure& thrown) {
        CHECK(thrown.why().code == errc::refused);
        CHECK(thrown.why().detail == long_detail);
    }
}

TEST_CASE("a result of nothing tells success from failure") {
    CHECK(nothing(true));
    const result<void> bad = nothing(false);
    REQUIRE_FALSE(bad);
    CHECK(bad.why().code == errc::busy);
    CHECK(result<void>());
}

TEST_CASE("a result holds what can only be moved") {
    result<std::unique_ptr<int>> made(std::make_unique<int>(5));
    REQUIRE(made);
    CHECK(**made == 5);
    CHECK(made->get() == (*made).get());
    const std::unique_ptr<int> taken = std::move(made).value();
    CHECK(*taken == 5);
}

TEST_CASE("the value can be changed in place and taken out") {
    result<std::string> text(std::string(100, 'a'));
    text->push_back('b');
    *text += 'c';
    CHECK(text->size() == 102);
    const std::string taken = *std::move(text);
    CHECK(taken.substr(99) == "abc");
}

TEST_CASE("value of a result that stays does not move out of it") {
    result<std::string> text(std::string(100, 'a'));
    const std::string& seen = text.value();
    CHECK(&seen == &*text);
    CHECK(text->size() == 100);
}

TEST_CASE("a moved from result is safe to destroy whatever it held") {
    const auto count = std::make_shared<int>(0);
    {
        result<std::shared_ptr<int>> good(count);
        CHECK(count.use_count() == 2);
        result<std::shared_ptr<int>> moved(std::move(good));
        CHECK(count.use_count() == 2);
        REQUIRE(moved);
        CHECK(moved->get() == count.get());

        result<std::vector<std::string>> bad(error{errc::io, long_detail});
        const result<std::vector<std::string>> bad_moved(std::move(bad));
        REQUIRE_FALSE(bad_moved);
        CHECK(bad_moved.why().detail == long_detail);

        result<void> none(error{errc::closed, long_detail});
        const result<void> none_moved(std::move(none));
        REQUIRE_FALSE(none_moved);
        CHECK(none_moved.why().detail == long_detail);
        const result<void> fine_moved(nothing(true));
        CHECK(fine_moved);
    }
    CHECK(count.use_count() == 1);
}

TEST_CASE("a moved from result still says whether it had a value") {
    result<std::string> good(std::string(100, 'a'));
    const result<std::string> taker(std::move(good));
    CHECK(good); // NOLINT(bugprone-use-after-move)
    CHECK(taker->size() == 100);
}

TEST_CASE("a result is moved onto another whatever the two hold") {
    result<std::string> a(std::string(100, 'a'));
    a = result<std::string>(std::string(100, 'b'));
    CHECK(a->front() == 'b');
    a = result<std::string>(error{errc::io, long_detail});
    REQUIRE_FALSE(a);
    CHECK(a.why().detail == long_detail);
    a = result<std::string>(error{errc::busy, "x" + long_detail});
    CHECK(a.why().code == errc::busy);
    a = result<std::string>(std::string(100, 'c'));
    REQUIRE(a);
    CHECK(*a == std::string(100, 'c'));

    result<void> none;
    none = nothing(false);
    REQUIRE_FALSE(none);
    CHECK(none.why().detail == long_detail);
    none = nothing(true);
    CHECK(none);
}

TEST_CASE("a result moved onto itself stays as it was") {
    result<std::string> text(std::string(100, 'a'));
    auto& same_text = text;
    text = std::move(same_text);
    REQUIRE(text);
    CHECK(*text == std::string(100, 'a'));
    result<void> bad = nothing(false);
    auto& same_bad = bad;
    bad = std::move(same_bad);
    CHECK(bad.why().detail == long_detail);
}

TEST_CASE("using the value of a failed result stops the program with a sentence") {
    const std::string why = "[holdfast] the value of a failed result";
    CHECK(last_words([] { (void)*number(false); }).starts_with(why));
    CHECK(last_words([] { (void)number(false).operator->(); }).starts_with(why));
}

TEST_CASE("asking a good result for its error stops the program with a sentence") {
    CHECK(last_words([] { (void)number(true).why(); }).starts_with("[holdfast] why() of a result that has a value"));
    CHECK(last_words([] { (void)nothing(true).why(); }).starts_with("[holdfast] why() of a result that succeeded"));
}
