// SPDX-License-Identifier: MIT
// The world as it was: into another file, what one player had, and going back.
#include <holdfast/holdfast.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <thread>

namespace hf = holdfast;
using namespace std::chrono_literals;

struct player {
    std::int64_t id = 0;
    std::int64_t gold = 0;
};
struct world {
    hf::table<player, hf::primary_key<&player::id>> players;
};

int main() {
    std::filesystem::remove_all("example_11"); // begins anew each time
    std::filesystem::create_directory("example_11");
    hf::tick rich = 0;
    {
        auto db = hf::open<world>("example_11/game.db").value();
        while (db.health().last_backup ==
               std::chrono::system_clock::time_point()) // the first, from which a restore begins
            std::this_thread::sleep_for(1ms);
        db->players.insert({.id = 1, .gold = 1'000}).value();
        rich = db.commit();
        db->players.set<&player::gold>(1, 3).value(); // a bug of the game
        db.commit();
        if (!db.close().complete()) return 1;
    }
    const auto then = hf::restore_point::at_tick(rich);

    hf::restore("example_11/game.db", "example_11/then.db", then).value(); // may be done while the server runs
    std::cout << "then: " << hf::open<world>("example_11/then.db").value()->players.find(1)->gold << " gold\n";

    hf::export_rows("example_11/game.db", "players", "id = 1", then, "example_11/player-1.sql").value();
    std::ifstream text("example_11/player-1.sql");
    for (std::string line; std::getline(text, line);)
        if (line.starts_with("INSERT")) std::cout << line << '\n';

    const auto back = hf::restore_in_place("example_11/game.db", then).value(); // no server has it open
    auto db = hf::open<world>("example_11/game.db").value();
    std::cout << "again at tick " << back.restored << ": " << db->players.find(1)->gold << " gold\n";
}
