// SPDX-License-Identifier: MIT
/// @file
/// Random changes of the guild world, made in the tables and in the maps, whose outcomes must agree.
#pragma once

#include "table/guild.hpp"

#include <random>
#include <stdexcept>

namespace holdfast::test {

/// Plays on a world. Throws a sentence as soon as a change does not do what the maps say.
class guild_play {
public:
    explicit guild_play(std::uint32_t seed) : random_(seed) {}
    guild_play(const guild_play&) = delete;
    guild_play& operator=(const guild_play&) = delete;

    guild_world world{};
    guild_model model{};
    std::size_t refused = 0;
    std::size_t done = 0;

    /// One random change.
    void step() {
        switch (below(20)) {
        case 0:
        case 1:
        case 2: return insert_hero();
        case 3: return erase_hero();
        case 4: return change_hero([this](hero& row) { row.name = name(); }, field::name);
        case 5: return change_hero([this](hero& row) { row.team = below(8); }, field::team);
        case 6: return change_hero([this](hero& row) { row.guild = below(8); }, field::guild);
        case 7: return change_hero([this](hero& row) { row.rank = below(12); }, field::rank);
        case 8: return change_hero([this](hero& row) { row.gold += below(30) - 15; }, field::gold);
        case 9: return change_hero([this](hero& row) { row.pos.x = below(3); }, field::pos_x);
        case 10: return change_hero([this](hero& row) { row.pos = {double(below(3)), double(below(3))}; }, field::pos);
        case 11: return change_hero([this](hero& row) { row.title = title(); }, field::title);
        case 12:
            return change_hero([this](hero& row) { row.guild = below(8), row.rank = below(12); },
                               field::guild_and_rank);
        case 13: return change_hero([this](hero& row) { change_much(row); }, field::many);
        case 14: return change_hero([this](hero& row) { change_much(row); }, field::whole);
        case 15: return insert_item();
        case 16: return erase_item();
        case 17: return change_item();
        case 18: return insert_pledge();
        default: return below(3) == 0 ? erase_pledge() : insert_item();
        }
    }

    /// Throws when the world is not what the maps say.
    void check() const {
        for (const std::string& why : {difference(world, model), found_too_much(world, model)})
            if (!why.empty()) throw std::logic_error("the world and the maps differ in " + why);
    }

private:
    enum class field { name, team, guild, rank, gold, pos_x, pos, title, guild_and_rank, many, whole };

    [[nodiscard]] std::int32_t below(std::int32_t limit) {
        return static_cast<std::int32_t>(random_() % static_cast<std::uint32_t>(limit));
    }
    [[nodiscard]] std::string name() { return "name " + std::to_string(below(100)); }
    [[nodiscard]] std::optional<std::string> title() {
        if (below(3) == 0) return std::nullopt;
        return "title " + std::to_string(below(100));
    }
    [[nodiscard]] std::string kind() {
        return std::array{"sword", "shield", "ring", ""}[static_cast<std::size_t>(below(4))];
    }

    /// The id of a random hero, or of none.
    [[nodiscard]] std::int64_t hero_id() { return some_key(model.heroes, std::int64_t{-77}); }
    [[nodiscard]] std::optional<std::int64_t> maybe_hero() {
        if (below(4) == 0) return std::nullopt;
        return hero_id();
    }

    template <class Map, class Key> Key some_key(const Map& map, Key none) {
        if (map.empty() || below(40) == 0) return none;
        auto found = map.begin();
        std::advance(found, below(static_cast<std::int32_t>(map.size())));
        return found->first;
    }

    /// Compares an outcome with the reasons there are against it; whether the change was made.
    template <class T> bool made(const result<T>& outcome, const reasons& against, const char* what) {
        if (outcome ? !against.empty() : against.count(outcome.why().code) == 0)
            throw std::logic_error(std::string(what) +
                                   (outcome ? " was done but should be refused" : ": " + outcome.why().message()));
        outcome ? ++done : ++refused;
        return static_cast<bool>(outcome);
    }

    void insert_hero() {
        hero row{
            below(4) == 0 ? below(150) - 20 : 0, name(), below(8), below(8), below(12), below(30) - 2, {}, title()};
        if (row.id == 0) {
            const auto inserted = world.heroes.insert(row);
            if (inserted) row.id = (*inserted)->id;
            // an id that was given out before must not come again
            if (inserted && !given_.insert(row.id).second) throw std::logic_error("an id was given out twice");
            if (made(inserted, model.against(row, 0), "insert hero")) model.heroes[row.id] = row;
        } else if (made(world.heroes.insert(row), model.against(row, 0), "insert hero")) {
            given_.insert(row.id);
            model.heroes[row.id] = row;
        }
    }

