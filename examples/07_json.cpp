// SPDX-License-Identifier: MIT
// A container, a variant or a nested struct as one column of JSON. Needs simdjson: CMake target holdfast::json.
#include <holdfast/holdfast.hpp>
#include <holdfast/json.hpp>

#include <filesystem>
#include <iostream>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace hf = holdfast;

struct stack {
    std::string kind{};
    std::int32_t count = 1;
};
struct chest {
    std::int64_t id = 0;
    std::vector<stack> content{};
    std::map<std::string, std::variant<std::int64_t, std::string>> properties{};
};

struct world {
    hf::table<chest, hf::primary_key<&chest::id>, hf::json<&chest::content>, hf::json<&chest::properties>> chests;
};

int main() {
    std::filesystem::remove_all("example_07"); // begins anew each time
    std::filesystem::create_directory("example_07");
    {
        auto db = hf::open<world>("example_07/chests.db").value();
        hf::row<chest> one = db->chests.insert({.id = 1, .content = {{.kind = "rope"}}}).value();
        db->chests
            .update<&chest::content>(one, [](std::vector<stack>& all) { all.push_back({.kind = "coin", .count = 30}); })
            .value(); // too deep or too long would be refused
        db->chests.set<&chest::properties>(one, {{"color", "red"}, {"locks", std::int64_t{2}}}).value();
        db.commit();
        if (!db.close().complete()) return 1;
    }
    auto db = hf::open<world>("example_07/chests.db").value();
    hf::row<chest> one = db->chests.find(1);
    for (const stack& each : one->content) std::cout << each.count << " x " << each.kind << '\n';
    std::cout << "color: " << std::get<std::string>(one->properties.at("color")) << '\n';
    std::string text;
    hf::as_json::write(text, one->properties).value(); // the same without a table
    std::cout << text << '\n';
}
