// SPDX-License-Identifier: MIT
/// @file
/// Random tests of tables against `std::map`s: keys, indexes, limits, references and the ops of them all.
#include "table/guild_play.hpp"
#include "table/replica.hpp"

#include "support/catch.hpp"

namespace hf = holdfast;

TEST_CASE("a hundred thousand random changes do what the maps say and their ops rebuild the tables") {
    hf::test::guild_play play(hf::test::seed());
    hf::test::recording record(play.world);
    hf::test::replica copy(record.tables());
    for (int step = 0; step < 100'000; ++step) {
        INFO("step " << step);
        REQUIRE_NOTHROW(play.step());
        if (step % 50 == 0) ++record.session.tick;
        if (step % 250 == 0) {
            REQUIRE_NOTHROW(play.check());
            REQUIRE_NOTHROW(copy.apply(record.ops()));
            REQUIRE(copy.matches());
        }
    }
    REQUIRE_NOTHROW(play.check());
    // both outcomes were really tried
    CHECK(play.done > 30'000);
    CHECK(play.refused > 10'000);
}

TEST_CASE("a random world without a session does what the maps say") {
    hf::test::guild_play play(hf::test::seed() + 1);
    REQUIRE(hf::tables_of(play.world));
    for (int step = 0; step < 20'000; ++step) {
        INFO("step " << step);
        REQUIRE_NOTHROW(play.step());
        if (step % 250 == 0) REQUIRE_NOTHROW(play.check());
    }
    REQUIRE_NOTHROW(play.check());
}
