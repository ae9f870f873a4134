// SPDX-License-Identifier: MIT
/// @file
/// A world with every kind of table, and what it must hold, kept in `std::map`s by the simplest code there is.
#pragma once

#include <holdfast/world.hpp>

#include <map>
#include <set>
#include <string>

namespace holdfast::test {

struct unit {
    std::int64_t id = 0;
    std::string name{};
    std::optional<std::int64_t> boss{};
    std::int32_t level = 1;
    std::int64_t gold = 0;
    double x = 0;
    std::string map{};
    friend bool operator==(const unit&, const unit&) = default;
};
struct belonging {
    std::int64_t id = 0;
    std::optional<std::int64_t> owner{};
    std::string kind{};
    std::int32_t count = 1;
    friend bool operator==(const belonging&, const belonging&) = default;
};
struct ability {
    std::int64_t owner = 0;
    std::string name{};
    std::int32_t level = 0;
    friend bool operator==(const ability&, const ability&) = default;
};
struct clan {
    std::string name{};
    std::int64_t leader = 0;
    std::int64_t points = 0;
    friend bool operator==(const clan&, const clan&) = default;
};
struct membership {
    std::int64_t id = 0;
    std::string clan{};
    std::int64_t member = 0;
    std::string rank{"new"};
    friend bool operator==(const membership&, const membership&) = default;
};

struct oracle_world {
    table<unit, primary_key<&unit::id>, auto_id<&unit::id>, unique<&unit::name>, index<&unit::map>,
          index<&unit::map, &unit::level>, at_least<&unit::gold, 0>, capacity<400>,
          references<&unit::boss, &unit::id, "units", on_delete::set_null>>
        units;
    table<belonging, primary_key<&belonging::id>, auto_id<&belonging::id>,
          references<&belonging::owner, &unit::id, "units", on_delete::cascade>>
        belongings;
    table<ability, primary_key<&ability::owner, &ability::name>,
          references<&ability::owner, &unit::id, "units", on_delete::cascade>>
        abilities;
    table<clan, primary_key<&clan::name>, unique<&clan::leader>, references<&clan::leader, &unit::id, "units">> clans;
    table<membership, primary_key<&membership::id>, auto_id<&membership::id>,
          unique<&membership::clan, &membership::member>,
          references<&membership::clan, &clan::name, "clans", on_delete::cascade>,
          references<&membership::member, &unit::id, "units", on_delete::cascade>>
        memberships;
};

/// Why a change must be refused; empty: it must not be.
using reasons = std::set<errc>;

/// See the file's sentence. What is refused changes nothing.
struct oracle {
    static constexpr std::size_t most_units = 400;

    std::map<std::int64_t, unit> units;
    std::map<std::int64_t, belonging> belongings;
    std::map<std::pair<std::int64_t, std::string>, ability> abilities;
    std::map<std::string, clan> clans;
    std::map<std::int64_t, membership> memberships;

    friend bool operator==(const oracle&, const oracle&) = default;

    // What a row must fulfil, whether it is new or takes the place of the one with its key.
    [[nodiscard]] reasons against(const unit& row) const {
        reasons no;
        if (row.gold < 0) no.insert(errc::refused);
        for (const auto& [id, other] : units)
            if (id != row.id && other.name == row.name) no.insert(errc::taken);
        // A row may refer to itself; a new one has no id yet.
        const bool itself = row.id != 0 && row.boss == row.id;
        if (row.boss && !itself && !units.contains(*row.boss)) no.insert(errc::reference);
        return no;
    }
    [[nodiscard]] reasons against(const belonging& row) const {
        return row.owner && !units.contains(*row.owner) ? reasons{errc::reference} : reasons{};
    }
    [[nodiscard]] reasons against(const ability& row) const {
        return units.contains(row.owner) ? reasons{} : reasons{errc::reference};
    }
    [[nodiscard]] reasons against(const clan& row) const {
        reasons no;
        for (const auto& [name, other] : clans)
            if (name != row.name && other.leader == row.leader) no.insert(errc::taken);
        if (!units.contains(row.leader)) no.insert(errc::reference);
        return no;
    }
    [[nodiscard]] reasons against(const membership& row) const {
        reasons no;
        for (const auto& [id, other] : memberships)
            if (id != row.id && other.clan == row.clan && other.member == row.member) no.insert(errc::taken);
        if (!clans.contains(row.clan) || !units.contains(row.member)) no.insert(errc::reference);
        return no;
    }

    [[nodiscard]] auto& rows(const unit&) { return units; }
    [[nodiscard]] auto& rows(const belonging&) { return belongings; }
    [[nodiscard]] auto& rows(const ability&) { return abilities; }
    [[nodiscard]] auto& rows(const clan&) { return clans; }
    [[nodiscard]] auto& rows(const membership&) { return memberships; }

