// SPDX-License-Identifier: MIT
/// @file
/// A world of the random test as code that does not know its types sees it.
///
///     record   what a row is, whatever its struct     table_face   the operations of a table
///     field    which of its values                    world_face   the operations of a store
#pragma once

#include <holdfast/core/result.hpp>

#include "support/fake_clock.hpp"
#include "worlds/choice.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::test::worlds {

enum class sort : int { plain, shiny, torn = 7 };

/// The values of a row. Keys are numbers here: see `key_of`.
struct record {
    std::int64_t key = 0;
    std::optional<std::int64_t> parent{}; ///< A key in the other table.
    std::optional<std::int64_t> self{};   ///< A key in the same table, or a tag there.
    std::int64_t serial = 0;
    std::string text{};
    std::optional<std::int64_t> tag{};
    std::int32_t level = 0;
    std::int64_t gold = 0;
    sort kind = sort::plain;
    std::int64_t price = 0;
    std::int32_t extra = 0; ///< In memory only, where `transient` is drawn.
    std::int32_t grade = 0;
    std::int64_t made = 0;    ///< Microseconds since 1970.
    std::int64_t touched = 0; ///< Microseconds since 1970.

    friend bool operator==(const record&, const record&) = default;
};

/// What a step changes: one value of a row.
enum class field : int { parent, self, text, tag, level, gold, kind, price, extra, grade };
inline constexpr int kinds_of_field = 10;

/// What is also set by key: fewer, because each costs time to compile.
[[nodiscard]] constexpr bool set_by_key(field what) {
    return what == field::text || what == field::level || what == field::gold || what == field::grade;
}

using predicate = std::function<bool(const record&)>;

/// Rows from one value to another.
struct span_of_rows {
    std::optional<record> from{};
    std::optional<record> to{};
    enum class ends : int { closed, open } are = ends::closed;
    enum class direction : int { up, down } goes = direction::up;
};

/// A table. Every key is one that `find` may be asked for.
class table_face {
public:
    table_face() = default;
    table_face(const table_face&) = delete;
    table_face& operator=(const table_face&) = delete;
    virtual ~table_face() = default;

    [[nodiscard]] virtual std::optional<record> find(std::int64_t key) const = 0;
    [[nodiscard]] virtual std::vector<record> rows() const = 0;
    /// By the unique value, where there is one; nothing when it is not there.
    [[nodiscard]] virtual std::optional<record> find_by(const record& like) const = 0;
    /// By the index over what `by` names: `parent`, `self`, `level`, `kind` (with the text).
    [[nodiscard]] virtual std::optional<std::vector<record>> where(field by, const record& like) const = 0;
    /// By the ordered index over the level (`level`) or the text and the level (`text`).
    [[nodiscard]] virtual std::optional<std::vector<record>> ordered(field by, const span_of_rows& of) const = 0;

    [[nodiscard]] virtual result<record> insert(const record& row) = 0;
    [[nodiscard]] virtual result<void> erase(std::int64_t key) = 0;
    [[nodiscard]] virtual result<void> erase_row(std::int64_t key) = 0; ///< By handle, of a row that is there.
    [[nodiscard]] virtual result<void> set(std::int64_t key, field what, const record& to) = 0; ///< See `set_by_key`.
    [[nodiscard]] virtual result<void> set_row(std::int64_t key, field what, const record& to) = 0; ///< By handle.
    [[nodiscard]] virtual result<void> add(std::int64_t key, field what, std::int64_t amount) = 0;
    /// The text, the level and the own reference together.
    [[nodiscard]] virtual result<void> update_some(std::int64_t key, const record& to) = 0;
    [[nodiscard]] virtual result<void> update_row(std::int64_t key, const record& to) = 0;
    /// Changes the row, and from inside tries to erase it, which is `busy`; gives what the erase gave.
    [[nodiscard]] virtual result<void> erase_while_updating(std::int64_t key) = 0;
    [[nodiscard]] virtual result<std::size_t> update_where(const predicate& matches, field what, const record& to) = 0;
    [[nodiscard]] virtual result<std::size_t> erase_where(const predicate& matches) = 0;
};

/// A world in a store of its own.
class world_face {
public:
    world_face() = default;
    world_face(const world_face&) = delete;
    world_face& operator=(const world_face&) = delete;
    virtual ~world_face() = default;

    [[nodiscard]] virtual table_face& table(int side) = 0; ///< 0: the parents; 1: the children.
    [[nodiscard]] virtual result<void> transact(const std::function<result<void>()>& steps) = 0;
    virtual void commit() = 0;
    [[nodiscard]] virtual result<void> save() = 0;
    /// Closes the store and opens the file again. What differed between memory and file is said, when everything had
    /// been committed.
    [[nodiscard]] virtual std::string reopen() = 0;

    /// The next calls of changes and of `commit` meet a failing allocation, this one of each; 0: none.
    std::size_t failing_allocation = 0;
};

/// The worlds are compiled in the files part_*.cpp.
template <std::size_t World>
[[nodiscard]] std::unique_ptr<world_face> open_world(const std::string& path, const fake_clock& time);

} // namespace holdfast::test::worlds
