// SPDX-License-Identifier: MIT
/// @file
/// The door of core/: results, bytes, cells, ops, checksums, uuids, memory by the page.
#pragma once

#include <holdfast/core/bytes.hpp>
#include <holdfast/core/cell.hpp>
#include <holdfast/core/crc32c.hpp>
#include <holdfast/core/describe.hpp>
#include <holdfast/core/error.hpp>
#include <holdfast/core/fixed_string.hpp>
#include <holdfast/core/op.hpp>
#include <holdfast/core/page_block.hpp>
#include <holdfast/core/result.hpp>
#include <holdfast/core/uuid.hpp>
#include <holdfast/core/words.hpp>
#include <holdfast/core/write_cursor.hpp>
