#include <holdfast/holdfast.hpp>
namespace hf = holdfast;
struct row_0 { std::int64_t id_0 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_1 { std::int64_t id_1 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_2 { std::int64_t id_2 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_3 { std::int64_t id_3 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_4 { std::int64_t id_4 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_5 { std::int64_t id_5 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_6 { std::int64_t id_6 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_7 { std::int64_t id_7 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_8 { std::int64_t id_8 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_9 { std::int64_t id_9 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_10 { std::int64_t id_10 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_11 { std::int64_t id_11 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_12 { std::int64_t id_12 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_13 { std::int64_t id_13 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_14 { std::int64_t id_14 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_15 { std::int64_t id_15 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_16 { std::int64_t id_16 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_17 { std::int64_t id_17 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_18 { std::int64_t id_18 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_19 { std::int64_t id_19 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_20 { std::int64_t id_20 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_21 { std::int64_t id_21 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_22 { std::int64_t id_22 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_23 { std::int64_t id_23 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_24 { std::int64_t id_24 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_25 { std::int64_t id_25 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_26 { std::int64_t id_26 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_27 { std::int64_t id_27 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_28 { std::int64_t id_28 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_29 { std::int64_t id_29 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_30 { std::int64_t id_30 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_31 { std::int64_t id_31 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_32 { std::int64_t id_32 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_33 { std::int64_t id_33 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_34 { std::int64_t id_34 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_35 { std::int64_t id_35 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_36 { std::int64_t id_36 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_37 { std::int64_t id_37 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_38 { std::int64_t id_38 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_39 { std::int64_t id_39 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct world {
  hf::table<row_0, hf::primary_key<&row_0::id_0>> table_0;
  hf::table<row_1, hf::primary_key<&row_1::id_1>> table_1;
  hf::table<row_2, hf::primary_key<&row_2::id_2>> table_2;
  hf::table<row_3, hf::primary_key<&row_3::id_3>> table_3;
  hf::table<row_4, hf::primary_key<&row_4::id_4>> table_4;
  hf::table<row_5, hf::primary_key<&row_5::id_5>> table_5;
  hf::table<row_6, hf::primary_key<&row_6::id_6>> table_6;
  hf::table<row_7, hf::primary_key<&row_7::id_7>> table_7;
  hf::table<row_8, hf::primary_key<&row_8::id_8>> table_8;
  hf::table<row_9, hf::primary_key<&row_9::id_9>> table_9;
  hf::table<row_10, hf::primary_key<&row_10::id_10>> table_10;
  hf::table<row_11, hf::primary_key<&row_11::id_11>> table_11;
  hf::table<row_12, hf::primary_key<&row_12::id_12>> table_12;
  hf::table<row_13, hf::primary_key<&row_13::id_13>> table_13;
  hf::table<row_14, hf::primary_key<&row_14::id_14>> table_14;
  hf::table<row_15, hf::primary_key<&row_15::id_15>> table_15;
  hf::table<row_16, hf::primary_key<&row_16::id_16>> table_16;
  hf::table<row_17, hf::primary_key<&row_17::id_17>> table_17;
  hf::table<row_18, hf::primary_key<&row_18::id_18>> table_18;
  hf::table<row_19, hf::primary_key<&row_19::id_19>> table_19;
  hf::table<row_20, hf::primary_key<&row_20::id_20>> table_20;
  hf::table<row_21, hf::primary_key<&row_21::id_21>> table_21;
  hf::table<row_22, hf::primary_key<&row_22::id_22>> table_22;
  hf::table<row_23, hf::primary_key<&row_23::id_23>> table_23;
  hf::table<row_24, hf::primary_key<&row_24::id_24>> table_24;
  hf::table<row_25, hf::primary_key<&row_25::id_25>> table_25;
  hf::table<row_26, hf::primary_key<&row_26::id_26>> table_26;
  hf::table<row_27, hf::primary_key<&row_27::id_27>> table_27;
  hf::table<row_28, hf::primary_key<&row_28::id_28>> table_28;
  hf::table<row_29, hf::primary_key<&row_29::id_29>> table_29;
  hf::table<row_30, hf::primary_key<&row_30::id_30>> table_30;
  hf::table<row_31, hf::primary_key<&row_31::id_31>> table_31;
  hf::table<row_32, hf::primary_key<&row_32::id_32>> table_32;
  hf::table<row_33, hf::primary_key<&row_33::id_33>> table_33;
  hf::table<row_34, hf::primary_key<&row_34::id_34>> table_34;
  hf::table<row_35, hf::primary_key<&row_35::id_35>> table_35;
  hf::table<row_36, hf::primary_key<&row_36::id_36>> table_36;
  hf::table<row_37, hf::primary_key<&row_37::id_37>> table_37;
  hf::table<row_38, hf::primary_key<&row_38::id_38>> table_38;
  hf::table<row_39, hf::primary_key<&row_39::id_39>> table_39;
};
int main() {
  auto db = hf::open<world>("large.db").value();
  { auto row = db->table_0.insert({.owner = 1, .name = "a"}).value();
    db->table_0.set<&row_0::gold>(row, 5); db->table_0.set<&row_0::name>(row, "b");
    if (db->table_0.find(row->id_0)->gold != 5) return 1; }
  { auto row = db->table_1.insert({.owner = 1, .name = "a"}).value();
    db->table_1.set<&row_1::gold>(row, 5); db->table_1.set<&row_1::name>(row, "b");
    if (db->table_1.find(row->id_1)->gold != 5) return 1; }
  { auto row = db->table_2.insert({.owner = 1, .name = "a"}).value();
    db->table_2.set<&row_2::gold>(row, 5); db->table_2.set<&row_2::name>(row, "b");
    if (db->table_2.find(row->id_2)->gold != 5) return 1; }
  { auto row = db->table_3.insert({.owner = 1, .name = "a"}).value();
    db->table_3.set<&row_3::gold>(row, 5); db->table_3.set<&row_3::name>(row, "b");
    if (db->table_3.find(row->id_3)->gold != 5) return 1; }
  { auto row = db->table_4.insert({.owner = 1, .name = "a"}).value();
    db->table_4.set<&row_4::gold>(row, 5); db->table_4.set<&row_4::name>(row, "b");
    if (db->table_4.find(row->id_4)->gold != 5) return 1; }
  { auto row = db->table_5.insert({.owner = 1, .name = "a"}).value();
    db->table_5.set<&row_5::gold>(row, 5); db->table_5.set<&row_5::name>(row, "b");
    if (db->table_5.find(row->id_5)->gold != 5) return 1; }
  { auto row = db->table_6.insert({.owner = 1, .name = "a"}).value();
    db->table_6.set<&row_6::gold>(row, 5); db->table_6.set<&row_6::name>(row, "b");
    if (db->table_6.find(row->id_6)->gold != 5) return 1; }
  { auto row = db->table_7.insert({.owner = 1, .name = "a"}).value();
    db->table_7.set<&row_7::gold>(row, 5); db->table_7.set<&row_7::name>(row, "b");
    if (db->table_7.find(row->id_7)->gold != 5) return 1; }
  { auto row = db->table_8.insert({.owner = 1, .name = "a"}).value();
    db->table_8.set<&row_8::gold>(row, 5); db->table_8.set<&row_8::name>(row, "b");
    if (db->table_8.find(row->id_8)->gold != 5) return 1; }
  { auto row = db->table_9.insert({.owner = 1, .name = "a"}).value();
    db->table_9.set<&row_9::gold>(row, 5); db->table_9.set<&row_9::name>(row, "b");
    if (db->table_9.find(row->id_9)->gold != 5) return 1; }
  { auto row = db->table_10.insert({.owner = 1, .name = "a"}).value();
    db->table_10.set<&row_10::gold>(row, 5); db->table_10.set<&row_10::name>(row, "b");
    if (db->table_10.find(row->id_10)->gold != 5) return 1; }
  { auto row = db->table_11.insert({.owner = 1, .name = "a"}).value();
    db->table_11.set<&row_11::gold>(row, 5); db->table_11.set<&row_11::name>(row, "b");
    if (db->table_11.find(row->id_11)->gold != 5) return 1; }
  { auto row = db->table_12.insert({.owner = 1, .name = "a"}).value();
    db->table_12.set<&row_12::gold>(row, 5); db->table_12.set<&row_12::name>(row, "b");
    if (db->table_12.find(row->id_12)->gold != 5) return 1; }
  { auto row = db->table_13.insert({.owner = 1, .name = "a"}).value();
    db->table_13.set<&row_13::gold>(row, 5); db->table_13.set<&row_13::name>(row, "b");
    if (db->table_13.find(row->id_13)->gold != 5) return 1; }
  { auto row = db->table_14.insert({.owner = 1, .name = "a"}).value();
    db->table_14.set<&row_14::gold>(row, 5); db->table_14.set<&row_14::name>(row, "b");
    if (db->table_14.find(row->id_14)->gold != 5) return 1; }
  { auto row = db->table_15.insert({.owner = 1, .name = "a"}).value();
    db->table_15.set<&row_15::gold>(row, 5); db->table_15.set<&row_15::name>(row, "b");
    if (db->table_15.find(row->id_15)->gold != 5) return 1; }
  { auto row = db->table_16.insert({.owner = 1, .name = "a"}).value();
    db->table_16.set<&row_16::gold>(row, 5); db->table_16.set<&row_16::name>(row, "b");
    if (db->table_16.find(row->id_16)->gold != 5) return 1; }
  { auto row = db->table_17.insert({.owner = 1, .name = "a"}).value();
    db->table_17.set<&row_17::gold>(row, 5); db->table_17.set<&row_17::name>(row, "b");
    if (db->table_17.find(row->id_17)->gold != 5) return 1; }
  { auto row = db->table_18.insert({.owner = 1, .name = "a"}).value();
    db->table_18.set<&row_18::gold>(row, 5); db->table_18.set<&row_18::name>(row, "b");
    if (db->table_18.find(row->id_18)->gold != 5) return 1; }
  { auto row = db->table_19.insert({.owner = 1, .name = "a"}).value();
    db->table_19.set<&row_19::gold>(row, 5); db->table_19.set<&row_19::name>(row, "b");
    if (db->table_19.find(row->id_19)->gold != 5) return 1; }
  { auto row = db->table_20.insert({.owner = 1, .name = "a"}).value();
    db->table_20.set<&row_20::gold>(row, 5); db->table_20.set<&row_20::name>(row, "b");
    if (db->table_20.find(row->id_20)->gold != 5) return 1; }
  { auto row = db->table_21.insert({.owner = 1, .name = "a"}).value();
    db->table_21.set<&row_21::gold>(row, 5); db->table_21.set<&row_21::name>(row, "b");
    if (db->table_21.find(row->id_21)->gold != 5) return 1; }
  { auto row = db->table_22.insert({.owner = 1, .name = "a"}).value();
    db->table_22.set<&row_22::gold>(row, 5); db->table_22.set<&row_22::name>(row, "b");
    if (db->table_22.find(row->id_22)->gold != 5) return 1; }
  { auto row = db->table_23.insert({.owner = 1, .name = "a"}).value();
    db->table_23.set<&row_23::gold>(row, 5); db->table_23.set<&row_23::name>(row, "b");
    if (db->table_23.find(row->id_23)->gold != 5) return 1; }
  { auto row = db->table_24.insert({.owner = 1, .name = "a"}).value();
    db->table_24.set<&row_24::gold>(row, 5); db->table_24.set<&row_24::name>(row, "b");
    if (db->table_24.find(row->id_24)->gold != 5) return 1; }
  { auto row = db->table_25.insert({.owner = 1, .name = "a"}).value();
    db->table_25.set<&row_25::gold>(row, 5); db->table_25.set<&row_25::name>(row, "b");
    if (db->table_25.find(row->id_25)->gold != 5) return 1; }
  { auto row = db->table_26.insert({.owner = 1, .name = "a"}).value();
    db->table_26.set<&row_26::gold>(row, 5); db->table_26.set<&row_26::name>(row, "b");
    if (db->table_26.find(row->id_26)->gold != 5) return 1; }
  { auto row = db->table_27.insert({.owner = 1, .name = "a"}).value();
    db->table_27.set<&row_27::gold>(row, 5); db->table_27.set<&row_27::name>(row, "b");
    if (db->table_27.find(row->id_27)->gold != 5) return 1; }
  { auto row = db->table_28.insert({.owner = 1, .name = "a"}).value();
    db->table_28.set<&row_28::gold>(row, 5); db->table_28.set<&row_28::name>(row, "b");
    if (db->table_28.find(row->id_28)->gold != 5) return 1; }
  { auto row = db->table_29.insert({.owner = 1, .name = "a"}).value();
    db->table_29.set<&row_29::gold>(row, 5); db->table_29.set<&row_29::name>(row, "b");
    if (db->table_29.find(row->id_29)->gold != 5) return 1; }
  { auto row = db->table_30.insert({.owner = 1, .name = "a"}).value();
    db->table_30.set<&row_30::gold>(row, 5); db->table_30.set<&row_30::name>(row, "b");
    if (db->table_30.find(row->id_30)->gold != 5) return 1; }
  { auto row = db->table_31.insert({.owner = 1, .name = "a"}).value();
    db->table_31.set<&row_31::gold>(row, 5); db->table_31.set<&row_31::name>(row, "b");
    if (db->table_31.find(row->id_31)->gold != 5) return 1; }
  { auto row = db->table_32.insert({.owner = 1, .name = "a"}).value();
    db->table_32.set<&row_32::gold>(row, 5); db->table_32.set<&row_32::name>(row, "b");
    if (db->table_32.find(row->id_32)->gold != 5) return 1; }
  { auto row = db->table_33.insert({.owner = 1, .name = "a"}).value();
    db->table_33.set<&row_33::gold>(row, 5); db->table_33.set<&row_33::name>(row, "b");
    if (db->table_33.find(row->id_33)->gold != 5) return 1; }
  { auto row = db->table_34.insert({.owner = 1, .name = "a"}).value();
    db->table_34.set<&row_34::gold>(row, 5); db->table_34.set<&row_34::name>(row, "b");
    if (db->table_34.find(row->id_34)->gold != 5) return 1; }
  { auto row = db->table_35.insert({.owner = 1, .name = "a"}).value();
    db->table_35.set<&row_35::gold>(row, 5); db->table_35.set<&row_35::name>(row, "b");
    if (db->table_35.find(row->id_35)->gold != 5) return 1; }
  { auto row = db->table_36.insert({.owner = 1, .name = "a"}).value();
    db->table_36.set<&row_36::gold>(row, 5); db->table_36.set<&row_36::name>(row, "b");
    if (db->table_36.find(row->id_36)->gold != 5) return 1; }
  { auto row = db->table_37.insert({.owner = 1, .name = "a"}).value();
    db->table_37.set<&row_37::gold>(row, 5); db->table_37.set<&row_37::name>(row, "b");
    if (db->table_37.find(row->id_37)->gold != 5) return 1; }
  { auto row = db->table_38.insert({.owner = 1, .name = "a"}).value();
    db->table_38.set<&row_38::gold>(row, 5); db->table_38.set<&row_38::name>(row, "b");
    if (db->table_38.find(row->id_38)->gold != 5) return 1; }
  { auto row = db->table_39.insert({.owner = 1, .name = "a"}).value();
    db->table_39.set<&row_39::gold>(row, 5); db->table_39.set<&row_39::name>(row, "b");
    if (db->table_39.find(row->id_39)->gold != 5) return 1; }
  db.commit();
  return db.close().complete() ? 0 : 1;
}
