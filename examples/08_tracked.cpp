// SPDX-License-Identifier: MIT
// For those who bring their own storage: a struct that knows which of its columns have changed.
#include <holdfast/world.hpp>

#include <iostream>

namespace hf = holdfast;

struct position {
    double x = 0, y = 0;
};
struct character {
    std::int64_t id = 0;
    std::string name{};
    std::int64_t gold = 100;
    position pos{}; // columns pos_x and pos_y
};

void say_changes(hf::tracked<character>& of) {
    std::cout << "changed:";
    of.for_each_changed([](const hf::column& field, const hf::cell&) { std::cout << ' ' << field.name; });
    std::cout << '\n';
    of.clear(); // they are sent, or stored
}

int main() {
    hf::tracked<character> aria{{.id = 1, .name = "Aria"}};
    say_changes(aria);

    aria.set<&character::gold>(70);
    aria.set<&character::name>("Aria"); // is equal: no change
    aria.set<&character::pos>({3, 0});  // pos_y stays what it was
    std::cout << aria->name << " has " << aria->gold << " gold\n";
    say_changes(aria);

    aria.mark_all(); // as one that nobody has stored yet
    say_changes(aria);
}
