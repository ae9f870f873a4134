// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/reflect/codec.hpp: text, blobs, uuids and optionals.
#include <holdfast/reflect/codec.hpp>

#include "reflect/stored_form.hpp"
#include "support/catch.hpp"

using holdfast::cell;
using holdfast::cell_kind;
using holdfast::codec;
using holdfast::storage;
using holdfast::uuid;
using holdfast::test::survives;
using holdfast::test::takes;

namespace {

using blob = std::vector<std::byte>;

cell bytes_cell(cell_kind kind, std::string_view value) { return cell::of_bytes(kind, value.data(), value.size()); }

} // namespace

TEST_CASE("text survives storing whatever bytes it has") {
    const std::string before = "something longer than a small string holds, to be replaced";
    std::string all(256, '\0');
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<char>(i);
    for (const std::string& value : {std::string(), std::string("a"), std::string("a\0b", 3), std::string(1, '\0'), all,
                                     std::string("\xff\xfe not UTF-8"), std::string(100'000, 'x')})
        CHECK(survives(value, before));
}

TEST_CASE("text is read from text and from blobs and from nothing else") {
    std::string field = "old";
    CHECK(codec<std::string>::set(field, bytes_cell(cell_kind::blob, "\xff")));
    CHECK(field == "\xff");
    CHECK(codec<std::string>::set(field, cell::of_bytes(cell_kind::text, nullptr, 0)));
    CHECK(field.empty());
    CHECK_FALSE(takes<std::string>(cell{}));
    CHECK_FALSE(takes<std::string>(cell::of_integer(cell_kind::i64, 1)));
    CHECK_FALSE(takes<std::string>(cell::of_real(cell_kind::f64, 1)));
    CHECK(codec<std::string>::stored_as == storage::text);
    CHECK_FALSE(codec<std::string>::nullable);
}

TEST_CASE("blobs survive storing and are read from blobs only") {
    const blob long_one(100'000, std::byte{0xff});
    for (const blob& value : {blob(), blob(1, std::byte{0}), long_one}) CHECK(survives(value, blob(5, std::byte{1})));
    using chars = std::vector<unsigned char>;
    CHECK(survives(chars{0, 1, 255}, chars{9}));
    blob field(3);
    CHECK(codec<blob>::set(field, cell::of_bytes(cell_kind::blob, nullptr, 0)));
    CHECK(field.empty());
    CHECK_FALSE(takes<blob>(bytes_cell(cell_kind::text, "a")));
    CHECK_FALSE(takes<blob>(cell{}));
    CHECK(codec<blob>::stored_as == storage::blob);
}

TEST_CASE("an array of bytes takes a blob of exactly its size") {
    using four = std::array<std::byte, 4>;
    using none = std::array<unsigned char, 0>;
    const four value{std::byte{1}, std::byte{0}, std::byte{255}, std::byte{7}};
    CHECK(survives(value));
    CHECK(survives(none{}));
    CHECK_FALSE(takes<four>(bytes_cell(cell_kind::blob, "abc")));
    CHECK_FALSE(takes<four>(bytes_cell(cell_kind::blob, "abcde")));
    CHECK_FALSE(takes<four>(bytes_cell(cell_kind::text, "abcd")));
    CHECK_FALSE(takes<none>(bytes_cell(cell_kind::blob, "a")));
}

TEST_CASE("a uuid is a blob of sixteen bytes in network order") {
    const uuid id = *uuid::parse("123e4567-e89b-12d3-a456-426614174000");
    const cell stored = codec<uuid>::get(id);
    CHECK(stored.kind == cell_kind::blob);
    CHECK(stored.view() == std::string_view("\x12\x3e\x45\x67\xe8\x9b\x12\xd3\xa4\x56\x42\x66\x14\x17\x40\x00", 16));
    CHECK(survives(id));
    CHECK(survives(uuid{}, id));
    CHECK_FALSE(takes<uuid>(bytes_cell(cell_kind::blob, "123e4567e89b12d")));
    CHECK_FALSE(takes<uuid>(bytes_cell(cell_kind::text, "123e4567e89b12d3")));
}

TEST_CASE("an empty optional is null and a full one is its value") {
    using number = std::optional<std::int32_t>;
    using text = std::optional<std::string>;
    CHECK(codec<number>::get(std::nullopt).kind == cell_kind::null);
    CHECK(codec<number>::get(0).integer == 0);
    CHECK(survives(number(), number(5)));
    CHECK(survives(number(0), number()));
    CHECK(survives(number(-7), number(5)));
    CHECK(survives(text(""), text()));
    CHECK(survives(text(), text("old")));
    CHECK(survives(text(std::string(100, 'x')), text("old")));
    const std::optional<uuid> none;
    const std::optional<uuid> nil = uuid{};
    CHECK(survives(none, nil));
    CHECK(survives(nil, none));
    const std::optional<blob> empty_blob = blob{};
    CHECK(survives(empty_blob, std::optional<blob>()));
}

TEST_CASE("an optional is nullable and refuses what its value refuses") {
    CHECK(codec<std::optional<std::int32_t>>::nullable);
    CHECK(codec<std::optional<std::string>>::stored_as == storage::text);
    CHECK_FALSE(takes<std::optional<std::int8_t>>(cell::of_integer(cell_kind::i16, 128)));
    CHECK_FALSE(takes<std::optional<bool>>(cell::of_integer(cell_kind::i8, 2)));
    CHECK_FALSE(takes<std::optional<std::string>>(cell::of_integer(cell_kind::i8, 2)));
}

TEST_CASE("an optional enum is null or its number") {
    enum class colour : std::uint8_t { red, green };
    using field = std::optional<colour>;
    CHECK(survives(field(colour::green), field()));
    CHECK(survives(field(), field(colour::red)));
}
