// SPDX-License-Identifier: MIT
/// @file
/// Field types: how each becomes a cell and comes back, nothing lost and nothing narrowed.
#pragma once

#include <holdfast/core/cell.hpp>
#include <holdfast/core/uuid.hpp>

#include <array>
#include <concepts>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace holdfast {

/// SQLite's storage classes, as a column's declared type.
enum class storage : std::uint8_t { integer, real, text, blob };

/// How a field type is stored; for a type of your own specialize `conversion`, from which this is made.
///
///     static constexpr storage stored_as;    the column's declared type
///     static constexpr bool nullable;        whether a cell may be null
///     static cell get(const Field&);         a view of the value
///     static bool set(Field&, const cell&);  false when the cell does not fit: the field is then unspecified
template <class Field> struct codec;

template <class Field>
concept stored_field = requires { codec<Field>::stored_as; };

template <class T> struct conversion; // holdfast/reflect/conversion.hpp

namespace detail {

template <class T>
concept converted = requires { &conversion<T>::load; };

template <class Byte>
concept byte_like = std::same_as<Byte, std::byte> || std::same_as<Byte, unsigned char>;

/// The narrowest cell that holds every value of an integer type; unsigned 64 bits as two's complement.
template <class Integer> consteval cell_kind width_of() {
    constexpr std::size_t bits =
        sizeof(Integer) * 8 + (std::is_unsigned_v<Integer> && !std::same_as<Integer, bool> ? 1 : 0);
    return bits <= 8 ? cell_kind::i8 : bits <= 16 ? cell_kind::i16 : bits <= 32 ? cell_kind::i32 : cell_kind::i64;
}

template <class Integer> [[nodiscard]] bool set_integer(Integer& field, const cell& c) noexcept {
    if (!c.is_integer()) return false;
    if constexpr (sizeof(Integer) < sizeof(std::int64_t)) {
        if (c.integer < static_cast<std::int64_t>(std::numeric_limits<Integer>::min()) ||
            c.integer > static_cast<std::int64_t>(std::numeric_limits<Integer>::max()))
            return false;
    }
    field = static_cast<Integer>(c.integer);
    return true;
}

/// std::chrono's durations and time points, known by their shape: <chrono> costs 0.3 s to include.
template <class Field>
concept duration_like = requires(const Field& field) {
    typename Field::rep;
    typename Field::period;
    { field.count() } -> std::integral;
};
template <class Field>
concept time_point_like = requires(const Field& field) {
    typename Field::clock;
    typename Field::duration;
    { field.time_since_epoch() } -> duration_like;
};

} // namespace detail

template <std::integral Integer> struct codec<Integer> {
    static_assert(sizeof(Integer) <= sizeof(std::int64_t),
                  "[holdfast] an integer of more than 64 bits cannot be stored: use two, or std::array<std::byte, 16>");
    static constexpr storage stored_as = storage::integer;
    static constexpr bool nullable = false;
    static cell get(const Integer& field) noexcept {
        return cell::of_integer(detail::width_of<Integer>(), static_cast<std::int64_t>(field));
    }
    static bool set(Integer& field, const cell& c) noexcept { return detail::set_integer(field, c); }
};

template <class Enum>
    requires(std::is_enum_v<Enum> && !detail::converted<Enum>)
struct codec<Enum> {
    using number = std::underlying_type_t<Enum>;
    static constexpr storage stored_as = storage::integer;
    static constexpr bool nullable = false;
    static cell get(const Enum& field) noexcept { return codec<number>::get(static_cast<number>(field)); }
    static bool set(Enum& field, const cell& c) noexcept {
        number value{};
        if (!detail::set_integer(value, c)) return false;
        field = static_cast<Enum>(value);
        return true;
    }
};

/// NaN is stored as NULL: SQLite has no NaN. (What it does with -0.0 is told in sqlite/statement.hpp.)
template <class Float>
    requires std::same_as<Float, float> || std::same_as<Float, double>
struct codec<Float> {
    static constexpr storage stored_as = storage::real;
    static constexpr bool nullable = true;
    static cell get(const Float& field) noexcept {
        if (field != field) return {};
        return cell::of_real(sizeof(Float) == 4 ? cell_kind::f32 : cell_kind::f64, static_cast<double>(field));
    }
    static bool set(Float& field, const cell& c) noexcept {
        if (c.kind == cell_kind::null) {
            field = std::numeric_limits<Float>::quiet_NaN();
            return true;
        }
        if (c.is_integer()) {
            field = static_cast<Float>(c.integer);
            return c.integer > -(std::int64_t{1} << 53) && c.integer < (std::int64_t{1} << 53) &&
                   static_cast<std::int64_t>(field) == c.integer;
        }
        if (c.kind == cell_kind::blob) { // how -0.0 is stored: SQLite's own has no sign
            constexpr double zero = -0.0;
            field = -Float{0};
            return c.bytes.size == sizeof(zero) && std::memcmp(c.bytes.data, &zero, sizeof(zero)) == 0;
        }
        if (!c.is_real()) return false;
        field = static_cast<Float>(c.real);
        return !(static_cast<double>(field) < c.real) && !(static_cast<double>(field) > c.real);
    }
};

