// SPDX-License-Identifier: MIT
/// @file
/// Objects that are there until the process ends: what has static storage may use them in its destructor.
#pragma once

#include <cstddef>
#include <new>

namespace holdfast::detail {

/// The one `Value` of the program, made at the first call, without memory from the heap. Threads: any.
template <class Value> [[nodiscard]] Value& never_destroyed() {
    alignas(Value) static std::byte room[sizeof(Value)];
    static Value& made = *::new (static_cast<void*>(room)) Value;
    return made;
}

} // namespace holdfast::detail
