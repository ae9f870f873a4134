// SPDX-License-Identifier: MIT
/// @file
/// The table at the end: what was expected beside what was measured.
#pragma once

#include "text.hpp"

#include <cstdio>
#include <optional>
#include <string>
#include <vector>

namespace mmo {

/// One line of the table, in one unit.
struct figure {
    std::string what{};
    std::optional<double> below{}; ///< What is expected; without it the figure is for information.
    double measured = 0;
    std::string unit{};
    int digits = 1;
    std::string note{};

    [[nodiscard]] bool missed() const { return below && !(measured < *below); }
};

inline void print(const std::vector<figure>& figures) {
    std::printf("%-28s %10s %12s\n", "figure", "expected", "measured");
    for (const figure& one : figures) {
        const std::string expected = one.below ? "< " + fixed(*one.below, 0) + " " + one.unit : "-";
        const std::string measured = fixed(one.measured, one.digits) + " " + one.unit;
        std::printf("%-28s %10s %12s  %-6s  %s\n", one.what.c_str(), expected.c_str(), measured.c_str(),
                    !one.below     ? ""
                    : one.missed() ? "MISSED"
                                   : "ok",
                    one.note.c_str());
    }
}

} // namespace mmo
