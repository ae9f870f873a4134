// SPDX-License-Identifier: MIT
/// @file
/// What code that does not know a field's type can do with it: one `type_ops` per field type.
#pragma once

#include <holdfast/reflect/conversion.hpp>
#include <holdfast/reflect/one_field.hpp>

#include <boost/core/no_exceptions_support.hpp>

#include <new>
#include <utility>

namespace holdfast {

/// The operations of one field type, over untyped pointers.
struct type_ops {
    storage stored_as;
    bool nullable;
    std::uint32_t size;
    std::uint32_t align;
    bool wraps; ///< Unsigned of 64 bits: the upper half is stored as two's complement, in negative numbers.
    cell (*get)(const void* field);
    bool (*set)(void* field, const cell& c);
    bool (*same)(const void* a, const void* b);
    void (*swap)(void* a, void* b) noexcept;
    void (*move_construct)(void* raw, void* from) noexcept;
    void (*copy_construct)(void* raw, const void* from);
    void (*destroy)(void* field) noexcept;
    /// The value inside an optional, nothing when it is empty; the field itself for any other type.
    const void* (*inner)(const void* field) noexcept;
};

namespace detail {

template <class Field> inline constexpr bool is_optional = false;
template <class Field> inline constexpr bool is_optional<std::optional<Field>> = true;

template <class Field> consteval bool wraps() {
    if constexpr (is_optional<Field>)
        return wraps<typename Field::value_type>();
    else if constexpr (one_field<Field>)
        return wraps<field_type<Field, 0>>();
    else if constexpr (std::is_enum_v<Field>)
        return wraps<std::underlying_type_t<Field>>();
    else if constexpr (duration_like<Field>)
        return wraps<typename Field::rep>();
    else
        return std::is_unsigned_v<Field> && sizeof(Field) == sizeof(std::uint64_t);
}

/// Whether both are stored as the same cell. Without the memory to look they differ: the change that follows fails, or
/// writes the same once more.
template <class Field> [[nodiscard]] bool same_stored(const Field& a, const Field& b) noexcept {
    BOOST_TRY {
        const cell first = codec<Field>::get(a);
        if (!first.is_bytes()) return same(first, codec<Field>::get(b));
        const std::string kept(first.view()); // the second takes the place of the first
        return codec<Field>::get(b).view() == kept;
    }
    BOOST_CATCH(const std::bad_alloc&) { return false; }
    BOOST_CATCH_END
}

/// Equal as stored: NaN equals NaN, -0.0 differs from 0.0.
template <class Field> [[nodiscard]] bool same_field(const Field& a, const Field& b) {
    if constexpr (std::is_floating_point_v<Field>)
        return std::memcmp(&a, &b, sizeof(Field)) == 0 || (a != a && b != b);
    else if constexpr (one_field<Field>)
        return same_field(field_of<0>(a), field_of<0>(b)); // and not by an operator== of its own, to which 0.0 is -0.0
    else if constexpr (codec<Field>::stored_as != storage::real && requires {
                           { a == b } -> std::convertible_to<bool>;
                       })
        return a == b;
    else
        return same_stored(a, b);
}

} // namespace detail

namespace detail {

/// The operations of a field that do not depend on how it is stored. `Ops` gives the others.
template <class Field, class Ops>
inline constexpr type_ops operations{
    .stored_as = Ops::stored_as,
    .nullable = Ops::nullable,
    .size = sizeof(Field),
    .align = alignof(Field),
    .wraps = Ops::stored_as == storage::integer && wraps<Field>(),
    .get = [](const void* field) { return Ops::get(*static_cast<const Field*>(field)); },
    .set = [](void* field, const cell& c) { return Ops::set(*static_cast<Field*>(field), c); },
    .same = [](const void* a,
               const void* b) { return Ops::same(*static_cast<const Field*>(a), *static_cast<const Field*>(b)); },
    .swap = [](void* a, void* b) noexcept { std::swap(*static_cast<Field*>(a), *static_cast<Field*>(b)); },
    .move_construct = [](void* raw, void* from) noexcept { ::new (raw) Field(std::move(*static_cast<Field*>(from))); },
    .copy_construct =
        [](void* raw, const void* from) {
            if constexpr (std::is_copy_constructible_v<Field>) ::new (raw) Field(*static_cast<const Field*>(from));
        },
    .destroy = [](void* field) noexcept { static_cast<Field*>(field)->~Field(); },
    .inner = [](const void* field) noexcept -> const void* {
        if constexpr (is_optional<Field>) {
            const auto& optional = *static_cast<const Field*>(field);
            return optional ? static_cast<const void*>(std::addressof(*optional)) : nullptr;
        } else {
            return field;
        }
    },
};

template <class Field> struct by_codec : codec<Field> {
    static bool same(const Field& a, const Field& b) { return same_field(a, b); }
};

/// Of a field that is not stored.
template <class Field> struct not_stored {
    static constexpr storage stored_as = storage::blob;
    static constexpr bool nullable = true;
    static cell get(const Field&) noexcept { return {}; }
    static bool set(Field&, const cell&) noexcept { return false; }
    /// When in doubt they differ: a type may have an operator== that does not compile.
    static bool same(const Field& a, const Field& b) noexcept {
        if constexpr (std::is_scalar_v<Field>)
            return a == b;
        else
            return false;
    }
};

} // namespace detail

template <class Field>
inline constexpr const type_ops& type_ops_of = detail::operations<Field, detail::by_codec<Field>>;

} // namespace holdfast
