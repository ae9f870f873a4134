// SPDX-License-Identifier: MIT
/// @file
/// What can be said of a table: `table<row, primary_key<&row::id>, unique<&row::name>, ...>`. A field is named by its
/// member pointer, or by `hf::at<&row::nested, &nested::field>`.
#pragma once

#include <holdfast/core/fixed_string.hpp>
#include <holdfast/table/description.hpp>

#include <cstddef>
#include <cstdint>

namespace holdfast {

// --- keys and indexes ------------------------------------------------------------------------------------------

/// The field, or the fields together, by which a row is known. They never change. Every table has one.
template <auto... Members> struct primary_key {};

/// The field, a `std::int64_t` or a struct of one, gets the next free number when a row is inserted with 0 in it. A
/// number is never given out twice, not even after its row was erased, the server was restarted or a power cut has taken its
/// tick; only where more than 512 are given out in less than `options::sync_every` a power cut at that moment may make the
/// last ones be given again. An insert with another number keeps it.
template <auto Member> struct auto_id {};

/// No two rows have the same value (or the same values together). Rows with an empty optional in it may
/// be many.
template <auto... Members> struct unique {};

/// Rows are found by this field (or these together) with `where`.
template <auto... Members> struct index {};

/// Rows are walked in the order of this field (or these, one after the other) with `ordered_by`, whole or from one value
/// to another, in both directions. Cost: 32 bytes a row; a change of the field costs some cache misses.
template <auto... Members> struct ordered {};

/// The text is compared without regard to the case of ASCII letters, in every key and index that it is part of, as
/// SQLite's NOCASE does. A reference to another row too; one to the row itself is to the letter, as SQLite has it.
template <auto Member> struct nocase {};

// --- references ------------------------------------------------------------------------------------------------

/// Several fields that make one key, in `references`.
template <auto... Members> struct field_list {};
/// Several fields, where one is asked for: of a reference's two sides.
template <auto... Members> inline constexpr field_list<Members...> fields{};

/// When a reference is checked.
enum class checking : std::uint8_t {
    immediate, ///< With every change: one that leads nowhere is refused.
    deferred,  ///< Inside transact at its end, so that rows which refer to each other can be made; else at once.
};
/// Of a reference: it is checked at the end of `transact`.
inline constexpr checking deferred = checking::deferred;

/// `Child` holds the value of `Parent` in a row of the table `Table`, or "none" when it is an optional. Keys of several
/// fields are `hf::fields<&row::a, &row::b>`. Implies an index on `Child`.
template <auto Child, auto Parent, fixed_string Table, on_delete Action = on_delete::restrict,
          checking When = checking::immediate>
struct references {};

// --- checks ----------------------------------------------------------------------------------------------------

/// At most this many rows; an insert beyond is refused with `errc::full`. Room for them is made at open.
template <std::size_t Rows> struct capacity {};

/// The field is never less than `Least`: a change to less is refused.
template <auto Member, std::int64_t Least> struct at_least {};

/// The field is never more than `Most`: a change to more is refused.
template <auto Member, std::int64_t Most> struct at_most {};

/// `Function(fields...)` is true of every row: a change after which it would not be is refused, and the message has the
/// name. The function is named (free, or a static member) and looks at nothing else; it is not known to SQLite.
template <fixed_string Name, auto Function, auto... Members> struct check {};

// --- how fields are stored -------------------------------------------------------------------------------------

/// The column has this name instead of the field's: a word of C++, or what an existing file calls it. Of a nested
/// struct: what its columns begin with.
template <auto Member, fixed_string Name> struct column_name {};

/// The enum, or optional of one, is stored as its enumerator's name, in a TEXT column; a value without a name as its number.
template <auto Member> struct by_name {};

/// The field is in memory only: in no file, in no log. After a restart it is what its initializer makes it. May be of any
/// type, pointers included. No key, reference, limit or check names it, and `unique` only where it is an optional.
template <auto Member> struct transient {};

/// The field, a container, a variant or a nested struct, is stored as JSON in a TEXT column. Needs
/// `#include <holdfast/json.hpp>`.
template <auto Member> struct json;

/// The field changes all the time, as a position does: a change of it is not logged, only marked, and what the marked
/// rows have then is logged with a commit every `options::interval`. After a kill such a field has a value about that
/// old, or older when very many rows change or commits are rare; everything else of the row, and whether it is there at
/// all, is logged at once as ever. A nested struct means all its fields. No key, unique field or reference.
template <auto Member> struct saved_every {};

/// The time point gets the time at which the row was inserted, unless the insert names one. It does not change.
template <auto Member> struct created_at {};

/// The time point gets the time of every insert and change of the row. Rows may be found and walked by it (`index`,
/// `ordered`), but as it changes with each of them, no key, reference, limit or check names it.
template <auto Member> struct updated_at {};

/// The rows come from a file of the game's content, at open (see `open`), and are neither changed nor saved: rows of
/// other tables may refer to them.
struct read_only {};

} // namespace holdfast
