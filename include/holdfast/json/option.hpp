// SPDX-License-Identifier: MIT
/// @file
/// Fields that are stored as JSON: what `hf::json<&row::field>` means.
#pragma once

#include <holdfast/json/read.hpp>
#include <holdfast/json/write.hpp>
#include <holdfast/table/option_of.hpp>

namespace holdfast {

/// The field is a TEXT column that holds its value as JSON (see holdfast/json/write.hpp for the form). It is found and
/// changed as any other field, as a whole. A change writes the whole text: what changes all the time is better off in
/// columns of its own. What is deeper than 64 levels, or longer than 64 MiB, is refused.
///
/// Cost: a change writes the text three times, in memory that is used again; `update(row, fn)` of the whole row writes
/// every JSON field twice, to see whether it changed.
template <auto Member> struct json {};

namespace detail {

template <class Field> struct stored_json {
    static constexpr storage stored_as = storage::text;
    static constexpr bool nullable = false;

    /// Lifetime: until the next call for a field of this type on this thread. Beyond the limits: what was written by then.
    static cell get(const Field& field) {
        const std::string& text = write(field, stored_form<Field, std::string>());
        return cell::of_bytes(cell_kind::text, text.data(), text.size());
    }
    static bool set(Field& field, const cell& c) {
        return c.is_bytes() && static_cast<bool>(as_json::read(field, c.view()));
    }
    static bool same(const Field& a, const Field& b) {
        return write(a, stored_form<Field, std::string>()) == write(b, stored_form<stored_json, std::string>());
    }
    static bool within_limits(const void* const* field) {
        std::string& text = stored_form<Field, std::string>();
        text.clear();
        return static_cast<bool>(as_json::write(text, *static_cast<const Field*>(*field)));
    }

private:
    static const std::string& write(const Field& field, std::string& text) {
        text.clear();
        static_cast<void>(as_json::write(text, field));
        return text;
    }
};

template <class Row, auto Member> struct option_of<Row, holdfast::json<Member>> : plain_option {
    static_assert(members_of_row<Row, Member>());
    using field = typename path_of<Member>::field;
    static constexpr bool is_empty = path_columns<path_of<Member>> == 0;
    static constexpr bool is_option = as_json::readable<field> && !is_empty; // else that is said, and nothing more
    static constexpr bool changes_columns = true;
    static constexpr bool refuses(std::size_t column) { return column == only_column<Member>(); }
    static constexpr bool touches(std::size_t column) { return column_in<Member>(column); }
    static constexpr bool takes_over(std::size_t column) { return column_in<Member>(column); }
    static constexpr bool covers(std::size_t column) {
        return column_in<Member>(column) && column != only_column<Member>();
    }
    static constexpr bool unstored(std::size_t column) { return covers(column); }
    static constexpr bool in_json(std::size_t column) { return column_in<Member>(column); }
    template <class Path> static constexpr bool hides() {
        return column_in<Member>(first_column<Path>) && !std::is_same_v<Path, path_of<Member>>;
    }
    static void describe(table_description& table) {
        table.checks.push_back({"at most 64 levels and 64 MiB of JSON",
                                {only_column<Member>()},
                                &stored_json<field>::within_limits,
                                false});
    }
    static void adapt(row_info& row) {
        row.columns[only_column<Member>()].ops = &operations<field, stored_json<field>>;
        for (std::size_t c = 1; c < path_columns<path_of<Member>>; ++c)
            row.columns[only_column<Member>() + c].stored = false;
    }
    static consteval column_naming naming() {
        using path = path_of<Member>;
        return {only_column<Member>(), path_columns<path>, {}, true, path::steps};
    }
    // behind what the refusal of the field asks for
    static_assert(as_json::readable<field>,
                  "[holdfast] json: this type has no JSON form: make it a plain struct, a container or a variant of "
                  "such, or specialize holdfast::conversion for it");
    static_assert(!is_empty, "[holdfast] json: an empty struct has nothing to store");
};

} // namespace detail
} // namespace holdfast
