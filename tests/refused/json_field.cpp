// SPDX-License-Identifier: MIT
// case json_field_pointer: JSON | FIELD=int* next
// says: json: this type has no JSON form: make it a plain struct, a container or a variant of such
// case json_field_function: JSON | FIELD=std::function<void()> next
// says: json: this type has no JSON form: make it a plain struct, a container or a variant of such
// case json_field_of_pointers: JSON | FIELD=std::vector<int*> next
// says: json: this type has no JSON form: make it a plain struct, a container or a variant of such
// case json_field_steady: JSON | FIELD=std::chrono::steady_clock::time_point next
// says: json: this type has no JSON form: make it a plain struct
// case json_field_constructor: JSON | FIELD=made next
// says: json: this type has no JSON form: make it a plain struct, a container or a variant of such
// case json_field_optional: JSON | FIELD=std::optional<std::optional<int>> next
// says: json: this type has no JSON form: make it a plain struct
// case json_field_empty: JSON | FIELD=nothing next
// says: json: an empty struct has nothing to store
#include <holdfast/json.hpp>
#include <holdfast/world.hpp>

#include <chrono>
#include <functional>

namespace hf = holdfast;

class made {
public:
    made() {}

private:
    [[maybe_unused]] int value_ = 0;
};
struct nothing {};
struct player {
    std::int64_t id = 0;
    FIELD{};
};
struct world {
    hf::table<player, hf::primary_key<&player::id>, hf::json<&player::next>> players{};
};

int main() {
    world w;
    if (!hf::prepare(w)) return 1;
    const auto aria = w.players.insert({}).value();
    return w.players.find(3) == aria ? 0 : 1;
}
