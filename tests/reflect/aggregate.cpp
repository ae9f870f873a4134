// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/reflect/aggregate.hpp: a C array is seen wherever it stands, and nothing else is taken for one.
#include <holdfast/reflect/aggregate.hpp>

#include "support/catch.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

using holdfast::reflectable;
using holdfast::detail::count_values;
using holdfast::detail::has_base;
using holdfast::detail::has_c_array;

namespace {

struct point {
    double x, y;
};
struct named {
    std::string name;
    std::optional<int> number;
};
struct without_default {
    explicit without_default(int) {}
};
struct from_anything {
    from_anything() = default;
    template <class Any> from_anything(Any&&) {}
};
struct empty {};

struct every_type {
    std::int64_t id = 0;
    std::string text{};
    std::optional<int> maybe{};
    std::optional<std::string> maybe_text{};
    std::vector<std::byte> bytes{};
    point place{};
    named who{};
    std::array<std::byte, 16> code{};
    std::array<std::string, 2> texts{}; // g++ 12 crashes when Boost.PFR counts it
    std::chrono::system_clock::time_point when{};
    std::chrono::seconds lasting{};
    without_default odd = without_default(4);
    std::int32_t last = 1;
};
struct move_only {
    std::unique_ptr<int> owner;
    std::atomic<int> counter;
    std::map<int, int> tree;
};
struct holds_move_only {
    move_only first, second;
    point place;
};
struct wide_types {
    std::optional<named> maybe;
    std::vector<named> list;
    std::optional<std::optional<int>> twice;
    std::array<int, 4> numbers;
};
struct anything {
    point before;
    from_anything any;
    std::variant<int, std::string> either;
    std::function<void()> call;
    point behind;
};
struct seventeen {
    int a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q;
};
struct with_empty {
    empty nothing;
    bool one : 1;
    bool two : 2;
    void* pointer;
};

struct only_array {
    char text[4096];
};
struct first_array {
    int numbers[2];
    std::string text;
};
struct middle_array {
    std::int64_t id = 0;
    char name[16]{};
    std::string text{};
};
struct last_array {
    int a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q[2];
};
struct array_of_texts {
    std::int64_t id = 0;
    std::string names[3]{};
};
struct array_of_arrays {
    int table[2][3];
};
struct behind_odd {
    std::string text{};
    without_default odd = without_default(1);
    point place{};
    char name[2]{};
};
struct one_element {
    std::string text;
    int number[1];
};

struct derived : point {
    int more = 0;
};
struct derived_from_empty : empty {
    int more = 0;
};

} // namespace

TEST_CASE("a struct takes as many values as it has fields") {
    CHECK(count_values<empty>() == 0);
    CHECK(count_values<named>() == 2);
    CHECK(count_values<every_type>() == 13);
    CHECK(count_values<holds_move_only>() == 3);
    CHECK(count_values<wide_types>() == 4);
    CHECK(count_values<seventeen>() == 17);
    CHECK(count_values<with_empty>() == 4);
    CHECK(count_values<middle_array>() == 18);
}

TEST_CASE("no field of another type is taken for a C array") {
    CHECK_FALSE(has_c_array<empty>);
    CHECK_FALSE(has_c_array<named>);
    CHECK_FALSE(has_c_array<every_type>);
    CHECK_FALSE(has_c_array<move_only>);
    CHECK_FALSE(has_c_array<holds_move_only>);
    CHECK_FALSE(has_c_array<wide_types>);
    CHECK_FALSE(has_c_array<anything>);
    CHECK_FALSE(has_c_array<seventeen>);
    CHECK_FALSE(has_c_array<with_empty>);
    CHECK_FALSE(has_c_array<std::array<int, 4>>);
    CHECK_FALSE(has_c_array<int>);
}

TEST_CASE("a C array is seen wherever it stands and whatever it holds") {
    CHECK(has_c_array<only_array>);
    CHECK(has_c_array<first_array>);
    CHECK(has_c_array<middle_array>);
    CHECK(has_c_array<last_array>);
    CHECK(has_c_array<array_of_texts>);
    CHECK(has_c_array<array_of_arrays>);
    CHECK(has_c_array<behind_odd>);
    CHECK_FALSE(has_c_array<one_element>); // it takes one value and one {}: check_row sees it by its type
}

TEST_CASE("a base class is seen, empty or not") {
    CHECK(has_base<derived>);
    CHECK(has_base<derived_from_empty>);
    CHECK_FALSE(has_base<every_type>);
    CHECK_FALSE(has_base<empty>);
}

TEST_CASE("what can be taken apart is a plain struct that can be made empty") {
    CHECK(reflectable<every_type>);
    CHECK(reflectable<holds_move_only>);
    CHECK(reflectable<std::array<int, 4>>);
    CHECK_FALSE(reflectable<middle_array>);
    CHECK_FALSE(reflectable<derived>);
    CHECK_FALSE(reflectable<without_default>);
    CHECK_FALSE(reflectable<std::string>);
    CHECK_FALSE(reflectable<int[2]>);
    CHECK_FALSE(reflectable<int>);
    struct refers {
        int& number;
    };
    union either {
        int number;
        double real;
    };
    CHECK_FALSE(reflectable<refers>);
    CHECK_FALSE(reflectable<either>);
}
