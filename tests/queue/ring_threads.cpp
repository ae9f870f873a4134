// SPDX-License-Identifier: MIT
/// @file
/// Tests of holdfast/queue/ring.hpp: one thread seals while another takes.
#include <holdfast/queue/ring.hpp>

#include "support/catch.hpp"
#include "support/ring_editor.hpp"

#include <random>
#include <thread>

using holdfast::test::ring_editor;

namespace {

/// What the thread that takes found.
struct taken {
    std::uint64_t frames = 0;
    std::uint64_t ops = 0;
    std::string mistake;
};

/// Takes until frame `last`; serials must go up one by one, except that those cut away are missing.
void take_all(ring_editor& ring, std::uint64_t last, taken& seen) {
    std::uint32_t serial = 0;
    while (seen.frames < last) {
        const auto frame = ring.take();
        if (!frame) {
            std::this_thread::yield();
            continue;
        }
        if (!frame->mistake.empty()) seen.mistake = frame->mistake;
        if (frame->header.number != ++seen.frames) seen.mistake = "a frame is missing or twice there";
        for (const auto& op : frame->ops) {
            if (op.serial <= serial) seen.mistake = "ops are out of order";
            serial = op.serial;
        }
        seen.ops += frame->ops.size();
    }
}

} // namespace

TEST_CASE("200,000 frames pass from one thread to another") {
    const std::uint32_t seed = holdfast::test::seed();
    CAPTURE(seed);
    constexpr std::uint64_t frames = 200'000;
    ring_editor ring(std::size_t{1} << 19); // two chunks, so that it fills up now and then
    taken seen;
    std::thread taker([&] { take_all(ring, frames, seen); });

    std::mt19937 random(seed);
    std::uint64_t kept = 0;
    for (std::uint64_t i = 0; i < frames; ++i) {
        const auto ops = 1 + random() % 4;
        for (unsigned op = 0; op < ops; ++op) (void)ring.append(8 + random() % (i % 1'000 == 0 ? 100'000 : 100));
        kept += ops;
        if (random() % 4 == 0) { // a transaction that is taken back
            const auto here = ring.queue.mark(ring.cursor);
            const auto dropped = random() % 10;
            for (unsigned op = 0; op < dropped; ++op) (void)ring.append(8 + random() % 5'000);
            ring.queue.cut(ring.cursor, here);
        }
        (void)ring.seal(static_cast<std::int64_t>(i));
    }
    taker.join();
    CHECK(seen.mistake.empty());
    CHECK(seen.frames == frames);
    CHECK(seen.ops == kept);
    CHECK_FALSE(ring.take());
}

TEST_CASE("a taker that sleeps through an overflow finds every frame afterwards") {
    constexpr std::uint64_t frames = 5'000;
    ring_editor ring(std::size_t{1} << 19);
    for (std::uint64_t i = 0; i < frames; ++i) {
        (void)ring.append(1'000);
        (void)ring.seal();
    }
    CHECK(ring.queue.heap_bytes() > 4 << 20);
    taken seen;
    std::thread taker([&] { take_all(ring, 2 * frames, seen); });
    for (std::uint64_t i = 0; i < frames; ++i) {
        (void)ring.append(1'000);
        (void)ring.seal();
    }
    taker.join();
    CHECK(seen.mistake.empty());
    CHECK(seen.ops == 2 * frames);
    CHECK(ring.queue.heap_bytes() <= std::size_t{1} << 18);
}
