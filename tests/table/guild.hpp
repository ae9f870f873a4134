// SPDX-License-Identifier: MIT
/// @file
/// A world with every kind of key and reference, and the same in `std::map`s, which says what each change
/// must do.
#pragma once

#include "table/recording.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace holdfast::test {

struct point {
    double x = 0;
    double y = 0;
    friend bool operator==(const point&, const point&) = default;
};
struct hero {
    std::int64_t id = 0;
    std::string name{};
    std::int32_t team = 0;
    std::int32_t guild = 0;
    std::int32_t rank = 0;
    std::int64_t gold = 0;
    point pos{};
    std::optional<std::string> title{}; ///< Too large for an undo step's own room.
    friend bool operator==(const hero&, const hero&) = default;
};
struct item {
    std::int64_t id = 0;
    std::optional<std::int64_t> owner{};
    std::optional<std::int64_t> maker{};
    std::string kind{};
    friend bool operator==(const item&, const item&) = default;
};
struct pledge {
    std::int32_t place = 0;
    std::string word{};
    std::int64_t hero = 0;
    std::optional<std::int64_t> item{};
    friend bool operator==(const pledge&, const pledge&) = default;
};

struct guild_world {
    table<hero, primary_key<&hero::id>, auto_id<&hero::id>, unique<&hero::name>, index<&hero::team>,
          unique<&hero::guild, &hero::rank>, at_least<&hero::gold, 0>, unique<&hero::title>, capacity<60>>
        heroes{};
    table<item, primary_key<&item::id>, index<&item::kind>,
          references<&item::owner, &hero::id, "heroes", on_delete::cascade>,
          references<&item::maker, &hero::id, "heroes", on_delete::set_null>>
        items{};
    table<pledge, primary_key<&pledge::place, &pledge::word>, references<&pledge::hero, &hero::id, "heroes">,
          references<&pledge::item, &item::id, "items", on_delete::cascade>>
        pledges{};
};

using pledge_key = std::pair<std::int32_t, std::string>;
inline pledge_key key_of(const pledge& row) { return {row.place, row.word}; }

/// The codes with which a change may be refused; none when it must succeed.
using reasons = std::set<errc>;

/// What must be in the world, and what may be done to it, worked out the slow and simple way.
struct guild_model {
    std::map<std::int64_t, hero> heroes{};
    std::map<std::int64_t, item> items{};
    std::map<pledge_key, pledge> pledges{};

    friend bool operator==(const guild_model&, const guild_model&) = default;

    /// Why this row may not stand in place of the one with id `instead_of` (0: as a new one).
    [[nodiscard]] reasons against(const hero& row, std::int64_t instead_of) const {
        reasons why;
        if (row.gold < 0) why.insert(errc::refused);
        if (instead_of == 0 && heroes.size() >= 60) why.insert(errc::full);
        for (const auto& [id, other] : heroes) {
            if (id == instead_of) continue;
            if (id == row.id || other.name == row.name || (other.guild == row.guild && other.rank == row.rank) ||
                (row.title && other.title == row.title))
                why.insert(errc::taken);
        }
        return why;
    }
    [[nodiscard]] reasons against(const item& row, std::int64_t instead_of) const {
        reasons why;
        if (row.id != instead_of && items.count(row.id) != 0) why.insert(errc::taken);
        for (const auto& reference : {row.owner, row.maker})
            if (reference && heroes.count(*reference) == 0) why.insert(errc::reference);
        return why;
    }
    [[nodiscard]] reasons against(const pledge& row) const {
        reasons why;
        if (pledges.count(key_of(row)) != 0) why.insert(errc::taken);
        if (heroes.count(row.hero) == 0 || (row.item && items.count(*row.item) == 0)) why.insert(errc::reference);
        return why;
    }

    /// Erases a hero as SQL would; false when a pledge forbids it.
    [[nodiscard]] bool erase_hero(std::int64_t id) {
        guild_model after = *this;
        for (const auto& [item_id, each] : items) {
            if (each.owner == id)
                after.erase_item(item_id);
            else if (each.maker == id)
                after.items[item_id].maker.reset();
        }
        for (const auto& [key, each] : after.pledges)
            if (each.hero == id) return false;
        after.heroes.erase(id);
        *this = std::move(after);
        return true;
    }
    void erase_item(std::int64_t id) {
        std::erase_if(pledges, [id](const auto& each) { return each.second.item == id; });
        items.erase(id);
    }
};

