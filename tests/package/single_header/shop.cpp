// SPDX-License-Identifier: MIT
// A second file of the same program: it includes the same header, and nothing is defined twice.
#include "holdfast.hpp"

#include <cstdint>

namespace {

struct offer {
    std::int64_t id = 0;
    std::int64_t price = 0;
};
struct shop {
    holdfast::table<offer, holdfast::primary_key<&offer::id>> offers;
};

} // namespace

std::int64_t price_of_one() {
    auto db = holdfast::open<shop>(":memory:").value();
    db->offers.insert({.id = 1, .price = 12}).value();
    return db->offers.find(1)->price;
}
