// SPDX-License-Identifier: MIT
/// @file
/// What the tables of a world can be made of, and the worlds that are made: every value of each option meets every
/// value of each other one in one of them.
#pragma once

#include <array>
#include <cstddef>

namespace holdfast::test::worlds {

enum class key_kind : int { number, strong, text, uuid, pair };
enum class parent_kind : int { none, restrict, cascade, set_null };
enum class unique_kind : int { none, text, text_and_level, tag };
enum class index_kind : int { none, hash, ordered, both };
enum class limit_kind : int { none, least, least_and_most, check };
enum class self_kind : int { none, set_null, cascade };

/// The options of both tables of a world.
struct choice {
    key_kind key;
    parent_kind parent; ///< How children refer to parents.
    unique_kind unique;
    index_kind index;
    limit_kind limit;
    self_kind self;  ///< How rows refer to rows of their own table: by the tag where that is unique, else by the key.
    bool deferred;   ///< Both references.
    bool auto_id;    ///< Of the key when that is a number, else of another field.
    bool nocase;     ///< Every text in a key or an index.
    bool capacity;   ///< A small one.
    bool times;      ///< `created_at` and `updated_at`.
    bool transient;  ///< A field that could not be stored.
    bool renamed;    ///< `column_name` of three fields.
    bool named;      ///< `by_name` of an enum, and an enum in a key of two fields.
    bool conversion; ///< A field with a type of its own.
};

inline constexpr std::size_t factors = 15;
inline constexpr std::array<int, factors> values{5, 4, 4, 4, 4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2};
inline constexpr std::size_t most_rows = 24; ///< With a capacity.

/// One line a world, one number a factor, in the order of `choice`.
inline constexpr std::array<std::array<int, factors>, 20> covering{{
    {0, 0, 0, 0, 0, 2, 1, 0, 0, 1, 0, 1, 0, 1, 1}, {0, 1, 1, 2, 3, 0, 1, 1, 0, 1, 0, 1, 1, 0, 0},
    {0, 2, 2, 3, 1, 1, 0, 0, 1, 0, 1, 1, 1, 0, 0}, {0, 3, 3, 1, 2, 2, 0, 0, 0, 0, 1, 0, 1, 1, 0},
    {1, 0, 1, 1, 1, 0, 1, 0, 1, 1, 0, 0, 1, 1, 1}, {1, 1, 0, 3, 2, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0},
    {1, 2, 3, 2, 0, 2, 1, 0, 1, 1, 1, 1, 1, 0, 1}, {1, 3, 2, 0, 3, 2, 1, 1, 0, 1, 0, 0, 0, 0, 1},
    {2, 0, 2, 2, 2, 1, 0, 1, 0, 1, 0, 1, 0, 0, 0}, {2, 1, 3, 0, 1, 0, 1, 1, 1, 0, 1, 0, 1, 0, 1},
    {2, 2, 0, 1, 3, 2, 0, 1, 1, 0, 1, 0, 1, 1, 1}, {2, 3, 1, 3, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0},
    {3, 0, 3, 3, 3, 2, 1, 1, 1, 1, 0, 0, 0, 0, 0}, {3, 1, 2, 1, 0, 1, 0, 1, 1, 0, 1, 1, 1, 0, 0},
    {3, 2, 1, 0, 2, 1, 1, 0, 0, 0, 0, 1, 0, 0, 1}, {3, 3, 0, 2, 1, 0, 1, 1, 0, 0, 1, 1, 0, 1, 1},
    {4, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0}, {4, 1, 1, 1, 1, 2, 0, 1, 0, 1, 1, 1, 0, 1, 0},
    {4, 2, 2, 2, 2, 0, 1, 1, 0, 1, 0, 0, 1, 1, 1}, {4, 3, 3, 3, 3, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1},
}};

[[nodiscard]] constexpr choice choice_of(std::size_t world) {
    const auto& v = covering[world];
    return {key_kind{v[0]},  parent_kind{v[1]}, unique_kind{v[2]}, index_kind{v[3]}, limit_kind{v[4]},
            self_kind{v[5]}, v[6] != 0,         v[7] != 0,         v[8] != 0,        v[9] != 0,
            v[10] != 0,      v[11] != 0,        v[12] != 0,        v[13] != 0,       v[14] != 0};
}

} // namespace holdfast::test::worlds
