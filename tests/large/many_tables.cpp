// SPDX-License-Identifier: MIT
/// @file
/// A world as large as those of public servers: 108 tables with 773 columns, in groups. It compiles, opens and saves.
#include <holdfast/holdfast.hpp>

#include "support/catch.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"

namespace hf = holdfast;
using namespace holdfast::test;

namespace {

struct position {
    float x = 0, y = 0, z = 0, orientation = 0;
};

// Twelve kinds of tables; each group has its own of each, with its own rows.
template <int> struct account {
    std::int64_t id = 0;
    std::string name{};
    std::string mail{};
    std::int32_t flags = 0;
    std::int64_t last_login = 0;
    bool locked = false;
};
template <int> struct character {
    std::int64_t id = 0;
    std::int64_t account = 0;
    std::string name{};
    std::uint8_t race = 0, profession = 0, level = 1;
    std::int64_t money = 0;
    position pos{};
    std::int32_t map = 0;
    std::uint32_t played = 0;
    bool online = false;
    std::optional<std::int64_t> guild{};
};
template <int> struct item {
    hf::uuid id{};
    std::optional<std::int64_t> owner{};
    std::int32_t kind = 0;
    std::int32_t count = 1;
    std::int32_t durability = 100;
    std::vector<std::byte> enchantments{};
    std::string text{};
    std::optional<std::int64_t> creator{}, gift_of{};
    std::int32_t charges = 0, flags = 0;
    std::int64_t until = 0;
};
template <int> struct place {
    std::int64_t character = 0;
    std::int32_t bag = 0;
    std::int32_t slot = 0;
    hf::uuid item{};
};
template <int> struct skill {
    std::int64_t character = 0;
    std::int32_t skill = 0;
    std::int32_t value = 0, most = 0;
};
template <int> struct quest {
    std::int64_t character = 0;
    std::int32_t quest = 0;
    std::int8_t status = 0;
    std::array<std::int32_t, 4> kills{};
    std::int64_t until = 0;
};
template <int> struct guild {
    std::int64_t id = 0;
    std::string name{};
    std::int64_t leader = 0;
    std::string info{};
    std::string motto{};
    std::int64_t created = 0;
    std::int64_t money = 0;
};
template <int> struct mail {
    std::int64_t id = 0;
    std::int64_t sender = 0;
    std::int64_t receiver = 0;
    std::string subject{};
    std::string body{};
    std::int64_t money = 0;
    std::int64_t sent = 0;
    bool read = false;
};
template <int> struct auction {
    std::int64_t id = 0;
    hf::uuid item{};
    std::int64_t seller = 0;
    std::int64_t buyout = 0;
    std::int64_t bid = 0;
    std::optional<std::int64_t> bidder{};
    std::int64_t ends = 0;
};
template <int> struct pet {
    std::int64_t id = 0;
    std::int64_t owner = 0;
    std::string name{};
    std::int32_t entry = 0, level = 1, experience = 0, health = 1;
};
template <int> struct cooldown {
    std::int64_t character = 0;
    std::int32_t spell = 0;
    std::int64_t until = 0;
};
template <int> struct friendship {
    std::int64_t character = 0;
    std::int64_t other = 0;
    std::uint8_t flags = 0;
    std::string note{};
};

template <> struct friendship<9> { // one that grew
    std::int64_t character = 0;
    std::int64_t other = 0;
    std::uint8_t flags = 0;
    std::string note{};
    std::int64_t since = 0, last_met = 0;
    std::int32_t gifts = 0, letters = 0, fights = 0;
    bool best = false, muted = false;
    std::string nickname{};
};

#define GROUP(N)                                                                                                       \
    struct group_##N {                                                                                                 \
        hf::table<account<N>, hf::primary_key<&account<N>::id>, hf::auto_id<&account<N>::id>,                          \
                  hf::unique<&account<N>::name>>                                                                       \
            accounts_##N;                                                                                              \
        hf::table<character<N>, hf::primary_key<&character<N>::id>, hf::auto_id<&character<N>::id>,                    \
                  hf::unique<&character<N>::name>, hf::index<&character<N>::map>,                                      \
                  hf::references<&character<N>::account, &account<N>::id, "accounts_" #N, hf::on_delete::cascade>>     \
            characters_##N;                                                                                            \
        hf::table<item<N>, hf::primary_key<&item<N>::id>,                                                              \
                  hf::references<&item<N>::owner, &character<N>::id, "characters_" #N, hf::on_delete::cascade>>        \
            items_##N;                                                                                                 \
        hf::table<place<N>, hf::primary_key<&place<N>::character, &place<N>::bag, &place<N>::slot>,                    \
                  hf::references<&place<N>::item, &item<N>::id, "items_" #N, hf::on_delete::cascade>>                  \
            inventory_##N;                                                                                             \
        hf::table<skill<N>, hf::primary_key<&skill<N>::character, &skill<N>::skill>,                                   \
                  hf::references<&skill<N>::character, &character<N>::id, "characters_" #N, hf::on_delete::cascade>>   \
            skills_##N;                                                                                                \
        hf::table<quest<N>, hf::primary_key<&quest<N>::character, &quest<N>::quest>,                                   \
                  hf::references<&quest<N>::character, &character<N>::id, "characters_" #N, hf::on_delete::cascade>>   \
            quests_##N;                                                                                                \
        hf::table<guild<N>, hf::primary_key<&guild<N>::id>, hf::auto_id<&guild<N>::id>, hf::unique<&guild<N>::name>,   \
                  hf::references<&guild<N>::leader, &character<N>::id, "characters_" #N>>                              \
            guilds_##N;                                                                                                \
        hf::table<mail<N>, hf::primary_key<&mail<N>::id>, hf::auto_id<&mail<N>::id>,                                   \
                  hf::references<&mail<N>::receiver, &character<N>::id, "characters_" #N, hf::on_delete::cascade>>     \
            mails_##N;                                                                                                 \
        hf::table<auction<N>, hf::primary_key<&auction<N>::id>, hf::auto_id<&auction<N>::id>,                          \
                  hf::index<&auction<N>::seller>, hf::ordered<&auction<N>::ends>>                                      \
            auctions_##N;                                                                                              \
        hf::table<pet<N>, hf::primary_key<&pet<N>::id>, hf::auto_id<&pet<N>::id>,                                      \
                  hf::references<&pet<N>::owner, &character<N>::id, "characters_" #N, hf::on_delete::cascade>>         \
            pets_##N;                                                                                                  \
        hf::table<cooldown<N>, hf::primary_key<&cooldown<N>::character, &cooldown<N>::spell>> cooldowns_##N;           \
        hf::table<friendship<N>, hf::primary_key<&friendship<N>::character, &friendship<N>::other>> friends_##N;       \
    }
