// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/queue/frame.hpp: the layout of stored frames, and that no damaged one is read.
#include <holdfast/queue/frame.hpp>

#include "support/catch.hpp"
#include "support/op_writer.hpp"
#include "support/words.hpp"

#include <cstddef>
#include <memory>
#include <string>

using holdfast::bytes_view;
using holdfast::errc;
using holdfast::frame_header;
using holdfast::read_frame;
using holdfast::section_header;
using holdfast::test::log_editor;
using holdfast::test::mentions;
using holdfast::test::number;
using holdfast::test::op_writer;
using holdfast::test::text;

namespace {

/// CRC-32C bit by bit, as RFC 3720 has it.
std::uint32_t slow_crc32c(std::string_view input, std::uint32_t seed) {
    std::uint32_t crc = ~seed;
    for (const char byte : input) {
        crc ^= static_cast<unsigned char>(byte);
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78u : 0u);
    }
    return ~crc;
}

/// `size` bytes of a number, low ones first.
std::string little(std::uint64_t value, unsigned size) {
    std::string made;
    for (unsigned i = 0; i < size; ++i, value >>= 8) made.push_back(static_cast<char>(value));
    return made;
}

constexpr std::uint32_t epoch = 0x12345678;

/// A frame put together from docs/format.md, field by field.
std::string golden_frame() {
    const std::string ops("\x01\x02\x03\0\x04\x2a\0\0\0\0\0\0\0\x07\x03"
                          "Bob",
                          18); // set table 3, row 42, column 2
    const std::string payload = little(ops.size(), 4) + little(0, 2) + little(0, 2) + ops;
    const std::string behind_crc = little(payload.size(), 8) + little(17, 8) + little(1'700'000'000'000'123, 8) +
                                   little(16, 8) + little(0xaabbccdd, 4) + little(0, 4) + little(1, 4) + little(0, 12);
    return "HFfr" + little(slow_crc32c(behind_crc + payload, epoch), 4) + behind_crc + payload;
}

/// The bytes in a heap block of exactly their size, so that the address sanitizer sees one byte too many.
struct exact_copy {
    explicit exact_copy(std::string_view from) : size(from.size()), data(std::make_unique<std::byte[]>(size)) {
        if (size != 0) std::memcpy(data.get(), from.data(), size);
    }
    [[nodiscard]] bytes_view view() const { return {data.get(), size}; }
    std::size_t size;
    std::unique_ptr<std::byte[]> data;
};

std::string as_string(bytes_view bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

} // namespace

TEST_CASE("the layout of a stored frame never changes") {
    CHECK(holdfast::format_number == 1);
    CHECK(sizeof(frame_header) == 64);
    CHECK(offsetof(frame_header, magic) == 0);
    CHECK(offsetof(frame_header, crc) == 4);
    CHECK(offsetof(frame_header, payload_bytes) == 8);
    CHECK(offsetof(frame_header, number) == 16);
    CHECK(offsetof(frame_header, wall_us) == 24);
    CHECK(offsetof(frame_header, synced_through) == 32);
    CHECK(offsetof(frame_header, previous_crc) == 40);
    CHECK(offsetof(frame_header, ops) == 44);
    CHECK(offsetof(frame_header, sections) == 48);
    CHECK(offsetof(frame_header, of_ring) == 52);
    CHECK(sizeof(section_header) == 8);
    CHECK(offsetof(section_header, bytes) == 0);
    CHECK(offsetof(section_header, reserved) == 4);
}

TEST_CASE("a frame put together by hand is read") {
    const exact_copy stored(golden_frame());
    const auto frame = read_frame(stored.view(), epoch);
    REQUIRE(frame);
    CHECK(frame->header.payload_bytes == 26);
    CHECK(frame->header.number == 17);
    CHECK(frame->header.wall_us == 1'700'000'000'000'123);
    CHECK(frame->header.synced_through == 16);
    CHECK(frame->header.previous_crc == 0xaabbccdd);
    CHECK(frame->header.sections == 1);
    CHECK(frame->stored_bytes == stored.size);
    CHECK(frame->payload.data() == stored.data.get() + 64);
    CHECK(frame->payload.size() == 26);
}

TEST_CASE("a frame is written byte by byte as it is put together by hand") {
    log_editor editor(epoch, 16);
    editor.append(op_writer().set(3, {number(42)}, 2, text("Bob")));
    const auto frames = editor.frames(16);
    REQUIRE(frames.size() == 1);
    std::string golden = golden_frame();
    golden.replace(24, 8, little(17'000, 8)); // this editor's time
    golden.replace(40, 4, little(0, 4));      // the first of its log
    golden.replace(4, 4, little(slow_crc32c(golden.substr(8), epoch), 4));
    CHECK(as_string(frames[0]) == golden);
}

TEST_CASE("bytes behind a frame are left alone") {
    const std::string golden = golden_frame();
    for (const std::string& behind : {std::string(1, '\0'), std::string("HFfr"), golden}) {
        const exact_copy stored(golden + behind);
        const auto frame = read_frame(stored.view(), epoch);
        REQUIRE(frame);
        CHECK(frame->stored_bytes == golden.size());
    }
}

TEST_CASE("every prefix of a frame is refused") {
    const std::string golden = golden_frame();
    for (std::size_t size = 0; size < golden.size(); ++size) {
        const exact_copy stored(std::string_view(golden).substr(0, size));
        const auto frame = read_frame(stored.view(), epoch);
        REQUIRE_FALSE(frame);
        REQUIRE(frame.why().code == errc::corrupt);
    }
}

TEST_CASE("a frame with any bit flipped is refused") {
    const std::string golden = golden_frame();
    for (std::size_t bit = 0; bit < golden.size() * 8; ++bit) {
        std::string damaged = golden;
        damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
        // Behind it lies enough for a payload that now says it is longer.
        const exact_copy stored(damaged + std::string(512, '\0'));
        CAPTURE(bit);
        const auto frame = read_frame(stored.view(), epoch);
        REQUIRE_FALSE(frame);
        REQUIRE(frame.why().code == errc::corrupt);
    }
}

TEST_CASE("a frame of another log is refused") {
    const exact_copy stored(golden_frame());
    CHECK_FALSE(read_frame(stored.view(), epoch + 1));
    CHECK_FALSE(read_frame(stored.view(), 0));
}

TEST_CASE("a payload that says it is longer than all bytes is refused before it is touched") {
    for (const std::uint64_t bytes :
         {std::uint64_t{27}, std::uint64_t{1} << 32, (std::uint64_t{1} << 36) + 1, ~std::uint64_t{0}}) {
        std::string damaged = golden_frame();
        damaged.replace(8, 8, little(bytes, 8));
        damaged.replace(4, 4, little(slow_crc32c(damaged.substr(8), epoch), 4));
        const exact_copy stored(damaged);
        const auto frame = read_frame(stored.view(), epoch);
        REQUIRE_FALSE(frame);
        CHECK(mentions(frame.why().detail, "frame 17 says it has " + std::to_string(bytes)));
    }
}

TEST_CASE("what is wrong with a frame is said") {
    std::string damaged = golden_frame();
    CHECK(mentions(read_frame(exact_copy("HFfr").view(), epoch).why().detail, "needs 64 bytes, 4 are left"));
    damaged.back() = '?';
    CHECK(mentions(read_frame(exact_copy(damaged).view(), epoch).why().detail, "frame 17: its checksum"));
    damaged.front() = '?';
    CHECK(mentions(read_frame(exact_copy(damaged).view(), epoch).why().detail, "magic"));
}
