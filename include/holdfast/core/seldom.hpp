// SPDX-License-Identifier: MIT
/// @file
/// How a function that is called once an hour does not make its caller slow.
#pragma once

#include <utility>

namespace holdfast::detail {

/// Calls a function that is `gnu::cold`. g++ takes whatever leads to the call of such a function, or only follows it, for as
/// cold (predict.cc, `unlikely_executed_stmt_p`): the loop of a server that stands in one function with `open` would be
/// compiled to be small, and each find in it would take half as long again. Through a pointer that it knows nothing of, it
/// does not see whom it calls.
template <class Function> decltype(auto) seldom(Function&& fn) {
    auto* call = +[](Function& one) -> decltype(auto) { return one(); };
    asm("" : "+r"(call));
    return call(fn);
}

} // namespace holdfast::detail
