// SPDX-License-Identifier: MIT
/// @file
/// The few switches of the library, and its version.
#pragma once

#include <cstdio>
#include <cstdlib>

/// The version, as semantic versioning has it: docs/versions.md.
#define HOLDFAST_VERSION_MAJOR 0
/// See HOLDFAST_VERSION_MAJOR.
#define HOLDFAST_VERSION_MINOR 1
/// See HOLDFAST_VERSION_MAJOR.
#define HOLDFAST_VERSION_PATCH 0

/// What a programmer's mistake meets: a sentence on stderr, then abort. Never used for bytes that come
/// from outside. Define it before the first include to report in another way; it must not return.
#ifndef HOLDFAST_REQUIRE
#define HOLDFAST_REQUIRE(condition, message)                                                                           \
    do {                                                                                                               \
        if (!(condition)) [[unlikely]]                                                                                 \
            ::holdfast::detail::broken_contract(message, __FILE__, __LINE__);                                          \
    } while (false)
#endif

/// `.value()` of a failed result throws where exceptions are on and aborts where they are off.
#if defined(__cpp_exceptions)
#define HOLDFAST_EXCEPTIONS 1
#else
#define HOLDFAST_EXCEPTIONS 0
#endif

namespace holdfast::detail {

[[noreturn]] inline void broken_contract(const char* message, const char* file, int line) noexcept {
    std::fprintf(stderr, "[holdfast] %s (%s:%d)\n", message, file, line);
    std::abort();
}

} // namespace holdfast::detail
