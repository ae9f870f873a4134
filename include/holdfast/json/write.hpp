// SPDX-License-Identifier: MIT
/// @file
/// A value becomes JSON text.
#pragma once

#include <holdfast/json/writer.hpp>

namespace holdfast::as_json {

/// Appends the JSON text of `value` to `to`: one line, no spaces, valid UTF-8 whatever bytes the value holds.
/// json/kind.hpp lists the types and their forms. What `read` makes of the text is the same value, bit by bit, but
/// that every NaN becomes the same NaN.
///
/// Errors:    `refused`: deeper or longer than the limits, or a variant that holds no value. `to` is then
///            unspecified.
/// Threads:   any; `value` must not change meanwhile, and `to` is no part of it.
/// Cost:      linear. Allocates only when `to` has to grow.
template <class T> result<void> write(std::string& to, const T& value, const limits& within = {}) {
    detail::writer out(to, within);
    if (out.value(value)) return {};
    return out.why();
}

} // namespace holdfast::as_json
