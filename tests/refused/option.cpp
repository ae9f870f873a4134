// SPDX-License-Identifier: MIT
// case no_primary_key: OPTIONS=, hf::index<&player::id>
// says: this table has no primary key: add hf::primary_key<&row::field>
// case no_options: OPTIONS=
// says: this table has no primary key: add hf::primary_key<&row::field>
// case two_primary_keys: OPTIONS=, hf::primary_key<&player::id>, hf::primary_key<&player::name>
// says: this table has two primary keys: a key of several fields is one hf::primary_key<&row::a, &row::b>
// case same_primary_key_twice: OPTIONS=, hf::primary_key<&player::id>, hf::primary_key<&player::id>
// says: this table has two primary keys
// case empty_primary_key: OPTIONS=, hf::primary_key<>
// says: a key or index names one to eight fields
// case empty_index: OPTIONS=, KEY, hf::index<>
// says: a key or index names one to eight fields
// case member_of_another: OPTIONS=, KEY, hf::index<&guild::name>
// says: an option names a member of another struct than the table's rows
// case key_of_another: OPTIONS=, hf::primary_key<&guild::id>
// says: an option names a member of another struct than the table's rows
// case member_inside: OPTIONS=, KEY, hf::index<&position::x>
// says: an option names a member of another struct than the table's rows; one inside a nested struct is hf::at<&row::nested, &nested::field>
// case capacity_of_another: OPTIONS=, KEY, hf::at_least<&guild::id, 0>
// says: an option names a member of another struct than the table's rows
// case path_with_a_gap: OPTIONS=, KEY, hf::at_least<hf::at<&player::level, &guild::id>, 0>
// says: path: each step must be a member of the step before it, as in <&character::pos, &position::x>
// case no_option: OPTIONS=, KEY, int
// says: this is not an option of a table: see holdfast/table/options.hpp
// case row_as_option: OPTIONS=, KEY, guild
// says: this is not an option of a table: see holdfast/table/options.hpp
// case no_option_alone: OPTIONS=, int
// says: this is not an option of a table: see holdfast/table/options.hpp
// case lambda_check: OPTIONS=, KEY, hf::check<"sane", [](int level) { return level != 0; }, &player::level>
// says: check: name a function, free or a static member
// case check_of_other_arguments: OPTIONS=, KEY, hf::check<"sane", &sane, &player::name>
// says: check: the function takes the fields that follow it, in their order, and returns a bool
// case check_of_too_many: OPTIONS=, KEY, hf::check<"sane", &sane, &player::level, &player::gold>
// says: check: the function takes the fields that follow it, in their order, and returns a bool
// case check_of_row: OPTIONS=, KEY, hf::check<"sane", &sane_row, &player::level>
// says: check: the function takes the fields that follow it, in their order, and returns a bool
// case check_without_fields: OPTIONS=, KEY, hf::check<"sane", &sane>
// says: check: name one to eight fields
// case check_of_a_struct: OPTIONS=, KEY, hf::check<"sane", &sane_position, &player::at>
// says: check: name single fields; one inside a nested struct is hf::at<&row::nested, &nested::field>
// case check_by_member_function: OPTIONS=, KEY, hf::check<"sane", &player::alive, &player::level>
// says: check: name a function, free or a static member
// case limit_of_float: OPTIONS=, KEY, hf::at_least<&player::factor, 0>
// says: at_least, at_most: the field must be an integer
// case limit_of_text: OPTIONS=, KEY, hf::at_most<&player::name, 10>
// says: at_least, at_most: the field must be an integer
// case limit_of_u64: OPTIONS=, KEY, hf::at_least<&player::mask, 0>
// says: at_least, at_most: not for std::uint64_t
// case limit_of_struct: OPTIONS=, KEY, hf::at_least<&player::at, 0>
// says: at_least, at_most: the field must be an integer
// case capacity_of_none: OPTIONS=, KEY, hf::capacity<0>
// says: capacity: between 1 and 2^32 - 2 rows
// case by_name_of_number: OPTIONS=, KEY, hf::by_name<&player::level>
// says: by_name: the field must be an enum
// case by_name_of_bare_enum: OPTIONS=, KEY, hf::by_name<&player::bare>
// says: by_name: give the enum an underlying type, as in enum class kind : int
// case nocase_of_number: OPTIONS=, KEY, hf::nocase<&player::level>
// says: nocase: the field must be a std::string
// case nocase_of_no_key: OPTIONS=, KEY, hf::index<&player::level>, hf::nocase<&player::name>
// says: nocase: the field is in no key and no index, so nothing compares it
// case nocase_of_another: OPTIONS=, KEY, hf::nocase<&guild::name>
// says: an option names a member of another struct than the table's rows
// case nocase_of_indexed_number: OPTIONS=, KEY, hf::index<&player::level>, hf::nocase<&player::level>
// says: nocase: the field must be a std::string
// case auto_id_of_text: OPTIONS=, hf::primary_key<&player::name>, hf::auto_id<&player::name>
// says: auto_id: the field must be a std::int64_t, or a struct of one
// case auto_id_of_int: OPTIONS=, KEY, hf::auto_id<&player::level>
// says: auto_id: the field must be a std::int64_t, or a struct of one
// case two_auto_ids: OPTIONS=, KEY, hf::auto_id<&player::id>, hf::auto_id<&player::gold>
// says: this table has two auto_id fields
// case created_at_of_number: OPTIONS=, KEY, hf::created_at<&player::gold>
// says: created_at, updated_at: the field must be a time point of std::chrono::system_clock
// case updated_at_of_text: OPTIONS=, KEY, hf::updated_at<&player::name>
// says: created_at, updated_at: the field must be a time point of std::chrono::system_clock
// case updated_at_primary_key: OPTIONS=, hf::primary_key<&player::id, &player::touched>, hf::updated_at<&player::touched>
// says: updated_at: the field changes with every change of the row, so it cannot be part of a key, a unique index, a reference or a check
// case updated_at_unique: OPTIONS=, KEY, hf::unique<&player::touched>, hf::updated_at<&player::touched>
// says: updated_at: the field changes with every change of the row
// case updated_at_reference: OPTIONS=, KEY, hf::updated_at<&player::touched>, hf::references<&player::touched, &guild::founded, "guilds">
// says: updated_at: the field changes with every change of the row
// case updated_at_check: OPTIONS=, KEY, hf::updated_at<&player::touched>, hf::check<"in time", &in_time, &player::level, &player::touched>
// says: updated_at: the field changes with every change of the row
// case empty_column_name: OPTIONS=, KEY, hf::column_name<&player::name, "">
// says: column_name: the name is empty
// case transient_primary_key: OPTIONS=, KEY, hf::transient<&player::id>
// says: a primary key cannot be transient: it is how the file knows the row
// case transient_reference: OPTIONS=, KEY, hf::references<&player::guild_id, &guild::id, "guilds">, hf::transient<&player::guild_id>
// says: references: a transient field cannot refer to a row: it is not in the file
// case transient_unique: OPTIONS=, KEY, hf::unique<&player::gold>, hf::transient<&player::gold>
// says: unique: a transient field is the same in every row after a restart: only an optional can be both, and is empty then
// case transient_unique_of_two: OPTIONS=, KEY, hf::unique<&player::name, &player::gold>, hf::transient<&player::gold>
// says: unique: a transient field is the same in every row after a restart
// case transient_unique_inside: OPTIONS=, KEY, hf::unique<hf::at<&player::at, &position::x>>, hf::transient<&player::at>
// says: unique: a transient field is the same in every row after a restart
// case saved_every_primary_key: OPTIONS=, KEY, hf::saved_every<&player::id>
// says: saved_every: not for a field of a key, a unique index or a reference
// case saved_every_unique: OPTIONS=, KEY, hf::unique<&player::name, &player::gold>, hf::saved_every<&player::gold>
// says: saved_every: not for a field of a key, a unique index or a reference
// case saved_every_reference: OPTIONS=, KEY, hf::references<&player::guild_id, &guild::id, "guilds">, hf::saved_every<&player::guild_id>
// says: saved_every: not for a field of a key, a unique index or a reference
// case saved_every_of_another: OPTIONS=, KEY, hf::saved_every<&guild::name>
// says: an option names a member of another struct than the table's rows
// case transient_limit: OPTIONS=, KEY, hf::at_least<&player::level, 1>, hf::transient<&player::level>
// says: at_least, at_most, check: not for a transient field, which is what its initializer makes it after a restart
// case transient_limit_inside: OPTIONS=, KEY, hf::at_most<hf::at<&player::at, &position::x>, 9>, hf::transient<&player::at>
// says: at_least, at_most, check: not for a transient field
// case transient_check: OPTIONS=, KEY, hf::transient<&player::level>, hf::check<"sane", &sane, &player::level>
// says: at_least, at_most, check: not for a transient field
// case json_primary_key: OPTIONS=, hf::primary_key<hf::at<&player::at, &position::x>>, hf::json<&player::at> | JSON
// says: a field that is stored as JSON cannot be part of a key or an index
// case json_index: OPTIONS=, KEY, hf::index<hf::at<&player::at, &position::x>>, hf::json<&player::at> | JSON
// says: a field that is stored as JSON cannot be part of a key or an index
// case json_unique: OPTIONS=, KEY, hf::unique<&player::name>, hf::json<&player::name> | JSON
// says: a field that is stored as JSON cannot be part of a key or an index
// case json_reference: OPTIONS=, KEY, hf::json<&player::guild_id>, hf::references<&player::guild_id, &guild::id, "guilds"> | JSON
// says: a field that is stored as JSON cannot be part of a key or an index
// case json_of_another: OPTIONS=, KEY, hf::json<&guild::name> | JSON
// says: an option names a member of another struct than the table's rows
// case reference_of_another_type: OPTIONS=, KEY, hf::references<&player::level, &guild::id, "guilds">
// says: references: the child field must have the type of the parent's field, or an optional of it
// case reference_of_other_count: OPTIONS=, KEY, hf::references<hf::fields<&player::level, &player::gold>, &guild::id, "guilds">
// says: references: the child field must have the type of the parent's field, or an optional of it
// case reference_of_another_struct: OPTIONS=, KEY, hf::references<&guild::id, &guild::id, "guilds">
// says: an option names a member of another struct than the table's rows
// case set_null_of_number: OPTIONS=, KEY, hf::references<&player::guild_id, &guild::id, "guilds", hf::on_delete::set_null>
// says: references: on_delete::set_null needs an optional field, which can be empty
#include <holdfast/world.hpp>
#ifdef JSON
#include <holdfast/json.hpp>
#endif

