// SPDX-License-Identifier: MIT
/// @file
/// What every benchmark's main does around its measurements.
#pragma once

#include "support/machine.hpp"
#include "support/report.hpp"

#include <cstdlib>
#include <exception>

namespace bench {

/// Whether the program was built for figures that mean something; says so when not. A test that looks at the answers alone
/// sets HOLDFAST_BENCH_ANSWERS_ONLY.
[[nodiscard]] inline bool optimized(const char* name) {
#if defined(__OPTIMIZE__) && defined(NDEBUG)
    (void)name;
    return true;
#else
    if (std::getenv("HOLDFAST_BENCH_ANSWERS_ONLY") != nullptr) return true;
    std::printf("%s: built without optimization (-O2 -DNDEBUG): its figures would mean nothing\n", name);
    return false;
#endif
}

/// Calls `measure(report&)`. The exit status: 0: every answer was right, and every budget met; 3: not every budget;
/// 1: an answer was wrong, or something failed.
template <class Measure> [[nodiscard]] int run(const std::string& json, Measure&& measure) {
    try {
        std::printf("%s\n", machine().c_str());
        report to(json);
        measure(to);
        std::printf("\n%d budgets not met\n", to.missed());
        return to.missed() == 0 ? 0 : 3;
    } catch (const wrong_answer& why) {
        std::printf("\nWRONG ANSWER: %s\n", why.what());
    } catch (const std::exception& why) {
        std::printf("\nfailed: %s\n", why.what());
    }
    return 1;
}

} // namespace bench
