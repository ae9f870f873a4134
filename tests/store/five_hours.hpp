// SPDX-License-Identifier: MIT
/// @file
/// Five hours of a game with backups, and what its world was after each tick.
#pragma once

#include "support/hourly_backups.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace holdfast::test::hours {

using namespace std::chrono_literals;

struct hero {
    std::int64_t id = 0;
    std::string name{};
    std::int64_t gold = 0;
};
struct item {
    std::int64_t id = 0;
    std::int64_t owner = 0;
};
struct world {
    holdfast::table<hero, holdfast::primary_key<&hero::id>, holdfast::unique<&hero::name>> heroes;
    holdfast::table<item, holdfast::primary_key<&item::id>, holdfast::auto_id<&item::id>,
                    holdfast::references<&item::owner, &hero::id, "heroes", holdfast::on_delete::cascade>>
        items;
};
using store = holdfast::store<world>;

struct five_hours : hourly_backups {
    std::map<holdfast::tick, world_lines> past; ///< What the world was after it.
    std::map<holdfast::tick, std::int64_t> when;
    std::optional<store> db;

    explicit five_hours(int hours = 5) : db(holdfast::open<world>(path, chosen).value()) {
        std::mt19937 random(7);
        past[0] = memory_lines(**db);
        for (int hour = 0; hour < hours; ++hour) {
            REQUIRE(eventually([&] { return backups().size() == static_cast<std::size_t>(hour) + 1; }));
            play(random, hour + 1 < hours ? 60 : 59); // so that no backup is being made at the end
        }
        REQUIRE(db->wait_durable(past.rbegin()->first, long_enough));
    }
    void play(std::mt19937& random, int minutes) {
        for (int i = 0; i < minutes; ++i) {
            clock.advance(1min);
            change(random);
            const holdfast::tick now = db->commit();
            past[now] = memory_lines(**db);
            when[now] = clock.wall_us();
            if (i % 10 == 0) save(*db);
        }
    }
    void change(std::mt19937& random) {
        world& w = **db;
        for (int i = 0; i < 4; ++i) {
            const auto id = static_cast<std::int64_t>(random() % 30);
            const std::string name = std::to_string(random() % 40) + std::string(400, 'n');
            switch (random() % 5) {
            case 0: (void)w.heroes.erase(id); break;
            case 1: (void)w.heroes.set<&hero::gold>(id, static_cast<std::int64_t>(random() % 1'000)); break;
            case 2: (void)w.items.insert({.owner = id}); break;
            default: (void)w.heroes.insert({.id = id, .name = name});
            }
        }
    }
    [[nodiscard]] holdfast::result<holdfast::restore_report> restore(const holdfast::restore_point& to) const {
        std::filesystem::remove(folder / "then.db");
        return holdfast::restore(path, folder / "then.db", to, chosen);
    }
};

} // namespace holdfast::test::hours
