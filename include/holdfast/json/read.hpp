// SPDX-License-Identifier: MIT
/// @file
/// JSON text becomes a value.
#pragma once

#include <holdfast/json/reader.hpp>

namespace holdfast::as_json {

/// Reads the JSON text into `into`. The text may be hostile: it is checked as a whole before anything is read, and
/// nothing of it is dropped or narrowed silently.
///
/// A struct is filled: a field whose member the text lacks keeps what it holds, in a new struct its initializer.
/// Containers, optionals and variants are replaced. A number with a point or an exponent becomes the nearest value
/// of a float or double (not infinity, nor zero in place of more) and is no integer, not even 1.0; an integer
/// becomes a float or double only when that holds it exactly. Lists and maps are read as either form that `write`
/// gives them. One byte order mark before the text is passed over.
///
/// Errors:    `refused`, with the place: "members[3].rank: 'x' is not a number". The text is not JSON; it does not
///            fit the type; a member has no field; a member, a key of a map or an element of a set is there twice;
///            it is longer or deeper than the limits. `into` is then unspecified, as when std::bad_alloc is thrown.
/// Threads:   any; each has a parser of its own, which keeps the memory of texts of up to 1 MiB.
/// Cost:      linear (a member of a struct is looked for among all fields if out of order).
template <class T> result<void> read(T& into, std::string_view text, const limits& within = {}) {
    detail::parser_lease lease(text.size());
    auto root = detail::parse(lease.parser(), text, within);
    if (!root) return error{root.why().code, "json: " + root.why().detail};
    detail::reader in(within);
    if (in.value(into, *root)) return {};
    return in.why();
}

} // namespace holdfast::as_json
