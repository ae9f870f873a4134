// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/core/describe.hpp.
#include <holdfast/core/describe.hpp>

#include "support/catch.hpp"

#include <limits>

using holdfast::cell;
using holdfast::cell_kind;
using holdfast::describe_cell;

namespace {

std::string described(cell_kind kind, std::string_view bytes) {
    return describe_cell(cell::of_bytes(kind, bytes.data(), bytes.size()));
}

} // namespace

TEST_CASE("numbers and none are described as a person reads them") {
    CHECK(describe_cell(cell::of_integer(cell_kind::i8, -5)) == "-5");
    CHECK(describe_cell(cell::of_integer(cell_kind::i64, std::numeric_limits<std::int64_t>::min())) ==
          "-9223372036854775808");
    CHECK(describe_cell(cell::of_real(cell_kind::f64, 1.5)).substr(0, 3) == "1.5");
    CHECK(describe_cell(cell{}) == "none");
}

TEST_CASE("text is described in quotes and cut off after 64 bytes") {
    const std::string text(100, 'x');
    CHECK(described(cell_kind::text, "Bob") == "'Bob'");
    CHECK(described(cell_kind::text, "") == "''");
    CHECK(described(cell_kind::text, text.substr(0, 64)) == "'" + text.substr(0, 64) + "'");
    CHECK(described(cell_kind::text, text.substr(0, 65)) == "'" + text.substr(0, 64) + "...'");
}

TEST_CASE("blobs are described in hex and cut off after 16 bytes") {
    const std::string sixteen = "x'78787878787878787878787878787878";
    CHECK(described(cell_kind::blob, std::string_view("\x00\xff", 2)) == "x'00ff'");
    CHECK(described(cell_kind::blob, std::string(16, 'x')) == sixteen + "'");
    CHECK(described(cell_kind::blob, std::string(17, 'x')) == sixteen + "...'");
    CHECK(describe_cell(cell::of_bytes(cell_kind::blob, nullptr, 0)) == "x''");
}
