// SPDX-License-Identifier: MIT
/// @file
/// What code that does not know a field's type can do with it: one `type_ops` per field type.
#pragma once

#include <holdfast/reflect/codec.hpp>

#include <new>
#include <utility>

namespace holdfast {

/// The operations of one field type, over untyped pointers.
struct type_ops {
    storage stored_as;
    bool nullable;
    std::uint32_t size;
    std::uint32_t align;
    cell (*get)(const void* field) noexcept;
    bool (*set)(void* field, const cell& c);
    bool (*same)(const void* a, const void* b) noexcept;
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

/// Equal as stored: NaN equals NaN, -0.0 differs from 0.0.
template <class Field> [[nodiscard]] bool same_field(const Field& a, const Field& b) noexcept {
    if constexpr (std::is_floating_point_v<Field>)
        return std::memcmp(&a, &b, sizeof(Field)) == 0 || (a != a && b != b);
    else if constexpr (requires {
                           { a == b } -> std::convertible_to<bool>;
                       })
        return a == b;
    else
        return same(codec<Field>::get(a), codec<Field>::get(b));
}

} // namespace detail

template <class Field>
inline constexpr type_ops type_ops_of{
    .stored_as = codec<Field>::stored_as,
    .nullable = codec<Field>::nullable,
    .size = sizeof(Field),
    .align = alignof(Field),
    .get = [](const void* field) noexcept { return codec<Field>::get(*static_cast<const Field*>(field)); },
    .set = [](void* field, const cell& c) { return codec<Field>::set(*static_cast<Field*>(field), c); },
    .same =
        [](const void* a, const void* b) noexcept {
            return detail::same_field(*static_cast<const Field*>(a), *static_cast<const Field*>(b));
        },
    .swap = [](void* a, void* b) noexcept { std::swap(*static_cast<Field*>(a), *static_cast<Field*>(b)); },
    .move_construct = [](void* raw, void* from) noexcept { ::new (raw) Field(std::move(*static_cast<Field*>(from))); },
    .copy_construct = [](void* raw, const void* from) { ::new (raw) Field(*static_cast<const Field*>(from)); },
    .destroy = [](void* field) noexcept { static_cast<Field*>(field)->~Field(); },
    .inner = [](const void* field) noexcept -> const void* {
        if constexpr (detail::is_optional<Field>) {
            const auto& optional = *static_cast<const Field*>(field);
            return optional ? static_cast<const void*>(std::addressof(*optional)) : nullptr;
        } else {
            return field;
        }
    },
};

} // namespace holdfast
