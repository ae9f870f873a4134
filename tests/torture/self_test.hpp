// SPDX-License-Identifier: MIT
/// @file
/// Whether the torture would find what it looks for.
#pragma once

#include "run.hpp"

namespace torture {

/// Breaks stores, and lets servers lie, in one way after the other. Whether each was found, and found as what it is.
[[nodiscard]] bool self_test(const choices& chosen);

} // namespace torture