/// What differs between the world and what must be in it, looked up through every index; empty when nothing.
[[nodiscard]] inline std::string difference(const guild_world& w, const guild_model& m) {
    if (w.heroes.size() != m.heroes.size()) return "the number of heroes";
    if (w.items.size() != m.items.size()) return "the number of items";
    if (w.pledges.size() != m.pledges.size()) return "the number of pledges";

    std::map<std::int32_t, std::set<std::int64_t>> teams;
    for (const auto& [id, expected] : m.heroes) {
        const auto found = w.heroes.find(id);
        if (!found || !(*found == expected)) return "hero " + std::to_string(id);
        if (w.heroes.find_by<&hero::name>(expected.name) != found) return "name " + expected.name;
        if (w.heroes.find_by<&hero::guild, &hero::rank>(expected.guild, expected.rank) != found)
            return "guild and rank of hero " + std::to_string(id);
        if (expected.title && w.heroes.find_by<&hero::title>(*expected.title) != found)
            return "title " + *expected.title;
        teams[expected.team].insert(id);
    }
    std::map<std::string, std::set<std::int64_t>> kinds;
    std::map<std::optional<std::int64_t>, std::set<std::int64_t>> owners;
    std::map<std::optional<std::int64_t>, std::set<std::int64_t>> makers;
    for (const auto& [id, expected] : m.items) {
        const auto found = w.items.find(id);
        if (!found || !(*found == expected)) return "item " + std::to_string(id);
        kinds[expected.kind].insert(id);
        owners[expected.owner].insert(id);
        makers[expected.maker].insert(id);
    }
    for (const auto& [key, expected] : m.pledges) {
        const auto found = w.pledges.find(key.first, key.second);
        if (!found || !(*found == expected)) return "pledge " + std::to_string(key.first) + " " + key.second;
    }

    // Every group of rows, and every group that there could be but is not; a ring that repeats a row is
    // longer than its set.
    const auto group_differs = [](const auto& range, const std::set<std::int64_t>& expected) {
        std::size_t count = 0;
        for (const auto each : range)
            if (++count > expected.size() || expected.count(each->id) == 0) return true;
        return count != expected.size();
    };
    for (std::int32_t team = 0; team < 8; ++team)
        if (group_differs(w.heroes.where<&hero::team>(team), teams[team])) return "team " + std::to_string(team);
    for (const char* kind : {"sword", "shield", "ring", ""})
        if (group_differs(w.items.where<&item::kind>(kind), kinds[kind])) return std::string("kind ") + kind;
    if (group_differs(w.items.where<&item::owner>(std::nullopt), owners[std::nullopt])) return "items without owner";
    if (group_differs(w.items.where<&item::maker>(std::nullopt), makers[std::nullopt])) return "items without maker";
    for (const auto& [id, expected] : m.heroes) {
        if (group_differs(w.items.where<&item::owner>(id), owners[id])) return "items of owner " + std::to_string(id);
        if (group_differs(w.items.where<&item::maker>(id), makers[id])) return "items of maker " + std::to_string(id);
        std::size_t pledges = 0;
        for (const auto each : w.pledges.where<&pledge::hero>(id)) pledges += each->hero == id ? 1 : 1'000;
        for (const auto& [key, each] : m.pledges) pledges -= each.hero == id ? 1 : 0;
        if (pledges != 0) return "pledges of hero " + std::to_string(id);
    }

    std::size_t walked = 0;
    for (const auto each : w.heroes) walked += m.heroes.count(each->id);
    for (const auto each : w.items) walked += m.items.count(each->id);
    for (const auto each : w.pledges) walked += m.pledges.count(key_of(*each));
    return walked == m.heroes.size() + m.items.size() + m.pledges.size() ? "" : "a walk over all rows";
}

/// Values of unique fields that no row has must not be found either.
[[nodiscard]] inline std::string found_too_much(const guild_world& w, const guild_model& m) {
    std::set<std::string> names;
    std::set<std::string> titles;
    std::set<std::pair<std::int32_t, std::int32_t>> ranks;
    for (const auto& [id, each] : m.heroes) {
        names.insert(each.name);
        if (each.title) titles.insert(*each.title);
        ranks.insert({each.guild, each.rank});
    }
    for (int n = 0; n < 100; ++n) {
        const std::string name = "name " + std::to_string(n);
        const std::string title = "title " + std::to_string(n);
        if (w.heroes.find_by<&hero::name>(name).alive() != (names.count(name) != 0)) return name;
        if (w.heroes.find_by<&hero::title>(title).alive() != (titles.count(title) != 0)) return title;
        const std::pair<std::int32_t, std::int32_t> rank{n / 12, n % 12};
        if (w.heroes.find_by<&hero::guild, &hero::rank>(rank.first, rank.second).alive() != (ranks.count(rank) != 0))
            return "rank " + std::to_string(n);
    }
    for (std::int64_t id = -5; id < 200; ++id)
        if (w.items.contains(id) != (m.items.count(id) != 0)) return "item " + std::to_string(id);
    return "";
}

} // namespace holdfast::test
