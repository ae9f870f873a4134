// SPDX-License-Identifier: MIT
/// @file
/// The door of queue/: the ring, the log, frames and the ops in them. Knows nothing of tables.
#pragma once

#include <holdfast/queue/frame.hpp>
#include <holdfast/queue/log.hpp>
#include <holdfast/queue/log_schema.hpp>
#include <holdfast/queue/op_reader.hpp>
#include <holdfast/queue/ring.hpp>
