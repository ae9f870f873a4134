// SPDX-License-Identifier: MIT
/// @file
/// The door of sqlite/: a thin layer over sqlite3.h.
#pragma once

#include <holdfast/sqlite/connection.hpp>
#include <holdfast/sqlite/integrity.hpp>
#include <holdfast/sqlite/online_backup.hpp>
#include <holdfast/sqlite/query.hpp>
#include <holdfast/sqlite/statement.hpp>
