// SPDX-License-Identifier: MIT
/// @file
/// Reads single values out of a checked document, none of them narrowed.
#pragma once

#include <holdfast/json/document.hpp>
#include <holdfast/json/kind.hpp>
#include <holdfast/json/text.hpp>

#include <charconv>

namespace holdfast::as_json::detail {

using element = simdjson::dom::element;
using element_type = simdjson::dom::element_type;

/// The value as a message names it: 'text', 7, null, an array.
[[nodiscard]] inline std::string brief(element from) {
    std::string_view text;
    std::int64_t integer = 0;
    std::uint64_t natural = 0;
    double real = 0;
    bool truth = false;
    if (from.get(text) == simdjson::SUCCESS) return "'" + shortened(text) + "'";
    if (from.is_array()) return "an array";
    if (from.is_object()) return "an object";
    if (from.is_null()) return "null";
    if (from.get(integer) == simdjson::SUCCESS) return std::to_string(integer);
    if (from.get(natural) == simdjson::SUCCESS) return std::to_string(natural);
    if (from.get(truth) == simdjson::SUCCESS) return truth ? "true" : "false";
    if (from.get(real) != simdjson::SUCCESS) return "this value";
    char digits[40];
    return {digits, std::to_chars(digits, digits + sizeof digits, real).ptr};
}

/// Every function returns false when the element does not fit, and `why_` then says so.
class scalar_reader {
protected:
    [[nodiscard]] bool fail(std::string why) {
        why_ = std::move(why);
        return false;
    }
    [[nodiscard]] bool wrong(element from, std::string_view wanted) {
        return fail(brief(from) + " is not " + std::string(wanted));
    }

    [[nodiscard]] bool boolean(bool& into, element from) {
        return from.get(into) == simdjson::SUCCESS || wrong(from, "true or false");
    }

    /// A number with a point or an exponent is no integer, not even 1.0.
    template <class Integer> [[nodiscard]] bool integer(Integer& into, element from) {
        using limit = std::numeric_limits<Integer>;
        std::int64_t number = 0;
        std::uint64_t natural = 0;
        if (from.get(number) == simdjson::SUCCESS) {
            if (in_range<Integer>(number)) return into = static_cast<Integer>(number), true;
        } else if (from.get(natural) == simdjson::SUCCESS) {
            if (natural <= static_cast<std::uint64_t>(limit::max())) return into = static_cast<Integer>(natural), true;
        } else {
            return wrong(from, from.type() == element_type::DOUBLE ? "an integer" : "a number");
        }
        return fail(brief(from) + " is out of range: " + std::to_string(+limit::min()) + " to " +
                    std::to_string(+limit::max()));
    }
    template <class Integer> [[nodiscard]] static constexpr bool in_range(std::int64_t number) noexcept {
        using limit = std::numeric_limits<Integer>;
        if constexpr (std::is_signed_v<Integer>)
            return number >= limit::min() && number <= limit::max();
        else
            return number >= 0 && static_cast<std::uint64_t>(number) <= limit::max();
    }

    template <class Enum> [[nodiscard]] bool enumeration(Enum& into, element from) {
        std::underlying_type_t<Enum> number{};
        if (!integer(number, from)) return false;
        into = static_cast<Enum>(number);
        return true;
    }

