// SPDX-License-Identifier: MIT
/// @file
/// Sees what SQLite writes, so that a kill can be aimed at it and named after it.
#pragma once

#include "messages.hpp"

namespace torture {

/// From here on SQLite's writes in this process are noted there.
void watch_sqlite(whereabouts& into);

} // namespace torture
