// SPDX-License-Identifier: MIT
// case tracked_container: FIELD=std::vector<int> bag{}
// says: tracked: this struct has a field without a column of its own
// case tracked_map_inside: FIELD=inner nested{}
// says: tracked: this struct has a field without a column of its own
// case tracked_free_type: FIELD=session connection{}
// says: tracked: this struct has a field without a column of its own
// case tracked_pointer: FIELD=int* where = nullptr
// says: tracked: this struct has a field without a column of its own
// case tracked_optional_struct: FIELD=std::optional<position> home{}
// says: tracked: this struct has a field without a column of its own
// case tracked_c_array: FIELD=char text[16]{}
// says: a C array cannot be stored: use std::array or std::string
// case tracked_long_double: FIELD=long double gold = 0
// says: a long double cannot be stored: use double
#include <holdfast/track/tracked.hpp>

#include <map>
#include <vector>

namespace hf = holdfast;

struct session {
    session() {}
};
struct position {
    double x = 0;
    double y = 0;
};
struct inner {
    int level = 0;
    std::map<int, int> seen{};
};
struct player {
    std::int64_t id = 0;
    FIELD;
};

int main() {
    hf::tracked<player> aria;
    aria.set<&player::id>(3);
    aria.clear();
    return aria.changed() ? 1 : 0;
}
