// SPDX-License-Identifier: MIT
/// @file
/// What every side keeps: heroes, who are found by id, by name and in the order of their experience, and items, which
/// are found by id and by owner.
#pragma once

#include "support/keys.hpp"

#include <holdfast/holdfast.hpp>

#include <bit>
#include <string_view>
#include <vector>

namespace bench {

struct hero {
    std::int64_t id = 0;
    std::string name{};
    std::int64_t gold = 0;
    std::int64_t experience = 0;
    double x = 0;
    double y = 0;
    double z = 0;
    std::int32_t level = 0;
    std::int32_t hit_points = 0;
};

struct item {
    std::int64_t id = 0;
    std::int64_t owner = 0;
    std::int64_t price = 0;
    std::int64_t made = 0;
    double wear = 0;
    std::int32_t kind = 0;
    std::int32_t count = 0;
};

struct hero_world {
    holdfast::table<hero, holdfast::primary_key<&hero::id>, holdfast::unique<&hero::name>,
                    holdfast::ordered<&hero::experience>, holdfast::at_least<&hero::gold, 0>>
        heroes;
    holdfast::table<item, holdfast::primary_key<&item::id>, holdfast::index<&item::owner>> items;
};

/// An item changes hands for its price. The buyer's level is looked at last, when all of it is done.
struct trade {
    std::int64_t item = 0;
    std::int64_t buyer = 0;
    std::int64_t price = 0;
    std::int32_t least_level = 0;
};
enum class outcome : unsigned char { made, taken_back, impossible };

[[nodiscard]] inline std::string hero_name(std::int64_t id) { return "hero" + std::to_string(id); }

/// @param experience  Of each hero another one, 1 to the number of heroes.
[[nodiscard]] inline hero make_hero(std::int64_t id, std::int64_t experience) {
    return {.id = id,
            .name = hero_name(id),
            .gold = 1'000'000 + id,
            .experience = experience,
            .x = static_cast<double>(id % 1'000),
            .level = static_cast<std::int32_t>(id % 100)};
}
[[nodiscard]] inline item make_item(std::int64_t id, std::int64_t owner) {
    return {.id = id, .owner = owner, .price = id % 1'000, .made = id * 3, .kind = static_cast<std::int32_t>(id % 64)};
}

inline constexpr std::int64_t items_of_an_owner = 10;

/// What every side begins with: as many heroes as items, keys 1 to `count`. Which experience a hero has, and whose an
/// item is, goes by lot; owners are the first of the heroes.
struct first_rows {
    explicit first_rows(std::int64_t count) : keys(shuffled_keys(count)) {
        heroes.reserve(keys.size());
        items.reserve(keys.size());
        for (std::int64_t id = 1; id <= count; ++id) {
            const std::int64_t by_lot = keys[static_cast<std::size_t>(id - 1)];
            heroes.push_back(make_hero(id, by_lot));
            items.push_back(make_item(id, 1 + by_lot % (count / items_of_an_owner)));
        }
    }
    std::vector<std::int64_t> keys;
    std::vector<hero> heroes{};
    std::vector<item> items{};
};

/// Of rows that are summed up: each field of each row counts.
template <class... Numbers> [[nodiscard]] std::uint64_t mixed(Numbers... of) {
    std::uint64_t sum = 0;
    ((sum = std::rotl((sum ^ static_cast<std::uint64_t>(of)) * 0x9e37'79b9'7f4a'7c15u, 29)), ...);
    return sum;
}
[[nodiscard]] inline std::uint64_t fingerprint(const hero& of) {
    const auto bits = [](double of_double) { return std::bit_cast<std::uint64_t>(of_double); };
    return mixed(of.id, std::hash<std::string_view>()(of.name), of.gold, of.experience, bits(of.x), bits(of.y),
                 bits(of.z), of.level, of.hit_points);
}
[[nodiscard]] inline std::uint64_t fingerprint(const item& of) {
    return mixed(of.id, of.owner, of.price, of.made, std::bit_cast<std::uint64_t>(of.wear), of.kind, of.count);
}

} // namespace bench
