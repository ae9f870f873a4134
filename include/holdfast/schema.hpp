// SPDX-License-Identifier: MIT
/// @file
/// The door of schema/: what the structs ask for, what a file has, and how they differ.
#pragma once

#include <holdfast/schema/compare.hpp>
#include <holdfast/schema/ddl.hpp>
#include <holdfast/schema/model.hpp>
#include <holdfast/schema/read.hpp>
