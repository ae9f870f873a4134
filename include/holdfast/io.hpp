// SPDX-License-Identifier: MIT
/// @file
/// The door of io/: clocks, threads, file systems, and who owns a database.
#pragma once

#include <holdfast/io/clock.hpp>
#include <holdfast/io/file_system.hpp>
#include <holdfast/io/fork.hpp>
#include <holdfast/io/owner_lock.hpp>
#include <holdfast/io/random_bytes.hpp>
#include <holdfast/io/thread.hpp>
