// SPDX-License-Identifier: MIT
#include <holdfast/holdfast.hpp>

#include <iostream>
#include <string>

namespace hf = holdfast;

struct player {
    std::int64_t id = 0;
    std::string name{};
    std::int64_t gold = 100;
};

struct world {
    hf::table<player, hf::primary_key<&player::id>, hf::auto_id<&player::id>, hf::unique<&player::name>,
              hf::at_least<&player::gold, 0>>
        players;
};

int main() {
    auto opened = hf::open<world>("town.db");
    if (!opened) { // the disk is full, another server has the file, ...: the message says what to do
        std::cerr << opened.why().message() << '\n';
        return 1;
    }
    hf::store<world> db = std::move(*opened);
    std::cout << db->players.size() << " players are here\n";

    for (std::string command; std::cin >> command && command != "quit"; db.commit()) {
        if (command == "join") {
            std::string name;
            std::cin >> name;
            auto made = db->players.insert({.name = name});
            std::cout << (made ? "welcome, " + name : made.why().message()) << '\n';
        } else if (command == "who") {
            for (hf::row<player> one : db->players) std::cout << one->name << " has " << one->gold << " gold\n";
        }
    }
    return db.close().complete() ? 0 : 1;
}
