#include <holdfast/holdfast.hpp>
namespace hf = holdfast;
struct row_0 { std::int64_t id_0 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct row_1 { std::int64_t id_1 = 0; std::int64_t owner = 0; std::string name{}; std::int64_t gold = 0; std::string title_0{}; std::int32_t level_1 = 0; double x_2 = 0; double y_3 = 0; bool online_4 = false; std::optional<std::int64_t> guild_5{}; std::int16_t kind_6 = 0; float z_7 = 0; };
struct world {
  hf::table<row_0, hf::primary_key<&row_0::id_0>> table_0;
  hf::table<row_1, hf::primary_key<&row_1::id_1>> table_1;
};
int main() {
  auto db = hf::open<world>("large.db").value();
  { auto row = db->table_0.insert({.owner = 1, .name = "a"}).value();
    db->table_0.set<&row_0::gold>(row, 5); db->table_0.set<&row_0::name>(row, "b");
    if (db->table_0.find(row->id_0)->gold != 5) return 1; }
  { auto row = db->table_1.insert({.owner = 1, .name = "a"}).value();
    db->table_1.set<&row_1::gold>(row, 5); db->table_1.set<&row_1::name>(row, "b");
    if (db->table_1.find(row->id_1)->gold != 5) return 1; }
  db.commit();
  return db.close().complete() ? 0 : 1;
}
