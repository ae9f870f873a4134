// SPDX-License-Identifier: MIT
/// @file
/// The door of snapshot/: frames into SQLite, and copies of what it has.
#pragma once

#include <holdfast/snapshot/backup_file.hpp>
#include <holdfast/snapshot/backup_folder.hpp>
#include <holdfast/snapshot/coalescer.hpp>
#include <holdfast/snapshot/dangling_rows.hpp>
#include <holdfast/snapshot/dead_rows.hpp>
#include <holdfast/snapshot/delta_writer.hpp>
#include <holdfast/snapshot/resync_writer.hpp>
#include <holdfast/snapshot/table_statements.hpp>
