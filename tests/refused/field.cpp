// SPDX-License-Identifier: MIT
// case c_array: FIELD=char text[16]{}
// says: a C array cannot be stored: use std::array or std::string
// case c_array_of_texts: FIELD=std::string texts[3]{}
// says: a C array cannot be stored: use std::array or std::string
// case c_array_of_one: FIELD=int number[1]{}
// says: a C array cannot be stored: use std::array or std::string
// case c_array_nested: FIELD=holder<char[8]> held{}
// says: a C array cannot be stored: use std::array or std::string
// case c_array_as_key: FIELD=char text[16]{} | OPTION=hf::unique<&player::text>
// says: a C array cannot be stored: use std::array or std::string
// case c_array_as_key_of_table: FIELD=char text[16]{} | KEY=hf::primary_key<&player::text>
// says: a C array cannot be stored: use std::array or std::string
// case pointer: FIELD=int* level = nullptr
// says: a pointer cannot be stored: store the key of what it points to, or add hf::transient
// case pointer_to_a_row: FIELD=player* next = nullptr
// says: a pointer cannot be stored
// case smart_pointer: FIELD=std::shared_ptr<int> level{}
// says: a pointer cannot be stored
// case pointer_nested: FIELD=holder<const char*> held{}
// says: a pointer cannot be stored
// case pointer_as_key: FIELD=int* level = nullptr | OPTION=hf::index<&player::level>
// says: a pointer cannot be stored
// case reference_member: FIELD=int& level = some_int
// says: a reference cannot be stored
// case string_view: FIELD=std::string_view title{}
// says: a string_view owns no text: use std::string
// case string_view_as_key: FIELD=std::string_view title{} | OPTION=hf::index<&player::title>
// says: a string_view owns no text: use std::string
// case span: FIELD=std::span<const int> levels{}
// says: containers and variants are stored as JSON
// case base_class_nested: FIELD=derived inner{}
// says: a row, or a struct in it, must not have a base class: make the base a member instead
// case union_field: FIELD=number_or_text either{}
// says: a union cannot be stored: nobody knows which member holds the value
// case const_member: FIELD=const int level = 1
// says: a const member cannot change: leave the const away
// case no_default: FIELD=needs_value value
// says: a row, and a struct in it, must be default-constructible: give every member a default
// case steady_clock: FIELD=std::chrono::steady_clock::time_point seen{}
// says: a steady clock's time means nothing after a restart: store a system_clock time point
// case optional_float: FIELD=std::optional<float> factor{}
// says: an optional float cannot tell 'none' from NaN, which is stored as NULL: use a plain float and NaN, or two fields
// case optional_struct_of_float: FIELD=std::optional<only<double>> heat{}
// says: an optional float cannot tell 'none' from NaN
// case optional_conversion_to_float: FIELD=std::optional<angle> facing{}
// says: an optional float cannot tell 'none' from NaN
// case optional_struct_of_optional: FIELD=std::optional<only<std::optional<int>>> twice{}
// says: an optional of an optional cannot tell its two kinds of 'none' apart
// case optional_optional: FIELD=std::optional<std::optional<int>> twice{}
// says: an optional of an optional cannot tell its two kinds of 'none' apart: use one optional, or two fields
// case optional_pointer: FIELD=std::optional<int*> level{}
// says: a pointer cannot be stored
// case optional_vector: FIELD=std::optional<std::vector<int>> list{}
// says: containers and variants are stored as JSON: add hf::json<&row::field>
// case optional_struct: FIELD=std::optional<position> at{}
// says: an optional struct cannot be stored in columns: add hf::json<&row::field>
// case long_double: FIELD=long double size = 0
// says: a long double cannot be stored: use double
// case float_duration: FIELD=std::chrono::duration<double> age{}
// says: a duration of floating-point ticks cannot be stored
// case container: FIELD=std::vector<int> list{}
// says: containers and variants are stored as JSON: add hf::json<&row::field> to the table
// case map: FIELD=std::map<int, int> list{}
// says: containers and variants are stored as JSON: add hf::json<&row::field> to the table
// case variant: FIELD=std::variant<int, float> either{}
// says: containers and variants are stored as JSON: add hf::json<&row::field>
// case function: FIELD=std::function<void()> call{}
// says: a field of this type cannot be stored: use one of the documented types
// case mutex: FIELD=std::mutex lock{} | OPTION=hf::transient<&player::lock>
// says: a row must be movable
// case unique_pointer: FIELD=std::unique_ptr<int> level{}
// says: a pointer cannot be stored
// case atomic: FIELD=std::atomic<int> level{} | OPTION=hf::transient<&player::level>
// says: a row must be movable
// case json_without_door: FIELD=std::vector<int> list{} | OPTION=hf::json<&player::list>
// says: hf::json needs #include <holdfast/json.hpp>
// case json_pointer_without_door: FIELD=int* level = nullptr | OPTION=hf::json<&player::level>
// says: hf::json needs #include <holdfast/json.hpp>
// case float_key: FIELD=float factor = 0 | OPTION=hf::index<&player::factor>
// says: a float cannot be a key: rounding decides what is equal. Use an integer of a fixed unit
// case float_primary_key: FIELD=double factor = 0 | KEY=hf::primary_key<&player::factor>
// says: a float cannot be a key: rounding decides what is equal. Use an integer of a fixed unit
// case float_ordered: FIELD=double factor = 0 | OPTION=hf::ordered<&player::factor>
// says: a float cannot be a key: rounding decides what is equal. Use an integer of a fixed unit
// case optional_primary_key: FIELD=std::optional<int> number{} | KEY=hf::primary_key<&player::number>
// says: a primary key cannot be an optional
// case struct_key: FIELD=position at{} | OPTION=hf::index<&player::at>
// says: a key or index names plain fields: for one inside a nested struct write hf::at<&row::nested, &nested::field>
// case container_key: FIELD=std::vector<int> list{} | OPTION=hf::index<&player::list>
// says: containers and variants are stored as JSON
// case columns_by_case: FIELD=int Name = 0
// says: two fields of this row make columns of one name (a nested field joins the names with _, and case does not count)
// case columns_by_nesting: FIELD=position pos{}; double pos_x = 0
// says: two fields of this row make columns of one name
// case columns_by_name: FIELD=int level = 0 | OPTION=hf::column_name<&player::level, "NAME">
// says: two fields of this row make columns of one name
// case array_of_containers: FIELD=std::array<std::vector<int>, 2> lists{}
// says: containers and variants are stored as JSON: add hf::json<&row::field>
// case columns_by_name_of_struct: FIELD=position pos{}; double at_y = 0 | OPTION=hf::column_name<&player::pos, "at">
// says: two fields of this row make columns of one name
#include <holdfast/world.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <variant>
#include <vector>

