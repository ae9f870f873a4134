// SPDX-License-Identifier: MIT
/// @file
/// Tests of bench/snapshot/: every image of every strategy is the state at the end of one tick, while the game goes on.
#include "snapshot/all.hpp"
#include "snapshot/game.hpp"
#include "snapshot/writer.hpp"
#include "support/catch.hpp"
#include "support/sanitized.hpp"

#include <algorithm>
#include <random>
#include <string>

using namespace bench;
using holdfast::test::plain_or_sanitized;

namespace {

struct game_is {
    std::size_t rows, updates;
    unsigned ticks_between; ///< Two images, at least.
    int images = plain_or_sanitized(1'000, 200);
    std::int64_t writer_row_ns{}; ///< How long the writer takes over a row, at least.
};

/// A game that never pauses: it goes on changing rows while the writer has an image, and for some ticks between two.
template <class Strategy> void play(const game_is& is, auto... more) {
    using row = typename Strategy::row;
    STATIC_REQUIRE(snapshot_strategy<Strategy>);
    const std::size_t rows = is.rows, updates = is.updates;
    Strategy of(rows, more...);
    std::vector<row> expected = first_rows<row>(rows), then = expected;
    image_file<row> to(rows, is.writer_row_ns);
    image_writer<Strategy> writer(of, to);
    std::mt19937_64 random(rows * 31 + updates);
    bool begun = false, started = false;
    int made = 0;
    std::uint64_t ticks_while_capturing = 0, written = 0;
    std::vector<bool> changed(rows, false); // since the image before
    std::size_t changed_then = 0;
    for (unsigned tick = 0; made < is.images; ++tick) {
        for (std::size_t k = 0; k < updates; ++k) {
            const auto i = static_cast<row_number>(random() % (random() % 2 == 0 ? rows : rows / 10));
            const auto word = static_cast<row_number>(random() % std::tuple_size_v<decltype(row::word)>);
            const std::uint64_t amount = random();
            of.add(i, word, amount);
            expected[i].word[word] += amount;
            changed[i] = true;
        }
        for (int k = 0; k < 8; ++k) {
            const auto i = static_cast<row_number>(random() % rows);
            if (!(of.read(i) == expected[i])) FAIL("the game reads another value than it has written");
        }
        if (started && writer.idle()) {
            writer.wait();
            started = begun = false;
            if (to.rows() != then) FAIL("image " << made << " is not what the rows were");
            const std::size_t all = Strategy::is_delta ? changed_then : rows;
            if (to.written() - written != all && (made > 0 || !Strategy::is_delta))
                FAIL("image " << made << " has " << to.written() - written << " rows, and not " << all);
            written = to.written();
            ++made;
        }
        ticks_while_capturing += started ? 1u : 0u;
        const bool begin = !begun && tick % is.ticks_between == 0;
        if (begin) {
            begun = true;
            then = expected;
            changed_then = static_cast<std::size_t>(std::count(changed.begin(), changed.end(), true));
            changed.assign(rows, false);
        }
        if (of.end_tick(begin)) writer.start(), started = true;
    }
    if (started) writer.wait();
    CHECK(made == is.images);
    CHECK(ticks_while_capturing > (is.writer_row_ns != 0 ? static_cast<std::uint64_t>(is.images) : 0));
}

template <class Row> void play_all(const game_is& is) {
    for_each_strategy<Row>([&]<class Strategy>(is_strategy<Strategy>) {
        DYNAMIC_SECTION(Strategy::name) { play<Strategy>(is); }
    });
}

} // namespace

TEST_CASE("each image of each snapshot strategy is the state at the end of one tick, while the game goes on") {
    play_all<words_row<8>>({plain_or_sanitized(2'000u, 300u), 100, 3});
}

TEST_CASE("the same with wide rows, an image every tick and few changes") {
    play_all<words_row<64>>({plain_or_sanitized(500u, 100u), 10, 1});
}

TEST_CASE("the same with a writer so slow that many ticks are played meanwhile") {
    play_all<words_row<8>>({plain_or_sanitized(500u, 100u), 20, 3, 100, 2'000});
}

TEST_CASE("the same where a slice ends long before all rows are copied") {
    play<slices<words_row<8>>>({plain_or_sanitized(2'000u, 300u), 100, 20, 200}, game_pace{.ticks = 1'000},
                               std::int64_t{0});
}

TEST_CASE("slices are as long as it takes for the image to be whole in time") {
    for (const int ticks : {1, 5, 50}) {
        const std::size_t rows = 10'000;
        slices<words_row<8>> of(rows, game_pace{.ticks = ticks}, std::int64_t{0});
        for (row_number i = 0; i < rows; ++i) of.add(i, 0, 1);
        int taken = 1;
        for (bool ready = of.end_tick(true); !ready; ready = of.end_tick(false)) ++taken;
        CHECK(taken == ticks);
    }
}

TEST_CASE("an image that lacks a row is found") {
    for (const bool lies : {false, true}) {
        game_plan plan;
        plan.rows = 1'000;
        plan.updates = 100;
        plan.ticks = 4;
        plan.image_every = 2;
        plan.tick_ns = 100'000;
        plan.lie = lies;
        const auto rows = draw_rows(plan, 1);
        const auto plays = [&] { (void)game<naive_copy<words_row<8>>>(plan).play(rows); };
        if (lies)
            CHECK_THROWS_AS(plays(), wrong_answer);
        else
            CHECK_NOTHROW(plays());
    }
}
