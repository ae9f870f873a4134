// SPDX-License-Identifier: MIT
/// @file
/// The piece of code about JSON that docs/tables.md shows.
#include <holdfast/holdfast.hpp>
#include <holdfast/json.hpp>

#include "support/catch.hpp"
#include "support/in_a_folder.hpp"
#include "support/raw_database.hpp"

namespace hf = holdfast;
using namespace holdfast::test;

namespace {

// [chest]
struct stack {
    std::string kind{};
    std::int32_t count = 1;
};
struct chest {
    std::int64_t id = 0;
    std::vector<stack> content{};
};
struct vault {
    hf::table<chest, hf::primary_key<&chest::id>, hf::json<&chest::content>> chests;
};
// [end]

} // namespace

TEST_CASE("docs/tables.md: a container is a column of text") {
    const in_a_folder here;
    auto db = hf::open<vault>("world.db").value();
    const hf::row<chest> row = db->chests.insert({.id = 1}).value();
    const auto done =
        // [update]
        db->chests.update<&chest::content>(row, [](std::vector<stack>& all) { all.push_back({.kind = "rope"}); });
    // [end]
    CHECK(done);
    db.commit();
    REQUIRE(db.close().complete());
    CHECK(raw_database("world.db").rows("SELECT content FROM chests") == lines{"'[{\"kind\":\"rope\",\"count\":1}]'"});
}