namespace hf = holdfast;

inline int some_int = 0;
struct position {
    double x = 0;
    double y = 0;
};
template <class Inner> struct holder {
    int before = 0;
    Inner inner{};
};
template <class Inner> struct only {
    Inner inner{};
};
class angle {
public:
    double degrees() const { return degrees_; }

private:
    double degrees_ = 0;
};
template <> struct hf::conversion<angle> {
    static double store(const angle& value) { return value.degrees(); }
    static std::optional<angle> load(double) { return angle(); }
};
struct derived : position {
    int level = 0;
};
union number_or_text {
    int number = 0;
    char text[4];
};
struct needs_value {
    explicit needs_value(int) {}
};
struct player {
    std::int64_t id = 0;
    std::string name{};
    FIELD;
};
#ifndef KEY
#define KEY hf::primary_key<&player::id>
#endif
#ifndef OPTION
#define OPTION hf::capacity<100>
#endif
struct world {
    hf::table<player, KEY, hf::unique<&player::name>, OPTION> players{};
};

int main() {
    world w;
    if (!hf::prepare(w)) return 1;
    const auto aria = w.players.insert({}).value();
    if (!w.players.set<&player::name>(aria, "Bob")) return 1;
    return w.players.find_by<&player::name>("Bob") == aria ? 0 : 1;
}