    void erase_hero() {
        const std::int64_t id = hero_id();
        guild_model after = model;
        reasons against;
        if (model.heroes.count(id) == 0)
            against.insert(errc::not_found);
        else if (!after.erase_hero(id))
            against.insert(errc::reference);
        const bool by_key = below(2) == 0;
        if (made(by_key ? world.heroes.erase(id) : world.heroes.erase(world.heroes.find(id)), against, "erase hero"))
            model = std::move(after);
    }

    void change_much(hero& row) {
        if (below(2) == 0) row.name = name();
        if (below(2) == 0) row.team = below(8);
        if (below(3) == 0) row.guild = below(8);
        if (below(3) == 0) row.rank = below(12);
        if (below(2) == 0) row.gold = below(20) - 1;
        if (below(3) == 0) row.title = title();
        if (below(3) == 0) row.pos.y = below(3);
    }

    /// Changes a hero in the map by `change` and in the table by the setter for `what`.
    template <class Change> void change_hero(Change change, field what) {
        const std::int64_t id = hero_id();
        const row<hero> which = world.heroes.find(id);
        if (!which) {
            made(world.heroes.set<&hero::team>(id, 1), {errc::not_found}, "set of a missing hero");
            return;
        }
        hero after = model.heroes.at(id);
        change(after);
        if (made(change_in_table(which, after, what), model.against(after, id), "change hero"))
            model.heroes[id] = after;
    }

    result<void> change_in_table(row<hero> which, const hero& to, field what) {
        auto& heroes = world.heroes;
        switch (what) {
        case field::name: return heroes.set<&hero::name>(which, to.name);
        case field::team: heroes.set<&hero::team>(which, to.team); return {};
        case field::guild: return heroes.set<&hero::guild>(which->id, to.guild);
        case field::rank: return heroes.set<&hero::rank>(which, to.rank);
        case field::gold: return heroes.add<&hero::gold>(which, to.gold - which->gold);
        case field::pos_x: heroes.set<&hero::pos, &point::x>(which, to.pos.x); return {};
        case field::pos: heroes.set<&hero::pos>(which, to.pos); return {};
        case field::title: return heroes.set<&hero::title>(which, to.title);
        case field::guild_and_rank:
            return heroes.update<&hero::guild, &hero::rank>(which, [&](std::int32_t& guild, std::int32_t& rank) {
                guild = to.guild;
                rank = to.rank;
            });
        case field::many:
            return heroes
                .update<&hero::title, &hero::rank, &hero::name, &hero::team, &hero::gold, &hero::guild, &hero::pos>(
                    which, [&](auto& title, auto& rank, auto& name, auto& team, auto& gold, auto& guild, auto& pos) {
                        std::tie(title, rank, name, team, gold, guild, pos) =
                            std::tie(to.title, to.rank, to.name, to.team, to.gold, to.guild, to.pos);
                    });
        case field::whole: return heroes.update(which, [&](hero& row) { row = to; });
        }
        return {};
    }

    void insert_item() {
        const item row{below(150), maybe_hero(), maybe_hero(), kind()};
        if (made(world.items.insert(row), model.against(row, -1), "insert item")) model.items[row.id] = row;
    }

    void erase_item() {
        const std::int64_t id = some_key(model.items, std::int64_t{-77});
        if (made(world.items.erase(id), model.items.count(id) != 0 ? reasons{} : reasons{errc::not_found},
                 "erase item"))
            model.erase_item(id);
    }

    void change_item() {
        const row<item> which = world.items.find(some_key(model.items, std::int64_t{-77}));
        if (!which) return;
        item after = *which;
        if (below(2) == 0) {
            after.owner = maybe_hero();
            if (made(world.items.set<&item::owner>(which, after.owner), model.against(after, after.id), "set owner"))
                model.items[after.id] = after;
            return;
        }
        after.maker = maybe_hero();
        after.kind = kind();
        const auto outcome = world.items.update(which, [&](item& row) { row = after; });
        if (made(outcome, model.against(after, after.id), "change item")) model.items[after.id] = after;
    }

    void insert_pledge() {
        pledge row{below(5), name(), hero_id(), std::nullopt};
        if (below(4) != 0) row.item = some_key(model.items, std::int64_t{-77});
        if (made(world.pledges.insert(row), model.against(row), "insert pledge")) model.pledges[key_of(row)] = row;
    }

    void erase_pledge() {
        const pledge_key key = some_key(model.pledges, pledge_key{-1, ""});
        const reasons against = model.pledges.count(key) != 0 ? reasons{} : reasons{errc::not_found};
        if (made(world.pledges.erase(key.first, key.second), against, "erase pledge")) model.pledges.erase(key);
    }

    std::mt19937 random_;
    std::set<std::int64_t> given_{};
};

} // namespace holdfast::test
