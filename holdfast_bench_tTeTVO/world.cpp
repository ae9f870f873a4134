#include <holdfast/holdfast.hpp>
namespace hf = holdfast;
struct row_0 { std::int64_t id_0 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; std::string title_8{}; std::int32_t level_9 = 0; double x_10 = 0; double y_11 = 0; bool online_12 = false; std::optional<std::int64_t> guild_13{}; std::int16_t kind_14 = 0; float z_15 = 0; std::string title_16{}; std::int32_t level_17 = 0; double x_18 = 0; double y_19 = 0; };
struct row_1 { std::int64_t id_1 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; std::string title_8{}; std::int32_t level_9 = 0; double x_10 = 0; double y_11 = 0; bool online_12 = false; std::optional<std::int64_t> guild_13{}; std::int16_t kind_14 = 0; float z_15 = 0; std::string title_16{}; std::int32_t level_17 = 0; double x_18 = 0; double y_19 = 0; };
struct row_2 { std::int64_t id_2 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; std::string title_8{}; std::int32_t level_9 = 0; double x_10 = 0; double y_11 = 0; bool online_12 = false; std::optional<std::int64_t> guild_13{}; std::int16_t kind_14 = 0; float z_15 = 0; std::string title_16{}; std::int32_t level_17 = 0; double x_18 = 0; double y_19 = 0; };
struct row_3 { std::int64_t id_3 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; std::string title_8{}; std::int32_t level_9 = 0; double x_10 = 0; double y_11 = 0; bool online_12 = false; std::optional<std::int64_t> guild_13{}; std::int16_t kind_14 = 0; float z_15 = 0; std::string title_16{}; std::int32_t level_17 = 0; double x_18 = 0; double y_19 = 0; };
struct row_4 { std::int64_t id_4 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; std::string title_8{}; std::int32_t level_9 = 0; double x_10 = 0; double y_11 = 0; bool online_12 = false; std::optional<std::int64_t> guild_13{}; std::int16_t kind_14 = 0; float z_15 = 0; std::string title_16{}; std::int32_t level_17 = 0; double x_18 = 0; double y_19 = 0; };
struct row_5 { std::int64_t id_5 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; std::string title_8{}; std::int32_t level_9 = 0; double x_10 = 0; double y_11 = 0; bool online_12 = false; std::optional<std::int64_t> guild_13{}; std::int16_t kind_14 = 0; float z_15 = 0; std::string title_16{}; std::int32_t level_17 = 0; double x_18 = 0; double y_19 = 0; };
struct row_6 { std::int64_t id_6 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; std::string title_8{}; std::int32_t level_9 = 0; double x_10 = 0; double y_11 = 0; bool online_12 = false; std::optional<std::int64_t> guild_13{}; std::int16_t kind_14 = 0; float z_15 = 0; std::string title_16{}; std::int32_t level_17 = 0; double x_18 = 0; double y_19 = 0; };
struct row_7 { std::int64_t id_7 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; std::string title_8{}; std::int32_t level_9 = 0; double x_10 = 0; double y_11 = 0; bool online_12 = false; std::optional<std::int64_t> guild_13{}; std::int16_t kind_14 = 0; float z_15 = 0; std::string title_16{}; std::int32_t level_17 = 0; double x_18 = 0; double y_19 = 0; };
struct row_8 { std::int64_t id_8 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; std::string title_8{}; std::int32_t level_9 = 0; double x_10 = 0; double y_11 = 0; bool online_12 = false; std::optional<std::int64_t> guild_13{}; std::int16_t kind_14 = 0; float z_15 = 0; std::string title_16{}; std::int32_t level_17 = 0; double x_18 = 0; double y_19 = 0; };
struct row_9 { std::int64_t id_9 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; std::string title_8{}; std::int32_t level_9 = 0; double x_10 = 0; double y_11 = 0; bool online_12 = false; std::optional<std::int64_t> guild_13{}; std::int16_t kind_14 = 0; float z_15 = 0; std::string title_16{}; std::int32_t level_17 = 0; double x_18 = 0; double y_19 = 0; };
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
  db.commit();
  return db.close().complete() ? 0 : 1;
}
