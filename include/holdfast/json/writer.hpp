// SPDX-License-Identifier: MIT
/// @file
/// Writes values as JSON text: appends to a string, and allocates nothing besides.
#pragma once

#include <holdfast/core/result.hpp>
#include <holdfast/json/kind.hpp>
#include <holdfast/json/limits.hpp>
#include <holdfast/json/text.hpp>

#include <bit>
#include <charconv>
#include <limits>

namespace holdfast::as_json::detail {

/// One text. Every function returns false once the text was refused.
class writer {
public:
    writer(std::string& to, const limits& within) noexcept
        : to_(to), within_(within), bytes_left_(within.bytes), depth_left_(within.depth) {}

    template <class T> [[nodiscard]] bool value(const T& of) {
        constexpr kind is = kind_of<T>();
        static_assert(is != kind::none,
                      "[holdfast] json: this type has no JSON form: make it a plain struct of documented types (no "
                      "pointer, C array or base class), or specialize holdfast::codec for it");
        if constexpr (is == kind::boolean)
            return put(of ? "true" : "false");
        else if constexpr (is == kind::integer)
            return integer(of);
        else if constexpr (is == kind::enumeration)
            return integer(static_cast<std::underlying_type_t<T>>(of));
        else if constexpr (is == kind::real)
            return real(of);
        else if constexpr (is == kind::text || is == kind::view)
            return text(of);
        else if constexpr (is == kind::uuid)
            return id(of);
        else if constexpr (is == kind::bytes)
            return hex(of.data(), of.size());
        else if constexpr (is == kind::duration)
            return value(of.count());
        else if constexpr (is == kind::time_point)
            return time_point(of);
        else if constexpr (is == kind::nothing)
            return put("null");
        else if constexpr (is == kind::coded)
            return coded(codec<T>::get(of));
        else
            return composed(of);
    }

    [[nodiscard]] error why() const {
        switch (refusal_) {
        case refusal::depth:
            return {errc::refused, "json: the value is nested deeper than " + std::to_string(within_.depth)};
        case refusal::bytes:
            return {errc::refused, "json: the text is longer than " + std::to_string(within_.bytes) + " bytes"};
        default: return {errc::refused, "json: a variant holds no value"};
        }
    }

private:
    enum class refusal : std::uint8_t { depth, bytes, valueless };

    [[nodiscard]] bool refuse(refusal why) noexcept {
        refusal_ = why;
        return false;
    }
    [[nodiscard]] bool put(std::string_view text) {
        if (text.size() > bytes_left_) return refuse(refusal::bytes);
        bytes_left_ -= text.size();
        to_.append(text);
        return true;
    }
    [[nodiscard]] bool open(std::string_view bracket) {
        if (depth_left_ == 0) return refuse(refusal::depth);
        --depth_left_;
        return put(bracket);
    }
    [[nodiscard]] bool close(std::string_view bracket) {
        ++depth_left_;
        return put(bracket);
    }
    /// The comma before every part but the first.
    [[nodiscard]] bool next(bool& first) {
        const bool comma = !first;
        first = false;
        return !comma || put(",");
    }

    template <class T> [[nodiscard]] bool composed(const T& of) {
        constexpr kind is = kind_of<T>();
        if constexpr (is == kind::optional)
            return optional(of);
        else if constexpr (is == kind::variant)
            return variant(of);
        else if constexpr (is == kind::tuple)
            return tuple(of, std::make_index_sequence<std::tuple_size_v<T>>{});
        else if constexpr (is == kind::map)
            return map(of);
        else if constexpr (is == kind::object)
            return object(of, std::make_index_sequence<field_count<T>>{});
        else
            return list(of);
    }

    template <class Integer> [[nodiscard]] bool integer(Integer number) {
        using wide = std::conditional_t<std::is_signed_v<Integer>, std::int64_t, std::uint64_t>;
        char digits[24];
        const auto end = std::to_chars(digits, digits + sizeof digits, static_cast<wide>(number)).ptr;
        return put({digits, static_cast<std::size_t>(end - digits)});
    }

    /// Always with a point or an exponent: a whole number beyond 64 bits would be refused, -0 would lose its sign.
    template <class Real> [[nodiscard]] bool real(Real number) {
        if constexpr (std::same_as<Real, float>)
            if (is_half_way(number)) return real(static_cast<double>(number));
        if (number != number) return put("\"NaN\"");
        if (number > std::numeric_limits<Real>::max()) return put("\"Infinity\"");
        if (number < std::numeric_limits<Real>::lowest()) return put("\"-Infinity\"");
        char digits[40];
        const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
        const std::string_view shortest(digits, static_cast<std::size_t>(end - digits));
        return put(shortest) && (shortest.find_first_of(".e") != std::string_view::npos || put(".0"));
    }

