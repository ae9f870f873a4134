// SPDX-License-Identifier: MIT
/// @file
/// The door for CSV files: the game's own content into read-only tables.
#pragma once

#include <holdfast/csv/read.hpp>
#include <holdfast/csv/rows.hpp>
