// SPDX-License-Identifier: MIT
/// @file
/// Keys: how the fields that make one are looked at, hashed and compared.
#pragma once

#include <holdfast/core/bytes.hpp>
#include <holdfast/core/uuid.hpp>
#include <holdfast/reflect/type_ops.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <tuple>

namespace holdfast {
namespace detail {

/// Spreads every bit over all 64: the halves of a 128-bit product folded together, as wyhash does (Wang Yi,
/// final version 4; the factor is Knuth's golden ratio, TAOCP 6.4).
[[nodiscard]] inline std::uint64_t mix(std::uint64_t value) noexcept {
    __extension__ using wide = unsigned __int128;
    const wide product = static_cast<wide>(value) * 0x9e3779b97f4a7c15u;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

} // namespace detail

/// What a search by a field of type `Field` takes: a view where a copy would allocate.
///
///     field                       what stands in the row
///     view                        what is compared and hashed
///     of(field), of_inner(void*)  the view of a field; of what an optional contains, at this address
template <class Field> struct key_part {
    static_assert(!std::is_floating_point_v<Field>,
                  "[holdfast] a float cannot be a key: rounding decides what is equal. Use "
                  "an integer of a fixed unit");
    static_assert(
        std::is_floating_point_v<Field> || std::is_integral_v<Field> || std::is_enum_v<Field> ||
            detail::duration_like<Field> || detail::time_point_like<Field>,
        "[holdfast] a field of this type cannot be a key: use an integer, an enum, a string, a uuid, a time or a blob");
    using field = Field;
    using view = Field;
    static view of(const Field& field) noexcept { return field; }
    static view of_inner(const void* inner) noexcept { return of(*static_cast<const Field*>(inner)); }
    static std::uint64_t hash(view key) noexcept {
        if constexpr (std::is_integral_v<Field> || std::is_enum_v<Field>)
            return detail::mix(static_cast<std::uint64_t>(key));
        else
            return detail::mix(static_cast<std::uint64_t>(codec<Field>::get(key).integer));
    }
    static bool is_none(view) noexcept { return false; }
};

template <> struct key_part<std::string> {
    using field = std::string;
    using view = std::string_view;
    static view of(const std::string& field) noexcept { return field; }
    static view of_inner(const void* inner) noexcept { return of(*static_cast<const std::string*>(inner)); }
    static std::uint64_t hash(view key) noexcept { return detail::mix(std::hash<std::string_view>{}(key)); }
    static bool is_none(view) noexcept { return false; }
};

template <> struct key_part<uuid> {
    using field = uuid;
    using view = uuid;
    static view of(const uuid& field) noexcept { return field; }
    static view of_inner(const void* inner) noexcept { return of(*static_cast<const uuid*>(inner)); }
    static std::uint64_t hash(const view& key) noexcept {
        return detail::mix(detail::mix(bytes::get<std::uint64_t>(key.bytes.data())) ^
                           bytes::get<std::uint64_t>(key.bytes.data() + 8));
    }
    static bool is_none(const view&) noexcept { return false; }
};

template <detail::byte_like Byte> struct key_part<std::vector<Byte>> {
    using field = std::vector<Byte>;
    using view = std::basic_string_view<char>;
    static view of(const std::vector<Byte>& field) noexcept {
        return {reinterpret_cast<const char*>(field.data()), field.size()};
    }
    static view of_inner(const void* inner) noexcept { return of(*static_cast<const std::vector<Byte>*>(inner)); }
    static std::uint64_t hash(view key) noexcept { return key_part<std::string>::hash(key); }
    static bool is_none(view) noexcept { return false; }
};

template <detail::byte_like Byte, std::size_t N> struct key_part<std::array<Byte, N>> {
    using field = std::array<Byte, N>;
    using view = field;
    static view of(const view& field) noexcept { return field; }
    static view of_inner(const void* inner) noexcept { return of(*static_cast<const view*>(inner)); }
    static std::uint64_t hash(const view& key) noexcept {
        return key_part<std::string>::hash({reinterpret_cast<const char*>(key.data()), N});
    }
    static bool is_none(const view&) noexcept { return false; }
};

template <class Field> struct key_part<std::optional<Field>> {
    using inner = key_part<Field>;
    using field = std::optional<Field>;
    using view = std::optional<typename inner::view>;
    static view of(const std::optional<Field>& field) noexcept { return field ? view(inner::of(*field)) : view(); }
    static view of_inner(const void* at) noexcept { return inner::of_inner(at); }
    static std::uint64_t hash(const view& key) noexcept { return key ? inner::hash(*key) : 0; }
    static bool is_none(const view& key) noexcept { return !key; }
};

/// A struct of one field: a type of its own, compared as what it holds.
template <detail::one_field Field> struct key_part<Field> {
    using inner = key_part<field_type<Field, 0>>;
    using field = Field;
    using view = typename inner::view;
    static view of(const Field& field) noexcept { return inner::of(field_of<0>(field)); }
    static view of_inner(const void* at) noexcept { return of(*static_cast<const Field*>(at)); }
    static std::uint64_t hash(const view& key) noexcept { return inner::hash(key); }
    static bool is_none(const view& key) noexcept { return inner::is_none(key); }
};

/// The parts of a key as a search names them.
template <class... Fields> using key_view = std::tuple<typename key_part<Fields>::view...>;

/// A key to look for, with its hash.
template <class... Fields> struct key_probe {
    key_view<Fields...> parts;
    std::uint64_t hash;

    explicit key_probe(const key_view<Fields...>& key) noexcept : parts(key), hash(hash_of(key)) {}

    [[nodiscard]] static std::uint64_t hash_of(const key_view<Fields...>& key) noexcept {
        return std::apply(
            [](const auto& first, const auto&... rest) noexcept { return fold<Fields...>(first, rest...); }, key);
    }

private:
    template <class First, class... Rest>
    static std::uint64_t fold(const typename key_part<First>::view& first,
                              const typename key_part<Rest>::view&... rest) noexcept {
        const std::uint64_t hash = key_part<First>::hash(first);
        if constexpr (sizeof...(Rest) == 0)
            return hash;
        else
            return detail::mix(hash + 0x632be59bd9b4e019u * fold<Rest...>(rest...));
    }
};

} // namespace holdfast
