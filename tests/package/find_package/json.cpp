// SPDX-License-Identifier: MIT
// Containers as columns, with the component json of an installed package.
#include <holdfast/holdfast.hpp>
#include <holdfast/json.hpp>

#include <cstdint>
#include <vector>

namespace {

struct chest {
    std::int64_t id = 0;
    std::vector<std::int64_t> things{};
};
struct world {
    holdfast::table<chest, holdfast::primary_key<&chest::id>, holdfast::json<&chest::things>> chests;
};

} // namespace

int main() {
    {
        auto db = holdfast::open<world>("json.db").value();
        db->chests.insert({.id = 1, .things = {3, 4, 5}}).value();
        db.commit();
        if (!db.close().complete()) return 1;
    }
    auto db = holdfast::open<world>("json.db").value();
    return db->chests.find(1)->things == std::vector<std::int64_t>{3, 4, 5} ? 0 : 1;
}
