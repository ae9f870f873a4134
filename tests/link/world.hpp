// SPDX-License-Identifier: MIT
/// @file
/// One world that two translation units know.
#pragma once

#include <holdfast/holdfast.hpp>

#include <string>

namespace shared_world {

struct place {
    double x = 0, y = 0;
};
struct hero {
    std::int64_t id = 0;
    std::string name{};
    std::int64_t gold = 0;
    place pos{};
};
struct item {
    std::int64_t id = 0;
    std::optional<std::int64_t> owner{};
    std::string kind{"stick"};
};

// Nothing here may have another type in another unit, as a lambda in a template argument would.
struct world {
    holdfast::table<hero, holdfast::primary_key<&hero::id>, holdfast::auto_id<&hero::id>, holdfast::unique<&hero::name>,
                    holdfast::at_least<&hero::gold, 0>>
        heroes;
    holdfast::table<item, holdfast::primary_key<&item::id>, holdfast::auto_id<&item::id>,
                    holdfast::references<&item::owner, &hero::id, "heroes", holdfast::on_delete::cascade>>
        items;
};

// In shop.cpp; called from link.cpp.
holdfast::result<holdfast::row<item>> buy(world& w, holdfast::row<hero> buyer, const std::string& kind,
                                          std::int64_t price);
std::size_t items_of(const world& w, std::int64_t hero);
std::int64_t buy_in_a_store_of_its_own(const std::string& path, const std::string& buyer);
/// Addresses that must be the same in every unit.
const void* hero_columns();
const void* hero_type_ops();

} // namespace shared_world
