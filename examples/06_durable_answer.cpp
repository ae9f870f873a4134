// SPDX-License-Identifier: MIT
// Answering only when a power cut cannot take it back: for purchases, not for steps.
#include <holdfast/holdfast.hpp>

#include <chrono>
#include <iostream>
#include <thread>

namespace hf = holdfast;
using namespace std::chrono_literals;

struct purchase {
    std::int64_t id = 0;
    std::string what{};
};

struct world {
    hf::table<purchase, hf::primary_key<&purchase::id>, hf::auto_id<&purchase::id>> purchases;
};

int main() {
    bool answered = false; // outlives the store, which tells everybody who waits when it goes
    auto db = hf::open<world>("purchases.db").value();

    db->purchases.insert({.what = "a castle"}).value();
    const hf::tick bought = db.commit(); // survives kill -9 already; the machine's death not yet
    db.on_durable(bought, [&](const hf::result<void>& sure) {
        std::cout << (sure ? "the castle is yours\n" : "nobody knows yet: ask again later\n");
        answered = true;
    });

    // The game goes on meanwhile; the answer comes inside a later commit, on this thread.
    while (!answered) {
        db.commit();
        std::this_thread::sleep_for(1ms); // what a tick has left
    }

    // Or wait for it, some milliseconds, where nobody is kept waiting by that.
    db->purchases.insert({.what = "a boat"}).value();
    if (db.wait_durable(db.commit(), 10s)) std::cout << "the boat is yours\n";
}
