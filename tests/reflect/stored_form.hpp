// SPDX-License-Identifier: MIT
/// @file
/// A field value as it goes through its stored form: encoded to bytes, decoded, put into another field.
#pragma once

#include <holdfast/reflect/codec.hpp>

#include <vector>

namespace holdfast::test {

/// Puts the value's stored bytes into `field`; whether that went well. (Inlined, g++ 12 takes an empty optional
/// for an uninitialised one.)
template <class Field> [[nodiscard, gnu::noinline]] bool store_and_load(const Field& value, Field& field) {
    const cell c = codec<Field>::get(value);
    std::vector<std::byte> room(max_stored_bytes(c));
    const std::byte* end = put_cell(room.data(), c);
    bytes::reader from(bytes_view(room.data(), static_cast<std::size_t>(end - room.data())));
    const auto read = take_cell(from);
    return read && from.left() == 0 && codec<Field>::set(field, *read);
}

/// Whether the value is the same after its way through its stored bytes into a field that held `before`.
template <class Field> [[nodiscard]] bool survives(const Field& value, const Field& before = Field{}) {
    Field field = before;
    return store_and_load(value, field) && field == value;
}

/// Whether the field takes the cell.
template <class Field> [[nodiscard]] bool takes(const cell& c) {
    Field field{};
    return codec<Field>::set(field, c);
}

} // namespace holdfast::test
