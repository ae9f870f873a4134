// SPDX-License-Identifier: MIT
/// @file
/// What game code includes: describes, reads and changes a world. No files, no threads, no SQLite.
#pragma once

#include <holdfast/core.hpp>
#include <holdfast/reflect.hpp>
#include <holdfast/table.hpp>
#include <holdfast/track.hpp>
