// SPDX-License-Identifier: MIT
/// @file
/// What nearly every test includes; every test includes for itself what it needs.
#pragma once

#include <holdfast/holdfast.hpp>

#include "support/catch.hpp"
