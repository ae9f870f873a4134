// SPDX-License-Identifier: MIT
/// @file
/// Which run of the machine this is: what a killed process left in memory is there in the same one only.
#pragma once

#include <holdfast/core/uuid.hpp>
#include <holdfast/io/file.hpp>

namespace holdfast {

/// The number that Linux draws at boot; all zero when it cannot be read, which is equal to no other.
[[nodiscard, gnu::cold]] inline uuid boot_id() {
    uuid made{};
    auto from = file::open_to_read("/proc/sys/kernel/random/boot_id");
    char text[36];
    if (!from || ::read(from->descriptor(), text, sizeof(text)) != sizeof(text)) return made;
    if (const auto read = uuid::parse({text, sizeof(text)})) made = *read;
    return made;
}

} // namespace holdfast
