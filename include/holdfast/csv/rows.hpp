// SPDX-License-Identifier: MIT
/// @file
/// CSV files of rows: a line of column names, then a line for each row.
#pragma once

#include <holdfast/csv/read.hpp>
#include <holdfast/table/fill.hpp>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <system_error>

namespace holdfast::csv {
namespace detail {

[[nodiscard]] inline result<std::string> file_text(const std::string& path) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
    if (!file) {
        const int code = errno;
        return error{code == ENOENT ? errc::not_found : errc::io, path + ": " + std::generic_category().message(code)};
    }
    std::string text;
    char part[1 << 16];
    for (std::size_t got; (got = std::fread(part, 1, sizeof(part), file.get())) != 0;) text.append(part, got);
    if (std::ferror(file.get()) != 0) return error{errc::io, path + ": cannot be read"};
    return text;
}

[[nodiscard]] inline bool number_of(const std::string& text, std::int64_t& value) noexcept {
    const char* end = text.data() + text.size();
    if (text == "true" || text == "false") {
        value = text == "true" ? 1 : 0;
        return true;
    }
    if (const auto read = std::from_chars(text.data(), end, value); read.ec == std::errc() && read.ptr == end)
        return true;
    std::uint64_t large = 0; // beyond 2^63 as the two's complement that is stored
    const auto read = std::from_chars(text.data(), end, large);
    value = static_cast<std::int64_t>(large);
    return read.ec == std::errc() && read.ptr == end;
}

[[nodiscard]] inline bool real_of(const std::string& text, double& value) noexcept {
    char* end = nullptr;
    value = std::strtod(text.c_str(), &end);
    return !text.empty() && end == text.c_str() + text.size();
}

/// Bytes in hexadecimal; of sixteen also as a uuid is written.
[[nodiscard]] inline bool bytes_of(const std::string& text, std::string& bytes) {
    bytes.clear();
    if (const auto id = uuid::parse(text)) {
        bytes.assign(reinterpret_cast<const char*>(id->bytes.data()), id->bytes.size());
        return true;
    }
    if (text.size() % 2 != 0) return false;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        unsigned byte = 0;
        const auto read = std::from_chars(text.data() + i, text.data() + i + 2, byte, 16);
        if (read.ec != std::errc() || read.ptr != text.data() + i + 2) return false;
        bytes.push_back(static_cast<char>(byte));
    }
    return true;
}

/// Sets the field from a text; false when it does not fit. An empty text leaves what is no text as it is.
[[nodiscard]] inline bool set_field(const column& is, void* row, const std::string& text) {
    if (text.empty() && is.ops->stored_as != storage::text) return true;
    cell value;
    std::string bytes;
    switch (is.ops->stored_as) {
    case storage::integer:
        value.kind = cell_kind::i64;
        if (!number_of(text, value.integer)) return false;
        break;
    case storage::real:
        value.kind = cell_kind::f64;
        if (!real_of(text, value.real)) return false;
        break;
    case storage::text: value = cell::of_bytes(cell_kind::text, text.data(), text.size()); break;
    case storage::blob:
        if (!bytes_of(text, bytes)) return false;
        value = cell::of_bytes(cell_kind::blob, bytes.data(), bytes.size());
        break;
    }
    if (is.ops->stored_as == storage::real && value.real == static_cast<double>(static_cast<float>(value.real)))
        return is.ops->set(is.in(row), value);
    if (is.ops->set(is.in(row), value)) return true;
    // The nearest float of a decimal fraction.
    if (is.ops->stored_as != storage::real) return false;
    value.real = static_cast<double>(static_cast<float>(value.real));
    return is.ops->set(is.in(row), value);
}

/// Which column of the table each field of the file is.
[[nodiscard]] inline result<std::vector<const column*>> match(const std::vector<std::string>& names,
                                                              const table_description& table) {
    std::vector<const column*> found;
    for (const std::string& name : names) {
        const column* is = nullptr;
        for (const column& one : table.row->columns)
            if (one.stored && one.name == name) is = &one;
        if (is == nullptr) return error{errc::mismatch, table.name + " has no column '" + name + "'"};
        for (const column* other : found)
            if (other == is) return error{errc::mismatch, "the column '" + name + "' stands there twice"};
        found.push_back(is);
    }
    return found;
}

} // namespace detail

/// Fills a `read_only` table from a CSV file, whose first line names columns of the table, in any order; fields of columns
/// that it does not name keep their initializers, as does an empty field that is no text. Integers in decimal, `true` and
/// `false`; reals with a point; bytes in hexadecimal, or as a uuid is written; enums as they are stored.
///
/// Errors: `not_found`, `io`: the file. `mismatch`: a column that the table has not. `refused`, `taken`, `reference`: a
///         row, with file, line and column. Rows before it are in the table then: do not open the world.
/// Cost: the file's size in memory.
template <class Row, class... Options>
[[nodiscard]] result<void> fill(table<Row, Options...>& to, const std::string& path) {
    auto text = detail::file_text(path);
    if (!text) return text.why();
    const table_description& table = holdfast::detail::table_access::base(to).description();
    reader records(*text);
    std::vector<std::string> fields;
    if (auto ok = records.next(fields); !ok) return error{ok.why().code, path + ": " + ok.why().detail};
    auto columns = detail::match(fields, table);
    if (!columns) return error{columns.why().code, path + ": " + columns.why().detail};
    while (!records.done()) {
        auto ok = records.next(fields);
        const std::string place = path + ":" + std::to_string(records.line()) + ": ";
        if (!ok) return error{ok.why().code, path + ": " + ok.why().detail};
        if (fields.size() != columns->size())
            return error{errc::refused, place + std::to_string(fields.size()) + " fields, and the first line names " +
                                            std::to_string(columns->size())};
        Row row{};
        for (std::size_t i = 0; i < fields.size(); ++i)
            if (!detail::set_field(*(*columns)[i], &row, fields[i]))
                return error{errc::refused,
                             place + (*columns)[i]->name + " '" + fields[i] + "' does not fit the field"};
        if (auto filled = holdfast::fill(to, std::move(row)); !filled)
            return error{filled.why().code, place + filled.why().detail};
    }
    return {};
}

} // namespace holdfast::csv
