// SPDX-License-Identifier: MIT
// A table is a struct and its key. What was committed is there when the program starts again.
#include <holdfast/holdfast.hpp>

#include <filesystem>
#include <iostream>

namespace hf = holdfast;

struct hero {
    std::int64_t id = 0;
    std::string name{};
    std::int32_t level = 1;
};

struct world {
    hf::table<hero, hf::primary_key<&hero::id>> heroes; // the table "heroes" of the file
};

int main() {
    std::filesystem::remove_all("example_01"); // begins anew each time
    std::filesystem::create_directory("example_01");
    {
        auto db = hf::open<world>("example_01/heroes.db").value(); // makes the file and its tables
        db->heroes.insert({.id = 1, .name = "Aria"}).value();
        db->heroes.insert({.id = 2, .name = "Bob", .level = 7}).value();

        auto again = db->heroes.insert({.id = 2, .name = "Cyd"}); // refused, and nothing has changed
        std::cout << again.why().message() << '\n';

        db->heroes.set<&hero::level>(1, 2).value(); // by key: it may not be there, so there is a result
        db->heroes.erase(2).value();
        db.commit(); // from here on it survives kill -9
        if (!db.close().complete()) return 1;
    }
    auto db = hf::open<world>("example_01/heroes.db").value(); // the next start of the server
    for (hf::row<hero> one : db->heroes) std::cout << one->name << " has level " << one->level << '\n';
}
