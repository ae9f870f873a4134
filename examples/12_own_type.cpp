// SPDX-License-Identifier: MIT
// A type of your own as a field: say how it is stored, and how it comes back.
#include <holdfast/holdfast.hpp>

#include <algorithm>
#include <filesystem>
#include <iostream>

namespace hf = holdfast;

struct money {
    std::int64_t copper = 0;
    friend bool operator==(const money&, const money&) = default;
};

/// "r,g,b" in the file, so that people can read it there.
class color {
public:
    color() = default;
    explicit color(std::string text) : text_(std::move(text)) {}
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    friend bool operator==(const color&, const color&) = default;

private:
    std::string text_ = "0,0,0";
};

template <> struct hf::conversion<color> {
    static void store(const color& value, std::string& to) { to += value.text(); }
    static std::optional<color> load(std::string_view text) { // nothing: the file has what is none, and open says where
        if (std::count(text.begin(), text.end(), ',') != 2) return std::nullopt;
        return color(std::string(text));
    }
};

struct banner {
    std::int64_t id = 0;
    money price{}; // a struct of one field is that field: nothing to say
    color cloth{};
};
struct world {
    hf::table<banner, hf::primary_key<&banner::id>> banners;
};

int main() {
    std::filesystem::remove_all("example_12"); // begins anew each time
    std::filesystem::create_directory("example_12");
    {
        auto db = hf::open<world>("example_12/banners.db").value();
        db->banners.insert({.id = 1, .price = {250}, .cloth = color("200,0,0")}).value();
        db.commit();
        if (!db.close().complete()) return 1;
    }
    auto db = hf::open<world>("example_12/banners.db").value();
    std::cout << "cloth " << db->banners.find(1)->cloth.text() << ", " << db->banners.find(1)->price.copper
              << " copper\n";
}
