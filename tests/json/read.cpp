// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/json/read.hpp: what is refused, in which words.
#include "json/everything.hpp"

#include "support/words.hpp"

using namespace holdfast;
using namespace holdfast::test;

namespace {

struct member {
    std::string name{};
    int rank = 1;
};
struct guild {
    std::vector<member> members{};
    std::map<std::string, std::int8_t> scores{};
    std::map<int, point> places{};
};

} // namespace

TEST_CASE("an error names its place") {
    CHECK(refusal<guild>(R"({"members":[{},{},{},{"rank":"x"}]})") == "members[3].rank: 'x' is not a number");
    CHECK(refusal<guild>(R"({"scores":{"a\nb":300}})") == R"(scores["a?b"]: 300 is out of range: -128 to 127)");
    CHECK(refusal<guild>(R"({"places":[[1,{}],[2,{"z":1}]]})") == "places[1][1]: there is no field 'z'");
    CHECK(refusal<guild>(R"({"places":[["1",{}]]})") == "places[0][0]: '1' is not a number");
    CHECK(refusal<std::vector<int>>("[1,null]") == "[1]: null is not a number");
    CHECK(refusal<int>("[]") == "an array is not a number");
    using either = std::variant<int, std::string>;
    CHECK(refusal<std::vector<either>>(R"([[1,"a"],[1,2]])") == "[1][1]: 2 is not a string");
    CHECK(refusal<std::vector<either>>("[[2,0]]") == "[0][0]: there is no alternative 2");
    CHECK(refusal<std::vector<either>>("[[-1,0]]").starts_with("[0][0]: -1 is out of range: 0 to "));
}

TEST_CASE("a member without a field and a second member are refused") {
    CHECK(refusal<point>(R"({"x":1,"z":2})") == "there is no field 'z'");
    CHECK(refusal<point>(R"({"X":1})") == "there is no field 'X'");
    CHECK(refusal<point>(R"({"x":1,"x":1})") == "the member 'x' is there twice");
    CHECK(refusal<point>(R"({"x":1,"y":2,"x":1})") == "the member 'x' is there twice");
    CHECK(from_json<point>(R"({"y":2,"x":1})") == point{1, 2});
    CHECK(from_json<point>("{}") == point{});
}

TEST_CASE("keys of a map and elements of a set stand once") {
    using names = std::map<std::string, int>;
    CHECK(refusal<names>(R"({"a":1,"b":2,"a":1})") == "the key 'a' is there twice");
    CHECK(refusal<names>(R"([["a",1],["a",2]])") == "[1]: the key 'a' is there twice");
    CHECK(refusal<std::map<int, int>>("[[7,1],[7,1]]") == "[1]: the key 7 is there twice");
    CHECK(refusal<std::set<int>>("[1,2,1]") == "[2]: 1 is there twice");
    CHECK(refusal<std::unordered_set<std::string>>(R"(["a","a"])") == "[1]: 'a' is there twice");
    CHECK(from_json<std::multiset<int>>("[1,1]").size() == 2);
    CHECK(from_json<std::multimap<std::string, int>>(R"({"a":1,"a":2})").size() == 2);
}

TEST_CASE("no number is narrowed") {
    CHECK(refusal<std::int8_t>("300") == "300 is out of range: -128 to 127");
    CHECK(refusal<std::int8_t>("-129") == "-129 is out of range: -128 to 127");
    CHECK(refusal<std::uint8_t>("-1") == "-1 is out of range: 0 to 255");
    CHECK(refusal<std::int64_t>("9223372036854775808").starts_with("9223372036854775808 is out of range: -92233"));
    CHECK(refusal<std::uint64_t>("-1") == "-1 is out of range: 0 to 18446744073709551615");
    CHECK(refusal<color>("256") == "256 is out of range: 0 to 255");
    CHECK(refusal<int>("1.5") == "1.5 is not an integer");
    CHECK(refusal<int>("1.0") == "1 is not an integer");
    CHECK(refusal<int>("1e2") == "100 is not an integer");
    CHECK(mentions(refusal<std::uint64_t>("18446744073709551616"), "more than 64 bits"));
    CHECK(refusal<std::chrono::milliseconds>("1.5") == "1.5 is not an integer");
    CHECK(refusal<std::vector<bool>>("[1]") == "[0]: 1 is not true or false");
    CHECK(refusal<bool>("\"true\"") == "'true' is not true or false");
}

TEST_CASE("a real takes the nearest value of a fraction and the exact one of an integer") {
    CHECK(from_json<float>("0.1") == 0.1F);
    CHECK(from_json<float>("16777217.0") == 16777216.0F);
    CHECK(from_json<float>("3.4028235e38") == std::numeric_limits<float>::max());
    CHECK(from_json<float>("16777216") == 16777216.0F);
    CHECK(from_json<double>("7") == 7.0);
    CHECK(from_json<double>("18446744073709549568") == 18446744073709549568.0);
    CHECK(from_json<double>("-9223372036854775808") == -9223372036854775808.0);
    CHECK(refusal<float>("16777217") == "16777217 has more digits than its type holds");
    CHECK(refusal<double>("9007199254740993") == "9007199254740993 has more digits than its type holds");
    CHECK(refusal<double>("9223372036854775807").ends_with("has more digits than its type holds"));
    CHECK(refusal<double>("18446744073709551615").ends_with("has more digits than its type holds"));
    CHECK(refusal<float>("1e39") == "1e+39 is out of range for its type");
    CHECK(refusal<float>("-3.4028236e38") == "-3.4028236e+38 is out of range for its type");
    CHECK(refusal<float>("1e-60") == "1e-60 is out of range for its type");
    CHECK(mentions(refusal<double>("1e400"), "a number is malformed"));
    CHECK(refusal<double>("\"nan\"") == "'nan' is not a number");
}

