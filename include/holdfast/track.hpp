// SPDX-License-Identifier: MIT
/// @file
/// The door of track/: undo, and what the tables of a world share while they are edited.
#pragma once

#include <holdfast/track/edit_session.hpp>
#include <holdfast/track/scope.hpp>
#include <holdfast/track/tracked.hpp>
#include <holdfast/track/undo.hpp>
