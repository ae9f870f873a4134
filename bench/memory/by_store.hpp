// SPDX-License-Identifier: MIT
/// @file
/// Our side: a store, opened on a file, with its threads and its files.
#pragma once

#include "memory/rows.hpp"

#include <chrono>

namespace bench {

class by_store {
public:
    static constexpr const char* name = "ours";

    /// The store has been closed and opened, as after a restart of the server.
    by_store(const std::string& path, const first_rows& from)
        : path_(path), db_(holdfast::open<hero_world>(path).value()) {
        db_.bulk_load([&](hero_world& w) {
               for (const hero& one : from.heroes) w.heroes.insert(one).value();
               for (const item& one : from.items) w.items.insert(one).value();
           })
            .value();
        db_.close();
        db_ = holdfast::open<hero_world>(path_).value();
    }
    void end_tick() { db_.commit(); }
    /// Waits, untimed, until the log has every tick.
    void settle() { db_.wait_durable(db_.commit(), std::chrono::minutes(1)).value(); }

    // --- reading; searches are in line, as a game writes them, on every side --------------------------
    [[nodiscard, gnu::always_inline]] auto hero_of(std::int64_t id) const { return db_->heroes.find(id); }
    [[nodiscard, gnu::always_inline]] auto item_of(std::int64_t id) const { return db_->items.find(id); }
    [[nodiscard, gnu::always_inline]] auto named(std::string_view is) const {
        return db_->heroes.find_by<&hero::name>(is);
    }
    template <class See> void owned(std::int64_t owner, See&& see) const {
        for (const holdfast::row<item> one : db_->items.where<&item::owner>(owner)) see(*one);
    }
    template <class See> void between(std::int64_t from, std::int64_t below, See&& see) const {
        for (const holdfast::row<hero> one : db_->heroes.ordered_by<&hero::experience>().from(from).below(below))
            see(*one);
    }
    template <class See> void each_hero(See&& see) const {
        for (const holdfast::row<hero> one : db_->heroes) see(*one);
    }
    template <class See> void each_item(See&& see) const {
        for (const holdfast::row<item> one : db_->items) see(*one);
    }

    // --- changing; whether it was done ---------------------------------------------------------------
    bool add(const hero& row) { return static_cast<bool>(db_->heroes.insert(row)); }
    bool add(const item& row) { return static_cast<bool>(db_->items.insert(row)); }
    bool erase_hero(std::int64_t id) { return static_cast<bool>(db_->heroes.erase(id)); }
    bool erase_item(std::int64_t id) { return static_cast<bool>(db_->items.erase(id)); }
    bool set_level(std::int64_t id, std::int32_t to) {
        return static_cast<bool>(db_->heroes.set<&hero::level>(id, to));
    }
    bool pay(std::int64_t id, std::int64_t gold) { return static_cast<bool>(db_->heroes.add<&hero::gold>(id, gold)); }
    /// `fn(level, hit_points, x)`
    template <class Function> bool update(std::int64_t id, Function&& fn) {
        return static_cast<bool>(db_->heroes.update<&hero::level, &hero::hit_points, &hero::x>(id, fn));
    }
    /// The same through the whole row.
    template <class Function> bool update_row(std::int64_t id, Function&& fn) {
        return static_cast<bool>(db_->heroes.update(id, [&](hero& row) { fn(row.level, row.hit_points, row.x); }));
    }
    outcome make(const trade& is) {
        const auto done = db_.transact([&](hero_world& w) -> holdfast::result<void> {
            const holdfast::row<item> what = w.items.find(is.item);
            const holdfast::row<hero> buyer = w.heroes.find(is.buyer);
            if (!what || !buyer) return no(holdfast::errc::not_found);
            const holdfast::row<hero> seller = w.heroes.find(what->owner);
            if (!seller || seller == buyer) return no(holdfast::errc::not_found);
            if (auto ok = w.heroes.add<&hero::gold>(buyer, -is.price); !ok) return ok;
            if (auto ok = w.heroes.add<&hero::gold>(seller, is.price); !ok) return ok;
            w.items.set<&item::owner>(what, is.buyer);
            if (buyer->level < is.least_level) return no(holdfast::errc::busy);
            return {};
        });
        if (done) return outcome::made;
        return done.why().code == holdfast::errc::busy ? outcome::taken_back : outcome::impossible;
    }

private:
    [[nodiscard]] static holdfast::error no(holdfast::errc why) { return {why, {}}; }

    std::string path_;
    holdfast::store<hero_world> db_;
};

} // namespace bench
