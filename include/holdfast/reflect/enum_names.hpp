// SPDX-License-Identifier: MIT
/// @file
/// The names of enumerators, read from the compiler's function signature.
#pragma once

#include <holdfast/reflect/name.hpp>

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace holdfast {

/// Which values of an enum are looked at for names. Specialize it for an enum that has others; each value costs a
/// little compile time (0.3 ms).
template <class Enum> struct enum_range {
    /// The first value whose name is looked for,
    static constexpr int least = 0;
    /// and the last.
    static constexpr int most = 63;
};

namespace detail {

template <class Enum>
concept fixed_enum = std::is_enum_v<Enum> && requires { Enum{0}; };

/// The enumerator's name; empty when no enumerator has this value.
template <auto Value> consteval std::string_view enumerator() {
    const std::string_view sentence = signature<Value>();
    const std::string_view name = last_identifier(sentence);
    const char before = sentence[static_cast<std::size_t>(name.data() - sentence.data()) - 1];
    const bool is_number = name.empty() || (name[0] >= '0' && name[0] <= '9') || before == '-';
    return is_number ? std::string_view() : name;
}

template <class Enum> struct enum_names {
    static constexpr int least = enum_range<Enum>::least;
    static constexpr std::size_t count = static_cast<std::size_t>(enum_range<Enum>::most - least) + 1;
    static constexpr auto all = []<std::size_t... I>(std::index_sequence<I...>) {
        return std::array<std::string_view, count>{enumerator<static_cast<Enum>(least + static_cast<int>(I))>()...};
    }(std::make_index_sequence<count>{});
};

} // namespace detail

/// The enumerator's name as it stands in the source; empty when it has none, or lies outside `enum_range`.
template <class Enum> [[nodiscard]] constexpr std::string_view name_of_enum(Enum value) noexcept {
    using names = detail::enum_names<Enum>;
    const auto number = static_cast<std::underlying_type_t<Enum>>(value);
    for (std::size_t i = 0; i < names::count; ++i)
        if (static_cast<std::underlying_type_t<Enum>>(names::least + static_cast<int>(i)) == number)
            return names::all[i];
    return {};
}

/// The enumerator of this name; nothing when there is none.
template <class Enum> [[nodiscard]] constexpr std::optional<Enum> enum_of_name(std::string_view name) noexcept {
    using names = detail::enum_names<Enum>;
    if (name.empty()) return std::nullopt;
    for (std::size_t i = 0; i < names::count; ++i)
        if (names::all[i] == name) return static_cast<Enum>(names::least + static_cast<int>(i));
    return std::nullopt;
}

} // namespace holdfast