#include <chrono>

namespace hf = holdfast;

struct position {
    int x = 0;
    int y = 0;
};
struct guild {
    std::int64_t id = 0;
    std::string name{};
    std::chrono::sys_seconds founded{};
};
enum bare_enum { one, two };
struct player {
    std::int64_t id = 0;
    std::string name{};
    std::int32_t level = 0;
    std::int64_t gold = 0;
    float factor = 0;
    std::uint64_t mask = 0;
    position at{};
    bare_enum bare{};
    std::int64_t guild_id = 0;
    std::chrono::sys_seconds touched{};
    bool alive() const { return level > 0; }
};
bool sane(int level) { return level > 0; }
bool in_time(int level, std::chrono::sys_seconds at) { return level > 0 || at.time_since_epoch().count() > 0; }
bool sane_row(const player& of) { return of.level > 0; }
bool sane_position(const position& of) { return of.x > 0; }
#define KEY hf::primary_key<&player::id>
struct world {
    hf::table<guild, hf::primary_key<&guild::id>, hf::unique<&guild::founded>> guilds{};
    hf::table<player OPTIONS> players{};
};

int main() {
    world w;
    if (!hf::prepare(w)) return 1;
    const auto aria = w.players.insert({.id = 3}).value();
    if (!w.players.update(aria, [](player& is) { is.level = 4; })) return 1;
    w.players.erase(aria).value();
    return w.players.find(3) == aria ? 0 : 1;
}
