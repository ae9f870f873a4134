// SPDX-License-Identifier: MIT
/// @file
/// Tests of store::on_durable: called once, where the game runs, when the tick survives the death of the machine.
#include "support/dies.hpp"
#include "support/stores.hpp"
#include "support/temporary_folder.hpp"
#include "support/wait.hpp"

#include <thread>

namespace hf = holdfast;
using namespace holdfast::test;

namespace {

struct coin {
    std::int64_t id = 0;
    std::int32_t worth = 0;
};
struct purse {
    hf::table<coin, hf::primary_key<&coin::id>> coins;
};

/// Synced only when somebody waits.
hf::options patient() {
    hf::options chosen = small_options();
    chosen.sync_every = std::chrono::hours(1);
    chosen.save_every = std::chrono::hours(1);
    return chosen;
}

} // namespace

TEST_CASE("a function is called in a later commit, on the thread that commits, when its tick is durable") {
    const temporary_folder folder;
    auto db = hf::open<purse>(folder / "world.db", patient()).value();
    db->coins.insert({1, 5}).value();
    const hf::tick paid = db.commit();
    int called = 0;
    hf::tick durable_then = 0;
    std::thread::id where;
    db.on_durable(paid, [&](const hf::result<void>& outcome) {
        CHECK(outcome);
        ++called;
        durable_then = db.durable();
        where = std::this_thread::get_id();
    });
    CHECK(called == 0);
    REQUIRE(eventually([&] {
        db.commit(); // nothing is in it: the game's tick goes on
        return called != 0;
    }));
    CHECK(durable_then >= paid);
    CHECK(where == std::this_thread::get_id());
    for (int i = 0; i < 3; ++i) db.commit();
    db.close();
    CHECK(called == 1);
}

TEST_CASE("functions are called in the order of their ticks; what they change joins the next tick") {
    const temporary_folder folder;
    const std::string path = folder / "world.db";
    std::string order;
    const auto note = [&](char name) { return [&order, name](const hf::result<void>&) { order += name; }; };
    {
        auto db = hf::open<purse>(path, patient()).value();
        db->coins.insert({1, 5}).value();
        db.on_durable(1, note('b'));
        db.on_durable(0, note('a')); // an earlier one, asked for later
        db.on_durable(1, [&](const hf::result<void>& outcome) {
            order += outcome ? 'c' : 'x';
            db->coins.set<&coin::worth>(1, 9).value();
            db.on_durable(2, note('d'));
        });
        const hf::tick made = db.commit();
        REQUIRE(made == 1);
        REQUIRE(db.wait_durable(made, long_enough)); // which calls them, too
        CHECK(order == "abc");
        CHECK(db.commit() == 2);
        REQUIRE(db.save_all(long_enough));
        CHECK(order == "abcd");
    }
    auto db = hf::open<purse>(path, patient()).value();
    CHECK(db->coins.find(1)->worth == 9);
}

TEST_CASE("at the end a function hears what became of its tick") {
    const temporary_folder folder;
    std::vector<std::string> heard;
    const auto note = [&](const hf::result<void>& outcome) {
        heard.push_back(outcome ? "durable" : outcome.why().message());
    };
    {
        auto db = hf::open<purse>(folder / "world.db", patient()).value();
        db->coins.insert({1, 5}).value();
        db.on_durable(1, note);
        db.commit();
        db->coins.insert({2, 5}).value();
        db.on_durable(2, note); // which nobody commits
        db.close();
        REQUIRE(heard.size() == 2);
        CHECK(heard[0] == "durable");
        CHECK(heard[1].find("closed before tick 2 was committed") != std::string::npos);
        db.on_durable(1, note); // of a closed store: at once
        REQUIRE(heard.size() == 3);
        CHECK(heard[2] == "durable");
    }
    heard.clear();
    {
        auto db = hf::open<purse>(folder / "world.db", patient()).value();
        db->coins.insert({2, 5}).value();
        db.on_durable(db.commit(), note);
    } // without a word: what is committed comes to the log
    CHECK(heard == std::vector<std::string>{"durable"});
}

TEST_CASE("on_durable of a tick that nobody has begun stops the program") {
    const temporary_folder folder;
    CHECK(last_words([&] {
              auto db = hf::open<purse>(folder / "world.db", patient()).value();
              db.on_durable(2, [](const hf::result<void>&) {});
          }).find("that tick was not begun yet") != std::string::npos);
}
