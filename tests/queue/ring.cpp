// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/queue/ring.hpp: what goes in comes out, in order, whatever its size.
#include <holdfast/queue/ring.hpp>

#include "support/catch.hpp"
#include "support/ring_editor.hpp"

using holdfast::frame_header;
using holdfast::section_header;
using holdfast::test::op_seen;
using holdfast::test::ring_editor;

namespace {

constexpr std::size_t kib = 1'024;
constexpr std::size_t chunk_bytes = 256 * kib; ///< Of a ring; a frame that is longer has several sections.

} // namespace

TEST_CASE("a frame of one op comes out as it went in") {
    ring_editor ring(1 << 20, 41);
    const op_seen op = ring.append(20);
    CHECK(ring.queue.sealed() == 40);
    CHECK(ring.seal(1'234) == 41);
    CHECK(ring.queue.sealed() == 41);

    const auto frame = ring.take();
    REQUIRE(frame);
    CHECK(frame->mistake.empty());
    CHECK(frame->ops == std::vector{op});
    CHECK(frame->header.number == 41);
    CHECK(frame->header.wall_us == 1'234);
    CHECK(frame->header.sections == 1);
    CHECK(frame->header.payload_bytes == sizeof(section_header) + 20);
    CHECK(frame->header.magic == frame_header{}.magic);
    CHECK_FALSE(ring.take());
}

TEST_CASE("an open frame is not taken") {
    ring_editor ring;
    CHECK_FALSE(ring.take());
    (void)ring.append(20);
    CHECK_FALSE(ring.take());
    (void)ring.seal();
    (void)ring.append(20);
    CHECK(ring.take());
    CHECK_FALSE(ring.take());
}

TEST_CASE("frames are numbered one by one and come out in order") {
    ring_editor ring(1 << 20, 7);
    std::vector<op_seen> ops;
    for (std::uint64_t number = 7; number < 107; ++number) {
        ops.push_back(ring.append(8 + number));
        REQUIRE(ring.seal() == number);
    }
    for (std::uint64_t number = 7; number < 107; ++number) {
        const auto frame = ring.take();
        REQUIRE(frame);
        CHECK(frame->mistake.empty());
        CHECK(frame->header.number == number);
        CHECK(frame->ops == std::vector{ops[number - 7]});
    }
    CHECK_FALSE(ring.take());
}

TEST_CASE("a frame longer than a chunk goes on in further sections, no op split") {
    ring_editor ring(4 << 20);
    std::vector<op_seen> ops;
    for (std::size_t bytes = 0; bytes < 5 * chunk_bytes; bytes += 1'000) ops.push_back(ring.append(1'000));
    (void)ring.seal();
    const auto frame = ring.take();
    REQUIRE(frame);
    CHECK(frame->mistake.empty());
    CHECK(frame->ops == ops);
    CHECK(frame->header.sections == 6);
    CHECK(ring.queue.heap_bytes() == 0);
}

TEST_CASE("an op larger than a chunk stands whole in a section of its own") {
    ring_editor ring(1 << 20);
    std::vector<op_seen> ops{ring.append(30)};
    const std::size_t large =
        GENERATE(chunk_bytes - 72, chunk_bytes - 71, chunk_bytes, chunk_bytes + 1, 10 * chunk_bytes);
    ops.push_back(ring.append(large));
    ops.push_back(ring.append(40));
    (void)ring.seal();
    const op_seen after = ring.append(50);
    (void)ring.seal();

    const auto frame = ring.take();
    REQUIRE(frame);
    CAPTURE(large);
    CHECK(frame->mistake.empty());
    CHECK(frame->ops == ops);
    const auto next = ring.take();
    REQUIRE(next);
    CHECK(next->mistake.empty());
    CHECK(next->ops == std::vector{after});
}

TEST_CASE("a frame that begins with an op larger than the rest of its chunk is whole") {
    ring_editor ring(1 << 20);
    (void)ring.append(ring.room() - 200);
    (void)ring.seal();
    const op_seen op = ring.append(1'000);
    (void)ring.seal();
    REQUIRE(ring.take());
    const auto frame = ring.take();
    REQUIRE(frame);
    CHECK(frame->mistake.empty());
    CHECK(frame->ops == std::vector{op});
}

TEST_CASE("a frame ends anywhere near the end of its chunk and the next one is whole") {
    for (std::size_t left = 0; left < 300; ++left) {
        ring_editor ring(1 << 19);
        CAPTURE(left);
        const op_seen first = ring.append(ring.room() - left);
        (void)ring.seal();
        REQUIRE(ring.empty());
        const op_seen second = ring.append(8);
        (void)ring.seal();
        const op_seen third = ring.append(100);
        (void)ring.seal();
        for (const op_seen& op : {first, second, third}) {
            const auto frame = ring.take();
            REQUIRE(frame);
            REQUIRE(frame->mistake.empty());
            REQUIRE(frame->ops == std::vector{op});
        }
        REQUIRE_FALSE(ring.take());
    }
}

TEST_CASE("a full ring goes on in the heap and comes back when somebody takes") {
    ring_editor ring(2 * chunk_bytes);
    std::vector<op_seen> ops;
    const auto fill = [&](int frames) {
        for (int i = 0; i < frames; ++i) {
            ops.push_back(ring.append(3'000));
            (void)ring.seal();
        }
    };
    const auto drain = [&] {
        for (const op_seen& op : ops) {
            const auto frame = ring.take();
            REQUIRE(frame);
            REQUIRE(frame->mistake.empty());
            REQUIRE(frame->ops == std::vector{op});
        }
        ops.clear();
        REQUIRE_FALSE(ring.take());
    };
    for (int round = 0; round < 3; ++round) {
        fill(100);
        CHECK(ring.queue.heap_bytes() == 0);
        fill(1'000);
        CHECK(ring.queue.heap_bytes() >= 10 * chunk_bytes);
        drain();
        // What is left is the chunk in which the open frame lies; the next one is the ring's again.
        CHECK(ring.queue.heap_bytes() <= chunk_bytes);
        fill(100);
        drain();
        CHECK(ring.queue.heap_bytes() == 0);
    }
}

TEST_CASE("a frame larger than the whole ring comes out whole") {
    ring_editor ring(2 * chunk_bytes);
    std::vector<op_seen> ops;
    for (int i = 0; i < 40'000; ++i) ops.push_back(ring.append(200));
    (void)ring.seal();
    const auto frame = ring.take();
    REQUIRE(frame);
    CHECK(frame->mistake.empty());
    CHECK(frame->ops == ops);
}

TEST_CASE("a ring that ends with frames in it frees them") {
    ring_editor ring(2 * chunk_bytes);
    for (int i = 0; i < 1'000; ++i) {
        (void)ring.append(3'000);
        if (i % 2 == 0) (void)ring.seal();
    }
    for (int i = 0; i < 100; ++i) REQUIRE(ring.take());
    CHECK(ring.queue.heap_bytes() > 0); // the address sanitizer looks for what is left behind
}

TEST_CASE("a frame without ops is a frame like any other") {
    ring_editor ring(1 << 20);
    CHECK(ring.seal() == 1);
    CHECK(ring.seal() == 2);
    const op_seen op = ring.append(20);
    CHECK(ring.seal() == 3);
    for (const std::uint64_t number : {1u, 2u, 3u}) {
        const auto frame = ring.take();
        REQUIRE(frame);
        CHECK(frame->mistake.empty());
        CHECK(frame->header.number == number);
        CHECK(frame->ops.size() == (number == 3 ? 1 : 0));
    }
    CHECK(op.serial == 1);
}

TEST_CASE("the open frame knows whether it is empty and how large it is") {
    ring_editor ring(1 << 20);
    CHECK(ring.empty());
    const std::size_t nothing = ring.queue.open_bytes(ring.cursor);
    (void)ring.append(100);
    CHECK_FALSE(ring.empty());
    CHECK(ring.queue.open_bytes(ring.cursor) == nothing + 100);
    for (int i = 0; i < 1'000; ++i) (void)ring.append(1'000);
    CHECK(ring.queue.open_bytes(ring.cursor) >= 1'000'100);
    CHECK(ring.queue.open_bytes(ring.cursor) <= 1'000'100 + 10 * sizeof(section_header));
    (void)ring.seal();
    CHECK(ring.empty());
    CHECK(ring.queue.open_bytes(ring.cursor) == nothing);
    (void)ring.append(ring.room());
    CHECK_FALSE(ring.empty());
    (void)ring.seal();
    CHECK(ring.empty());
    CHECK(ring.queue.open_bytes(ring.cursor) <= nothing);
}
