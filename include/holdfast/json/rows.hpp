// SPDX-License-Identifier: MIT
/// @file
/// JSON files of rows: an array of objects.
#pragma once

#include <holdfast/json/reader.hpp>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

namespace holdfast::as_json {
namespace detail {

/// A file that is open for reading.
class input_file {
public:
    explicit input_file(const std::string& path) noexcept : file_(std::fopen(path.c_str(), "rb")) {}
    input_file(const input_file&) = delete;
    input_file& operator=(const input_file&) = delete;
    ~input_file() {
        if (file_ != nullptr) std::fclose(file_);
    }
    [[nodiscard]] std::FILE* get() const noexcept { return file_; }

private:
    std::FILE* file_;
};

[[nodiscard]] inline error file_error(const std::string& path, int number) {
    return {number == ENOENT ? errc::not_found : errc::io, path + ": " + std::generic_category().message(number)};
}

/// Appends the file's bytes, but not many more than `most_bytes`.
inline result<void> read_file(std::string& into, const std::string& path, std::size_t most_bytes) {
    const input_file file(path);
    if (file.get() == nullptr) return file_error(path, errno);
    std::size_t used = 0;
    while (used <= most_bytes) {
        into.resize(std::max(into.size() * 2, std::size_t{1} << 16));
        const std::size_t wanted = into.size() - used;
        const std::size_t got = std::fread(into.data() + used, 1, wanted, file.get());
        used += got;
        if (got == wanted) continue;
        if (std::ferror(file.get()) != 0) return file_error(path, errno);
        break;
    }
    into.resize(used);
    return {};
}

} // namespace detail

/// Reads a JSON file that holds an array of objects and calls `row(T)` for each, in order; T is default-constructed,
/// then filled as `read` does. `row` returns `result<void>`; its error stops the reading.
///
/// Errors:    of `row`, with "items.json[17]: " before it. `refused`, as of `read`, with file and element:
///            "items.json[17].rank: 'x' is not a number". `not_found`, `io`: the file. A file that is not JSON
///            gives an error before the first row; a row that does not fit, after those before it.
/// Threads:   any.
/// Cost:      linear; the whole file and about 15 times as much are in memory at once.
template <class T, class Function>
result<void> read_rows(const std::string& path, Function&& row,
                       const limits& within = {.depth = 64, .bytes = std::size_t{1} << 30}) {
    std::string text;
    if (auto read = detail::read_file(text, path, within.bytes); !read) return read;
    const std::size_t bytes = text.size();
    text.resize(bytes + simdjson::SIMDJSON_PADDING);
    simdjson::dom::parser parser; // not the thread's: `row` may read JSON too
    auto root = detail::parse(parser, std::string_view(text).substr(0, bytes), within, detail::padding::present);
    if (!root) return error{root.why().code, path + ": " + root.why().detail};
    simdjson::dom::array elements;
    if (root->get(elements) != simdjson::SUCCESS)
        return error{errc::refused, path + ": " + detail::brief(*root) + " is not an array of rows"};
    std::size_t index = 0;
    for (const detail::element one : elements) {
        const auto place = [&] { return path + "[" + std::to_string(index) + "]"; };
        T value{};
        detail::reader in(within);
        if (!in.value(value, one)) return in.why(place());
        if (auto taken = row(std::move(value)); !taken)
            return error{taken.why().code, place() + ": " + taken.why().detail};
        ++index;
    }
    return {};
}

} // namespace holdfast::as_json
