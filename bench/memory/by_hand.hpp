// SPDX-License-Identifier: MIT
/// @file
/// The other sides: structs in containers, whose indexes are kept true by hand. Nothing is tracked, logged or saved.
#pragma once

#include "memory/containers.hpp"

#include <algorithm>

namespace bench {

template <class Containers> class by_hand {
    using lists = typename Containers::lists;
    static constexpr bool is_map = requires { typename lists::mapped_type; };
    static constexpr bool has_names = !std::is_same_v<typename Containers::names, nothing>;
    using hero_row = std::conditional_t<has_names, placed_hero<typename Containers::order>, hero>;

public:
    static constexpr const char* name = Containers::name;

    explicit by_hand(const first_rows& from) : heroes_(from.heroes.size()), items_(from.items.size()) {
        if constexpr (has_names) names_.reserve(from.heroes.size());
        if constexpr (!is_map) lists_.resize(from.heroes.size() + 1);
        for (const hero& one : from.heroes) add(one);
        for (const item& one : from.items) add(one);
    }
    void end_tick() {}

    // --- reading -------------------------------------------------------------------------------------
    [[nodiscard, gnu::always_inline]] const hero* hero_of(std::int64_t id) { return heroes_.find(id); }
    [[nodiscard, gnu::always_inline]] const item* item_of(std::int64_t id) { return items_.find(id); }
    [[nodiscard, gnu::always_inline]] const hero* named(std::string_view is)
        requires has_names
    {
        const auto at = names_.find(is);
        return at != names_.end() ? at->second : nullptr;
    }
    template <class See> void owned(std::int64_t owner, See&& see) {
        for (const item* one : list_of(owner)) see(*one);
    }
    template <class See>
        requires has_names
    void between(std::int64_t from, std::int64_t below, See&& see) {
        for (auto at = order_.lower_bound(from); at != order_.end() && at->first < below; ++at) see(*at->second);
    }
    template <class See> void each_hero(See&& see) const { heroes_.each(see); }
    template <class See> void each_item(See&& see) const { items_.each(see); }

    // --- changing; whether it was done ---------------------------------------------------------------
    bool add(const hero& row) {
        auto* at = heroes_.add(hero_row(row));
        if (at == nullptr) return false;
        if constexpr (has_names) {
            if (!names_.try_emplace(at->name, at).second) {
                heroes_.erase(row.id, [](hero_row&) {});
                return false;
            }
            at->place = order_.emplace(at->experience, at);
        }
        return true;
    }
    bool add(const item& row) {
        item* at = items_.add(row);
        if (at == nullptr) return false;
        lists_[place(row.owner)].push_back(at);
        return true;
    }
    bool erase_hero(std::int64_t id) {
        return heroes_.erase(id, [&](hero_row& row) {
            if constexpr (has_names) {
                names_.erase(row.name);
                order_.erase(row.place);
            }
        });
    }
    bool erase_item(std::int64_t id) {
        return items_.erase(id, [&](item& row) { take_out(list_of(row.owner), row); });
    }
    bool set_level(std::int64_t id, std::int32_t to) {
        hero* row = heroes_.find(id);
        if (row == nullptr) return false;
        row->level = to;
        return true;
    }
    /// `fn(level, hit_points, x)`
    template <class Function> bool update(std::int64_t id, Function&& fn) {
        hero* row = heroes_.find(id);
        if (row == nullptr) return false;
        fn(row->level, row->hit_points, row->x);
        return true;
    }
    template <class Function> bool update_row(std::int64_t id, Function&& fn) { return update(id, fn); }
    outcome make(const trade& is) {
        item* what = items_.find(is.item);
        hero* buyer = heroes_.find(is.buyer);
        if (what == nullptr || buyer == nullptr) return outcome::impossible;
        hero* seller = heroes_.find(what->owner);
        if (seller == nullptr || seller == buyer || buyer->gold < is.price) return outcome::impossible;
        exchange(*what, *seller, *buyer, is.price);
        if (buyer->level >= is.least_level) return outcome::made;
        exchange(*what, *buyer, *seller, is.price);
        return outcome::taken_back;
    }

private:
    [[nodiscard]] static auto place(std::int64_t owner) {
        if constexpr (is_map)
            return owner;
        else
            return static_cast<std::size_t>(owner);
    }
    /// Of an owner who had an item once.
    [[nodiscard]] auto& list_of(std::int64_t owner) {
        if constexpr (is_map)
            return lists_.find(owner)->second;
        else
            return lists_[static_cast<std::size_t>(owner)];
    }
    static void take_out(auto& list, item& row) {
        *std::find(list.begin(), list.end(), &row) = list.back();
        list.pop_back();
    }
    void exchange(item& what, hero& from, hero& to, std::int64_t price) {
        to.gold -= price;
        from.gold += price;
        take_out(list_of(what.owner), what);
        what.owner = to.id;
        lists_[place(to.id)].push_back(&what);
    }

    typename Containers::template rows<hero_row> heroes_;
    typename Containers::template rows<item> items_;
    lists lists_{};
    typename Containers::names names_{};
    typename Containers::order order_{};
};

} // namespace bench
