// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/reflect/name.hpp.
#include <holdfast/reflect/name.hpp>

#include "support/catch.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

using holdfast::field_count;
using holdfast::field_index;
using holdfast::field_name;
using holdfast::field_type;

namespace named_test {

enum class colour : std::uint8_t { red };

struct inner {
    int x = 0;
};

struct not_ascii {
    int größe = 0;
    int höhe = 0;
};

struct many_types {
    bool flag = false;
    char letter = 0;
    std::uint64_t big = 0;
    float f = 0;
    double d2 = 0;
    colour tint = colour::red;
    std::string text{};
    std::optional<std::string> maybe_text{};
    std::vector<std::byte> bytes{};
    std::map<std::string, std::vector<int>> tree{};
    inner nested{};
    int _leading = 0;
    int trailing_ = 0;
    int with__two = 0;
    int CamelCase = 0;
    int x1y2z3 = 0;
    int I = 0;
    int value = 0;
    int pointer = 0;
};

struct only {
    int alone = 0;
};

template <class Held> struct box {
    Held inside{};
    Held outside{};
};

struct moved_only {
    int number = 0;
    std::vector<int> list{};
    moved_only* next = nullptr;
};

} // namespace named_test

namespace {

struct hidden {
    int first = 0;
    std::string second{};
};

template <class T> std::vector<std::string> names() {
    return []<std::size_t... I>(std::index_sequence<I...>) {
        return std::vector<std::string>{std::string(field_name<T, I>())...};
    }(std::make_index_sequence<field_count<T>>{});
}

/// The names as our extractor finds them, whichever the library uses.
template <class T> std::vector<std::string> extracted() {
    return []<std::size_t... I>(std::index_sequence<I...>) {
        return std::vector<std::string>{std::string(holdfast::detail::extracted_field_name<T, I>())...};
    }(std::make_index_sequence<field_count<T>>{});
}

template <class T> void check_names(const std::vector<std::string>& expected) {
    CHECK(extracted<T>() == expected);
    CHECK(names<T>() == expected);
}

} // namespace

TEST_CASE("fields of every type have the names that stand in the source") {
    check_names<named_test::many_types>({"flag", "letter", "big", "f", "d2", "tint", "text", "maybe_text", "bytes",
                                         "tree", "nested", "_leading", "trailing_", "with__two", "CamelCase", "x1y2z3",
                                         "I", "value", "pointer"});
}

TEST_CASE("fields have names that are not ASCII") { check_names<named_test::not_ascii>({"größe", "höhe"}); }

TEST_CASE("a struct of one field has that field") { check_names<named_test::only>({"alone"}); }

TEST_CASE("structs that refer to their own type have names") {
    check_names<named_test::moved_only>({"number", "list", "next"});
}

TEST_CASE("structs made from templates have names") {
    check_names<named_test::box<int>>({"inside", "outside"});
    check_names<named_test::box<std::vector<named_test::inner>>>({"inside", "outside"});
}

TEST_CASE("structs in anonymous namespaces have names") { check_names<hidden>({"first", "second"}); }

TEST_CASE("structs inside functions have names") {
    struct local {
        int here = 0;
        std::string there{};
    };
    check_names<local>({"here", "there"});
    const auto in_lambda = [] {
        struct deeper {
            int inside_lambda = 0;
        };
        check_names<deeper>({"inside_lambda"});
    };
    in_lambda();
}

TEST_CASE("our names are those of Boost PFR where it has any") {
#if BOOST_VERSION >= 108500 && BOOST_PFR_CORE_NAME_ENABLED
    const auto check = []<class T>(T) {
        std::vector<std::string> theirs;
        for (const std::string_view name : boost::pfr::names_as_array<T>()) theirs.emplace_back(name);
        CHECK(extracted<T>() == theirs);
        CHECK(names<T>() == theirs);
    };
    check(named_test::many_types{});
    check(named_test::only{});
    check(named_test::box<std::string>{});
    check(hidden{});
#else
    SUCCEED("this Boost has no field names, or (1.84) none for local types: nothing to compare with");
    CHECK(names<hidden>() == extracted<hidden>());
#endif
}

TEST_CASE("a member pointer finds its field") {
    using row = named_test::many_types;
    CHECK(field_count<row> == 19);
    CHECK(field_index<row, &row::flag>() == 0);
    CHECK(field_index<row, &row::text>() == 6);
    CHECK(field_index<row, &row::nested>() == 10);
    CHECK(field_index<row, &row::pointer>() == 18);
    CHECK(field_index<named_test::only, &named_test::only::alone>() == 0);
    CHECK(field_index<hidden, &hidden::second>() == 1);
}

TEST_CASE("a field has its type") {
    using row = named_test::many_types;
    CHECK(std::is_same_v<field_type<row, 0>, bool>);
    CHECK(std::is_same_v<field_type<row, 7>, std::optional<std::string>>);
    CHECK(std::is_same_v<field_type<row, 10>, named_test::inner>);
}

TEST_CASE("the last identifier of a sentence is found") {
    using holdfast::detail::last_identifier;
    static_assert(last_identifier("f() [with T = a::b; Held = {(& sample.value.a::name_1)}]") == "name_1");
    static_assert(last_identifier("name") == "name");
    static_assert(last_identifier("_M_elems[1]") == "1");
    static_assert(last_identifier("sample.value.a::größe_$)") == "größe_$");
    static_assert(last_identifier("[]").empty());
    static_assert(last_identifier("").empty());
    SUCCEED();
}
