// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/json/write.hpp: limits, and that nothing is allocated.
#include "json/everything.hpp"

#include "support/allocations.hpp"

using namespace holdfast;
using namespace holdfast::test;

namespace {

node chain(std::size_t levels) {
    node top;
    for (std::size_t level = 1; level < levels; ++level) {
        node above;
        above.children.push_back(std::move(top));
        top = std::move(above);
    }
    return top;
}

} // namespace

TEST_CASE("writing appends") {
    std::string to = "before ";
    REQUIRE(as_json::write(to, 7));
    REQUIRE(as_json::write(to, true));
    CHECK(to == "before 7true");
}

TEST_CASE("writing into capacity enough allocates nothing") {
    const everything all = full();
    std::string to = json_of(all);
    const std::string expected = to;
    const char* const data = to.data();
    to.clear();
    const std::size_t before = allocations();
    const bool written = static_cast<bool>(as_json::write(to, all));
    const std::size_t after = allocations();
    CHECK(written);
    CHECK(after == before);
    CHECK(to.data() == data);
    CHECK(to == expected);
}

TEST_CASE("a text may be as long as the limit and no longer") {
    const everything all = full();
    const std::size_t length = json_of(all).size();
    std::string to = "not counted";
    CHECK(as_json::write(to, all, {.bytes = length}));
    for (std::size_t limit = 0; limit < length; ++limit) {
        to.clear();
        const auto written = as_json::write(to, all, {.bytes = limit});
        REQUIRE(!written);
        REQUIRE(written.why().detail == "json: the text is longer than " + std::to_string(limit) + " bytes");
        REQUIRE(to.size() <= limit);
    }
}

TEST_CASE("a value may be as deep as the limit and no deeper") {
    std::string to;
    CHECK(as_json::write(to, chain(32))); // an object and an array each, but for the last array
    to.clear();
    const auto written = as_json::write(to, chain(33));
    REQUIRE(!written);
    CHECK(written.why().detail == "json: the value is nested deeper than 64");
    CHECK(as_json::write(to, 7, {.depth = 0}));
    CHECK(!as_json::write(to, point{}, {.depth = 0}));
    CHECK(as_json::write(to, std::vector<point>(3), {.depth = 2}));
}

TEST_CASE("what is written to the limit of depth is read to it") {
    for (const std::size_t levels : {1U, 5U, 32U, 200U, 1000U}) {
        const as_json::limits within{.depth = 2 * levels};
        std::string text;
        REQUIRE(as_json::write(text, chain(levels), within));
        node back;
        CHECK(as_json::read(back, text, within));
        CHECK(back == chain(levels));
        const auto refused = as_json::read(back, text, {.depth = 2 * levels - 1});
        REQUIRE(!refused);
        CHECK(refused.why().detail.ends_with("the text is nested deeper than " + std::to_string(2 * levels - 1)));
    }
}

namespace {

struct throws_on_copy {
    int value = 0;
    throws_on_copy() = default;
    throws_on_copy(const throws_on_copy&) { throw 1; }
};

} // namespace

template <> struct holdfast::codec<throws_on_copy> : codec<int> {
    static cell get(const throws_on_copy& field) noexcept { return codec<int>::get(field.value); }
};

TEST_CASE("a variant that holds no value is refused") {
    std::variant<int, throws_on_copy> either{1};
    const throws_on_copy bad;
    CHECK_THROWS(either.emplace<1>(bad));
    REQUIRE(either.valueless_by_exception());
    std::string to;
    const auto written = as_json::write(to, either);
    REQUIRE(!written);
    CHECK(written.why().message() == "refused: json: a variant holds no value");
}
