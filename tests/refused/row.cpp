// SPDX-License-Identifier: MIT
// case base_class: ROW=: base { std::int64_t id = 0; }
// says: a row, or a struct in it, must not have a base class: make the base a member instead
// case empty_base_class: ROW=: empty { std::int64_t id = 0; }
// says: a row, or a struct in it, must not have a base class: make the base a member instead
// case base_class_with_key: ROW=: base { std::int64_t id = 0; } | KEY=hf::primary_key<&player::level>
// says: a row, or a struct in it, must not have a base class: make the base a member instead
// case base_class_with_options: ROW=: base { std::int64_t id = 0; } | KEY=hf::primary_key<&player::id>, hf::index<&player::level>, hf::at_least<&player::level, 0>
// says: a row, or a struct in it, must not have a base class: make the base a member instead
// case private_member: ROW={ std::int64_t id = 0; private: int level = 0; }
// says: a row must be a plain struct: no constructors, no private members, no virtual functions
// case constructor: ROW={ player() {} std::int64_t id = 0; }
// says: a row must be a plain struct: no constructors, no private members, no virtual functions
// case constructor_of_values: ROW={ explicit player(std::int64_t a) : id(a) {} std::int64_t id = 0; }
// says: a row must be a plain struct: no constructors, no private members, no virtual functions
// case virtual_function: ROW={ std::int64_t id = 0; virtual void tick() {} }
// says: a row must be a plain struct: no constructors, no private members, no virtual functions
// case virtual_destructor: ROW={ std::int64_t id = 0; virtual ~player() {} }
// says: a row must be a plain struct: no constructors, no private members, no virtual functions
// case row_is_a_union: WORD=union | ROW={ std::int64_t id = 0; float size; }
// says: a row cannot be a union
// case too_many_columns: ROW={ std::int64_t id = 0; eighty a{}; eighty b{}; eighty c{}; eighty d{}; }
// says: a table has at most 255 columns
#include <holdfast/world.hpp>

namespace hf = holdfast;

struct base {
    int level = 0;
};
struct empty {};
struct pinned {
    pinned() = default;
    pinned(pinned&&) = delete;
};
struct eight {
    int a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0;
};
struct eighty {
    eight a{}, b{}, c{}, d{}, e{}, f{}, g{}, h{}, i{}, j{};
};
#ifndef KEY
#define KEY hf::primary_key<&player::id>
#endif
#ifndef WORD
#define WORD struct
#endif
WORD player ROW;
struct world {
    hf::table<player, KEY> players{};
};

int main() {
    world w;
    if (!hf::prepare(w)) return 1;
    const auto aria = w.players.insert({}).value();
    return w.players.find(3) == aria ? 0 : 1;
}
