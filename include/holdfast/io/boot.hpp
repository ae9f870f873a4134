// SPDX-License-Identifier: MIT
/// @file
/// Which run of the machine this is: what a killed process left in memory is there in the same one only.
#pragma once

#include <holdfast/core/uuid.hpp>
#include <holdfast/io/file.hpp>

namespace holdfast {

/// The number that Linux draws at boot; all zero, which no boot has, where there is no /proc. Errors: `io`: not to know is
/// not to be taken for another boot.
[[nodiscard, gnu::cold]] inline result<uuid> boot_id() {
    auto from = file::open_to_read("/proc/sys/kernel/random/boot_id");
    if (!from && from.why().code == errc::not_found) return uuid{};
    if (!from) return from.why();
    std::byte text[36];
    if (auto ok = from->read_start(text); !ok) return ok.why();
    const auto read = uuid::parse({reinterpret_cast<const char*>(text), sizeof(text)});
    if (!read) return error{errc::io, words({from->path(), ": that is no uuid"})};
    return *read;
}

} // namespace holdfast
