// SPDX-License-Identifier: MIT
/// @file
/// Tests of types that have a codec of their own.
#include "json/everything.hpp"

#include <cmath>

namespace {

class money {
public:
    std::int64_t cents = 0;
    money() = default;
    explicit money(std::int64_t of) : cents(of) {}
};
class ratio {
public:
    double value = std::nan("");
    ratio() = default;
    explicit ratio(double of) : value(of) {}
};
class digest {
public:
    std::string bytes;
    digest() = default;
    explicit digest(std::string of) : bytes(std::move(of)) {}
};

} // namespace

template <> struct holdfast::codec<money> {
    static constexpr storage stored_as = storage::integer;
    static constexpr bool nullable = false;
    static cell get(const money& field) noexcept { return cell::of_integer(cell_kind::i64, field.cents); }
    static bool set(money& field, const cell& c) {
        field.cents = c.integer;
        return c.is_integer() && c.integer >= 0;
    }
};
template <> struct holdfast::codec<ratio> {
    static constexpr storage stored_as = storage::real;
    static constexpr bool nullable = true;
    static cell get(const ratio& field) noexcept {
        return std::isnan(field.value) ? cell{} : cell::of_real(cell_kind::f64, field.value);
    }
    static bool set(ratio& field, const cell& c) {
        field.value = c.kind == cell_kind::null ? std::nan("") : c.real;
        return true;
    }
};
template <> struct holdfast::codec<digest> {
    static constexpr storage stored_as = storage::blob;
    static constexpr bool nullable = false;
    static cell get(const digest& field) noexcept {
        return cell::of_bytes(cell_kind::blob, field.bytes.data(), field.bytes.size());
    }
    static bool set(digest& field, const cell& c) {
        field.bytes = c.view();
        return c.kind == holdfast::cell_kind::blob;
    }
};

using namespace holdfast;
using namespace holdfast::test;

static_assert(as_json::readable<std::optional<money>>);
static_assert(!as_json::writable<std::optional<ratio>>, "null would say two things");

TEST_CASE("a type with a codec of its own is what its cell holds") {
    CHECK(json_of(money(250)) == "250");
    CHECK(json_of(version("2.1")) == "\"2.1\"");
    CHECK(json_of(version("\xFF")) == R"({"hex":"ff"})");
    CHECK(json_of(digest("\x01\xFE")) == "\"01fe\"");
    CHECK(json_of(ratio(0.5)) == "0.5");
    CHECK(json_of(ratio()) == "null");
    CHECK(from_json<money>("250").cents == 250);
    CHECK(from_json<version>(R"({"hex":"ff"})").text() == "\xFF");
    CHECK(from_json<digest>("\"01fe\"").bytes == "\x01\xFE");
    CHECK(from_json<ratio>("0.5").value == 0.5);
    CHECK(std::isnan(from_json<ratio>("null").value));
    CHECK(std::isinf(from_json<ratio>("\"Infinity\"").value));
}

TEST_CASE("what a codec refuses is refused with its place") {
    CHECK(refusal<std::vector<money>>("[1,-1]") == "[1]: -1 does not fit its type");
    CHECK(refusal<std::vector<money>>("[1,null]") == "[1]: null is not a number");
    CHECK(refusal<std::vector<money>>("[18446744073709551615]").starts_with("[0]: 18446744073709551615 is out of"));
    CHECK(refusal<version>("\"\"") == "'' does not fit its type");
    CHECK(refusal<digest>("\"0g\"") == "'0g' is not a string of hexadecimal digits");
}
