// SPDX-License-Identifier: MIT
/// @file
/// Instruction by instruction through edits, commits, a roll to the next chunk of the ring, and transactions that are taken
/// back: a process may be killed after each of them, and what lies in the ring then must be the ticks that were committed.
#pragma once

#include "run.hpp"

namespace torture {

/// What was looked at.
struct step_report {
    std::string skipped{}; ///< Why nothing was: no ptrace here.
    std::uint64_t instructions = 0;
    std::uint64_t states = 0; ///< Different contents of the ring, each read as recovery reads it.
    std::uint64_t opened = 0; ///< Of those: opened as a store from a copy of all files, and compared with the oracle.
    std::uint64_t ticks = 0;
    std::uint64_t taken_back = 0; ///< Transactions that failed.
};

/// Throws a `finding`; the files are in `folder` then.
[[nodiscard]] step_report step_through(const std::string& folder, std::uint64_t seed);

} // namespace torture
