// SPDX-License-Identifier: MIT
#include <holdfast/holdfast.hpp>

#include <chrono>
#include <iostream>
#include <string>

namespace hf = holdfast;

struct player {
    std::int64_t id = 0;
    std::string name{};
    std::int64_t gold = 100;
};
struct item {
    std::int64_t id = 0;
    std::int64_t owner = 0;
    std::string kind{};
};

struct world {
    hf::table<player, hf::primary_key<&player::id>, hf::auto_id<&player::id>, hf::unique<&player::name>,
              hf::at_least<&player::gold, 0>>
        players;
    hf::table<item, hf::primary_key<&item::id>, hf::auto_id<&item::id>,
              hf::references<&item::owner, &player::id, "players", hf::on_delete::cascade>>
        items;
};

hf::result<void> buy(world& w, const std::string& who, const std::string& kind, std::int64_t price) {
    hf::row<player> buyer = w.players.find_by<&player::name>(who);
    if (!buyer) return hf::error{hf::errc::not_found, who + " is not here"};
    if (auto made = w.items.insert({.owner = buyer->id, .kind = kind}); !made) return made.why();
    return w.players.add<&player::gold>(buyer, -price); // refused below 0: then the item is taken back, too
}

int main() {
    using namespace std::chrono_literals;
    auto opened = hf::open<world>("town.db");
    if (!opened) {
        std::cerr << opened.why().message() << '\n';
        return 1;
    }
    hf::store<world> db = std::move(*opened);
    std::cout << db->players.size() << " players are here\n";

    for (std::string command, name, kind; std::cin >> command && command != "quit"; db.commit()) {
        if (command == "join" && std::cin >> name) {
            auto made = db->players.insert({.name = name});
            std::cout << (made ? "welcome, " + name : made.why().message()) << '\n';
        } else if (command == "leave" && std::cin >> name) {
            if (auto who = db->players.find_by<&player::name>(name)) db->players.erase(who).value(); // and all items
        } else if (std::int64_t price = 0; command == "buy" && std::cin >> name >> kind >> price) {
            auto bought = db.transact([&](world& w) { return buy(w, name, kind, price); });
            if (!bought)
                std::cout << "no: " << bought.why().message() << '\n';
            else if (db.wait_durable(db.commit(), 10s)) // no power cut takes it back from here on
                std::cout << name << " bought " << kind << '\n';
            else
                std::cout << "the disk does not answer: ask again\n";
        } else if (command == "who") {
            for (hf::row<player> one : db->players) {
                std::cout << one->name << " has " << one->gold << " gold";
                for (hf::row<item> has : db->items.where<&item::owner>(one->id)) std::cout << ", " << has->kind;
                std::cout << '\n';
            }
        }
    }
    return db.close().complete() ? 0 : 1;
}
