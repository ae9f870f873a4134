// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/csv/: files of the game's content become read-only tables.
#include <holdfast/csv.hpp>
#include <holdfast/holdfast.hpp>

#include "support/catch.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"

#include <fstream>

namespace hf = holdfast;
using namespace holdfast::test;

namespace {

enum class slot : std::uint8_t { hand, head };
struct kind {
    std::int32_t id = 0;
    std::string name{};
    slot worn = slot::hand;
    float weight = 1;
    bool rare = false;
    std::optional<std::int64_t> price{};
    hf::uuid tag{};
};
struct item {
    std::int64_t id = 0;
    std::int32_t kind = 0;
};
struct world {
    hf::table<kind, hf::primary_key<&kind::id>, hf::unique<&kind::name>, hf::by_name<&kind::worn>, hf::read_only> kinds;
    hf::table<item, hf::primary_key<&item::id>, hf::auto_id<&item::id>, hf::references<&item::kind, &kind::id, "kinds">>
        items;
};

struct csv_file {
    temporary_folder folder{};
    std::string path = folder / "kinds.csv";
    explicit csv_file(const std::string& text) { std::ofstream(path, std::ios::binary) << text; }
};

/// Why the file is refused, without the folder; empty when it is not.
std::string refusal(const std::string& text) {
    const csv_file file(text);
    world w;
    hf::prepare(w).value();
    auto ok = hf::csv::fill(w.kinds, file.path);
    return ok ? std::string() : ok.why().message().substr(ok.why().message().find("kinds.csv"));
}

std::vector<std::string> fields(std::string_view text) {
    hf::csv::reader reader(text);
    std::vector<std::string> all, one;
    while (!reader.done()) {
        reader.next(one).value();
        for (const std::string& field : one) all.push_back(field);
        all.push_back("|");
    }
    return all;
}
using texts = std::vector<std::string>;

} // namespace

TEST_CASE("records are read as RFC 4180 has them") {
    CHECK(fields("a,b\n1,2\n") == texts{"a", "b", "|", "1", "2", "|"});
    CHECK(fields("a,b\r\n1,\r\n") == texts{"a", "b", "|", "1", "", "|"});
    CHECK(fields("\xef\xbb\xbf"
                 "a") == texts{"a", "|"});
    CHECK(fields("\"a,\"\"b\"\"\n\",c") == texts{"a,\"b\"\n", "c", "|"});
    CHECK(fields("\"\"\n\n") == texts{"", "|", "", "|"});
}

TEST_CASE("a table is filled by column names in any order, and what is left out keeps its initializer") {
    const csv_file file("name,id,worn,price,rare,tag\nLantern,7,head,,true,123e4567-e89b-12d3-a456-426614174000\n"
                        "\"Rope, long\",9,hand,12,0,\n");
    world w;
    hf::prepare(w).value();
    hf::csv::fill(w.kinds, file.path).value();
    REQUIRE(w.kinds.size() == 2);
    const auto lantern = w.kinds.find_by<&kind::name>("Lantern");
    CHECK(lantern->id == 7);
    CHECK(lantern->worn == slot::head);
    CHECK(lantern->weight == 1);
    CHECK(lantern->rare);
    CHECK_FALSE(lantern->price);
    CHECK(lantern->tag.to_string() == "123e4567-e89b-12d3-a456-426614174000");
    CHECK(w.kinds.find(9)->name == "Rope, long");
    CHECK(w.kinds.find(9)->price == 12);
}

TEST_CASE("what is wrong in a file is named with its line and column") {
    CHECK(refusal("id,name,size\n").ends_with("kinds has no column 'size'"));
    CHECK(refusal("id,name,id\n").ends_with("the column 'id' stands there twice"));
    CHECK(refusal("id,name\n1,a\n2,b,c\n") == "kinds.csv:3: 3 fields, and the first line names 2");
    CHECK(refusal("id,name\n1,a\n99999999999,b\n") == "kinds.csv:3: id '99999999999' does not fit the field");
    CHECK(refusal("id,worn\n1,foot\n") == "kinds.csv:2: worn 'foot' does not fit the field");
    CHECK(refusal("id,weight\n1,heavy\n") == "kinds.csv:2: weight 'heavy' does not fit the field");
    CHECK(refusal("id,tag\n1,xyz\n") == "kinds.csv:2: tag 'xyz' does not fit the field");
    CHECK(refusal("id,name\n1,a\n1,b\n") == "kinds.csv:3: kinds: id=1 belongs to another row");
    CHECK(refusal("id,name\n1,\"a\n") == "kinds.csv: line 2: a quote is not closed");
    CHECK(refusal("id,name\n1,\"a\"b\n") == "kinds.csv: line 2: something stands behind a closing quote");
    world w;
    CHECK(hf::csv::fill(w.kinds, "/nowhere/kinds.csv").why().code == hf::errc::not_found);
}

TEST_CASE("content is there before the world is loaded, is not in its file, and holds references") {
    const csv_file file("id,name\n7,Lantern\n8,Rope\n");
    const std::string path = file.folder / "world.db";
    const fake_clock standing_still;
    const auto fill = [&](world& w) { return hf::csv::fill(w.kinds, file.path); };
    {
        auto db = hf::open<world>(path, options_with(standing_still), fill).value();
        CHECK(db->items.insert({.kind = 7}));
        CHECK(db->items.insert({.kind = 5}).why().code == hf::errc::reference);
        CHECK(hf::fill(db->kinds, {.id = 99}).why().code == hf::errc::closed);
        db.commit();
        close_and_compare(db, path);
        CHECK(raw_database(path).rows("SELECT 1 FROM sqlite_schema WHERE name = 'kinds'").empty());
    }
    CHECK(hf::open<world>(path, options_with(standing_still), fill)); // 7 is there
    const auto without = hf::open<world>(path, options_with(standing_still));
    REQUIRE_FALSE(without);
    CHECK(without.why().message().find("items: kind=7 refers to a row that is not in kinds") != std::string::npos);
    const auto refused = hf::open<world>(path, options_with(standing_still), [](world&) -> hf::result<void> {
        return hf::error{hf::errc::not_found, "no content today"};
    });
    CHECK(refused.why().detail == "no content today");
}
