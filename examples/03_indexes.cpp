// SPDX-License-Identifier: MIT
// Finding rows by other fields than the key: unique, by value, in order.
#include <holdfast/holdfast.hpp>

#include <iostream>

namespace hf = holdfast;

struct offer {
    std::int64_t id = 0;
    std::string seller{};
    std::string kind{};
    std::int64_t price = 0;
};

struct market {
    hf::table<offer, hf::primary_key<&offer::id>, hf::auto_id<&offer::id>, // one of each id
              hf::index<&offer::kind>,                                     // where
              hf::ordered<&offer::price>,                                  // ordered_by
              hf::unique<&offer::seller, &offer::kind>>                    // find_by, and at most one
        offers;
};

int main() {
    auto db = hf::open<market>(":memory:").value();
    db->offers.insert({.seller = "Aria", .kind = "rope", .price = 12}).value();
    db->offers.insert({.seller = "Bob", .kind = "rope", .price = 9}).value();
    db->offers.insert({.seller = "Aria", .kind = "lamp", .price = 40}).value();

    for (hf::row<offer> one : db->offers.where<&offer::kind>("rope"))
        std::cout << one->seller << " sells rope for " << one->price << '\n';

    for (hf::row<offer> one : db->offers.ordered_by<&offer::price>().up_to(20).descending())
        std::cout << "up to 20: " << one->price << '\n';

    const auto lamp = db->offers.find_by<&offer::seller, &offer::kind>("Aria", "lamp");
    std::cout << "the lamp costs " << lamp->price << '\n';

    const auto second = db->offers.insert({.seller = "Bob", .kind = "rope", .price = 8});
    std::cout << second.why().message() << '\n';

    // db->offers.where<&offer::price>(9) does not compile: the field has no index to look in
}