TEST_CASE("each kind of value is asked for in its words") {
    CHECK(refusal<std::string>("7") == "7 is not a string");
    CHECK(refusal<std::string>("{}") == "an object in place of a string needs only 'hex'");
    CHECK(refusal<std::string>(R"({"hexx":"00"})") == "an object in place of a string needs only 'hex'");
    CHECK(refusal<std::string>(R"({"hex":"00","hex":"00"})") == "an object in place of a string needs only 'hex'");
    CHECK(refusal<std::string>(R"({"hex":"0"})") == "'0' is not a string of hexadecimal digits");
    CHECK(refusal<std::string>(R"({"hex":1})") == "1 is not a string of hexadecimal digits");
    CHECK(refusal<std::vector<std::byte>>("[1]") == "an array is not a string of hexadecimal digits");
    CHECK(refusal<std::array<std::byte, 2>>("\"00\"") == "'00' has not the length of 2 bytes");
    CHECK(refusal<std::array<std::byte, 1>>("\"000\"") == "'000' is not a string of hexadecimal digits");
    CHECK(refusal<uuid>("\"123\"") == "'123' is not a uuid");
    CHECK(refusal<uuid>("null") == "null is not a uuid");
    CHECK(refusal<std::monostate>("false") == "false is not null");
    CHECK(refusal<point>("[]") == "an array is not an object");
    CHECK(refusal<std::vector<int>>("{}") == "an object is not an array");
    CHECK(refusal<std::map<int, int>>("{}") == "an object is not an array of [key, value]");
    CHECK(refusal<std::map<std::string, int>>("1.5") == "1.5 is not an object");
    CHECK(refusal<std::array<int, 2>>("[1]") == "an array of length 1 in place of 2");
    CHECK(refusal<std::pair<int, int>>("[1,2,3]") == "an array of length 3 in place of 2");
    CHECK(refusal<std::variant<int>>("[0]") == "an array of length 1 in place of 2");
    CHECK(refusal<int>("\"" + std::string(1000, 'x') + "\"") == "'" + std::string(40, 'x') + "...' is not a number");
}

TEST_CASE("text that is not JSON is refused in our words") {
    CHECK(refusal<int>("") == "json: the text is empty");
    CHECK(refusal<int>("  \n") == "json: the text is empty");
    CHECK(refusal<std::string>("\"\xFF\"") == "json: the text is not JSON: not valid UTF-8");
    for (const char* text : {"[1",  "[1,]", "{\"x\":1,}", "1 2", "{} x",     "nul", "tru",     "[1}",         "{1:2}",
                             "'a'", ",",    "[",          "NaN", "// no\n1", "\"a", "\"\\q\"", "\"\\ud800\"", "\"\n\"",
                             "01",  "1.",   ".5",         "+1",  "0x10",     "-",   "1e",      "\"a\"b"}) {
        INFO(text);
        CHECK(refusal<std::vector<int>>(text).starts_with("json: the text is not JSON"));
    }
    CHECK(refusal<int>(std::string_view("7\0", 2)).starts_with("json: the text is not JSON"));
}

TEST_CASE("one byte order mark is passed over and a second is not") {
    CHECK(from_json<int>("\xEF\xBB\xBF 7") == 7);
    CHECK(refusal<int>("\xEF\xBB\xBF") == "json: the text is empty");
    CHECK(refusal<int>("\xEF\xBB\xBF\xEF\xBB\xBF 7").starts_with("json: the text is not JSON"));
    CHECK(refusal<int>("7\xEF\xBB\xBF").starts_with("json: the text is not JSON"));
}

TEST_CASE("a text beyond the limits is refused") {
    CHECK(refusal<int>("1234", {.bytes = 3}) == "json: the text is longer than 3 bytes");
    CHECK(as_json::read(*std::make_unique<int>(), "1234", {.bytes = 4}));
    CHECK(refusal<std::vector<std::vector<int>>>("[[]]", {.depth = 1}) == "[0]: the text is nested deeper than 1");
    CHECK(refusal<point>("{}", {.depth = 0}) == "the text is nested deeper than 0");
}

TEST_CASE("an error leaves the thread's parser usable, and so does a long text") {
    for (int i = 0; i < 3; ++i) {
        CHECK(refusal<int>("[[[") != "");
        CHECK(from_json<std::string>('"' + std::string(2'000'000, 'x') + '"').size() == 2'000'000);
        CHECK(from_json<int>("7") == 7);
    }
}

namespace {

/// A type whose codec reads JSON while JSON is read.
class inner_json {
public:
    point held{};
};

} // namespace

template <> struct holdfast::codec<inner_json> {
    static constexpr storage stored_as = storage::text;
    static constexpr bool nullable = false;
    static cell get(const inner_json&) noexcept { return {}; }
    static bool set(inner_json& field, const cell& c) { return static_cast<bool>(as_json::read(field.held, c.view())); }
};

TEST_CASE("reading JSON while JSON is read leaves the outer text alone") {
    const auto both = from_json<std::vector<inner_json>>(R"(["{\"x\":1}","{\"y\":2}"])");
    REQUIRE(both.size() == 2);
    CHECK(both[0].held == point{1, 0});
    CHECK(both[1].held == point{0, 2});
}
