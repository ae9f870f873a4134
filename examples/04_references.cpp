// SPDX-License-Identifier: MIT
// Rows that refer to others: what happens to them when the other one goes.
#include <holdfast/holdfast.hpp>

#include <iostream>

namespace hf = holdfast;

struct guild {
    std::int64_t id = 0;
    std::string name{};
};
struct player {
    std::int64_t id = 0;
    std::optional<std::int64_t> guild_id{};
};
struct item {
    std::int64_t id = 0;
    std::int64_t owner = 0;
};

struct world {
    hf::table<guild, hf::primary_key<&guild::id>> guilds;
    hf::table<player, hf::primary_key<&player::id>,
              hf::references<&player::guild_id, &guild::id, "guilds", hf::on_delete::set_null>>
        players;
    hf::table<item, hf::primary_key<&item::id>,
              hf::references<&item::owner, &player::id, "players", hf::on_delete::cascade>>
        items;
};

int main() {
    auto db = hf::open<world>(":memory:").value();
    db->guilds.insert({.id = 1, .name = "Harbor Watch"}).value();
    hf::row<player> aria = db->players.insert({.id = 7, .guild_id = 1}).value();
    db->items.insert({.id = 100, .owner = 7}).value();
    db->items.insert({.id = 101, .owner = 7}).value();

    const auto of_nobody = db->items.insert({.id = 102, .owner = 8});
    std::cout << of_nobody.why().message() << '\n';

    db->guilds.erase(1).value(); // set_null: the player stays
    std::cout << "in a guild: " << (aria->guild_id ? "yes" : "no") << '\n';

    for (hf::row<item> one : db->items.where<&item::owner>(7)) // a reference is an index, too
        std::cout << "item " << one->id << '\n';

    db->players.erase(7).value(); // cascade: the items go, too
    std::cout << db->items.size() << " items\n";
}
