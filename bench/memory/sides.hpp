// SPDX-License-Identifier: MIT
/// @file
/// The sides together, and whether all of them hold the same.
#pragma once

#include "memory/by_entt.hpp"
#include "memory/by_hand.hpp"
#include "memory/by_store.hpp"
#include "support/scratch_folder.hpp"
#include "support/timing.hpp"

namespace bench {

template <class Side>
concept finds_names = requires(Side& side) { side.named(std::string_view()); };
/// Rows of this type with all their indexes.
template <class Side, class Row>
concept keeps = std::is_same_v<Row, item> || finds_names<Side>;

/// What a side holds, as one number for each way to get at it; 0: it has no such way.
struct contents {
    std::uint64_t rows = 0;   ///< By walking over all of them.
    std::uint64_t keys = 0;   ///< Each row by its key.
    std::uint64_t owners = 0; ///< Each owner's items.
    std::uint64_t names = 0;  ///< Each hero by name.
    std::uint64_t order = 0;  ///< The heroes in their order.
};

template <class Side> [[nodiscard]] std::uint64_t rows_of(Side& side) {
    std::uint64_t sum = 0;
    side.each_hero([&](const hero& one) { sum += fingerprint(one); });
    side.each_item([&](const item& one) { sum += fingerprint(one); });
    return sum;
}
/// Of a side that has the keys 1 to `count`.
template <class Side> [[nodiscard]] contents contents_of(Side& side, std::int64_t count) {
    contents found{.rows = rows_of(side)};
    for (std::int64_t id = 1; id <= count; ++id)
        found.keys += fingerprint(*side.hero_of(id)) + fingerprint(*side.item_of(id));
    for (std::int64_t owner = 1; owner <= count / items_of_an_owner; ++owner)
        side.owned(owner, [&](const item& one) { found.owners += mixed(owner, one.id); });
    if constexpr (finds_names<Side>) {
        for (std::int64_t id = 1; id <= count; ++id) found.names += mixed(id, side.named(hero_name(id))->id);
        side.between(1, count + 1, [&](const hero& one) { found.order = mixed(found.order, one.id); });
    }
    return found;
}

/// Heroes and items with keys 1 to `count`, on each side.
class memory_sides {
public:
    memory_sides(const scratch_folder& folder, std::int64_t count)
        : memory_sides(folder.file("heroes_" + std::to_string(count) + ".db"), first_rows(count)) {}

    template <class Function> void for_each(Function&& fn) {
        fn(ours);
        fn(flat);
        fn(nodes);
        fn(dense);
        if constexpr (!std::is_same_v<entt_side, no_side>) fn(entt);
    }
    [[nodiscard]] static std::vector<std::string> names() {
        std::vector<std::string> made{by_store::name, flat_containers::name, node_containers::name,
                                      dense_containers::name};
        if constexpr (!std::is_same_v<entt_side, no_side>) made.emplace_back("entt");
        return made;
    }
    /// The keys of one round.
    [[nodiscard]] const std::int64_t* window(int round, std::size_t size) const { return window_of(keys, round, size); }
    [[nodiscard]] std::int64_t count() const { return static_cast<std::int64_t>(keys.size()); }
    /// Owners are the first of the heroes; which one a number leads to.
    [[nodiscard]] std::int64_t owner(std::int64_t number) const { return 1 + number % (count() / items_of_an_owner); }

    /// Every side has the same rows, which are given as one number.
    std::uint64_t require_same_rows(const std::string& after) {
        std::vector<std::uint64_t> rows;
        for_each([&](auto& side) { rows.push_back(rows_of(side)); });
        for (std::size_t i = 0; i < rows.size(); ++i)
            require(rows[i] == rows[1], "after " + after + " the rows of " + names()[i] + " and flat_map differ");
        return rows[0];
    }
    /// Every side finds the same in each way that it has.
    void require_same_contents() {
        std::vector<contents> found;
        for_each([&](auto& side) { found.push_back(contents_of(side, count())); });
        const contents& is = found[1];
        for (std::size_t i = 0; i < found.size(); ++i) {
            const std::string where = "at the end " + names()[i] + " and flat_map differ in ";
            require(found[i].rows == is.rows && found[i].keys == is.keys, where + "their rows");
            require(found[i].owners == is.owners, where + "the items of owners");
            require(found[i].names == 0 || found[i].names == is.names, where + "the heroes of names");
            require(found[i].order == 0 || found[i].order == is.order, where + "the order of heroes");
        }
    }

    std::vector<std::int64_t> keys;
    by_store ours;
    by_hand<flat_containers> flat;
    by_hand<node_containers> nodes;
    by_hand<dense_containers> dense;
    entt_side entt;

private:
    memory_sides(const std::string& path, const first_rows& from)
        : keys(from.keys), ours(path, from), flat(from), nodes(from), dense(from), entt(from) {}
};

} // namespace bench
