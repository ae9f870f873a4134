// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/table/table_base.hpp: loading rows, and the words for rows and values.
#include "table/recording.hpp"

#include "support/catch.hpp"

namespace hf = holdfast;

namespace {

struct hero {
    std::int64_t id = 0;
    std::string name = "unnamed";
    std::int64_t gold = 0;
    std::optional<std::int64_t> leader{};
};
struct world {
    hf::table<hero, hf::primary_key<&hero::id>, hf::auto_id<&hero::id>, hf::unique<&hero::name>, hf::index<&hero::gold>,
              hf::at_least<&hero::gold, 0>, hf::references<&hero::leader, &hero::id, "heroes">>
        heroes{};
};

struct fixture {
    world w{};
    hf::table_base& base = *hf::tables_of(w).value().front();

    /// Loads rows as the store does: each is filled and checked, then all are indexed.
    hf::result<void> load(const std::vector<hero>& rows) {
        for (const hero& from : rows) {
            void* slot = base.begin_load();
            *static_cast<hero*>(base.row_in(slot)) = from;
            if (auto finished = base.finish_load(slot); !finished) {
                base.drop_load(slot);
                return finished;
            }
        }
        return base.link_loaded(0, base.slots().used());
    }
};

} // namespace

TEST_CASE("a loaded row is found by everything") {
    fixture f;
    REQUIRE(f.load({{7, "Aria", 5, {}}}));
    CHECK(f.w.heroes.size() == 1);
    CHECK(f.w.heroes.find(7)->name == "Aria");
    CHECK(f.w.heroes.find_by<&hero::name>("Aria")->id == 7);
    CHECK_FALSE(f.w.heroes.where<&hero::gold>(5).empty());
}

TEST_CASE("rows of one key keep the order in which they were loaded") {
    fixture f;
    std::vector<hero> rows;
    for (std::int64_t id = 1; id <= 30'000; ++id) rows.push_back({id, std::to_string(id), id % 3, {}});
    f.base.reserve(rows.size());
    REQUIRE(f.load(rows));
    for (std::int64_t gold = 0; gold < 3; ++gold) {
        std::int64_t before = 0;
        std::size_t count = 0;
        for (const auto each : f.w.heroes.where<&hero::gold>(gold)) {
            if (each->id <= before || each->gold != gold) FAIL("row " << each->id << " is out of order");
            before = each->id;
            ++count;
        }
        CHECK(count == 10'000);
    }
    for (const hero& row : rows)
        if (!f.w.heroes.contains(row.id) || !f.w.heroes.find_by<&hero::name>(row.name))
            FAIL("row " << row.id << " is lost");
}

TEST_CASE("many rows can be loaded without room made for them first") {
    fixture f;
    std::vector<hero> rows;
    for (std::int64_t id = 1; id <= 30'000; ++id) rows.push_back({id, std::to_string(id), id, {}});
    REQUIRE(f.load(rows));
    for (const hero& row : rows)
        if (!f.w.heroes.contains(row.id) || f.w.heroes.where<&hero::gold>(row.id).empty())
            FAIL("row " << row.id << " is lost");
}

TEST_CASE("loaded rows that others refer to are held by them") {
    fixture f;
    REQUIRE(f.load({{1, "Aria", 0, {}}, {2, "Bob", 0, 1}}));
    CHECK(f.w.heroes.erase(1).why().code == hf::errc::reference);
    CHECK(f.w.heroes.erase(2));
    CHECK(f.w.heroes.erase(1));
}

TEST_CASE("a row to be loaded starts as its initializers make it") {
    fixture f;
    void* slot = f.base.begin_load();
    CHECK(static_cast<const hero*>(f.base.row_in(slot))->name == "unnamed");
    CHECK(f.w.heroes.empty());
    f.base.drop_load(slot);
    CHECK(f.w.heroes.empty());
    CHECK(f.w.heroes.begin() == f.w.heroes.end());
}

TEST_CASE("loaded rows that share a key are corrupt, and the key is named") {
    fixture same_id;
    const auto by_id = same_id.load({{7, "Aria", 5, {}}, {8, "Cleo", 5, {}}, {7, "Bob", 6, {}}});
    REQUIRE_FALSE(by_id);
    CHECK(by_id.why().code == hf::errc::corrupt);
    CHECK(by_id.why().detail.find("heroes: two rows have id=7") == 0);

    fixture same_name;
    const auto by_name = same_name.load({{7, "Aria", 5, {}}, {8, "Aria", 6, {}}});
    REQUIRE_FALSE(by_name);
    CHECK(by_name.why().code == hf::errc::corrupt);
    CHECK(by_name.why().detail.find("heroes: two rows have name='Aria'") == 0);
}

TEST_CASE("a loaded row below a limit is corrupt and names itself") {
    fixture f;
    const auto loaded = f.load({{7, "Aria", -1, {}}});
    REQUIRE_FALSE(loaded);
    CHECK(loaded.why().code == hf::errc::corrupt);
    CHECK(loaded.why().detail.find("heroes[id=7]") != std::string::npos);
    CHECK(f.w.heroes.empty());
}

TEST_CASE("references are checked once all rows are loaded") {
    fixture f;
    REQUIRE(f.load({{1, "Aria", 0, 2}, {2, "Bob", 0, {}}})); // the first refers to a row that comes later
    CHECK(f.base.check_references());

    fixture dangling;
    REQUIRE(dangling.load({{1, "Aria", 0, {}}, {3, "Cleo", 0, 99}}));
    const auto checked = dangling.base.check_references();
    REQUIRE_FALSE(checked);
    CHECK(checked.why().code == hf::errc::corrupt);
    CHECK(checked.why().detail == "heroes[id=3]: leader=99 refers to a row that is not in heroes");
}

TEST_CASE("ids go on after the highest loaded one and after the lease") {
    fixture f;
    REQUIRE(f.load({{7, "Aria", 0, {}}, {3, "Bob", 0, {}}}));
    CHECK(f.w.heroes.insert({.name = "Cleo"}).value()->id == 8);
    f.base.resume_ids(1'025);
    CHECK(f.w.heroes.insert({.name = "Dora"}).value()->id == 1'025);
    f.base.resume_ids(5);
    CHECK(f.w.heroes.insert({.name = "Elsa"}).value()->id == 1'026);
}

TEST_CASE("loading writes no ops and changes after it do") {
    fixture f;
    REQUIRE(f.load({{7, "Aria", 0, {}}}));
    hf::test::recording record(f.w);
    CHECK(record.ops().empty());
    REQUIRE(f.w.heroes.add<&hero::gold>(7, 5));
    CHECK(record.ops().size() == 1);
}

TEST_CASE("the first insert after loading leases ids in the log") {
    fixture f;
    REQUIRE(f.load({{7, "Aria", 0, {}}}));
    f.base.resume_ids(2'000);
    hf::test::recording record(f.w);
    REQUIRE(f.w.heroes.insert({.name = "Bob"}));
    const auto ops = record.ops();
    REQUIRE(ops.size() == 2);
    CHECK(ops[0].kind == hf::op_kind::lease);
    CHECK(ops[0].lease > 2'000);
}

TEST_CASE("a row is named by its table and primary key") {
    fixture f;
    const auto aria = f.w.heroes.insert({7, "Aria", 5, {}}).value();
    CHECK(f.base.describe_row(&*aria) == "heroes[id=7]");
    CHECK(f.base.describe_key({1, 2}, &*aria) == "name='Aria', gold=5");
    CHECK(f.base.describe_key({3}, &*aria) == "leader=none");
}
