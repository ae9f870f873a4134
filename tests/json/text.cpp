// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/json/text.hpp.
#include <holdfast/json/text.hpp>

#include "support/catch.hpp"

using namespace holdfast::as_json::detail;

namespace {

/// The UTF-8 form of a code point, by the book.
std::string encoded(std::uint32_t point) {
    const auto part = [&](unsigned shift) { return static_cast<char>(0x80 | ((point >> shift) & 0x3F)); };
    if (point < 0x80) return {static_cast<char>(point)};
    if (point < 0x800) return {static_cast<char>(0xC0 | (point >> 6)), part(0)};
    if (point < 0x10000) return {static_cast<char>(0xE0 | (point >> 12)), part(6), part(0)};
    return {static_cast<char>(0xF0 | (point >> 18)), part(12), part(6), part(0)};
}

} // namespace

TEST_CASE("every code point is UTF-8 and no surrogate is") {
    std::size_t wrong = 0;
    for (std::uint32_t point = 0; point < 0x120000; ++point) {
        const bool is_scalar = point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
        wrong += is_utf8(encoded(point)) != is_scalar;
    }
    CHECK(wrong == 0);
}

TEST_CASE("no prefix of a sequence and no overlong form is UTF-8") {
    for (const std::string text : {"\xC3", "\xE2\x82", "\xF0\x9F\x98", "\x80", "\xC0\xAF", "\xC1\xBF", "\xE0\x9F\xBF",
                                   "\xF0\x8F\xBF\xBF", "\xF5\x80\x80\x80", "\xFE", "\xFF"}) {
        CHECK(!is_utf8(text));
        CHECK(!is_utf8("eight...and more" + text));
        CHECK(!is_utf8(text + "eight...and more"));
    }
    CHECK(is_utf8(""));
}

TEST_CASE("every byte has two hexadecimal digits and nothing else is read") {
    for (int c = 0; c < 256; ++c) {
        const auto byte = static_cast<unsigned char>(c);
        const char digits[] = {hex_digits[byte >> 4], hex_digits[byte & 15]};
        unsigned char back = 0;
        CHECK(decode_hex(&back, {digits, 2}));
        CHECK(back == byte);
    }
    unsigned char two[2];
    CHECK(decode_hex(two, ""));
    for (const char* text : {"0", "0g", "g0", " 0", "000", "0x"}) CHECK(!decode_hex(two, text));
}

TEST_CASE("a shortened text is one line and still UTF-8") {
    CHECK(shortened("short") == "short");
    CHECK(shortened("two\nlines") == "two?lines");
    for (std::size_t before = 30; before < 45; ++before) {
        const std::string text = std::string(before, 'x') + "\xF0\x9F\x98\x80" + std::string(1000, 'y');
        CHECK(is_utf8(shortened(text)));
        CHECK(shortened(text).size() <= 43);
    }
}