    /// The one float (of all, they were tried) whose shortest text, read as a double, stands half-way between two
    /// floats and would be cut to the other.
    [[nodiscard]] static bool is_half_way(float number) noexcept {
        return (std::bit_cast<std::uint32_t>(number) & 0x7fff'ffffU) == 0x15ae'43fdU;
    }

    [[nodiscard]] bool text(std::string_view of) {
        if (is_utf8(of)) return quoted(of);
        return put("{\"hex\":") && hex(of.data(), of.size()) && put("}");
    }

    [[nodiscard]] bool quoted(std::string_view of) {
        if (!put("\"")) return false;
        std::size_t plain = 0; // what was not put yet begins here
        for (std::size_t at = 0; at < of.size(); ++at) {
            const auto c = static_cast<unsigned char>(of[at]);
            if (c >= 0x20 && c != '"' && c != '\\') continue;
            if (!put(of.substr(plain, at - plain)) || !escape(c)) return false;
            plain = at + 1;
        }
        return put(of.substr(plain)) && put("\"");
    }
    [[nodiscard]] bool escape(unsigned char c) {
        switch (c) {
        case '"': return put("\\\"");
        case '\\': return put("\\\\");
        case '\n': return put("\\n");
        case '\r': return put("\\r");
        case '\t': return put("\\t");
        default: break;
        }
        const char code[] = {'\\', 'u', '0', '0', hex_digits[c >> 4], hex_digits[c & 15]};
        return put({code, sizeof code});
    }

    [[nodiscard]] bool digits_of(const void* bytes, std::size_t size) {
        const auto* from = static_cast<const unsigned char*>(bytes);
        char some[256];
        while (size != 0) {
            std::size_t used = 0;
            for (; size != 0 && used != sizeof some; --size, ++from) {
                some[used++] = hex_digits[*from >> 4];
                some[used++] = hex_digits[*from & 15];
            }
            if (!put({some, used})) return false;
        }
        return true;
    }
    [[nodiscard]] bool hex(const void* bytes, std::size_t size) {
        return put("\"") && digits_of(bytes, size) && put("\"");
    }
    [[nodiscard]] bool id(const uuid& of) {
        const std::byte* bytes = of.bytes.data();
        return put("\"") && digits_of(bytes, 4) && put("-") && digits_of(bytes + 4, 2) && put("-") &&
               digits_of(bytes + 6, 2) && put("-") && digits_of(bytes + 8, 2) && put("-") && digits_of(bytes + 10, 6) &&
               put("\"");
    }

    /// As the codec has it where that is not the plain count.
    template <class TimePoint> [[nodiscard]] bool time_point(const TimePoint& of) {
        if constexpr (codec<TimePoint>::scaled)
            return coded(codec<TimePoint>::get(of));
        else
            return value(of.time_since_epoch().count());
    }

    [[nodiscard]] bool coded(const cell& of) {
        if (of.kind == cell_kind::null) return put("null");
        if (of.is_integer()) return integer(of.integer);
        if (of.is_real()) return real(of.real);
        return of.kind == cell_kind::text ? text(of.view()) : hex(of.bytes.data, of.bytes.size);
    }

    template <class T> [[nodiscard]] bool optional(const std::optional<T>& of) {
        static_assert(!may_be_null<T>(), "[holdfast] json: an optional of what may be null cannot tell the two apart: "
                                         "use one optional, or put the inner one into a struct");
        return of ? value(*of) : put("null");
    }

    template <class... T> [[nodiscard]] bool variant(const std::variant<T...>& of) {
        if (of.valueless_by_exception()) return refuse(refusal::valueless);
        return open("[") && integer(of.index()) && put(",") &&
               std::visit([&](const auto& held) { return value(held); }, of) && close("]");
    }

    template <class Tuple, std::size_t... I> [[nodiscard]] bool tuple(const Tuple& of, std::index_sequence<I...>) {
        [[maybe_unused]] bool first = true;
        return open("[") && ((next(first) && value(std::get<I>(of))) && ...) && close("]");
    }

    template <class List> [[nodiscard]] bool list(const List& of) {
        bool first = true;
        if (!open("[")) return false;
        for (const auto& one : of)
            if (!next(first) || !value<typename List::value_type>(one)) return false;
        return close("]");
    }

    template <class Map> [[nodiscard]] bool map(const Map& of) {
        constexpr bool named = is_text<typename Map::key_type> && !takes_twice<Map>();
        bool first = true;
        if constexpr (named) {
            bool all_text = true;
            for (const auto& entry : of) all_text = all_text && is_utf8(entry.first);
            if (all_text) return members(of);
        }
        if (!open("[")) return false;
        for (const auto& entry : of)
            if (!next(first) || !open("[") || !value(entry.first) || !put(",") || !value(entry.second) || !close("]"))
                return false;
        return close("]");
    }
    template <class Map> [[nodiscard]] bool members(const Map& of) {
        bool first = true;
        if (!open("{")) return false;
        for (const auto& entry : of)
            if (!next(first) || !quoted(entry.first) || !put(":") || !value(entry.second)) return false;
        return close("}");
    }

    template <class T, std::size_t... I> [[nodiscard]] bool object(const T& of, std::index_sequence<I...>) {
        return open("{") &&
               ((put(I == 0 ? "\"" : ",\"") && put(field_names<T>[I]) && put("\":") && value(field_of<I>(of))) &&
                ...) &&
               close("}");
    }

    std::string& to_;
    const limits& within_;
    std::size_t bytes_left_;
    std::size_t depth_left_;
    refusal refusal_ = refusal::depth;
};

} // namespace holdfast::as_json::detail
