// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/core/cell.hpp.
#include <holdfast/core/cell.hpp>

#include "support/catch.hpp"

#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace bytes = holdfast::bytes;
using holdfast::bytes_view;
using holdfast::cell;
using holdfast::cell_kind;
using holdfast::max_stored_bytes;
using holdfast::same;
using holdfast::take_cell;

namespace {

std::string stored(const cell& c) {
    std::string room(max_stored_bytes(c), '?');
    auto* start = reinterpret_cast<std::byte*>(room.data());
    const auto size = static_cast<std::size_t>(holdfast::put_cell(start, c) - start);
    REQUIRE(size <= room.size());
    return room.substr(0, size);
}

cell text(std::string_view value) { return cell::of_bytes(cell_kind::text, value.data(), value.size()); }
cell blob(std::string_view value) { return cell::of_bytes(cell_kind::blob, value.data(), value.size()); }

/// The text in a heap block of exactly its size, so that the address sanitizer sees one byte too many.
struct exact_copy {
    explicit exact_copy(std::string_view from) : size(from.size()), data(std::make_unique<std::byte[]>(size)) {
        if (size != 0) std::memcpy(data.get(), from.data(), size);
    }
    [[nodiscard]] bytes_view view() const { return {data.get(), size}; }
    std::size_t size;
    std::unique_ptr<std::byte[]> data;
};

std::vector<cell> cells_of_every_kind() {
    using limits = std::numeric_limits<double>;
    static const std::string long_text(300, 't');
    std::vector<cell> cells{cell{},
                            text(""),
                            text("a"),
                            text(std::string_view("a\0b", 3)),
                            text(long_text),
                            blob(""),
                            blob(std::string_view("\xff\0\x80", 3)),
                            blob(long_text)};
    const auto integers = [&]<class Integer>(cell_kind width, Integer) {
        for (const std::int64_t value :
             {std::int64_t{std::numeric_limits<Integer>::min()}, std::int64_t{-1}, std::int64_t{0}, std::int64_t{1},
              std::int64_t{std::numeric_limits<Integer>::max()}})
            cells.push_back(cell::of_integer(width, value));
    };
    integers(cell_kind::i8, std::int8_t{});
    integers(cell_kind::i16, std::int16_t{});
    integers(cell_kind::i32, std::int32_t{});
    integers(cell_kind::i64, std::int64_t{});
    for (const double value : {0.0, -0.0, 1.5, limits::infinity(), -limits::infinity()}) {
        cells.push_back(cell::of_real(cell_kind::f32, value));
        cells.push_back(cell::of_real(cell_kind::f64, value));
    }
    for (const float value : {std::numeric_limits<float>::max(), std::numeric_limits<float>::lowest(),
                              std::numeric_limits<float>::denorm_min()})
        cells.push_back(cell::of_real(cell_kind::f32, static_cast<double>(value)));
    for (const double value : {limits::max(), limits::lowest(), limits::denorm_min(), limits::min()})
        cells.push_back(cell::of_real(cell_kind::f64, value));
    return cells;
}

} // namespace

TEST_CASE("the stored form of each kind of cell never changes") {
    CHECK(stored(cell{}) == std::string("\0", 1));
    CHECK(stored(cell::of_integer(cell_kind::i8, -2)) == std::string("\x01\xfe", 2));
    CHECK(stored(cell::of_integer(cell_kind::i16, 0x0102)) == std::string("\x02\x02\x01", 3));
    CHECK(stored(cell::of_integer(cell_kind::i32, -2)) == std::string("\x03\xfe\xff\xff\xff", 5));
    CHECK(stored(cell::of_integer(cell_kind::i64, 0x0102030405060708)) ==
          std::string("\x04\x08\x07\x06\x05\x04\x03\x02\x01", 9));
    CHECK(stored(cell::of_real(cell_kind::f32, 1.5)) == std::string("\x05\0\0\xc0\x3f", 5));
    CHECK(stored(cell::of_real(cell_kind::f64, -2.0)) == std::string("\x06\0\0\0\0\0\0\0\xc0", 9));
    CHECK(stored(text("Bob")) == std::string("\x07\x03"
                                             "Bob"));
    CHECK(stored(blob(std::string_view("\0\x01", 2))) == std::string("\x08\x02\0\x01", 4));
    CHECK(stored(text(std::string(300, 'x'))).substr(0, 4) == std::string("\x07\xac\x02x"));
}

