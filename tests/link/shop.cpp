// SPDX-License-Identifier: MIT
/// @file
/// The second of two translation units that use one world; see link.cpp.
#include "link/world.hpp"

namespace shared_world {

holdfast::result<holdfast::row<item>> buy(world& w, holdfast::row<hero> buyer, const std::string& kind,
                                          std::int64_t price) {
    if (auto paid = w.heroes.add<&hero::gold>(buyer, -price); !paid) return paid.why();
    w.heroes.set<&hero::pos, &place::x>(buyer, 1.5);
    return w.items.insert({.owner = buyer->id, .kind = kind});
}

std::size_t items_of(const world& w, std::int64_t hero) {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto one : w.items.where<&item::owner>(hero)) ++count;
    return count;
}

std::int64_t buy_in_a_store_of_its_own(const std::string& path, const std::string& buyer) {
    auto db = holdfast::open<world>(path).value();
    const auto who = db->heroes.find_by<&hero::name>(buyer);
    db.transact([&](world& w) { return buy(w, who, "axe", 1); }).value();
    db.commit();
    const std::int64_t left = who->gold;
    return db.close().complete() ? left : -1;
}

const void* hero_columns() { return &holdfast::row_info_of<hero>(); }
const void* hero_type_ops() { return &holdfast::type_ops_of<std::string>; }

} // namespace shared_world
