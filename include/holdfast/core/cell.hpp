// SPDX-License-Identifier: MIT
/// @file
/// A cell: one value of one column, between a struct's field, the log and SQLite.
///
/// Stored form: one byte of kind, then
///
///     null                       nothing
///     i8 i16 i32 i64  f32 f64    1, 2, 4 or 8 bytes, little-endian, two's complement or IEEE 754
///     text blob                  a varint length in bytes, then the bytes
#pragma once

#include <holdfast/core/bytes.hpp>

#include <optional>
#include <string_view>

namespace holdfast {

/// What a cell holds. The numbers are stored: they never change.
enum class cell_kind : std::uint8_t {
    null = 0, ///< Nothing.
    i8 = 1,   ///< An integer that fits in 8 bits.
    i16 = 2,  ///< One of 16.
    i32 = 3,  ///< One of 32.
    i64 = 4,  ///< One of 64.
    f32 = 5,  ///< A float.
    f64 = 6,  ///< A double.
    text = 7, ///< UTF-8.
    blob = 8  ///< Bytes.
};

/// A view of one value. Text and blobs point into memory that must outlive the cell.
struct cell {
    /// Where text or bytes lie.
    struct byte_range {
        const char* data; ///< The first.
        std::size_t size; ///< How many.
    };

    cell_kind kind = cell_kind::null; ///< Which of the three below it has.
    union {
        std::int64_t integer = 0; ///< Of an integer of any width, a bool, an enum, a time.
        double real;              ///< Of a float or a double.
        byte_range bytes;         ///< Of text and blobs: see `view`.
    };

    /// An integer, which fits in `width`.
    [[nodiscard]] static cell of_integer(cell_kind width, std::int64_t value) noexcept {
        cell c;
        c.kind = width;
        c.integer = value;
        return c;
    }
    /// A number, as `cell_kind::f32` or `f64`.
    [[nodiscard]] static cell of_real(cell_kind width, double value) noexcept {
        cell c;
        c.kind = width;
        c.real = value;
        return c;
    }
    /// Text or a blob of `size` bytes, which are not copied.
    [[nodiscard]] static cell of_bytes(cell_kind kind, const void* data, std::size_t size) noexcept {
        cell c;
        c.kind = kind;
        c.bytes = {static_cast<const char*>(data), size};
        return c;
    }

    /// Whether `integer` is it.
    [[nodiscard]] bool is_integer() const noexcept { return kind >= cell_kind::i8 && kind <= cell_kind::i64; }
    /// Whether `real` is it.
    [[nodiscard]] bool is_real() const noexcept { return kind == cell_kind::f32 || kind == cell_kind::f64; }
    /// Whether it is text or a blob.
    [[nodiscard]] bool is_bytes() const noexcept { return kind >= cell_kind::text; }
    /// The bytes of text or a blob.
    [[nodiscard]] std::string_view view() const noexcept { return {bytes.data, bytes.size}; }
};

/// Equal kind of value and equal bits; the width an integer is stored in does not count.
[[nodiscard]] inline bool same(const cell& a, const cell& b) noexcept {
    if (a.is_integer() && b.is_integer()) return a.integer == b.integer;
    if (a.is_real() && b.is_real()) return std::bit_cast<std::uint64_t>(a.real) == std::bit_cast<std::uint64_t>(b.real);
    if (a.kind != b.kind) return false;
    return a.kind == cell_kind::null || a.view() == b.view();
}

/// An upper bound of what `put_cell` writes, in bytes.
[[nodiscard]] inline std::size_t max_stored_bytes(const cell& c) noexcept {
    return c.is_bytes() ? 1 + bytes::max_varint_bytes + c.bytes.size : 9;
}

/// Writes the stored form at `to`, where `max_stored_bytes` are free, and returns the place behind it.
inline std::byte* put_cell(std::byte* to, const cell& c) noexcept {
    to = bytes::put(to, c.kind);
    switch (c.kind) {
    case cell_kind::null: return to;
    case cell_kind::i8: return bytes::put(to, static_cast<std::int8_t>(c.integer));
    case cell_kind::i16: return bytes::put(to, static_cast<std::int16_t>(c.integer));
    case cell_kind::i32: return bytes::put(to, static_cast<std::int32_t>(c.integer));
    case cell_kind::i64: return bytes::put(to, c.integer);
    case cell_kind::f32: return bytes::put(to, static_cast<float>(c.real));
    case cell_kind::f64: return bytes::put(to, c.real);
    case cell_kind::text:
    case cell_kind::blob:
        to = bytes::put_varint(to, c.bytes.size);
        if (c.bytes.size != 0) std::memcpy(to, c.bytes.data, c.bytes.size);
        return to + c.bytes.size;
    }
    return to;
}

namespace detail {

template <class Number> [[nodiscard]] bool read_integer(bytes::reader& from, cell& into) noexcept {
    const auto stored = from.take_bytes(sizeof(Number)); // not `take`: one kind of optional for all numbers
    if (stored) into.integer = bytes::get<Number>(stored->data());
    return stored.has_value();
}
template <class Number> [[nodiscard]] bool read_real(bytes::reader& from, cell& into) noexcept {
    const auto stored = from.take_bytes(sizeof(Number));
    if (stored) into.real = static_cast<double>(bytes::get<Number>(stored->data()));
    return stored.has_value();
}

} // namespace detail

/// Reads one cell into `into`, checking everything before trusting anything; false when the bytes are not a
/// cell. Lifetime: text and blobs point into what `from` reads.
[[nodiscard]] inline bool read_cell(bytes::reader& from, cell& into) noexcept {
    const auto kind = from.take_bytes(sizeof(cell_kind));
    if (!kind) return false;
    into.kind = bytes::get<cell_kind>(kind->data());
    switch (into.kind) {
    case cell_kind::null: return true;
    case cell_kind::i8: return detail::read_integer<std::int8_t>(from, into);
    case cell_kind::i16: return detail::read_integer<std::int16_t>(from, into);
    case cell_kind::i32: return detail::read_integer<std::int32_t>(from, into);
    case cell_kind::i64: return detail::read_integer<std::int64_t>(from, into);
    case cell_kind::f32: return detail::read_real<float>(from, into);
    case cell_kind::f64: return detail::read_real<double>(from, into);
    case cell_kind::text:
    case cell_kind::blob: {
        const auto size = from.take_varint();
        if (!size) return false;
        const auto view = from.take_bytes(*size);
        if (!view) return false;
        into.bytes = {reinterpret_cast<const char*>(view->data()), view->size()};
        return true;
    }
    }
    return false;
}

/// Reads one cell; nothing when the bytes are not a cell.
[[nodiscard]] inline std::optional<cell> take_cell(bytes::reader& from) noexcept {
    cell one;
    if (!read_cell(from, one)) return std::nullopt;
    return one;
}

} // namespace holdfast
