// SPDX-License-Identifier: MIT
/// @file
/// A row's primary key as the log has it, written by code that knows the fields: the hot path of `set`.
#pragma once

#include <holdfast/core/cell.hpp>
#include <holdfast/table/options.hpp>

namespace holdfast {
namespace detail {

template <class Option> struct stored_key;

template <auto... Members> struct stored_key<primary_key<Members...>> {
    /// An upper bound of what `put` writes; a constant for numbers.
    template <class Row> [[nodiscard]] static std::size_t max_bytes(const Row& row) noexcept {
        return (std::size_t{0} + ... +
                max_stored_bytes(codec<typename path_of<Members>::field>::get(path_of<Members>::in(row))));
    }
    template <class Row> static std::byte* put(std::byte* at, const Row& row) noexcept {
        ((at = put_cell(at, codec<typename path_of<Members>::field>::get(path_of<Members>::in(row)))), ...);
        return at;
    }
};

} // namespace detail
} // namespace holdfast
