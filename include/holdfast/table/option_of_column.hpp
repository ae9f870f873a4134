// SPDX-License-Identifier: MIT
/// @file
/// What the options of columns mean: how a field is stored, when, and who fills it.
#pragma once

#include <holdfast/reflect/enum_names.hpp>
#include <holdfast/table/option_of.hpp>

namespace holdfast {
namespace detail {

template <class Row, auto Member, fixed_string Name> struct option_of<Row, column_name<Member, Name>> : plain_option {
    static_assert(members_of_row<Row, Member>());
    static_assert(!Name.view().empty(), "[holdfast] column_name: the name is empty");
    static constexpr bool changes_columns = true;
    static consteval column_naming naming() {
        using path = path_of<Member>;
        return {only_column<Member>(), path_columns<path>, Name.view(), false, path::steps};
    }
};

/// An enum in a column of text.
template <class Enum> struct named_enum {
    static constexpr storage stored_as = storage::text;
    static constexpr bool nullable = false;
    static cell get(const Enum& field) {
        if (const std::string_view name = name_of_enum(field); !name.empty())
            return cell::of_bytes(cell_kind::text, name.data(), name.size());
        auto& digits = stored_form<Enum, std::array<char, 24>>();
        const auto number = static_cast<std::underlying_type_t<Enum>>(field);
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
        return cell::of_bytes(cell_kind::text, digits.data(), static_cast<std::size_t>(end - digits.data()));
    }
    static bool set(Enum& field, const cell& c) {
        if (!c.is_bytes()) return false;
        const std::string_view text = c.view();
        std::underlying_type_t<Enum> number{};
        if (const auto named = enum_of_name<Enum>(text))
            field = *named;
        else if (const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
                 end.ec == std::errc() && end.ptr == text.data() + text.size())
            field = static_cast<Enum>(number);
        else
            return false;
        return true;
    }
    static bool same(const Enum& a, const Enum& b) noexcept { return a == b; }
};
template <class Enum> struct named_enum<std::optional<Enum>> {
    using field = std::optional<Enum>;
    static constexpr storage stored_as = storage::text;
    static constexpr bool nullable = true;
    static cell get(const field& from) { return from ? named_enum<Enum>::get(*from) : cell(); }
    static bool set(field& to, const cell& c) {
        if (c.kind == cell_kind::null) {
            to.reset();
            return true;
        }
        return named_enum<Enum>::set(to.emplace(), c);
    }
    static bool same(const field& a, const field& b) noexcept { return a == b; }
};
template <class Field> struct enum_in {
    using type = Field;
};
template <class Enum> struct enum_in<std::optional<Enum>> {
    using type = Enum;
};

template <class Row, auto Member> struct option_of<Row, by_name<Member>> : plain_option {
    static_assert(members_of_row<Row, Member>());
    using field = typename path_of<Member>::field;
    using named = typename enum_in<field>::type;
    static_assert(std::is_enum_v<named>, "[holdfast] by_name: the field must be an enum, or an optional of one");
    static_assert(!std::is_enum_v<named> || fixed_enum<named>,
                  "[holdfast] by_name: give the enum an underlying type, as in enum class kind : int");
    static constexpr bool changes_columns = true;
    static constexpr bool touches(std::size_t column) { return column_in<Member>(column); }
    static void adapt(row_info& row) { row.columns[only_column<Member>()].ops = &operations<field, named_enum<field>>; }
};

template <class Row, auto Member> struct option_of<Row, transient<Member>> : plain_option {
    static_assert(members_of_row<Row, Member>());
    static constexpr bool changes_columns = true;
    static constexpr bool unstored(std::size_t column) { return column_in<Member>(column); }
    static constexpr bool takes_over(std::size_t column) { return column_in<Member>(column); }
    static void adapt(row_info& row) {
        for (std::size_t c = 0; c < path_columns<path_of<Member>>; ++c)
            row.columns[only_column<Member>() + c].stored = false;
    }
};

template <class Row, auto Member> struct option_of<Row, saved_every<Member>> : plain_option {
    static_assert(members_of_row<Row, Member>());
    static constexpr bool changes_columns = true;
    static constexpr bool later(std::size_t column) { return column_in<Member>(column); }
    static void adapt(row_info& row) {
        for (std::size_t c = 0; c < path_columns<path_of<Member>>; ++c)
            row.columns[only_column<Member>() + c].later = true;
    }
};

template <class Row, auto Member> struct time_option : plain_option {
    static_assert(members_of_row<Row, Member>());
    using field = typename path_of<Member>::field;
    static_assert(time_point_like<field>, "[holdfast] created_at, updated_at: the field must be a time point of "
                                          "std::chrono::system_clock");
    static constexpr bool keeps(std::size_t column) { return column_in<Member>(column); }
    static time_column describe_column() {
        return {only_column<Member>(), [](void* at, std::int64_t nanoseconds) {
                    using duration = typename field::duration;
                    using rep = typename duration::rep;
                    constexpr std::int64_t num = duration::period::num, den = duration::period::den;
                    const std::int64_t count = den >= 1'000'000'000 ? nanoseconds * (den / 1'000'000'000)
                                                                    : nanoseconds / (1'000'000'000 / den);
                    *static_cast<field*>(at) = field(duration(static_cast<rep>(count / num)));
                }};
    }
};
template <class Row, auto Member> struct option_of<Row, created_at<Member>> : time_option<Row, Member> {
    static void describe(table_description& table) { table.created_at = time_option<Row, Member>::describe_column(); }
};
template <class Row, auto Member> struct option_of<Row, updated_at<Member>> : time_option<Row, Member> {
    static constexpr bool stamps(std::size_t column) { return column_in<Member>(column); }
    static constexpr bool touches(std::size_t) { return true; }
    static void describe(table_description& table) { table.updated_at = time_option<Row, Member>::describe_column(); }
};

template <class Row> struct option_of<Row, read_only> : plain_option {
    static constexpr bool is_read_only = true;
    static void describe(table_description& table) { table.read_only = true; }
};

} // namespace detail
} // namespace holdfast
