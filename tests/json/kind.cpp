// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/json/kind.hpp: which types have a form.
#include "json/everything.hpp"

#include <forward_list>
#include <memory>
#include <span>

using namespace holdfast::test;
namespace as_json = holdfast::as_json;

namespace {

struct base {};
struct derived : base {
    int x = 0;
};
struct with_array {
    int numbers[3]{};
};
struct with_pointer {
    std::vector<std::map<std::string, std::optional<int*>>> deep{};
};
struct with_const {
    const int fixed = 1;
};
struct with_view {
    std::string_view text{};
};
struct left;
struct right {
    std::vector<left> lefts; // no {}: left is not complete here
};
struct left {
    std::map<int, right> rights{};
};

template <class T> constexpr bool both = as_json::writable<T> && as_json::readable<T>;
template <class T> constexpr bool only_written = as_json::writable<T> && !as_json::readable<T>;
template <class T> constexpr bool neither = !as_json::writable<T> && !as_json::readable<T>;

static_assert(both<everything> && both<node> && both<left> && both<right>);
static_assert(both<bool> && both<char> && both<std::byte> && both<holdfast::uuid> && both<std::monostate>);
static_assert(both<std::vector<std::optional<int>>> && both<std::optional<std::vector<int>>>);
static_assert(both<std::optional<std::variant<std::monostate, int>>>, "null stands inside brackets there");
static_assert(both<std::deque<unsigned char>> && both<std::vector<unsigned char>>);
static_assert(only_written<std::string_view> && only_written<with_view> && only_written<with_const>);
static_assert(only_written<std::span<const std::byte>>);
static_assert(neither<int*> && neither<std::unique_ptr<int>> && neither<with_pointer>);
static_assert(neither<derived> && neither<with_array> && neither<int[3]>);
static_assert(neither<long double> && neither<std::wstring> && neither<std::forward_list<int>>);
static_assert(neither<std::optional<std::optional<int>>> && neither<std::optional<std::monostate>>);
static_assert(neither<std::span<int>> && neither<std::shared_ptr<node>>);

} // namespace

TEST_CASE("types that hold each other come and go") {
    const auto back = from_json<left>(json_of(left{{{1, {{left{}, left{}}}}}}));
    CHECK(back.rights.at(1).lefts.size() == 2);
}

TEST_CASE("a span of bytes is written as they are") {
    const std::array<std::byte, 2> bytes{std::byte{1}, std::byte{2}};
    CHECK(json_of(std::span<const std::byte>(bytes)) == "\"0102\"");
}
