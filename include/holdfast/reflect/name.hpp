// SPDX-License-Identifier: MIT
/// @file
/// The fields of a plain struct, one by one: their number, types, names (Boost.PFR's from Boost 1.84 on, read from the
/// compiler's function signature below that), and the fields themselves.
#pragma once

#include <holdfast/reflect/aggregate.hpp>

#include <boost/pfr/core.hpp>
#include <boost/version.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

#if BOOST_VERSION >= 108400
#include <boost/pfr/core_name.hpp>
#endif

#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wundefined-var-template"
#pragma clang diagnostic ignored "-Wundefined-internal"
#endif

namespace holdfast {
namespace detail {

/// An object that is only ever named, never defined: the address of its members is all that is asked for.
template <class T> struct unborn {
    T value;
    unborn() = delete;
};
template <class T> extern const unborn<T> sample;

template <class Pointer> struct pointer_holder {
    Pointer pointer;
};
template <class Pointer> pointer_holder(Pointer) -> pointer_holder<Pointer>;

/// The compiler's own sentence about `Held`, in which the field's name stands last.
template <auto Held> consteval const char* signature() { return __PRETTY_FUNCTION__; }

/// Compilers also take `$`, and letters that are not ASCII.
consteval bool in_identifier(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
           static_cast<unsigned char>(c) >= 0x80;
}

consteval std::string_view last_identifier(std::string_view sentence) {
    std::size_t end = sentence.size();
    while (end != 0 && !in_identifier(sentence[end - 1])) --end;
    std::size_t begin = end;
    while (begin != 0 && in_identifier(sentence[begin - 1])) --begin;
    return sentence.substr(begin, end - begin);
}

} // namespace detail

#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13

// g++ 12 crashes when Boost.PFR counts the fields of a struct that holds a std::array of texts; so our own count.

/// The number of fields of the aggregate `T`.
template <class T> inline constexpr std::size_t field_count = detail::count_values<T>();

/// Field `I` of an aggregate.
template <std::size_t I, class T> [[nodiscard]] constexpr auto& field_of(T& aggregate) noexcept {
    using count = boost::pfr::detail::size_t_<field_count<std::remove_const_t<T>>>;
    return boost::pfr::detail::sequence_tuple::get<I>(boost::pfr::detail::tie_as_tuple(aggregate, count{}));
}

#else

/// The number of fields of the aggregate `T`.
template <class T> inline constexpr std::size_t field_count = boost::pfr::tuple_size_v<T>;

/// Field `I` of an aggregate.
template <std::size_t I, class T> [[nodiscard]] constexpr auto& field_of(T& aggregate) noexcept {
    return boost::pfr::get<I>(aggregate);
}

#endif

/// The type of field `I` of the aggregate `T`.
template <class T, std::size_t I> using field_type = std::remove_reference_t<decltype(field_of<I>(std::declval<T&>()))>;

namespace detail {

/// The name of field `I` of `T`, by our own extractor.
template <class T, std::size_t I> consteval std::string_view extracted_field_name() {
    return last_identifier(signature<pointer_holder{std::addressof(field_of<I>(sample<T>.value))}>());
}

} // namespace detail

/// The name of field `I` of the aggregate `T`, as it stands in the source.
template <class T, std::size_t I> [[nodiscard]] consteval std::string_view field_name() {
#if BOOST_VERSION >= 108400 && BOOST_PFR_CORE_NAME_ENABLED
    return detail::last_identifier(boost::pfr::get_name<I, T>()); // of a std::array it is "_M_elems[0]"
#else
    return detail::extracted_field_name<T, I>();
#endif
}

/// The names of all fields.
template <class T>
inline constexpr std::array<std::string_view, field_count<T>> field_names =
    []<std::size_t... I>(std::index_sequence<I...>) {
        return std::array<std::string_view, field_count<T>>{field_name<T, I>()...};
    }(std::make_index_sequence<field_count<T>>{});

/// Which field of `T` the member pointer names. In a struct that cannot be taken apart, which is refused
/// elsewhere, any number of its own, so that nothing false is said of it.
template <class T, auto Member> [[nodiscard]] consteval std::size_t field_index() {
    if constexpr (!reflectable<T>) {
        std::size_t number = 0;
        for (const char* c = detail::signature<Member>(); *c != '\0'; ++c)
            number = number * 31 + static_cast<unsigned char>(*c);
        return number % 251;
    } else {
        return []<std::size_t... I>(std::index_sequence<I...>) {
            const void* const wanted = std::addressof(detail::sample<T>.value.*Member);
            std::size_t found = sizeof...(I);
            ((static_cast<const void*>(std::addressof(field_of<I>(detail::sample<T>.value))) == wanted &&
                      found == sizeof...(I)
                  ? (found = I, 0)
                  : 0),
             ...);
            return found;
        }(std::make_index_sequence<field_count<T>>{});
    }
}

} // namespace holdfast

#if defined(__clang__)
#pragma clang diagnostic pop
#endif