GROUP(1);
GROUP(2);
GROUP(3);
GROUP(4);
GROUP(5);
GROUP(6);
GROUP(7);
GROUP(8);
GROUP(9);

struct world {
    group_1 one;
    group_2 two;
    group_3 three;
    group_4 four;
    group_5 five;
    group_6 six;
    group_7 seven;
    group_8 eight;
    group_9 nine;
};

} // namespace

TEST_CASE("a world of 108 tables and hundreds of columns opens, saves and comes back") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    const fake_clock standing_still;
    {
        auto db = hf::open<world>(path, options_with(standing_still)).value();
        std::size_t tables = 0, columns = 0;
        hf::for_each_table(*db, [&](const hf::table_base& table, std::string_view) {
            ++tables;
            columns += table.description().row->columns.size();
        });
        CHECK(tables == 108);
        CHECK(columns == 773);
        const auto owner = db->one.accounts_1.insert({.name = "a"}).value();
        const auto aria = db->one.characters_1.insert({.account = owner->id, .name = "Aria"}).value();
        db->one.items_1.insert({.owner = aria->id}).value();
        db->one.inventory_1.insert({.character = aria->id}).value();
        db->nine.auctions_9.insert({.seller = aria->id}).value();
        db.commit();
        close_and_compare(db, path);
    }
    CHECK(raw_database(path).row("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name LIKE '%\\__' "
                                 "ESCAPE '\\'") == "108");
    auto db = hf::open<world>(path, options_with(standing_still)).value();
    CHECK(db->one.characters_1.size() == 1);
    CHECK(db->nine.auctions_9.size() == 1);
}
