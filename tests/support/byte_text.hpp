// SPDX-License-Identifier: MIT
/// @file
/// Bytes as text that a person can read and compare: sixteen a line, lines of zeros left out, the number of all at the end.
///
///     00000010  48 46 66 72 00 00 00 00 1a 00 00 00 00 00 00 00
///     bytes 65536
#pragma once

#include <charconv>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace holdfast::test {

[[nodiscard]] inline std::string text_of_bytes(std::string_view bytes) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += 16) {
        const std::string_view line = bytes.substr(at, 16);
        if (line.find_first_not_of('\0') == std::string_view::npos) continue;
        for (int shift = 28; shift >= 0; shift -= 4) text += digits[at >> shift & 15];
        text += ' ';
        for (const char one : line) {
            const auto byte = static_cast<unsigned char>(one);
            text += {' ', digits[byte >> 4], digits[byte & 15]};
        }
        text += '\n';
    }
    return text + "bytes " + std::to_string(bytes.size()) + "\n";
}

[[nodiscard]] inline std::string bytes_of_text(const std::string& text) {
    const auto number = [](std::string_view digits, int base) {
        std::size_t value = 0;
        const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
        if (read.ptr != digits.data() + digits.size()) throw std::runtime_error("no number: " + std::string(digits));
        return value;
    };
    const std::size_t end = text.rfind("bytes ");
    if (end == std::string::npos || text.back() != '\n') throw std::runtime_error("no number of bytes at the end");
    std::string bytes(number(std::string_view(text).substr(end + 6, text.size() - end - 7), 10), '\0');
    std::istringstream lines(text.substr(0, end));
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string word;
        words >> word;
        for (std::size_t at = number(word, 16); words >> word; ++at) bytes.at(at) = static_cast<char>(number(word, 16));
    }
    return bytes;
}

} // namespace holdfast::test
