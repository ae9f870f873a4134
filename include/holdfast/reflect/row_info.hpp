// SPDX-License-Identifier: MIT
/// @file
/// A struct as a list of columns: nested aggregates flattened with `_`, a struct of one field standing for
/// that field.
#pragma once

#include <holdfast/core/op.hpp>
#include <holdfast/reflect/column_names.hpp>
#include <holdfast/reflect/refusals.hpp>

#include <string>
#include <vector>

namespace holdfast {

/// One column of a row: where the field lies and what can be done with it.
struct column {
    std::string name;              ///< As in the file: `pos_x` of the x of a struct `pos`.
    std::uint32_t offset = 0;      ///< Bytes from the start of the row.
    const type_ops* ops = nullptr; ///< What can be done with its type.
    bool stored = true;            ///< In the file and the log; else in memory only.
    bool later = false;            ///< A change of it is logged some time later, with others: see `saved_every`.
    bool nocase = false;           ///< Compared without regard to the case of ASCII letters.
    std::uint8_t number = 0;       ///< Among the stored columns: what the log calls it.

    /// The field in a row of its struct.
    [[nodiscard]] void* in(void* row) const noexcept { return static_cast<std::byte*>(row) + offset; }
    /// The same.
    [[nodiscard]] const void* in(const void* row) const noexcept { return static_cast<const std::byte*>(row) + offset; }
    /// The field's value; text and bytes point into the row.
    [[nodiscard]] cell get(const void* row) const { return ops->get(in(row)); }
};

/// What code that does not know a row's type needs to know of it.
struct row_info {
    std::vector<column> columns;
    std::size_t size = 0;
    std::size_t align = 0;
    void (*construct)(void* raw) = nullptr; ///< As `Row{}`: the member initializers.
    void (*destroy)(void* row) noexcept = nullptr;
    const void* initial = nullptr; ///< A row as its member initializers make it; tells row types apart.

    /// Gives the stored columns their numbers.
    void number() noexcept {
        std::uint8_t next = 0;
        for (column& one : columns) one.number = one.stored ? next++ : 0;
    }
};

namespace detail {

/// A field as a constant, from which columns are made by code that is no template: 40 tables compile some seconds faster.
/// A nested struct stands before its fields.
struct field_seed {
    std::string_view name{};
    const void* field = nullptr; ///< In the row that the initializers make.
    const type_ops* ops = nullptr;
    std::uint32_t fields = 0;  ///< Of a nested struct: how many follow, each with all that is in it.
    std::uint32_t columns = 1; ///< All that is in it, or 1.
};

template <class Field> consteval std::size_t count_seeds() {
    if constexpr (stored_field<Field> || !reflectable<Field>)
        return 1;
    else
        return []<std::size_t... I>(std::index_sequence<I...>) {
            return (std::size_t{1} + ... + count_seeds<field_type<Field, I>>());
        }(std::make_index_sequence<field_count<Field>>{});
}

template <class Field> constexpr void plant(field_seed*& at, std::string_view name, const Field& field) {
    if constexpr (stored_field<Field>) {
        *at++ = {name, std::addressof(field), &type_ops_of<Field>, 0};
    } else if constexpr (!reflectable<Field>) { // refused, unless an option says that it is not stored, or how
        *at++ = {name, std::addressof(field), &operations<Field, not_stored<Field>>, 0};
    } else {
        constexpr std::size_t count = field_count<Field>;
        *at++ = {name, std::addressof(field), nullptr, static_cast<std::uint32_t>(count),
                 static_cast<std::uint32_t>(count_columns<Field>())};
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (plant(at, field_name<Field, I>(), field_of<I>(field)), ...);
        }(std::make_index_sequence<count>{});
    }
}

/// The columns of the fields from `at` on, `depth` steps inside the row; `outer` is the name of the struct that they are
/// in.
inline const field_seed* grow_columns(std::vector<column>& columns, const field_seed* at, std::uint32_t fields,
                                      const std::string& outer, const void* row, std::span<const column_naming> namings,
                                      std::size_t depth) {
    const auto offset_of = [row](const void* field) {
        return static_cast<std::uint32_t>(static_cast<const std::byte*>(field) - static_cast<const std::byte*>(row));
    };
    for (std::uint32_t i = 0; i < fields; ++i) {
        const field_seed& seed = *at++;
        std::string name = outer.empty() ? "" : fields == 1 ? outer : outer + "_";
        if (outer.empty() || fields != 1) name += seed.name;
        const std::size_t first = columns.size();
        const column_naming said = naming_of(namings, first, seed.columns, depth, seed.ops != nullptr);
        if (!said.name.empty()) name = said.name;
        if (seed.ops == nullptr) {
            at = grow_columns(columns, at, seed.fields, name, row, namings, depth + 1);
            if (said.whole && seed.columns != 0) {
                columns[first].name = std::move(name);
                columns[first].offset = offset_of(seed.field); // its first member may be an empty struct
            }
            continue;
        }
        column& made = columns.emplace_back();
        made.name = std::move(name);
        made.offset = offset_of(seed.field);
        made.ops = seed.ops;
    }
    return at;
}

/// What a row_info is made of.
struct row_seed {
    const field_seed* fields;
    std::size_t columns;
    const void* initial;
    std::size_t size;
    std::size_t align;
    void (*construct)(void* raw);
    void (*destroy)(void* row) noexcept;
};
[[gnu::noinline]] inline row_info info_from(const row_seed& seed, std::span<const column_naming> namings) {
    row_info made;
    made.columns.reserve(seed.columns);
    grow_columns(made.columns, seed.fields + 1, seed.fields->fields, std::string(), seed.initial, namings, 1);
    made.number();
    made.size = seed.size;
    made.align = seed.align;
    made.construct = seed.construct;
    made.destroy = seed.destroy;
    made.initial = seed.initial;
    return made;
}

/// The fields of `Row`, itself at the front. Only addresses in `initial` are asked for.
template <class Row> consteval auto seeds_of(const Row& initial) {
    std::array<field_seed, 1 + count_seeds<Row>()> made{};
    field_seed* at = made.data();
    *at++ = {{}, nullptr, nullptr, static_cast<std::uint32_t>(field_count<Row>)};
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        (plant(at, field_name<Row, I>(), field_of<I>(initial)), ...);
    }(std::make_index_sequence<field_count<Row>>{});
    return made;
}

/// What the columns of `Row` are made of, made at the first call.
template <class Row> const row_seed& seed_of() {
    static_assert(row_columns<Row> <= max_columns, "[holdfast] a table has at most 255 columns");
    static const Row initial{};
    static constexpr auto fields = seeds_of<Row>(initial);
    static constexpr row_seed seed{fields.data(),
                                   row_columns<Row>,
                                   &initial,
                                   sizeof(Row),
                                   alignof(Row),
                                   [](void* raw) { ::new (raw) Row{}; },
                                   [](void* row) noexcept { static_cast<Row*>(row)->~Row(); }};
    return seed;
}

} // namespace detail

/// The columns of `Row`, made at the first call. Threads: any.
template <class Row> [[nodiscard]] const row_info& row_info_of() {
    if constexpr (!reflectable<Row>) { // refused with a sentence elsewhere
        static const row_info refused;
        return refused;
    } else {
        static const row_info info = detail::info_from(detail::seed_of<Row>(), {});
        return info;
    }
}

} // namespace holdfast
