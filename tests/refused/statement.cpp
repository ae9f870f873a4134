// SPDX-License-Identifier: MIT
// case where_without_index: STATEMENT=for (auto row : w.players.where<&player::level>(3)) row->id
// says: where: no index on this field: add hf::index<...> to the table, or walk all rows with a condition
// case where_of_another: STATEMENT=w.players.where<&guild::name>("a")
// says: this member belongs to another struct than the table's rows
// case where_of_a_struct: STATEMENT=w.players.where<&player::at>(position{})
// says: a key or index names plain fields: for one inside a nested struct write hf::at<&row::nested, &nested::field>
// case find_by_not_unique: STATEMENT=w.players.find_by<&player::guild_id>(3)
// says: find_by: this field is not unique: add hf::unique<...> to the table, or use where()
// case find_by_without_index: STATEMENT=w.players.find_by<&player::level>(3)
// says: find_by: this field is not unique: add hf::unique<...> to the table, or use where()
// case find_by_of_another: STATEMENT=w.players.find_by<&guild::id>(3)
// says: this member belongs to another struct than the table's rows
// case ordered_by_without: STATEMENT=for (auto row : w.players.ordered_by<&player::level>().from(3)) row->id
// says: ordered_by: no ordered index on this field: add hf::ordered<...> to the table
// case ordered_bound: STATEMENT=for (auto row : w.players.ordered_by<&player::gold>().from("many")) row->id
// says: this value cannot be a bound: pass the field's type
// case ordered_too_many: STATEMENT=for (auto row : w.players.ordered_by<&player::gold>().from(1, 2)) row->id
// says: a bound names the fields of the ordered index from the first on
// case lane_index: STATEMENT=w.players.set<&player::guild_id>(*static_cast<hf::lane*>(nullptr), aria, 4)
// says: a lane sets fields that no key, index, constraint or updated_at is concerned with
// case lane_unique: STATEMENT=w.players.set<&player::name>(*static_cast<hf::lane*>(nullptr), aria, "a")
// says: a lane sets fields that no key, index, constraint or updated_at is concerned with
// case lane_primary_key: STATEMENT=w.players.set<&player::id>(*static_cast<hf::lane*>(nullptr), aria, 4)
// says: a primary key does not change: erase the row and insert another
// case set_primary_key: STATEMENT=w.players.set<&player::id>(aria, 4)
// says: a primary key does not change: erase the row and insert another
// case set_primary_key_by_key: STATEMENT=w.players.set<&player::id>(3, 4).value()
// says: a primary key does not change: erase the row and insert another
// case add_primary_key: STATEMENT=w.players.add<&player::id>(aria, 4).value()
// says: a primary key does not change: erase the row and insert another
// case update_primary_key: STATEMENT=w.players.update<&player::id>(aria, [](std::int64_t& id) { ++id; })
// says: a primary key does not change: erase the row and insert another
// case set_auto_id: STATEMENT=w.players.set<&player::number>(aria, 4)
// says: a field with auto_id does not change: erase the row and insert another
// case set_created_at: STATEMENT=w.players.set<&player::created>(aria, {})
// says: a field with created_at or updated_at is kept by the table: nobody else changes it
// case set_updated_at: STATEMENT=w.players.set<&player::updated>(aria, {})
// says: a field with created_at or updated_at is kept by the table: nobody else changes it
// case add_text: STATEMENT=w.players.add<&player::name>(aria, 4).value()
// says: add: the field must be an integer
// case add_float: STATEMENT=w.players.add<&player::at, &position::x>(aria, 4).value()
// says: add: the field must be an integer
// case add_struct: STATEMENT=w.players.add<&player::at>(aria, 4).value()
// says: add: the field must be an integer
// case add_by_key_text: STATEMENT=w.players.add<&player::name>(3, 4).value()
// says: add: the field must be an integer
// case add_of_another: STATEMENT=w.players.add<&guild::id>(aria, 4).value()
// says: this member belongs to another struct than the table's rows
// case set_of_another: STATEMENT=w.players.set<&guild::name>(aria, "a")
// says: this member belongs to another struct than the table's rows
// case set_of_another_by_key: STATEMENT=w.players.set<&guild::name>(3, "a").value()
// says: this member belongs to another struct than the table's rows
// case update_of_another: STATEMENT=w.players.update<&guild::name>(aria, [](std::string& name) { name = "a"; })
// says: this member belongs to another struct than the table's rows
// case set_inside_by_member: STATEMENT=w.players.set<&position::x>(aria, 1.5)
// says: this member belongs to another struct than the table's rows; one inside a nested struct is named by its path
// case set_path_with_a_gap: STATEMENT=w.players.set<&player::level, &position::x>(aria, 1.5)
// says: path: each step must be a member of the step before it, as in <&character::pos, &position::x>
// case find_handle: STATEMENT=w.players.find(aria)
// says: this value cannot be the key
// case find_text_by_number: STATEMENT=w.guilds.find(3)
// says: this value cannot be the key
// case find_number_by_text: STATEMENT=w.players.find("Aria")
// says: this value cannot be the key
// case contains_text_by_number: STATEMENT=if (w.guilds.contains(3)) return 1
// says: this value cannot be the key
// case find_by_text_by_number: STATEMENT=w.players.find_by<&player::name>(3)
// says: this value cannot be the key
// case where_number_by_text: STATEMENT=w.players.where<&player::guild_id>("Aria")
// says: this value cannot be the key
// case find_result: STATEMENT=w.players.find(w.players.insert({}))
// says: this value cannot be the key
// case find_by_float: STATEMENT=w.players.find(3.5)
// says: this value cannot be the key
// case find_too_many_parts: STATEMENT=w.players.find(3, 4)
// says: a key of several fields is looked up with one argument for each
// case find_no_parts: STATEMENT=w.players.find()
// says: a key of several fields is looked up with one argument for each
// case find_too_few_parts: STATEMENT=w.ranks.find(3)
// says: a key of several fields is looked up with one argument for each
// case key_of_too_many_parts: STATEMENT=w.ranks.set<&rank::level>(hf::key(3, 4, 5), 1).value()
// says: a key of several fields is looked up with one argument for each
// case set_by_part_of_key: STATEMENT=w.ranks.set<&rank::level>(3, 1).value()
// says: a key of several fields is looked up with one argument for each
// case erase_wrong_parts: STATEMENT=w.ranks.erase(3).value()
// says: a key of several fields is looked up with one argument for each
// case erase_handle_of_another: STATEMENT=w.guilds.erase(aria).value()
// says: this value cannot be the key
// case set_handle_of_another: STATEMENT=w.guilds.set<&guild::level>(aria, 3)
// says: this value cannot be the key
// case update_by_value: STATEMENT=w.players.update<&player::level>(aria, [](int level) { level += 1; })
// says: update: take what is changed by reference, as in [](std::int64_t& gold), or the change is lost
// case update_row_by_value: STATEMENT=w.players.update(aria, [](player is) { is.level += 1; }).value()
// says: update: take what is changed by reference
// case update_by_const: STATEMENT=w.players.update<&player::level>(aria, [](const int& level) { return level + 1; })
// says: update:
// case update_of_other_arguments: STATEMENT=w.players.update<&player::level>(aria, [](std::string& level) { level = ""; })
// says: update: the function takes the fields that are named, by reference and in their order
// case update_of_too_many: STATEMENT=w.players.update<&player::level>(aria, [](int& level, int& gold) { level = gold; })
// says: update: the function takes the fields that are named, by reference and in their order
// case update_row_of_another: STATEMENT=w.players.update(aria, [](guild& is) { is.level = 1; }).value()
// says: update: the function takes the row by reference
// case update_returns: STATEMENT=w.players.update<&player::level>(aria, [](int& level) { return ++level; })
// says: update: the function returns nothing, or a holdfast::result<void> to refuse
// case update_where_of_value: STATEMENT=w.players.update_where([](const guild&) { return true; }, [](player& is) { is.level = 1; }).value()
// says: update_where: the first function takes a const row and returns a bool
// case update_where_second: STATEMENT=w.players.update_where([](const player&) { return true; }, [](guild& is) { is.level = 1; }).value()
// says: update: the function takes the row by reference
// case erase_where_of_value: STATEMENT=w.players.erase_where([](guild&) { return true; }).value()
// says: erase_where: the function takes a const row and returns a bool
// case transact_without_world: STORE | STATEMENT=db.transact([] {})
// says: transact: the function takes the world by reference
// case transact_of_value: STORE | STATEMENT=db.transact([](world w) { w.players.insert({}).value(); })
// says: transact: the function takes the world by reference
// case transact_of_store: STORE | STATEMENT=db.transact([](hf::store<world>&) {})
// says: transact: the function takes the world by reference
// case transact_returns: STORE | STATEMENT=db.transact([](world&) { return true; })
// says: transact: the function returns nothing, or a holdfast::result to take its changes back
// case apply_without_world: STORE | STATEMENT=db.apply([] {})
// says: transact: the function takes the world by reference
// case bulk_load_returns: STORE | STATEMENT=db.bulk_load([](world&) { return true; }).value()
// says: bulk_load: the function returns nothing, or a holdfast::result<void> to load nothing
// case bulk_load_returns_a_row: STORE | STATEMENT=db.bulk_load([](world& all) { return all.players.insert({}); }).value()
// says: bulk_load: the function returns nothing, or a holdfast::result<void> to load nothing
// case bulk_load_without_world: STORE | STATEMENT=db.bulk_load([] {}).value()
// says: bulk_load: the function takes the world by reference
// case open_fill_returns_nothing: STORE | STATEMENT=hf::open<world>("game.db", {}, [](world&) {}).value()
// says: open: the function that fills read_only tables takes the world by reference and returns a holdfast::result<void>
// case open_fill_without_world: STORE | STATEMENT=hf::open<world>("game.db", {}, [] { return hf::result<void>(); }).value()
// says: open: the function that fills read_only tables takes the world by reference and returns a holdfast::result<void>
// case insert_read_only: STATEMENT=w.maps.insert({}).value()
// says: this table is read_only: its rows come from a file at open
// case set_read_only: STATEMENT=w.maps.set<&map::width>(w.maps.find("harbor"), 3)
// says: this table is read_only: its rows come from a file at open
// case erase_read_only: STATEMENT=w.maps.erase("harbor").value()
// says: this table is read_only: its rows come from a file at open
// case update_read_only: STATEMENT=w.maps.update(w.maps.find("harbor"), [](map& is) { is.width = 3; }).value()
// says: this table is read_only: its rows come from a file at open
// case set_inside_json: JSON | STATEMENT=w.players.set<&player::at, &position::x>(aria, 1.5).value()
// says: this field is inside a JSON column: change the column as a whole
#include <holdfast/world.hpp>
#ifdef STORE
#include <holdfast/store.hpp>
#endif
#ifdef JSON
#include <holdfast/json.hpp>
#define JSON_OPTION , hf::json<&player::at>
#else
#define JSON_OPTION
#endif

