// SPDX-License-Identifier: MIT
/// @file
/// Texts from outside that are wrong: cut, with a bit flipped, too deep.
#include "json/everything.hpp"

using namespace holdfast;
using namespace holdfast::test;

namespace {

/// An error, or a value whose own text reads back.
void survives(std::string_view text) {
    everything all;
    if (!as_json::read(all, text)) return;
    std::string written;
    if (!as_json::write(written, all)) FAIL("read but not written: " << text);
    everything back;
    if (!as_json::read(back, written)) FAIL("written but not read: " << written);
}

} // namespace

TEST_CASE("no prefix of a text is read") {
    const std::string text = json_of(full());
    for (std::size_t length = 0; length < text.size(); ++length) {
        everything all;
        // Its end of memory is the end of the text, so that the address sanitizer sees one byte too many.
        const std::vector<char> exact(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(length));
        if (as_json::read(all, {exact.data(), exact.size()})) FAIL(text.substr(0, length));
    }
}

TEST_CASE("a text with any bit flipped gives an error or a value that is written as valid text") {
    std::string text = json_of(full());
    for (std::size_t at = 0; at < text.size(); ++at)
        for (int bit = 0; bit < 8; ++bit) {
            text[at] = static_cast<char>(text[at] ^ (1 << bit));
            survives(text);
            text[at] = static_cast<char>(text[at] ^ (1 << bit));
        }
    survives(text);
}

TEST_CASE("a text with any byte left out or doubled gives an error or a value that is written as valid text") {
    const std::string text = json_of(full());
    for (std::size_t at = 0; at < text.size(); ++at) {
        survives(std::string(text).erase(at, 1));
        survives(std::string(text).insert(at, 1, text[at]));
    }
}

TEST_CASE("no depth of a text overflows the stack") {
    std::string deep;
    for (int i = 0; i < 1'000'000; ++i) deep += R"({"children":[)";
    CHECK(refusal<node>(deep) != "");
    for (int i = 0; i < 1'000'000; ++i) deep += "]}";
    CHECK(refusal<node>(deep) == "json: the text is nested deeper than 64");
    CHECK(refusal<node>(std::string(1'000'000, '[')) != "");
    const std::string some = deep.substr(0, 13 * 40) + deep.substr(deep.size() - 2 * 40);
    CHECK(refusal<node>(some).ends_with("children[0].children[0]: the text is nested deeper than 64"));
    std::string brackets = std::string(500'000, '[') + std::string(500'000, ']');
    CHECK(refusal<node>(brackets) == "json: the text is nested deeper than 64");
}
