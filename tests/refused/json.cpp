// SPDX-License-Identifier: MIT
// case json_pointer: JSON | FIELD=player* next = nullptr
// says: json: this type has no JSON form: make it a plain struct
// case json_array: JSON | FIELD=int numbers[3]{}
// says: json: this type has no JSON form: make it a plain struct
// case json_optional: JSON | FIELD=std::optional<std::optional<int>> twice{}
// says: json: an optional of what may be null
#include <holdfast/json/write.hpp>

struct player {
    std::int64_t id = 0;
    FIELD;
};

int main() {
    std::string text;
    return holdfast::as_json::write(text, std::vector<player>(1)) ? 0 : 1;
}
