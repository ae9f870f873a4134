// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/json/rows.hpp.
#include "json/everything.hpp"

#include "support/temporary_folder.hpp"
#include "support/words.hpp"

using namespace holdfast;
using namespace holdfast::test;

namespace {

struct item {
    int id = 0;
    std::string name = "unnamed";
};

/// The rows that were read before the end or the error, and its words.
struct outcome {
    std::vector<item> rows{};
    std::string words{};
    errc code{};
};
outcome rows_of(const std::string& path, const as_json::limits& within = {}) {
    outcome seen;
    const auto read = as_json::read_rows<item>(
        path,
        [&](item&& one) -> result<void> {
            if (one.id < 0) return error{errc::taken, "no such id"};
            seen.rows.push_back(std::move(one));
            return {};
        },
        within);
    if (!read) {
        seen.words = read.why().detail;
        seen.code = read.why().code;
    }
    return seen;
}

} // namespace

TEST_CASE("each object of a file becomes a row, in order") {
    const temporary_folder folder;
    const std::string path = folder / "items.json";
    write_file(path, "\xEF\xBB\xBF[{\"id\":1,\"name\":\"sword\"},\n {}, {\"id\":3}]\n");
    const outcome seen = rows_of(path);
    CHECK(seen.words.empty());
    REQUIRE(seen.rows.size() == 3);
    CHECK(seen.rows[0].name == "sword");
    CHECK(seen.rows[1].name == "unnamed");
    CHECK(seen.rows[2].id == 3);
}

TEST_CASE("an error names the file and the element") {
    const temporary_folder folder;
    const std::string path = folder / "items.json";
    write_file(path, R"([{"id":1},{"id":"x"}])");
    CHECK(rows_of(path).words == path + "[1].id: 'x' is not a number");
    CHECK(rows_of(path).rows.size() == 1);
    write_file(path, R"([{"id":1},7])");
    CHECK(rows_of(path).words == path + "[1]: 7 is not an object");
    write_file(path, R"([{"id":1},{"id":-1},{"id":2}])");
    CHECK(rows_of(path).words == path + "[1]: no such id");
    CHECK(rows_of(path).code == errc::taken);
    CHECK(rows_of(path).rows.size() == 1);
    write_file(path, R"({"id":1})");
    CHECK(rows_of(path).words == path + ": an object is not an array of rows");
    write_file(path, R"([{"id":1})");
    CHECK(rows_of(path).words.starts_with(path + ": the text is not JSON"));
    CHECK(rows_of(path).rows.empty());
    write_file(path, "");
    CHECK(rows_of(path).words == path + ": the text is empty");
}

TEST_CASE("a file that is not there or no file is named") {
    const temporary_folder folder;
    CHECK(rows_of(folder / "none.json").code == errc::not_found);
    CHECK(mentions(rows_of(folder / "none.json").words, "none.json: "));
    CHECK(rows_of(folder.path()).code == errc::io);
    CHECK(mentions(rows_of(folder.path()).words, folder.path()));
}

TEST_CASE("a file may be as long as the limit and no longer") {
    const temporary_folder folder;
    const std::string path = folder / "items.json";
    std::string text = "[{}]";
    for (const std::size_t length : {std::size_t{4}, std::size_t{65535}, std::size_t{65536}, std::size_t{200'000}}) {
        text.resize(length, ' ');
        write_file(path, text);
        CHECK(rows_of(path, {.bytes = length}).rows.size() == 1);
        CHECK(rows_of(path, {.bytes = length - 1}).words ==
              path + ": the text is longer than " + std::to_string(length - 1) + " bytes");
    }
    CHECK(rows_of("/dev/zero", {.bytes = 1000}).words == "/dev/zero: the text is longer than 1000 bytes");
}

TEST_CASE("rows are read while JSON is read for each") {
    const temporary_folder folder;
    const std::string path = folder / "items.json";
    std::string text = "[";
    for (int i = 0; i < 1000; ++i) text += (i == 0 ? "" : ",") + json_of(item{i, "item " + std::to_string(i)});
    write_file(path, text + "]");
    int next = 0;
    REQUIRE(as_json::read_rows<item>(path, [&](const item& one) -> result<void> {
        const auto other = from_json<std::vector<int>>("[1,2,3]");
        if (one.id != next++ || one.name != "item " + std::to_string(one.id) || other.size() != 3)
            return error{errc::corrupt, "the row changed"};
        return {};
    }));
    CHECK(next == 1000);
}