#include <chrono>

namespace hf = holdfast;

struct position {
    double x = 0;
    double y = 0;
};
struct guild {
    std::string id{};
    std::string name{};
    int level = 0;
};
struct player {
    std::int64_t id = 0;
    std::string name{};
    int level = 0;
    std::int64_t gold = 0;
    std::int64_t number = 0;
    std::int64_t guild_id = 0;
    position at{};
    std::chrono::system_clock::time_point created{};
    std::chrono::system_clock::time_point updated{};
};
struct rank {
    std::int64_t guild_id = 0;
    std::int64_t player_id = 0;
    int level = 0;
};
struct map {
    std::string id{};
    int width = 0;
};
struct world {
    hf::table<guild, hf::primary_key<&guild::id>> guilds{};
    hf::table<player, hf::primary_key<&player::id>, hf::auto_id<&player::number>, hf::unique<&player::name>,
              hf::index<&player::guild_id>, hf::ordered<&player::gold>, hf::created_at<&player::created>,
              hf::updated_at<&player::updated> JSON_OPTION>
        players{};
    hf::table<rank, hf::primary_key<&rank::guild_id, &rank::player_id>> ranks{};
    hf::table<map, hf::primary_key<&map::id>, hf::read_only> maps{};
};

int main() {
    world w;
    if (!hf::prepare(w)) return 1;
#ifdef STORE
    auto db = hf::open<world>("game.db").value();
#endif
    const auto aria = w.players.insert({.name = "Aria"}).value();
    STATEMENT;
    return 0;
}
