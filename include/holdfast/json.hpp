// SPDX-License-Identifier: MIT
/// @file
/// The door of json/: structs to JSON text and back. Needs simdjson; json/write.hpp alone does not.
#pragma once

#include <holdfast/json/fill.hpp>
#include <holdfast/json/option.hpp>
#include <holdfast/json/read.hpp>
#include <holdfast/json/rows.hpp>
#include <holdfast/json/write.hpp>
