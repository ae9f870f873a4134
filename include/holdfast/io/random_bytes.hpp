// SPDX-License-Identifier: MIT
/// @file
/// Random numbers from the operating system: for ids of databases and logs, never on the path of an edit.
#pragma once

#include <holdfast/core/uuid.hpp>

#include <cstddef>
#include <type_traits>

#include <sys/random.h>

namespace holdfast {

/// A random value of a type that is plain bytes. Waits, at the machine's start, until there is randomness.
template <class Value> [[nodiscard]] Value random_number() noexcept {
    static_assert(std::is_trivially_copyable_v<Value>);
    Value value{};
    auto* to = reinterpret_cast<unsigned char*>(&value);
    for (std::size_t done = 0; done < sizeof(value);)
        if (const ssize_t got = ::getrandom(to + done, sizeof(value) - done, 0); got > 0)
            done += static_cast<std::size_t>(got);
    return value;
}

/// A new uuid for a row: random, of version 4 (RFC 9562, section 5.4). Cost: a system call. Threads: any.
[[nodiscard]] inline uuid random_uuid() noexcept {
    auto made = random_number<uuid>();
    made.bytes[6] = (made.bytes[6] & std::byte{0x0f}) | std::byte{0x40};
    made.bytes[8] = (made.bytes[8] & std::byte{0x3f}) | std::byte{0x80};
    return made;
}

} // namespace holdfast
