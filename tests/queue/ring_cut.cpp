// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/queue/ring.hpp: going back to a savepoint.
#include <holdfast/queue/ring.hpp>

#include "support/catch.hpp"
#include "support/ring_editor.hpp"

#include <deque>
#include <random>

using holdfast::test::op_seen;
using holdfast::test::ring_editor;

namespace {

constexpr std::size_t chunk_bytes = std::size_t{1} << 18;

/// Seals, takes, and compares with what was kept.
void must_hold(ring_editor& ring, const std::vector<op_seen>& ops) {
    (void)ring.seal();
    const auto frame = ring.take();
    REQUIRE(frame);
    CHECK(frame->mistake.empty());
    CHECK(frame->ops == ops);
    CHECK_FALSE(ring.take());
}

} // namespace

TEST_CASE("a cut inside a chunk forgets what came after the savepoint") {
    ring_editor ring(1 << 20);
    std::vector<op_seen> ops{ring.append(20), ring.append(30)};
    const auto here = ring.queue.mark(ring.cursor);
    const std::size_t open_bytes = ring.queue.open_bytes(ring.cursor);
    (void)ring.append(40);
    (void)ring.append(50);
    ring.queue.cut(ring.cursor, here);
    CHECK(ring.queue.open_bytes(ring.cursor) == open_bytes);
    ops.push_back(ring.append(60));
    must_hold(ring, ops);
}

TEST_CASE("a cut to the start of the frame leaves it empty") {
    ring_editor ring(1 << 20);
    const auto here = ring.queue.mark(ring.cursor);
    const std::size_t bytes = GENERATE(std::size_t{20}, 3 * chunk_bytes);
    (void)ring.append(bytes);
    CHECK_FALSE(ring.empty());
    ring.queue.cut(ring.cursor, here);
    CHECK(ring.empty());
    must_hold(ring, {ring.append(20)});
}

TEST_CASE("a cut across chunks gives the chunks back") {
    ring_editor ring(4 * chunk_bytes);
    std::vector<op_seen> ops{ring.append(1'000)};
    const auto here = ring.queue.mark(ring.cursor);
    // More often than the ring has chunks: one that was not given back would push the frames to the heap.
    for (int round = 0; round < 20; ++round) {
        for (std::size_t bytes = 0; bytes < 2 * chunk_bytes; bytes += 1'000) (void)ring.append(1'000);
        CHECK(ring.queue.heap_bytes() == 0);
        ring.queue.cut(ring.cursor, here);
    }
    for (std::size_t bytes = 0; bytes < 2 * chunk_bytes; bytes += 1'000) ops.push_back(ring.append(1'000));
    must_hold(ring, ops);
}

TEST_CASE("a cut frees what was on the heap behind the savepoint") {
    ring_editor ring(2 * chunk_bytes);
    std::vector<op_seen> ops;
    const auto grow = [&](bool kept) {
        for (std::size_t bytes = 0; bytes < 3 * chunk_bytes; bytes += 1'000) {
            const op_seen op = ring.append(1'000);
            if (kept) ops.push_back(op);
        }
    };
    grow(GENERATE(true, false));
    const bool begun_on_heap = !ops.empty();
    if (!begun_on_heap) {
        (void)ring.seal();
        while (ring.take()) {}
    }
    const std::size_t before = ring.queue.heap_bytes();
    const auto here = ring.queue.mark(ring.cursor);
    grow(false);
    (void)ring.append(5 * chunk_bytes);
    CHECK(ring.queue.heap_bytes() > before);
    ring.queue.cut(ring.cursor, here);
    CHECK(ring.queue.heap_bytes() == before);
    grow(true);
    must_hold(ring, ops);
}

TEST_CASE("a cut to a savepoint from before the frame was begun") {
    // The frame before left no room behind it, so that the next one is begun by its first op.
    ring_editor ring(1 << 20);
    (void)ring.append(ring.room());
    (void)ring.seal();
    REQUIRE(ring.room() == 0);
    const auto here = ring.queue.mark(ring.cursor);
    const std::size_t bytes = GENERATE(std::size_t{20}, 3 * chunk_bytes);
    (void)ring.append(bytes);
    ring.queue.cut(ring.cursor, here);
    CHECK(ring.empty());
    CHECK(ring.take());
    const op_seen op = ring.append(20);
    must_hold(ring, {op});
}

TEST_CASE("savepoints lie one inside the other") {
    ring_editor ring(2 * chunk_bytes);
    std::vector<op_seen> ops{ring.append(20)};
    const auto outer = ring.queue.mark(ring.cursor);
    (void)ring.append(chunk_bytes);
    const auto inner = ring.queue.mark(ring.cursor);
    (void)ring.append(chunk_bytes);
    ring.queue.cut(ring.cursor, inner);
    (void)ring.append(30);
    ring.queue.cut(ring.cursor, outer);
    ops.push_back(ring.append(40));
    must_hold(ring, ops);
}

TEST_CASE("any order of edits, cuts, seals and takes gives every kept op once and in order") {
    const std::uint32_t seed = holdfast::test::seed();
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto any = [&](std::size_t below) { return random() % below; };

    for (int life = 0; life < 8; ++life) {
        ring_editor ring(2 * chunk_bytes + any(9) * chunk_bytes, 1 + any(100));
        std::vector<op_seen> open;
        std::deque<std::vector<op_seen>> sealed;
        struct savepoint {
            holdfast::ring::savepoint place;
            std::size_t ops;
        };
        std::vector<savepoint> savepoints;
        for (int step = 0; step < 5'000; ++step) {
            switch (any(12)) {
            case 0: savepoints.push_back({ring.queue.mark(ring.cursor), open.size()}); break;
            case 1:
                if (savepoints.empty()) break;
                savepoints.resize(1 + any(savepoints.size()));
                ring.queue.cut(ring.cursor, savepoints.back().place);
                open.resize(savepoints.back().ops);
                savepoints.pop_back();
                break;
            case 2:
                REQUIRE(ring.empty() == open.empty());
                if (open.empty()) break;
                savepoints.clear();
                (void)ring.seal();
                sealed.push_back(std::move(open));
                open.clear();
                break;
            case 3: {
                const auto frame = ring.take();
                REQUIRE(frame.has_value() == !sealed.empty());
                if (sealed.empty()) break;
                REQUIRE(frame->mistake.empty());
                REQUIRE(frame->ops == sealed.front());
                sealed.pop_front();
                break;
            }
            case 4: open.push_back(ring.append(8 + any(any(8) == 0 ? 3 * chunk_bytes : 20'000))); break;
            case 5: // right up to the end of the chunk, or nearly
                if (const std::size_t room = ring.room(), less = any(200); room >= less + 8)
                    open.push_back(ring.append(room - less));
                break;
            default: open.push_back(ring.append(8 + any(2'000)));
            }
        }
    }
}

TEST_CASE("a cut to before a frame that began on the heap leaves nothing of it") {
    ring_editor ring(2 * chunk_bytes);
    (void)ring.append(chunk_bytes - sizeof(holdfast::frame_header) - sizeof(holdfast::section_header) - 40);
    (void)ring.seal(); // no room for another frame in this chunk
    const auto here = ring.queue.mark(ring.cursor);
    (void)ring.append(2 * chunk_bytes); // more than a chunk: on the heap
    REQUIRE(ring.queue.heap_bytes() != 0);
    ring.queue.cut(ring.cursor, here);
    ring.queue.clear_open(ring.cursor);
    CHECK(ring.queue.heap_bytes() == 0);
    CHECK(ring.take());
    must_hold(ring, {ring.append(20)});
}
