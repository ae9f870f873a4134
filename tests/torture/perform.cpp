// SPDX-License-Identifier: MIT
/// @file
/// The actions of the workload, as a server would write them.
#include "perform.hpp"

namespace torture {

namespace {

using kind = action::kind;
using ids_given = std::vector<std::int64_t>;
using hf::result;

std::int64_t bank_of(const world& w) {
    std::int64_t first = 0;
    for (const hf::row<guild> one : w.guilds) first = first == 0 ? one->id : std::min(first, one->id);
    return first;
}

result<void> add_gold(world& w, hf::row<player> to, std::int64_t amount) {
    return w.players.add<&player::gold>(to, amount);
}
result<void> add_gold(world& w, hf::row<guild> to, std::int64_t amount) {
    return w.guilds.add<&guild::gold>(to, amount);
}

/// Gold from one to another: together, or not at all.
template <class From, class To> result<void> move_gold(world& w, From from, To to, std::int64_t amount) {
    if (auto ok = add_gold(w, from, -amount); !ok) return ok;
    return add_gold(w, to, amount);
}

result<void> join(world& w, const action& one, ids_given& ids) {
    auto made = w.players.insert({.name = one.text});
    if (!made) return made.why();
    if (auto ok = move_gold(w, w.guilds.find(bank_of(w)), *made, one.gold); !ok) return ok;
    ids.push_back((*made)->id);
    return {};
}

result<void> trade(world& w, const action& one) {
    if (auto ok = w.items.update<&item::owner>(w.items.find(one.thing), [&](auto& owner) { owner = one.from; }); !ok)
        return ok;
    return move_gold(w, w.players.find(one.from), w.players.find(one.to), one.gold);
}

result<void> send(world& w, const action& one, ids_given& ids) {
    auto sent = w.mails.insert({.to = one.to, .sender = one.from, .gold = one.gold, .text = one.text});
    if (!sent) return sent.why();
    ids.push_back((*sent)->id);
    if (auto ok = add_gold(w, w.players.find(one.from), -one.gold); !ok) return ok;
    if (one.thing == 0) return {};
    return w.items.update<&item::owner, &item::mail>(w.items.find(one.thing), [&](auto& owner, auto& mail) {
        owner.reset();
        mail = (*sent)->id;
    });
}

result<void> read(world& w, const action& one) {
    const hf::row<mail> letter = w.mails.find(one.thing);
    if (auto ok = add_gold(w, w.players.find(letter->to), letter->gold); !ok) return ok;
    for (const hf::row<item> inside : w.items.where<&item::mail>(one.thing).collect())
        if (auto ok = w.items.update<&item::owner, &item::mail>(inside,
                                                                [&](auto& owner, auto& mail) {
                                                                    owner = letter->to;
                                                                    mail.reset();
                                                                });
            !ok)
            return ok;
    return w.mails.erase(letter);
}

result<void> leave(world& w, const action& one) {
    const hf::row<player> goes = w.players.find(one.from);
    std::int64_t gold = goes->gold;
    for (const hf::row<mail> unread : w.mails.where<&mail::to>(one.from)) gold += unread->gold;
    if (auto ok = w.players.erase(goes); !ok) return ok;
    return add_gold(w, w.guilds.find(bank_of(w)), gold);
}

result<void> disband(world& w, const action& one) {
    const hf::row<guild> goes = w.guilds.find(one.to);
    if (auto ok = move_gold(w, goes, w.guilds.find(bank_of(w)), goes->gold); !ok) return ok;
    return w.guilds.erase(one.to);
}

result<void> raid(world& w, const action& one) {
    auto raised = w.players.update_where([&](const player& p) { return p.guild == one.to && p.level < 60; },
                                         [](player& p) { ++p.level; });
    return raised ? result<void>() : result<void>(raised.why());
}

result<void> loot(world& w, const action& one, ids_given& ids) {
    for (std::int64_t i = 0; i < one.count; ++i) {
        auto made = w.items.insert({.owner = one.to, .mail = {}, .kind = one.text});
        if (!made) return made.why();
        ids.push_back((*made)->id);
    }
    return {};
}

result<void> level_up(world& w, const action& one) {
    const hf::row<player> who = w.players.find(one.from);
    if (who->level < 60)
        if (auto ok = w.players.set<&player::level>(who, who->level + 1); !ok) return ok;
    w.players.set<&player::x>(who, who->x + 0.5);
    w.players.set<&player::note>(who, one.text);
    return {};
}

void write_novel(world& w, const action& one) {
    for (const hf::row<player> who : w.players) w.players.set<&player::note>(who, novel(who->id, one));
}
void stampede(world& w, const action& one) {
    for (std::int64_t i = 0; i < one.count; ++i)
        for (const hf::row<player> who : w.players) w.players.set<&player::x>(who, who->x + 0.25);
}

result<void> import(hf::store<world>& db, const action& one, ids_given& ids,
                    const std::function<void(world&)>& at_end) {
    auto done = db.bulk_load(
        [&](world& w) -> result<void> {
            if (auto ok = loot(w, one, ids); !ok) return ok;
            at_end(w);
            return {};
        },
        std::chrono::minutes(5));
    return done ? result<void>() : result<void>(done.why());
}

/// What must be refused with `expected`, and leave nothing behind.
result<void> must_fail(const result<void>& done, hf::errc expected) {
    if (done) return hf::error{hf::errc::refused, "a change was made that must be refused"};
    if (done.why().code != expected) return done.why();
    return {};
}

result<void> make_namesake(world& w, const action& one) {
    auto made = w.players.insert({.name = one.text});
    return made ? result<void>() : result<void>(made.why());
}

/// Inside a transaction: all of it, or nothing.
result<void> in_transaction(world& w, const action& one, ids_given& ids) {
    switch (one.what) {
    case kind::join: return join(w, one, ids);
    case kind::pay: return move_gold(w, w.players.find(one.from), w.players.find(one.to), one.gold);
    case kind::trade: return trade(w, one);
    case kind::send: return send(w, one, ids);
    case kind::read: return read(w, one);
    case kind::leave: return leave(w, one);
    case kind::disband: return disband(w, one);
    case kind::donate: return move_gold(w, w.players.find(one.from), w.guilds.find(one.to), one.gold);
    case kind::cheat: {
        ids_given lost;
        if (auto ok = loot(w, {.what = kind::loot, .to = one.to, .count = 2, .text = one.text}, lost); !ok) return ok;
        return trade(w, one);
    }
    default: return hf::error{hf::errc::refused, "no transaction"};
    }
}

result<void> rename(world& w, const action& one) { return w.players.set<&player::name>(one.from, one.text); }

result<void> enter(world& w, const action& one) {
    std::optional<std::int64_t> to;
    if (one.to != 0) to = one.to;
    return w.players.set<&player::guild>(w.players.find(one.from), to);
}

result<void> found(world& w, const action& one, ids_given& ids) {
    auto made = w.guilds.insert({.name = one.text});
    if (!made) return made.why();
    ids.push_back((*made)->id);
    return {};
}

result<void> begin(world& w, ids_given& ids) {
    auto made = w.guilds.insert({.name = "bank", .gold = model::all_gold});
    if (!made) return made.why();
    ids.push_back((*made)->id);
    return {};
}

} // namespace

result<void> perform(hf::store<world>& db, const action& one, ids_given& ids,
                     const std::function<void(world&)>& before_import) {
    switch (one.what) {
    case kind::begin: return begin(*db, ids);
    case kind::found: return found(*db, one, ids);
    case kind::enter: return enter(*db, one);
    case kind::rename: return rename(*db, one);
    case kind::level_up: return level_up(*db, one);
    case kind::loot: return loot(*db, one, ids);
    case kind::drop: return db->items.erase(one.thing);
    case kind::raid: return raid(*db, one);
    case kind::novel: write_novel(*db, one); return {};
    case kind::stampede: stampede(*db, one); return {};
    case kind::steal_name: return must_fail(make_namesake(*db, one), hf::errc::taken);
    case kind::import: return import(db, one, ids, before_import);
    case kind::cheat:
        return must_fail(db.transact([&](world& w) { return in_transaction(w, one, ids); }), hf::errc::refused);
    default: return db.transact([&](world& w) { return in_transaction(w, one, ids); });
    }
}

model model_of(const world& now) {
    model made;
    const auto read = [](const auto& table, auto& into) {
        for (const auto row : table) into.put(*row);
    };
    read(now.guilds, made.guilds);
    read(now.players, made.players);
    read(now.mails, made.mails);
    read(now.items, made.items);
    return made;
}

} // namespace torture