template <> struct codec<std::string> {
    static constexpr storage stored_as = storage::text;
    static constexpr bool nullable = false;
    static cell get(const std::string& field) noexcept {
        return cell::of_bytes(cell_kind::text, field.data(), field.size());
    }
    static bool set(std::string& field, const cell& c) {
        if (!c.is_bytes()) return false;
        field.assign(c.bytes.data, c.bytes.size);
        return true;
    }
};

template <detail::byte_like Byte> struct codec<std::vector<Byte>> {
    static constexpr storage stored_as = storage::blob;
    static constexpr bool nullable = false;
    static cell get(const std::vector<Byte>& field) noexcept {
        return cell::of_bytes(cell_kind::blob, field.data(), field.size());
    }
    static bool set(std::vector<Byte>& field, const cell& c) {
        if (c.kind != cell_kind::blob) return false;
        const auto* data = reinterpret_cast<const Byte*>(c.bytes.data);
        field.assign(data, data + c.bytes.size);
        return true;
    }
};

template <detail::byte_like Byte, std::size_t N> struct codec<std::array<Byte, N>> {
    static constexpr storage stored_as = storage::blob;
    static constexpr bool nullable = false;
    static cell get(const std::array<Byte, N>& field) noexcept {
        return cell::of_bytes(cell_kind::blob, field.data(), N);
    }
    static bool set(std::array<Byte, N>& field, const cell& c) noexcept {
        if (c.kind != cell_kind::blob || c.bytes.size != N) return false;
        if constexpr (N != 0) std::memcpy(field.data(), c.bytes.data, N);
        return true;
    }
};

template <> struct codec<uuid> {
    static constexpr storage stored_as = storage::blob;
    static constexpr bool nullable = false;
    static cell get(const uuid& field) noexcept { return codec<decltype(field.bytes)>::get(field.bytes); }
    static bool set(uuid& field, const cell& c) noexcept { return codec<decltype(field.bytes)>::set(field.bytes, c); }
};

/// Durations are stored as their count.
template <detail::duration_like Duration> struct codec<Duration> {
    static constexpr storage stored_as = storage::integer;
    static constexpr bool nullable = false;
    static cell get(const Duration& field) noexcept { return codec<typename Duration::rep>::get(field.count()); }
    static bool set(Duration& field, const cell& c) noexcept {
        typename Duration::rep count{};
        if (!detail::set_integer(count, c)) return false;
        field = Duration(count);
        return true;
    }
};

/// Time points are stored as the count of their duration since the epoch; those that tick as a system
/// clock of microseconds does (libc++'s) in nanoseconds, so that every standard library reads the same
/// file. There, what nanoseconds cannot reach (beyond the years 1677 and 2262) is stored as the limit.
template <detail::time_point_like TimePoint>
    requires(!TimePoint::clock::is_steady)
struct codec<TimePoint> {
    using duration = typename TimePoint::duration;
    static constexpr storage stored_as = storage::integer;
    static constexpr bool nullable = false;
    static constexpr bool scaled = std::is_same_v<duration, typename TimePoint::clock::duration> &&
                                   duration::period::num == 1 && duration::period::den == 1'000'000;

    static cell get(const TimePoint& field) noexcept {
        const auto count = field.time_since_epoch().count();
        if constexpr (scaled) {
            std::int64_t nanoseconds = 0;
            if (__builtin_mul_overflow(static_cast<std::int64_t>(count), std::int64_t{1000}, &nanoseconds))
                nanoseconds =
                    count < 0 ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
            return cell::of_integer(cell_kind::i64, nanoseconds);
        } else {
            return codec<typename duration::rep>::get(count);
        }
    }
    static bool set(TimePoint& field, const cell& c) noexcept {
        if constexpr (scaled) {
            if (!c.is_integer()) return false;
            field = c.integer == std::numeric_limits<std::int64_t>::max()   ? TimePoint::max()
                    : c.integer == std::numeric_limits<std::int64_t>::min() ? TimePoint::min()
                                                                            : TimePoint(duration(c.integer / 1000));
            return true;
        } else {
            duration since{};
            if (!codec<duration>::set(since, c)) return false;
            field = TimePoint(since);
            return true;
        }
    }
};

/// Not of what has a "none" of its own.
template <stored_field Field>
    requires(!codec<Field>::nullable)
struct codec<std::optional<Field>> {
    static constexpr storage stored_as = codec<Field>::stored_as;
    static constexpr bool nullable = true;
    static cell get(const std::optional<Field>& field) noexcept(noexcept(codec<Field>::get(*field))) {
        return field ? codec<Field>::get(*field) : cell{};
    }
    static bool set(std::optional<Field>& field, const cell& c) {
        if (c.kind == cell_kind::null) {
            field.reset();
            return true;
        }
        return codec<Field>::set(field ? *field : field.emplace(), c);
    }
};

} // namespace holdfast
