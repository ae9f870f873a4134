// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/core/op.hpp.
#include <holdfast/core/op.hpp>

#include "support/catch.hpp"

#include <array>
#include <string>

using holdfast::op_kind;

namespace {

std::string header(op_kind kind, std::uint8_t column, std::uint16_t table) {
    std::array<std::byte, holdfast::op_header_bytes + 1> room{};
    const std::byte* end = holdfast::put_op_header(room.data(), kind, column, table);
    REQUIRE(end == room.data() + holdfast::op_header_bytes);
    REQUIRE(room.back() == std::byte{0});
    return {reinterpret_cast<const char*>(room.data()), holdfast::op_header_bytes};
}

} // namespace

TEST_CASE("an op starts with kind and column and table") {
    CHECK(header(op_kind::set, 3, 0x0102) == std::string("\x01\x03\x02\x01", 4));
    CHECK(header(op_kind::lease, 255, 0xffff) == std::string("\x05\xff\xff\xff", 4));
}

TEST_CASE("the numbers of the ops never change") {
    CHECK(static_cast<int>(op_kind::set) == 1);
    CHECK(static_cast<int>(op_kind::update) == 2);
    CHECK(static_cast<int>(op_kind::insert) == 3);
    CHECK(static_cast<int>(op_kind::erase) == 4);
    CHECK(static_cast<int>(op_kind::lease) == 5);
}

TEST_CASE("the op header has room for every column and table that is allowed") {
    CHECK(holdfast::max_columns == 255);
    CHECK(holdfast::max_tables == 65'535);
    CHECK(header(op_kind::set, static_cast<std::uint8_t>(holdfast::max_columns - 1),
                 static_cast<std::uint16_t>(holdfast::max_tables - 1)) == std::string("\x01\xfe\xfe\xff", 4));
}
