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
struct point {
    std::int16_t x = 0, y = 3;
};
struct kind {
    std::int32_t id = 0;
    std::string name{};
    slot worn = slot::hand;
    float weight = 1;
    bool rare = false;
    std::optional<std::int64_t> price{};
    hf::uuid tag{};
    std::optional<std::string> note{"as made"};
    point place{};
    std::array<std::uint16_t, 2> twice{};
    std::vector<std::byte> raw{};
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
    CHECK(refusal("id,name\n1,a\n99999999999,b\n") ==
          "kinds.csv:3: id '99999999999' does not fit the field: it takes an integer from -2147483648 to 2147483647");
    CHECK(refusal("id,name\n1,a\n1,b\n") == "kinds.csv:3: kinds: id=1 belongs to another row");
    CHECK(refusal("id,name\n1,\"a\n") == "kinds.csv: line 2: a quote is not closed");
    CHECK(refusal("id,name\n1,\"a\"b\n") == "kinds.csv: line 2: something stands behind a closing quote");
    world w;
    CHECK(hf::csv::fill(w.kinds, "/nowhere/kinds.csv").why().code == hf::errc::not_found);
}

TEST_CASE("a value that does not fit is refused with what would") {
    const std::string fit = "' does not fit the field: it takes ";
    CHECK(refusal("id,worn\n1,foot\n") == "kinds.csv:2: worn 'foot" + fit + "one of hand, head");
    CHECK(refusal("id,weight\n1,heavy\n") == "kinds.csv:2: weight 'heavy" + fit + "a number, with a point");
    CHECK(refusal("id,rare\n1,yes\n") == "kinds.csv:2: rare 'yes" + fit + "true or false");
    CHECK(refusal("id,price\n1,1.5\n") ==
          "kinds.csv:2: price '1.5" + fit + "an integer of 64 bits that its type can hold");
    CHECK(refusal("id,tag\n1,xyz\n") == "kinds.csv:2: tag 'xyz" + fit + "16 bytes in hexadecimal, or a uuid");
    CHECK(refusal("id,twice_0\n1,70000\n") == "kinds.csv:2: twice_0 '70000" + fit + "an integer from 0 to 65535");
    CHECK(refusal("id,raw\n1,xyz\n") == "kinds.csv:2: raw 'xyz" + fit + "bytes in hexadecimal");
}

TEST_CASE("regression: a file without the primary key's column, without lines or without commas is refused") {
    CHECK(refusal("name,rare\nLantern,0\n") == "kinds.csv: the primary key 'id' has no column");
    CHECK(refusal("id;name;price\n1;a;2\n") ==
          "kinds.csv: kinds has no column 'id;name;price': is it separated by commas?");
    CHECK(refusal("id\tname\n").ends_with("is it separated by commas?"));
    for (const char* const text : {"", "\n", "\r\n\n", "\xef\xbb\xbf", "\xef\xbb\xbf\n"})
        CHECK(refusal(text) == "kinds.csv: the file is empty");
}

TEST_CASE("regression: blank lines at the end are skipped, those between rows are not") {
    CHECK(refusal("id,name\n1,a\n\n") == "");
    CHECK(refusal("id,name\r\n1,a\r\n\r\n\n") == "");
    CHECK(refusal("id,name\n\n1,a\n") == "kinds.csv:2: 1 fields, and the first line names 2");
    CHECK(refusal("id,name\n1,\"a\n\n") == "kinds.csv: line 2: a quote is not closed");
}

TEST_CASE("true and false are read in any case, an empty field empties an optional, and a nested field has its path") {
    const csv_file file("\xef\xbb\xbfid,name,rare,note,worn,place_y,twice_1\n"
                        "1,a,TRUE,,1,7,9\n2,b,False,x,hand,,\n3,c,true,,head,,\n");
    world w;
    hf::prepare(w).value();
    hf::csv::fill(w.kinds, file.path).value();
    CHECK((w.kinds.find(1)->rare && !w.kinds.find(2)->rare && w.kinds.find(3)->rare));
    CHECK(w.kinds.find(1)->note == std::nullopt);
    CHECK(w.kinds.find(2)->note == "x");
    CHECK(w.kinds.find(1)->worn == slot::head); // by number
    CHECK((w.kinds.find(1)->place.x == 0 && w.kinds.find(1)->place.y == 7 && w.kinds.find(2)->place.y == 3));
    CHECK(w.kinds.find(1)->twice == std::array<std::uint16_t, 2>{0, 9});
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
    CHECK(without.why().message() ==
          "reference: " + path +
              ": items[id=1]: kind=7 refers to a row that is not in kinds, which is empty: give "
              "open the function that fills it");
    const auto less =
        hf::open<world>(path, options_with(standing_still), [](world& w) { return hf::fill(w.kinds, {.id = 8}); });
    CHECK(less.why().message() ==
          "reference: " + path +
              ": items[id=1]: kind=7 refers to a row that is not in kinds, which is read_only: put "
              "the row back into its content");
    const auto refused = hf::open<world>(path, options_with(standing_still), [](world&) -> hf::result<void> {
        return hf::error{hf::errc::not_found, "no content today"};
    });
    CHECK(refused.why().detail == "no content today");
}
