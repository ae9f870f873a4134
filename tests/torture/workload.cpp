// SPDX-License-Identifier: MIT
/// @file
/// Draws the actions of a tick, and does them to the model.
#include "workload.hpp"

namespace torture {

namespace {

using kind = action::kind;

constexpr std::size_t few_players = 20, many_players = 50;
constexpr std::size_t many_items = 200, many_mails = 40, many_guilds = 8;

template <class Row> std::int64_t any(dice& from, const shelf<Row>& of) { return of.nth(from.below(of.size())).id; }

std::int64_t bank(const model& now) { return now.guilds.nth(0).id; }

std::string free_name(dice& from, const model& now) {
    for (;;) { // there are more names than players, and those of the gone are taken again
        std::string name = "name " + std::to_string(from.below(2 * many_players));
        bool taken = false;
        for (const auto& [id, row] : now.players.rows()) taken = taken || row.name == name;
        if (!taken) return name;
    }
}
std::string some_text(dice& from) { return std::string(from.below(40), static_cast<char>('a' + from.below(26))); }

kind any_kind(dice& from) {
    static constexpr kind often[] = {kind::join,     kind::found, kind::enter,  kind::rename,    kind::level_up,
                                     kind::pay,      kind::trade, kind::trade,  kind::trade,     kind::loot,
                                     kind::loot,     kind::drop,  kind::send,   kind::send,      kind::read,
                                     kind::leave,    kind::raid,  kind::donate, kind::disband,   kind::cheat,
                                     kind::level_up, kind::cheat, kind::pay,    kind::steal_name};
    return often[from.below(std::size(often))];
}

} // namespace

tick_plan::tick_plan(const workload& from, std::uint64_t tick) : from_(from), tick_(tick), dice_(from.seed, tick) {
    left_ = dice_.one_in(4) ? dice_.between(6, 30) : dice_.between(1, 6);
    if (tick == 1) left_ = 1;
}

std::optional<action> tick_plan::next(const model& now) {
    if (left_ == 0) return std::nullopt;
    --left_;
    action one = draw(now);
    if (one.what == kind::import || one.what == kind::begin) left_ = 0;
    ++done_;
    return one;
}

action tick_plan::draw(const model& now) {
    if (now.guilds.size() == 0) return {.what = kind::begin};
    action one;
    one.text = some_text(dice_);
    const std::int64_t bank_has = now.guilds.at(bank(now)).gold;
    if (now.players.size() < few_players)
        return {.what = kind::join, .gold = std::min<std::int64_t>(1'000, bank_has), .text = free_name(dice_, now)};
    one.from = any(dice_, now.players);
    one.to = any(dice_, now.players);
    one.what = any_kind(dice_);
    if (done_ == 0 && from_.largest != 0 && dice_.one_in(8))
        return {.what = kind::stampede, .count = from_.largest / static_cast<std::int64_t>(now.players.size()) + 1};
    if (done_ == 0 && dice_.one_in(30))
        return {.what = kind::novel, .count = dice_.up_to(16'000), .text = some_text(dice_) + "."};
    if (from_.imports && done_ == 0 && dice_.one_in(150))
        return {.what = kind::import, .to = one.to, .count = 5, .text = one.text};

    switch (one.what) {
    case kind::join:
        if (now.players.size() >= many_players) one.what = kind::leave;
        one.text = free_name(dice_, now);
        one.gold = std::min(dice_.between(0, 1'000), bank_has);
        break;
    case kind::rename: one.text = free_name(dice_, now); break;
    case kind::found:
        if (now.guilds.size() >= many_guilds) one.what = kind::disband;
        one.text = "guild " + std::to_string(tick_) + "." + std::to_string(done_);
        break;
    case kind::enter: one.to = dice_.one_in(4) ? 0 : any(dice_, now.guilds); break;
    case kind::loot:
        one.count = dice_.between(1, 3);
        if (now.items.size() >= many_items) one.what = kind::drop;
        break;
    case kind::send:
        if (now.mails.size() >= many_mails) one.what = kind::read;
        break;
    case kind::steal_name: one.text = now.players.at(one.to).name; break;
    default: break;
    }

    // Who has nothing to trade, or nobody to trade with, walks.
    const auto instead = [&] { one.what = kind::level_up; };
    const std::int64_t has = now.players.at(one.from).gold;
    one.gold = one.what == kind::join ? one.gold : dice_.between(0, has);
    switch (one.what) {
    case kind::pay:
        if (one.from == one.to) instead();
        break;
    case kind::trade:
    case kind::cheat:
    case kind::drop: {
        if (now.items.size() == 0) return instead(), one;
        one.thing = any(dice_, now.items);
        const std::optional<std::int64_t> owner = now.items.at(one.thing).owner;
        if (one.what == kind::drop) break;
        if (!owner || *owner == one.from) return instead(), one;
        one.to = *owner; // sells it to `from`
        if (one.what == kind::cheat) one.gold = has + 1;
        break;
    }
    case kind::send:
        for (const auto& [id, row] : now.items.rows())
            if (row.owner == one.from) one.thing = id;
        if (dice_.one_in(3)) one.thing = 0;
        break;
    case kind::read:
        if (now.mails.size() == 0) return instead(), one;
        one.thing = any(dice_, now.mails);
        break;
    case kind::disband:
    case kind::donate:
    case kind::raid:
        one.to = any(dice_, now.guilds);
        if (one.what == kind::disband && one.to == bank(now)) instead();
        break;
    default: break;
    }
    return one;
}

std::int64_t given_ids::take(std::string_view table) {
    if (all_used()) throw std::runtime_error("the server gave out fewer ids than the tick needs");
    tables_.push_back(table);
    return ids_[tables_.size() - 1];
}

std::string novel(std::int64_t reader, const action& one) {
    std::string text = std::to_string(reader) + ":";
    while (static_cast<std::int64_t>(text.size()) < one.count) text += one.text;
    return text;
}

void apply(model& to, const action& one, given_ids& ids) {
    const auto add_gold = [](std::int64_t amount) { return [amount](auto& row) { row.gold += amount; }; };
    switch (one.what) {
    case kind::begin: to.guilds.put({ids.next<guild>(), "bank", model::all_gold}); break;
    case kind::join:
        to.guilds.change(bank(to), add_gold(-one.gold));
        to.players.put({.id = ids.next<player>(), .name = one.text, .gold = one.gold});
        break;
    case kind::found: to.guilds.put({ids.next<guild>(), one.text, 0}); break;
    case kind::enter:
        to.players.change(one.from, [&](player& p) {
            p.guild.reset();
            if (one.to != 0) p.guild = one.to;
        });
        break;
    case kind::rename: to.players.change(one.from, [&](player& p) { p.name = one.text; }); break;
    case kind::level_up:
        to.players.change(one.from, [&](player& p) {
            p.level = std::min(p.level + 1, 60);
            p.x += 0.5;
            p.note = one.text;
        });
        break;
    case kind::pay:
        to.players.change(one.from, add_gold(-one.gold));
        to.players.change(one.to, add_gold(one.gold));
        break;
    case kind::trade:
        to.players.change(one.from, add_gold(-one.gold));
        to.players.change(one.to, add_gold(one.gold));
        to.items.change(one.thing, [&](item& i) { i.owner = one.from; });
        break;
    case kind::loot:
    case kind::import:
        for (std::int64_t i = 0; i < one.count; ++i)
            to.items.put({.id = ids.next<item>(), .owner = one.to, .mail = {}, .kind = one.text});
        break;
    case kind::drop: to.items.erase(one.thing); break;
    case kind::send: {
        const std::int64_t id = ids.next<mail>();
        to.players.change(one.from, add_gold(-one.gold));
        to.mails.put({id, one.to, one.from, one.gold, one.text});
        if (one.thing != 0)
            to.items.change(one.thing, [&](item& i) {
                i.owner.reset();
                i.mail = id;
            });
        break;
    }
    case kind::read: {
        const mail& read = to.mails.at(one.thing);
        to.players.change(read.to, add_gold(read.gold));
        to.items.change_where([&](const item& i) { return i.mail == read.id; },
                              [&](item& i) {
                                  i.owner = read.to;
                                  i.mail.reset();
                              });
        to.mails.erase(one.thing);
        break;
    }
    case kind::leave: {
        std::int64_t gold = to.players.at(one.from).gold;
        std::set<std::int64_t> gone;
        for (const auto& [id, row] : to.mails.rows())
            if (row.to == one.from) {
                gold += row.gold;
                gone.insert(id);
            }
        to.guilds.change(bank(to), add_gold(gold));
        to.items.erase_where([&](const item& i) { return i.owner == one.from || (i.mail && gone.contains(*i.mail)); });
        to.mails.erase_where([&](const mail& m) { return m.to == one.from; });
        to.mails.change_where([&](const mail& m) { return m.sender == one.from; }, [](mail& m) { m.sender.reset(); });
        to.players.erase(one.from);
        break;
    }
    case kind::disband:
        to.guilds.change(bank(to), add_gold(to.guilds.at(one.to).gold));
        to.guilds.erase(one.to);
        to.players.change_where([&](const player& p) { return p.guild == one.to; }, [](player& p) { p.guild.reset(); });
        break;
    case kind::donate:
        to.players.change(one.from, add_gold(-one.gold));
        to.guilds.change(one.to, add_gold(one.gold));
        break;
    case kind::raid:
        to.players.change_where([&](const player& p) { return p.guild == one.to && p.level < 60; },
                                [](player& p) { ++p.level; });
        break;
    case kind::cheat:
    case kind::steal_name: break;
    case kind::novel:
        to.players.change_where([](const player&) { return true; }, [&](player& p) { p.note = novel(p.id, one); });
        break;
    case kind::stampede:
        to.players.change_where([](const player&) { return true; },
                                [&](player& p) { p.x += 0.25 * static_cast<double>(one.count); });
        break;
    }
}

std::vector<std::string_view> apply_tick(model& to, const workload& from, std::uint64_t tick,
                                         const std::vector<std::int64_t>& ids) {
    tick_plan plan(from, tick);
    given_ids given(ids);
    std::int32_t actions = 0;
    while (const auto one = plan.next(to)) {
        apply(to, *one, given);
        ++actions;
    }
    if (!given.all_used()) throw std::runtime_error("the server gave out more ids than the tick needs");
    to.add_event({static_cast<std::int64_t>(tick), actions});
    return given.tables();
}

} // namespace torture
