// SPDX-License-Identifier: MIT
/// @file
/// The door of reflect/: a plain struct as a list of named columns.
#pragma once

#include <holdfast/reflect/aggregate.hpp>
#include <holdfast/reflect/codec.hpp>
#include <holdfast/reflect/name.hpp>
#include <holdfast/reflect/path.hpp>
#include <holdfast/reflect/row_info.hpp>
#include <holdfast/reflect/type_ops.hpp>
