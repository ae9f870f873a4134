// SPDX-License-Identifier: MIT
/// @file
/// A struct with a field of every type that has a JSON form, and the way there and back.
#pragma once

#include <holdfast/json.hpp>

#include "support/catch.hpp"

#include <chrono>
#include <deque>
#include <list>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace holdfast::test {

enum class color : std::uint8_t { red = 0, blue = 255 };
enum class depth_below : std::int64_t { abyss = std::numeric_limits<std::int64_t>::min() };

struct point {
    int x = 0;
    int y = 0;
    friend bool operator==(const point&, const point&) = default;
    friend auto operator<=>(const point&, const point&) = default;
};

struct node {
    int id = 0;
    std::vector<node> children{};
    friend bool operator==(const node&, const node&) = default;
};

/// Stored as text, as its codec has it.
class version {
public:
    version() = default;
    explicit version(std::string text) : text_(std::move(text)) {}
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    friend bool operator==(const version&, const version&) = default;

private:
    std::string text_{"0.1"};
};

struct everything {
    bool flag = false;
    char letter = 'a';
    std::int8_t i8 = 0;
    std::uint64_t u64 = 0;
    std::int64_t i64 = 0;
    float f32 = 0;
    double f64 = 0;
    color paint = color::red;
    depth_below below{};
    std::string text{};
    uuid id{};
    std::vector<std::byte> blob{};
    std::array<unsigned char, 3> rgb{};
    std::optional<std::string> maybe{};
    std::chrono::milliseconds wait{};
    std::chrono::duration<double> exactly{};
    std::chrono::system_clock::time_point at{};
    std::chrono::sys_days day{};
    std::vector<int> numbers{};
    std::vector<bool> bits{};
    std::deque<point> path{};
    std::list<std::string> words{};
    std::set<std::uint16_t> ports{};
    std::multiset<int> bag{};
    std::unordered_set<std::string> tags{};
    std::array<std::string, 2> pair_of_texts{};
    std::pair<int, std::string> pair{};
    std::tuple<bool, double, point> triple{};
    std::map<std::string, std::vector<point>> named{};
    std::map<point, std::string> by_point{};
    std::unordered_map<std::string, int> counts{};
    std::multimap<std::string, int> many{};
    std::variant<std::monostate, int, std::string, point> either{};
    point where{};
    node tree{};
    version made_by{};
    friend bool operator==(const everything&, const everything&) = default;
};

template <class T> [[nodiscard]] std::string json_of(const T& value) {
    std::string text;
    const auto written = as_json::write(text, value);
    INFO((written ? std::string() : written.why().message()));
    REQUIRE(written);
    return text;
}

template <class T> [[nodiscard]] T from_json(std::string_view text) {
    T value{};
    const auto read = as_json::read(value, text);
    INFO(text.substr(0, 2000));
    INFO((read ? std::string() : read.why().message()));
    REQUIRE(read);
    return value;
}

/// Written and read back, and written the same once more.
template <class T> [[nodiscard]] T there_and_back(const T& value) {
    const std::string text = json_of(value);
    T back = from_json<T>(text);
    CHECK(json_of(back) == text);
    return back;
}

/// What the reader says of a text.
template <class T> [[nodiscard]] std::string refusal(std::string_view text, const as_json::limits& within = {}) {
    T value{};
    const auto read = as_json::read(value, text, within);
    INFO(text.substr(0, 2000));
    REQUIRE(!read);
    REQUIRE(read.why().code == errc::refused);
    return read.why().detail;
}

} // namespace holdfast::test

template <> struct holdfast::codec<holdfast::test::version> {
    static constexpr storage stored_as = storage::text;
    static constexpr bool nullable = false;
    static cell get(const test::version& field) noexcept {
        return cell::of_bytes(cell_kind::text, field.text().data(), field.text().size());
    }
    static bool set(test::version& field, const cell& c) {
        if (c.kind != cell_kind::text || c.view().empty()) return false;
        field = test::version(std::string(c.view()));
        return true;
    }
};

namespace holdfast::test {

[[nodiscard]] inline everything full() {
    using namespace std::string_literals;
    everything all;
    all.flag = true;
    all.letter = '\x7f';
    all.i8 = -128;
    all.u64 = std::numeric_limits<std::uint64_t>::max();
    all.i64 = std::numeric_limits<std::int64_t>::min();
    all.f32 = 0.1F;
    all.f64 = -1.0 / 3;
    all.paint = color::blue;
    all.below = depth_below::abyss;
    all.text = "quote \" backslash \\ line\n nul \0 h\xC3\xA9 \xF0\x9F\x98\x80"s;
    all.id = *uuid::parse("123e4567-e89b-12d3-a456-426614174000");
    all.blob = {std::byte{0}, std::byte{255}};
    all.rgb = {1, 128, 255};
    all.maybe = "";
    all.wait = std::chrono::milliseconds::min();
    all.exactly = std::chrono::duration<double>(1e-300);
    all.at = std::chrono::system_clock::time_point(std::chrono::microseconds(1'700'000'000'000'001));
    all.day = std::chrono::sys_days(std::chrono::days(-1));
    all.numbers = {1, -2, std::numeric_limits<int>::max()};
    all.bits = {true, false, true};
    all.path = {{1, 2}, {3, 4}};
    all.words = {"a", "\xFF not UTF-8"};
    all.ports = {0, 65535};
    all.bag = {7, 7, 8};
    all.tags = {"x", "y"};
    all.pair_of_texts = {"left", "right"};
    all.pair = {5, "five"};
    all.triple = {true, -0.0, {8, 9}};
    all.named = {{"", {}}, {"a \"key\"", {{1, 1}}}};
    all.by_point = {{{1, 2}, "here"}, {{-1, 0}, "there"}};
    all.counts = {{"one", 1}, {"two", 2}};
    all.many = {{"k", 1}, {"k", 2}};
    all.either = point{1, 2};
    all.where = {-5, 5};
    all.tree = {1, {{2, {}}, {3, {{4, {}}}}}};
    all.made_by = version("1.0");
    return all;
}

} // namespace holdfast::test