TEST_CASE("every kind of cell survives storing and no prefix of it reads as a cell") {
    for (const cell& c : cells_of_every_kind()) {
        const std::string written = stored(c);
        CAPTURE(static_cast<int>(c.kind), written);
        for (std::size_t cut = 0; cut < written.size(); ++cut) {
            const exact_copy prefix(std::string_view(written).substr(0, cut));
            bytes::reader from(prefix.view());
            REQUIRE_FALSE(take_cell(from));
        }
        const exact_copy whole(written);
        bytes::reader from(whole.view());
        const auto read = take_cell(from);
        REQUIRE(read);
        CHECK(from.left() == 0);
        CHECK(read->kind == c.kind);
        CHECK(same(*read, c));
    }
}

TEST_CASE("a cell leaves alone the bytes behind it") {
    for (const cell& c : cells_of_every_kind()) {
        const exact_copy two(stored(c) + stored(text("next")));
        bytes::reader from(two.view());
        REQUIRE(take_cell(from));
        const auto next = take_cell(from);
        REQUIRE(next);
        CHECK(next->view() == "next");
    }
}

TEST_CASE("a kind of cell that does not exist is refused") {
    for (int kind = 9; kind < 256; ++kind) {
        std::string input(64, '\0');
        input[0] = static_cast<char>(kind);
        const exact_copy copy(input);
        bytes::reader from(copy.view());
        REQUIRE_FALSE(take_cell(from));
    }
}

TEST_CASE("a length beyond the end of the bytes is refused") {
    for (const std::uint64_t length :
         {std::uint64_t{4}, std::uint64_t{1} << 31, std::uint64_t{1} << 63, std::numeric_limits<std::uint64_t>::max()})
        for (const char kind : {'\x07', '\x08'}) {
            std::string input(1 + bytes::max_varint_bytes, kind);
            auto* start = reinterpret_cast<std::byte*>(input.data());
            input.resize(static_cast<std::size_t>(bytes::put_varint(start + 1, length) - start));
            const exact_copy copy(input + "abc");
            bytes::reader from(copy.view());
            CHECK_FALSE(take_cell(from));
        }
}

TEST_CASE("a cell with one flipped bit is read within its bytes or refused") {
    for (const cell& c : cells_of_every_kind()) {
        const std::string written = stored(c);
        for (std::size_t bit = 0; bit < written.size() * 8; ++bit) {
            std::string damaged = written;
            damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
            const exact_copy copy(damaged);
            bytes::reader from(copy.view());
            const auto read = take_cell(from);
            if (read && read->is_bytes() && read->bytes.size != 0) {
                const auto* end = reinterpret_cast<const char*>(copy.view().data()) + copy.size;
                REQUIRE(read->bytes.size <= static_cast<std::size_t>(end - read->bytes.data));
            }
        }
    }
}

TEST_CASE("text and blobs of a cell that was read point into the bytes it was read from") {
    const exact_copy copy(stored(text("Bob")));
    bytes::reader from(copy.view());
    const auto read = take_cell(from);
    REQUIRE(read);
    CHECK(static_cast<const void*>(read->bytes.data) == copy.view().data() + 2);
}

TEST_CASE("cells are the same when value and kind of value are") {
    CHECK(same(cell{}, cell{}));
    CHECK(same(cell::of_integer(cell_kind::i8, 5), cell::of_integer(cell_kind::i64, 5)));
    CHECK(same(cell::of_real(cell_kind::f32, 1.5), cell::of_real(cell_kind::f64, 1.5)));
    CHECK(same(text("a"), text("a")));
    CHECK_FALSE(same(cell::of_integer(cell_kind::i8, 5), cell::of_integer(cell_kind::i8, 6)));
    CHECK_FALSE(same(cell::of_real(cell_kind::f64, 0.0), cell::of_real(cell_kind::f64, -0.0)));
    CHECK_FALSE(same(text("a"), text("b")));
    CHECK_FALSE(same(text("a"), text(std::string_view("a\0", 2))));
    CHECK_FALSE(same(text("a"), blob("a")));
    CHECK_FALSE(same(cell{}, text("")));
    CHECK_FALSE(same(cell{}, cell::of_integer(cell_kind::i64, 0)));
    CHECK_FALSE(same(cell::of_integer(cell_kind::i64, 1), cell::of_real(cell_kind::f64, 1.0)));
}

TEST_CASE("a cell knows which kind of value it holds") {
    for (int kind = 0; kind <= 8; ++kind) {
        cell c;
        c.kind = static_cast<cell_kind>(kind);
        CAPTURE(kind);
        CHECK(c.is_integer() == (kind >= 1 && kind <= 4));
        CHECK(c.is_real() == (kind == 5 || kind == 6));
        CHECK(c.is_bytes() == (kind == 7 || kind == 8));
    }
}