    [[nodiscard]] static auto key(const unit& row) { return row.id; }
    [[nodiscard]] static auto key(const belonging& row) { return row.id; }
    [[nodiscard]] static auto key(const ability& row) { return std::pair(row.owner, row.name); }
    [[nodiscard]] static auto key(const clan& row) { return row.name; }
    [[nodiscard]] static auto key(const membership& row) { return row.id; }

    template <class Row> [[nodiscard]] reasons against_insert(const Row& row) {
        reasons no = against(row);
        if (rows(row).contains(key(row))) no.insert(errc::taken);
        if constexpr (std::is_same_v<Row, unit>)
            if (units.size() >= most_units) no.insert(errc::full);
        return no;
    }
    template <class Row> void put(const Row& row) { rows(row).insert_or_assign(key(row), row); }

    [[nodiscard]] reasons against_erase(std::int64_t unit) const {
        for (const auto& [name, one] : clans)
            if (one.leader == unit) return {errc::reference};
        return {};
    }
    void erase_unit(std::int64_t id) {
        units.erase(id);
        for (auto& [other, one] : units)
            if (one.boss == id) one.boss.reset();
        std::erase_if(belongings, [&](const auto& entry) { return entry.second.owner == id; });
        std::erase_if(abilities, [&](const auto& entry) { return entry.second.owner == id; });
        std::erase_if(memberships, [&](const auto& entry) { return entry.second.member == id; });
    }
    void erase_clan(const std::string& name) {
        clans.erase(name);
        std::erase_if(memberships, [&](const auto& entry) { return entry.second.clan == name; });
    }
};

/// What differs between a world and what it must be; empty: nothing. Looks at every row and every index.
[[nodiscard]] inline std::string difference(const oracle_world& w, const oracle& must) {
    const auto same_rows = [](const auto& table, const auto& rows) {
        if (table.size() != rows.size()) return false;
        std::size_t seen = 0;
        for (const auto one : table) {
            const auto found = rows.find(oracle::key(*one));
            if (found == rows.end() || !(found->second == *one)) return false;
            ++seen;
        }
        return seen == rows.size();
    };
    if (!same_rows(w.units, must.units)) return "units";
    if (!same_rows(w.belongings, must.belongings)) return "belongings";
    if (!same_rows(w.abilities, must.abilities)) return "abilities";
    if (!same_rows(w.clans, must.clans)) return "clans";
    if (!same_rows(w.memberships, must.memberships)) return "memberships";

    const auto as_many = [](const auto& range, std::size_t rows, auto&& fits) {
        std::size_t seen = 0;
        for (const auto one : range) {
            if (!fits(*one)) return false;
            ++seen;
        }
        return seen == rows;
    };
    std::map<std::string, std::size_t> maps;
    std::map<std::pair<std::string, std::int32_t>, std::size_t> levels;
    std::map<std::optional<std::int64_t>, std::size_t> bosses, owners;
    for (const auto& [id, one] : must.units) {
        if (w.units.find(id) != w.units.find_by<&unit::name>(one.name)) return "units by name";
        ++maps[one.map], ++levels[{one.map, one.level}], ++bosses[one.boss];
        bosses.try_emplace(id, 0), owners.try_emplace(id, 0);
    }
    for (const auto& [id, one] : must.belongings) ++owners[one.owner];
    for (const auto& [map, rows] : maps)
        if (!as_many(w.units.where<&unit::map>(map), rows, [&](const unit& u) { return u.map == map; }))
            return "units in a map";
    for (const auto& [key, rows] : levels)
        if (!as_many(w.units.where<&unit::map, &unit::level>(key.first, key.second), rows,
                     [&](const unit& u) { return u.map == key.first && u.level == key.second; }))
            return "units of a level in a map";
    for (const auto& [boss, rows] : bosses)
        if (!as_many(w.units.where<&unit::boss>(boss), rows, [&](const unit& u) { return u.boss == boss; }))
            return "units of a boss";
    for (const auto& [owner, rows] : owners)
        if (!as_many(w.belongings.where<&belonging::owner>(owner), rows,
                     [&](const belonging& b) { return b.owner == owner; }))
            return "belongings of an owner";
    for (const auto& [name, one] : must.clans)
        if (w.clans.find(name) != w.clans.find_by<&clan::leader>(one.leader)) return "clans by leader";
    for (const auto& [id, one] : must.memberships)
        if (w.memberships.find(id) !=
            w.memberships.find_by<&membership::clan, &membership::member>(one.clan, one.member))
            return "memberships by clan and member";
    return "";
}

} // namespace holdfast::test
