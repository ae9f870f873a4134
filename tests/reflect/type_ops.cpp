// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/reflect/type_ops.hpp.
#include <holdfast/reflect/type_ops.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <limits>
#include <memory>

using holdfast::cell;
using holdfast::cell_kind;
using holdfast::storage;
using holdfast::type_ops_of;

namespace {

template <class Field> bool same(const Field& a, const Field& b) { return type_ops_of<Field>.same(&a, &b); }

/// Everything that code without the type can do, done to two different values.
template <class Field> void check_ops(const Field& one, const Field& other) {
    const auto& ops = type_ops_of<Field>;
    CHECK(ops.size == sizeof(Field));
    CHECK(ops.align == alignof(Field));
    CHECK(ops.stored_as == holdfast::codec<Field>::stored_as);
    CHECK(ops.nullable == holdfast::codec<Field>::nullable);

    std::allocator<Field> memory;
    Field* room = memory.allocate(2);
    ops.copy_construct(room, &one);
    ops.copy_construct(room + 1, &other);
    CHECK(ops.same(room, &one));
    CHECK(ops.same(room + 1, &other));
    CHECK_FALSE(ops.same(room, room + 1));
    ops.swap(room, room + 1);
    CHECK(ops.same(room, &other));
    CHECK(ops.same(room + 1, &one));
    ops.destroy(room);
    ops.move_construct(room, room + 1);
    CHECK(ops.same(room, &one));
    ops.destroy(room + 1);

    Field target = other;
    CHECK(ops.set(&target, ops.get(&one)));
    CHECK(ops.same(&target, &one));
    ops.destroy(room);
    memory.deallocate(room, 2);
}

struct no_equality {
    std::int32_t number;
};

struct heat {
    double degrees = 0;
    bool operator==(const heat&) const = default;
};
struct angle {
    double degrees = 0;
    int turns = 0;
    bool operator==(const angle&) const = default;
};

} // namespace

template <> struct holdfast::conversion<angle> {
    static double store(const angle& value) { return value.degrees; }
    static std::optional<angle> load(double degrees) { return angle{degrees}; }
};

/// A field type of a user's own that cannot be compared.
template <> struct holdfast::codec<no_equality> {
    static constexpr storage stored_as = storage::integer;
    static constexpr bool nullable = false;
    static cell get(const no_equality& field) noexcept { return cell::of_integer(cell_kind::i32, field.number); }
    static bool set(no_equality& field, const cell& c) noexcept { return codec<std::int32_t>::set(field.number, c); }
};

TEST_CASE("fields can be handled without knowing their type") {
    enum class colour : std::uint8_t { red, green };
    const std::string long_text(100, 't');
    check_ops<bool>(false, true);
    check_ops<std::int8_t>(-1, 1);
    check_ops<std::uint64_t>(0, ~std::uint64_t{0});
    check_ops<float>(1.5f, -1.5f);
    check_ops<double>(0.0, std::numeric_limits<double>::infinity());
    check_ops<colour>(colour::red, colour::green);
    check_ops<std::string>(long_text, "b");
    check_ops<std::vector<std::byte>>({}, std::vector<std::byte>(100, std::byte{1}));
    check_ops<std::array<unsigned char, 5>>({1, 2, 3, 4, 5}, {1, 2, 3, 4, 6});
    check_ops<holdfast::uuid>({}, *holdfast::uuid::parse("123e4567-e89b-12d3-a456-426614174000"));
    check_ops<std::optional<std::int32_t>>(std::nullopt, 0);
    check_ops<std::optional<std::string>>(long_text, std::nullopt);
    check_ops<no_equality>({1}, {2});
}

TEST_CASE("NaN is the same as NaN and minus zero is not zero") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK(same(nan, nan));
    CHECK(same(nan, -nan));
    CHECK(same(std::nanf("1"), std::nanf("2")));
    CHECK_FALSE(same(nan, 0.0));
    CHECK_FALSE(same(0.0, -0.0));
    CHECK_FALSE(same(0.0f, -0.0f));
    CHECK(same(-0.0, -0.0));
}

TEST_CASE("regression: minus zero is not zero in a type of one's own with an operator==") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK_FALSE(same(heat{0.0}, heat{-0.0}));
    CHECK(same(heat{nan}, heat{nan}));
    CHECK(same(heat{1.5}, heat{1.5}));
    CHECK_FALSE(same(angle{0.0}, angle{-0.0}));
    CHECK(same(angle{nan}, angle{nan}));
    CHECK_FALSE(same(angle{1.5}, angle{2.5}));
}

TEST_CASE("text that differs behind a NUL is not the same") {
    CHECK_FALSE(same(std::string("a\0b", 3), std::string("a\0c", 3)));
    CHECK_FALSE(same(std::string("a"), std::string("a\0", 2)));
}

TEST_CASE("the inner value of an optional is what it contains and that of another field is itself") {
    const std::optional<std::string> full("text");
    const std::optional<std::string> empty;
    const std::int32_t plain = 5;
    CHECK(type_ops_of<std::optional<std::string>>.inner(&full) == &*full);
    CHECK(type_ops_of<std::optional<std::string>>.inner(&empty) == nullptr);
    CHECK(type_ops_of<std::int32_t>.inner(&plain) == &plain);
}

TEST_CASE("a value that does not fit is refused without knowing the type") {
    std::int8_t small = 1;
    CHECK_FALSE(type_ops_of<std::int8_t>.set(&small, cell::of_integer(cell_kind::i16, 128)));
    CHECK_FALSE(type_ops_of<std::int8_t>.set(&small, cell{}));
    no_equality own{1};
    CHECK_FALSE(type_ops_of<no_equality>.set(&own, cell::of_bytes(cell_kind::text, "x", 1)));
}
