// SPDX-License-Identifier: MIT
/// @file
/// Random values go there and back.
#include "json/everything.hpp"

#include <bit>
#include <cmath>
#include <random>

using namespace holdfast;
using namespace holdfast::test;

namespace {

using value = std::variant<std::monostate, bool, std::int64_t, double, std::string, std::vector<std::byte>>;

struct record {
    value held{};
    std::optional<value> maybe{};
    std::vector<record> parts{};
    std::map<std::string, record> by_name{};
    std::map<std::int16_t, std::vector<std::optional<float>>> by_number{};
};

// Not defaulted within: that would make clang ask for the record's default constructor before it is complete.
bool operator==(const record& a, const record& b) {
    return a.held == b.held && a.maybe == b.maybe && a.parts == b.parts && a.by_name == b.by_name &&
           a.by_number == b.by_number;
}

class dice {
public:
    explicit dice(std::uint32_t from) : source_(from) {}

    std::size_t below(std::size_t limit) { return source_() % limit; }
    std::string text() {
        std::string some(below(12), ' ');
        const bool any_byte = below(4) == 0;
        for (char& c : some) c = static_cast<char>(any_byte ? below(256) : below(128));
        return some;
    }
    double real() {
        const auto some = std::bit_cast<double>(source_());
        return std::isnan(some) ? 0.5 : some; // NaN is not equal to itself
    }
    value any_value() {
        switch (below(6)) {
        case 0: return std::monostate{};
        case 1: return below(2) == 0;
        case 2: return static_cast<std::int64_t>(source_() >> below(64));
        case 3: return real();
        case 4: return text();
        default: return std::vector<std::byte>(below(5), static_cast<std::byte>(below(256)));
        }
    }
    record any_record(int depth) {
        record some;
        some.held = any_value();
        if (below(2) == 0) some.maybe = any_value();
        if (depth == 0) return some;
        for (std::size_t i = below(4); i != 0; --i) some.parts.push_back(any_record(depth - 1));
        for (std::size_t i = below(3); i != 0; --i) some.by_name[text()] = any_record(depth - 1);
        for (std::size_t i = below(3); i != 0; --i) {
            auto& list = some.by_number[static_cast<std::int16_t>(below(65536))];
            list.resize(below(4));
            for (auto& one : list)
                if (const auto f = std::bit_cast<float>(static_cast<std::uint32_t>(source_())); f == f) one = f;
        }
        return some;
    }

private:
    std::mt19937_64 source_;
};

} // namespace

TEST_CASE("random nested values come back") {
    dice any(seed());
    for (int i = 0; i < 2000; ++i) {
        const record some = any.any_record(3);
        const std::string text = json_of(some);
        if (from_json<record>(text) != some) FAIL(text);
    }
}

TEST_CASE("random damage to random values gives an error or a value that is written as valid text") {
    constexpr std::string_view marks = "[]{},:\"0e-. \x01\xFF\\n";
    dice any(seed());
    for (int i = 0; i < 5000; ++i) {
        std::string text = json_of(any.any_record(2));
        for (std::size_t blows = 1 + any.below(3); blows != 0; --blows)
            text[any.below(text.size())] = marks[any.below(marks.size())];
        record read;
        if (!as_json::read(read, text)) continue;
        std::string again;
        REQUIRE(as_json::write(again, read));
        record back;
        REQUIRE(as_json::read(back, again));
    }
}
