// SPDX-License-Identifier: MIT
/// @file
/// CSV files of rows: a line of column names, then a line for each row.
#pragma once

#include <holdfast/csv/read.hpp>
#include <holdfast/table/fill.hpp>
#include <holdfast/table/nocase_key.hpp>

#include <algorithm>
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
    using holdfast::detail::nocase_view;
    const char* end = text.data() + text.size();
    if (nocase_view{text} == nocase_view{"true"} || nocase_view{text} == nocase_view{"false"}) {
        value = text.size() == 4 ? 1 : 0;
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

/// Sets the field from a text; false when it does not fit. An empty text empties an optional and leaves what is no text
/// as it is.
[[nodiscard]] inline bool set_field(const column& is, void* row, const std::string& text) {
    if (text.empty() && is.ops->nullable && is.ops->stored_as != storage::real) return is.ops->set(is.in(row), cell());
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

/// The names that an enum stored by name has; empty when the option is not about this column.
template <class Option> struct names_said {
    static std::string of(const row_info&, const column&) { return {}; }
};
template <auto Member> struct names_said<by_name<Member>> {
    static std::string of(const row_info& row, const column& is) {
        using named = typename holdfast::detail::enum_in<typename path_of<Member>::field>::type;
        std::string all;
        if (&row.columns[first_column<path_of<Member>>] != &is) return all;
        for (const std::string_view name : holdfast::detail::enum_names<named>::all)
            if (!name.empty()) all += words({all.empty() ? "one of " : ", ", name});
        return all;
    }
};

/// What an integer field takes, found by trying: its content is lost.
[[nodiscard, gnu::cold]] inline std::string fitting_integers(const column& is, void* row) {
    const auto fits = [&](std::int64_t value) {
        return is.ops->set(is.in(row), cell::of_integer(cell_kind::i64, value));
    };
    constexpr std::int64_t one = 1;
    if (fits(0) && fits(1) && !fits(2) && !fits(-1)) return "true or false";
    for (const unsigned bits : {8U, 16U, 32U}) {
        const std::int64_t half = one << (bits - 1), whole = one << bits;
        if (fits(0) && fits(whole - 1) && !fits(whole) && !fits(-1)) return words({"an integer from 0 to ", whole - 1});
        if (fits(-half) && fits(half - 1) && !fits(half) && !fits(-half - 1))
            return words({"an integer from ", -half, " to ", half - 1});
    }
    return "an integer of 64 bits that its type can hold";
}

/// What the field takes, in words, found by trying: its content is lost.
[[nodiscard, gnu::cold]] inline std::string what_fits(const column& is, void* row) {
    switch (is.ops->stored_as) {
    case storage::integer: return fitting_integers(is, row);
    case storage::real: return "a number, with a point";
    case storage::text: return "a text that its type can read";
    case storage::blob: break;
    }
    const std::string bytes(is.ops->size + 1, '\0');
    const auto fits = [&](std::size_t size) {
        return is.ops->set(is.in(row), cell::of_bytes(cell_kind::blob, bytes.data(), size));
    };
    if (!fits(is.ops->size) || fits(is.ops->size + 1)) return "bytes in hexadecimal";
    return words({is.ops->size, " bytes in hexadecimal", is.ops->size == 16 ? ", or a uuid" : ""});
}

/// Which column of the table each field of the file is.
[[nodiscard]] inline result<std::vector<const column*>> match(const std::vector<std::string>& names,
                                                              const table_description& table) {
    std::vector<const column*> found;
    for (const std::string& name : names) {
        const column* is = nullptr;
        for (const column& one : table.row->columns)
            if (one.stored && one.name == name) is = &one;
        if (is == nullptr) {
            const bool other = names.size() == 1 && name.find_first_of(";\t") != std::string::npos;
            return error{errc::mismatch, words({table.name, " has no column '", name, "'",
                                                other ? ": is it separated by commas?" : ""})};
        }
        for (const column* other : found)
            if (other == is) return error{errc::mismatch, "the column '" + name + "' stands there twice"};
        found.push_back(is);
    }
    for (const std::uint8_t key : table.primary_key())
        if (table.auto_id != key && std::find(found.begin(), found.end(), &table.row->columns[key]) == found.end())
            return error{errc::mismatch, "the primary key '" + table.column_name(key) + "' has no column"};
    return found;
}

} // namespace detail

/// Fills a `read_only` table from a CSV file, whose first line names columns of the table, in any order, the primary
/// key among them; fields of columns that it does not name keep their initializers. An empty field is an empty
/// optional; of another type that is no text it leaves the initializer. Integers in decimal, `true` and `false` in any
/// case; reals with a point; bytes in hexadecimal, or as a uuid is written; enums as they are stored. Blank lines at
/// the end are skipped.
///
/// Errors: `not_found`, `io`: the file. `mismatch`: the first line: a column that the table has not, none of the
///         primary key, nothing at all. `refused`, `taken`, `reference`: a row, with file, line and column. Rows before
///         it are in the table then: do not open the world.
/// Cost: the file's size in memory.
template <class Row, class... Options>
[[nodiscard]] result<void> fill(table<Row, Options...>& to, const std::string& path) {
    auto text = detail::file_text(path);
    if (!text) return text.why();
    const table_description& table = holdfast::detail::table_access::base(to).description();
    text->erase(text->find_last_not_of("\r\n") + 1); // blank lines at the end
    reader records(*text);
    if (records.done()) return error{errc::mismatch, path + ": the file is empty"};
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
        for (std::size_t i = 0; i < fields.size(); ++i) {
            const column& is = *(*columns)[i];
            if (detail::set_field(is, &row, fields[i])) continue;
            std::string wanted = (std::string() + ... + detail::names_said<Options>::of(*table.row, is));
            if (wanted.empty()) wanted = detail::what_fits(is, &row);
            return error{errc::refused,
                         words({place, is.name, " '", fields[i], "' does not fit the field: it takes ", wanted})};
        }
        if (auto filled = holdfast::fill(to, std::move(row)); !filled)
            return error{filled.why().code, place + filled.why().detail};
    }
    return {};
}

} // namespace holdfast::csv