    /// The nearest value of a number with a point or an exponent; an integer only when nothing is lost.
    template <class Real> [[nodiscard]] bool real(Real& into, element from) {
        double number = 0;
        if (from.type() == element_type::DOUBLE && from.get(number) == simdjson::SUCCESS) // get takes integers, too
            return nearest(into, number) || fail(brief(from) + " is out of range for its type");
        std::int64_t integer = 0;
        std::uint64_t natural = 0;
        if (from.get(integer) == simdjson::SUCCESS)
            return exact(into, integer) || fail(brief(from) + " has more digits than its type holds");
        if (from.get(natural) == simdjson::SUCCESS)
            return exact(into, natural) || fail(brief(from) + " has more digits than its type holds");
        return special(into, from) || wrong(from, "a number");
    }
    /// False where a float would become infinite, or zero.
    [[nodiscard]] static bool nearest(double& into, double number) noexcept {
        into = number;
        return true;
    }
    [[nodiscard]] static bool nearest(float& into, double number) noexcept {
        constexpr double most = std::numeric_limits<float>::max();
        constexpr double too_much = 0x1.ffffffp127; // half-way to the float that is not there
        if (!(number < too_much && number > -too_much)) return false;
        into = static_cast<float>(std::clamp(number, -most, most));
        return number == 0 || into != 0;
    }
    template <class Real, class Integer> [[nodiscard]] static bool exact(Real& into, Integer number) noexcept {
        constexpr auto beyond = static_cast<Real>(std::numeric_limits<Integer>::max() / 2 + 1) * 2;
        into = static_cast<Real>(number);
        return into < beyond && static_cast<Integer>(into) == number;
    }
    template <class Real> [[nodiscard]] static bool special(Real& into, element from) {
        using limit = std::numeric_limits<Real>;
        std::string_view text;
        if (from.get(text) != simdjson::SUCCESS) return false;
        if (text == "NaN") return into = limit::quiet_NaN(), true;
        if (text == "Infinity") return into = limit::infinity(), true;
        if (text == "-Infinity") return into = -limit::infinity(), true;
        return false;
    }

    /// A string, or {"hex":"..."}.
    template <class Text> [[nodiscard]] bool text(Text& into, element from) {
        std::string_view text;
        if (from.get(text) == simdjson::SUCCESS) return into.assign(text), true;
        simdjson::dom::object object;
        if (from.get(object) != simdjson::SUCCESS) return wrong(from, "a string");
        const auto member = object.begin();
        if (object.size() != 1 || member.key() != "hex") return fail("an object in place of a string needs only 'hex'");
        return hex(into, member.value());
    }
    template <class Bytes> [[nodiscard]] bool hex(Bytes& into, element from) {
        std::string_view digits;
        if (from.get(digits) != simdjson::SUCCESS) return wrong(from, "a string of hexadecimal digits");
        const std::size_t size = digits.size() / 2;
        if constexpr (requires { into.resize(size); })
            into.resize(size);
        else if (into.size() != size)
            return fail(brief(from) + " has not the length of " + std::to_string(into.size()) + " bytes");
        return decode_hex(reinterpret_cast<unsigned char*>(into.data()), digits) ||
               wrong(from, "a string of hexadecimal digits");
    }
    template <class Bytes> [[nodiscard]] bool bytes(Bytes& into, element from) { return hex(into, from); }

    [[nodiscard]] bool id(uuid& into, element from) {
        std::string_view text;
        if (from.get(text) != simdjson::SUCCESS) return wrong(from, "a uuid");
        const auto read = uuid::parse(text);
        if (!read) return wrong(from, "a uuid");
        into = *read;
        return true;
    }

    template <class Duration> [[nodiscard]] bool duration(Duration& into, element from) {
        typename Duration::rep count{};
        if constexpr (std::is_floating_point_v<typename Duration::rep>) {
            if (!real(count, from)) return false;
        } else {
            if (!integer(count, from)) return false;
        }
        into = Duration(count);
        return true;
    }
    template <class TimePoint> [[nodiscard]] bool time_point(TimePoint& into, element from) {
        if constexpr (codec<TimePoint>::scaled) {
            return coded(into, from);
        } else {
            typename TimePoint::duration since{};
            if (!duration(since, from)) return false;
            into = TimePoint(since);
            return true;
        }
    }

    /// Through the codec of the type; a cell may be null where the codec says so.
    template <class T> [[nodiscard]] bool coded(T& into, element from) {
        cell held;
        double number = 0;
        std::string bytes;
        constexpr storage as = codec<T>::stored_as;
        if (codec<T>::nullable && from.is_null()) {
            held.kind = cell_kind::null;
        } else if constexpr (as == storage::integer) {
            held = cell::of_integer(cell_kind::i64, 0);
            if (!integer(held.integer, from)) return false;
        } else if constexpr (as == storage::real) {
            if (!real(number, from)) return false;
            held = cell::of_real(cell_kind::f64, number);
        } else {
            if (!(as == storage::text ? text(bytes, from) : hex(bytes, from))) return false;
            held = cell::of_bytes(as == storage::text ? cell_kind::text : cell_kind::blob, bytes.data(), bytes.size());
        }
        return codec<T>::set(into, held) || fail(brief(from) + " does not fit its type");
    }

    std::string why_;
};

} // namespace holdfast::as_json::detail
