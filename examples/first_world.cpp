// SPDX-License-Identifier: MIT
/// @file
/// The README's program: a world that is there again after a restart.
#include <holdfast/holdfast.hpp>

#include <iostream>

namespace hf = holdfast;

struct position {
    double x = 0, y = 0, z = 0;
};

struct character {
    std::int64_t id = 0;
    std::string name{};
    std::int32_t level = 1;
    std::int64_t gold = 100;
    position pos{}; // columns pos_x, pos_y, pos_z
    std::string map_id{};
};

struct item {
    std::int64_t id = 0;
    std::optional<std::int64_t> owner{};
    std::string kind{};
};

struct world { // the struct is the schema
    hf::table<character, hf::primary_key<&character::id>, hf::auto_id<&character::id>, hf::unique<&character::name>,
              hf::index<&character::map_id>, hf::at_least<&character::gold, 0>, hf::capacity<10'000>>
        characters;
    hf::table<item, hf::primary_key<&item::id>, hf::auto_id<&item::id>,
              hf::references<&item::owner, &character::id, "characters", hf::on_delete::cascade>>
        items;
};

int main() {
    auto db = hf::open<world>("world.db").value(); // creates the file, or loads all of it

    hf::row<character> aria = db->characters.find_by<&character::name>("Aria");
    if (!aria) aria = db->characters.insert({.name = "Aria", .map_id = "harbor"}).value();

    db->characters.set<&character::pos>(aria, {10.5, 0, 3});                // nothing can refuse it: returns nothing
    if (auto paid = db->characters.add<&character::gold>(aria, -40); !paid) // this can be refused
        std::cout << "no sale: " << paid.why().message() << '\n';           // and has then changed nothing
    else
        db->items.insert({.owner = aria->id, .kind = "lantern"}).value();

    auto traded = db.transact([&](world& w) -> hf::result<void> { // all of it, or none: Bob does not stay
        auto bob = w.characters.insert({.name = "Bob", .gold = 0});
        if (!bob) return bob.why();
        return w.characters.add<&character::gold>(aria, -1'000);
    });
    if (!traded) std::cout << "no trade: " << traded.why().message() << '\n';

    db.commit(); // this tick is whole, and survives kill -9; a background thread writes it to SQLite

    for (hf::row<character> c : db->characters.where<&character::map_id>("harbor"))
        std::cout << c->name << " has " << c->gold << " gold and " << db->items.size() << " items\n";

    return db.close().complete() ? 0 : 1;
}
