// SPDX-License-Identifier: MIT
/// @file
/// The door of table/: rows, keys, indexes and constraints, in memory only.
#pragma once

#include <holdfast/table/append_only.hpp>
#include <holdfast/table/fill.hpp>
#include <holdfast/table/options.hpp>
#include <holdfast/table/row.hpp>
#include <holdfast/table/row_range.hpp>
#include <holdfast/table/table.hpp>
#include <holdfast/table/world.hpp>
