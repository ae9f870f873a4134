// SPDX-License-Identifier: MIT
/// @file
/// The door of store/: open, commit, transact, save, close.
#pragma once

#include <holdfast/store/engine.hpp>
#include <holdfast/store/export_rows.hpp>
#include <holdfast/store/health.hpp>
#include <holdfast/store/options.hpp>
#include <holdfast/store/restore.hpp>
#include <holdfast/store/restore_in_place.hpp>
#include <holdfast/store/store.hpp>
#include <holdfast/store/threads.hpp>
