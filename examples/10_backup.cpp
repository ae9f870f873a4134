// SPDX-License-Identifier: MIT
// A store makes backups by itself. One on request; and a database that is destroyed, and mended by the next open.
#include <holdfast/holdfast.hpp>

#include <chrono>
#include <filesystem>
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
    std::filesystem::remove_all("example_10"); // begins anew each time
    std::filesystem::create_directory("example_10");
    {
        bool made = false;
        auto db = hf::open<world>("example_10/game.db").value(); // makes the first backup at once, then one each hour
        db->players.insert({.id = 1, .gold = 100}).value();
        db.commit();
        db.save_all(10s).value(); // the copy has what SQLite has; else a tick gets there within a second
        db.snapshot_to("example_10/before-the-war.db", [&](const hf::result<hf::backup_manifest>& copy) {
            std::cout << "a copy of tick " << copy.value().applied << '\n';
            made = true;
        });
        while (!made || db.health().last_backup == std::chrono::system_clock::time_point()) {
            db.commit(); // the game goes on; the answer comes inside
            std::this_thread::sleep_for(1ms);
        }
        db->players.set<&player::gold>(1, 60).value();
        db.commit();
        if (!db.close().complete()) return 1;
    }
    std::filesystem::resize_file("example_10/game.db", 100); // a disk that fails

    auto db = hf::open<world>("example_10/game.db").value(); // the backup, and on it the log
    std::cout << "recovered: " << db->players.find(1)->gold << " gold, nothing lost\n";
    std::cout << "from a backup: " << (db.recovery().backup.empty() ? "no" : "yes") << '\n';
}
