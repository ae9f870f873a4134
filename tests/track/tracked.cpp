// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/track/tracked.hpp.
#include <holdfast/core/describe.hpp>
#include <holdfast/track/tracked.hpp>

#include "support/catch.hpp"

#include <limits>
#include <stdexcept>

using holdfast::tracked;

namespace {

struct position {
    double x = 0, y = 0;
};
struct hero_id {
    std::int64_t value = 0;
};
struct hero {
    hero_id id{};
    std::string name{};
    std::int32_t level = 1;
    position pos{};
    std::optional<std::string> title{};
};

std::vector<std::string> changes(const tracked<hero>& of) {
    std::vector<std::string> found;
    of.for_each_changed([&](const holdfast::column& field, const holdfast::cell& value) {
        found.push_back(field.name + "=" + holdfast::describe_cell(value));
    });
    return found;
}
using texts = std::vector<std::string>;

} // namespace

TEST_CASE("a tracked struct starts unchanged and marks what is set to another value") {
    tracked<hero> aria{hero{.name = "Aria"}};
    CHECK_FALSE(aria.changed());
    aria.set<&hero::level>(1);
    CHECK_FALSE(aria.changed());
    aria.set<&hero::level>(2);
    aria.set<&hero::pos, &position::y>(1.5);
    CHECK(aria->level == 2);
    CHECK(aria.changed<&hero::level>());
    CHECK(aria.changed<&hero::pos>());
    CHECK_FALSE(aria.changed<&hero::pos, &position::x>());
    CHECK_FALSE(aria.changed<&hero::name>());
    CHECK(changes(aria) == texts{"level=2", "pos_y=1.500000"});
    aria.clear();
    CHECK(changes(aria).empty());
    CHECK(aria->pos.y == 1.5);
}

TEST_CASE("a value that goes back stays marked: somebody may have seen it in between") {
    tracked<hero> aria;
    aria.set<&hero::level>(2);
    aria.set<&hero::level>(1);
    CHECK(changes(aria) == texts{"level=1"});
}

TEST_CASE("update marks just the fields that differ") {
    tracked<hero> aria;
    aria.update<&hero::level, &hero::name>([](std::int32_t& level, std::string& name) {
        ++level;
        name = "";
    });
    CHECK(changes(aria) == texts{"level=2"});
    aria.clear();
    aria.update([](hero& all) {
        all.pos = {3, 0};
        all.title = "the Brave";
        all.id.value = 7;
    });
    CHECK(changes(aria) == texts{"id=7", "pos_x=3.000000", "title='the Brave'"});
    CHECK(aria->title == "the Brave");
}

TEST_CASE("an update that throws changes and marks nothing") {
    tracked<hero> aria;
    const auto fail = [](auto& level) {
        level = 9;
        throw std::runtime_error("no");
    };
    CHECK_THROWS(aria.update<&hero::level>(fail));
    CHECK_THROWS(aria.update([](hero& all) {
        all.level = 9;
        throw std::runtime_error("no");
    }));
    CHECK(aria->level == 1);
    CHECK_FALSE(aria.changed());
}

TEST_CASE("a NaN is equal to a NaN, and the two zeros differ") {
    tracked<hero> aria;
    aria.set<&hero::pos>({std::numeric_limits<double>::quiet_NaN(), -0.0});
    CHECK(changes(aria).size() == 2);
    aria.clear();
    aria.set<&hero::pos>({-std::numeric_limits<double>::quiet_NaN(), -0.0});
    CHECK_FALSE(aria.changed());
}

TEST_CASE("a new struct can be marked as a whole") {
    tracked<hero> aria;
    aria.mark_all();
    CHECK(changes(aria).size() == holdfast::row_columns<hero>);
}
