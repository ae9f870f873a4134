// SPDX-License-Identifier: MIT
/// @file
/// Everything a server's main file needs: worlds, stores, SQLite behind them.
#pragma once

#include <holdfast/store.hpp>
#include <holdfast/world.hpp>
