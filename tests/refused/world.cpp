// SPDX-License-Identifier: MIT
// case no_such_table: MEMBERS=guilds_table guild_list{}; players_of<"guilds"> players{};
// says: references: the world has no table of this name
// case no_such_table_nested: MEMBERS=struct { players_of<"guildz"> players{}; } people{}; guilds_table guilds{};
// says: references: the world has no table of this name
// case table_of_other_rows: MEMBERS=guilds_table guilds{}; players_of<"players"> players{};
// says: references: the field named belongs to another struct than the rows of that table
// case not_unique: MEMBERS=guilds_table guilds{}; hf::table<player, KEY, hf::references<&player::title, &guild::name, "guilds">> players{};
// says: references: the field named is neither the primary key nor unique in its table: add hf::unique<...> to that table
// case part_of_key: MEMBERS=hf::table<guild, hf::primary_key<&guild::id, &guild::name>> guilds{}; players_of<"guilds"> players{};
// says: references: the field named is neither the primary key nor unique in its table
// case one_is_nocase: MEMBERS=hf::table<guild, hf::primary_key<&guild::id>, hf::unique<&guild::name>, hf::nocase<&guild::name>> guilds{}; hf::table<player, KEY, hf::references<&player::title, &guild::name, "guilds">> players{};
// says: references: one of the field and what it refers to is nocase: make both hf::nocase
// case transient_parent: MEMBERS=hf::table<guild, hf::primary_key<&guild::id>, hf::unique<&guild::motto>, hf::transient<&guild::motto>> guilds{}; hf::table<player, KEY, hf::references<&player::motto, &guild::motto, "guilds">> players{};
// says: references: a transient field cannot be referred to: it is not in the file
// case two_tables_of_one_name: MEMBERS=group_a a{}; group_b b{};
// says: two tables of this world have one name: rename a member, also when they stand in different groups
// case two_tables_by_case: MEMBERS=guilds_table guilds{}; guilds_table Guilds{};
// says: two tables of this world have one name: rename a member, also when they stand in different groups
// case member_is_no_table: MEMBERS=guilds_table guilds{}; int level = 0;
// says: a world's members are tables, or plain structs of tables
// case member_is_a_text: MEMBERS=guilds_table guilds{}; std::string name{};
// says: a world's members are tables, or plain structs of tables
// case member_is_a_vector: MEMBERS=guilds_table guilds{}; std::vector<guild> more{};
// says: a world's members are tables, or plain structs of tables
// case member_is_an_optional: MEMBERS=guilds_table guilds{}; std::optional<guilds_table> more{};
// says: a world's members are tables, or plain structs of tables
// case member_is_an_array: MEMBERS=guilds_table guilds[2]{};
// says: a world's members are tables, or plain structs of tables
// case member_is_a_pointer: MEMBERS=guilds_table* guilds = nullptr;
// says: a world's members are tables, or plain structs of tables
// case member_is_a_row: MEMBERS=guilds_table guilds{}; guild best{};
// says: a world's members are tables, or plain structs of tables
// case world_with_constructor: MEMBERS=world() {} guilds_table guilds{};
// says: a world must be a plain struct of tables
// case world_with_private: MEMBERS=guilds_table guilds{}; private: guilds_table more{};
// says: a world must be a plain struct of tables
// case world_with_base: BASE | MEMBERS=guilds_table guilds{};
// says: a world, or a struct of tables in it, must not have a base class: make the base a member instead
// case group_with_base: MEMBERS=struct : group_a { guilds_table more{}; } group{};
// says: a world, or a struct of tables in it, must not have a base class: make the base a member instead
#include <holdfast/world.hpp>

namespace hf = holdfast;

struct guild {
    std::int64_t id = 0;
    std::string name{};
    std::optional<std::string> motto{};
};
struct player {
    std::int64_t id = 0;
    std::int64_t guild_id = 0;
    std::string title{};
    std::optional<std::string> motto{};
};
#define KEY hf::primary_key<&player::id>
using guilds_table = hf::table<guild, hf::primary_key<&guild::id>>;
template <hf::fixed_string Table>
using players_of = hf::table<player, KEY, hf::references<&player::guild_id, &guild::id, Table>>;
struct group_a {
    guilds_table guilds{};
};
struct group_b {
    guilds_table guilds{};
};
#ifdef BASE
struct world : group_a {
    guilds_table more{};
};
#else
struct world {
    MEMBERS
};
#endif

int main() {
    world w;
    return hf::prepare(w) ? 0 : 1;
}
