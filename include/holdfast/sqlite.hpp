// SPDX-License-Identifier: MIT
/// @file
/// The door of sqlite/: a thin layer over sqlite3.h.
#pragma once

#include <holdfast/sqlite/connection.hpp>
#include <holdfast/sqlite/integrity.hpp>
#include <holdfast/sqlite/last_writer.hpp>
#include <holdfast/sqlite/online_backup.hpp>
#include <holdfast/sqlite/page.hpp>
#include <holdfast/sqlite/page_checksums.hpp>
#include <holdfast/sqlite/query.hpp>
#include <holdfast/sqlite/statement.hpp>
#include <holdfast/sqlite/whole_file.hpp>
