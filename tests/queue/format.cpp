// SPDX-License-Identifier: MIT
/// @file
/// Holds docs/format.md to the code: the worked example there is, byte by byte, what is written.
#include <holdfast/core/op.hpp>
#include <holdfast/queue/log.hpp>

#include "support/catch.hpp"

#include <fstream>
#include <iterator>
#include <string>

using namespace holdfast;

namespace {

/// Sixteen bytes a line, as in the page.
std::string dump(const std::vector<std::byte>& all) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (std::size_t at = 0; at < all.size(); at += 16) {
        std::string line = "    ";
        for (int shift = 12; shift >= 0; shift -= 4) line += digits[at >> shift & 15];
        line += " ";
        for (std::size_t i = at; i < std::min(at + 16, all.size()); ++i) {
            const auto byte = std::to_integer<unsigned>(all[i]);
            line += {' ', digits[byte >> 4], digits[byte & 15]};
        }
        text += line + "\n";
    }
    return text;
}

template <class Number> void put(std::vector<std::byte>& to, Number value) {
    const auto* begin = reinterpret_cast<const std::byte*>(&value);
    to.insert(to.end(), begin, begin + sizeof(value));
}

/// The example: the log of a world with one table, and in it one tick that sets a level to 42.
std::vector<std::byte> example() {
    segment_header start;
    start.database = *uuid::parse("00112233-4455-6677-8899-aabbccddeeff");
    start.boot = *uuid::parse("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0");
    start.number = 1;
    start.first_frame = 8;
    start.previous_crc = 0x01020304;
    start.epoch = 0x5eed;
    std::vector<std::byte> all =
        encode_segment(start, {{{"heroes", {"id", "name", "gold", "level"}, {0}, {1, 1, 0, 0}}}});

    std::vector<std::byte> section;
    put(section, section_header{18, 0});
    for (const unsigned byte : {0x01u, 0x03u, 0x00u, 0x00u}) section.push_back(static_cast<std::byte>(byte));
    section.push_back(std::byte{0x04});
    put(section, std::int64_t{7});
    section.push_back(std::byte{0x03});
    put(section, std::int32_t{42});

    const bytes_view view(section);
    sealed_frame frame;
    frame.header.number = 8;
    frame.header.wall_us = 1'700'000'000'000'000;
    frame.header.sections = 1;
    frame.header.payload_bytes = section.size();
    frame.sections = {&view, 1};
    frame_log log(start.epoch, 7, nullptr, start.previous_crc);
    log.append(frame);
    REQUIRE(log.sync());
    for (const bytes_view stored : log.read(7, ~std::size_t{0})) all.insert(all.end(), stored.begin(), stored.end());
    return all;
}

} // namespace

TEST_CASE("the worked example of docs/format.md is what is written") {
    std::ifstream page(std::string(HOLDFAST_TEST_SOURCE_DIR) + "/../docs/format.md");
    const std::string text{std::istreambuf_iterator<char>(page), {}};
    const std::string expected = dump(example());
    INFO(expected);
    CHECK(text.find("\n" + expected) != std::string::npos);
}

TEST_CASE("a segment of a later format is read when it says that this one's readers understand it") {
    const log_schema schema{{{"heroes", {"id"}, {0}, {1}}}};
    const auto read = [&](std::uint32_t format, std::uint32_t reader) {
        segment_header start;
        start.format = format;
        start.reader = reader;
        return read_segment(encode_segment(start, schema));
    };
    CHECK(read(format_number, 1));
    CHECK(read(format_number + 1, format_number));
    for (const auto& [format, reader] : {std::pair(format_number + 1, format_number + 1), std::pair(0U, 0U)}) {
        const auto refused = read(format, reader);
        REQUIRE_FALSE(refused);
        CHECK(refused.why().code == errc::too_new);
    }
}
